import { Duration, Token } from 'aws-cdk-lib';
import {
  checkContainerHealth,
  checkContainerMemory,
  checkContainerName,
  checkEnvironment,
  checkExec,
  checkMountPath,
  checkMountPaths,
  checkMountUser,
  checkPort,
  checkStopAndStart,
  checkUser,
  normalPath,
  numericUser,
} from '../../lib/rules/containers';

const NUMBER = Token.asNumber({ Ref: 'Number' });
const STRING = Token.asString({ Ref: 'String' });
const seconds = (value: number) => Duration.seconds(value);

describe('checkPort', () => {
  test.each([1, 80, 65535, NUMBER])('lets %p pass', (port) => {
    expect(() => checkPort('port', port)).not.toThrow();
  });

  test.each([0, 65536, -1, NaN])('fails when the port is %p', (port) => {
    expect(() => checkPort('port', port)).toThrow(new Error(`port must be between 1 and 65535, got ${port}`));
  });
});

describe('checkContainerName', () => {
  test.each(['a', 'App_1-x', 'x'.repeat(255), STRING])('lets %s pass', (name) => {
    expect(() => checkContainerName(name)).not.toThrow();
  });

  test.each(['', 'a b', 'a.b', 'ä', 'x'.repeat(256), 'a\n'])('fails when the name is %j', (name) => {
    expect(() => checkContainerName(name)).toThrow(
      new Error(`containerName must be 1 to 255 letters, digits, hyphens and underscores, got '${name}'`),
    );
  });
});

describe('checkStopAndStart', () => {
  test.each([
    [undefined, undefined],
    [seconds(2), seconds(120)],
    [seconds(120), seconds(2)],
    [seconds(NUMBER), seconds(NUMBER)],
  ])('lets the bounds pass', (stop, start) => {
    expect(() => checkStopAndStart(stop, start)).not.toThrow();
  });

  test.each([
    ['stopTimeout', seconds(1), undefined, 1],
    ['startTimeout', undefined, seconds(1), 1],
  ])('fails when %s is out of bounds', (name, stop, start, got) => {
    expect(() => checkStopAndStart(stop, start)).toThrow(
      new Error(`${name} must be at least 2 seconds, got ${got} seconds`),
    );
  });
});

describe('checkContainerHealth', () => {
  const command = ['CMD', 'check'];

  test.each([
    [undefined],
    [{ command }],
    [{ command, interval: seconds(5), timeout: seconds(2), startPeriod: seconds(0), retries: 1 }],
    [{ command, interval: seconds(300), timeout: seconds(60), startPeriod: seconds(300), retries: 10 }],
    [{ command, interval: seconds(NUMBER), timeout: seconds(NUMBER), startPeriod: seconds(NUMBER), retries: NUMBER }],
  ])('lets the bounds pass', (check) => {
    expect(() => checkContainerHealth(check)).not.toThrow();
  });

  test('fails when there is no command', () => {
    expect(() => checkContainerHealth({ command: [] })).toThrow(
      new Error(
        "container.healthCheck.command must name a command, for example ['CMD-SHELL', 'curl -f http://localhost/ || exit 1'], got an empty list",
      ),
    );
  });

  test.each([
    [{ interval: seconds(4) }, 'interval must be between 5 and 300 seconds, got 4 seconds'],
    [{ interval: seconds(301) }, 'interval must be between 5 and 300 seconds, got 301 seconds'],
    [{ timeout: seconds(1) }, 'timeout must be between 2 and 60 seconds, got 1 seconds'],
    [{ timeout: seconds(61) }, 'timeout must be between 2 and 60 seconds, got 61 seconds'],
    [{ startPeriod: seconds(301) }, 'startPeriod must be between 0 and 300 seconds, got 301 seconds'],
    [{ retries: 0 }, 'retries must be between 1 and 10, got 0'],
    [{ retries: 11 }, 'retries must be between 1 and 10, got 11'],
    [{ retries: 2.5 }, 'retries must be a whole number, got 2.5'],
  ])('fails when it is %j', (check, message) => {
    expect(() => checkContainerHealth({ command, ...check })).toThrow(new Error(`container.healthCheck.${message}`));
  });
});

describe('checkEnvironment', () => {
  test.each<[Record<string, string>, Record<string, unknown>]>([
    [{}, {}],
    [{ A: '1' }, { B: {} }],
    [Object.fromEntries([['toString', '1']]), {}],
    [Object.fromEntries([['constructor', '1']]), {}],
  ])('lets %j and %j pass', (environment, secrets) => {
    expect(() => checkEnvironment(environment, secrets)).not.toThrow();
  });

  test('fails when a key is in both', () => {
    expect(() => checkEnvironment({ A: '1', B: '2' }, { B: {}, C: {} })).toThrow(
      new Error("environment and secrets must not share a key, got 'B' in both: remove one of them"),
    );
  });
});

