import { Stack } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { Ingress } from '../../lib';
import type { RouteOptions } from '../../lib';
import { RouteTable } from '../../lib/networking/private/route-table';
import { conditionsOf } from '../../lib/rules/route-conditions';
import { rulesOf } from '../../lib/rules/route-rules';
import type { RouteRule } from '../../lib/rules/route-rules';
import { Fixture } from '../support/fixture';
import { RULE } from '../support/ingress';
import { bareService, idOf, lenientApp } from '../support/resources';

const HOSTS = ['a.example.com', 'b.example.com', 'aa.example.com', '*.example.com', 'a*.example.com', '?.example.com'];
const PATHS = ['/*', '/a', '/a*', '/*b', '/a/*', '/a/b', '/a/b/*', '/a/b/c', '/a/b/c/d'];
const some = (values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });

/** Services, each with the one thing that it wants. */
const routes: fc.Arbitrary<RouteOptions[]> = fc.array(
  fc
    .record(
      {
        hosts: some(HOSTS),
        paths: some(PATHS),
        methods: some(['GET', 'POST']),
        headers: fc.record({ 'x-a': some(['1', '2', '1*']), 'x-b': some(['1']) }, { requiredKeys: [] }),
        priority: fc.constantFrom(1, 2, 24957),
      },
      { requiredKeys: [] },
    )
    .filter(({ hosts, paths, methods }) => Boolean(hosts ?? paths ?? methods)),
  { minLength: 1, maxLength: 8 },
);

/** All requests that tell the patterns above apart. */
const REQUESTS = ['a', 'b', 'c', 'aa', 'ab', 'bb'].flatMap((name) =>
  ['/', '/a', '/b', '/ab', '/x', '/a/', '/a/b', '/a/x', '/a/b/', '/a/b/x', '/a/b/c', '/a/b/c/d', '/x/b'].flatMap(
    (path) =>
      ['GET', 'POST', 'PUT'].flatMap((method) =>
        [undefined, '1', '2', '12'].flatMap((one) =>
          [undefined, '1'].map((two) => ({ host: `${name}.example.com`, path, method, 'x-a': one, 'x-b': two })),
        ),
      ),
  ),
);
type Request = (typeof REQUESTS)[number];

const asRegExp = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.]/g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
const matchers = new Map<string, RegExp>();
function fits(pattern: string, value: string | undefined): boolean {
  if (!matchers.has(pattern)) matchers.set(pattern, asRegExp(pattern));
  return value !== undefined && matchers.get(pattern)!.test(value);
}

function matches({ conditions }: RouteRule, request: Request): boolean {
  return conditions.every(({ field, name, values }) => {
    const value = field === 'header' ? request[name as 'x-a'] : request[field as 'host'];
    return values.some((pattern) => fits(pattern, value));
  });
}

/** Which priorities may be compared: an independent reading of how specific a rule is. */
function rank({ conditions }: RouteRule): string {
  const of = (wanted: string) => conditions.find(({ field }) => field === wanted)?.values;
  const depth = Math.max(
    0,
    ...(of('path') ?? []).map((path) =>
      path === '/*' ? 0 : Math.max(1, path.split('/').filter((part) => /[^*]/.test(part)).length),
    ),
  );
  const host = of('host') === undefined ? 'none' : /[*?]/.test(of('host')![0]) ? 'wild' : 'exact';
  return `${host} ${Math.min(4, depth)} ${conditions.some(({ field }) => field !== 'host' && field !== 'path')}`;
}

interface Service {
  readonly name: string;
  readonly automatic: boolean;
  readonly rules: RouteRule[];
}

function servicesOf(wanted: RouteOptions[]): Service[] {
  return wanted.map((options, index) => ({
    name: `Service${index}`,
    automatic: options.priority === undefined,
    rules: rulesOf(conditionsOf(options), options.priority),
  }));
}

/** What must be an error, from the definition and by trying all requests. */
function clash(one: Service, other: Service): boolean {
  return one.rules.some((mine) =>
    other.rules.some(
      (theirs) =>
        mine.priority === theirs.priority ||
        (one.automatic &&
          other.automatic &&
          rank(mine) === rank(theirs) &&
          REQUESTS.some((request) => matches(mine, request) && matches(theirs, request))),
    ),
  );
}

