import { aws_ecs as ecs, CfnParameter, Lazy, Size, Stack } from 'aws-cdk-lib';
import { Mount } from '../../../lib';
import type { ScratchOptions } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE, newApp, only } from '../../support/fixture';
import { newWorker } from '../../support/pools';
import { taskOf } from '../../support/resources';

const PATH = '/var/cache/nginx';

/** The tmpfs mounts of a service's container. */
function tmpfs(mount: Mount) {
  const fixture = new Fixture();
  fixture.web({ container: { image: IMAGE, mounts: [mount] } });
  const task = only(fixture.template(), 'AWS::ECS::TaskDefinition').Properties;
  return { task, found: task.ContainerDefinitions[0].LinuxParameters.Tmpfs as Record<string, unknown>[] };
}

function bareContainer(linuxParameters: boolean) {
  const stack = new Stack(newApp(), 'Bare');
  const task = new ecs.FargateTaskDefinition(stack, 'Task');
  const container = task.addContainer('app', {
    image: IMAGE,
    linuxParameters: linuxParameters ? new ecs.LinuxParameters(stack, 'Linux') : undefined,
  });
  return { stack, target: { container, client: new Fixture().web().service } };
}

describe('Mount.scratch', () => {
  test('is 64 MiB in memory that every user may write and nobody may clear', () => {
    expect(tmpfs(Mount.scratch(PATH)).found[0]).toEqual({
      ContainerPath: PATH,
      Size: 64,
      MountOptions: ['mode=1777'],
    });
  });

  test('makes no volume and no mount point', () => {
    const { task } = tmpfs(Mount.scratch(PATH));
    expect(task.Volumes).toBeUndefined();
    expect(task.ContainerDefinitions[0].MountPoints).toBeUndefined();
  });

  test('has the size and the mode that are given', () => {
    expect(tmpfs(Mount.scratch(PATH, { size: Size.gibibytes(1), mode: '750' })).found[0]).toEqual({
      ContainerPath: PATH,
      Size: 1024,
      MountOptions: ['mode=750'],
    });
  });

  test('replaces the one at /tmp that every container with a read-only root has', () => {
    expect(tmpfs(Mount.scratch('/tmp', { size: Size.mebibytes(8) })).found).toEqual([
      { ContainerPath: '/tmp', Size: 8, MountOptions: ['mode=1777'] },
    ]);
  });

  test('counts in the memory of the task', () => {
    expect(tmpfs(Mount.scratch(PATH)).task.Memory).toBe('512');
    expect(tmpfs(Mount.scratch(PATH, { size: Size.mebibytes(512) })).task.Memory).toBe('1024');
  });

  test('fails when a container has less memory than its scratch directories', () => {
    const container = { image: IMAGE, memory: Size.mebibytes(128), mounts: [Mount.scratch(PATH)] };
    expect(() => new Fixture().web({ container })).toThrow(
      'container.memory must be greater than its scratch directories together, got 128 and 128 MiB: raise it, or make them smaller',
    );
  });

  test('mounts into a bare container that has Linux parameters', () => {
    const { stack, target } = bareContainer(true);
    Mount.scratch(PATH).bind(stack, target);
    expect(stack.resolve(target.container.linuxParameters!.renderLinuxParameters()).tmpfs).toEqual([
      { containerPath: PATH, size: 64, mountOptions: ['mode=1777'] },
    ]);
  });

  test('fails when a bare container has no Linux parameters', () => {
    const { stack, target } = bareContainer(false);
    expect(() => Mount.scratch(PATH).bind(stack, target)).toThrow(
      `a container with a scratch mount must have linuxParameters, got none for '${PATH}': pass new ecs.LinuxParameters(…) to addContainer`,
    );
  });

  test('takes a size and a mode that are tokens', () => {
    const fixture = new Fixture();
    const size = Size.mebibytes(new CfnParameter(fixture.stack, 'Size', { type: 'Number' }).valueAsNumber);
    const mode = Lazy.string({ produce: () => '755' });
    fixture.web({ container: { image: IMAGE, mounts: [Mount.scratch(PATH, { size, mode })] } });
    const [container] = only(fixture.template(), 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
    expect(container.LinuxParameters.Tmpfs[0]).toEqual({
      ContainerPath: PATH,
      Size: { Ref: 'Size' },
      MountOptions: ['mode=755'],
    });
  });

  test.each<[string, ScratchOptions, string]>([
    ['0 MiB', { size: Size.mebibytes(0) }, 'the size of a scratch mount in MiB must be between 1 and 122880, got 0'],
    [
      '0.5 MiB',
      { size: Size.kibibytes(512) },
      'the size of a scratch mount in MiB must be between 1 and 122880, got 0.5',
    ],
    ['1.5 MiB', { size: Size.kibibytes(1536) }, 'the size of a scratch mount in MiB must be a whole number, got 1.5'],
    [
      'more than the largest task',
      { size: Size.gibibytes(121) },
      'the size of a scratch mount in MiB must be between 1 and 122880, got 123904',
    ],
  ])('fails when the size is %s', (_name, options, message) => {
    expect(() => Mount.scratch(PATH, options)).toThrow(message);
  });

  test.each(['', '77', '17777', '888', 'rwx', 'mode=755', '0o755'])('fails when the mode is %j', (mode) => {
    expect(() => Mount.scratch(PATH, { mode })).toThrow(
      `the mode of a scratch mount must be 3 or 4 octal digits such as '1777', got '${mode}'`,
    );
  });
});

describe('Mount.scratch on disk', () => {
  /** A worker with a scratch directory on disk. */
  function onDisk(options: ScratchOptions = {}, user?: string, path = PATH) {
    const fixture = new Fixture();
    const mounts = [Mount.scratch(path, { onDisk: true, ...options })];
    newWorker(fixture, { container: { image: IMAGE, user, mounts } });
    const task = taskOf(fixture.template());
    const [main, prepare, ...others] = task.ContainerDefinitions;
    expect(others).toEqual([]);
    return { task, main, prepare };
  }

  test('is a volume of the task that the container sees, writable', () => {
    const { task, main } = onDisk();
    expect(task.Volumes).toEqual([{ Name: expect.stringMatching(/^app-var-cache-nginx-[0-9a-f]{8}$/) }]);
    expect(main.MountPoints).toEqual([{ ContainerPath: PATH, SourceVolume: task.Volumes[0].Name, ReadOnly: false }]);
    expect(main.LinuxParameters.Tmpfs.map(({ ContainerPath }: any) => ContainerPath)).toEqual(['/tmp']);
  });

  test('takes no memory of the task', () => {
    const fixture = new Fixture();
    const mounts = [...'abcdefgh'].map((name) => Mount.scratch(`/${name}`, { onDisk: true }));
    newWorker(fixture, { container: { image: IMAGE, memory: Size.mebibytes(128), mounts } });
    expect(taskOf(fixture.template()).Memory).toBe('512');
  });

  test('replaces the one at /tmp that every container with a read-only root has', () => {
    const { main } = onDisk({}, undefined, '/tmp');
    expect(main.LinuxParameters).not.toHaveProperty('Tmpfs');
    expect(main.MountPoints).toMatchObject([{ ContainerPath: '/tmp' }]);
  });

  test.each([
    ['7', '7:7'],
    ['7:8', '7:8'],
    ['7:0', '7:0'],
  ])('belongs to the numeric user %s, by a container that runs before', (user, owner) => {
    const { task, main, prepare } = onDisk({}, user);
    expect(prepare).toMatchObject({
      Name: 'app-prepare',
      Essential: false,
      User: '0',
      EntryPoint: ['sh', '-c'],
      Command: [`chown '${owner}' '${PATH}'`],
      MountPoints: [{ ContainerPath: PATH, SourceVolume: task.Volumes[0].Name, ReadOnly: false }],
    });
    expect(main.DependsOn).toEqual([{ ContainerName: 'app-prepare', Condition: 'SUCCESS' }]);
  });

  test.each(['0', '0:0', 'root', 'node', '7:node', undefined])('needs nobody to make it ready for %s', (user) => {
    const { main, prepare } = onDisk({}, user);
    expect(prepare).toBeUndefined();
    expect(main).not.toHaveProperty('DependsOn');
  });

  test.each<[string | undefined, string]>([
    [undefined, `chmod '1777' '${PATH}'`],
    ['0', `chmod '1777' '${PATH}'`],
    ['7', `chown '7:7' '${PATH}' && chmod '1777' '${PATH}'`],
  ])('has the mode that is given, with the user %s', (user, command) => {
    expect(onDisk({ mode: '1777' }, user).prepare.Command).toEqual([command]);
  });

  test('is made ready with the shell of another image', () => {
    const image = ecs.ContainerImage.fromRegistry('busybox');
    expect(onDisk({ image }, '7').prepare.Image).toBe('busybox');
    expect(onDisk({ image }).prepare).toBeUndefined();
  });

  test('shares the container that makes it ready with files', () => {
    const fixture = new Fixture();
    const mounts = [Mount.scratch(PATH, { onDisk: true }), Mount.configFile('/etc/app/a', 'x')];
    newWorker(fixture, { container: { image: IMAGE, user: '7', mounts } });
    const { ContainerDefinitions } = taskOf(fixture.template());
    expect(ContainerDefinitions).toHaveLength(2);
    expect(ContainerDefinitions[1].Command).toEqual([
      `chown '7:7' '${PATH}' && printf '%s' "$FILE_1" > '/etc/app/a' && chmod '444' '/etc/app/a'`,
    ]);
  });

  test('fails when it has a size, which only the whole disk has', () => {
    expectFailure(
      () => Mount.scratch(PATH, { onDisk: true, size: Size.gibibytes(1) }),
      'size must be left out when onDisk is true, got Size.gibibytes(1): the disk of a task has one size for all, which is ephemeralStorage on Fargate',
    );
  });

  test('fails when the mode is no mode', () => {
    expectFailure(
      () => Mount.scratch(PATH, { onDisk: true, mode: 'rwx' }),
      "the mode of a scratch mount must be 3 or 4 octal digits such as '1777', got 'rwx'",
    );
  });

  test('fails when one in memory has an image', () => {
    expectFailure(
      () => Mount.scratch(PATH, { image: IMAGE }),
      'image must be left out unless onDisk is true: memory needs nobody to make it ready',
    );
  });
});
