import { Token } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { conditionsOf } from '../../lib/rules/route-conditions';
import type { Condition } from '../../lib/rules/route-conditions';
import { overlap, patternsMeet } from '../../lib/rules/route-overlap';
import { glob, matches } from '../support/requests';
import type { Request } from '../support/requests';

const STRING = Token.asString({ Ref: 'String' });

/** All texts of these characters up to a length. */
function texts(alphabet: string, length: number): string[] {
  if (length === 0) return [''];
  const shorter = texts(alphabet, length - 1);
  const longest = shorter.filter((text) => text.length === length - 1);
  return [...shorter, ...longest.flatMap((text) => [...alphabet].map((char) => text + char))];
}

/** All combinations of one of each. */
function combinations<T>(lists: T[][]): T[][] {
  return lists.reduce<T[][]>((made, list) => made.flatMap((one) => list.map((item) => [...one, item])), [[]]);
}

describe('patternsMeet', () => {
  test('is right for all pairs of short patterns', () => {
    // A text that two patterns match, if there is one, need not be longer than what they have besides `*`.
    const witnesses = texts('ab', 8);
    const patterns = texts('ab*?', 4).map((pattern) => ({
      pattern,
      matched: witnesses.map((text) => glob(pattern).test(text)),
    }));
    const wrong = patterns.flatMap((one) =>
      patterns
        .filter(({ pattern, matched }) => {
          const meet = matched.some((match, index) => match && one.matched[index]);
          return patternsMeet(one.pattern, pattern) !== meet;
        })
        .map((other) => [one.pattern, other.pattern]),
    );
    expect(patterns).toHaveLength(341);
    expect(wrong).toEqual([]);
  });

  /** A text and a pattern that matches it: pieces of the text made wildcards. */
  const pieces = fc.array(fc.tuple(fc.constantFrom('', 'a', 'b', 'ab', 'abab', '/'), fc.constantFrom('*', '?', '=')), {
    maxLength: 12,
  });
  const patternOf = (text: string, cuts: [number, string][]) =>
    cuts.reduce((pattern, [at, wildcard]) => {
      const place = at % (pattern.length + 1);
      const rest = pattern.slice(place);
      return pattern.slice(0, place) + (wildcard === '*' ? `*${rest.slice(at % 3)}` : rest.replace(/^[a-z/]/, '?'));
    }, text);
  const cuts = fc.array(fc.tuple(fc.nat(99), fc.constantFrom('*', '?')), { maxLength: 5 });

  test('is true for any two patterns of one text', () => {
    fc.assert(
      fc.property(pieces, cuts, cuts, (made, first, second) => {
        const text = made.map(([piece]) => piece).join('');
        const [one, other] = [patternOf(text, first), patternOf(text, second)];
        expect([glob(one).test(text), glob(other).test(text)]).toEqual([true, true]);
        expect(patternsMeet(one, other)).toBe(true);
        expect(patternsMeet(one, text)).toBe(true);
      }),
    );
  });

  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 20 });

  test('is symmetric and reflexive, and follows one pattern when the other has no wildcards', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, pattern, plain, (one, other, text) => {
        expect(patternsMeet(one, other)).toBe(patternsMeet(other, one));
        expect(patternsMeet(one, one)).toBe(true);
        expect(patternsMeet(one, text)).toBe(glob(one).test(text));
        expect(patternsMeet(one, '*')).toBe(true);
      }),
    );
  });

  test.each([
    ['/docs', '/docs/*', false],
    ['/docs/*', '/docs/a', true],
    ['/docs/*', '/docs/', true],
    ['/docs*', '/docs/*', true],
    ['/*/b', '/a/*', true],
    ['/a/*', '/b/*', false],
    ['/A', '/a', false],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a*', true],
    ['a.com', 'axcom', false],
  ])('of %s and %s is %s', (one, other, meet) => {
    expect(patternsMeet(one, other)).toBe(meet);
    expect(patternsMeet(other, one)).toBe(meet);
  });

  test('is quick with the longest patterns and many wildcards', () => {
    const long = '*a?'.repeat(42);
    expect(patternsMeet(`${long}x`, `${long}y`)).toBe(false);
  });
});

