import { aws_ec2 as ec2, aws_ecs as ecs, Size } from 'aws-cdk-lib';
import { InstanceImage, LustreFileSystem, OntapFileSystem } from '../../../lib';
import type { IInstanceFileSystem, InstanceMountOptions, Mount } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE } from '../../support/fixture';
import { newPool, newWorker } from '../../support/pools';
import { all, lenientApp, taskOf } from '../../support/resources';

interface Kind extends IInstanceFileSystem {
  mount(path: string, options?: InstanceMountOptions): Mount;
}

/** Each kind of file system that instances mount, and where. */
const KINDS: [kind: string, make: (fixture: Fixture) => Kind, root: string][] = [
  ['Lustre', ({ stack, vpc }) => new LustreFileSystem(stack, 'Lustre', { vpc }), '/mnt/Lustre-[0-9a-f]{8}'],
  [
    'an imported Lustre',
    ({ stack }) =>
      LustreFileSystem.fromLustreFileSystemAttributes(stack, 'Their files', {
        dnsName: 'fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com',
        mountName: 'abcdefgh',
        securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0'),
      }),
    '/mnt/Their-files-[0-9a-f]{8}',
  ],
  [
    'ONTAP',
    ({ stack, vpc }) => {
      const ontap = new OntapFileSystem(stack, 'Ontap', { vpc, storageCapacity: Size.tebibytes(1) });
      ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(1) });
      return ontap;
    },
    '/mnt/Ontap-[0-9a-f]{8}/data',
  ],
];

