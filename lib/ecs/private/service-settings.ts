import { aws_ecs as ecs } from 'aws-cdk-lib';
import { isToken } from '../../rules/errors';
import type { CapacityServiceOptions } from '../capacity';

/** What services on every compute of AWS have in common. */
export function serviceSettings(options: CapacityServiceOptions, strategy: ecs.CapacityProviderStrategy[]) {
  return {
    ...options,
    // Never `LaunchType`: a later move to another compute would replace the service.
    capacityProviderStrategies: strategy,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    enableECSManagedTags: true,
    // ECS can only move tasks between zones when it may start one before it stops one.
    availabilityZoneRebalancing:
      isToken(options.maxHealthyPercent) || options.maxHealthyPercent > 100
        ? ecs.AvailabilityZoneRebalancing.ENABLED
        : ecs.AvailabilityZoneRebalancing.DISABLED,
  };
}
