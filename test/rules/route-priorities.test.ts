import { Token } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { conditionsOf } from '../../lib/rules/route-conditions';
import type { GivenConditions } from '../../lib/rules/route-conditions';
import {
  bandOf,
  checkRulePriority,
  freePriorityAfter,
  freePriorityBefore,
  groupBySpecificity,
  priorityOf,
} from '../../lib/rules/route-priorities';
import { expectFailure } from '../support/errors';

const NUMBER = Token.asNumber({ Ref: 'Number' });
const STRING = Token.asString({ Ref: 'String' });
const EXACT = ['example.com'];
const WILD = ['*.example.com'];
const PATHS = { 1: ['/a'], 2: ['/a/b'], 3: ['/a/b/c'], 4: ['/a/b/c/d'] };

const priority = (given: GivenConditions) => priorityOf(conditionsOf(given));
const band = (given: GivenConditions) => {
  const { from, size } = bandOf(conditionsOf(given));
  return [from, from + size - 1];
};

/** From the most specific to the least: first and last priority with other conditions too, and without. */
const BANDS: [GivenConditions, withOthers: number[], alone: number[]][] = [
  [{ hosts: EXACT, paths: PATHS[4] }, [1, 2000], [2001, 4000]],
  [{ hosts: EXACT, paths: PATHS[3] }, [4001, 6000], [6001, 8000]],
  [{ hosts: EXACT, paths: PATHS[2] }, [8001, 10000], [10001, 12000]],
  [{ hosts: EXACT, paths: PATHS[1] }, [12001, 14000], [14001, 16000]],
  [{ hosts: EXACT }, [16001, 24000], [24001, 32000]],
  [{ hosts: WILD, paths: PATHS[4] }, [32001, 33000], [33001, 34000]],
  [{ hosts: WILD, paths: PATHS[3] }, [34001, 35000], [35001, 36000]],
  [{ hosts: WILD, paths: PATHS[2] }, [36001, 37000], [37001, 38000]],
  [{ hosts: WILD, paths: PATHS[1] }, [38001, 39000], [39001, 40000]],
  [{ hosts: WILD }, [40001, 42000], [42001, 44000]],
  [{ paths: PATHS[4] }, [44001, 44625], [44626, 45250]],
  [{ paths: PATHS[3] }, [45251, 45875], [45876, 46500]],
  [{ paths: PATHS[2] }, [46501, 47125], [47126, 47750]],
  [{ paths: PATHS[1] }, [47751, 48375], [48376, 49000]],
  [{ paths: ['/*'] }, [49001, 49500], [49501, 50000]],
];
const OTHERS: GivenConditions[] = [
  { methods: ['GET'] },
  { headers: { 'X-One': ['1'] } },
  { query: { v: ['1'] } },
  { sourceIps: ['192.0.2.0/24'] },
];

describe('bandOf', () => {
  test.each(BANDS)('of %j', (given, withOthers, alone) => {
    expect(band(given)).toEqual(alone);
    for (const other of OTHERS) expect(band({ ...given, ...other })).toEqual(withOthers);
    expect(band({ ...given, ...OTHERS[0], ...OTHERS[3] })).toEqual(withOthers);
  });

  test('has a place for each priority, and one only', () => {
    const all = BANDS.flatMap(([given]) => [band({ ...given, ...OTHERS[0] }), band(given)]);
    expect(all[0][0]).toBe(1);
    expect(all.at(-1)?.[1]).toBe(50000);
    all.slice(1).forEach(([first], index) => expect(first).toBe(all[index][1] + 1));
  });

  test('puts the more specific before the less, for each pair', () => {
    const all = BANDS.flatMap(([given]) => [{ ...given, ...OTHERS[1] }, given]);
    all.forEach((one, index) =>
      all.slice(index + 1).forEach((other) => expect(priority(one)).toBeLessThan(priority(other))),
    );
  });

  test('puts conditions without host and path among the rest', () => {
    for (const other of OTHERS) expect(band(other)).toEqual([49001, 49500]);
  });

  test.each([
    ['/*', 0],
    ['/**', 0],
    ['/', 1],
    ['/docs', 1],
    ['/docs/', 1],
    ['/docs/*', 1],
    ['/docs*', 1],
    ['/?', 1],
    ['/*a', 1],
    ['/*/*', 1],
    ['/*/a', 1],
    ['/a/b', 2],
    ['/a/*/b', 2],
    ['/a//b', 2],
    ['/a/b/*', 2],
    ['/a/?', 2],
    ['/a/b/c', 3],
    ['/a/*/b/*/c', 3],
    ['/a/b/c/d', 4],
    ['/a/b/c/d/e', 4],
    ['/a/b/c/d/e/f/*', 4],
  ])('counts %s as a path of depth %i', (path, depth) => {
    const [host, ...paths] = [24001, 14001, 10001, 6001, 2001];
    expect(band({ hosts: EXACT, paths: [path] })[0]).toBe([host, ...paths][depth]);
    expect(band({ paths: [path] })[0]).toBe([49501, 48376, 47126, 45876, 44626][depth]);
  });

  test.each(['*.example.com', 'a?.example.com', 'a*b.example.com'])('takes %s for a wildcard', (host) => {
    expect(band({ hosts: [host] })).toEqual([42001, 44000]);
  });

  test('takes a token for a host without wildcards and a path of one segment', () => {
    expect(band({ hosts: [STRING], paths: [STRING] })).toEqual([14001, 16000]);
    expect(band({ hosts: [STRING], paths: [`${STRING}/*`] })).toEqual([14001, 16000]);
  });
});

