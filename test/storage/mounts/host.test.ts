import { Token, aws_ecs as ecs } from 'aws-cdk-lib';
import { Capacity, Mount } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE } from '../../support/fixture';
import { newPool, newWorker } from '../../support/pools';
import { containerOf, taskOf } from '../../support/resources';

/** A task on a pool that has these mounts. */
function mounted(...mounts: Mount[]) {
  const fixture = new Fixture();
  const capacity = newPool(fixture).capacity();
  newWorker(fixture, { capacity, container: { image: IMAGE, mounts } });
  const template = fixture.template();
  return { volumes: taskOf(template).Volumes, points: containerOf(template).MountPoints };
}

describe('Mount.host', () => {
  test('shows a directory of the instance to the container', () => {
    const { volumes, points } = mounted(Mount.host('/srv/models', '/mnt/models'));
    const name = expect.stringMatching(/^app-srv-models-[0-9a-f]{8}$/);
    expect(volumes).toEqual([{ Name: name, Host: { SourcePath: '/mnt/models' } }]);
    expect(points).toEqual([{ ContainerPath: '/srv/models', SourceVolume: volumes[0].Name, ReadOnly: false }]);
  });

  test('forbids writing where told', () => {
    expect(mounted(Mount.host('/srv', '/mnt', { readOnly: true })).points).toMatchObject([{ ReadOnly: true }]);
  });

  test('shows one directory at two places, and two at two', () => {
    const { volumes, points } = mounted(
      Mount.host('/a', '/mnt/x'),
      Mount.host('/b', '/mnt/x'),
      Mount.host('/c', '/mnt/y'),
    );
    expect(new Set(volumes.map(({ Name }: any) => Name)).size).toBe(3);
    expect(points.map(({ ContainerPath }: any) => ContainerPath)).toEqual(['/a', '/b', '/c']);
  });

  test('takes the place of the scratch directory', () => {
    const fixture = new Fixture();
    const capacity = newPool(fixture).capacity();
    newWorker(fixture, { capacity, container: { image: IMAGE, mounts: [Mount.host('/tmp', '/var/scratch')] } });
    expect(containerOf(fixture.template()).LinuxParameters).not.toHaveProperty('Tmpfs');
  });

  test('works outside AWS', () => {
    const fixture = new Fixture();
    const mounts = [Mount.host('/srv', '/data')];
    newWorker(fixture, { capacity: Capacity.external(), container: { image: IMAGE, mounts } });
    expect(taskOf(fixture.template()).Volumes).toMatchObject([{ Host: { SourcePath: '/data' } }]);
  });

  test('works on a bare task definition, for a token too', () => {
    const fixture = new Fixture();
    const taskDefinition = new ecs.Ec2TaskDefinition(fixture.stack, 'Task');
    const container = taskDefinition.addContainer('main', { image: IMAGE, memoryLimitMiB: 512 });
    const client = fixture.web();
    Mount.host('/srv', Token.asString({ Ref: 'AWS::StackName' })).bind(fixture.stack, { container, client });
    fixture.template().hasResourceProperties('AWS::ECS::TaskDefinition', {
      Volumes: [{ Host: { SourcePath: { Ref: 'AWS::StackName' } } }],
    });
  });

  test.each([
    ['mnt', "sourcePath must be an absolute path on the instance, without ':', '.' and '..', got 'mnt'"],
    ['', "sourcePath must be an absolute path on the instance, without ':', '.' and '..', got ''"],
    ['/mnt:ro', "sourcePath must be an absolute path on the instance, without ':', '.' and '..', got '/mnt:ro'"],
    ['C:\\\\data', "sourcePath must be an absolute path on the instance, without ':', '.' and '..', got 'C:\\\\data'"],
  ])('fails when the directory is %j', (sourcePath, message) => {
    expectFailure(() => Mount.host('/srv', sourcePath), message);
  });

  test.each(['/mnt/..', '/mnt/../etc', '/..', '/mnt/.', '/./mnt', '/.', '/mnt\n', '/mnt\n/x', '/a\n/../b'])(
    'fails when the directory is %j, which is another one than it seems',
    (sourcePath) => {
      expectFailure(
        () => Mount.host('/srv', sourcePath),
        `sourcePath must be an absolute path on the instance, without ':', '.' and '..', got '${sourcePath}'`,
      );
    },
  );

  test.each(['/', '/var/run/docker.sock', '/mnt/.cache', '/mnt/..data', '/mnt/a.', '/mnt/...', '/mnt/'])(
    'takes %s of the instance',
    (sourcePath) => {
      expect(mounted(Mount.host('/srv', sourcePath)).volumes).toMatchObject([{ Host: { SourcePath: sourcePath } }]);
    },
  );

  test('fails when the container shall see it at no absolute path', () => {
    expectFailure(
      () => Mount.host('srv', '/mnt'),
      "mount path must be an absolute path below '/', without ':' and empty parts, got 'srv'",
    );
  });
});
