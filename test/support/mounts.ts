import {
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
  aws_ssm as ssm,
  Size,
} from 'aws-cdk-lib';
import { Match } from './fixture';
import type { Fixture } from './fixture';
import type { Platform } from './platforms';
import { LustreFileSystem, Mount, OntapFileSystem, S3FileSystem, SharedFileSystem } from '../../lib';
import type { IInstanceFileSystem } from '../../lib';
import type { Feature } from '../../lib/rules/platforms';

/** What a mount is made of. */
export interface MadeMount {
  readonly mount: Mount;
  /** What its instances must have mounted. */
  readonly fileSystems?: IInstanceFileSystem[];
}

/** A kind of mount, and all that a template says of it. */
export interface MountRow {
  readonly kind: string;
  readonly make: (fixture: Fixture) => MadeMount;
  /** Where the container sees it. */
  readonly at: string;
  /** What it asks of the compute, and where that is not. */
  readonly feature?: Feature;
  readonly must?: string;
  readonly instead?: string;
  readonly not: readonly Platform[];
  /** Where it is refused for another feature, which another row has. */
  readonly nor?: readonly Platform[];
  /** The volume in the task definition, without its name; none for memory. */
  readonly volume?: object;
  /** What else must be in the template. */
  readonly resources?: Record<string, object>;
  readonly windows?: boolean;
}

const bucketOf = ({ stack }: Fixture) => new s3.Bucket(stack, 'Bucket', { versioned: true });
const efs = ({ stack, vpc }: Fixture) => new SharedFileSystem(stack, 'Uploads', { vpc });

const NO_EFS = {
  feature: 'elasticFileSystem',
  must: 'mounts must have no EFS file system',
  instead: 'use a pool with InstanceImage.al2023(), or another capacity',
  not: ['bottlerocket', 'external'],
} as const;
const NO_S3 = {
  feature: 's3Files',
  must: 'mounts must have no S3 file system',
  instead: 'use Fargate or ManagedInstances, or copy the objects',
  not: ['bottlerocket', 'external'],
} as const;
const NO_DOCKER = {
  feature: 'dockerVolume',
  must: 'mounts must have no Mount.docker(…)',
  instead: 'only instances of yours have volumes of Docker, so use a file system, Mount.shared(…), or an InstancePool',
  not: ['fargate', 'fargateSpot', 'managedInstances', 'external'],
} as const;
const NO_FSX = {
  feature: 'instanceFileSystem',
  must: 'mounts must have no FSx for Lustre or NetApp ONTAP',
  instead:
    'ECS mounts neither, only an instance of yours does when it starts, so use a pool with InstanceImage.al2023() and fileSystems, or a SharedFileSystem',
  not: ['fargate', 'fargateSpot', 'managedInstances', 'importedInstances', 'bottlerocket', 'external'],
} as const;

const NFS_RULE = { 'AWS::EC2::SecurityGroupIngress': { IpProtocol: 'tcp', FromPort: 2049, ToPort: 2049 } };
const S3_VOLUME = {
  S3FilesVolumeConfiguration: { FileSystemArn: expect.anything(), AccessPointArn: expect.anything() },
};
const S3_RESOURCES = {
  'AWS::S3Files::FileSystem': { Bucket: Match.anyValue(), RoleArn: Match.anyValue() },
  'AWS::S3Files::FileSystemPolicy': { FileSystemId: Match.anyValue() },
  'AWS::S3Files::MountTarget': { FileSystemId: Match.anyValue(), SubnetId: Match.anyValue() },
  'AWS::S3Files::AccessPoint': { PosixUser: { Uid: '1000', Gid: '1000' } },
  ...NFS_RULE,
};
/** A name without one: a directory of the task. */
const DIRECTORY = {};

