import { aws_elasticloadbalancingv2 as elbv2, Duration, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';
import { checkTargetBehaviour, DEFAULT_HEALTH } from '../../rules/load-balancers';
import type { RoutingTarget } from '../routing';

/** What sends requests to a service: a rule of its own and a target group, both in the service's stack. */
export interface HttpRoute {
  readonly listenerRule: elbv2.ApplicationListenerRule;
  readonly targetGroup: elbv2.ApplicationTargetGroup;
}

/** The listener, and which of its requests go to the service. */
export interface HttpRouteOptions {
  readonly listener: elbv2.IApplicationListener;
  readonly priority: number;
  readonly conditions: elbv2.ListenerCondition[];
  readonly encrypted: boolean;
}

/**
 * Every route has an explicit rule, also on a load balancer of its own: blue/green deployments shift traffic by
 * editing a rule, so that they can come later without a replacement.
 */
export function httpRoute(scope: Construct, target: RoutingTarget, options: HttpRouteOptions): HttpRoute {
  checkTargetBehaviour(target);
  const grpc = target.protocolVersion === elbv2.ApplicationProtocolVersion.GRPC;
  if (grpc && !options.encrypted) {
    throw new ContainersError(
      'protocolVersion must not be GRPC on a plain HTTP listener: use Routing.domain or Routing.https',
    );
  }
  const targetGroup = new elbv2.ApplicationTargetGroup(scope, 'TargetGroup', {
    vpc: target.vpc,
    targetType: elbv2.TargetType.IP,
    // Each task registers with its own port: this one is never used, and changing it would replace the group.
    port: 80,
    protocol: elbv2.ApplicationProtocol.HTTP,
    protocolVersion: target.protocolVersion,
    deregistrationDelay: target.deregistrationDelay ?? Duration.seconds(30),
    stickinessCookieDuration: target.stickinessCookieDuration,
    healthCheck: healthCheck(scope, target, grpc),
  });
  const listenerRule = new elbv2.ApplicationListenerRule(scope, 'ListenerRule', {
    listener: options.listener,
    priority: options.priority,
    conditions: options.conditions,
    targetGroups: [targetGroup],
  });
  targetGroup.addTarget(
    target.service.loadBalancerTarget({ containerName: target.containerName, containerPort: target.port }),
  );
  return { targetGroup, listenerRule };
}

function healthCheck(scope: Construct, target: RoutingTarget, grpc: boolean): elbv2.HealthCheck {
  const given = target.healthCheck ?? {};
  if (!grpc && given.path === undefined) {
    Validations.of(scope).addWarning(
      'cdk-containers:HealthCheckPathDefault',
      "healthCheck.path was not given, so the load balancer asks for '/' and takes 200-399 for healthy: a redirect to a login page passes, " +
        'and a framework that checks the Host header (ALLOWED_HOSTS) fails, because the load balancer sends an IP address. Name a path that tells the truth.',
    );
  }
  return {
    // ELB's own default for gRPC is a method that no service has, with code 12 (unimplemented).
    ...(grpc ? {} : { path: '/', healthyHttpCodes: DEFAULT_HEALTH.codes }),
    interval: Duration.seconds(DEFAULT_HEALTH.intervalSeconds),
    timeout: Duration.seconds(DEFAULT_HEALTH.timeoutSeconds),
    healthyThresholdCount: DEFAULT_HEALTH.healthyThreshold,
    unhealthyThresholdCount: DEFAULT_HEALTH.unhealthyThreshold,
    ...given,
  };
}
