import type { aws_applicationautoscaling as autoscaling, Duration } from 'aws-cdk-lib';
import { checkSeconds } from '../../rules/errors';
import type { TargetTrackingOptions } from '../scaling-policy';

/** What all target tracking policies share: the policy's own cooldowns, else those of the scaling. */
export function targetTracking(
  options: TargetTrackingOptions,
  cooldown: Duration | undefined,
): autoscaling.BaseTargetTrackingProps {
  const scaleInCooldown = options.scaleInCooldown ?? cooldown;
  const scaleOutCooldown = options.scaleOutCooldown ?? cooldown;
  checkSeconds('scaleInCooldown', scaleInCooldown, COOLDOWN);
  checkSeconds('scaleOutCooldown', scaleOutCooldown, COOLDOWN);
  return { disableScaleIn: options.disableScaleIn, scaleInCooldown, scaleOutCooldown };
}

/** A day; longer ones are mistakes. */
const COOLDOWN = { min: 0, max: 86400 };
