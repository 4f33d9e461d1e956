import { checkPositive } from '../../rules/scaling';
import { overGroups, targetGroupsOf } from '../private/target-groups';
import { trackMetric } from '../private/track-metric';
import type { ScalingPolicyKind, TargetTrackingOptions } from '../scaling-policy';

/**
 * The metric that Application Auto Scaling predefines belongs to one target group, and a deployment that shifts traffic
 * leaves it for the other one.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
 */
export function requestsPerTaskPolicy(requests: number, options: TargetTrackingOptions): ScalingPolicyKind {
  checkPositive('the target of ScalingPolicy.requestsPerTask', requests);
  return {
    id: 'RequestsPerTask',
    wakes: false,
    bind(bound) {
      const groups = targetGroupsOf('ScalingPolicy.requestsPerTask', bound);
      const metric = overGroups('SUM', groups, { metricName: 'RequestCountPerTarget', statistic: 'Sum' });
      trackMetric('RequestsPerTask', bound, metric, requests, options);
    },
  };
}
