import { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2, Duration } from 'aws-cdk-lib';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { listenerConditions } from './conditions';
import { rhythmOf, warnOfDefaultPath } from './health';
import { loadBalancerTarget } from './targets';
import { ContainersError } from '../../rules/errors';
import { checkTargetBehaviour, DEFAULT_HEALTH } from '../../rules/load-balancers';
import type { RouteRule } from '../../rules/route-rules';
import type { Authentication } from '../authentication';
import type { RoutingTarget } from '../routing';

/** What sends requests to a service: rules of its own and a target group, all in the service's stack. */
export interface HttpRoute {
  readonly listenerRule: elbv2.ApplicationListenerRule;
  readonly listenerRules: elbv2.ApplicationListenerRule[];
  readonly targetGroup: elbv2.ApplicationTargetGroup;
}

/** Lets a load balancer reach a port of a service. */
export type Admit = (scope: Construct, service: ecs.BaseService, port: ec2.Port) => void;

/** The listener, and which of its requests go to the service. */
export interface HttpRouteSettings {
  readonly listener: elbv2.IApplicationListener;
  readonly rules: RouteRule[];
  readonly encrypted: boolean;
  readonly authentication?: Authentication;
  /** Unless as the L2 does it: with a rule in each of the two security groups. */
  readonly admit?: Admit;
  /**
   * Of the target group. A group belongs to one load balancer: on another one it must be another group.
   */
  readonly targetGroupId?: string;
  /**
   * True when priorities are made of conditions. Rules are then named after them, so that a rule which is changed is a new
   * one, and none takes a priority that another one has not left.
   */
  readonly automatic?: boolean;
}

/**
 * Every route has an explicit rule, also on a load balancer of its own: blue/green deployments shift traffic by
 * editing a rule, so that they can come later without a replacement.
 */
export function httpRoute(scope: Construct, target: RoutingTarget, options: HttpRouteSettings): HttpRoute {
  checkTargetBehaviour(target);
  const version = target.protocolVersion ?? elbv2.ApplicationProtocolVersion.HTTP1;
  const grpc = version === elbv2.ApplicationProtocolVersion.GRPC;
  if (version !== elbv2.ApplicationProtocolVersion.HTTP1 && !options.encrypted) {
    throw new ContainersError(
      `protocolVersion must not be ${version} on a plain HTTP listener, because ELB wants HTTPS in front of it: use Routing.domain or Routing.https`,
    );
  }
  if (options.authentication && !options.encrypted) {
    throw new ContainersError(
      'authentication must not be used on a plain HTTP listener, because ELB wants HTTPS for it: give the load balancer a certificate',
    );
  }
  const targetGroup = new elbv2.ApplicationTargetGroup(scope, options.targetGroupId ?? 'TargetGroup', {
    vpc: target.vpc,
    targetType: elbv2.TargetType.IP,
    // Each task registers with its own port: this one is never used, and changing it would replace the group.
    port: 80,
    protocol: elbv2.ApplicationProtocol.HTTP,
    protocolVersion: target.protocolVersion,
    deregistrationDelay: target.deregistrationDelay ?? Duration.seconds(30),
    stickinessCookieDuration: target.stickinessCookieDuration,
    stickinessCookieName: target.stickinessCookieName,
    slowStart: target.slowStart,
    loadBalancingAlgorithmType: target.loadBalancingAlgorithmType,
    crossZoneEnabled: target.crossZoneEnabled,
    healthCheck: healthCheck(scope, target, grpc),
  });
  const listener = fromServiceSide(options.listener, (connectable, port) => {
    if (options.admit) options.admit(scope, target.service, port);
    else connectable.connections.allowFrom(options.listener, port, 'Load balancer to target');
  });
  const forward = elbv2.ListenerAction.forward([targetGroup]);
  const action = options.authentication?.bind(scope, forward) ?? forward;
  const listenerRules = options.rules.map(
    ({ priority, conditions }, index) =>
      new elbv2.ApplicationListenerRule(scope, ruleId(options.automatic ? priority : index), {
        listener,
        priority,
        conditions: listenerConditions(conditions),
        action,
      }),
  );
  targetGroup.addTarget(loadBalancerTarget(target));
  const port = Number(target.healthCheck?.port);
  if (port && port !== target.port) targetGroup.registerConnectable(target.service, ec2.Port.tcp(port));
  return { targetGroup, listenerRule: listenerRules[0], listenerRules };
}

function ruleId(which: number): string {
  return which === 0 ? 'ListenerRule' : `ListenerRule${which}`;
}

/**
 * An imported listener opens the way to the service in its own stack, which would then depend on the service's.
 * This view of it lets the service open the way instead, as a listener that is not imported does.
 */
function fromServiceSide(
  listener: elbv2.IApplicationListener,
  registerConnectable: elbv2.IApplicationListener['registerConnectable'],
): elbv2.IApplicationListener {
  return Object.create(listener, { registerConnectable: { value: registerConnectable } });
}

function healthCheck(scope: Construct, target: RoutingTarget, grpc: boolean): elbv2.HealthCheck {
  const given = target.healthCheck ?? {};
  if (!grpc && given.path === undefined) {
    warnOfDefaultPath(scope, 'the load balancer');
  }
  return {
    ...given,
    // For gRPC, ELB's own defaults: a method that no service has, answered with code 12 (unimplemented).
    path: given.path ?? (grpc ? undefined : '/'),
    healthyHttpCodes: given.healthyHttpCodes ?? (grpc ? undefined : DEFAULT_HEALTH.codes),
    ...rhythmOf(given),
  };
}
