import { aws_ecs as ecs, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Mount } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE } from '../../support/fixture';
import { newWorker } from '../../support/pools';
import { taskOf } from '../../support/resources';

const file = (path: string) => Mount.configFile(path, 'x');

/** The containers of a worker with these mounts. */
function containers(mounts: Mount[], containerName?: string): any[] {
  const fixture = new Fixture();
  newWorker(fixture, { container: { image: IMAGE, containerName, mounts } });
  return taskOf(fixture.template()).ContainerDefinitions;
}

describe('the container that prepares another one', () => {
  test('has the same logs, secrets of the driver included', () => {
    const fixture = new Fixture();
    const token = new secretsmanager.Secret(fixture.stack, 'Token');
    const taskDefinition = new ecs.FargateTaskDefinition(fixture.stack, 'Task');
    const logging = ecs.LogDrivers.splunk({ secretToken: ecs.Secret.fromSecretsManager(token), url: 'https://splunk' });
    const container = taskDefinition.addContainer('main', { image: IMAGE, logging });
    file('/etc/app/a').bind(fixture.stack, { container, client: fixture.web() });
    const [main, prepare] = Object.values(fixture.template().findResources('AWS::ECS::TaskDefinition'))
      .map(({ Properties }) => Properties.ContainerDefinitions)
      .find(([{ Name }]) => Name === 'main');
    expect(main.LogConfiguration.SecretOptions).toMatchObject([{ Name: 'splunk-token' }]);
    expect(prepare.LogConfiguration).toEqual(main.LogConfiguration);
  });

  test('is one when the image that is named is that of the container', () => {
    expect(containers([file('/etc/app/a'), Mount.configFile('/etc/x/b', 'x', { image: IMAGE })])).toHaveLength(2);
  });

  test.each([240, 241, 255])('has a name that ECS takes when the other has one of %d characters', (length) => {
    const [main, prepare] = containers([file('/etc/app/a')], 'x'.repeat(length));
    expect(prepare.Name).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
    expect(main.DependsOn).toEqual([{ Condition: 'SUCCESS', ContainerName: prepare.Name }]);
  });
});

describe('directories of files', () => {
  test('may lie in one another', () => {
    expect(() => containers([file('/etc/app/a'), file('/etc/app/more/b')])).not.toThrow();
  });

  test('fails when a file is a directory of another one', () => {
    expectFailure(
      () => containers([file('/etc/app/x'), file('/etc/app/x/y')]),
      "a configFile or secretFile must not be a directory of another one, got '/etc/app/x/y': choose another name",
    );
  });

  test.each([
    ['there', '/etc/app'],
    ['below', '/etc/app/cache'],
  ])('fails when another mount is %s', (_where, path) => {
    expectFailure(
      () => containers([file('/etc/app/x'), Mount.scratch(path)]),
      `the directory of a configFile or secretFile must hold such files only, got another mount at '${path}': choose another directory for one of them`,
    );
  });

  test('fails when a file is in the scratch directory that every container has', () => {
    expectFailure(
      () => containers([file('/tmp/x')]),
      "the directory of a configFile or secretFile must hold such files only, got another mount at '/tmp' (every container with a read-only root file system has one): choose another directory for one of them",
    );
  });
});

describe('paths and contents of files', () => {
  test.each(['/etc/passwd', '/usr/bin/tool', '/bin/tool', '/lib/x', '/sys/a/b'])(
    'fails when the path is %s',
    (path) => {
      const directory = path.slice(0, path.lastIndexOf('/'));
      expectFailure(
        () => file(path),
        `the path of a configFile or secretFile must not be in '${directory}', which holds files of the image that would be hidden, got '${path}': put it into a directory of its own, such as '/etc/app${path.slice(directory.length)}'`,
      );
    },
  );

  test.each(['/proc', '/proc/x', '/proc/sys/net/x'])('fails when the mount is %s, which is the kernel’s', (path) => {
    const message = `mount path must not be in '/proc', which is the kernel's, got '${path}': choose another one`;
    expectFailure(() => file(path), message);
    expectFailure(() => Mount.scratch(path), message);
  });

  test('fails when the path is a directory', () => {
    expectFailure(
      () => file('/opt/app/config/'),
      "the path of a configFile or secretFile must not end with '/', got '/opt/app/config/': name the file",
    );
  });

  test('fails when the secret is its value, before it is written anywhere', () => {
    const secret = 'hunter2' as unknown as ecs.Secret;
    expectFailure(
      () => Mount.secretFile('/run/keys/a', secret),
      "secret must be an ecs.Secret, got string for '/run/keys/a': use ecs.Secret.fromSecretsManager(…) or fromSsmParameter(…)",
    );
  });

  test('fails when the content is no text', () => {
    expectFailure(
      () => Mount.configFile('/opt/app/a', { a: 1 } as unknown as string),
      "content must be text, got object for '/opt/app/a': for JSON, JSON.stringify(…)",
    );
  });

  test('a directory on disk at /tmp is for everybody, as the one in memory', () => {
    const [, prepare] = containers([Mount.scratch('/tmp', { onDisk: true })]);
    expect(prepare.Command).toEqual(["chmod '1777' '/tmp'"]);
  });
});
