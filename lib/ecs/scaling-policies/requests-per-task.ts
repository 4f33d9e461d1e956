import { ContainersError } from '../../rules/errors';
import { checkPositive } from '../../rules/scaling';
import { targetTracking } from '../private/target-tracking';
import type { ScalingPolicyKind, TargetTrackingOptions } from '../scaling-policy';

export function requestsPerTaskPolicy(requestsPerTarget: number, options: TargetTrackingOptions): ScalingPolicyKind {
  checkPositive('the target of ScalingPolicy.requestsPerTask', requestsPerTarget);
  return {
    id: 'RequestsPerTask',
    bind({ taskCount, targetGroup, cooldown }) {
      if (!targetGroup) {
        throw new ContainersError(
          'ScalingPolicy.requestsPerTask needs a load balancer, got a service without one: use another policy or another routing',
        );
      }
      taskCount.scaleOnRequestCount('RequestsPerTask', {
        requestsPerTarget,
        targetGroup,
        ...targetTracking(options, cooldown),
      });
    },
  };
}
