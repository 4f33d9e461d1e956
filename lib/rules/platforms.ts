import { ContainersError } from './errors';

/** What a task may ask of its compute. */
export type Feature =
  | 'windows'
  | 'gpu'
  | 'privileged'
  | 'ephemeralStorage'
  | 'longTimeout'
  | 'network'
  | 'publicIp'
  | 'loadBalancer'
  | 'scaling'
  | 'elasticFileSystem'
  | 'hostDirectory';

/** For messages: what the user wrote, what is allowed, and who has it. */
const FEATURES: Record<Feature, { readonly name: string; readonly allowed: string; readonly instead: string }> = {
  windows: { name: 'operatingSystemFamily', allowed: 'be LINUX', instead: 'use Capacity.fargate() for Windows' },
  gpu: { name: 'container.gpuCount', allowed: 'be left out', instead: 'use an InstancePool or ManagedInstances' },
  privileged: {
    name: 'container.privileged',
    allowed: 'not be true',
    instead: 'use an InstancePool or ManagedInstances',
  },
  ephemeralStorage: {
    name: 'ephemeralStorage',
    allowed: 'be left out',
    instead: 'the disk is that of the instance there, so size its volume, or use Capacity.fargate()',
  },
  longTimeout: {
    name: 'container.stopTimeout and startTimeout',
    allowed: 'be at most 120 seconds',
    instead: 'shorten them, or use an InstancePool',
  },
  network: {
    name: 'vpcSubnets and securityGroups',
    allowed: 'be left out',
    instead: 'tasks share the network of their machine there',
  },
  publicIp: {
    name: 'assignPublicIp',
    allowed: 'not be true',
    instead: 'use private subnets with a NAT gateway or endpoints, or Capacity.fargate()',
  },
  loadBalancer: {
    name: 'routing',
    allowed: 'be Routing.none()',
    instead: 'ECS attaches no load balancer to machines outside AWS, so use another capacity for it',
  },
  scaling: {
    name: 'scaling',
    allowed: 'be Scaling.fixed(…)',
    instead: 'ECS does not scale services on machines outside AWS',
  },
  elasticFileSystem: {
    name: 'mounts',
    allowed: 'have no EFS file system',
    instead: 'use a pool with InstanceImage.al2023(), or another capacity',
  },
  hostDirectory: {
    name: 'mounts',
    allowed: 'have no Mount.host(…)',
    instead: 'there is no host to share, so use a file system, Mount.scratch(…), or an InstancePool',
  },
};

/** A kind of compute, and what it has. */
export type Platform = Readonly<Record<Feature, boolean>>;

const fargate: Platform = {
  windows: true,
  gpu: false,
  privileged: false,
  ephemeralStorage: true,
  longTimeout: false,
  network: true,
  publicIp: true,
  loadBalancer: true,
  scaling: true,
  elasticFileSystem: true,
  hostDirectory: false,
};

const instances: Platform = {
  ...fargate,
  // The pools here run Linux.
  windows: false,
  gpu: true,
  privileged: true,
  ephemeralStorage: false,
  longTimeout: true,
  publicIp: false,
  hostDirectory: true,
};

/**
 * What each kind of compute can do for a task.
 *
 * Sources, November 2026: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html (Spot has no Windows),
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html, and the checks of aws-cdk-lib 2.276.0.
 */
export const PLATFORMS = {
  fargate,
  fargateSpot: { ...fargate, windows: false },
  instances,
  // Neither encryption nor IAM for EFS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-bottlerocket.html
  bottlerocket: { ...instances, elasticFileSystem: false },
  managedInstances: {
    ...fargate,
    windows: false,
    gpu: true,
    privileged: true,
    ephemeralStorage: false,
    longTimeout: true,
    publicIp: false,
  },
  external: {
    // Windows has no bridge network, and CDK gives external tasks no other.
    windows: false,
    gpu: true,
    privileged: true,
    ephemeralStorage: false,
    longTimeout: true,
    network: false,
    publicIp: false,
    loadBalancer: false,
    scaling: false,
    elasticFileSystem: false,
    hostDirectory: true,
  },
} satisfies Record<string, Platform>;

/** Fails when a task asks for what its compute has not; `asked` is what it asks for, and undefined when it does not. */
export function checkFeature(
  capacity: string,
  platform: Platform,
  feature: Feature,
  asked: string | number | undefined,
): void {
  if (asked === undefined || platform[feature]) return;
  const { name, allowed, instead } = FEATURES[feature];
  throw new ContainersError(`${name} must ${allowed} on ${capacity}, got ${asked}: ${instead}`);
}
