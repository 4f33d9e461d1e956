import { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkBase, checkWeight } from '../../rules/capacity-providers';
import { ContainersError } from '../../rules/errors';
import { fargateSize } from '../../rules/fargate';
import { PLATFORMS } from '../../rules/platforms';
import type { Platform } from '../../rules/platforms';
import type { CapacityKind } from '../capacity';
import { serviceSettings } from '../private/service-settings';

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

export function fargate(): CapacityKind {
  return fargateKind('Capacity.fargate()', PLATFORMS.fargate, [{ capacityProvider: 'FARGATE', weight: 1 }]);
}

export function fargateSpot(options: FargateSpotOptions): CapacityKind {
  const { onDemandBase = 2, onDemandWeight = 0, spotWeight = 1 } = options;
  checkBase('onDemandBase', onDemandBase);
  checkWeight('onDemandWeight', onDemandWeight);
  checkWeight('spotWeight', spotWeight);
  if (onDemandWeight === 0 && spotWeight === 0) {
    throw new ContainersError(
      'onDemandWeight or spotWeight must be above 0, got 0 for both: tasks above the base would have no place',
    );
  }
  const spot = { capacityProvider: 'FARGATE_SPOT', weight: spotWeight };
  const onDemand = { capacityProvider: 'FARGATE', base: onDemandBase, weight: onDemandWeight };
  const strategy = onDemandBase === 0 && onDemandWeight === 0 ? [spot] : [onDemand, spot];
  return fargateKind('Capacity.fargateSpot()', PLATFORMS.fargateSpot, strategy);
}

function fargateKind(name: string, platform: Platform, strategy: ecs.CapacityProviderStrategy[]): CapacityKind {
  return {
    name,
    platform,
    compatibility: ecs.Compatibility.FARGATE,
    networkMode: ecs.NetworkMode.AWS_VPC,
    providers: strategy.map((item) => item.capacityProvider),
    sizeOf: fargateSize,
    createService: (scope, id, options) => new ecs.FargateService(scope, id, serviceSettings(options, strategy)),
  };
}
