import { Stack, Validations } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkNodeParts, checkNotOfAutoMode, warnOfNodesCluster } from './node-cluster';
import { newNodeRole } from './node-role';
import { chooseNodeSubnets } from './node-subnets';
import type { NodePlace } from './node-subnets';
import { checkSamePlace } from '../../rules/environments';
import { ContainersError } from '../../rules/errors';
import { fabricAdapters, unknownAdapters } from '../../rules/fabric-adapters';
import { checkGiven } from '../../rules/given';
import { checkLabels, checkTaints } from '../../rules/node-labels';
import { checkNodeSettings, checkOneZone, chooseNodeCount, SPOT_TYPES } from '../../rules/nodes';
import type { NodeCount } from '../../rules/nodes';
import { gibibytes } from '../../rules/sizes';
import { knownZones } from '../../rules/zones';
import type { NodeCapacityParts } from '../node-capacity';
import { NodeImage } from '../node-image';
import type { NodeImageParts } from '../node-image';
import type { NodeOptions, NodeTaint } from '../node-options';

/** What follows from the options that all nodes have. */
export interface ChosenNodes extends NodePlace, NodeCount {
  readonly capacity: NodeCapacityParts;
  readonly image: NodeImageParts;
  readonly labels: { readonly [key: string]: string };
  readonly taints: NodeTaint[];
  readonly role: iam.IRole;
  /** Elastic Fabric Adapters of each node; 0 for none. */
  readonly fabricAdapters: number;
}

/**
 * Checks what all nodes have in common, warns of what may be wrong, and makes their role as `Role` unless one is given.
 */
export function chooseNodes(scope: Construct, options: NodeOptions): ChosenNodes {
  const { cluster, labels = {}, taints = [] } = options;
  checkGiven('cluster', cluster);
  checkNodeParts(options);
  checkSamePlace('cluster', cluster.env, 'its nodes', Stack.of(scope));
  checkKeyPlace(scope, options);
  const capacity = capacityOf(options);
  const image = imageOf(options, capacity);
  checkNodeSettings({ ...options, volumeGiB: gibibytes(options.volumeSize) }, image.smallestDiskGiB);
  checkLabels(labels);
  checkTaints(taints);
  const count = chooseNodeCount(withFewestNodes(options, capacity));
  const place = chooseNodeSubnets(scope, options);
  checkSamePlace('vpc', place.vpc.env, 'its nodes', Stack.of(scope));
  checkZoneOfCapacity(options, capacity, knownZones(place.subnets));
  const adapters = options.elasticFabricAdapter ? adaptersOf(capacity, image) : 0;
  warnOfNodesCluster(scope, cluster);
  warnOfCapacity(scope, capacity);
  warnOfImage(scope, options, capacity, image);
  return {
    ...place,
    ...count,
    capacity,
    image,
    labels,
    taints,
    role: roleOf(scope, options),
    fabricAdapters: adapters,
  };
}

/** Keys of other accounts do. */
function checkKeyPlace(scope: Construct, { volumeEncryptionKey: key }: NodeOptions): void {
  if (!key) return;
  const { account, region } = Stack.of(scope);
  checkSamePlace('volumeEncryptionKey', { account, region: key.env.region }, 'its nodes', { account, region });
}

function capacityOf({ capacity }: NodeOptions): NodeCapacityParts {
  if (typeof capacity?._bind === 'function') return capacity._bind();
  throw new ContainersError(
    `capacity must be a NodeCapacity such as NodeCapacity.onDemand(['m7g.large']), got ${capacity ? 'something else' : String(capacity)}`,
  );
}

/** A capacity block that has not begun has no instances to give. */
function withFewestNodes(options: NodeOptions, { kind }: NodeCapacityParts): NodeOptions {
  return kind === 'CAPACITY_BLOCK' ? { ...options, minNodes: options.minNodes ?? 0 } : options;
}

