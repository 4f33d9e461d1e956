import { Fn, Stack, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { EcsCluster, EcsGateway } from '../../lib';
import type { FromGatewayNameProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, only, warnings } from '../support/fixture';
import { ASSOCIATIONS, GATEWAY, importedVpc, made } from '../support/gateways';
import { idOf, resourceOf, serviceOf } from '../support/resources';

describe('the network of a gateway', () => {
  test('fails when the service is in another one of the app', () => {
    const fixture = new Fixture();
    const vpc = new ec2.Vpc(fixture.stack, 'Other', { natGateways: 0 });
    const { gateway } = made({ vpc }, fixture);
    expectFailure(
      () => fixture.web({ routing: gateway.route() }),
      "'Shop/Web/Service' must be in the network of the gateway 'Shop/Gateway' ('Shop/Other'), got 'Shop/Vpc': ECS connects them in one VPC only",
    );
  });

  test.each<[string, string, string | undefined]>([
    ['is the same imported one', 'vpc-1', undefined],
    [
      'is another imported one',
      'vpc-2',
      "'Shop/Web/Service' must be in the network of the gateway 'Shop/Gateway' (vpc-1), got vpc-2: ECS connects them in one VPC only",
    ],
    ['is imported by a token', Fn.importValue('Vpc'), undefined],
  ])('is compared when that of the service %s', (_what, vpcId, message) => {
    const fixture = new Fixture();
    const { stack } = fixture;
    const gateway = new EcsGateway(stack, 'Gateway', { vpc: importedVpc(stack, 'vpc-1') });
    const other = new Stack(fixture.app, 'Other');
    const cluster = new EcsCluster(other, 'Ecs', { vpc: importedVpc(other, vpcId) }).cluster;
    const run = () => fixture.web({ cluster, routing: gateway.route() });
    if (message) expectFailure(run, message);
    else expect(run).not.toThrow();
  });

  test.each<[string, ec2.SubnetSelection, string | undefined]>([
    ['fewer zones', { availabilityZones: ['eu-west-1a'] }, undefined],
    [
      'more zones',
      {},
      "'Shop/Web/Service' must run in the zones of 'Shop/Gateway' (eu-west-1a, eu-west-1b), got eu-west-1c too: ECS connects a service only to a gateway that covers all of its zones, so choose vpcSubnets or loadBalancerSubnets that agree",
    ],
  ])('is compared with that of a service in %s', (_what, vpcSubnets, message) => {
    const fixture = new Fixture();
    const { stack } = fixture;
    const vpc = importedVpc(stack, 'vpc-1', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
    const cluster = new EcsCluster(stack, 'Other', { vpc }).cluster;
    const loadBalancerSubnets = { subnetType: ec2.SubnetType.PUBLIC, availabilityZones: ['eu-west-1a', 'eu-west-1b'] };
    const { gateway } = made({ vpc, clusters: [cluster], loadBalancerSubnets }, fixture);
    const run = () => fixture.web({ cluster, vpcSubnets, routing: gateway.route() });
    if (message) expectFailure(run, message);
    else expect(run).not.toThrow();
  });

  test('fails when a zone without a name is missing', () => {
    const fixture = new Fixture();
    const zones = [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs()));
    const vpc = importedVpc(fixture.stack, 'vpc-1', zones);
    const loadBalancerSubnets = { subnets: vpc.publicSubnets.slice(0, 2) };
    const { gateway } = made({ vpc, clusters: [], loadBalancerSubnets }, fixture);
    const { cluster } = new EcsCluster(fixture.stack, 'Other', { vpc });
    expectFailure(
      () => fixture.web({ cluster, routing: gateway.route() }),
      /\(zone 1 of the region, zone 2 of the region\), got zone 3 of the region too/,
    );
  });

  test('is not compared where zones or subnets are unknown', () => {
    const fixture = new Fixture();
    const { stack } = fixture;
    const subnets = ['x', 'y'].map((id) => ec2.Subnet.fromSubnetId(stack, id, `subnet-${id}`));
    const { gateway } = made({ loadBalancerSubnets: { subnets } }, fixture);
    expect(() => fixture.web({ routing: gateway.route() })).not.toThrow();
    const stray = ec2.Subnet.fromSubnetAttributes(stack, 'Stray', { subnetId: 'subnet-z', availabilityZone: 'moon-1' });
    expect(() =>
      fixture.web({ routing: gateway.route(), vpcSubnets: { subnets: [stray] } }, stack, 'Astray'),
    ).not.toThrow();
  });
});

describe('clusters of a gateway', () => {
  function withImported(name: string, routedName = name) {
    const fixture = new Fixture();
    const { stack } = fixture;
    const vpc = importedVpc(stack, 'vpc-9');
    const gateway = new EcsGateway(stack, 'Gateway', {
      vpc,
      clusters: name ? [ecsClusterOf(stack, 'A', name, vpc)] : [],
    });
    const run = () => {
      fixture.web({ cluster: ecsClusterOf(stack, 'B', routedName, vpc), routing: gateway.route() });
      return fixture.template();
    };
    return { gateway, run };
  }

  const ecsClusterOf = (stack: Stack, id: string, clusterName: string, vpc: ec2.IVpc) =>
    ecs.Cluster.fromClusterAttributes(stack, id, { clusterName, vpc, securityGroups: [] });

  test('are known by their names when they are imported twice', () => {
    const template = withImported('theirs').run();
    expect(only(template, ASSOCIATIONS).Properties.Cluster).toBe('theirs');
    const [, service] = Object.entries(template.findResources('AWS::ECS::Service'))[0];
    expect(service.DependsOn).toContain(only(template, ASSOCIATIONS).id);
  });

  test('fails when an imported one was not added', () => {
    expect(() => withImported('theirs', 'others').run()).toThrow(/^.*the cluster 'Shop\/B' must be associated/s);
  });

  test('are not judged when their names are tokens', () => {
    expect(() => withImported('', Fn.importValue('Cluster')).run()).not.toThrow();
  });

  test('may have five gateways, and fails when one has six', () => {
    const fixture = new Fixture();
    const gateways = [1, 2, 3, 4, 5, 6].map(
      (number) => new EcsGateway(fixture.stack, `Gateway${number}`, { vpc: fixture.vpc, accessLogs: false }),
    );
    gateways.slice(0, 5).forEach((gateway) => gateway.addCluster(fixture.cluster));
    const names = [1, 2, 3, 4, 5, 6].map((number) => `'Shop/Gateway${number}'`).join(', ');
    expectFailure(
      () => gateways[5].addCluster(fixture.cluster),
      `a cluster must have at most 5 gateways, got 6 for 'Shop/Ecs/Cluster': ${names}: let its services share some, or use another cluster`,
    );
    // Other apps and other clusters count for themselves.
    expect(() => made()).not.toThrow();
    expect(() => gateways[5].addCluster(ecsClusterOf(fixture.stack, 'Other', 'other', fixture.vpc))).not.toThrow();
  });

  test('warn when two gateways are alike, because a route leads to the service from both', () => {
    const { fixture } = made();
    made({}, { ...fixture, stack: new Stack(fixture.app, 'More') } as unknown as Fixture);
    const more = fixture.app.node.findChild('More') as Stack;
    expect(warnings(more)).toEqual([
      expect.stringContaining(
        "the cluster 'Shop/Ecs/Cluster' has two public gateways, 'Shop/Gateway' and 'More/Gateway': a route of one leads",
      ),
    ]);
  });
});

describe('EcsGateway.fromGatewayName', () => {
  const theirs = (internal = true, fixture = new Fixture()) => ({
    fixture,
    gateway: EcsGateway.fromGatewayName(fixture.stack, 'Theirs', { gatewayName: 'public-shop', internal }),
  });

  test('makes nothing, and asks for no association', () => {
    const { fixture, gateway } = theirs();
    fixture.web({ routing: gateway.route() });
    const template = fixture.template();
    expect(gateway.gatewayName).toBe('public-shop');
    [GATEWAY, ASSOCIATIONS].forEach((type) => template.resourceCountIs(type, 0));
    expect(serviceOf(template).GatewayConnectors).toMatchObject([{ Filters: { AccessTypes: ['PRIVATE'] } }]);
  });

  test('associates a cluster that is added, before its services', () => {
    const { fixture, gateway } = theirs(false);
    const web = fixture.web({ routing: gateway.route() });
    const association = gateway.addCluster(fixture.cluster);
    const template = fixture.template();
    expect(only(template, ASSOCIATIONS).Properties).toEqual({
      Gateway: 'public-shop',
      Cluster: { Ref: idOf(fixture.cluster) },
    });
    expect(resourceOf(template, web.service).DependsOn).toContain(idOf(association));
    expect(serviceOf(template).GatewayConnectors).toMatchObject([{ Filters: { AccessTypes: ['PUBLIC'] } }]);
  });

  test('compares networks when it knows its own', () => {
    const fixture = new Fixture();
    const vpc = new ec2.Vpc(fixture.stack, 'Other', { natGateways: 0 });
    const options = { gatewayName: 'shop', internal: true, vpc };
    const gateway = EcsGateway.fromGatewayName(fixture.stack, 'Theirs', options);
    expectFailure(
      () => fixture.web({ routing: gateway.route() }),
      /must be in the network of the gateway 'Shop\/Theirs'/,
    );
  });

  test.each<[string, object, RegExp]>([
    ['nobody says where it is', { internal: undefined }, /^internal must be given, got undefined$/],
    ['it has no name', { gatewayName: undefined }, /^gatewayName must be given, got undefined$/],
    [
      'the name is an ARN',
      { gatewayName: 'arn:aws:ecs:eu-west-1:111122223333:gateway/shop' },
      /^gatewayName must be 1 to/,
    ],
  ])('fails when %s', (_what, wrong, message) => {
    const { stack } = new Fixture();
    const props: FromGatewayNameProps = { gatewayName: 'shop', internal: false, ...wrong };
    expectFailure(() => EcsGateway.fromGatewayName(stack, 'Theirs', props), message);
  });

  test('fails when it is imported twice for one cluster', () => {
    const { fixture, gateway } = theirs();
    gateway.addCluster(fixture.cluster);
    const options = { gatewayName: 'public-shop', internal: true };
    const again = EcsGateway.fromGatewayName(fixture.stack, 'Again', options);
    expectFailure(
      () => again.addCluster(fixture.cluster),
      "the cluster 'Shop/Ecs/Cluster' must be associated with the gateway 'public-shop' once, got a second time after 'Shop/Theirs': import the gateway once",
    );
  });
});
