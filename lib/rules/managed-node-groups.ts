import type { Duration } from 'aws-cdk-lib';
import { checkOneOf } from './choices';
import { checkPattern, checkUnique, checkWhole, ContainersError, isToken } from './errors';
import { checkBoolean, checkGiven, checkList } from './given';

/**
 * Limits of managed node groups, November 2026.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html and the types that it names,
 * https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html,
 * https://kubernetes.io/releases/version-skew-policy/#kubelet (kubelet).
 */
const UPDATED_AT_ONCE = { min: 1, max: 100 };
const PERCENT = { min: 1, max: 100 };
const AT_LEAST_ONE = { min: 1, max: Infinity };
const AT_LEAST_NONE = { min: 0, max: Infinity };
const OLDER_MINORS = 3;
const UPDATE_STRATEGIES = ['DEFAULT', 'MINIMAL'];
const REPAIR_ACTIONS = ['NoAction', 'Reboot', 'Replace'];
const POOL_STATES = ['Hibernated', 'Running', 'Stopped'];

/** What a group is and does, as far as its rules ask. */
export interface GroupKind {
  readonly os: string;
  /** Of the capacity. */
  readonly kind: string;
  /** Whether EKS chooses the image. */
  readonly ownImage: boolean;
}

/** Fails for a name that EKS refuses. */
export function checkNodegroupName(name: string | undefined): void {
  checkPattern(
    'nodegroupName',
    name,
    /^[0-9A-Za-z][\w-]{0,62}$/,
    'up to 63 letters, digits, hyphens and underscores, of which the first is a letter or a digit',
  );
}

/** Fails for a group of which one part would be On-Demand and another Spot. */
export function checkOneCapacity(kind: string): void {
  if (kind !== 'MIXED') return;
  throw new ContainersError(
    'capacity must be On-Demand, Spot or a capacity block, got NodeCapacity.mixed, which EKS does not manage: make a node group for each, or use SelfManagedNodes',
  );
}

/** Fails when the size at the start is out of bounds. */
export function checkInitialNodes(initial: number | undefined, minNodes: number, maxNodes: number): void {
  const bound = (value: number, unknown: number) => (isToken(value) ? unknown : value);
  checkWhole('initialNodes', initial, { min: bound(minNodes, 0), max: bound(maxNodes, Infinity) });
}

/** How nodes are updated. */
export interface Updates {
  readonly maxUnavailable?: number;
  readonly maxUnavailablePercent?: number;
  readonly updateStrategy?: string;
  readonly maxNodes: number;
}

/** Fails unless at most one of count and percentage is given, and it is possible. */
export function checkUpdates({ maxUnavailable, maxUnavailablePercent, updateStrategy, maxNodes }: Updates): void {
  checkNotBoth('maxUnavailable', maxUnavailable, 'maxUnavailablePercent', maxUnavailablePercent);
  checkWhole('maxUnavailable', maxUnavailable, UPDATED_AT_ONCE);
  checkWhole('maxUnavailablePercent', maxUnavailablePercent, PERCENT);
  if (updateStrategy !== undefined) checkOneOf('updateStrategy', updateStrategy, UPDATE_STRATEGIES);
  if (maxUnavailable === undefined || isToken(maxUnavailable) || isToken(maxNodes)) return;
  if (maxUnavailable <= maxNodes) return;
  throw new ContainersError(
    `maxUnavailable must be at most maxNodes, ${maxNodes}, got ${maxUnavailable}: lower it, or use maxUnavailablePercent`,
  );
}

function checkNotBoth(one: string, first: unknown, other: string, second: unknown): void {
  if (first === undefined || second === undefined) return;
  throw new ContainersError(
    `only one of ${one} and ${other} can be given, got ${said(first)} and ${said(second)}: leave one out`,
  );
}

function said(value: unknown): string {
  return isToken(value) ? 'a token' : String(value);
}

/** What is done about broken nodes. */
export interface Repair {
  readonly maxParallelRepairs?: number;
  readonly maxParallelRepairsPercent?: number;
  readonly maxUnhealthyNodes?: number;
  readonly maxUnhealthyNodesPercent?: number;
  readonly enabled?: boolean;
  readonly overrides?: RepairOverride[];
}

/** What is done about one way in which nodes break. */
export interface RepairOverride {
  readonly condition: string;
  readonly reason: string;
  readonly waitTime: Duration;
  readonly action: string;
}

