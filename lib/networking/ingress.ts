import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { listenerRouting } from './routes/listener';
import type { RouteOptions } from './routes/listener';
import { Routing } from './routing';

/** Properties of `Ingress.fromListener`. */
export interface FromListenerProps {
  /** The listener of a load balancer that others look after, also an imported one. */
  readonly listener: elbv2.IApplicationListener;

  /**
   * Whether clients speak HTTPS to it.
   * @default true
   */
  readonly encrypted?: boolean;
}

/** A load balancer that many services share, each with its own routes. */
export class Ingress extends Construct {
  /**
   * The load balancer of another team or stack. Its other rules are invisible, so every route must give its priority.
   *
   * Creates nothing by itself: rule and target group stand in the stack of the service that takes a route.
   */
  public static fromListener(scope: Construct, id: string, props: FromListenerProps): Ingress {
    return new Ingress(scope, id, props);
  }

  /** The listener on which the routes are made. */
  public readonly listener: elbv2.IApplicationListener;
  private readonly encrypted: boolean;

  private constructor(scope: Construct, id: string, props: FromListenerProps) {
    super(scope, id);
    this.listener = props.listener;
    this.encrypted = props.encrypted ?? true;
  }

  /**
   * A route for the `routing` of a service.
   * @throws without conditions or priority, or with more than five condition values
   */
  public route(options: RouteOptions): Routing {
    return Routing._of(listenerRouting(this.listener, this.encrypted, options));
  }
}
