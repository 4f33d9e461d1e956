import type {
  aws_apigatewayv2 as apigatewayv2,
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  aws_logs as logs,
  aws_s3 as s3,
  aws_servicediscovery as servicediscovery,
  aws_vpclattice as vpclattice,
  Duration,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { allRoutings } from './routes/all';
import { httpApiRouting } from './routes/http-api';
import type { HttpApiRoutingOptions } from './routes/http-api-options';
import { latticeRouting } from './routes/lattice';
import type { LatticeRoutingOptions } from './routes/lattice-options';
import { networkRouting } from './routes/network';
import type { NetworkRoutingOptions } from './routes/network-options';
import { noRouting } from './routes/none';
import { domainRouting, httpRouting, httpsRouting } from './routes/own-load-balancer';
import type { DomainRoutingOptions, HttpRoutingOptions, HttpsRoutingOptions } from './routes/own-load-balancer';

/** How a load balancer treats the tasks behind it. */
export interface TargetOptions {
  /**
   * The load balancer's health check, which decides whether a task gets requests and whether a deployment succeeds.
   * The container's own check is `container.healthCheck`.
   * @default - `/` every 10 seconds, codes 200-399, in after 2 and out after 3 answers, with a warning: name a path
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
   */
  readonly healthCheck?: elbv2.HealthCheck;

  /**
   * How long a task that leaves may finish its requests. It adds to the time of each deployment.
   * @default Duration.seconds(30)
   */
  readonly deregistrationDelay?: Duration;

  /**
   * Sends a client to the same task for as long, with a cookie of the load balancer.
   * @default - no stickiness
   */
  readonly stickinessCookieDuration?: Duration;

  /**
   * The name of your own cookie that keeps a client at its task. Needs `stickinessCookieDuration`.
   * @default - a cookie of the load balancer
   */
  readonly stickinessCookieName?: string;

  /**
   * How long a new task gets a growing share of the requests before it gets a full one: 30 seconds to 15 minutes.
   * @default - none: a healthy task gets its full share at once
   */
  readonly slowStart?: Duration;

  /**
   * How a task is chosen for a request.
   * @default elbv2.TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN
   */
  readonly loadBalancingAlgorithmType?: elbv2.TargetGroupLoadBalancingAlgorithmType;

  /**
   * Whether requests may go to a task in another availability zone than that of the load balancer's node. Without it
   * there is no traffic between zones, and each zone needs tasks enough for its share.
   * @default true
   */
  readonly crossZoneEnabled?: boolean;

  /**
   * What the container speaks: HTTP/1.1, HTTP/2 or gRPC. The last needs HTTPS in front.
   * @default elbv2.ApplicationProtocolVersion.HTTP1
   */
  readonly protocolVersion?: elbv2.ApplicationProtocolVersion;
}

/** What each route may say for itself, where it differs from the service. */
export interface RouteTargetOptions extends TargetOptions {
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
}

/** What a routing is bound to: a service of any kind, also a bare L2. */
export interface RoutingTarget extends TargetOptions {
  /** The service. */
  readonly service: ecs.BaseService;
  /** The container that answers. */
  readonly containerName: string;
  /** The port on which it answers. */
  readonly port: number;
  /** The network of the service. */
  readonly vpc: ec2.IVpc;
  /**
   * True beside other routings, which may want what this one does not know.
   * @internal
   */
  readonly _besideOthers?: boolean;
}

/** What a routing made. All of it is yours to change. */
export interface RoutingConfig {
  /** The service's own load balancer. */
  readonly loadBalancer?: elbv2.ApplicationLoadBalancer;
  /** The listener that has the rules. */
  readonly listener?: elbv2.IApplicationListener;
  /** The rule that sends requests to the service; the first one when the route needs several. */
  readonly listenerRule?: elbv2.ApplicationListenerRule;
  /** All rules of the route: more than one when it has more condition values than a rule holds. */
  readonly listenerRules?: elbv2.ApplicationListenerRule[];
  /** The tasks of the service. */
  readonly targetGroup?: elbv2.ApplicationTargetGroup;
  /** The service's own Network Load Balancer. Open it with `connections.allowFrom(client, ec2.Port.tcp(5432))`. */
  readonly networkLoadBalancer?: elbv2.NetworkLoadBalancer;
  /** The listeners of the Network Load Balancer, in the order in which they were given. */
  readonly networkListeners?: elbv2.NetworkListener[];
  /** The tasks of the service, as each of these listeners sees them. */
  readonly networkTargetGroups?: elbv2.NetworkTargetGroup[];
  /** The addresses of a Network Load Balancer with `staticAddresses`, one for each subnet. */
  readonly elasticIps?: ec2.CfnEIP[];
  /** The certificate that was made for the domain. */
  readonly certificate?: acm.ICertificate;
  /** The bucket that was made for access logs. */
  readonly accessLogsBucket?: s3.IBucket;
  /** Where clients find the service. */
  readonly url?: string;
  /** The API of API Gateway, of this service or of many. */
  readonly httpApi?: apigatewayv2.IHttpApi;
  /** The stage of an API that was made. */
  readonly httpStage?: apigatewayv2.HttpStage;
  /** The routes of the API that lead to the service. With IAM, `grantInvoke(client)` lets a client use one. */
  readonly httpRoutes?: apigatewayv2.HttpRoute[];
  /** How API Gateway comes into the network. */
  readonly vpcLink?: apigatewayv2.IVpcLink;
  /** Where API Gateway finds the tasks. */
  readonly cloudMapService?: servicediscovery.IService;
  /** The name of an API that was made. */
  readonly domainName?: apigatewayv2.DomainName;
  /** The service in VPC Lattice that was made. */
  readonly latticeService?: vpclattice.CfnService;
  /** Its listener, on which other services may have rules. */
  readonly latticeListener?: vpclattice.CfnListener;
  /** The rule of VPC Lattice that sends requests to the service. */
  readonly latticeRule?: vpclattice.CfnRule;
  /** The tasks of the service in VPC Lattice. */
  readonly latticeTargetGroup?: vpclattice.CfnTargetGroup;
  /** The role with which ECS registers the tasks in VPC Lattice. */
  readonly infrastructureRole?: iam.IRole;
  /** Where the requests of API Gateway or VPC Lattice are written. */
  readonly accessLogGroup?: logs.ILogGroup;
  /** What the further routings of `Routing.all` made, in their order. */
  readonly more?: RoutingConfig[];
}

/** What a kind of routing does. */
export interface RoutingKind {
  /** True when ECS must register the tasks with a load balancer. */
  readonly loadBalanced: boolean;
  /**
   * True when something besides ECS says whether a task is healthy, to which a grace period can apply.
   * @default - as `loadBalanced`
   */
  readonly healthChecked?: boolean;
  /** What several routings at once consist of. */
  readonly parts?: Routing[];
  bind(scope: Construct, target: RoutingTarget): RoutingConfig;
}

/** How requests reach a service. */
export class Routing {
  /**
   * The service's own load balancer under a name of yours: HTTPS only, with certificate and alias record.
   * @param name the domain name, `app.example.com`
   * @throws when the name is not in the zone
   */
  public static domain(name: string, options: DomainRoutingOptions): Routing {
    return Routing._of(domainRouting(name, options));
  }

  /**
   * The service's own load balancer with certificates of yours: HTTPS only. The names are yours to point at it.
   * @throws without a certificate
   */
  public static https(options: HttpsRoutingOptions): Routing {
    return Routing._of(httpsRouting(options));
  }

  /**
   * The service's own load balancer without encryption: for tests, and behind something that encrypts.
   * Warns when it is public.
   */
  public static http(options: HttpRoutingOptions = {}): Routing {
    return Routing._of(httpRouting(options));
  }

  /**
   * The service's own Network Load Balancer: TCP, UDP and TLS, for what is not HTTP, or needs addresses that never change.
   * `url` is the first listener's, such as `tls://mqtt.example.com:8883`.
   *
   * Creates: `networkLoadBalancer` with a security group, `networkListeners` and `networkTargetGroups`, and what the
   * options say: `elasticIps`, `certificate` and alias record, `accessLogsBucket`.
   *
   * Costs: about 18 USD a month, and more with what passes through it.
   * @throws when a listener and its protocol do not fit, and without listeners
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html
   */
  public static network(options: NetworkRoutingOptions): Routing {
    return Routing._of(networkRouting(options));
  }

  /**
   * An HTTP API of API Gateway, which reaches the tasks through a VPC link and Cloud Map: no load balancer to pay for while
   * nobody asks. ECS lists healthy tasks by their container's own health check.
   *
   * Creates: `httpApi` with `httpStage`, `accessLogGroup` and, when asked for, `domainName` with `certificate` and alias record,
   * unless it is given an API; `httpRoutes`; `vpcLink` with a security group, unless it is given one; `cloudMapService`, in a
   * new private namespace when the cluster has none.
   *
   * Costs: about 1 USD for a million requests, and 0.50 USD a month for a new namespace.
   * @throws when a path, the API or the link do not fit
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
   */
  public static httpApi(options: HttpApiRoutingOptions = {}): Routing {
    return Routing._of(httpApiRouting(options));
  }

  /**
   * VPC Lattice, which other networks and accounts reach without peering: each request is signed, and ECS registers the tasks.
   *
   * Creates: `latticeTargetGroup`, `latticeRule` and `infrastructureRole`; `latticeService` with `latticeListener`, its policy,
   * `accessLogGroup`, associations with networks, and `certificate` with alias record when asked for, unless it is given a listener.
   *
   * Costs: about 18 USD a month for a service, and more with what passes through it.
   * @throws when a condition, the listener or the health check do not fit
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-vpc-lattice.html
   */
  public static lattice(options: LatticeRoutingOptions = {}): Routing {
    return Routing._of(latticeRouting(options));
  }

  /**
   * Several ways to one service: the first is the primary one, whose `url`, `loadBalancer` and so on the service has.
   * Append new ones: what a routing makes is named after its place. ECS takes five target groups for a service.
   * @throws without a routing, and with `Routing.none()` among them
   */
  public static all(routings: Routing[]): Routing {
    return Routing._of(allRoutings(routings));
  }

  /** No load balancer: nobody outside reaches the service. */
  public static none(): Routing {
    return Routing._of(noRouting());
  }

  /** @internal */
  public static _of(kind: RoutingKind): Routing {
    return new Routing(kind);
  }

  private constructor(private readonly kind: RoutingKind) {}

  /** @internal */
  public get _parts(): Routing[] {
    return this.kind.parts ?? [this];
  }

  /** @internal */
  public get _loadBalanced(): boolean {
    return this.kind.loadBalanced;
  }

  /** @internal */
  public get _healthChecked(): boolean {
    return this.kind.healthChecked ?? this.kind.loadBalanced;
  }

  /**
   * Routes requests to the service. Intents call this; so can you, for a bare L2 service.
   * @param scope where new resources go: the service's stack
   */
  public bind(scope: Construct, target: RoutingTarget): RoutingConfig {
    return this.kind.bind(scope, target);
  }
}
