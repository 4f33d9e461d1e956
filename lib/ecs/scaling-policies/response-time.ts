import type { Duration } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import { checkPositive } from '../../rules/scaling';
import { overGroups, targetGroupsOf } from '../private/target-groups';
import { trackMetric } from '../private/track-metric';
import type { ScalingPolicyKind, TargetTrackingOptions } from '../scaling-policy';

export function responseTimePolicy(target: Duration, options: TargetTrackingOptions): ScalingPolicyKind {
  if (target.isUnresolved()) {
    throw new ContainersError('the target of ScalingPolicy.responseTime must be a known duration, got a token');
  }
  const seconds = target.toMilliseconds({ integral: false }) / 1000;
  checkPositive('the target of ScalingPolicy.responseTime in seconds', seconds);
  return {
    id: 'ResponseTime',
    wakes: false,
    bind(bound) {
      const groups = targetGroupsOf('ScalingPolicy.responseTime', bound);
      const metric = overGroups('MAX', groups, {
        metricName: 'TargetResponseTime',
        statistic: 'Average',
        ofLoadBalancer: true,
      });
      trackMetric('ResponseTime', bound, metric, seconds, options);
    },
  };
}
