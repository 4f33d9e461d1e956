import type { aws_applicationautoscaling as autoscaling, Duration } from 'aws-cdk-lib';
import { checkSeconds } from '../../rules/errors';
import { COOLDOWN_SECONDS } from '../../rules/scaling';
import type { TargetTrackingOptions } from '../scaling-policy';

/** What all target tracking policies share: the policy's own cooldowns, else those of the scaling. */
export function targetTracking(
  options: TargetTrackingOptions,
  cooldown: Duration | undefined,
): autoscaling.BaseTargetTrackingProps {
  const scaleInCooldown = options.scaleInCooldown ?? cooldown;
  const scaleOutCooldown = options.scaleOutCooldown ?? cooldown;
  checkSeconds('scaleInCooldown', scaleInCooldown, COOLDOWN_SECONDS);
  checkSeconds('scaleOutCooldown', scaleOutCooldown, COOLDOWN_SECONDS);
  return { disableScaleIn: options.disableScaleIn, scaleInCooldown, scaleOutCooldown };
}
