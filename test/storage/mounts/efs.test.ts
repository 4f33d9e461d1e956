import { Lazy, Validations } from 'aws-cdk-lib';
import { SharedFileSystem, TaskRole } from '../../../lib';
import type { EfsMountOptions } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Files, mounted } from '../../support/files';
import { Fixture, IMAGE, only, warnings } from '../../support/fixture';
import { allowing, expectNothingInline, statementsOf } from '../../support/policies';
import { taskOf } from '../../support/resources';

const POINTS = 'AWS::EFS::AccessPoint';

describe('access point of a mount', () => {
  test('belongs to 1000:1000, who alone may write, in the directory of the path', () => {
    const template = mounted();
    const { id } = only(template, 'AWS::EFS::FileSystem');
    expect(only(template, POINTS).Properties).toMatchObject({
      FileSystemId: { Ref: id },
      PosixUser: { Uid: '1000', Gid: '1000' },
      RootDirectory: {
        Path: '/srv/uploads',
        CreationInfo: { OwnerUid: '1000', OwnerGid: '1000', Permissions: '750' },
      },
    });
  });

  test.each<[string, EfsMountOptions, string | undefined, string, string]>([
    ['the container, numeric', {}, '1001:1002', '1001', '1002'],
    ['the container, without a group', {}, '1001', '1001', '1001'],
    ['the container, root', {}, '0:0', '0', '0'],
    ['nobody known, by name', {}, 'node', '1000', '1000'],
    ['nobody known, by name and group', {}, '1001:node', '1000', '1000'],
    ['the mount', { user: { uid: '33', gid: '34' } }, undefined, '33', '34'],
    ['the mount, and the container is the same', { user: { uid: '33', gid: '34' } }, '33:34', '33', '34'],
  ])('belongs to the user of %s', (_name, options, user, uid, gid) => {
    expect(only(mounted(options, '/srv', user), POINTS).Properties).toMatchObject({
      PosixUser: { Uid: uid, Gid: gid },
      RootDirectory: { CreationInfo: { OwnerUid: uid, OwnerGid: gid } },
    });
  });

  test.each<[string, EfsMountOptions, string]>([
    ['/srv/uploads', {}, '/srv/uploads'],
    ['/srv/uploads/', {}, '/srv/uploads'],
    ['/srv/uploads', { directory: '/a/b/c/d' }, '/a/b/c/d'],
    ['/a/path/of/five/parts', { directory: '/short' }, '/short'],
  ])('of the path %s with %j has the directory %s', (path, options, directory) => {
    expect(only(mounted(options, path), POINTS).Properties.RootDirectory.Path).toBe(directory);
  });

  test('takes tokens for directory and user', () => {
    const token = (value: string) => Lazy.string({ produce: () => value });
    const template = mounted({ directory: token('/files'), user: { uid: token('7'), gid: token('8') } });
    expect(only(template, POINTS).Properties).toMatchObject({
      PosixUser: { Uid: '7', Gid: '8' },
      RootDirectory: { Path: '/files' },
    });
  });

  test('is shared by all that mount the same directory as the same user', () => {
    const files = new Files();
    files.mounting([files.uploads.mount('/srv', { directory: '/files' }), files.uploads.mount('/files')], 'One');
    files.mounting([files.uploads.mount('/files', { readOnly: true })], 'Two', '1000:1000');
    expect(files.accessPoints()).toHaveLength(1);
  });

  test('is another one for another directory, another user, another file system', () => {
    const files = new Files();
    const other = new SharedFileSystem(files.stack, 'Other', { vpc: files.vpc });
    files.mounting(
      [files.uploads.mount('/a'), files.uploads.mount('/b'), other.mount('/c', { directory: '/a' })],
      'One',
    );
    const two = files.mounting([files.uploads.mount('/a', { user: { uid: '7', gid: '7' } })], 'Two');
    const known = { id: 'Annotation::cdk-containers:MountDirectoryOfOtherUser', reason: 'what this test is about' };
    Validations.of(two).acknowledge(known);
    const found = files
      .accessPoints()
      .map((point) => [point.FileSystemId.Ref, point.RootDirectory.Path, point.PosixUser.Uid]);
    expect(found.sort()).toEqual([
      [expect.stringMatching(/^Other/), '/a', '1000'],
      [expect.stringMatching(/^Uploads/), '/a', '1000'],
      [expect.stringMatching(/^Uploads/), '/a', '7'],
      [expect.stringMatching(/^Uploads/), '/b', '1000'],
    ]);
  });

  test.each(['/', '//', 'files', '/a/b/c/d/e', '/files/', '/a/../b', '/.cache', '/files*', `/${'x'.repeat(100)}`, ''])(
    'fails when the directory is %j',
    (directory) => {
      expect(() => new Files().uploads.mount('/srv', { directory })).toThrow(/^directory must be /);
    },
  );

  test.each(['/a/path/of/five/parts', '/srv/.cache', '/srv*'])(
    'fails when no directory is given and the path %j is none',
    (path) => {
      expect(() => mounted({}, path)).toThrow(
        `directory must be an absolute path of one to four parts, at most 100 characters, such as '/uploads', got '${path}'`,
      );
    },
  );

  test.each(['root', '-1', '1.5', '', '4294967296'])('fails when the user is %j', (uid) => {
    expect(() => mounted({ user: { uid, gid: '1' } })).toThrow(/^uid must be a number such as '1000'.*, got '/);
    expect(() => mounted({ user: { uid: '1', gid: uid } })).toThrow(/^gid must be a number such as '1000'.*, got '/);
  });
});

describe('permissions of a mount', () => {
  test('are those of the task role: mount and write, on this file system, through this access point', () => {
    const template = mounted();
    const fileSystem = only(template, 'AWS::EFS::FileSystem').id;
    const point = only(template, POINTS).id;
    expect(statementsOf(template, 'WebTaskRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
        Resource: { 'Fn::GetAtt': [fileSystem, 'Arn'] },
        Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': arnOf(point) } },
      },
    ]);
    expect(allowing(template, 'WebExecutionRole', 'elasticfilesystem:ClientMount')).toEqual([]);
    expectNothingInline(template);
  });

  test('are mount only when it is read-only, which the container knows too', () => {
    const template = mounted({ readOnly: true });
    expect(statementsOf(template, 'WebTaskRole').map(({ Action }) => Action)).toEqual([
      'elasticfilesystem:ClientMount',
    ]);
    const [container] = only(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
    expect(container.MountPoints).toEqual([expect.objectContaining({ ReadOnly: true })]);
  });

  test('go to a role that the user made', () => {
    const files = new Files();
    const taskRole = new TaskRole(files.stack, 'Mine');
    files.web({ taskRole, container: { image: IMAGE, mounts: [files.uploads.mount('/srv')] } });
    expect(allowing(files.template(), 'Mine', 'elasticfilesystem:ClientWrite')).toHaveLength(1);
  });

  // EFS takes an access point's identity for the client's, and refuses root without that right.
  // https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html
  test.each([
    ['1000', '1000', 0],
    ['0', '0', 1],
    ['0', '1000', 1],
    ['1000', '0', 1],
  ])('are root access only when the files belong to root: %s:%s', (uid, gid, statements) => {
    const template = mounted({ user: { uid, gid } });
    expect(allowing(template, 'WebTaskRole', 'elasticfilesystem:ClientRootAccess')).toHaveLength(statements);
  });
});

describe('volume of a mount', () => {
  test('has encryption in transit and IAM on, and no root directory beside the access point', () => {
    const template = mounted();
    expect(only(template, 'AWS::ECS::TaskDefinition').Properties.Volumes).toEqual([
      {
        Name: expect.stringMatching(/^app-srv-uploads-[0-9a-f]{8}$/),
        EFSVolumeConfiguration: {
          FilesystemId: { Ref: only(template, 'AWS::EFS::FileSystem').id },
          TransitEncryption: 'ENABLED',
          AuthorizationConfig: { AccessPointId: { Ref: only(template, POINTS).id }, IAM: 'ENABLED' },
        },
      },
    ]);
  });

  test('is seen by the container, writable', () => {
    const [container] = only(mounted(), 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
    expect(container.MountPoints).toEqual([
      {
        SourceVolume: expect.stringMatching(/^app-srv-uploads-[0-9a-f]{8}$/),
        ContainerPath: '/srv/uploads',
        ReadOnly: false,
      },
    ]);
  });

  test.each([
    ['/a', '/b'],
    ['/srv/up', '/srv-up'],
    ['/srv/up', '/srv.up'],
    ['/Srv', '/srv'],
  ])('has a name of its own for each mount: %s and %s', (one, two) => {
    const files = new Files();
    files.mounting([files.uploads.mount(one), files.uploads.mount(two, { readOnly: true })]);
    const { Volumes, ContainerDefinitions } = only(files.template(), 'AWS::ECS::TaskDefinition').Properties;
    const names: string[] = Volumes.map((volume: { Name: string }) => volume.Name);
    expect(new Set(names).size).toBe(2);
    expect(ContainerDefinitions[0].MountPoints.map((point: { SourceVolume: string }) => point.SourceVolume)).toEqual(
      names,
    );
  });

  test('has a name that a token in the path does not change', () => {
    const name = () => {
      const path = Lazy.string({ produce: () => '/srv' });
      const { Volumes } = only(mounted({ directory: '/srv' }, path), 'AWS::ECS::TaskDefinition').Properties;
      return Volumes[0].Name;
    };
    expect(name()).toBe(name());
  });

  test('has a name of at most 255 letters, digits, hyphens and underscores', () => {
    const [{ Name }] = only(mounted({ directory: '/x' }, `/${'ä b'.repeat(100)}`), 'AWS::ECS::TaskDefinition')
      .Properties.Volumes;
    expect(Name).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
  });
});

function arnOf(accessPoint: string) {
  const parts = ['arn:', { Ref: 'AWS::Partition' }, ':elasticfilesystem:', { Ref: 'AWS::Region' }, ':'];
  return { 'Fn::Join': ['', [...parts, { Ref: 'AWS::AccountId' }, ':access-point/', { Ref: accessPoint }]] };
}

describe('mount of the whole file system', () => {
  const whole = (options: EfsMountOptions = {}, user?: string) =>
    mounted({ wholeFileSystem: true, ...options }, '/srv', user);

  test('has no access point, and still encryption in transit and IAM', () => {
    const template = whole();
    template.resourceCountIs(POINTS, 0);
    expect(taskOf(template).Volumes).toEqual([
      {
        Name: expect.stringMatching(/^app-srv-[0-9a-f]{8}$/),
        EFSVolumeConfiguration: {
          FilesystemId: { Ref: only(template, 'AWS::EFS::FileSystem').id },
          TransitEncryption: 'ENABLED',
          AuthorizationConfig: { IAM: 'ENABLED' },
        },
      },
    ]);
  });

  test.each<[string, EfsMountOptions, string | undefined, string[]]>([
    ['nobody known', {}, undefined, ['ClientMount', 'ClientWrite']],
    ['1000', {}, '1000', ['ClientMount', 'ClientWrite']],
    ['root', {}, '0', ['ClientMount', 'ClientRootAccess', 'ClientWrite']],
    ['a reader', { readOnly: true }, '1000', ['ClientMount']],
    ['a reader who is root', { readOnly: true }, '0', ['ClientMount', 'ClientRootAccess']],
  ])('is permitted without a condition for %s', (_who, options, user, actions) => {
    const template = whole(options, user);
    const [{ Action, ...statement }, ...others] = statementsOf(template, 'WebTaskRole');
    expect(others).toEqual([]);
    expect([Action].flat().sort()).toEqual(actions.map((action) => `elasticfilesystem:${action}`));
    expect(statement).toEqual({
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [only(template, 'AWS::EFS::FileSystem').id, 'Arn'] },
    });
  });

  test('may be somewhere that no access point can be', () => {
    expect(() => mounted({ wholeFileSystem: true }, '/a/path/of/five/parts')).not.toThrow();
  });

  test.each<[string, EfsMountOptions]>([
    ['directory', { directory: '/uploads' }],
    ['user', { user: { uid: '1', gid: '1' } }],
    ['directory', { directory: '/uploads', user: { uid: '1', gid: '1' } }],
  ])('fails when it has a %s too: %j', (name, options) => {
    expectFailure(
      () => new Files().uploads.mount('/srv', { wholeFileSystem: true, ...options }),
      `wholeFileSystem must not be true with ${name}, which only an access point has: leave one of the two out`,
    );
  });
});

describe('MountDirectoryOfOtherUser', () => {
  function mountedBy(one: string, other: string): string[] {
    const fixture = new Fixture();
    const uploads = new SharedFileSystem(fixture.stack, 'Uploads', { vpc: fixture.vpc });
    const service = (id: string, uid: string) =>
      fixture.web(
        { container: { image: IMAGE, mounts: [uploads.mount('/srv', { user: { uid, gid: '1000' } })] } },
        fixture.stack,
        id,
      );
    service('One', one);
    return warnings(service('Other', other));
  }

  test('warns when a directory belongs to another user already', () => {
    expect(mountedBy('1000', '2000')).toEqual([
      expect.stringContaining("the directory '/srv' belongs to 1000:1000 by another mount, got 2000:1000"),
    ]);
  });

  test('is silent when all mounts have the same user', () => {
    expect(mountedBy('1000', '1000')).toEqual([]);
  });
});
