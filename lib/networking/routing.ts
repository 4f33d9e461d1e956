import type {
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_s3 as s3,
  Duration,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
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
   * Sends a client to the same task for as long.
   * @default - no stickiness
   */
  readonly stickinessCookieDuration?: Duration;

  /**
   * What the container speaks: HTTP/1.1, HTTP/2 or gRPC. The last needs HTTPS in front.
   * @default elbv2.ApplicationProtocolVersion.HTTP1
   */
  readonly protocolVersion?: elbv2.ApplicationProtocolVersion;
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
}

/** What a routing made. All of it is yours to change. */
export interface RoutingConfig {
  /** The service's own load balancer. */
  readonly loadBalancer?: elbv2.ApplicationLoadBalancer;
  /** The listener that has the rules. */
  readonly listener?: elbv2.IApplicationListener;
  /** The rule that sends requests to the service. */
  readonly listenerRule?: elbv2.ApplicationListenerRule;
  /** The tasks of the service. */
  readonly targetGroup?: elbv2.ApplicationTargetGroup;
  /** The certificate that was made for the domain. */
  readonly certificate?: acm.ICertificate;
  /** The bucket that was made for access logs. */
  readonly accessLogsBucket?: s3.IBucket;
  /** Where clients find the service. */
  readonly url?: string;
}

/** What a kind of routing does. */
export interface RoutingKind {
  /** True when ECS must register the tasks with a load balancer. */
  readonly loadBalanced: boolean;
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
  public get _loadBalanced(): boolean {
    return this.kind.loadBalanced;
  }

  /**
   * Routes requests to the service. Intents call this; so can you, for a bare L2 service.
   * @param scope where new resources go: the service's stack
   */
  public bind(scope: Construct, target: RoutingTarget): RoutingConfig {
    return this.kind.bind(scope, target);
  }
}
