import { aws_ecs as ecs, aws_secretsmanager as secretsmanager, Lazy, Stack } from 'aws-cdk-lib';
import { ContainerRepository, Mount } from '../../../lib';
import type { ConfigFileOptions, ContainerOptions } from '../../../lib';
import { PLATFORMS } from '../../../lib/rules/platforms';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE } from '../../support/fixture';
import { expectAcyclic } from '../../support/graph';
import { PLATFORM_CAPACITIES } from '../../support/platforms';
import type { Platform } from '../../support/platforms';
import { newWorker } from '../../support/pools';
import { bareService, lenientApp, taskOf } from '../../support/resources';

const PATH = '/etc/app/config.yaml';
const file = (path = PATH, content = 'debug: false\n', options?: ConfigFileOptions) =>
  Mount.configFile(path, content, options);

/** A worker with these mounts: its volumes, its container, and those that prepare it. */
function mounted(mounts: Mount[], more: Partial<ContainerOptions> = {}) {
  const fixture = new Fixture();
  newWorker(fixture, { container: { image: IMAGE, mounts, ...more } });
  const { Volumes, ContainerDefinitions } = taskOf(fixture.template());
  const [main, ...preparing] = ContainerDefinitions;
  return { volumes: Volumes, main, preparing, prepare: preparing[0] };
}

