import { aws_ec2 as ec2, aws_ecs as ecs, aws_kms as kms, aws_s3 as s3, Duration } from 'aws-cdk-lib';
import { InstanceImage, Mount, S3FileSystem, SharedFileSystem } from '../../../lib';
import type { S3FileSystemProps, S3FilesOptions, S3MountOptions } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE, only, Template, warnings } from '../../support/fixture';
import { expectAcyclic } from '../../support/graph';
import { allowing } from '../../support/policies';
import { newPool, newWorker } from '../../support/pools';
import { all, containerOf, lenientApp, resourceOf, taskOf } from '../../support/resources';

const POINTS = 'AWS::S3Files::AccessPoint';
const SYSTEMS = 'AWS::S3Files::FileSystem';
const NFS = { Properties: { FromPort: 2049 } };
const RULES = 'AWS::EC2::SecurityGroupIngress';

/** A fixture with a bucket that is a file system. */
class Objects extends Fixture {
  public readonly bucket = new s3.Bucket(this.stack, 'Bucket', { versioned: true });

  constructor() {
    super(lenientApp());
  }

  public files(props: Partial<S3FileSystemProps> = {}): S3FileSystem {
    return new S3FileSystem(this.stack, 'Files', { bucket: this.bucket, vpc: this.vpc, ...props });
  }

  public mounting(mounts: Mount[], id = 'Web', user?: string) {
    return newWorker(this, { container: { image: IMAGE, mounts, user } }, this.stack, id);
  }
}

/** The template of a service with one mount. */
function mounted(options: S3MountOptions = {}, user?: string): Template {
  const objects = new Objects();
  objects.mounting([objects.files().mount('/data', options)], 'Web', user);
  return objects.template();
}

const s3Volume = (template: Template, point = only(template, POINTS).id) => ({
  Name: expect.stringMatching(/^app-data-[0-9a-f]{8}$/),
  S3FilesVolumeConfiguration: {
    FileSystemArn: { 'Fn::GetAtt': [only(template, SYSTEMS).id, 'FileSystemArn'] },
    AccessPointArn: { 'Fn::GetAtt': [point, 'AccessPointArn'] },
  },
});

describe('the volume', () => {
  test('is that of an access point, and nothing else', () => {
    const template = mounted();
    expect(taskOf(template).Volumes).toEqual([s3Volume(template)]);
  });

  test.each([undefined, false, true])('is seen by the container, with readOnly %s', (readOnly) => {
    const template = mounted({ readOnly });
    expect(containerOf(template).MountPoints).toEqual([
      { SourceVolume: taskOf(template).Volumes[0].Name, ContainerPath: '/data', ReadOnly: readOnly ?? false },
    ]);
  });

  const kinds: Record<string, (objects: Objects) => Mount> = {
    s3: (objects) => objects.files().mount('/data'),
    efs: ({ stack, vpc }) => new SharedFileSystem(stack, 'Uploads', { vpc }).mount('/efs'),
    shared: () => Mount.shared('sockets', '/run/app'),
  };

  test.each([
    ['s3', 'efs', 'shared'],
    ['s3', 'shared', 'efs'],
    ['efs', 's3', 'shared'],
    ['shared', 's3', 'efs'],
    ['efs', 'shared', 's3'],
    ['shared', 'efs', 's3'],
  ])('survives with others, before and after it: %s, %s, %s', (...order) => {
    const objects = new Objects();
    const { taskDefinition } = objects.mounting(order.map((kind) => kinds[kind](objects)));
    taskDefinition.addVolume({ name: 'later', host: { sourcePath: '/var/cache' } });
    taskDefinition.addVolume({ name: 'empty' });
    const template = objects.template();
    const volumes: Record<string, unknown> = {
      s3: s3Volume(template),
      efs: {
        Name: expect.stringMatching(/^app-efs-/),
        EFSVolumeConfiguration: expect.objectContaining({ TransitEncryption: 'ENABLED' }),
      },
      shared: { Name: 'sockets' },
    };
    expect(taskOf(template).Volumes).toEqual([
      ...order.map((kind) => volumes[kind]),
      { Name: 'later', Host: { SourcePath: '/var/cache' } },
      { Name: 'empty' },
    ]);
  });

  test('survives with others of its kind', () => {
    const objects = new Objects();
    const files = objects.files();
    const paths = ['/a', '/b', '/c'];
    objects.mounting(paths.map((path) => files.mount(path, { directory: path })));
    const { Volumes } = taskOf(objects.template());
    const points = Volumes.map(
      (volume: any) => volume.S3FilesVolumeConfiguration.AccessPointArn['Fn::GetAtt'][0] as string,
    );
    const directories = points.map(
      (id: string) => objects.template().findResources(POINTS)[id].Properties.RootDirectory.Path,
    );
    expect(directories).toEqual(paths);
    expect(new Set(Volumes.map(({ Name }: any) => Name)).size).toBe(3);
  });
});

