import { Stack, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';

import type { RouteOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { warnings } from '../support/fixture';
import { RULE, shared } from '../support/ingress';
import { all } from '../support/resources';

describe('priorities', () => {
  test.each<[string, RouteOptions, RouteOptions]>([
    ['a host and a path before the host', { hosts: ['a.example.com'], paths: ['/x'] }, { hosts: ['a.example.com'] }],
    ['a host before a wildcard', { hosts: ['a.example.com'] }, { hosts: ['*.example.com'] }],
    [
      'a deeper path first',
      { hosts: ['a.example.com'], pathPrefix: '/a/b' },
      { hosts: ['a.example.com'], pathPrefix: '/a' },
    ],
    ['a header before none', { hosts: ['a.example.com'], headers: { 'x-beta': ['1'] } }, { hosts: ['a.example.com'] }],
    ['any host before any path', { hosts: ['*.example.com'] }, { pathPrefix: '/a/b/c/d' }],
    ['a path before everything', { paths: ['/x'] }, { paths: ['/*'] }],
  ])('put %s', (_what, first, second) => {
    const { fixture, web } = shared();
    web('Second', second);
    web('First', first);
    const [late, early] = all(fixture.template(), RULE).map(({ Priority }) => Priority);
    expect(early).toBeLessThan(late);
  });

  test('of hosts and wildcards in one route are those of both', () => {
    const { fixture, web } = shared();
    const made = web('Web', { hosts: ['*.example.com', 'example.com'] });
    expect(all(fixture.template(), RULE).map(({ Conditions }) => Conditions[0].HostHeaderConfig.Values)).toEqual([
      ['example.com'],
      ['*.example.com'],
    ]);
    expect(made.routing.listenerRules).toHaveLength(2);
  });

  test.each<[string, RouteOptions, RouteOptions]>([
    ['the same host', { hosts: ['a.example.com'] }, { hosts: ['a.example.com'] }],
    ['a host of several', { hosts: ['a.example.com', 'b.example.com'] }, { hosts: ['b.example.com', 'c.example.com'] }],
    ['wildcards that meet', { hosts: ['*.example.com'] }, { hosts: ['a*.example.com'] }],
    ['paths of one depth that meet', { paths: ['/a*'] }, { paths: ['/*b'] }],
    ['a prefix and its pattern', { pathPrefix: '/docs' }, { paths: ['/docs/*'] }],
    [
      'headers that a request may have both',
      { hosts: ['a.example.com'], headers: { 'x-a': ['1'] } },
      { hosts: ['a.example.com'], headers: { 'x-b': ['1'] } },
    ],
  ])('fails when two services want %s', (_what, one, other) => {
    const { web } = shared();
    web('One', one);
    expectFailure(
      () => web('Other', other),
      /^the routes of 'Shop\/Other' \(.*\) and 'Shop\/One' \(.*\) on 'Shop\/Ingress' must not match the same request|^the routes of 'Shop\/Other' and 'Shop\/One' on 'Shop\/Ingress' must have different priorities/,
    );
  });

  test('are given by the error when two services want the same, and work then', () => {
    const { web } = shared();
    web('One', { hosts: ['*.example.com'] });
    let message = '';
    try {
      web('Other', { hosts: ['a*.example.com'] });
    } catch (error) {
      message = String(error);
    }
    const free = Number(/priority: (\d+)`, which is free/.exec(message)?.[1]);
    expect(() => web('Again', { hosts: ['a*.example.com'], priority: free })).not.toThrow();
  });

  test.each<[string, RouteOptions, RouteOptions]>([
    ['different hosts', { hosts: ['a.example.com'] }, { hosts: ['b.example.com'] }],
    [
      'different methods',
      { hosts: ['a.example.com'], methods: ['GET'] },
      { hosts: ['a.example.com'], methods: ['POST'] },
    ],
    [
      'different values of a header',
      { hosts: ['a.example.com'], headers: { 'X-Tenant': ['one'] } },
      { hosts: ['a.example.com'], headers: { 'x-tenant': ['two'] } },
    ],
    [
      'different networks',
      { hosts: ['a.example.com'], sourceIps: ['10.0.0.0/8'] },
      { hosts: ['a.example.com'], sourceIps: ['192.0.2.0/24', '2001:db8::/32'] },
    ],
    ['a path below another', { pathPrefix: '/docs' }, { pathPrefix: '/docs/api' }],
  ])('do not clash for %s', (_what, one, other) => {
    const { web } = shared();
    web('One', one);
    expect(() => web('Other', other)).not.toThrow();
  });

  test('fails when two routes are given one priority', () => {
    const { web } = shared();
    web('One', { hosts: ['a.example.com'], priority: 10 });
    expectFailure(
      () => web('Other', { hosts: ['b.example.com'], priority: 10 }),
      "the routes of 'Shop/Other' and 'Shop/One' on 'Shop/Ingress' must have different priorities, got 10 for both (host b.example.com; host a.example.com): give the route of 'Shop/Other' `priority: 9`, which is free",
    );
  });

  test('fails when a rule that was made by hand has the priority of a route', () => {
    const { fixture, ingress, web } = shared();
    web('One', { hosts: ['a.example.com'], priority: 10 });
    new elbv2.ApplicationListenerRule(new Stack(fixture.app, 'Other'), 'Rule', {
      listener: ingress.listener,
      priority: 10,
      conditions: [elbv2.ListenerCondition.pathPatterns(['/x'])],
      action: elbv2.ListenerAction.fixedResponse(200),
    });
    expect(() => fixture.app.synth()).toThrow(
      "the rules 'Shop/One/ListenerRule/Resource' and 'Other/Rule/Resource' on the listener of 'Shop/Ingress' must have different priorities, got 10 for both: change one of them",
    );
  });

  test('warn when there are more rules than a load balancer has', () => {
    const { fixture, web } = shared();
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `h${from + index}.example.com`);
    web('A', { hosts: many(0, 500), priority: 1 });
    expect(warnings(fixture.app).join()).not.toContain('IngressRules');
    web('B', { hosts: ['last.example.com'], priority: 2000 });
    expect(warnings(fixture.app).filter((text) => text.includes('IngressRules'))).toHaveLength(1);
    web('C', { hosts: ['more.example.com'], priority: 2001 });
    expect(warnings(fixture.app).filter((text) => text.includes('IngressRules'))).toHaveLength(1);
  });
});
