import { Lazy } from 'aws-cdk-lib';
import { ContainersError } from '../../lib/rules/errors';
import { checkDirectory, checkEfs, checkPosixUser } from '../../lib/rules/file-systems';
import type { EfsSettings } from '../../lib/rules/file-systems';
import { expectFailure } from '../support/errors';

const token = () => Lazy.string({ produce: () => 'later' });

describe('checkDirectory', () => {
  test.each(['/a', '/uploads', '/a/b/c/d', '/a b/c', '/a.b', '/a..b/c.', '/a-b_c~d', '/ü', `/${'x'.repeat(99)}`])(
    'takes %j',
    (directory) => {
      expect(() => checkDirectory(directory)).not.toThrow();
    },
  );

  test('takes a token', () => {
    expect(() => checkDirectory(token())).not.toThrow();
  });

  test('fails when it is the root, which reaches every other directory', () => {
    expect(() => checkDirectory('/')).toThrow(
      new ContainersError(
        "directory must be below '/', because the root of a file system reaches every directory in it, got '/'",
      ),
    );
  });

  // The pattern of EFS is ^(\/|(\/(?!\.)+[^$#<>;`|&?{}^*/\n]+){1,4})$, with 100 characters at most.
  test.each([
    '',
    'a',
    'a/b',
    '//',
    '//a',
    '/a//b',
    '/a/',
    '/a/b/c/d/e',
    '/.',
    '/..',
    '/a/..',
    '/a/../b',
    '/.cache',
    '/a/.cache',
    '/..data',
    ...[...'$#<>;`|&?{}^*\n'].map((character) => `/a${character}`),
    `/${'x'.repeat(100)}`,
  ])('fails when it is %j', (directory) => {
    expect(() => checkDirectory(directory)).toThrow(
      new ContainersError(
        `directory must be an absolute path of one to four parts, at most 100 characters, such as '/uploads', got '${directory}'`,
      ),
    );
  });
});

describe('checkPosixUser', () => {
  test.each(['0', '1', '1000', '4294967295'])('takes %j', (id) => {
    expect(() => checkPosixUser({ uid: id, gid: id })).not.toThrow();
  });

  test('takes nothing, and tokens', () => {
    expect(() => checkPosixUser(undefined)).not.toThrow();
    expect(() => checkPosixUser({ uid: token(), gid: token() })).not.toThrow();
  });

  test.each(['', 'root', '-1', '+1', '1.0', '1e3', '0x1', ' 1', '1 ', '4294967296', '9999999999', '10000000000'])(
    'fails when uid or gid is %j',
    (id) => {
      const allowed = "a number such as '1000', at most 4294967295";
      expect(() => checkPosixUser({ uid: id, gid: '1' })).toThrow(
        new ContainersError(`uid must be ${allowed}, got '${id}'`),
      );
      expect(() => checkPosixUser({ uid: '1', gid: id })).toThrow(
        new ContainersError(`gid must be ${allowed}, got '${id}'`),
      );
    },
  );
});

describe('checkEfs', () => {
  const settings = (more: Partial<EfsSettings> = {}): EfsSettings => ({
    throughputMode: 'elastic',
    lifecyclePolicy: 'AFTER_30_DAYS',
    ...more,
  });
  const number = () => Lazy.number({ produce: () => 1 });

  test.each<[string, Partial<EfsSettings>]>([
    ['elastic', {}],
    ['bursting', { throughputMode: 'bursting' }],
    ['provisioned, little', { throughputMode: 'provisioned', provisionedMebibytes: 1 }],
    ['provisioned, much', { throughputMode: 'provisioned', provisionedMebibytes: 1024 }],
    ['provisioned, a token', { throughputMode: 'provisioned', provisionedMebibytes: number() }],
    ['an archive later', { transitionToArchivePolicy: 'AFTER_60_DAYS' }],
    ['an archive a year later', { lifecyclePolicy: 'AFTER_270_DAYS', transitionToArchivePolicy: 'AFTER_365_DAYS' }],
    ['an archive a week later', { lifecyclePolicy: 'AFTER_1_DAY', transitionToArchivePolicy: 'AFTER_7_DAYS' }],
  ])('takes %s', (_name, more) => {
    expect(() => checkEfs(settings(more))).not.toThrow();
  });

  test.each([0, -1, 0.5, NaN])('fails when it is provisioned with %d MiB', (provisionedMebibytes) => {
    expectFailure(
      () => checkEfs(settings({ throughputMode: 'provisioned', provisionedMebibytes })),
      `provisionedThroughputPerSecond in MiB must be at least 1, got ${provisionedMebibytes}`,
    );
  });

  test('fails when it is provisioned with a fraction', () => {
    expectFailure(
      () => checkEfs(settings({ throughputMode: 'provisioned', provisionedMebibytes: 1.5 })),
      'provisionedThroughputPerSecond in MiB must be a whole number, got 1.5',
    );
  });

  test.each<[string, number | undefined, string]>([
    ['provisioned', undefined, 'none'],
    ['elastic', 64, '64'],
    ['bursting', 64, '64'],
  ])('fails when it is %s and %p is provisioned', (throughputMode, provisionedMebibytes, got) => {
    expectFailure(
      () => checkEfs(settings({ throughputMode, provisionedMebibytes })),
      `provisionedThroughputPerSecond must be given with ThroughputMode.PROVISIONED and with no other, got ${got} with '${throughputMode}': give both, or leave provisionedThroughputPerSecond out`,
    );
  });

  test.each<[string, number | undefined]>([
    ['bursting', undefined],
    ['provisioned', 64],
  ])('fails when it is %s and has an archive', (throughputMode, provisionedMebibytes) => {
    const transitionToArchivePolicy = 'AFTER_90_DAYS';
    expectFailure(
      () => checkEfs(settings({ throughputMode, provisionedMebibytes, transitionToArchivePolicy })),
      `transitionToArchivePolicy must be left out without ThroughputMode.ELASTIC, got throughputMode '${throughputMode}': EFS has an archive with elastic throughput only`,
    );
  });

  test.each([
    ['AFTER_30_DAYS', 'AFTER_30_DAYS'],
    ['AFTER_30_DAYS', 'AFTER_7_DAYS'],
    ['AFTER_90_DAYS', 'AFTER_60_DAYS'],
    ['AFTER_365_DAYS', 'AFTER_1_DAY'],
  ])('fails when files are archived not later than they move: %s, %s', (lifecyclePolicy, archive) => {
    expectFailure(
      () => checkEfs(settings({ lifecyclePolicy, transitionToArchivePolicy: archive })),
      `transitionToArchivePolicy must be later than lifecyclePolicy, got ${archive} and ${lifecyclePolicy}: files rest in infrequent access before they are archived`,
    );
  });
});