describe('priorityOf', () => {
  // A contract: other numbers would move the rules of everybody who has some.
  test.each<[GivenConditions, number]>([
    [{ paths: ['/*'] }, 49599],
    [{ paths: ['/'] }, 48935],
    [{ hosts: ['example.com'] }, 24394],
    [{ hosts: ['*.example.com'] }, 42466],
    [{ hosts: ['example.com', 'www.example.com'] }, 25931],
    [{ hosts: ['example.com'], pathPrefix: '/docs' }, 15628],
    [{ hosts: ['example.com'], paths: ['/api/v1/*'] }, 11584],
    [{ hosts: ['*.example.com'], paths: ['/a/b/c/d'] }, 33872],
    [{ pathPrefix: '/docs' }, 48754],
    [{ paths: ['/img/*', '/css/*', '/js/*'] }, 48844],
    [{ hosts: ['example.com'], headers: { 'X-Version': ['v2', 'v3'] } }, 18714],
    [{ hosts: ['example.com'], paths: ['/a'], methods: ['GET', 'HEAD'] }, 12810],
    [{ query: { version: ['1'] }, sourceIps: ['192.0.2.0/24', '2001:db8::/32'] }, 49192],
  ])('of %j never changes', (given, expected) => {
    expect(priority(given)).toBe(expected);
  });

  const host = fc.constantFrom('a.com', 'b.com', 'c.com', 'd.a.com');
  const wild = fc.constantFrom('*.com', '?.com', '*.a.com');
  const path = fc.constantFrom('/', '/*', '/a', '/a/*', '/a/b', '/a/b/c', '/a/b/c/d/e');
  const values = fc.uniqueArray(fc.constantFrom('1', '2', '3', 'a*'), { minLength: 1 });
  const some = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.option(fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 4 }), { nil: undefined });
  const given: fc.Arbitrary<GivenConditions> = fc.record({
    hosts: fc.oneof(some(host), some(wild)),
    paths: some(path),
    methods: some(fc.constantFrom('GET', 'PUT', 'HEAD')),
    headers: fc.option(fc.dictionary(fc.constantFrom('X-One', 'x-two', 'y'), values), { nil: undefined }),
    query: fc.option(fc.dictionary(fc.constantFrom('v', 'W'), values), { nil: undefined }),
    sourceIps: fc.constantFrom(['10.0.0.0/8'], ['::/0', '10.0.0.0/8'], undefined, undefined),
    pathPrefix: fc.constantFrom('/x', '/x/y', undefined),
  });

  /** The same, said the other way round: options, values, and the case of the names of headers. */
  const reversed = <T>(list: T[] | undefined) => list && [...list].reverse();
  const turned = (
    lists: { [name: string]: string[] } | undefined,
    rename: (name: string) => string = (name) => name,
  ): { [name: string]: string[] } | undefined =>
    lists &&
    Object.fromEntries(
      Object.entries(lists)
        .reverse()
        .map(([name, list]) => [rename(name), [...list].reverse()]),
    );
  const otherWay = ({ pathPrefix, paths, ...all }: GivenConditions): GivenConditions => ({
    sourceIps: reversed(all.sourceIps),
    query: turned(all.query),
    methods: reversed(all.methods),
    headers: turned(all.headers, (name) => (name === 'y' ? 'Y' : name.toLowerCase())),
    paths: pathPrefix ? [`${pathPrefix}/*`, pathPrefix, ...(reversed(paths) ?? [])] : reversed(paths),
    hosts: reversed(all.hosts),
  });

  test('is in the band of the conditions, and the same however they are written', () => {
    fc.assert(
      fc.property(given, (one) => {
        fc.pre(Object.values(one).some((option) => option && Object.keys(option).length > 0));
        const [first, last] = band(one);
        const made = priority(one);
        expect(made).toBeGreaterThanOrEqual(first);
        expect(made).toBeLessThanOrEqual(last);
        expect(Number.isInteger(made)).toBe(true);
        expect(priority(otherWay(one))).toBe(made);
        expect(priorityOf(conditionsOf(one).reverse())).toBe(made);
      }),
    );
  });

  test('is another for other conditions of the same band', () => {
    const different: GivenConditions[] = [
      { headers: { a: ['b'] } },
      { headers: { b: ['a'] } },
      { headers: { a: ['B'] } },
      { headers: { a: ['b', 'c'] } },
      { headers: { a: ['b,c'] } },
      { headers: { a: ['b'], c: ['d'] } },
      { headers: { a: ['d'], c: ['b'] } },
      { query: { a: ['b'] } },
      { query: { A: ['b'] } },
      { methods: ['A'] },
      { methods: ['A', 'B'] },
      { methods: ['A'], paths: ['/*'] },
      { sourceIps: ['10.0.0.0/8'] },
    ];
    expect(new Set(different.map(priority)).size).toBe(different.length);
  });

  test('uses the whole band', () => {
    const made = Array.from({ length: 8000 }, (_, index) => priority({ headers: { a: [`${index}`] } }));
    expect(Math.min(...made)).toBe(49001);
    expect(Math.max(...made)).toBe(49500);
    expect(new Set(made).size).toBe(500);
  });

  test('does not change the conditions', () => {
    const conditions = conditionsOf({ methods: ['PUT', 'GET'], hosts: ['b.com', 'a.com'] });
    priorityOf(conditions);
    expect(conditions).toEqual(conditionsOf({ methods: ['PUT', 'GET'], hosts: ['b.com', 'a.com'] }));
  });

  test.each<[string, GivenConditions]>([
    ['host', { hosts: ['a.com', STRING] }],
    ['path', { paths: [STRING] }],
    ['prefix', { pathPrefix: STRING }],
    ['value of a header', { hosts: ['a.com'], headers: { x: [STRING] } }],
    ['name of a header', { headers: { [STRING]: ['1'] } }],
    ['key of a query parameter', { query: { [STRING]: ['1'] } }],
    ['source', { sourceIps: [STRING] }],
  ])('fails when a %s is a token, whose text is another in each synthesis', (_what, conditions) => {
    expectFailure(
      () => priority(conditions),
      'a route with a value that is known at deployment only must give its priority, got none: it is made of the conditions as they are now',
    );
  });
});

