import type {
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_s3 as s3,
  aws_wafv2 as wafv2,
  Duration,
} from 'aws-cdk-lib';

/** What every Application Load Balancer of this library takes, of one service or of many. */
export interface LoadBalancerOptions {
  /**
   * Keeps the load balancer inside the network: private subnets, private addresses.
   * @default false
   */
  readonly internal?: boolean;

  /**
   * Who may connect: `ec2.Peer.ipv4('192.0.2.0/24')`, `ec2.Peer.prefixList(id)`, a security group, and so on.
   * @default - everyone when public, nobody when internal: name peers, or open it from the client's side, with
   * `client.connections.allowToDefaultPort(ingress)`
   */
  readonly allowFrom?: ec2.IPeer[];

  /**
   * Subnets of the load balancer, at least two availability zones.
   * @default - public subnets when public, private ones when internal
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

  /**
   * Whether access logs are written. Without them nobody can tell afterwards who asked for what.
   * @default true
   */
  readonly accessLogs?: boolean;

  /**
   * A bucket of yours for the access logs; it must use SSE-S3, which is all that load balancers deliver to.
   * @default - a new bucket that keeps them for a year
   */
  readonly accessLogsBucket?: s3.IBucket;

  /**
   * Refuses to delete the load balancer, by hand and by CloudFormation. Turn it off before you destroy the stack.
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * The web ACL (AWS WAF, scope REGIONAL) that looks at each request first.
   * @default - none: rules are those of the application, or come from AWS Firewall Manager
   */
  readonly webAcl?: wafv2.IWebACLRef;

  /**
   * The addresses of the load balancer. Dual stack needs subnets with IPv6 addresses.
   * @default elbv2.IpAddressType.IPV4
   */
  readonly ipAddressType?: elbv2.IpAddressType;

  /**
   * How long a connection may be silent, 1 to 4000 seconds. A task must keep its side open for longer.
   * @default Duration.seconds(60)
   */
  readonly idleTimeout?: Duration;

  /**
   * How long a client may use one connection, 60 seconds to 7 days.
   * @default Duration.hours(1)
   */
  readonly clientKeepAlive?: Duration;

  /**
   * What happens to requests on which servers disagree where they end.
   * @default elbv2.DesyncMitigationMode.DEFENSIVE
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode
   */
  readonly desyncMitigationMode?: elbv2.DesyncMitigationMode;

  /**
   * Opens port 80 too, for a redirect to HTTPS.
   * @default false
   */
  readonly redirectHttp?: boolean;

  /**
   * The TLS versions and ciphers that clients may use.
   * @default elbv2.SslPolicy.RECOMMENDED_TLS
   */
  readonly sslPolicy?: elbv2.SslPolicy;

  /**
   * Asks clients for a certificate (mutual TLS).
   * @default - none
   */
  readonly mutualAuthentication?: elbv2.MutualAuthentication;
}
