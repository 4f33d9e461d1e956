import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Mount } from '../../../lib';
import type { DockerMountOptions } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE } from '../../support/fixture';
import { newPool, newWorker } from '../../support/pools';
import { bareService, containerOf, taskOf } from '../../support/resources';

/** A task on a pool that has these mounts. */
function mounted(...mounts: Mount[]) {
  const fixture = new Fixture();
  newWorker(fixture, { capacity: newPool(fixture).capacity(), container: { image: IMAGE, mounts } });
  const template = fixture.template();
  return { volumes: taskOf(template).Volumes, points: containerOf(template).MountPoints };
}

const SHARED = { scope: ecs.Scope.SHARED, volumeName: 'cache' };

describe('Mount.docker', () => {
  test('is a volume of the task, of the driver of Docker, that the container sees, writable', () => {
    const { volumes, points } = mounted(Mount.docker('/srv/cache'));
    const name = expect.stringMatching(/^app-srv-cache-[0-9a-f]{8}$/);
    expect(volumes).toEqual([{ Name: name, DockerVolumeConfiguration: { Scope: 'task', Driver: 'local' } }]);
    expect(points).toEqual([{ ContainerPath: '/srv/cache', SourceVolume: volumes[0].Name, ReadOnly: false }]);
  });

  test('is made on the instance when several tasks share it', () => {
    expect(mounted(Mount.docker('/srv', SHARED)).volumes).toEqual([
      { Name: 'cache', DockerVolumeConfiguration: { Scope: 'shared', Autoprovision: true, Driver: 'local' } },
    ]);
  });

  test.each<[string, DockerMountOptions, object]>([
    ['volumeName', { volumeName: 'A_b-9' }, { Name: 'A_b-9' }],
    [
      'autoprovision',
      { ...SHARED, autoprovision: false },
      { DockerVolumeConfiguration: { Scope: 'shared', Autoprovision: false, Driver: 'local' } },
    ],
    ['driver', { driver: 'rexray/ebs' }, { DockerVolumeConfiguration: { Scope: 'task', Driver: 'rexray/ebs' } }],
    [
      'driverOpts',
      { driverOpts: { type: 'tmpfs', device: 'tmpfs' } },
      { DockerVolumeConfiguration: { DriverOpts: { type: 'tmpfs', device: 'tmpfs' } } },
    ],
    ['labels', { labels: { team: 'shop' } }, { DockerVolumeConfiguration: { Labels: { team: 'shop' } } }],
  ])('takes %s', (_name, options, expected) => {
    expect(mounted(Mount.docker('/srv', options)).volumes).toMatchObject([expected]);
  });

  test('forbids writing where told', () => {
    expect(mounted(Mount.docker('/srv', { readOnly: true })).points).toMatchObject([{ ReadOnly: true }]);
  });

  test('may be several', () => {
    const { volumes, points } = mounted(Mount.docker('/a'), Mount.docker('/b'), Mount.docker('/c', SHARED));
    const names = volumes.map(({ Name }: any) => Name);
    expect(new Set(names).size).toBe(3);
    expect(points.map(({ SourceVolume }: any) => SourceVolume)).toEqual(names);
  });

  test('works for a bare task of instances', () => {
    const fixture = new Fixture();
    const task = new ecs.Ec2TaskDefinition(fixture.stack, 'Task');
    const container = task.addContainer('main', { image: IMAGE, memoryLimitMiB: 512 });
    Mount.docker('/srv').bind(fixture.stack, { container, client: fixture.cluster });
    expect(taskOf(fixture.template()).Volumes).toEqual([
      {
        Name: expect.stringMatching(/^main-srv-/),
        DockerVolumeConfiguration: { Scope: 'task', Driver: 'local' },
      },
    ]);
  });

  test('fails when a bare task is for Fargate', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    const container = service.taskDefinition.defaultContainer!;
    expectFailure(
      () => Mount.docker('/srv').bind(fixture.stack, { container, client: service }),
      "mounts must have no Mount.docker(…) on a task definition for Fargate, got one at '/srv': only instances of yours have volumes of Docker, so use a file system, Mount.shared(…), or an InstancePool",
    );
  });

  test('fails when it is shared without a name', () => {
    expectFailure(
      () => Mount.docker('/srv', { scope: ecs.Scope.SHARED }),
      'volumeName must be given with Scope.SHARED, got none: other tasks find the volume by its name',
    );
  });

  test.each([true, false])('fails when autoprovision is %s for a volume of the task', (autoprovision) => {
    expectFailure(
      () => Mount.docker('/srv', { autoprovision }),
      `autoprovision must be left out without Scope.SHARED, got ${autoprovision}: Docker always makes the volume of a task`,
    );
  });

  test.each(['', 'a b', 'a.b', 'a/b', 'x'.repeat(256)])('fails when the name is %j', (volumeName) => {
    expectFailure(
      () => Mount.docker('/srv', { volumeName }),
      `volumeName must be 1 to 255 letters, digits, hyphens and underscores, got '${volumeName}'`,
    );
  });

  test('fails when the path is not absolute', () => {
    expectFailure(
      () => Mount.docker('srv'),
      "mount path must be an absolute path below '/', without ':' and empty parts, got 'srv'",
    );
  });
});

test('one volume of one name is mounted at two places', () => {
  const { volumes, points } = mounted(Mount.docker('/a', SHARED), Mount.docker('/b', SHARED));
  expect(volumes).toMatchObject([{ Name: 'cache' }]);
  expect(points).toMatchObject([{ ContainerPath: '/a' }, { ContainerPath: '/b' }]);
});

test.each([
  ['another driver', () => Mount.docker('/b', { ...SHARED, driver: 'rexray/ebs' })],
  ['a directory of the task', () => Mount.shared('cache', '/b')],
])('fails when %s has the name', (_what, other) => {
  expectFailure(
    () => mounted(Mount.docker('/a', SHARED), other()),
    "volumes of a task must have different names, got two different ones of the name 'cache': rename one",
  );
});
