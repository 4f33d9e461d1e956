import { App, Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import fc from 'fast-check';
import { Ingress, Routing } from '../../lib';
import type { RouteOptions } from '../../lib';
import { Fixture, Template } from '../support/fixture';
import { RULE, shared } from '../support/ingress';
import { all, lenientApp } from '../support/resources';

const GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';

/** Rules and target groups of one service, by their logical ids. */
function deployed(route: RouteOptions) {
  const { fixture, web } = shared();
  web('Web', route);
  const template = fixture.template();
  const rules = Object.entries(template.findResources(RULE)).map(([id, { Properties }]) => [id, Properties.Priority]);
  return {
    rules: new Map<string, number>(rules as [string, number][]),
    groups: Object.keys(template.findResources(GROUP)),
  };
}

const VALUES = ['example.com', '*.example.com', ...Array.from({ length: 9 }, (_, index) => `h${index}.example.com`)];

test('a route that changes never takes a priority which another rule of it still has', () => {
  const some = fc.shuffledSubarray(VALUES, { minLength: 1 });
  fc.assert(
    fc.property(some, some, (before, after) => {
      const [old, now] = [deployed({ hosts: before }), deployed({ hosts: after })];
      const holders = new Map([...old.rules].map(([id, priority]) => [priority, id]));
      for (const [id, priority] of now.rules) expect([undefined, id]).toContain(holders.get(priority));
      expect(now.groups).toEqual(old.groups);
    }),
    { numRuns: 25 },
  );
});

test.each<[string, RouteOptions, RouteOptions]>([
  ['hosts', { hosts: [...VALUES].reverse() }, { hosts: VALUES }],
  ['conditions', { hosts: ['a.example.com'], methods: ['GET'] }, { methods: ['GET'], hosts: ['a.example.com'] }],
])('the order of %s changes nothing', (_what, one, other) => {
  expect(deployed(one)).toEqual(deployed(other));
});

test('a service that moves to another load balancer gets another target group', () => {
  const groupsOf = (make: (fixture: Fixture) => Routing) => {
    const fixture = new Fixture(lenientApp());
    fixture.web({ routing: make(fixture) });
    return Object.keys(fixture.template().findResources(GROUP));
  };
  const plain = { plainHttp: true, internal: true };
  const moves = [
    (fixture: Fixture) => new Ingress(fixture.stack, 'One', { vpc: fixture.vpc, ...plain }).route({ paths: ['/*'] }),
    (fixture: Fixture) => new Ingress(fixture.stack, 'Two', { vpc: fixture.vpc, ...plain }).route({ paths: ['/*'] }),
    () => Routing.http({ internal: true }),
    () => Routing.http(),
  ].map(groupsOf);
  expect(new Set(moves.flat()).size).toBe(moves.length);
});

test('each stage of an app has the same target groups', () => {
  const ids = ['Dev', 'Prod'].map((stage) => {
    const app = new App();
    const fixture = new Fixture(app);
    const scope = new Stack(app, stage);
    const ingress = new Ingress(scope, 'Ingress', { vpc: fixture.vpc, plainHttp: true, internal: true });
    fixture.web({ routing: ingress.route({ paths: ['/*'] }) }, scope);
    return Object.keys(Template.fromStack(scope).findResources(GROUP)).map((id) => id.slice(0, -8));
  });
  expect(ids[0]).toEqual(ids[1]);
});

test('routings in each other are those of one list', () => {
  const http = (port: number) => Routing.http({ internal: true, port });
  const made = (routing: Routing) => {
    const fixture = new Fixture();
    fixture.web({ routing });
    return fixture.template().toJSON();
  };
  const flat = made(Routing.all([http(1), http(2), http(3)]));
  expect(made(Routing.all([Routing.all([http(1), http(2)]), http(3)]))).toEqual(flat);
  expect(made(Routing.all([http(1), Routing.all([http(2), http(3)])]))).toEqual(flat);
});

test('services that share a security group of another stack share the rule in it', () => {
  const { fixture, ingress } = shared();
  const group = new ec2.SecurityGroup(new Stack(fixture.app, 'Network'), 'Group', { vpc: fixture.vpc });
  const services = new Stack(fixture.app, 'Services');
  const securityGroups = [group];
  fixture.web({ routing: ingress.route({ hosts: ['a.example.com'] }), securityGroups }, services, 'A');
  fixture.web(
    {
      routing: Routing.all([
        ingress.route({ hosts: ['b.example.com'] }),
        ingress.route({ hosts: ['c.example.com'] }),
        ingress.route({ hosts: ['d.example.com'], port: 9090 }),
      ]),
      securityGroups,
    },
    services,
    'B',
  );
  const template = Template.fromStack(services);
  expect(all(template, 'AWS::EC2::SecurityGroupIngress').map(({ FromPort }) => FromPort)).toEqual([8080, 9090]);
  const [first] = Object.keys(template.findResources('AWS::EC2::SecurityGroupIngress'));
  for (const { DependsOn } of Object.values(template.findResources('AWS::ECS::Service'))) {
    expect(DependsOn).toContain(first);
  }
});

test('an imported group that takes no rules gets none', () => {
  const { fixture, ingress } = shared();
  const network = new Stack(fixture.app, 'Network');
  const imported = (id: string, mutable: boolean) =>
    ec2.SecurityGroup.fromSecurityGroupId(network, id, 'sg-1', { mutable });
  const services = new Stack(fixture.app, 'Services');
  const routing = ingress.route({ hosts: ['a.example.com'] });
  fixture.web({ routing, securityGroups: [imported('Closed', false)] }, services);
  for (const stack of [network, services]) {
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  }
});

test('a listener keeps its rules when a service fails to take a route', () => {
  const { ingress, web } = shared();
  expect(() => web('Wrong', { hosts: ['a.example.com'], containerName: 'none' })).toThrow('containerName must be');
  expect(() => web('Right', { hosts: ['a.example.com'] })).not.toThrow();
  expect(ingress.node.id).toBe('Ingress');
});