describe('the access point', () => {
  const pointOf = (options?: S3MountOptions, user?: string) => only(mounted(options, user), POINTS).Properties;

  test('of all of the file system makes no directory', () => {
    expect(pointOf()).toEqual({
      FileSystemId: { 'Fn::GetAtt': [expect.stringMatching(/^FilesFileSystem/), 'FileSystemId'] },
      PosixUser: { Uid: '1000', Gid: '1000' },
      RootDirectory: { Path: '/' },
    });
  });

  test('of a directory makes it, and gives it to its user', () => {
    expect(pointOf({ directory: '/reports/daily', user: { uid: '1', gid: '2' } })).toEqual({
      FileSystemId: expect.anything(),
      PosixUser: { Uid: '1', Gid: '2' },
      RootDirectory: {
        Path: '/reports/daily',
        CreationPermissions: { OwnerUid: '1', OwnerGid: '2', Permissions: '750' },
      },
    });
  });

  test.each([
    [undefined, '1000', '1000'],
    ['node', '1000', '1000'],
    ['5', '5', '5'],
    ['5:6', '5', '6'],
  ])('has the user of the container when that is numeric: %s', (user, Uid, Gid) => {
    expect(pointOf({ directory: '/a' }, user).PosixUser).toEqual({ Uid, Gid });
  });

  test('is one for equal mounts, of several services too', () => {
    const objects = new Objects();
    const files = objects.files();
    objects.mounting([files.mount('/a', { directory: '/d' }), files.mount('/b', { directory: '/d', readOnly: true })]);
    objects.mounting([files.mount('/c', { directory: '/d', user: { uid: '1000', gid: '1000' } })], 'Other');
    expect(only(objects.template(), POINTS).Properties.RootDirectory.Path).toBe('/d');
  });

  test('is another one for another directory or user', () => {
    const objects = new Objects();
    const files = objects.files();
    objects.mounting([
      files.mount('/a', { directory: '/d' }),
      files.mount('/b', { directory: '/e' }),
      files.mount('/c', { directory: '/d', user: { uid: '5', gid: '5' } }),
      files.mount('/d', { readOnly: true }),
    ]);
    objects.template().resourceCountIs(POINTS, 4);
  });

  test('fails when the directory is that of all', () => {
    expectFailure(
      () => mounted({ directory: '/' }),
      "directory must be below '/', because the root of a file system reaches every directory in it, got '/'",
    );
  });

  test('fails when the user is no number', () => {
    expectFailure(
      () => mounted({ user: { uid: 'node', gid: '1' } }),
      "uid must be a number such as '1000', at most 4294967295, got 'node'",
    );
  });
});

describe('MountOwnedByRoot', () => {
  function warned(options: S3MountOptions, user?: string): string[] {
    const objects = new Objects();
    return warnings(objects.mounting([objects.files().mount('/data', options)], 'Web', user));
  }

  test.each<[S3MountOptions, string | undefined, string]>([
    [{}, undefined, '1000:1000'],
    [{}, '5:6', '5:6'],
    [{ user: { uid: '7', gid: '8' } }, undefined, '7:8'],
  ])('warns when a user writes to the root: %j, %s', (options, user, name) => {
    expect(warned(options, user)).toEqual([
      `the mount at '/data' is the root of an S3 file system, where root owns what it finds, got the user ${name}, who may read there and not write: ` +
        "give it a directory or readOnly, or let both container.user and the mount's user be root [ack: Annotation::cdk-containers:MountOwnedByRoot]",
    ]);
  });

  test.each<[S3MountOptions, string | undefined]>([
    [{ directory: '/a' }, undefined],
    [{ readOnly: true }, undefined],
    [{ user: { uid: '0', gid: '0' } }, undefined],
    [{}, '0'],
  ])('is silent with %j and the user %s', (options, user) => {
    expect(warned(options, user)).toEqual([]);
  });
});

describe('MountS3FilesOnInstances', () => {
  test('warns of instances, and of nothing else', () => {
    const objects = new Objects();
    const capacity = newPool(objects, { image: InstanceImage.al2023() }).capacity();
    const mounts = [objects.files().mount('/data', { directory: '/a' })];
    const there = newWorker(objects, { capacity, container: { image: IMAGE, mounts } }, objects.stack, 'There');
    const here = objects.mounting(mounts, 'Here');
    expect(warnings(there)).toEqual([
      "the mount at '/data' is an S3 file system on EC2 instances, where AWS said in August 2026 that the task fails to start, and later that it works: " +
        'try it with your images, or use Fargate or ManagedInstances [ack: Annotation::cdk-containers:MountS3FilesOnInstances]',
    ]);
    expect(warnings(here)).toEqual([]);
  });
});

