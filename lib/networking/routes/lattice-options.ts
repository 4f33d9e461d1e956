import type {
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  aws_logs as logs,
  aws_vpclattice as vpclattice,
} from 'aws-cdk-lib';
import type { DomainOptions } from '../domain-options';

/** A header of a request, compared in one way: `exact`, `prefix` or `contains`. */
export interface LatticeHeaderMatch {
  /** The name of the header, in any case. */
  readonly name: string;

  /**
   * The whole value.
   * @default - not compared
   */
  readonly exact?: string;

  /**
   * What the value begins with.
   * @default - not compared
   */
  readonly prefix?: string;

  /**
   * What is somewhere in the value.
   * @default - not compared
   */
  readonly contains?: string;

  /**
   * Whether the case of the value matters.
   * @default false
   */
  readonly caseSensitive?: boolean;
}

/** A VPC Lattice service that is made for one ECS service, and may have rules of others. */
export interface NewLatticeServiceOptions {
  /**
   * Whether clients speak HTTPS to it. VPC Lattice has a certificate for the name that it gives.
   * @default true
   */
  readonly encrypted?: boolean;

  /**
   * The port on which it answers, 1 to 65535.
   * @default - 443, or 80 when it is not encrypted
   */
  readonly listenerPort?: number;

  /**
   * The name under which clients find it.
   * @default - a name of VPC Lattice
   */
  readonly domain?: DomainOptions;

  /**
   * The service networks from which clients come.
   * @default - none: their owner associates the service, which may be shared with other accounts by AWS RAM
   */
  readonly serviceNetworks?: vpclattice.IServiceNetworkRef[];

  /**
   * The same by ARN, for networks of other accounts that are shared with this one.
   * @default - none
   */
  readonly serviceNetworkArns?: string[];

  /**
   * Who may send requests, of which VPC Lattice checks the signature.
   * @default - every identity of this account whose own policy allows `vpc-lattice-svcs:Invoke`
   * @see https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html
   */
  readonly authPolicy?: iam.PolicyDocument;

  /**
   * Lets in every client of the service networks, unsigned: then their security groups and the container decide alone.
   * @default false
   */
  readonly unauthenticated?: boolean;

  /**
   * Whether each request is written to a log group. Without it nobody can tell afterwards who asked for what.
   * @default true
   */
  readonly accessLogs?: boolean;

  /**
   * A log group of yours for the requests.
   * @default - a new one that keeps them for a year
   */
  readonly accessLogGroup?: logs.ILogGroup;
}

/** Options of `Routing.lattice`. */
export interface LatticeRoutingOptions {
  /**
   * A listener that several services share: this one gets a rule of its own. Needs `priority`.
   * @default - that of a new VPC Lattice service, as `newService` says
   */
  readonly listener?: vpclattice.IListenerRef;

  /**
   * The same by ARN, for a listener of others.
   * @default - none
   */
  readonly listenerArn?: string;

  /**
   * What the VPC Lattice service is like.
   * @default - HTTPS, signed requests of this account, with access logs, in no service network
   */
  readonly newService?: NewLatticeServiceOptions;

  /**
   * Place among the rules of the listener, from 1 to 100; the lowest that matches wins.
   * @default 100 - the last place of a new service; on a shared listener it must be given
   */
  readonly priority?: number;

  /**
   * A path. There are no wildcards.
   * @default - any path
   */
  readonly path?: string;

  /**
   * What a path begins with. End it with a slash to keep `/orders2` out of `/orders/`.
   * @default - any path
   */
  readonly pathPrefix?: string;

  /**
   * A method.
   * @default - any
   */
  readonly method?: string;

  /**
   * Headers, five at most, all of which must match.
   * @default - any headers
   */
  readonly headers?: LatticeHeaderMatch[];

  /**
   * The role with which ECS registers the tasks. It needs what `InfrastructureRole.allowLattice` allows.
   * @default - a new one, for this target group only
   */
  readonly infrastructureRole?: iam.IRole;

  /**
   * The prefix list with the addresses of VPC Lattice, which the tasks let in: that of the region, by its id, or by
   * `ec2.PrefixList.fromLookup(…)` and its name `com.amazonaws.(region).vpc-lattice`.
   * @default - the range 169.254.171.0/24, which no look-up is needed for
   * @see https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html#managed-prefix-list
   */
  readonly prefixList?: ec2.IPrefixList;

  /**
   * The container that answers, a sidecar for instance. The task definition must have it already.
   * @default - the main container
   */
  readonly containerName?: string;

  /**
   * The port on which it answers, 1 to 65535.
   * @default - the service's
   */
  readonly port?: number;

  /**
   * How VPC Lattice sees whether a task is well.
   * @default - the service's
   */
  readonly healthCheck?: elbv2.HealthCheck;

  /**
   * What the container speaks: HTTP/1.1, HTTP/2 or gRPC.
   * @default - the service's
   */
  readonly protocolVersion?: elbv2.ApplicationProtocolVersion;
}
