import type { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2, aws_s3 as s3, Duration } from 'aws-cdk-lib';
import type { DomainOptions } from '../domain-options';

/** A port on which a Network Load Balancer listens, and what it does with what arrives there. */
export interface NetworkListenerOptions {
  /** The port for clients, 1 to 65535. Resources are named after it, so that others come and go beside it. */
  readonly port: number;

  /**
   * What arrives there: `TCP` and `UDP` are passed on as they are, `TCP_UDP` takes both on one port, and `TLS` is
   * decrypted here.
   */
  readonly protocol: elbv2.Protocol;

  /**
   * The port of the container, 1 to 65535.
   * @default - the service's
   */
  readonly targetPort?: number;

  /**
   * The container that answers, a sidecar for instance.
   * @default - the main container
   */
  readonly containerName?: string;

  /**
   * Certificates of a TLS listener; the first one is the default.
   * @default - one that is made for `domain`
   */
  readonly certificates?: elbv2.IListenerCertificate[];

  /**
   * The versions and ciphers of a TLS listener.
   * @default elbv2.SslPolicy.RECOMMENDED_TLS
   */
  readonly sslPolicy?: elbv2.SslPolicy;

  /**
   * The protocols that a TLS listener offers to clients for what is in it.
   * @default - none
   */
  readonly alpnPolicy?: elbv2.AlpnPolicy;

  /**
   * Encrypts again what a TLS listener has decrypted, for a container that speaks TLS itself; its certificate may be
   * self-signed.
   * @default false
   */
  readonly encryptTargets?: boolean;

  /**
   * Who may connect to this port.
   * @default - who may connect to the load balancer
   */
  readonly allowFrom?: ec2.IPeer[];

  /**
   * How this port's tasks are checked.
   * @default - the service's `healthCheck` for the service's port: over HTTP when it has a path, else over TCP. Another
   * port is checked over TCP, with the service's times. UDP cannot be checked: then the service's port is
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
   */
  readonly healthCheck?: elbv2.HealthCheck;

  /**
   * How long a task that leaves keeps its connections. It adds to the time of each deployment.
   * @default - the service's, 30 seconds
   */
  readonly deregistrationDelay?: Duration;

  /**
   * Closes the connections of a task when its deregistration delay is over, instead of leaving that to the task.
   * @default - ELB's: false for TCP and TLS, true for UDP and TCP_UDP
   */
  readonly connectionTermination?: boolean;

  /**
   * Shows tasks the address of the client instead of the load balancer's. A task then cannot be a client of its own
   * load balancer.
   * @default - ELB's: false for TCP and TLS, always true for UDP and TCP_UDP
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation
   */
  readonly preserveClientIp?: boolean;

  /**
   * Puts a header with the addresses of the client before each connection. The container must understand it.
   * @default false
   */
  readonly proxyProtocolV2?: boolean;

  /**
   * Sends connections from one address to the same task. Clients behind one NAT gateway all go to one task then.
   * @default false
   */
  readonly stickySourceIp?: boolean;

  /**
   * How long a TCP connection may be silent, 60 to 6000 seconds.
   * @default Duration.seconds(350)
   */
  readonly tcpIdleTimeout?: Duration;
}

/** Options of `Routing.network`. */
export interface NetworkRoutingOptions {
  /** The ports on which it listens, 1 to 5: ECS takes five target groups for a service. */
  readonly listeners: NetworkListenerOptions[];

  /**
   * Keeps the load balancer inside the network: private subnets, private addresses.
   * @default false
   */
  readonly internal?: boolean;

  /**
   * Who may connect, to listeners that do not say it themselves.
   * @default - everyone when public, nobody when internal: name peers, or open it with
   * `service.routing.networkLoadBalancer.connections.allowFrom(client, ec2.Port.tcp(5432))`
   */
  readonly allowFrom?: ec2.IPeer[];

  /**
   * Subnets of the load balancer, at least two availability zones.
   * @default - public subnets when public, private ones when internal
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

  /**
   * Gives a public load balancer an Elastic IP in each zone, for clients that open their firewalls to addresses. They are
   * released with the stack: make them elsewhere and pass `allocationIds` if they must outlive it.
   *
   * Costs: 3.60 USD a month each, as every public IPv4 address does, static or not.
   * @default false
   */
  readonly staticAddresses?: boolean;

  /**
   * Elastic IPs of yours for a public load balancer, by their allocation ids: one for each subnet, in the order of the
   * subnets.
   * @default - none
   */
  readonly allocationIds?: string[];

  /**
   * Private IPv4 addresses for an internal load balancer: one for each subnet, in the order of the subnets.
   * @default - any free ones
   */
  readonly privateAddresses?: string[];

  /**
   * The addresses of the load balancer. Dual stack needs subnets with IPv6 addresses, and listeners without UDP.
   * @default elbv2.IpAddressType.IPV4
   */
  readonly ipAddressType?: elbv2.IpAddressType;

  /**
   * Whether a connection may go to a task in another zone. Without it each zone needs tasks enough for its share, and
   * a client that knows one address depends on the tasks of one zone.
   *
   * Costs: what goes to another zone is paid as traffic between zones.
   * @default - the service's `crossZoneEnabled`, true
   */
  readonly crossZoneEnabled?: boolean;

  /**
   * A name of yours for the load balancer: an alias record, and the certificate of TLS listeners that have none.
   * @default - only the load balancer's own name
   */
  readonly domain?: DomainOptions;

  /**
   * Whether access logs are written. There are none for other listeners than TLS; the flow logs of the VPC see those.
   * @default - true with a TLS listener
   */
  readonly accessLogs?: boolean;

  /**
   * A bucket of yours for the access logs, also with a customer managed key.
   * @default - a new bucket that keeps them for a year
   */
  readonly accessLogsBucket?: s3.IBucket;

  /**
   * Refuses to delete the load balancer, by hand and by CloudFormation. Turn it off before you destroy the stack.
   * @default true
   */
  readonly deletionProtection?: boolean;
}