function imageOf({ image = NodeImage.al2023() }: NodeOptions, { hardware }: NodeCapacityParts): NodeImageParts {
  if (typeof image?._bind === 'function') return image._bind({ hardware });
  throw new ContainersError(
    'image must be a NodeImage such as NodeImage.bottlerocket(), got something else: NodeImage.of() takes an image of yours',
  );
}

function checkZoneOfCapacity(options: NodeOptions, capacity: NodeCapacityParts, zones: string[]): void {
  if (options.elasticFabricAdapter) checkOneZone('Elastic Fabric Adapters do not reach another', zones);
  if (capacity.capacityReservationId) checkOneZone('a capacity reservation is in one', zones);
}

function adaptersOf({ instanceTypes }: NodeCapacityParts, { os }: NodeImageParts): number {
  if (os !== 'windows') return fabricAdapters(instanceTypes);
  throw new ContainersError(
    'elasticFabricAdapter must be left out with NodeImage.windows(), got true: Windows has no driver for it',
  );
}

function warnOfCapacity(scope: Construct, { kind, instanceTypes, onDemandPercent }: NodeCapacityParts): void {
  const hasSpot = kind === 'SPOT' || (kind === 'MIXED' && onDemandPercent !== 100);
  if (!hasSpot || instanceTypes.length >= SPOT_TYPES) return;
  Validations.of(scope).addWarning(
    'cdk-containers:NodesSpotTypes',
    `nodes on Spot have ${instanceTypes.length} instance type${instanceTypes.length > 1 ? 's' : ''} (${instanceTypes.join(', ')}): when AWS wants that capacity back, nothing takes its place. Name ${SPOT_TYPES} or more.`,
  );
}

function warnOfImage(
  scope: Construct,
  { elasticFabricAdapter }: NodeOptions,
  { instanceTypes, hardware }: NodeCapacityParts,
  image: NodeImageParts,
): void {
  const { amiType, doubts, drivesFabricAdapters } = image;
  const warn = (id: string, message: string) => Validations.of(scope).addWarning(`cdk-containers:${id}`, message);
  if (doubts.length > 0) {
    warn(
      'NodesSettingUnknown',
      `${doubts.join(', ')}, which this library does not know: Amazon Linux passes over what it does not know, and Bottlerocket does not start with it. Check the spelling, and the version of the image.`,
    );
  }
  if (amiType === undefined && hardware.accelerator) {
    warn(
      'NodesOwnImageDriver',
      `${instanceTypes.join(', ')} have ${hardware.accelerator === 'GPU' ? 'GPUs' : 'Neuron devices'}, and the image is your own: pods see them only if it has the driver.`,
    );
  }
  const undriven = image.undriven(instanceTypes);
  if (undriven.length > 0) {
    warn(
      'NodesGpuDriver',
      `AWS does not list ${undriven.join(', ')} among the types whose GPUs this image drives: choose other types, or an image of yours with the driver.`,
    );
  }
  if (!elasticFabricAdapter) return;
  if (!drivesFabricAdapters) {
    warn(
      'NodesFabricDriver',
      'Amazon Linux has what Elastic Fabric Adapters need in its images for GPUs and Neuron only: use NodeImage.bottlerocket(), or an image of yours.',
    );
  }
  const unknown = unknownAdapters(instanceTypes);
  if (unknown.length > 0) {
    warn(
      'NodesFabricCards',
      `how the network cards of ${unknown.join(', ')} are laid out is not known, so there is one Elastic Fabric Adapter, on the first card: override NetworkInterfaces of the launch template.`,
    );
  }
}

/** The role of a user is his own matter. */
function roleOf(scope: Construct, options: NodeOptions): iam.IRole {
  const { role, allowSessions } = options;
  if (!role) return newNodeRole(scope, 'Role', options);
  const twice = (['allowSessions', 'allowNetworking'] as const).find((name) => options[name] !== undefined);
  if (twice !== undefined && (twice !== 'allowSessions' || allowSessions)) {
    throw new ContainersError(
      `${twice} must be left out beside role, got both: what a role of yours may do is for you to grant`,
    );
  }
  checkNotOfAutoMode(options.cluster, role);
  return role;
}