/** Fails when counts and percentages contradict each other, or something of an override is missing. */
export function checkRepair(repair: Repair): void {
  checkBoolean('repair.enabled', repair.enabled);
  const { maxParallelRepairs, maxParallelRepairsPercent, maxUnhealthyNodes, maxUnhealthyNodesPercent } = repair;
  checkNotBoth(
    'repair.maxParallelRepairs',
    maxParallelRepairs,
    'repair.maxParallelRepairsPercent',
    maxParallelRepairsPercent,
  );
  checkNotBoth(
    'repair.maxUnhealthyNodes',
    maxUnhealthyNodes,
    'repair.maxUnhealthyNodesPercent',
    maxUnhealthyNodesPercent,
  );
  checkWhole('repair.maxParallelRepairs', maxParallelRepairs, AT_LEAST_ONE);
  checkWhole('repair.maxParallelRepairsPercent', maxParallelRepairsPercent, PERCENT);
  checkWhole('repair.maxUnhealthyNodes', maxUnhealthyNodes, AT_LEAST_ONE);
  checkWhole('repair.maxUnhealthyNodesPercent', maxUnhealthyNodesPercent, PERCENT);
  checkList('repair.overrides', repair.overrides);
  const overrides = repair.overrides ?? [];
  overrides.forEach(checkOverride);
  checkUnique(
    'condition and reason of repair.overrides',
    overrides.map(({ condition, reason }) => `${condition} ${reason}`),
  );
}

function checkOverride(override: RepairOverride): void {
  checkGiven('an entry of repair.overrides', override);
  const { condition, reason, waitTime, action } = override;
  checkGiven('condition of repair.overrides', condition);
  checkGiven('reason of repair.overrides', reason);
  checkPattern('condition of repair.overrides', condition, /^\S+$/, "a condition such as 'AcceleratedHardwareReady'");
  checkPattern('reason of repair.overrides', reason, /^\S+$/, "a reason such as 'NvidiaXID64Error'");
  checkMinutes('waitTime of repair.overrides', waitTime);
  checkOneOf('action of repair.overrides', action, REPAIR_ACTIONS);
}

function checkMinutes(name: string, value: Duration): void {
  if (typeof value?.isUnresolved !== 'function') {
    throw new ContainersError(`${name} must be a Duration such as Duration.minutes(10), got ${String(value)}`);
  }
  if (!value.isUnresolved()) {
    checkWhole(`${name} in minutes`, value.toMinutes({ integral: false }), AT_LEAST_ONE);
    return;
  }
  if (value.unitLabel() === 'minutes') return;
  throw new ContainersError(`${name} must be Duration.minutes(…) when it is a token, got ${value.unitLabel()}`);
}

/** Instances that wait. */
export interface WarmPool {
  readonly enabled?: boolean;
  readonly minSize?: number;
  readonly maxPreparedCapacity?: number;
  readonly state?: string;
  readonly reuseOnScaleIn?: boolean;
}

/**
 * Fails for a warm pool that EKS or Auto Scaling refuses.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/warm-pools-managed-node-groups.html#warm-pools-considerations
 */
export function checkWarmPool(pool: WarmPool, { os, kind, ownImage }: GroupKind): void {
  checkWhole('warmPool.minSize', pool.minSize, AT_LEAST_NONE);
  checkWhole('warmPool.maxPreparedCapacity', pool.maxPreparedCapacity, AT_LEAST_NONE);
  if (pool.state !== undefined) checkOneOf('warmPool.state', pool.state, POOL_STATES);
  checkBoolean('warmPool.enabled', pool.enabled);
  checkBoolean('warmPool.reuseOnScaleIn', pool.reuseOnScaleIn);
  if (kind !== 'ON_DEMAND') {
    throw new ContainersError(
      `warmPool must be left out with ${kind === 'SPOT' ? 'Spot' : 'a capacity block'}, because Auto Scaling keeps On-Demand instances warm only: use NodeCapacity.onDemand, or leave it out`,
    );
  }
  if (ownImage) {
    throw new ContainersError(
      'warmPool must be left out with an image of your own, for which EKS has no warm pools: use an image of AWS, or SelfManagedNodes',
    );
  }
  if (os !== 'bottlerocket') return;
  if (pool.state === 'Hibernated') {
    throw new ContainersError(
      'warmPool.state must be Stopped or Running with Bottlerocket, which does not hibernate, got Hibernated: change it, or use NodeImage.al2023()',
    );
  }
  if (pool.reuseOnScaleIn) {
    throw new ContainersError(
      'warmPool.reuseOnScaleIn must not be true with Bottlerocket, whose nodes EKS does not take back: leave it out, or use NodeImage.al2023()',
    );
  }
}