describe('overlap', () => {
  const HOSTS = ['a.b', 'b.b', '*.b', '?.b', 'A.B', 'aa.*'];
  const PATHS = ['/a', '/A', '/a/*', '/*', '/?', '/b*'];
  const METHODS = ['GET', 'PUT'];
  const HEADERS = ['v1', 'V1', 'v?', '*2', 'x'];
  const some = (field: Condition['field'], values: string[], name?: string) =>
    fc.option(
      fc.subarray(values, { minLength: 1, maxLength: 2 }).map((chosen): Condition => ({ field, name, values: chosen })),
      { nil: undefined },
    );
  const conditions = fc
    .tuple(
      some('host', HOSTS),
      some('path', PATHS),
      some('method', METHODS),
      fc.constantFrom('X-One', 'x-one').chain((name) => some('header', HEADERS, name)),
      some('header', HEADERS, 'Two'),
      some('query', HEADERS, 'v'),
    )
    .map((all) => all.filter((condition) => condition !== undefined));
  const requests: Request[] = combinations([
    ['a.b', 'b.b', 'aa.b', 'aa.c', 'c.b', 'cc.b'],
    ['/a', '/A', '/a/', '/b', '/bb', '/c', '/cc'],
    METHODS,
    ['v1', 'v2', 'v3', 'w2', 'x'],
    ['v1', 'v2', 'v3', 'w2', 'x'],
    ['v1', 'v2', 'v3', 'w2', 'x'],
  ]).map(([host, path, method, one, two, v]) => ({
    host,
    path,
    method,
    'header x-one': one,
    'header two': two,
    'query v': v,
  }));

  test('is true when some request would match both, and only then', () => {
    fc.assert(
      fc.property(conditions, conditions, (one, other) => {
        const both = requests.some((request) => [one, other].every((all) => matches(all, request)));
        expect(overlap(one, other)).toBe(both);
        expect(overlap(other, one)).toBe(both);
        expect(overlap(one, one)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, Condition, Condition, boolean]>([
    ['a header of another name', header('X', 'a'), header('Y', 'b'), true],
    ['a name in another case', header('X-One', 'a'), header('x-oNE', 'b'), false],
    ['a value in another case', header('X', 'ABC'), header('x', 'a?c'), true],
    ['hosts in another case', { field: 'host', values: ['A.com'] }, { field: 'host', values: ['a.COM'] }, true],
    ['paths in another case', { field: 'path', values: ['/A'] }, { field: 'path', values: ['/a'] }, false],
    ['methods', { field: 'method', values: ['GET'] }, { field: 'method', values: ['PUT'] }, false],
    ['methods that share one', { field: 'method', values: ['A', 'B'] }, { field: 'method', values: ['C', 'B'] }, true],
    ['other fields', { field: 'host', values: ['a.b'] }, { field: 'path', values: ['/a'] }, true],
    ['a parameter with two values', query('v', '1'), query('v', '2'), false],
    ['two parameters', query('v', '1'), query('w', '1'), true],
  ])('of %s', (_what, one, other, expected) => {
    expect(overlap([one], [other])).toBe(expected);
    expect(overlap([other], [one])).toBe(expected);
  });

  test('does not take a header for a query parameter of the same name', () => {
    expect(overlap([header('v', '1'), query('v', '1')], [query('v', '2'), header('v', '2')])).toBe(false);
    expect(overlap([header('v', '1')], [query('v', '2')])).toBe(true);
  });

  test('looks at all that both ask for', () => {
    const host: Condition = { field: 'host', values: ['a.com'] };
    expect(overlap([host, header('X', '1')], [host, header('X', '2')])).toBe(false);
    expect(overlap([host, header('X', '1')], [header('X', '1'), host])).toBe(true);
    expect(overlap([], [host])).toBe(true);
  });

  test('takes nothing for proven of a token', () => {
    for (const field of ['host', 'path', 'method', 'source'] as const) {
      expect(overlap([{ field, values: [STRING] }], [{ field, values: [STRING] }])).toBe(false);
      expect(overlap([{ field, values: [STRING] }], [{ field, values: ['*'] }])).toBe(false);
      expect(overlap([{ field, values: ['*'] }], [{ field, values: [STRING] }])).toBe(false);
    }
    expect(overlap([{ field: 'path', values: [STRING, '/a'] }], [{ field: 'path', values: [STRING, '/a'] }])).toBe(
      true,
    );
  });
});

function header(name: string, ...values: string[]): Condition {
  return { field: 'header', name, values };
}

function query(name: string, ...values: string[]): Condition {
  return { field: 'query', name, values };
}

describe('overlap of networks', () => {
  /** A network as a number, and the first and the last of its addresses. */
  interface Network {
    readonly bits: 32 | 128;
    readonly address: bigint;
    readonly prefix: number;
  }
  const range = ({ bits, address, prefix }: Network) => {
    const size = 2n ** BigInt(bits - prefix);
    const first = address - (address % size);
    return { first, last: first + size - 1n };
  };
  const share = (one: Network, other: Network) =>
    one.bits === other.bits && range(one).first <= range(other).last && range(other).first <= range(one).last;

  /** How people write addresses of version 6. */
  const style = fc.record({ padded: fc.boolean(), short: fc.boolean(), upper: fc.boolean() });
  type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;
  function written({ bits, address, prefix }: Network, { padded, short, upper }: Style): string {
    const width = bits === 32 ? 8 : 16;
    const parts = Array.from({ length: bits / width }, (_, index) =>
      Number((address / 2n ** BigInt(bits - width * (index + 1))) % 2n ** BigInt(width)),
    );
    if (bits === 32) return `${parts.join('.')}/${prefix}`;
    const groups = parts.map((part) => part.toString(16).padStart(padded ? 4 : 1, '0'));
    const start = parts.indexOf(0);
    const end = parts.findIndex((part, index) => index > start && part !== 0);
    const [head, tail] = [groups.slice(0, start), end === -1 ? [] : groups.slice(end)];
    const text = short && start !== -1 ? `${head.join(':')}::${tail.join(':')}` : groups.join(':');
    return `${upper ? text.toUpperCase() : text}/${prefix}`;
  }

  const network = (bits: 32 | 128): fc.Arbitrary<Network> =>
    fc
      .tuple(
        // Many zeros and few ones, so that there is something to leave out.
        fc.uniqueArray(fc.nat(bits - 1), { maxLength: 6 }),
        fc.oneof(fc.constantFrom(0, 1, bits - 1, bits), fc.nat(bits)),
      )
      .map(([ones, prefix]) => ({ bits, prefix, address: ones.reduce((sum, one) => sum + 2n ** BigInt(one), 0n) }));
  const flipped = (address: bigint, bit: bigint) => ((address / bit) % 2n === 0n ? address + bit : address - bit);
  /** Two networks whose addresses differ in one bit, or in any. */
  const pair = (bits: 32 | 128) =>
    fc
      .tuple(network(bits), network(bits), fc.option(fc.nat(bits - 1)))
      .map(([one, other, bit]): [Network, Network] => [
        one,
        bit === null ? other : { ...other, address: flipped(one.address, 2n ** BigInt(bit)) },
      ]);
  const source = (...values: string[]): Condition[] => [{ field: 'source', values }];

  test.each([32, 128] as const)('is that of the ranges of addresses of %i bits', (bits) => {
    const seen = { true: 0, false: 0 };
    fc.assert(
      fc.property(pair(bits), style, style, ([one, other], way, another) => {
        const [first, second] = [written(one, way), written(other, another)];
        const expected = share(one, other);
        seen[`${expected}`]++;
        expect(() => conditionsOf({ sourceIps: [first, second] })).not.toThrow();
        expect(overlap(source(first), source(second))).toBe(expected);
        expect(overlap(source(second), source(first))).toBe(expected);
        expect(overlap(source(first), source(first))).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(50);
  });

  test('is none between the two versions', () => {
    fc.assert(
      fc.property(network(32), network(128), style, (one, other, way) => {
        expect(overlap(source(written(one, way)), source(written(other, way)))).toBe(false);
      }),
    );
  });

  test.each([
    ['10.0.0.0/8', '10.255.0.0/16', true],
    ['10.0.0.0/9', '10.128.0.0/9', false],
    ['10.0.0.77/24', '10.0.0.1/32', true],
    ['0.0.0.0/0', '203.0.113.9/32', true],
    ['0.0.0.0/0', '::/0', false],
    ['::/0', '2001:db8::1/128', true],
    ['::1/128', '0:0:0:0:0:0:0:1/128', true],
    ['1::/16', '1:0:0:0:0:0:0:9/128', true],
    ['1:2:3:4:5:6:7::/128', '1:2:3:4:5:6:7:0/128', true],
    ['::2:3:4:5:6:7:8/128', '0:2:3:4:5:6:7:8/128', true],
    ['2001:db8::A/128', '2001:0DB8::000a/128', true],
    ['2001:db8::/33', '2001:db8:8000::/33', false],
  ])('of %s and %s is %s', (one, other, expected) => {
    expect(overlap(source('192.0.2.0/24', one), source(other))).toBe(expected);
    expect(overlap(source(other), source(one, '192.0.2.0/24'))).toBe(expected);
  });
});