describe('groupBySpecificity', () => {
  test.each<[string, string[], string[][]]>([
    [
      'path',
      ['/*', '/a', '/a/b/c/d/e', '/b/*', '/a/b/c/d', '/**'],
      [
        ['/a/b/c/d/e', '/a/b/c/d'],
        ['/a', '/b/*'],
        ['/*', '/**'],
      ],
    ],
    ['path', ['/a/b', '/a/b/c', '/a'], [['/a/b/c'], ['/a/b'], ['/a']]],
    ['path', [STRING, '/a/b'], [['/a/b'], [STRING]]],
    [
      'host',
      ['*.com', 'a.com', 'b?.com', STRING],
      [
        ['a.com', STRING],
        ['*.com', 'b?.com'],
      ],
    ],
    ['header', ['*', 'a', 'b/c/d'], [['*', 'a', 'b/c/d']]],
    ['query', ['*', 'a'], [['*', 'a']]],
    ['method', ['GET', 'PUT'], [['GET', 'PUT']]],
    ['source', ['10.0.0.0/8', '::/0'], [['10.0.0.0/8', '::/0']]],
  ])('of a %s with %j', (field, values, groups) => {
    expect(groupBySpecificity({ field: field as 'path', values })).toEqual(groups);
  });
});

describe('checkRulePriority', () => {
  test.each([1, 50000, NUMBER])('lets %p pass', (given) => {
    expect(() => checkRulePriority(given)).not.toThrow();
  });

  test.each([0, 50001, -1, NaN, Infinity])('fails when the priority is %p', (given) => {
    expectFailure(() => checkRulePriority(given), `priority must be between 1 and 50000, got ${given}`);
  });

  test('fails when the priority is no whole number', () => {
    expectFailure(() => checkRulePriority(1.5), 'priority must be a whole number, got 1.5');
  });
});

describe('a free priority', () => {
  const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

  test.each<[string, number[], number, number, number | undefined]>([
    ['the one before', [], 100, 1, 99],
    ['the next before that is free', [99, 98, 100, 101], 100, 1, 97],
    ['the first of all', range(2, 100), 100, 1, 1],
    ['the first of several in a row', [100, 97, 95], 100, 3, 92],
    ['the first of several right before', [100], 100, 3, 97],
    ['none before the first of all', [], 1, 1, undefined],
    ['none where too few are in a row', [2, 4], 5, 2, undefined],
  ])('before another is %s', (_what, taken, near, rules, free) => {
    expect(freePriorityBefore(new Set(taken), near, rules)).toBe(free);
  });

  test.each<[string, number[], number, number, number | undefined]>([
    ['the one after', [], 1, 1, 2],
    ['the next after that is free', [1, 2, 3, 4], 2, 1, 5],
    ['the last of all', range(1, 49999), 7, 1, 50000],
    ['the first of several in a row', [1, 3], 1, 2, 4],
    ['none after the last', [], 50000, 1, undefined],
    ['none where too few are left', [], 49998, 3, undefined],
  ])('after another is %s', (_what, taken, near, rules, free) => {
    expect(freePriorityAfter(new Set(taken), near, rules)).toBe(free);
  });
});
