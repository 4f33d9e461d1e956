import { Lazy } from 'aws-cdk-lib';
import { ContainersError } from '../../lib/rules/errors';
import { checkDirectory, checkPosixUser } from '../../lib/rules/file-systems';

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
