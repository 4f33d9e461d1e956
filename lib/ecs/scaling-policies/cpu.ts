import { checkUtilization } from '../../rules/scaling';
import { targetTracking } from '../private/target-tracking';
import type { ScalingPolicyKind, TargetTrackingOptions } from '../scaling-policy';

export function cpuPolicy(targetUtilizationPercent: number, options: TargetTrackingOptions): ScalingPolicyKind {
  checkUtilization('the target of ScalingPolicy.cpu in percent', targetUtilizationPercent);
  return {
    id: 'Cpu',
    bind: ({ taskCount, cooldown }) =>
      taskCount.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent, ...targetTracking(options, cooldown) }),
  };
}