describe('Mount.s3Files', () => {
  test('has one file system for mounts that say the same', () => {
    const objects = new Objects();
    const options = () => ({ bucket: objects.bucket, daysAfterLastAccess: Duration.days(10) });
    objects.mounting([
      Mount.s3Files('/a', { ...options(), directory: '/a', prefix: '' }),
      Mount.s3Files('/b', { ...options(), directory: '/b', readOnly: true }),
    ]);
    objects.template().resourceCountIs(SYSTEMS, 1);
  });

  test('fails when two mounts say different things of their file system', () => {
    const objects = new Objects();
    const { bucket } = objects;
    const mounts = [10, 20].map((days) =>
      Mount.s3Files(`/${days}`, { bucket, directory: '/a', daysAfterLastAccess: Duration.days(days) }),
    );
    expectFailure(
      () => objects.mounting(mounts),
      "mounts of the bucket 'Shop/Bucket' in one task must have the same options of the file system, got others for '/20': use an S3FileSystem",
    );
  });

  /** Services with one value for a mount. */
  function services(ids: string[], options: Partial<S3FilesOptions> = {}) {
    const objects = new Objects();
    const mount = Mount.s3Files('/data', { bucket: objects.bucket, readOnly: true, ...options });
    const made = ids.map((id) => objects.mounting([mount], id));
    return { ...objects, made, template: objects.template() };
  }

  test('makes a file system below the task definition, of which it mounts all', () => {
    const { made, template } = services(['Web'], { prefix: 'p/' });
    expect(only(template, SYSTEMS)).toMatchObject({
      id: expect.stringMatching(/^WebTaskDefinitionS3Files/),
      Properties: { Prefix: 'p/', Bucket: { 'Fn::GetAtt': [expect.stringMatching(/^Bucket/), 'Arn'] } },
    });
    expect(taskOf(template).Volumes).toEqual([s3Volume(template)]);
    expect(resourceOf(template, made[0].service).DependsOn).toEqual(
      expect.arrayContaining([
        ...Object.keys(template.findResources('AWS::S3Files::MountTarget')),
        ...Object.keys(template.findResources(RULES, NFS)),
      ]),
    );
    template.resourceCountIs('AWS::S3Files::FileSystemPolicy', 1);
    template.resourceCountIs('AWS::S3Files::MountTarget', 2);
    expectAcyclic(template);
  });

  test('makes one for each service', () => {
    const { template } = services(['One', 'Two']);
    template.resourceCountIs(SYSTEMS, 2);
    template.resourceCountIs(POINTS, 2);
    const used = all(template, 'AWS::ECS::TaskDefinition').map(
      ({ Volumes }) => Volumes[0].S3FilesVolumeConfiguration.FileSystemArn['Fn::GetAtt'][0] as string,
    );
    expect(used.sort()).toEqual(Object.keys(template.findResources(SYSTEMS)).sort());
    expectAcyclic(template);
  });

  test('stands in another network when told', () => {
    const objects = new Objects();
    const vpc = new ec2.Vpc(objects.stack, 'Other', { natGateways: 1, restrictDefaultSecurityGroup: false });
    objects.mounting([Mount.s3Files('/data', { bucket: objects.bucket, vpc, directory: '/a' })]);
    expect(all(objects.template(), 'AWS::S3Files::MountTarget').map(({ SubnetId }) => SubnetId)).toEqual(
      vpc.privateSubnets.map(({ subnetId }) => objects.stack.resolve(subnetId)),
    );
  });

  test('takes what its file system and its mount take', () => {
    const objects = new Objects();
    const encryptionKey = new kms.Key(objects.stack, 'Key');
    objects.mounting([
      Mount.s3Files('/data', { bucket: objects.bucket, encryptionKey, directory: '/a', user: { uid: '5', gid: '6' } }),
    ]);
    const template = objects.template();
    template.hasResourceProperties(SYSTEMS, {
      KmsKeyId: { 'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'] },
    });
    template.hasResourceProperties(POINTS, { PosixUser: { Uid: '5', Gid: '6' }, RootDirectory: { Path: '/a' } });
    expect(allowing(template, 'WebTaskRole', 's3files:ClientWrite')).toHaveLength(1);
  });

  test('fails when it has neither a service nor a network, and needs one of them only', () => {
    const { stack, vpc, bucket } = new Objects();
    const container = new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', { image: IMAGE });
    const client = new ec2.SecurityGroup(stack, 'Tasks', { vpc });
    expectFailure(
      () => Mount.s3Files('/data', { bucket }).bind(stack, { container, client }),
      "Mount.s3Files must be bound with a service or have a vpc, got neither for '/data': pass one of them",
    );
    Mount.s3Files('/other', { bucket, vpc }).bind(stack, { container, client });
    expect(Object.keys(Template.fromStack(stack).findResources(RULES, NFS))).toHaveLength(1);
  });

  test('fails when its bucket is not versioned, before anybody mounts it', () => {
    const { stack } = new Objects();
    expectFailure(
      () => Mount.s3Files('/data', { bucket: new s3.Bucket(stack, 'Plain') }),
      "the bucket of an S3 file system must be versioned, got 'Shop/Plain' without: set versioned to true",
    );
  });

  test('fails when its prefix is no directory, before anybody mounts it', () => {
    expectFailure(
      () => Mount.s3Files('/data', { bucket: new Objects().bucket, prefix: 'a' }),
      "prefix must be empty or a directory such as 'models/', at most 1024 characters, without '*', '?' and '$', which policies read as wildcards, got 'a'",
    );
  });
});