describe('Mount.configFile', () => {
  test('writes the file with a container that runs before, as root, and ends', () => {
    const { preparing, volumes } = mounted([file()]);
    expect(preparing).toEqual([
      {
        Name: 'app-prepare',
        Image: 'public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine',
        Essential: false,
        User: '0',
        ReadonlyRootFilesystem: true,
        EntryPoint: ['sh', '-c'],
        Command: [`printf '%s' "$FILE_1" > '${PATH}' && chmod '444' '${PATH}'`],
        Environment: [{ Name: 'FILE_1', Value: 'debug: false\n' }],
        MountPoints: [{ ContainerPath: '/etc/app', SourceVolume: volumes[0].Name, ReadOnly: false }],
        LogConfiguration: expect.anything(),
      },
    ]);
  });

  test('shows the directory of the file, which is not writable, to the container that waits', () => {
    const { main, volumes } = mounted([file()]);
    expect(volumes).toEqual([{ Name: expect.stringMatching(/^app-etc-app-[0-9a-f]{8}$/) }]);
    expect(main.MountPoints).toEqual([{ ContainerPath: '/etc/app', SourceVolume: volumes[0].Name, ReadOnly: true }]);
    expect(main.DependsOn).toEqual([{ ContainerName: 'app-prepare', Condition: 'SUCCESS' }]);
    expect(main).not.toHaveProperty('Environment');
    expect(main.Essential).toBe(true);
  });

  test('logs where the container does', () => {
    const { main, prepare } = mounted([file()]);
    expect(main.LogConfiguration.LogDriver).toBe('awslogs');
    expect(prepare.LogConfiguration).toEqual(main.LogConfiguration);
  });

  test('is named after its container', () => {
    const { main, prepare } = mounted([file()], { containerName: 'shop' });
    expect(prepare.Name).toBe('shop-prepare');
    expect(main.DependsOn).toEqual([{ ContainerName: 'shop-prepare', Condition: 'SUCCESS' }]);
  });

  test.each(['600', '0640'])('has the mode %s', (mode) => {
    const { prepare } = mounted([file(PATH, '', { mode })]);
    expect(prepare.Command[0]).toContain(` && chmod '${mode}' '${PATH}'`);
  });

  test('belongs to root, whoever the user is', () => {
    expect(mounted([file()], { user: '7:8' }).prepare.Command[0]).not.toContain('chown');
  });

  test('may hold tokens', () => {
    const { prepare } = mounted([file(PATH, `host: ${Lazy.string({ produce: () => 'db' })}`)]);
    expect(prepare.Environment).toEqual([{ Name: 'FILE_1', Value: 'host: db' }]);
  });

  test('shares volume and container with other files of its directory', () => {
    const { volumes, preparing, main } = mounted([file('/etc/app/a', '1'), file('/etc/app/b', '2')]);
    expect([volumes, preparing, main.MountPoints, main.DependsOn].map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    expect(preparing[0].MountPoints).toHaveLength(1);
    expect(preparing[0].Command).toEqual([
      `printf '%s' "$FILE_1" > '/etc/app/a' && chmod '444' '/etc/app/a' && printf '%s' "$FILE_2" > '/etc/app/b' && chmod '444' '/etc/app/b'`,
    ]);
    expect(preparing[0].Environment).toEqual([
      { Name: 'FILE_1', Value: '1' },
      { Name: 'FILE_2', Value: '2' },
    ]);
  });

  test('has a volume for each directory, and one container for all', () => {
    const { volumes, preparing, main } = mounted([file('/etc/app/a'), file('/etc/app/more/a')]);
    const names = volumes.map(({ Name }: any) => Name);
    expect(new Set(names).size).toBe(2);
    expect(preparing).toHaveLength(1);
    for (const [{ MountPoints }, ReadOnly] of [
      [main, true],
      [preparing[0], false],
    ]) {
      expect(MountPoints).toEqual([
        { ContainerPath: '/etc/app', SourceVolume: names[0], ReadOnly },
        { ContainerPath: '/etc/app/more', SourceVolume: names[1], ReadOnly },
      ]);
    }
  });

  test('takes the shell of another image, with a container of its own for each', () => {
    const image = ecs.ContainerImage.fromRegistry('busybox');
    const mounts = [file('/a/a'), file('/b/b', '', { image }), file('/c/c', '', { image })];
    const { preparing, main } = mounted(mounts);
    const found = preparing.map(({ Name, Image, MountPoints }: any) => [Name, Image, MountPoints.length]);
    expect(found).toEqual([
      ['app-prepare', 'public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine', 1],
      ['app-prepare2', 'busybox', 2],
    ]);
    expect(main.DependsOn.map(({ ContainerName }: any) => ContainerName)).toEqual(['app-prepare', 'app-prepare2']);
    expect(preparing[1].Environment.map(({ Name }: any) => Name)).toEqual(['FILE_1', 'FILE_2']);
  });

  test('takes an image of a repository in another stack, which the execution role may pull', () => {
    const fixture = new Fixture(lenientApp());
    const images = new ContainerRepository(new Stack(fixture.app, 'Images'), 'Shop');
    fixture.web({ container: { image: images.image('1.0'), mounts: [file()] } });
    const template = fixture.template();
    const [main, prepare] = taskOf(template).ContainerDefinitions;
    expect(JSON.stringify(main.Image)).toContain(':1.0');
    expect(prepare.Image).toEqual(main.Image);
    expectAcyclic(template);
  });

  test('takes an image of a private registry, with its credentials', () => {
    const fixture = new Fixture();
    const credentials = new secretsmanager.Secret(fixture.stack, 'Credentials');
    const image = ecs.ContainerImage.fromRegistry('registry.example.com/shop', { credentials });
    fixture.web({ container: { image, mounts: [file()] } });
    const [main, prepare] = taskOf(fixture.template()).ContainerDefinitions;
    expect(main.RepositoryCredentials.CredentialsParameter.Ref).toMatch(/^Credentials/);
    expect(prepare.RepositoryCredentials).toEqual(main.RepositoryCredentials);
    expect(prepare.Image).toBe('registry.example.com/shop');
  });

  test('works for a bare task, whose containers have one of their own each', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    const main = service.taskDefinition.defaultContainer!;
    const side = service.taskDefinition.addContainer('side', { image: ecs.ContainerImage.fromRegistry('busybox') });
    for (const container of [main, side]) file().bind(fixture.stack, { container, client: service });
    const { ContainerDefinitions, Volumes } = taskOf(fixture.template());
    const found = ContainerDefinitions.map(({ Name, Image, DependsOn }: any) => [Name, Image, DependsOn?.[0]]);
    const nginx = 'public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine';
    expect(found).toEqual([
      ['main', nginx, { ContainerName: 'main-prepare', Condition: 'SUCCESS' }],
      ['side', 'busybox', { ContainerName: 'side-prepare', Condition: 'SUCCESS' }],
      ['main-prepare', nginx, undefined],
      ['side-prepare', 'busybox', undefined],
    ]);
    expect(new Set(Volumes.map(({ Name }: any) => Name)).size).toBe(2);
  });

  test('of one value in several services has a container in each', () => {
    const fixture = new Fixture();
    const mounts = [file()];
    const services = ['One', 'Two'].map((id) => fixture.web({ container: { image: IMAGE, mounts } }, undefined, id));
    expect(services.map((service) => service.taskDefinition.findContainer('app-prepare'))).toEqual([
      expect.any(ecs.ContainerDefinition),
      expect.any(ecs.ContainerDefinition),
    ]);
  });
});

