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
  | 'elasticBlockStore'
  | 'magneticVolume'
  | 's3Files'
  | 'windowsFileServer'
  | 'hostDirectory'
  | 'dockerVolume'
  | 'instanceFileSystem';

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
  elasticBlockStore: {
    name: 'mounts',
    allowed: 'have no Mount.ebs(…)',
    instead: 'ECS attaches no volumes there, so use a pool with InstanceImage.al2023(), Fargate, or ManagedInstances',
  },
  magneticVolume: {
    name: 'mounts',
    allowed: 'have no Mount.ebs(…) of volumeType STANDARD',
    instead: 'use volumeType GP3, or an InstancePool',
  },
  s3Files: {
    name: 'mounts',
    allowed: 'have no S3 file system',
    instead: 'use Fargate or ManagedInstances, or copy the objects',
  },
  windowsFileServer: {
    name: 'mounts',
    allowed: 'have no Mount.fsxWindows(…)',
    instead:
      'only Windows instances that joined the domain mount it, so use InstancePool.fromCapacityProviderName(…) with a pool of those',
  },
  hostDirectory: {
    name: 'mounts',
    allowed: 'have no Mount.host(…)',
    instead: 'there is no host to share, so use a file system, Mount.scratch(…), or an InstancePool',
  },
  dockerVolume: {
    name: 'mounts',
    allowed: 'have no Mount.docker(…)',
    instead:
      'only instances of yours have volumes of Docker, so use a file system, Mount.shared(…), or an InstancePool',
  },
  instanceFileSystem: {
    name: 'mounts',
    allowed: 'have no FSx for Lustre or NetApp ONTAP',
    instead:
      'ECS mounts neither, only an instance of yours does when it starts, so use a pool with InstanceImage.al2023() and fileSystems, or a SharedFileSystem',
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
  elasticBlockStore: true,
  magneticVolume: false,
  s3Files: true,
  windowsFileServer: false,
  hostDirectory: false,
  dockerVolume: false,
  instanceFileSystem: false,
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
  magneticVolume: true,
  hostDirectory: true,
  dockerVolume: true,
  instanceFileSystem: true,
};

/**
 * What each kind of compute can do for a task.
 *
 * Sources, November 2026: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html (Spot has no Windows),
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html, and the checks of aws-cdk-lib 2.276.0.
 */
export const PLATFORMS = {
  fargate,
  fargateSpot: { ...fargate, windows: false },
  instances,
  // Nothing is known of them, and they may run Windows.
  importedInstances: { ...instances, windows: true, windowsFileServer: true, instanceFileSystem: false },
  // Neither encryption nor IAM for EFS, and no EBS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-bottlerocket.html
  bottlerocket: {
    ...instances,
    elasticFileSystem: false,
    elasticBlockStore: false,
    magneticVolume: false,
    s3Files: false,
    instanceFileSystem: false,
  },
  managedInstances: {
    ...fargate,
    windows: false,
    gpu: true,
    privileged: true,
    ephemeralStorage: false,
    longTimeout: true,
    publicIp: false,
    magneticVolume: true,
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
    elasticBlockStore: false,
    magneticVolume: false,
    s3Files: false,
    windowsFileServer: false,
    hostDirectory: true,
    dockerVolume: false,
    instanceFileSystem: false,
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