describe.each(KINDS)('a mount of %s', (_kind, make, root) => {
  /** The task of a worker with mounts. */
  function taskWith(mounts: (files: Kind) => Mount[], user?: string) {
    const fixture = new Fixture(lenientApp());
    const files = make(fixture);
    const pool = newPool(fixture, { image: InstanceImage.al2023(), fileSystems: [files] });
    newWorker(fixture, { capacity: pool.capacity(), container: { image: IMAGE, user, mounts: mounts(files) } });
    return taskOf(fixture.template());
  }
  const task = (options: InstanceMountOptions = {}, user?: string) =>
    taskWith((files) => [files.mount('/srv/files', options)], user);
  const below = (end: string) => expect.stringMatching(new RegExp(`^${root}${end}$`));

  test.each<[string, InstanceMountOptions, string]>([
    ['the directory of its path', {}, '/srv/files'],
    ['another directory', { directory: '/teams/a b' }, '/teams/a b'],
    ['all of it', { wholeFileSystem: true }, ''],
  ])('shows %s', (_what, options, end) => {
    const { Volumes, ContainerDefinitions } = task(options);
    expect(Volumes).toEqual([
      { Name: expect.stringMatching(/^app-srv-files-[0-9a-f]{8}$/), Host: { SourcePath: below(end) } },
    ]);
    expect(ContainerDefinitions[0].MountPoints).toEqual([
      { SourceVolume: Volumes[0].Name, ContainerPath: '/srv/files', ReadOnly: false },
    ]);
    expect(ContainerDefinitions).toHaveLength(1);
  });

  test.each<[InstanceMountOptions, string | undefined, string]>([
    [{}, '1000', '1000:1000'],
    [{}, '1000:5', '1000:5'],
    [{ user: { uid: '7', gid: '8' } }, undefined, '7:8'],
    [{ user: { uid: '7', gid: '8' }, directory: '/a' }, 'node', '7:8'],
  ])('gives the directory to its user: %j, %s', (options, user, owner) => {
    const { Volumes, ContainerDefinitions } = task(options, user);
    const [app, prepare, ...others] = ContainerDefinitions;
    expect(others).toEqual([]);
    expect(prepare).toMatchObject({
      Name: 'app-prepare',
      Essential: false,
      User: '0',
      Image: app.Image,
      EntryPoint: ['sh', '-c'],
      Command: [`chown '${owner}' '/srv/files'`],
      MountPoints: [{ SourceVolume: Volumes[0].Name, ContainerPath: '/srv/files', ReadOnly: false }],
    });
    expect(app.DependsOn).toEqual([{ ContainerName: 'app-prepare', Condition: 'SUCCESS' }]);
  });

  test.each<[string, InstanceMountOptions, string | undefined]>([
    ['that nobody writes to', { readOnly: true }, '1000'],
    ['that nobody writes to, with a user', { readOnly: true, user: { uid: '7', gid: '8' } }, undefined],
    ['of all of it', { wholeFileSystem: true }, '1000'],
    ['for a user with a name', {}, 'node'],
    ['for root', {}, '0'],
    ['for a user that is root', { user: { uid: '0', gid: '0' } }, undefined],
  ])('leaves a directory %s alone', (_what, options, user) => {
    const { ContainerDefinitions } = task(options, user);
    expect(ContainerDefinitions).toHaveLength(1);
    expect(ContainerDefinitions[0].DependsOn).toBeUndefined();
    expect(ContainerDefinitions[0].MountPoints[0].ReadOnly).toBe(options.readOnly ?? false);
  });

  test('prepares several directories in one container, with another image when told', () => {
    const image = ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/busybox:1');
    const { ContainerDefinitions } = taskWith(
      (files) => [files.mount('/a', { image }), files.mount('/b', { image })],
      '1000',
    );
    expect(ContainerDefinitions).toHaveLength(2);
    expect(ContainerDefinitions[1]).toMatchObject({
      Image: 'public.ecr.aws/docker/library/busybox:1',
      Command: ["chown '1000:1000' '/a' && chown '1000:1000' '/b'"],
    });
  });

  test('shows two services one directory', () => {
    const fixture = new Fixture(lenientApp());
    const files = make(fixture);
    const capacity = newPool(fixture, { image: InstanceImage.al2023(), fileSystems: [files] }).capacity();
    const paths = ['/here', '/there'];
    paths.forEach((path, index) => {
      const container = { image: IMAGE, mounts: [files.mount(path, { directory: '/both' })] };
      newWorker(fixture, { capacity, container }, fixture.stack, `Worker${index}`);
    });
    const [one, two] = all(fixture.template(), 'AWS::ECS::TaskDefinition').map(({ Volumes }) => Volumes[0].Host);
    expect(one).toEqual({ SourcePath: below('/both') });
    expect(two).toEqual(one);
  });

  test.each(['', 'a', './a', '/a/../b', '/..', '/a/.', '/a:b', '/a\nb'])(
    'fails when the directory is %j',
    (directory) => {
      expectFailure(
        () => make(new Fixture()).mount('/srv', { directory }),
        `directory must be an absolute path below the root of the file system, without ':', '.', '..' and empty parts, got '${directory}'`,
      );
    },
  );

  test.each<[string, InstanceMountOptions]>([
    ['directory', { directory: '/a' }],
    ['directory', { directory: '/a', user: { uid: '1', gid: '1' } }],
    ['user', { user: { uid: '1', gid: '1' } }],
  ])('fails when it is of the whole, and has a %s', (what, options) => {
    expectFailure(
      () => make(new Fixture()).mount('/srv', { ...options, wholeFileSystem: true }),
      `wholeFileSystem must not be true with ${what}, which is about one directory: leave one of the two out`,
    );
  });

  test('fails when the user is no number', () => {
    expectFailure(
      () => make(new Fixture()).mount('/srv', { user: { uid: '1', gid: 'staff' } }),
      "gid must be a number such as '1000', at most 4294967295, got 'staff'",
    );
  });

  test('fails when the container runs as another user', () => {
    expectFailure(
      () => task({ user: { uid: '7', gid: '8' } }, '1000'),
      "the container's user must be the POSIX user of its mounts, got user '1000' and 7:8 for '/srv/files': set container.user to '7:8' or the mount's user to { uid: '1000', gid: '1000' }",
    );
  });

  test('is bound to a bare task definition for EC2, and fails on one for Fargate', () => {
    const fixture = new Fixture();
    const client = new ec2.SecurityGroup(fixture.stack, 'Tasks', { vpc: fixture.vpc });
    const mount = make(fixture).mount('/srv');
    const bind = (definition: ecs.TaskDefinition) =>
      mount.bind(fixture.stack, {
        container: definition.addContainer('app', { image: IMAGE, memoryLimitMiB: 64 }),
        client,
      });
    bind(new ecs.Ec2TaskDefinition(fixture.stack, 'Instances'));
    expect(taskOf(fixture.template()).Volumes).toEqual([
      { Name: expect.stringMatching(/^app-srv-/), Host: { SourcePath: below('/srv') } },
    ]);
    expectFailure(
      () => bind(new ecs.FargateTaskDefinition(fixture.stack, 'Fargate')),
      "mounts must have no FSx for Lustre or NetApp ONTAP on a task definition for Fargate, got one at '/srv': " +
        'ECS mounts neither, only an instance of yours does when it starts, so use a pool with InstanceImage.al2023() and fileSystems, or a SharedFileSystem',
    );
  });
});

test('file systems of one name in two places are mounted at two places', () => {
  const fixture = new Fixture(lenientApp());
  const { stack, vpc } = fixture;
  const parents = ['One', 'Two'].map((id) => new ec2.Vpc(stack, id, { restrictDefaultSecurityGroup: false }));
  const files = parents.map((parent) => new LustreFileSystem(parent, 'Files', { vpc }));
  const capacity = newPool(fixture, { image: InstanceImage.al2023(), fileSystems: files }).capacity();
  const mounts = files.map((each, index) => each.mount(`/${index}`, { wholeFileSystem: true }));
  newWorker(fixture, { capacity, container: { image: IMAGE, mounts } });
  const paths = taskOf(fixture.template()).Volumes.map(({ Host }: any) => Host.SourcePath as string);
  expect(new Set(paths).size).toBe(2);
  for (const path of paths) expect(path).toMatch(/^\/mnt\/Files-[0-9a-f]{8}$/);
});
