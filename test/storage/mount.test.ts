import { Lazy, Size } from 'aws-cdk-lib';
import { Mount, SharedFileSystem } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE } from '../support/fixture';
import { containerOf } from '../support/resources';

/** Every way to make a mount. */
const KINDS: [string, (path: string) => Mount][] = [
  ['SharedFileSystem.mount', (path) => fileSystem().mount(path)],
  ['Mount.scratch', (path) => Mount.scratch(path)],
];

function fileSystem(): SharedFileSystem {
  const { stack, vpc } = new Fixture();
  return new SharedFileSystem(stack, 'Uploads', { vpc });
}

describe.each(KINDS)('%s', (_kind, mount) => {
  test.each([
    ['/srv', '/srv'],
    ['/srv/', '/srv'],
    ['/srv/up loads/a.b', '/srv/up loads/a.b'],
    ['/..data', '/..data'],
  ])('takes the path %j as %j', (path, normal) => {
    expect(mount(path).path).toBe(normal);
  });

  test('takes a path that is a token', () => {
    const path = Lazy.string({ produce: () => '/srv' });
    expect(mount(path).path).toBe(path);
  });

  test.each(['', '/', 'srv', './srv', '//srv', '/srv//a', '/srv:/a', '/srv//', 'C:\\data'])(
    'fails when the path is %j',
    (path) => {
      expect(() => mount(path)).toThrow(
        `mount path must be an absolute path below '/', without ':' and empty parts, got '${path}'`,
      );
    },
  );

  test.each(['/srv/..', '/srv/../etc', '/./srv', '/..'])('fails when the path is %j', (path) => {
    expect(() => mount(path)).toThrow(`mount path must not contain '.' or '..', got '${path}'`);
  });

  test.each(['/srv', '/srv/'])('fails when another mount is at its place, written %j', (path) => {
    const fixture = new Fixture();
    const files = new SharedFileSystem(fixture.stack, 'Other', { vpc: fixture.vpc });
    const mounts = [files.mount('/srv', { directory: '/other' }), mount(path)];
    expect(() => fixture.web({ container: { image: IMAGE, mounts } })).toThrow(
      "mount paths of a container must be unique, got '/srv' twice",
    );
  });
});

describe('mounts of a container', () => {
  test('may lie in one another', () => {
    const fixture = new Fixture();
    const mounts = [Mount.scratch('/srv'), Mount.scratch('/srv/cache')];
    expect(() => fixture.web({ container: { image: IMAGE, mounts } })).not.toThrow();
  });

  test.each<[string, { uid: string; gid: string }, string]>([
    [
      '1000',
      { uid: '2000', gid: '2000' },
      "the container's user must be the POSIX user of its mounts, got user '1000' and 2000:2000 for '/srv': set container.user to '2000:2000' or the mount's user to { uid: '1000', gid: '1000' }",
    ],
    [
      '1000:3000',
      { uid: '1000', gid: '1000' },
      "the container's user must be the POSIX user of its mounts, got user '1000:3000' and 1000:1000 for '/srv': set container.user to '1000:1000' or the mount's user to { uid: '1000', gid: '3000' }",
    ],
  ])('fails when the container runs as %s and its files belong to %j', (user, posixUser, message) => {
    const fixture = new Fixture();
    const files = new SharedFileSystem(fixture.stack, 'Uploads', { vpc: fixture.vpc });
    const mounts = [files.mount('/srv', { user: posixUser })];
    expect(() => fixture.web({ container: { image: IMAGE, user, mounts } })).toThrow(message);
  });

  test.each<[string | undefined, { uid: string; gid: string }]>([
    ['1000', { uid: '1000', gid: '5' }],
    ['1000:5', { uid: '1000', gid: '5' }],
    ['node', { uid: '1000', gid: '5' }],
    [undefined, { uid: '1000', gid: '5' }],
  ])('may belong to the user that the container runs as: %s', (user, posixUser) => {
    const fixture = new Fixture();
    const files = new SharedFileSystem(fixture.stack, 'Uploads', { vpc: fixture.vpc });
    const mounts = [files.mount('/srv', { user: posixUser })];
    expect(() => fixture.web({ container: { image: IMAGE, user, mounts } })).not.toThrow();
  });

  test('are all there: file systems, scratch directories, and /tmp', () => {
    const fixture = new Fixture();
    const files = new SharedFileSystem(fixture.stack, 'Uploads', { vpc: fixture.vpc });
    const mounts = [files.mount('/srv'), Mount.scratch('/cache', { size: Size.mebibytes(10) })];
    fixture.web({ container: { image: IMAGE, mounts } });
    fixture.template().hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        {
          MountPoints: [{ ContainerPath: '/srv' }],
          LinuxParameters: { Tmpfs: [{ ContainerPath: '/cache' }, { ContainerPath: '/tmp' }] },
        },
      ],
    });
  });
});

describe('what a compiler would refuse', () => {
  const untyped = (value: unknown) => value as never;
  const worker = (mounts: unknown, user?: unknown) =>
    new Fixture().web({ container: { image: IMAGE, mounts: untyped(mounts), user: untyped(user) } });
  const files = () => {
    const { stack, vpc } = new Fixture();
    return new SharedFileSystem(stack, 'Files', { vpc });
  };

  test.each<[string, () => unknown, string | RegExp]>([
    [
      'a size is a number',
      () => Mount.ebs('/d', { size: untyped(50) }),
      'a size must be a Size such as Size.gibibytes(50), got 50',
    ],
    [
      'iops are text',
      () => Mount.ebs('/d', { size: Size.gibibytes(9), iops: untyped('3000') }),
      "iops of gp3 must be a whole number, got '3000'",
    ],
    [
      'a user is a number',
      () => worker([], 1000),
      "user must be 'user', 'uid', 'user:group' or 'uid:gid', got 1000, which is no string",
    ],
    [
      'a mount is missing',
      () => worker([Mount.scratch('/a'), undefined]),
      "container.mounts must hold mounts such as uploads.mount('/srv') or Mount.scratch('/cache'), got undefined at index 1",
    ],
    ['a mount is a file system', () => worker([files()]), /^container\.mounts must hold mounts such as .* at index 0$/],
    [
      'a path is missing',
      () => Mount.scratch(untyped(undefined)),
      "mount path must be an absolute path below '/', without ':' and empty parts, got ''",
    ],
    [
      'a POSIX user is a number',
      () => files().mount('/srv', { user: untyped({ uid: 1000, gid: '1000' }) }),
      "uid must be a number such as '1000', at most 4294967295, got 1000, which is no string",
    ],
  ])('fails when %s', (_what, run, message) => {
    expectFailure(run, message);
  });
});

test('the outer of two mounts comes before the inner one', () => {
  const fixture = new Fixture();
  const mounts = [Mount.scratch('/cache/a/b'), Mount.scratch('/tmp/x'), Mount.scratch('/cache')];
  fixture.web({ container: { image: IMAGE, mounts } });
  const { LinuxParameters } = containerOf(fixture.template());
  expect(LinuxParameters.Tmpfs.map(({ ContainerPath }: any) => ContainerPath)).toEqual([
    '/cache',
    '/tmp',
    '/tmp/x',
    '/cache/a/b',
  ]);
});
