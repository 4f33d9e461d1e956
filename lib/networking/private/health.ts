import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DEFAULT_HEALTH } from '../../rules/load-balancers';

/** How often a check is made, and how many in a row tell. */
export function rhythmOf(given: elbv2.HealthCheck) {
  return {
    interval: given.interval ?? Duration.seconds(DEFAULT_HEALTH.intervalSeconds),
    timeout: given.timeout ?? Duration.seconds(DEFAULT_HEALTH.timeoutSeconds),
    healthyThresholdCount: given.healthyThresholdCount ?? DEFAULT_HEALTH.healthyThreshold,
    unhealthyThresholdCount: given.unhealthyThresholdCount ?? DEFAULT_HEALTH.unhealthyThreshold,
  };
}

/** A check that nobody described passes for the wrong reasons, and fails for others. */
export function warnOfDefaultPath(scope: Construct, who: string): void {
  Validations.of(scope).addWarning(
    'cdk-containers:HealthCheckPathDefault',
    `healthCheck.path was not given, so ${who} asks for '/' and takes 200-399 for healthy: a redirect to a login page passes, ` +
      `and a framework that checks the Host header (ALLOWED_HOSTS) fails, because ${who} sends an IP address. Name a path that tells the truth.`,
  );
}

/** How long the verdict on a new task is not listened to, as the L2 has it behind a load balancer. */
const GRACE_SECONDS = 60;

/** Gives a service the L2's grace period, which the L2 knows for target groups of its own only. */
export function giveGracePeriod(service: ecs.CfnService): void {
  if (Stack.of(service).resolve(service.healthCheckGracePeriodSeconds) !== undefined) return;
  service.healthCheckGracePeriodSeconds = GRACE_SECONDS;
}