describe('mount paths', () => {
  test.each(['/a', '/a/', '/a/b.c/d-e', '/..a', STRING])('%s is one', (path) => {
    expect(() => checkMountPath(path)).not.toThrow();
  });

  test.each(['', '/', 'a', '/a//b', '/a:b', '//'])('fails when the path is %j', (path) => {
    expect(() => checkMountPath(path)).toThrow(
      new Error(`mount path must be an absolute path below '/', without ':' and empty parts, got '${path}'`),
    );
  });

  test.each(['/a/..', '/./a', '/..', '/a/./b'])('fails when the path goes elsewhere, as %s does', (path) => {
    expect(() => checkMountPath(path)).toThrow(new Error(`mount path must not contain '.' or '..', got '${path}'`));
  });

  test('lose a slash at the end', () => {
    expect([normalPath('/a/'), normalPath('/a'), normalPath(STRING)]).toEqual(['/a', '/a', STRING]);
  });

  test('are unique', () => {
    expect(() => checkMountPaths(['/a', '/b', STRING, STRING].map((path) => ({ path })))).not.toThrow();
  });

  test('fails when two are the same place', () => {
    expect(() => checkMountPaths(['/a', '/b', '/a/'].map((path) => ({ path })))).toThrow(
      new Error("mount paths of a container must be unique, got '/a' twice"),
    );
  });
});

describe('users', () => {
  test.each(['root', 'node', '0', '1000', '1000:1000', 'node:staff', '1000:staff', 'a.b_c-d', STRING, undefined])(
    '%s is one',
    (user) => {
      expect(() => checkUser(user)).not.toThrow();
    },
  );

  test.each(['', ':', '1000:', ':1000', 'a b', '1:2:3'])('fails when the user is %j', (user) => {
    expect(() => checkUser(user)).toThrow(
      new Error(`user must be 'user', 'uid', 'user:group' or 'uid:gid', got '${user}'`),
    );
  });

  test.each([
    ['1000', { uid: '1000', gid: undefined }],
    ['1000:7', { uid: '1000', gid: '7' }],
    ['node', undefined],
    ['1000:staff', undefined],
    [STRING, undefined],
    [undefined, undefined],
  ])('%s is read as numbers when it is some', (user, expected) => {
    expect(numericUser(user)).toEqual(expected);
  });

  const owner = { uid: '1000', gid: '1000' };
  test.each([
    ['1000', owner],
    ['1000:1000', owner],
    ['node', owner],
    ['7', undefined],
    [undefined, owner],
    [STRING, owner],
    ['7', { uid: STRING, gid: '1' }],
  ])('%s may own files of %j', (user, posixUser) => {
    expect(() => checkMountUser(user, '/srv', posixUser)).not.toThrow();
  });

  test.each([
    ['7', '7'],
    ['1000:7', '7'],
    ['7:1000', '1000'],
  ])('fails when %s is to own files of somebody else', (user, gid) => {
    const [uid] = user.split(':');
    expect(() => checkMountUser(user, '/srv', owner)).toThrow(
      new Error(
        `the container's user must be the POSIX user of its mounts, got user '${user}' and 1000:1000 for '/srv': ` +
          `set container.user to '1000:1000' or the mount's user to { uid: '${uid}', gid: '${gid}' }`,
      ),
    );
  });
});

describe('checkExec', () => {
  test.each([
    [false, false, []],
    [true, true, []],
    [true, false, ['/var/lib/amazon', '/var/log/amazon']],
    [true, false, ['/var/lib', '/var/log/amazon']],
    [true, false, ['/var']],
  ])('lets exec %p, writable root %p and mounts %j pass', (allowExec, writable, paths) => {
    expect(() => checkExec(allowExec, writable, paths)).not.toThrow();
  });

  test.each([[[]], [['/var/lib/amazon']], [['/var/lib/amazonia', '/var/log/amazon']], [['/tmp']]])(
    'fails when the agent may write only to %j',
    (paths) => {
      expect(() => checkExec(true, false, paths)).toThrow(
        /^allowExec must not be true with a read-only root file system/,
      );
    },
  );
});

describe('checkContainerMemory', () => {
  test.each([
    [undefined, 64],
    [65, 64],
    [6, 0],
    [NUMBER, 64],
  ])('lets %p MiB with %p MiB of scratch pass', (memory, scratch) => {
    expect(() => checkContainerMemory(memory, scratch)).not.toThrow();
  });

  test.each([
    [5, 0, 'container.memory in MiB must be at least 6, got 5'],
    [
      64,
      64,
      'container.memory must be greater than its scratch directories together, got 64 and 64 MiB: raise it, or make them smaller',
    ],
  ])('fails when it is %p MiB with %p MiB of scratch', (memory, scratch, message) => {
    expect(() => checkContainerMemory(memory, scratch)).toThrow(new Error(message));
  });
});
