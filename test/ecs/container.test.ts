import {
  Duration,
  Size,
  aws_ecs as ecs,
  aws_kms as kms,
  aws_logs as logs,
  aws_secretsmanager as secretsmanager,
} from 'aws-cdk-lib';
import { ContainerLogs, Mount } from '../../lib';
import type { ContainerOptions, WebServiceProps } from '../../lib';
import { Fixture, IMAGE, only } from '../support/fixture';
import { containerOf, idOf, once, resourceOf } from '../support/resources';

/** The container of a web service, of which a test says only what it is about. */
function container(options: Partial<ContainerOptions>, props: Partial<WebServiceProps> = {}): any {
  const fixture = new Fixture();
  fixture.web({ container: { image: IMAGE, ...options }, ...props });
  return containerOf(fixture.template());
}

/** The container of a web service that says nothing but its image. */
const plain = once(() => container({}));

describe('the container of a WebService', () => {
  test('has a read-only root file system', () => {
    expect(plain().ReadonlyRootFilesystem).toBe(true);
  });

  test('has a scratch directory at /tmp that every user may write to', () => {
    expect(plain().LinuxParameters.Tmpfs).toEqual([{ ContainerPath: '/tmp', Size: 64, MountOptions: ['mode=1777'] }]);
  });

  test('has no scratch directory when its root file system is writable', () => {
    const { ReadonlyRootFilesystem, LinuxParameters } = container({ writableRootFilesystem: true });
    expect(ReadonlyRootFilesystem).toBe(false);
    expect(LinuxParameters).not.toHaveProperty('Tmpfs');
  });

  test('keeps a mount of its own at /tmp', () => {
    const mounts = [Mount.scratch('/tmp/', { size: Size.mebibytes(8), mode: '700' })];
    expect(container({ mounts }).LinuxParameters.Tmpfs).toEqual([
      { ContainerPath: '/tmp', Size: 8, MountOptions: ['mode=700'] },
    ]);
  });

  test('answers on its port', () => {
    expect(container({}, { port: 3000 }).PortMappings).toEqual([{ ContainerPort: 3000, Protocol: 'tcp' }]);
  });

  test('is essential, and called app unless it has a name', () => {
    expect(plain()).toMatchObject({ Name: 'app', Essential: true });
    expect(container({ containerName: 'shop_1' })).toMatchObject({ Name: 'shop_1', Essential: true });
  });

  test('runs what it is told as the user that it is told', () => {
    const started = container({ entryPoint: ['node'], command: ['serve'], user: '1000:1000' });
    expect(started).toMatchObject({ EntryPoint: ['node'], Command: ['serve'], User: '1000:1000' });
    expect(plain()).not.toHaveProperty('User');
  });

  test('lets the service override the command', () => {
    expect(container({ command: ['serve'] }, { command: ['work'] }).Command).toEqual(['work']);
  });

  test('merges its environment with that of the service, which wins', () => {
    const { Environment } = container({ environment: { LOG: 'info', KEEP: '1' } }, { environment: { LOG: 'debug' } });
    expect(Environment).toEqual([
      { Name: 'LOG', Value: 'debug' },
      { Name: 'KEEP', Value: '1' },
    ]);
  });

  test('takes an environment variable that is called like a method of every object', () => {
    expect(container({ environment: Object.fromEntries([['toString', 'x']]) }).Environment).toEqual([
      { Name: 'toString', Value: 'x' },
    ]);
  });

  test('merges its secrets with those of the service, which win', () => {
    const fixture = new Fixture();
    const secret = new secretsmanager.Secret(fixture.stack, 'Secret');
    const field = (name: string) => ecs.Secret.fromSecretsManager(secret, name);
    fixture.web({
      container: { image: IMAGE, secrets: { DB: field('old'), KEEP: field('kept') } },
      secrets: { DB: field('new') },
    });
    const from = (name: string) => ({ 'Fn::Join': ['', [{ Ref: idOf(secret) }, `:${name}::`]] });
    expect(containerOf(fixture.template()).Secrets).toEqual([
      { Name: 'DB', ValueFrom: from('new') },
      { Name: 'KEEP', ValueFrom: from('kept') },
    ]);
  });

  test('has its own health check, timeouts and share of the task', () => {
    const given = container({
      healthCheck: { command: ['CMD', 'check'], interval: Duration.seconds(20), retries: 5 },
      stopTimeout: Duration.seconds(90),
      startTimeout: Duration.seconds(45),
      cpuUnits: 128,
      memory: Size.mebibytes(400),
    });
    expect(given).toMatchObject({
      HealthCheck: { Command: ['CMD', 'check'], Interval: 20, Retries: 5, Timeout: 5 },
      StopTimeout: 90,
      StartTimeout: 45,
      Cpu: 128,
      Memory: 400,
    });
  });
});

describe('the logs of a WebService', () => {
  function logGroupOf(logsOf?: (fixture: Fixture) => ContainerLogs) {
    const fixture = new Fixture();
    const web = fixture.web({ container: { image: IMAGE, logs: logsOf?.(fixture) } });
    const template = fixture.template();
    return { web, fixture, template, resource: web.logGroup && resourceOf(template, web.logGroup) };
  }

  test('go to a log group that is kept for a year and stays when the stack goes', () => {
    const { web, template, resource } = logGroupOf();
    expect(resource).toMatchObject({ Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain' });
    expect(containerOf(template).LogConfiguration).toMatchObject({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': { Ref: idOf(web.logGroup!) }, 'awslogs-stream-prefix': 'app' },
    });
  });

  test('are kept as long as told and encrypted with the key that is given', () => {
    const { resource, template } = logGroupOf(({ stack }) =>
      ContainerLogs.cloudWatch({ retention: logs.RetentionDays.ONE_WEEK, encryptionKey: new kms.Key(stack, 'Key') }),
    );
    expect(resource.Properties).toEqual({
      RetentionInDays: 7,
      KmsKeyId: { 'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'] },
    });
  });

  test('go to a log group of the user', () => {
    const { web, fixture, template } = logGroupOf(({ stack }) =>
      ContainerLogs.cloudWatch({ logGroup: new logs.LogGroup(stack, 'Theirs') }),
    );
    expect(web.logGroup).toBe(fixture.stack.node.findChild('Theirs'));
    expect(containerOf(template).LogConfiguration.Options['awslogs-group']).toEqual({ Ref: idOf(web.logGroup!) });
    expect(web.node.tryFindChild('LogGroup')).toBeUndefined();
  });
});