/** Every kind of mount: a new one is a row here, and is tested on every compute that it claims, and on every other. */
export const MOUNTS: MountRow[] = [
  {
    ...NO_EFS,
    kind: 'SharedFileSystem.mount',
    at: '/srv',
    make: (fixture) => ({ mount: efs(fixture).mount('/srv') }),
    volume: {
      EFSVolumeConfiguration: {
        FilesystemId: expect.anything(),
        TransitEncryption: 'ENABLED',
        AuthorizationConfig: { AccessPointId: expect.anything(), IAM: 'ENABLED' },
      },
    },
    resources: { 'AWS::EFS::AccessPoint': { RootDirectory: { Path: '/srv' } }, ...NFS_RULE },
  },
  {
    ...NO_EFS,
    kind: 'SharedFileSystem.mount of the whole',
    at: '/srv',
    make: (fixture) => ({ mount: efs(fixture).mount('/srv', { wholeFileSystem: true }) }),
    volume: {
      EFSVolumeConfiguration: {
        FilesystemId: expect.anything(),
        TransitEncryption: 'ENABLED',
        AuthorizationConfig: { IAM: 'ENABLED' },
      },
    },
    resources: NFS_RULE,
  },
  {
    ...NO_EFS,
    kind: 'SharedFileSystem.fromFileSystem',
    at: '/srv',
    make: (fixture) => ({
      mount: SharedFileSystem.fromFileSystem(fixture.stack, 'Legacy', { fileSystem: efs(fixture).fileSystem }).mount(
        '/srv',
      ),
    }),
    volume: { EFSVolumeConfiguration: expect.objectContaining({ TransitEncryption: 'ENABLED' }) },
    resources: { 'AWS::EFS::AccessPoint': { RootDirectory: { Path: '/srv' } }, ...NFS_RULE },
  },
  {
    ...NO_S3,
    kind: 'S3FileSystem.mount',
    at: '/data',
    make: (fixture) => {
      const files = new S3FileSystem(fixture.stack, 'Files', { bucket: bucketOf(fixture), vpc: fixture.vpc });
      return { mount: files.mount('/data', { directory: '/reports' }) };
    },
    volume: S3_VOLUME,
    resources: S3_RESOURCES,
  },
  {
    ...NO_S3,
    kind: 'Mount.s3Files',
    at: '/data',
    make: (fixture) => ({ mount: Mount.s3Files('/data', { bucket: bucketOf(fixture), readOnly: true }) }),
    volume: S3_VOLUME,
    resources: S3_RESOURCES,
  },
  {
    kind: 'Mount.ebs',
    at: '/data',
    make: () => ({ mount: Mount.ebs('/data', { size: Size.gibibytes(20) }) }),
    feature: 'elasticBlockStore',
    must: 'mounts must have no Mount.ebs(…)',
    instead: 'ECS attaches no volumes there, so use a pool with InstanceImage.al2023(), Fargate, or ManagedInstances',
    not: ['bottlerocket', 'external'],
    volume: { ConfiguredAtLaunch: true },
    resources: {
      'AWS::ECS::Service': {
        VolumeConfigurations: [
          {
            ManagedEBSVolume: {
              Encrypted: true,
              SizeInGiB: 20,
              VolumeType: 'gp3',
              RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('InfrastructureRole'), 'Arn'] },
            },
          },
        ],
      },
    },
  },
  {
    kind: 'Mount.ebs, magnetic',
    at: '/data',
    make: () => ({
      mount: Mount.ebs('/data', { size: Size.gibibytes(20), volumeType: ec2.EbsDeviceVolumeType.STANDARD }),
    }),
    feature: 'magneticVolume',
    must: 'mounts must have no Mount.ebs(…) of volumeType STANDARD',
    instead: 'use volumeType GP3, or an InstancePool',
    not: ['fargate', 'fargateSpot'],
    nor: ['bottlerocket', 'external'],
    volume: { ConfiguredAtLaunch: true },
  },
  {
    kind: 'Mount.fsxWindows',
    at: 'C:\\data',
    make: ({ stack }) => ({
      mount: Mount.fsxWindows('C:\\data', {
        fileSystemId: 'fs-0123456789abcdef0',
        credentials: new secretsmanager.Secret(stack, 'Credentials'),
        domain: 'corp.example.com',
      }),
    }),
    feature: 'windowsFileServer',
    must: 'mounts must have no Mount.fsxWindows(…)',
    instead:
      'only Windows instances that joined the domain mount it, so use InstancePool.fromCapacityProviderName(…) with a pool of those',
    not: ['fargate', 'fargateSpot', 'instances', 'bottlerocket', 'managedInstances', 'external'],
    windows: true,
    volume: {
      FSxWindowsFileServerVolumeConfiguration: {
        FileSystemId: 'fs-0123456789abcdef0',
        RootDirectory: 'share',
        AuthorizationConfig: { CredentialsParameter: expect.anything(), Domain: 'corp.example.com' },
      },
    },
  },
  {
    kind: 'Mount.host',
    at: '/srv',
    make: () => ({ mount: Mount.host('/srv', '/mnt/data') }),
    feature: 'hostDirectory',
    must: 'mounts must have no Mount.host(…)',
    instead: 'there is no host to share, so use a file system, Mount.scratch(…), or an InstancePool',
    not: ['fargate', 'fargateSpot', 'managedInstances'],
    volume: { Host: { SourcePath: '/mnt/data' } },
  },
  {
    ...NO_DOCKER,
    kind: 'Mount.docker',
    at: '/srv',
    make: () => ({ mount: Mount.docker('/srv') }),
    volume: { DockerVolumeConfiguration: { Scope: 'task', Driver: 'local' } },
  },
  {
    ...NO_DOCKER,
    kind: 'Mount.docker, shared',
    at: '/srv',
    make: () => ({ mount: Mount.docker('/srv', { scope: ecs.Scope.SHARED, volumeName: 'cache' }) }),
    volume: { DockerVolumeConfiguration: { Scope: 'shared', Autoprovision: true, Driver: 'local' } },
  },
  { kind: 'Mount.scratch', at: '/srv', make: () => ({ mount: Mount.scratch('/srv') }), not: [] },
  {
    kind: 'Mount.scratch on disk',
    at: '/srv',
    make: () => ({ mount: Mount.scratch('/srv', { onDisk: true }) }),
    not: [],
    volume: DIRECTORY,
  },
  {
    kind: 'Mount.shared',
    at: '/run/app',
    make: () => ({ mount: Mount.shared('sockets', '/run/app') }),
    not: [],
    volume: DIRECTORY,
  },
  {
    kind: 'Mount.configFile',
    at: '/etc/app',
    make: () => ({ mount: Mount.configFile('/etc/app/config.yaml', 'debug: false\n') }),
    not: [],
    volume: DIRECTORY,
  },
  {
    kind: 'Mount.secretFile',
    at: '/run/secrets',
    make: ({ stack }) => {
      const parameter = ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Key', {
        parameterName: '/shop/key',
      });
      return { mount: Mount.secretFile('/run/secrets/key', ecs.Secret.fromSsmParameter(parameter)) };
    },
    not: [],
    volume: DIRECTORY,
  },
  {
    ...NO_FSX,
    kind: 'LustreFileSystem.mount',
    at: '/scratch',
    make: ({ stack, vpc }) => {
      const lustre = new LustreFileSystem(stack, 'Lustre', { vpc });
      return { mount: lustre.mount('/scratch'), fileSystems: [lustre] };
    },
    volume: { Host: { SourcePath: expect.stringMatching(/^\/mnt\/Lustre-[0-9a-f]{8}\/scratch$/) } },
  },
  {
    ...NO_FSX,
    kind: 'OntapFileSystem.mount',
    at: '/projects',
    make: ({ stack, vpc }) => {
      const ontap = new OntapFileSystem(stack, 'Ontap', { vpc, storageCapacity: Size.tebibytes(1) });
      ontap.addVolume('Projects', { junctionPath: '/vol', size: Size.gibibytes(100) });
      return { mount: ontap.mount('/projects'), fileSystems: [ontap] };
    },
    volume: { Host: { SourcePath: expect.stringMatching(/^\/mnt\/Ontap-[0-9a-f]{8}\/vol\/projects$/) } },
  },
];
