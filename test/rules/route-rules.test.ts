import { Token } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { conditionsOf } from '../../lib/rules/route-conditions';
import type { Condition, GivenConditions } from '../../lib/rules/route-conditions';
import { priorityOf } from '../../lib/rules/route-priorities';
import { rulesOf } from '../../lib/rules/route-rules';
import type { RouteRule } from '../../lib/rules/route-rules';
import { expectFailure } from '../support/errors';
import { matches, subjectOf } from '../support/requests';
import type { Request } from '../support/requests';

const NUMBER = Token.asNumber({ Ref: 'Number' });
const STRING = Token.asString({ Ref: 'String' });
const names = (count: number, prefix = '/p', suffix = '') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}${suffix}`);
const rules = (given: GivenConditions, priority?: number) => rulesOf(conditionsOf(given), priority);
/** The values of each rule, by what they are of. */
const shown = (made: RouteRule[]) =>
  made.map(({ conditions }) => Object.fromEntries(conditions.map((one) => [subjectOf(one), one.values])));

const count = (texts: string[], pattern: RegExp) => texts.join(' ').split(pattern).length - 1;
const valuesOf = ({ conditions }: RouteRule) => conditions.flatMap(({ values }) => values);

/** How specific a value is, said in another way than the code does. */
function specificity(field: Condition['field'], value: string): number {
  if (field === 'host') return count([value], /[*?]/) === 0 ? 1 : 0;
  if (field !== 'path' || /^\/\*+$/.test(value)) return 0;
  const told = value.split('/').filter((segment) => segment.replace(/\*/g, '') !== '').length;
  return [1, 1, 2, 3][told] ?? 4;
}

describe('rulesOf', () => {
  const some = (...values: string[]) =>
    fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: values.length }), {
      nil: undefined,
      freq: 2,
    });
  const given: fc.Arbitrary<GivenConditions> = fc.record({
    hosts: some('a.b', 'c.b', 'a.a.b', 'c.a.b', 'd.b', 'e.b', '*.b', '*.a.b', '?.b', '*.*.b', '*c*.b'),
    paths: some('/', '/*', '/a', '/b', '/a/*', '/a/b', '/*/b', '/a/*/b/*', '/?/??', '/a/b/c', '/a/b/c/d/e', '/**'),
    methods: some('A', 'B', 'C', 'D', 'E', 'F', 'G'),
    headers: fc.option(
      fc.dictionary(
        fc.constantFrom('x', 'y'),
        fc.uniqueArray(fc.constantFrom('1', '2', '*1*', '?3'), { minLength: 1 }),
      ),
      { nil: undefined, freq: 1 },
    ),
  });
  const text = <T>(...values: T[]) => fc.constantFrom(...values);
  const requests: fc.Arbitrary<Request> = fc.record({
    host: text('a.b', 'c.b', 'a.a.b', 'c.a.b', 'd.b', 'z.b', 'zcz.b', 'z.z.b', 'other'),
    path: text('/', '/a', '/b', '/c', '/a/b', '/a/c', '/a/x/b/y', '/a/b/c', '/a/b/c/d/e', '/x/yz', '/q/b'),
    method: text('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'),
    'header x': text('1', '2', '21', '43', ''),
    'header y': text('1', '2', '21', '43', ''),
  });
  const isSomething = (one: GivenConditions) =>
    Object.values(one).some((option) => option !== undefined && Object.keys(option).length > 0);
  /** The conditions of a route, unless there are too many wildcards in them. */
  const routes = given.filter(isSomething).map((one) => conditionsOf(one));
  const most = (conditions: Condition[]) =>
    conditions.reduce((sum, { values }) => sum + Math.max(...values.map((value) => count([value], /[*?]/))), 0);
  const possible = routes.filter((conditions) => most(conditions) <= 5);

  test('makes rules that ELB takes, each of one specificity and with a priority of its own conditions', () => {
    fc.assert(
      fc.property(possible, (conditions) => {
        for (const rule of rulesOf(conditions, undefined)) {
          expect(valuesOf(rule).length).toBeLessThanOrEqual(5);
          expect(count(valuesOf(rule), /[*?]/)).toBeLessThanOrEqual(5);
          expect(rule.conditions.map(subjectOf)).toEqual(conditions.map(subjectOf));
          for (const { field, values } of rule.conditions) {
            expect(values).not.toEqual([]);
            expect(new Set(values.map((value) => specificity(field, value))).size).toBe(1);
          }
          expect(rule.priority).toBe(priorityOf(rule.conditions));
        }
      }),
    );
  });

  test.each([undefined, 7])('makes rules that together match what the conditions match (priority: %p)', (priority) => {
    const seen = { true: 0, false: 0 };
    fc.assert(
      fc.property(possible, fc.array(requests, { minLength: 20, maxLength: 20 }), (conditions, many) => {
        const made = rulesOf(conditions, priority);
        for (const request of many) {
          const expected = matches(conditions, request);
          seen[`${expected}`]++;
          expect(made.some((rule) => matches(rule.conditions, request))).toBe(expected);
        }
      }),
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(100);
  });

  test.each([undefined, 7])('has each combination of values in one rule, and no other (priority: %p)', (priority) => {
    fc.assert(
      fc.property(possible, (conditions) => {
        const cells = (all: Condition[]) =>
          all.reduce<string[]>(
            (made, one) => made.flatMap((cell) => one.values.map((value) => `${cell} ${value}`)),
            [''],
          );
        const made = rulesOf(conditions, priority).flatMap((rule) => cells(rule.conditions));
        expect(made.sort()).toEqual(cells(conditions).sort());
      }),
    );
  });

  test('fails when a combination of values has more wildcards than a rule holds, and only then', () => {
    fc.assert(
      fc.property(routes, (conditions) => {
        const make = () => rulesOf(conditions, undefined);
        if (most(conditions) <= 5) expect(make).not.toThrow();
        else expectFailure(make, /^the conditions of a route must have at most 5 wildcards together, got \[\[/);
      }),
    );
  });

  /** The fewest rules when the values of each condition are dealt out to some number of lists. */
  function fewest(sizes: number[], room = 5): number {
    const [size, ...others] = sizes;
    if (size === undefined) return 1;
    const ways = Array.from({ length: size }, (_, index) => index + 1)
      .map((lists) => ({ lists, longest: Math.ceil(size / lists) }))
      .filter(({ longest }) => longest + others.length <= room);
    return Math.min(...ways.map(({ lists, longest }) => lists * fewest(others, room - longest)));
  }

  test('makes as few rules as can be of values with one wildcard at most', () => {
    const size = fc.integer({ min: 0, max: 7 });
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        (hosts, paths, methods, one, wild) => {
          fc.pre(hosts + paths + methods + one > 0);
          const all = {
            hosts: names(hosts, wild ? '*.h' : 'h', '.b'),
            paths: names(paths, '/p', wild ? '*' : ''),
            methods: ['A', 'B', 'C', 'D', 'E', 'F', 'G'].slice(0, methods),
            ...(one > 0 && { headers: { x: names(one, wild ? '?' : '') } }),
          };
          const kept = Object.fromEntries(
            Object.entries(all).filter(([, values]) => !Array.isArray(values) || values.length > 0),
          );
          const expected = fewest([hosts, paths, methods, one].filter((values) => values > 0));
          expect(rules(kept)).toHaveLength(expected);
          expect(rules(kept, 100)).toHaveLength(expected);
        },
      ),
    );
  });

  test.each<[string, GivenConditions, { [subject: string]: string[] }[]]>([
    ['one rule of five values', { paths: names(5) }, [{ path: names(5) }]],
    ['two rules of six values', { paths: names(6) }, [{ path: names(5) }, { path: ['/p5'] }]],
    [
      'a rule with each host',
      { hosts: ['a.com', 'b.com'], paths: ['/a', '/b', '/c'] },
      [{ host: ['a.com', 'b.com'], path: ['/a', '/b', '/c'] }],
    ],
    [
      'two rules of three hosts and three paths',
      { hosts: ['a.com', 'b.com', 'c.com'], paths: ['/a', '/b', '/c'] },
      [
        { host: ['a.com', 'b.com', 'c.com'], path: ['/a', '/b'] },
        { host: ['a.com', 'b.com', 'c.com'], path: ['/c'] },
      ],
    ],
    [
      'the more specific first',
      { hosts: ['*.com', 'a.com'], paths: ['/a', '/a/b'] },
      [
        { host: ['a.com'], path: ['/a/b'] },
        { host: ['a.com'], path: ['/a'] },
        { host: ['*.com'], path: ['/a/b'] },
        { host: ['*.com'], path: ['/a'] },
      ],
    ],
    ['one rule of a prefix', { pathPrefix: '/docs' }, [{ path: ['/docs', '/docs/*'] }]],
    [
      'rules with five wildcards each',
      { paths: ['/*a*', '/*b*', '/*c*'] },
      [{ path: ['/*a*', '/*b*'] }, { path: ['/*c*'] }],
    ],
    ['five conditions of one value', fiveConditions(), [fiveShown()]],
  ])('makes %s', (_what, one, expected) => {
    expect(shown(rules(one))).toEqual(expected);
  });

  test('does not move a rule when values are written in another order', () => {
    expect(rules({ paths: [...names(13)].reverse() })).toEqual(rules({ paths: names(13) }));
  });

  test('does not move a rule when values of another specificity are added', () => {
    const [before] = rules({ hosts: ['a.com'], paths: ['/a', '/b'] });
    const after = rules({ hosts: ['*.com', 'a.com'], paths: ['/a/b', '/a', '/*', '/b'] });
    expect(after).toHaveLength(6);
    expect(after).toContainEqual(before);
  });

  test('gives a route the same rules whatever others there are', () => {
    const one = { hosts: ['a.com'], pathPrefix: '/docs' };
    const alone = rules(one);
    rules({ hosts: ['a.com'], paths: ['/docs'] });
    expect(rules(one)).toEqual(alone);
  });

  test('does not change the conditions', () => {
    const conditions = conditionsOf({ hosts: ['*.com', 'a.com'], paths: names(7) });
    rulesOf(conditions, undefined);
    rulesOf(conditions, 5);
    expect(conditions).toEqual(conditionsOf({ hosts: ['*.com', 'a.com'], paths: names(7) }));
  });
});

function fiveConditions(): GivenConditions {
  return { hosts: ['a.com'], paths: ['/a'], methods: ['GET'], query: { v: ['1'] }, sourceIps: ['::/0'] };
}

function fiveShown() {
  return { host: ['a.com'], path: ['/a'], method: ['GET'], 'query v': ['1'], source: ['::/0'] };
}

describe('rulesOf with a priority', () => {
  test('takes the following ones too, in the order of the values', () => {
    const made = rules({ paths: ['/*', ...names(10)] }, 100);
    expect(made.map(({ priority }) => priority)).toEqual([100, 101, 102]);
    expect(shown(made)).toEqual([
      { path: ['/*', ...names(4)] },
      { path: ['/p4', '/p5', '/p6', '/p7', '/p8'] },
      { path: ['/p9'] },
    ]);
  });

  test('keeps values of all kinds in one rule', () => {
    const paths = ['/*', '/a', '/a/b/c'];
    expect(rules({ hosts: ['*.com', 'a.com'], paths }, 9)).toEqual([
      {
        priority: 9,
        conditions: [
          { field: 'host', values: ['*.com', 'a.com'] },
          { field: 'path', values: paths },
        ],
      },
    ]);
  });

  test.each([1, 50000, NUMBER])('lets %p pass', (priority) => {
    expect(rules({ paths: ['/*'] }, priority).map((rule) => rule.priority)).toEqual([priority]);
  });

  test('takes values that are tokens', () => {
    const values = [STRING, `${STRING}*`.repeat(9)];
    expect(shown(rules({ hosts: values, paths: ['/*'] }, 5))).toEqual([{ host: values, path: ['/*'] }]);
  });

  test.each([
    [0, 'priority must be between 1 and 50000, got 0'],
    [50001, 'priority must be between 1 and 50000, got 50001'],
    [1.5, 'priority must be a whole number, got 1.5'],
    [NaN, 'priority must be between 1 and 50000, got NaN'],
    [null, 'priority must be between 1 and 50000, got 0'],
    ['5', "priority must be a whole number, got '50'"],
  ])('fails when the priority is %p', (priority, message) => {
    expectFailure(() => rules({ paths: ['/*'] }, priority as number), message);
  });

  test('fails when the last of its rules has no place', () => {
    expect(rules({ paths: names(6) }, 49999)[1].priority).toBe(50000);
    expectFailure(() => rules({ paths: names(6) }, 50000), 'priority must be between 1 and 50000, got 50001');
  });

  test('fails when it is a token and there are several rules', () => {
    expectFailure(
      () => rules({ paths: names(11) }, NUMBER),
      'priority must be known for a route of 3 rules, got a token: each rule needs one of its own',
    );
  });
});

describe('limits of a rule', () => {
  test.each([undefined, 5])('fails when there are six conditions (priority: %p)', (priority) => {
    expectFailure(
      () => rules({ ...fiveConditions(), headers: { x: ['1'] } }, priority),
      'a route must have at most 5 conditions that must hold together, got 6: ELB takes no more values in a rule',
    );
  });

  test.each([undefined, 5])('takes five wildcards in a value, and fails with six (priority: %p)', (priority) => {
    expect(rules({ paths: ['/*/*/*/?/?'] }, priority)).toHaveLength(1);
    expectFailure(
      () => rules({ paths: ['/a', '/*/*/*/?/?/*'] }, priority),
      "a value of a route must have at most 5 wildcards, got '/*/*/*/?/?/*': one '*' matches any text",
    );
  });

  test.each([undefined, 5])('fails when there are too many in any combination (priority: %p)', (priority) => {
    expect(rules({ hosts: ['*.*.com'], paths: ['/*/*/*'] }, priority)).toHaveLength(1);
    expectFailure(
      () => rules({ hosts: ['*.*.com'], paths: ['/*/*/*/*'] }, priority),
      `the conditions of a route must have at most 5 wildcards together, got [["*.*.com"],["/*/*/*/*"]]: use fewer of '*' and '?'`,
    );
  });

  test('fails without a priority when a value is a token', () => {
    expectFailure(() => rules({ hosts: [STRING] }), /^a route with a value that is known at deployment only must give/);
  });
});
