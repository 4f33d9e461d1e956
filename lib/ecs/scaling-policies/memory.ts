import { checkUtilization } from '../../rules/scaling';
import { targetTracking } from '../private/target-tracking';
import type { ScalingPolicyKind, TargetTrackingOptions } from '../scaling-policy';

export function memoryPolicy(targetUtilizationPercent: number, options: TargetTrackingOptions): ScalingPolicyKind {
  checkUtilization('the target of ScalingPolicy.memory in percent', targetUtilizationPercent);
  return {
    id: 'Memory',
    bind: ({ taskCount, cooldown }) =>
      taskCount.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent, ...targetTracking(options, cooldown) }),
  };
}
