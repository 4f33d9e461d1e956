import { Duration, aws_ecs as ecs, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Mount, SharedFileSystem } from '../../lib';
import type { ContainerOptions } from '../../lib';
import { expectWrong } from '../support/errors';
import type { WrongInput } from '../support/errors';
import { Fixture, IMAGE } from '../support/fixture';

const of = (options: Partial<ContainerOptions>) => () => ({ container: { image: IMAGE, ...options } });
const mounts = (make: () => Mount[]) => () => of({ mounts: make() })();
const check = (healthCheck: Partial<ecs.HealthCheck>) =>
  of({ healthCheck: { command: ['CMD', 'check'], ...healthCheck } });
const secretOf = ({ stack }: Fixture) => ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret'));

/** A container that mounts files of user 1000 and runs as somebody. */
const filesFor =
  (user: string | undefined): WrongInput[1] =>
  ({ stack, vpc }) => {
    const files = new SharedFileSystem(stack, 'Files', { vpc });
    return of({ user, mounts: [files.mount('/srv', { user: { uid: '1000', gid: '1000' } })] })();
  };

describe('a WebService with a wrong container', () => {
  const NAMES = '1 to 255 letters, digits, hyphens and underscores';
  const USERS = "'user', 'uid', 'user:group' or 'uid:gid'";
  const PATHS = "an absolute path below '/', without ':' and empty parts";

  test.each<WrongInput>([
    ['its name has a space', of({ containerName: 'my app' }), `containerName must be ${NAMES}, got 'my app'`],
    ['its name is empty', of({ containerName: '' }), `containerName must be ${NAMES}, got ''`],
    ['its name is too long', of({ containerName: 'x'.repeat(256) }), /^containerName must be .*, got 'x{256}'$/],
    [
      'stopTimeout is too short',
      of({ stopTimeout: Duration.seconds(1) }),
      'stopTimeout must be at least 2 seconds, got 1 seconds',
    ],
    [
      'stopTimeout is too long',
      of({ stopTimeout: Duration.minutes(5) }),
      'container.stopTimeout and startTimeout must be at most 120 seconds on Capacity.fargate(), got 300 seconds: shorten them, or use an InstancePool',
    ],
    [
      'stopTimeout is no whole second',
      of({ stopTimeout: Duration.millis(2500) }),
      'stopTimeout must be at least 2 seconds, got 2.5 seconds',
    ],
    [
      'startTimeout is too short',
      of({ startTimeout: Duration.seconds(0) }),
      'startTimeout must be at least 2 seconds, got 0 seconds',
    ],
    [
      'startTimeout is too long',
      of({ startTimeout: Duration.seconds(121) }),
      'container.stopTimeout and startTimeout must be at most 120 seconds on Capacity.fargate(), got 121 seconds: shorten them, or use an InstancePool',
    ],
    ['its user has a space', of({ user: 'the user' }), `user must be ${USERS}, got 'the user'`],
    ['its user is empty', of({ user: '' }), `user must be ${USERS}, got ''`],
    ['its group is empty', of({ user: '1000:' }), `user must be ${USERS}, got '1000:'`],
    [
      'its health check has no command',
      check({ command: [] }),
      /^container\.healthCheck\.command must name a command, .*, got an empty list$/,
    ],
    [
      'its check comes too often',
      check({ interval: Duration.seconds(4) }),
      'container.healthCheck.interval must be between 5 and 300 seconds, got 4 seconds',
    ],
    [
      'its check comes too seldom',
      check({ interval: Duration.minutes(6) }),
      'container.healthCheck.interval must be between 5 and 300 seconds, got 360 seconds',
    ],
    [
      'its check waits too short',
      check({ timeout: Duration.seconds(1) }),
      'container.healthCheck.timeout must be between 2 and 60 seconds, got 1 seconds',
    ],
    [
      'its check waits too long',
      check({ timeout: Duration.seconds(90) }),
      'container.healthCheck.timeout must be between 2 and 60 seconds, got 90 seconds',
    ],
    [
      'its check begins again before it ends',
      check({ interval: Duration.seconds(10), timeout: Duration.seconds(11) }),
      'container.healthCheck.timeout must not be longer than container.healthCheck.interval, got 11 and 10 seconds',
    ],
    [
      'its check is never tried',
      check({ retries: 0 }),
      'container.healthCheck.retries must be between 1 and 10, got 0',
    ],
    [
      'its check is tried too often',
      check({ retries: 123 }),
      'container.healthCheck.retries must be between 1 and 10, got 123',
    ],
    [
      'its check starts too late',
      check({ startPeriod: Duration.minutes(30) }),
      'container.healthCheck.startPeriod must be between 0 and 300 seconds, got 1800 seconds',
    ],
    [
      'a mount is at a relative path',
      mounts(() => [Mount.scratch('cache')]),
      `mount path must be ${PATHS}, got 'cache'`,
    ],
    ['a mount is at the root', mounts(() => [Mount.scratch('/')]), `mount path must be ${PATHS}, got '/'`],
    [
      'a mount path has an empty part',
      mounts(() => [Mount.scratch('/a//b')]),
      `mount path must be ${PATHS}, got '/a//b'`,
    ],
    ['a mount path has a colon', mounts(() => [Mount.scratch('/a:ro')]), `mount path must be ${PATHS}, got '/a:ro'`],
    [
      'a mount path goes up',
      mounts(() => [Mount.scratch('/a/../b')]),
      "mount path must not contain '.' or '..', got '/a/../b'",
    ],
    [
      'two mounts are at one path',
      mounts(() => [Mount.scratch('/cache'), Mount.scratch('/cache/')]),
      "mount paths of a container must be unique, got '/cache' twice",
    ],
    [
      'its user does not own its files',
      filesFor('101:101'),
      "the container's user must be the POSIX user of its mounts, got user '101:101' and 1000:1000 for '/srv': " +
        "set container.user to '1000:1000' or the mount's user to { uid: '101', gid: '101' }",
    ],
    [
      'its group does not own its files',
      filesFor('1000:7'),
      "the container's user must be the POSIX user of its mounts, got user '1000:7' and 1000:1000 for '/srv': " +
        "set container.user to '1000:1000' or the mount's user to { uid: '1000', gid: '7' }",
    ],
    [
      'its environment and secrets share a key',
      (fixture) => of({ environment: { DB: 'x' }, secrets: { DB: secretOf(fixture) } })(),
      "environment and secrets must not share a key, got 'DB' in both: remove one of them",
    ],
    [
      'a secret of the service has a key of its environment',
      (fixture) => ({ ...of({ environment: { DB: 'x' } })(), secrets: { DB: secretOf(fixture) } }),
      "environment and secrets must not share a key, got 'DB' in both: remove one of them",
    ],
    [
      'shells are to be opened on a read-only root',
      () => ({ allowExec: true }),
      'allowExec must not be true with a read-only root file system, because the ECS Exec agent writes to /var/lib/amazon and /var/log/amazon: ' +
        "set container.writableRootFilesystem to true, or add Mount.scratch('/var/lib/amazon') and Mount.scratch('/var/log/amazon')",
    ],
    [
      'shells have only one of their directories',
      () => ({ allowExec: true, ...of({ mounts: [Mount.scratch('/var/lib/amazon')] })() }),
      /^allowExec must not be true with a read-only root file system/,
    ],
  ])('fails when %s', (_what, props, message) => {
    expectWrong(props, message);
  });

  test('is fine with shells when both of their directories are writable', () => {
    const both = [Mount.scratch('/var/lib/amazon'), Mount.scratch('/var/log/amazon')];
    for (const writable of [both, [Mount.scratch('/var')]]) {
      expect(() => new Fixture().web({ allowExec: true, ...of({ mounts: writable })() })).not.toThrow();
    }
  });

  test.each(['1000', '1000:1000', 'node', undefined])('is fine with files of user 1000 when it runs as %s', (user) => {
    const fixture = new Fixture();
    expect(() => fixture.web(filesFor(user)(fixture))).not.toThrow();
  });
});