function newTable(): RouteTable {
  const listener = { listenerArn: 'arn' } as elbv2.IApplicationListener;
  return new RouteTable(new Construct(new Stack(), 'Ingress'), listener);
}

function refused(table: RouteTable, { name, rules, automatic }: Service): string | undefined {
  try {
    table.claim(name, rules, automatic);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('services that come in any order are refused exactly where two cannot be told apart', () => {
  fc.assert(
    fc.property(routes, (wanted) => {
      const table = newTable();
      const taken: Service[] = [];
      for (const service of servicesOf(wanted)) {
        const itself = service.rules.some(({ priority }, index) =>
          service.rules.slice(0, index).some((other) => other.priority === priority),
        );
        fc.pre(!itself);
        const rivals = taken.filter((other) => clash(service, other));
        const message = refused(table, service);
        expect(message !== undefined).toBe(rivals.length > 0);
        if (message === undefined) {
          taken.push(service);
        } else {
          expect(message).toContain(`'${service.name}'`);
          expect(rivals.some(({ name }) => message.includes(`'${name}'`))).toBe(true);
          expect(message).toMatch(/`priority: \d+`, which is free/);
          // What was refused may have taken places before: such an app does not go on.
          break;
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('the free priority of an error ends the clash', () => {
  fc.assert(
    fc.property(routes, (wanted) => {
      const table = newTable();
      for (const service of servicesOf(wanted)) {
        const message = refused(table, service);
        if (message === undefined) continue;
        const priority = Number(/`priority: (\d+)`/.exec(message)![1]);
        const rules = service.rules.map((rule, index) => ({ ...rule, priority: priority + index }));
        fc.pre(rules.length === 1);
        expect(refused(table, { name: `${service.name} again`, automatic: false, rules })).toBeUndefined();
        break;
      }
    }),
    { numRuns: 150 },
  );
});

/** Priorities by service, as they stand in a template. */
function deployed(wanted: [string, RouteOptions][]): Record<string, number[]> {
  const fixture = new Fixture(lenientApp());
  const ingress = new Ingress(fixture.stack, 'Ingress', { vpc: fixture.vpc, plainHttp: true, internal: true });
  const prototype = bareService(fixture);
  const target = { containerName: 'main', port: 3000, vpc: fixture.vpc, healthCheck: { path: '/' } };
  const made = wanted.map(([name, route]) => {
    // A service for each route would take the time of all this; ECS takes five routes for one.
    const service = Object.create(prototype, { loadBalancers: { value: [] } });
    return ingress.route(route).bind(new Construct(fixture.stack, name), { ...target, service });
  });
  const rules = fixture.template().findResources(RULE);
  return Object.fromEntries(
    made.map(({ listenerRules }, index) => [
      wanted[index][0],
      listenerRules!.map((rule) => rules[idOf(rule)].Properties.Priority),
    ]),
  );
}

/** Those that fit beside each other. */
function fitting(wanted: RouteOptions[]): [string, RouteOptions][] {
  const taken: Service[] = [];
  return servicesOf(wanted).flatMap((service, index): [string, RouteOptions][] => {
    const twice = new Set(service.rules.map(({ priority }) => priority)).size < service.rules.length;
    if (twice || taken.some((other) => clash(service, other))) return [];
    taken.push(service);
    return [[service.name, wanted[index]]];
  });
}

test('services come and go, and nobody else is moved', () => {
  fc.assert(
    fc.property(routes, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (wanted, random) => {
      const order = fitting(wanted)
        .map((route, index) => ({ route, at: random[index] }))
        .sort((one, other) => one.at - other.at)
        .map(({ route }) => route);
      fc.pre(order.length > 1);
      const { [order[0][0]]: _gone, ...others } = deployed(order);
      expect(deployed(order.slice(1).reverse())).toEqual(others);
    }),
    { numRuns: 8 },
  );
});
