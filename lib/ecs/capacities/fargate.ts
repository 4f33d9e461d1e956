import { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkWhole, ContainersError, isToken } from '../../rules/errors';
import { fargateSize } from '../../rules/fargate';
import type { CapacityKind } from '../capacity';

/** Options of `Capacity.fargateSpot`. */
export interface FargateSpotOptions {
  /**
   * Tasks that are always On-Demand.
   * @default 2
   */
  readonly onDemandBase?: number;

  /**
   * On-Demand's part of the tasks above the base, beside `spotWeight`.
   * @default 0
   */
  readonly onDemandWeight?: number;

  /**
   * Spot's part of the tasks above the base, beside `onDemandWeight`.
   * @default 1
   */
  readonly spotWeight?: number;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html */
const BASE = { min: 0, max: 100000 };
const WEIGHT = { min: 0, max: 1000 };

export function fargate(): CapacityKind {
  return fargateKind('Capacity.fargate()', [{ capacityProvider: 'FARGATE', weight: 1 }]);
}

export function fargateSpot(options: FargateSpotOptions): CapacityKind {
  const { onDemandBase = 2, onDemandWeight = 0, spotWeight = 1 } = options;
  checkWhole('onDemandBase', onDemandBase, BASE);
  checkWhole('onDemandWeight', onDemandWeight, WEIGHT);
  checkWhole('spotWeight', spotWeight, WEIGHT);
  if (onDemandWeight === 0 && spotWeight === 0) {
    throw new ContainersError(
      'onDemandWeight or spotWeight must be above 0, got 0 for both: tasks above the base would have no place',
    );
  }
  const spot = { capacityProvider: 'FARGATE_SPOT', weight: spotWeight };
  const onDemand = { capacityProvider: 'FARGATE', base: onDemandBase, weight: onDemandWeight };
  return fargateKind('Capacity.fargateSpot()', onDemandBase === 0 && onDemandWeight === 0 ? [spot] : [onDemand, spot]);
}

function fargateKind(name: string, strategy: ecs.CapacityProviderStrategy[]): CapacityKind {
  return {
    name,
    compatibility: ecs.Compatibility.FARGATE,
    providers: strategy.map((item) => item.capacityProvider),
    sizeOf: fargateSize,
    createService: (scope, id, options) =>
      new ecs.FargateService(scope, id, {
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
      }),
  };
}
