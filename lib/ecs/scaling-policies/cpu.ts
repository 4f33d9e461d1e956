import { checkUtilization } from '../../rules/scaling';
import { trackUtilization } from '../private/track-metric';
import type { ScalingPolicyKind, UtilizationOptions } from '../scaling-policy';

export function cpuPolicy(percent: number, options: UtilizationOptions): ScalingPolicyKind {
  checkUtilization('the target of ScalingPolicy.cpu in percent', percent);
  return {
    id: 'Cpu',
    wakes: false,
    bind: (target) => trackUtilization('Cpu', target, 'CPUUtilization', percent, options),
  };
}