describe.each(Object.keys(PLATFORMS) as Platform[])('a file on %s', (platform) => {
  test('is written by a container that takes no memory from the other', () => {
    const fixture = new Fixture(lenientApp());
    const capacity = PLATFORM_CAPACITIES[platform].make(fixture);
    newWorker(fixture, { capacity, container: { image: IMAGE, mounts: [file()] } });
    const [main, prepare] = taskOf(fixture.template()).ContainerDefinitions;
    expect(prepare).toMatchObject({ Name: 'app-prepare', User: '0', ReadonlyRootFilesystem: true, Essential: false });
    // The task has a size, of which it takes nothing from the other.
    expect(prepare).not.toHaveProperty('MemoryReservation');
    expect(main.DependsOn).toEqual([{ ContainerName: 'app-prepare', Condition: 'SUCCESS' }]);
  });
});

describe('Mount.configFile and Mount.secretFile', () => {
  const own = 'the path of a configFile or secretFile must have a directory of its own, got';

  test.each<[string, string, string, string]>([
    ['has no directory', '/file', 'x', `${own} '/file': put it into one, such as '/etc/app/file'`],
    [
      'is not absolute',
      'etc/app',
      'x',
      "mount path must be an absolute path below '/', without ':' and empty parts, got 'etc/app'",
    ],
    ['goes up', '/etc/../app', 'x', "mount path must not contain '.' or '..', got '/etc/../app'"],
    [
      'has too long a text',
      PATH,
      'x'.repeat(61441),
      `content must be at most 61440 bytes, because its task definition has 65536 in all, got 61441 for '${PATH}': put it into the image, or onto a file system`,
    ],
    [
      'has too long a text for its bytes',
      PATH,
      '☃'.repeat(21846),
      `content must be at most 61440 bytes, because its task definition has 65536 in all, got 65538 for '${PATH}': put it into the image, or onto a file system`,
    ],
    [
      'is not text',
      PATH,
      'a\0b',
      `content must be text without NUL characters, got one for '${PATH}': put binary files into the image, or onto a file system`,
    ],
  ])('fail when the file %s', (_when, path, content, message) => {
    expectFailure(() => file(path, content), message);
  });

  test('fail when the path is a token', () => {
    const path = Lazy.string({ produce: () => PATH });
    expectFailure(
      () => file(path),
      'the path of a configFile or secretFile must be known when the app is synthesized, got a token: write it out',
    );
  });

  test('take what is just short enough', () => {
    expect(() => file(PATH, 'x'.repeat(61440))).not.toThrow();
  });

  test.each(['', '44', '4444', '1777', '00444', '888', 'rw-', '0o444', '444\n'])('fail when the mode is %j', (mode) => {
    const message = `mode must be 3 octal digits such as '444', got '${mode}'`;
    expectFailure(() => file(PATH, 'x', { mode }), message);
  });

  test('fail when something else is mounted at the directory', () => {
    expectFailure(
      () => mounted([file(), Mount.scratch('/etc/app/')]),
      "the directory of a configFile or secretFile must hold such files only, got another mount at '/etc/app': choose another directory for one of them",
    );
  });

  test('fail when one path is written twice', () => {
    expectFailure(() => mounted([file(), file()]), `mount paths of a container must be unique, got '${PATH}' twice`);
  });
});
