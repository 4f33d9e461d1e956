import { NestedStack, Stack, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { EcsCluster, EcsGateway } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, Template, newApp } from '../support/fixture';
import { ASSOCIATIONS, importedVpc } from '../support/gateways';
import { expectAcyclic } from '../support/graph';
import { idOf, resourceOf, serviceOf } from '../support/resources';

describe('a gateway of several stacks', () => {
  /** Stacks for gateway, cluster and service, which are the same or not. */
  function spread(clusterIn: 'network' | 'gateway' | 'own' | 'service') {
    const app = newApp();
    const stacks = Object.fromEntries(
      ['network', 'gateway', 'own', 'service'].map((name) => [name, new Stack(app, name)]),
    );
    const vpc = new ec2.Vpc(stacks.network, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
    const gateway = new EcsGateway(stacks.gateway, 'Gateway', { vpc });
    const { cluster } = new EcsCluster(stacks[clusterIn], 'Ecs', { vpc });
    const association = gateway.addCluster(cluster);
    const fixture = Object.assign(Object.create(Fixture.prototype), { cluster }) as Fixture;
    const web = fixture.web({ routing: gateway.route() }, stacks.service);
    return { app, stacks, gateway, association, web };
  }

  test.each([
    ['network', 'gateway'],
    ['gateway', 'gateway'],
    ['own', 'own'],
    ['service', 'service'],
  ] as const)('associates a cluster of the %s stack in the %s stack, without a cycle', (clusterIn, home) => {
    const { app, stacks, gateway, association, web } = spread(clusterIn);
    expect(association.node.scope).toBe(home === 'gateway' ? gateway : stacks[home]);
    app.synth();
    expect(stacks.service === stacks[home] || stacks.service.dependencies.includes(stacks[home])).toBe(true);
    const template = Template.fromStack(stacks.service);
    expectAcyclic(template);
    expect(serviceOf(template).GatewayConnectors).toMatchObject([{ PortName: 'port-8080' }]);
    if (clusterIn === 'service') {
      expect(resourceOf(template, web.service).DependsOn).toContain(idOf(association));
    }
  });

  /** Stacks in an order, with the gateway, the cluster and a service in some of them. */
  function placed(order: string, where: { network?: string; gateway: string; cluster: string; service: string }) {
    const app = newApp();
    const stacks = Object.fromEntries([...order].map((name) => [name, new Stack(app, name)]));
    const { network = where.gateway } = where;
    const vpc = where.network
      ? new ec2.Vpc(stacks[network], 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false })
      : importedVpc(stacks[network], 'vpc-1');
    const { cluster } = new EcsCluster(stacks[where.cluster], 'Ecs', { vpc });
    const gateway = new EcsGateway(stacks[where.gateway], 'Gateway', { vpc });
    const fixture = Object.assign(Object.create(Fixture.prototype), { cluster }) as Fixture;
    const serve = (id = 'Web', stack = stacks[where.service]) => fixture.web({ routing: gateway.route() }, stack, id);
    return { app, stacks, cluster, gateway, serve };
  }

  test('may have its services beside it, with the cluster in an earlier stack', () => {
    const where = { network: 'A', cluster: 'B', gateway: 'C', service: 'C' };
    const { app, stacks, gateway, cluster, serve } = placed('ABC', where);
    const association = gateway.addCluster(cluster);
    expect(association.node.scope).toBe(gateway);
    const web = serve();
    app.synth();
    expect(stacks.C.dependencies).toEqual(expect.arrayContaining([stacks.A, stacks.B]));
    expect(stacks.B.dependencies).not.toContain(stacks.C);
    expect(resourceOf(Template.fromStack(stacks.C), web.service).DependsOn).toContain(idOf(association));
  });

  const BESIDE_GATEWAY = { network: 'A', cluster: 'B', gateway: 'C', service: 'C' };
  const BESIDE_CLUSTER = { network: 'A', cluster: 'B', gateway: 'C', service: 'B' };

  test.each([
    ['CBA', BESIDE_GATEWAY],
    ['ABC', BESIDE_CLUSTER],
  ] as const)('looks where services are that were made before, whatever the order of stacks (%s)', (order, where) => {
    const { app, stacks, gateway, cluster, serve } = placed(order, where);
    serve();
    const association = gateway.addCluster(cluster);
    expect(association.stack).toBe(stacks[where.service]);
    expect(() => app.synth()).not.toThrow();
  });

  test.each([
    ['CBA', BESIDE_GATEWAY, 'C', 'B'],
    ['ABC', BESIDE_CLUSTER, 'B', 'C'],
  ] as const)('looks at what stacks were said to need (%s)', (order, where, late, early) => {
    const { app, stacks, gateway, cluster, serve } = placed(order, where);
    const between = new Stack(app, 'Between');
    between.addStackDependency(stacks[early]);
    stacks[late].addStackDependency(between);
    const association = gateway.addCluster(cluster);
    expect(association.stack).toBe(stacks[late]);
    serve();
    expect(() => app.synth()).not.toThrow();
  });

  test('is with the cluster when it stands in the stack of the network', () => {
    const where = { network: 'A', gateway: 'A', cluster: 'B', service: 'B' };
    const { app, stacks, gateway, cluster, serve } = placed('BA', where);
    expect(gateway.addCluster(cluster).node.scope).toBe(stacks.B);
    serve();
    expect(() => app.synth()).not.toThrow();
  });

  test('is associated with the gateway when the cluster stands in the stack of the network', () => {
    const where = { network: 'B', gateway: 'C', cluster: 'B', service: 'C' };
    const { app, gateway, cluster, serve } = placed('CB', where);
    expect(gateway.addCluster(cluster).node.scope).toBe(gateway);
    serve();
    expect(() => app.synth()).not.toThrow();
  });

  const waits = (home: string, service: string) =>
    `the cluster 'B/Ecs/Cluster' must be associated with the gateway 'C/Gateway' before '${service}/Web/Service' is made, got the association in the stack '${home}', which waits for the stack of the service: call addCluster after such services are made, or move the gateway into the stack of the cluster`;
  test.each([
    ['CBA', BESIDE_GATEWAY, waits('B', 'C')],
    ['ABC', BESIDE_CLUSTER, waits('C', 'B')],
  ] as const)('fails when a service comes before its association (%s)', (order, where, message) => {
    const { gateway, cluster, serve } = placed(order, where);
    gateway.addCluster(cluster);
    expectFailure(() => serve(), message);
  });

  test('fails when services stand on both sides', () => {
    const { stacks, gateway, cluster, serve } = placed('ABC', BESIDE_GATEWAY);
    serve();
    serve('Other', stacks.B);
    expectFailure(() => gateway.addCluster(cluster), waits('B', 'C'));
  });

  test.each(['inner', 'outer'] as const)('may stand in a nested stack, or the cluster may (%s gateway)', (which) => {
    const app = newApp();
    const outer = new Stack(app, 'Outer');
    const vpc = importedVpc(outer, 'vpc-1');
    const inner = new NestedStack(outer, 'Inner');
    const [ofGateway, ofCluster] = which === 'inner' ? [inner, outer] : [outer, inner];
    const { cluster } = new EcsCluster(ofCluster, 'Ecs', { vpc });
    const gateway = new EcsGateway(ofGateway, 'Gateway', { vpc });
    expect(gateway.addCluster(cluster).stack).toBe(inner);
    const fixture = Object.assign(Object.create(Fixture.prototype), { cluster }) as Fixture;
    [inner, outer].forEach((stack) => fixture.web({ routing: gateway.route() }, stack));
    app.synth();
    [inner, outer].forEach((stack) => expectAcyclic(Template.fromStack(stack)));
  });

  test('lets services stand anywhere when it is known by its name only', () => {
    const { app, stacks, cluster } = placed('ABCD', { network: 'A', cluster: 'B', gateway: 'C', service: 'C' });
    const theirs = EcsGateway.fromGatewayName(stacks.D, 'Theirs', { gatewayName: 'shop', internal: true });
    expect(theirs.addCluster(cluster).stack).toBe(stacks.B);
    const fixture = Object.assign(Object.create(Fixture.prototype), { cluster }) as Fixture;
    [stacks.B, stacks.D].forEach((stack) => fixture.web({ routing: theirs.route() }, stack));
    expect(() => app.synth()).not.toThrow();
  });

  test('takes imported clusters to itself, wherever services are', () => {
    const app = newApp();
    const [one, two] = ['One', 'Two'].map((name) => new Stack(app, name));
    const vpc = importedVpc(one, 'vpc-1');
    const cluster = ecs.Cluster.fromClusterAttributes(two, 'Ecs', { clusterName: 'theirs', vpc, securityGroups: [] });
    const gateway = new EcsGateway(one, 'Gateway', { vpc });
    expect(gateway.addCluster(cluster).node.scope).toBe(gateway);
    const fixture = Object.assign(Object.create(Fixture.prototype), { cluster }) as Fixture;
    fixture.web({ routing: gateway.route() }, two);
    expect(() => app.synth()).not.toThrow();
  });

  test('fails when the cluster is in another region', () => {
    const app = newApp();
    const [here, there] = ['eu-west-1', 'us-east-1'].map(
      (region) => new Stack(app, region, { env: { region, account: '111122223333' } }),
    );
    const { cluster } = new EcsCluster(there, 'Ecs', { vpc: importedVpc(there, 'vpc-2') });
    expectFailure(
      () => new EcsGateway(here, 'Gateway', { vpc: importedVpc(here, 'vpc-1'), clusters: [cluster] }),
      "the cluster 'us-east-1/Ecs/Cluster' must be in the region of the gateway 'eu-west-1/Gateway', eu-west-1, got us-east-1: use one there",
    );
  });

  test('associates two clusters of one stack', () => {
    const app = newApp();
    const [one, two] = ['One', 'Two'].map((name) => new Stack(app, name));
    const vpc = importedVpc(one, 'vpc-1');
    const gateway = new EcsGateway(one, 'Gateway', { vpc });
    for (const id of ['A', 'B']) gateway.addCluster(new EcsCluster(two, id, { vpc }).cluster);
    Template.fromStack(two).resourceCountIs(ASSOCIATIONS, 2);
  });
});
