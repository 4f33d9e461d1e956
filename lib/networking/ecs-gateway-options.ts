import type {
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  aws_s3 as s3,
  aws_wafv2 as wafv2,
} from 'aws-cdk-lib';

/** A header by which requests of testers are known. */
export interface TestTrafficHeader {
  /** Its name, of at most 40 characters. */
  readonly name: string;

  /** Its values, one at least. */
  readonly values: string[];
}

/** Properties of an `EcsGateway`. */
export interface EcsGatewayProps {
  /** The network of the load balancers, and of the services behind them. */
  readonly vpc: ec2.IVpc;

  /**
   * The clusters whose services may have routes. More of them with `addCluster`; a cluster takes five gateways.
   * @default - none yet
   */
  readonly clusters?: ecs.ICluster[];

  /**
   * Keeps the load balancers inside the network: private subnets, private addresses. For good: ECS cannot change it.
   * @default false
   */
  readonly internal?: boolean;

  /**
   * Who may connect: `ec2.Peer.ipv4('192.0.2.0/24')`, `ec2.Peer.prefixList(id)`, a security group, and so on.
   * @default - everyone when public and `securityGroup` is not given, else nobody: name peers, or open it with
   * `gateway.connections.allowDefaultPortFrom(client)`
   */
  readonly allowFrom?: ec2.IPeer[];

  /**
   * A security group of yours, which says who may connect. To the tasks ECS has groups and rules of its own.
   * @default - a new one
   */
  readonly securityGroup?: ec2.ISecurityGroup;

  /**
   * Subnets of the load balancers, in every availability zone in which tasks run. For good: ECS cannot change them.
   * @default - public subnets when public, private ones when internal
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

  /**
   * The addresses of the load balancers. Dual stack needs subnets with IPv6 addresses. For good: ECS cannot change it.
   * @default elbv2.IpAddressType.IPV4
   */
  readonly ipAddressType?: elbv2.IpAddressType;

  /**
   * The web ACL (AWS WAF, scope REGIONAL) that looks at each request of every service first. To take it away again, let ECS
   * keep the permission for that deployment, with `allowGateway` of the infrastructure role.
   * @default - none
   */
  readonly webAcl?: wafv2.IWebACLRef;

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
   * Refuses to delete the gateway and its load balancers. Turn it off before you destroy the stack.
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * How many load balancers ECS may make, one at least. Each is paid for: a limit is a limit of costs.
   * @default 10
   */
  readonly maxLoadBalancers?: number;

  /**
   * What happens to requests on which servers disagree where they end.
   * @default elbv2.DesyncMitigationMode.DEFENSIVE
   */
  readonly desyncMitigationMode?: elbv2.DesyncMitigationMode;

  /**
   * The header of requests that go to the new version of a service while a progressive deployment is tested.
   * @default - none
   */
  readonly testTrafficHeader?: TestTrafficHeader;

  /**
   * Its name: letters, digits and hyphens, unique in the account. AWS wants one, unlike most names. Another name is another
   * gateway, with other host names.
   * @default - made of the names of the stack and of the construct, so that it stays when properties change
   */
  readonly gatewayName?: string;

  /**
   * The role with which ECS makes the load balancers. One of yours gets no permissions here: an `InfrastructureRole` gets
   * them with `allowGateway`.
   * @default - a new `InfrastructureRole`, for this network and web ACL only
   */
  readonly infrastructureRole?: iam.IRole;
}

/** Properties of `EcsGateway.fromGatewayName`. */
export interface FromGatewayNameProps {
  /** The name of a gateway of this account and region. */
  readonly gatewayName: string;

  /**
   * Whether its load balancers are inside the network. Required, because ECS tells gateways apart by that alone: a wrong
   * answer may open a service to the internet.
   */
  readonly internal: boolean;

  /**
   * Its network, to be compared with the one of the services.
   * @default - not compared
   */
  readonly vpc?: ec2.IVpc;
}
