import { checkUtilization } from '../../rules/scaling';
import { trackUtilization } from '../private/track-metric';
import type { ScalingPolicyKind, UtilizationOptions } from '../scaling-policy';

export function memoryPolicy(percent: number, options: UtilizationOptions): ScalingPolicyKind {
  checkUtilization('the target of ScalingPolicy.memory in percent', percent);
  return {
    id: 'Memory',
    wakes: false,
    bind: (target) => trackUtilization('Memory', target, 'MemoryUtilization', percent, options),
  };
}
