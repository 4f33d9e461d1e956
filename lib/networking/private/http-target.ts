import { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2, Duration, Validations } from 'aws-cdk-lib';
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
  const version = target.protocolVersion ?? elbv2.ApplicationProtocolVersion.HTTP1;
  const grpc = version === elbv2.ApplicationProtocolVersion.GRPC;
  if (version !== elbv2.ApplicationProtocolVersion.HTTP1 && !options.encrypted) {
    throw new ContainersError(
      `protocolVersion must not be ${version} on a plain HTTP listener, because ELB wants HTTPS in front of it: use Routing.domain or Routing.https`,
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
    listener: fromServiceSide(options.listener),
    priority: options.priority,
    conditions: options.conditions,
    targetGroups: [targetGroup],
  });
  targetGroup.addTarget(
    target.service.loadBalancerTarget({ containerName: target.containerName, containerPort: target.port }),
  );
  const port = Number(target.healthCheck?.port);
  if (port && port !== target.port) targetGroup.registerConnectable(target.service, ec2.Port.tcp(port));
  return { targetGroup, listenerRule };
}

/**
 * An imported listener opens the way to the service in its own stack, which would then depend on the service's.
 * This view of it lets the service open the way instead, as a listener that is not imported does.
 */
function fromServiceSide(listener: elbv2.IApplicationListener): elbv2.IApplicationListener {
  const registerConnectable = (connectable: ec2.IConnectable, port: ec2.Port) =>
    connectable.connections.allowFrom(listener, port, 'Load balancer to target');
  return Object.create(listener, { registerConnectable: { value: registerConnectable } });
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
    ...given,
    // For gRPC, ELB's own defaults: a method that no service has, answered with code 12 (unimplemented).
    path: given.path ?? (grpc ? undefined : '/'),
    healthyHttpCodes: given.healthyHttpCodes ?? (grpc ? undefined : DEFAULT_HEALTH.codes),
    interval: given.interval ?? Duration.seconds(DEFAULT_HEALTH.intervalSeconds),
    timeout: given.timeout ?? Duration.seconds(DEFAULT_HEALTH.timeoutSeconds),
    healthyThresholdCount: given.healthyThresholdCount ?? DEFAULT_HEALTH.healthyThreshold,
    unhealthyThresholdCount: given.unhealthyThresholdCount ?? DEFAULT_HEALTH.unhealthyThreshold,
  };
}
