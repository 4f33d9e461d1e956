import { checkPattern, checkWhole, ContainersError, isToken } from './errors';
import { checkBoolean, checkGiven, checkList } from './given';

/**
 * Limits of nodes, November 2026.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html and API_CreateNodegroup.html (sizes,
 * types), https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateInstanceMetadataOptionsRequest.html (hops),
 * https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html (64 TiB),
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (16 security groups, of which one is the cluster's).
 */
export const NODE_TYPES = { min: 1, max: 20 };
const MIN_NODES = { min: 0, max: Infinity };
const MAX_NODES = { min: 1, max: Infinity };
const HOPS = { min: 1, max: 64 };
const SECURITY_GROUPS = { min: 1, max: 15 };
const LARGEST_DISK = 65536;
const USUAL_NODES = 2;

/** Below so many types there is little that takes the place of Spot capacity which AWS wants back. */
export const SPOT_TYPES = 3;

/** How many nodes there are. */
export interface NodeCount {
  readonly minNodes: number;
  readonly maxNodes: number;
}

/** The bounds with their defaults. Fails when they are none. */
export function chooseNodeCount(given: { readonly minNodes?: number; readonly maxNodes: number }): NodeCount {
  const { maxNodes } = given;
  checkGiven('maxNodes', maxNodes);
  checkWhole('maxNodes', maxNodes, MAX_NODES);
  const minNodes = given.minNodes ?? (isToken(maxNodes) ? USUAL_NODES : Math.min(USUAL_NODES, maxNodes));
  checkWhole('minNodes', minNodes, MIN_NODES);
  if (isToken(minNodes) || isToken(maxNodes) || minNodes <= maxNodes) return { minNodes, maxNodes };
  throw new ContainersError(`minNodes must not be greater than maxNodes, got ${minNodes} and ${maxNodes}`);
}

/** What a user says about each node. */
export interface NodeSettings {
  readonly metadataHopLimit?: number;
  readonly detailedMonitoring?: boolean;
  readonly elasticFabricAdapter?: boolean;
  readonly allowSessions?: boolean;
  readonly allowNetworking?: boolean;
  readonly securityGroups?: unknown[];
  readonly volumeGiB?: number;
}

/** Fails for settings that no node can have. */
export function checkNodeSettings(settings: NodeSettings, smallestDisk: number): void {
  checkWhole('metadataHopLimit', settings.metadataHopLimit, HOPS);
  checkBoolean('detailedMonitoring', settings.detailedMonitoring);
  checkBoolean('elasticFabricAdapter', settings.elasticFabricAdapter);
  checkBoolean('allowSessions', settings.allowSessions);
  checkBoolean('allowNetworking', settings.allowNetworking);
  checkList('securityGroups', settings.securityGroups);
  checkWhole('the number of securityGroups', settings.securityGroups?.length, SECURITY_GROUPS);
  checkWhole('volumeSize in GiB', settings.volumeGiB, { min: smallestDisk, max: LARGEST_DISK });
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CapacityReservationTarget.html */
export function checkReservation(id: string | undefined, groupArn: string | undefined): void {
  if (id !== undefined && groupArn !== undefined) {
    throw new ContainersError(
      'either capacityReservationId or capacityReservationGroupArn must be given, got both: a group holds several reservations',
    );
  }
  checkPattern('capacityReservationId', id, /^cr-[0-9a-f]{8,32}$/, "such as 'cr-02168da1478b509e0'");
  checkPattern(
    'capacityReservationGroupArn',
    groupArn,
    /^arn:aws[a-z-]*:resource-groups:[a-z0-9-]+:\d{12}:group\/[\w.-]+(\/[\w.-]+)?$/,
    "the ARN of a resource group such as 'arn:aws:resource-groups:eu-west-1:111122223333:group/reservations'",
  );
}

/** Fails for two rules that would say how much of the capacity is On-Demand. */
export function checkMix(onDemandBase: number | undefined, onDemandPercent: number | undefined): void {
  checkWhole('onDemandBase', onDemandBase, MIN_NODES);
  checkWhole('onDemandPercent', onDemandPercent, { min: 0, max: 100 });
}

/** Fails for a selection of subnets as CDK's cluster takes it, of which nothing would be read. */
export function checkSelection(given: unknown): void {
  if (given === undefined || (typeof given === 'object' && given !== null && !Array.isArray(given))) return;
  const what = 'vpcSubnets must be one selection such as { subnetGroupName: … }';
  if (Array.isArray(given)) throw new ContainersError(`${what}, got a list: leave out the brackets`);
  throw new ContainersError(`${what}, got ${typeof given === 'string' ? `'${given}'` : String(given)}`);
}

/** Fails for a type of which nobody sells blocks. */
export function checkBlockType(type: string, accelerator: string | undefined): void {
  if (accelerator !== undefined) return;
  throw new ContainersError(
    `instanceType must have GPUs or Neuron devices, which all capacity blocks have, got '${type}': use NodeCapacity.onDemand for a reservation`,
  );
}

/** Fails for subnets in several zones where all nodes must stand in one. */
export function checkOneZone(because: string, zones: string[]): void {
  if (zones.length <= 1) return;
  throw new ContainersError(
    `vpcSubnets must be in one zone, because ${because}, got ${zones.length} zones: select with availabilityZones or subnets`,
  );
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html */
export const NODE_ENDPOINTS = ['ec2', 'ecr.api', 'ecr.dkr', 'eks', 'eks-auth', 's3', 'sts'];
