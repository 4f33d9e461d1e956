import { Lazy } from 'aws-cdk-lib';
import {
  checkAlias,
  checkEntries,
  checkFilters,
  checkLength,
  checkPrefixes,
  checkPublicName,
  checkTagOrDigest,
} from '../../lib/rules/registry-limits';
import { expectFailure } from '../support/errors';

const TOKEN = Lazy.string({ produce: () => 'Anything' });

type Row = [name: string, check: (value: string) => void, good: string[], bad: string[], allowed: string];

const ROWS: Row[] = [
  [
    'a filter of x',
    (value) => checkFilters('x', [value], ''),
    ['*', 'a', 'web', 'shop/*', '*/web', '*prod*', 'a.b_c-d/e', '**', '0', 'a'.repeat(255)],
    [
      '',
      ' ',
      'Shop',
      'shop/',
      '/shop',
      '-a',
      'a--b',
      'a__b',
      'a b',
      'shop?',
      'a'.repeat(256),
      'a\n',
      `${'a'.repeat(200)}!`,
    ],
    "1 to 255 lower case letters, digits and '*', with a single '.', '_', '-' or '/' between them, such as 'shop/*'",
  ],
  [
    'a prefix of x',
    (value) => checkPrefixes('x', [value], ''),
    ['sh', 'shop', 'shop/', 'shop-', 'shop/web', 'a__b', 'team.a/x_', '0a', 'a'.repeat(256)],
    ['', 's', '*', 'shop/*', 'Shop', '-shop', '/shop', 'a//b', 'shop/-', 'a b', 'a'.repeat(257)],
    "2 to 256 lower case letters, digits, '.', '_', '-' and '/', without '*', such as 'shop/'",
  ],
  [
    'x',
    (value) => checkPublicName('x', value),
    ['ab', 'shop/web', 'a.b_c-d/e', '01', 'a'.repeat(205)],
    ['', 'a', 'Shop', 'shop/', '/shop', 'a--b', 'a__b', 'shop/*', 'a'.repeat(206)],
    "2 to 205 lower case letters and digits, with a single '.', '_', '-' or '/' between them, such as 'shop/web'",
  ],
  [
    'x',
    (value) => checkAlias('x', value),
    ['a1b2c3d4', 'aws-containers', 'ab', 'a.b_c'.replace('a.', 'ab.'), 'a'.repeat(50)],
    ['', 'a', '1a', 'a.b', 'Shop', 'shop/', 'public.ecr.aws/a1b2', 'a--b', 'a'.repeat(51)],
    "what stands behind public.ecr.aws/, 2 to 50 lower case letters, digits, '.', '_' and '-', such as 'a1b2c3d4'",
  ],
  [
    'x',
    (value) => checkTagOrDigest('x', value),
    ['1.4.2', 'latest', '_x', 'A-b', 'a'.repeat(128), `sha256:${'0a'.repeat(32)}`],
    ['', '.a', '-a', 'a/b', 'a:b', 'a'.repeat(129), 'sha256:abc', `sha256:${'0A'.repeat(32)}`],
    "a tag such as '1.4.2' or a digest such as 'sha256:…'",
  ],
];

describe.each(ROWS)('%s', (name, check, good, bad, allowed) => {
  test.each(good)('can be %j', (value) => {
    expect(() => check(value)).not.toThrow();
  });

  test.each(bad)('fails when it is %j', (value) => {
    expectFailure(() => check(value), `${name} must be ${allowed}, got '${value}'`);
  });

  test('can be a token', () => {
    expect(() => check(TOKEN)).not.toThrow();
  });
});

test('patterns are judged at once, whatever the input', () => {
  const start = Date.now();
  for (const [, check] of ROWS) expect(() => check(`${'a'.repeat(10000)}!`)).toThrow();
  for (const [, check] of ROWS) expect(() => check(`${'a-'.repeat(100)}!`)).toThrow();
  for (const [, check] of ROWS) expect(() => check(`${'a/'.repeat(100)}!`)).toThrow();
  expect(Date.now() - start).toBeLessThan(1000);
});

describe('entries', () => {
  test.each([undefined, [1], [1, 2]])('can be %j of at most 2', (values) => {
    expect(() => checkEntries('x', values, 2, 'leave it out')).not.toThrow();
  });

  test('fails when there are none', () => {
    expectFailure(
      () => checkEntries('x', [], 2, 'leave it out'),
      'x must have at least one entry, got an empty list: leave it out',
    );
  });

  test('fails when there are too many', () => {
    expectFailure(() => checkEntries('x', [1, 2, 3], 2, ''), 'x must have at most 2 entries, got 3');
  });

  test.each([checkFilters, checkPrefixes])('fails when one is there twice', (check) => {
    expectFailure(() => check('x', ['ab', 'ab'], ''), "x must be unique, got 'ab' twice");
  });

  test.each([checkFilters, checkPrefixes])('may be left out', (check) => {
    expect(() => check('x', undefined, '')).not.toThrow();
  });

  test.each([checkFilters, checkPrefixes])('fails when there are none, or more than 100', (check) => {
    expectFailure(() => check('x', [], 'say one'), 'x must have at least one entry, got an empty list: say one');
    const many = Array.from({ length: 101 }, (_, index) => `shop${index}`);
    expectFailure(() => check('x', many, ''), 'x must have at most 100 entries, got 101');
    expect(() => check('x', many.slice(1), '')).not.toThrow();
  });
});

describe('length', () => {
  test.each([undefined, '', 'abc', TOKEN])('can be that of %j', (value) => {
    expect(() => checkLength('x', value, 3)).not.toThrow();
  });

  test('fails when it is too much', () => {
    expectFailure(() => checkLength('x', 'abcd', 3), 'x must have at most 3 characters, got 4');
  });
});
