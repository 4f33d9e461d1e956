import type { Duration } from 'aws-cdk-lib';
import { checkPattern, checkSeconds, checkWhole, ContainersError, isToken } from './errors';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html */
const BASE = { min: 0, max: 100000 };
const WEIGHT = { min: 0, max: 1000 };
const PROVIDERS = { min: 1, max: 20 };

export function checkBase(name: string, base: number): void {
  checkWhole(name, base, BASE);
}

export function checkWeight(name: string, weight: number): void {
  checkWhole(name, weight, WEIGHT);
}

/** Limits of a capacity provider strategy. */
export function checkStrategy(items: { readonly base: number; readonly weight: number }[]): void {
  checkWhole('the number of pools', items.length, PROVIDERS);
  items.forEach(({ base, weight }) => {
    checkBase('base', base);
    checkWeight('weight', weight);
  });
  const bases = items.filter(({ base }) => !isToken(base) && base > 0);
  if (bases.length > 1) {
    throw new ContainersError(
      `base must be above 0 for one pool only, got ${bases.map(({ base }) => base).join(' and ')}: ECS fills one pool first`,
    );
  }
  if (items.every(({ weight }) => weight === 0)) {
    throw new ContainersError(
      'weight must be above 0 for at least one pool, got 0 for all: tasks above the base would have no place',
    );
  }
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html */
export function checkProviderName(name: string): void {
  checkPattern(
    'capacityProviderName',
    name,
    /^(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}$/i,
    '1 to 255 letters, digits, hyphens and underscores, and not begin with aws, ecs or fargate',
  );
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html */
const TARGET_CAPACITY = { min: 1, max: 100 };
const SCALING_STEP = { min: 1, max: 10000 };
export const WARMUP_SECONDS = { min: 0, max: 10000 };
/** @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html */
export const INSTANCE_TYPES = { min: 1, max: 40 };
export const LIFETIME_SECONDS = { min: 86400, max: 31536000 };

/** What a user says about the number of instances. */
export interface PoolSize {
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly targetCapacityPercent?: number;
  readonly minimumScalingStepSize?: number;
  readonly maximumScalingStepSize?: number;
}

export function checkPoolSize(size: PoolSize): void {
  const { minInstances, maxInstances } = size;
  checkWhole('minInstances', minInstances, { min: 0, max: Infinity });
  checkWhole('maxInstances', maxInstances, { min: 1, max: Infinity });
  checkOrder('minInstances', minInstances, 'maxInstances', maxInstances);
  checkWhole('targetCapacityPercent', size.targetCapacityPercent, TARGET_CAPACITY);
  checkWhole('minimumScalingStepSize', size.minimumScalingStepSize, SCALING_STEP);
  checkWhole('maximumScalingStepSize', size.maximumScalingStepSize, SCALING_STEP);
  checkOrder(
    'minimumScalingStepSize',
    size.minimumScalingStepSize ?? SCALING_STEP.min,
    'maximumScalingStepSize',
    size.maximumScalingStepSize ?? SCALING_STEP.max,
  );
}

function checkOrder(lowName: string, low: number, highName: string, high: number): void {
  if (isToken(low) || isToken(high) || low <= high) return;
  throw new ContainersError(`${lowName} must not be greater than ${highName}, got ${low} and ${high}`);
}

/** Of Managed Instances. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceLaunchTemplate.html */
export const SCALE_IN_SECONDS = { min: 0, max: 3600 };
export const TASK_VOLUME_GIB = { min: 1, max: Infinity };

/** What the images of ECS need at least, and the most that a volume has. */
const VOLUME_GIB = { min: 30, max: 65536 };

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
const CLEANUP_INTERVAL_SECONDS = { min: 600, max: Infinity };
const MINIMUM_AGE_SECONDS = { min: 1, max: Infinity };
const RESERVED_MEMORY_MIB = { min: 0, max: 65535 };

/** What a user says about each instance. */
export interface InstanceSettings {
  readonly volumeGiB?: number;
  readonly reservedMemoryMiB?: number;
  readonly imageCleanupInterval?: Duration;
  readonly imageMinimumAge?: Duration;
}

export function checkInstanceSettings(settings: InstanceSettings): void {
  checkWhole('volumeSize in GiB', settings.volumeGiB, VOLUME_GIB);
  checkWhole('agent.reservedMemory in MiB', settings.reservedMemoryMiB, RESERVED_MEMORY_MIB);
  checkSeconds('agent.imageCleanupInterval', settings.imageCleanupInterval, CLEANUP_INTERVAL_SECONDS);
  checkSeconds('agent.imageMinimumAge', settings.imageMinimumAge, MINIMUM_AGE_SECONDS);
}
