import { Tokenization } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import { checkOneOf } from './choices';
import { checkPattern, checkSeconds, checkUnique, checkWhole, ContainersError, isToken } from './errors';
import type { Range } from './errors';
import { checkGiven, checkList, checkOptions } from './given';
import { knownZones } from './zones';

/**
 * Facts about EKS clusters, November 2026.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html (name),
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_RollbackConfig.html,
 * https://docs.aws.amazon.com/eks/latest/userguide/control-plane-configuration.html (from 1.31),
 * https://docs.aws.amazon.com/eks/latest/userguide/eks-provisioned-control-plane.html (tiers); the ranges of `TUNING` are those
 * of https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eks_cluster. They differ by version and tier.
 */
const NAME = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/;
const MINUTE = 60;
const ROLLBACK = { min: 120 * MINUTE, max: 10080 * MINUTE };
const TIERS = ['standard', 'tier-xl', 'tier-2xl', 'tier-4xl', 'tier-8xl'];
const TERMINATED_PODS = { min: 1, max: 1_000_000 };
const WEIGHT = { min: 1, max: 100 };
const PORT = { min: 1, max: 65535 };
const TUNABLE_SINCE = 31;
const TUNING = { eventSeconds: { min: 10 * MINUTE, max: 60 * MINUTE }, nodePorts: { min: 10260, max: 32767 } };

/** What control planes write; a table, because an enum of CDK is no value of this file. */
const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

/** Fails for a name that EKS refuses; tokens and undefined pass. */
export function checkClusterName(name: string | undefined): void {
  checkPattern(
    'clusterName',
    name,
    NAME,
    'at most 100 letters, digits, hyphens and underscores, of which the first is a letter or a digit',
  );
}

/** Fails for kinds of logs that EKS does not know, and for options without any log. */
export function checkLogs(types: string[], options: { readonly [name: string]: unknown }): void {
  checkList('logTypes', types);
  types.forEach((type) => checkOneOf('logTypes', type, LOG_TYPES));
  checkUnique('logTypes', types);
  const useless = Object.keys(options).find((name) => options[name] !== undefined);
  if (types.length > 0 || useless === undefined) return;
  throw new ContainersError(`${useless} needs logs, and logTypes is an empty list: leave one of them out`);
}

/** Subnets in which a control plane stands. */
type Subnets = { readonly subnetId: string; readonly availabilityZone: string }[];

/** Fails unless the control plane stands in two zones at least; zones that nobody knows pass. */
export function checkControlPlaneSubnets(subnets: Subnets): void {
  const ids = new Set(subnets.map(({ subnetId }) => subnetId));
  const zones = knownZones(subnets);
  if (ids.size >= 2 && zones.length !== 1) return;
  throw new ContainersError(
    `vpcSubnets must select at least two subnets in two zones, which EKS asks for, got ${ids.size} in ${Math.max(zones.length, 1)}: use a VPC with two zones or more`,
  );
}

/** True for a tier that this table does not know. */
export function isUnknownTier(tier: string): boolean {
  return !isToken(tier) && !TIERS.includes(tier);
}

/** Fails unless EKS accepts it as the time after which it gives up a rollback. */
export function checkRollbackTimeout(timeout: Duration | undefined): void {
  if (timeout?.isUnresolved?.()) {
    // CloudFormation wants minutes, and cannot divide.
    if (timeout.unitLabel() === 'minutes') return;
    throw new ContainersError(
      `versionRollbackTimeout must be Duration.minutes(…) when it is a token, got ${timeout.unitLabel()}`,
    );
  }
  checkSeconds('versionRollbackTimeout', timeout, ROLLBACK);
  if (timeout === undefined || timeout.toSeconds() % MINUTE === 0) return;
  throw new ContainersError(`versionRollbackTimeout must be whole minutes, got ${timeout.toSeconds()} seconds`);
}

/** How a control plane is tuned. */
export interface Tuning {
  readonly eventRetention?: Duration;
  readonly nodePorts?: Range;
  readonly podAutoscalerSyncPeriod?: Duration;
  readonly terminatedPodsKept?: number;
  readonly packNodes?: boolean;
  readonly schedulerWeights?: { readonly [resource: string]: number };
}

/** Fails for what no control plane takes. */
export function checkTuning(tuning: Tuning, minor: number | undefined): void {
  const { eventRetention, nodePorts, podAutoscalerSyncPeriod, terminatedPodsKept, schedulerWeights = {} } = tuning;
  checkSeconds('eventRetention', eventRetention, { min: 1, max: Infinity });
  checkSeconds('podAutoscalerSyncPeriod', podAutoscalerSyncPeriod, { min: 1, max: Infinity });
  checkWhole('terminatedPodsKept', terminatedPodsKept, TERMINATED_PODS);
  if (nodePorts !== undefined) {
    checkOptions('nodePorts', nodePorts, ['min', 'max']);
    checkGiven('nodePorts.min', nodePorts.min);
    checkGiven('nodePorts.max', nodePorts.max);
  }
  checkWhole('nodePorts.min', nodePorts?.min, PORT);
  checkWhole('nodePorts.max', nodePorts?.max, { min: nodePorts?.min ?? PORT.min, max: PORT.max });
  Object.entries(schedulerWeights).forEach(([name, weight]) => checkWhole(`the weight of ${name}`, weight, WEIGHT));
  if (minor === undefined || minor >= TUNABLE_SINCE) return;
  const given = Object.entries(tuning).find(([, value]) => value !== undefined);
  if (!given) return;
  throw new ContainersError(
    `${given[0]} must be left out before Kubernetes 1.${TUNABLE_SINCE}, got version 1.${minor}`,
  );
}

/** What EKS is known to refuse today; undefined when nothing is. */
export function unusualTuning({ eventRetention, nodePorts }: Tuning): string | undefined {
  const seconds = eventRetention?.isUnresolved() ? undefined : eventRetention?.toSeconds();
  const { eventSeconds, nodePorts: ports } = TUNING;
  if (seconds !== undefined && (seconds < eventSeconds.min || seconds > eventSeconds.max)) {
    return `eventRetention is ${seconds} seconds, and EKS takes ${eventSeconds.min} to ${eventSeconds.max}`;
  }
  if (!nodePorts || isToken(nodePorts.min) || isToken(nodePorts.max)) return undefined;
  if (nodePorts.min >= ports.min && nodePorts.max <= ports.max) return undefined;
  return `nodePorts are ${nodePorts.min} to ${nodePorts.max}, and EKS takes ports from ${ports.min} to ${ports.max}`;
}

/** A duration as Kubernetes writes it, in one unit. */
export function inOneUnit(duration: Duration): string {
  const seconds = duration.toSeconds();
  if (isToken(seconds)) return `${Tokenization.stringifyNumber(seconds)}s`;
  return seconds % MINUTE === 0 ? `${seconds / MINUTE}m` : `${seconds}s`;
}