/** Fails for a range of services that nobody would read. */
export function checkServiceCidr(serviceCidr: string | undefined, { ownImage }: GroupKind): void {
  if (serviceCidr === undefined || ownImage) return;
  throw new ContainersError(
    `serviceCidr must be left out with an image of AWS, which EKS tells it, got ${isToken(serviceCidr) ? 'a token' : `'${serviceCidr}'`}: remove it`,
  );
}

/** Versions of Kubernetes such as '1.36', and of the image. */
export interface Versions {
  readonly version?: string;
  readonly releaseVersion?: string;
  /** Of the cluster, when it is known. */
  readonly clusterVersion?: string;
}

/** How AWS numbers its images; the first two numbers are the version of Kubernetes, but for Bottlerocket. */
const RELEASES: { readonly [os: string]: { readonly pattern: RegExp; readonly example: string } } = {
  al2023: { pattern: /^(\d+\.\d+)\.\d+-\d{8}$/, example: '1.36.1-20261105' },
  bottlerocket: { pattern: /^\d+\.\d+\.\d+-[0-9a-f]{8}$/, example: '1.47.0-6154605b' },
  windows: { pattern: /^(\d+\.\d+)-\d{4}\.\d{2}\.\d{2}$/, example: '1.36-2026.11.10' },
};

/** Fails for versions that EKS refuses, with an image of the user's own for any. */
export function checkVersions(versions: Versions, { os, ownImage }: GroupKind): void {
  const { version, releaseVersion } = versions;
  if (ownImage && (version !== undefined || releaseVersion !== undefined)) {
    throw new ContainersError(
      `${version === undefined ? 'releaseVersion' : 'version'} must be left out with an image of your own, which says itself what runs: build the image with that version`,
    );
  }
  const { pattern, example } = RELEASES[os];
  checkPattern('releaseVersion', releaseVersion, pattern, `a release of the image such as '${example}'`);
  checkPattern('version', version, /^1\.\d+$/, "a version of Kubernetes such as '1.36'");
  const [, ofRelease] = releaseVersion === undefined ? [] : (pattern.exec(releaseVersion) ?? []);
  if (version !== undefined && ofRelease !== undefined && !isToken(version) && version !== ofRelease) {
    throw new ContainersError(
      `releaseVersion must be of version ${version}, got '${releaseVersion}': leave one of them out, or name a release of that version`,
    );
  }
  checkSkew(ofRelease === undefined ? 'version' : 'releaseVersion', ofRelease ?? version, versions.clusterVersion);
}

/** The control plane goes first, and kubelet may lag behind it for a while. */
function checkSkew(name: string, node: string | undefined, cluster: string | undefined): void {
  if (node === undefined || cluster === undefined || isToken(node) || isToken(cluster)) return;
  const behind = minor(cluster) - minor(node);
  if (behind >= 0 && behind <= OLDER_MINORS) return;
  throw new ContainersError(
    behind < 0
      ? `${name} must not be newer than the cluster, ${cluster}, got ${node}: update the cluster first`
      : `${name} must be at most ${OLDER_MINORS} minor versions older than the cluster, ${cluster}, got ${node}: update the nodes`,
  );
}

function minor(version: string): number {
  return Number(version.split('.')[1]);
}

/** Parts of the ARN of a node group. */
export interface NodegroupNames {
  readonly cluster: string;
  readonly nodegroup: string;
}

/** Fails unless it is the ARN of a node group; says what it names. Tokens have no names yet. */
export function namesOfNodegroupArn(arn: string): NodegroupNames | undefined {
  checkGiven('nodegroupArn', arn);
  if (isToken(arn)) return undefined;
  checkPattern(
    'nodegroupArn',
    arn,
    /^arn:[\w-]+:eks:[^:]+:[^:]+:nodegroup\/[^/]+\/[^/]+\/[^/]+$/,
    "the ARN of a node group, 'arn:aws:eks:<region>:<account>:nodegroup/<cluster>/<name>/<id>'",
  );
  const [, cluster, nodegroup] = arn.split('/');
  return { cluster, nodegroup };
}
