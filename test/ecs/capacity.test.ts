import { Stack, Token, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Capacity, Deployment } from '../../lib';
import type { ExecutionRole } from '../../lib';
import { CAPACITIES } from '../support/capacities';
import { Fixture, IMAGE, Template } from '../support/fixture';
import { newWorker } from '../support/pools';
import { idOf, resourceOf, serviceOf } from '../support/resources';

const ASSOCIATIONS = 'AWS::ECS::ClusterCapacityProviderAssociations';

/** The cluster of somebody who forgot the capacity providers. */
function bareCluster({ stack, vpc }: Fixture): ecs.Cluster {
  return new ecs.Cluster(stack, 'Bare', { vpc });
}

function associate(scope: Stack, cluster: ecs.CfnClusterCapacityProviderAssociationsProps['cluster']) {
  return new ecs.CfnClusterCapacityProviderAssociations(scope, 'Associations', {
    cluster,
    capacityProviders: ['FARGATE'],
    defaultCapacityProviderStrategy: [],
  });
}

describe('Capacity', () => {
  test.each(CAPACITIES)('$name is an explicit strategy, and a launch type only outside AWS', (row) => {
    const fixture = new Fixture();
    newWorker(fixture, { capacity: row.capacity(fixture) });
    const service = serviceOf(fixture.template());
    expect(service.CapacityProviderStrategy).toEqual(row.strategy);
    expect(service.LaunchType).toBe(row.launchType);
  });

  test('is Fargate when nothing is said', () => {
    const fixture = new Fixture();
    fixture.web();
    expect(serviceOf(fixture.template()).CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE', Weight: 1 },
    ]);
  });

  test('mixes On-Demand and Spot as told', () => {
    const fixture = new Fixture();
    fixture.web({ capacity: Capacity.fargateSpot({ onDemandBase: 1, onDemandWeight: 1, spotWeight: 3 }) });
    expect(serviceOf(fixture.template()).CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE', Base: 1, Weight: 1 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 3 },
    ]);
  });

  test('takes tokens for bases and weights', () => {
    const fixture = new Fixture();
    const onDemandBase = Token.asNumber({ Ref: 'Base' });
    fixture.web({ capacity: Capacity.fargateSpot({ onDemandBase, spotWeight: Token.asNumber({ Ref: 'Weight' }) }) });
    expect(serviceOf(fixture.template()).CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE', Base: { Ref: 'Base' }, Weight: 0 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: { Ref: 'Weight' } },
    ]);
  });

  test('says what a task definition must be made for', () => {
    expect(Capacity.fargate().compatibility).toBe(ecs.Compatibility.FARGATE);
    expect(Capacity.fargateSpot().compatibility).toBe(ecs.Compatibility.FARGATE);
  });

  test.each([
    ['onDemandBase is negative', { onDemandBase: -1 }, 'onDemandBase must be between 0 and 100000, got -1'],
    ['onDemandBase is too large', { onDemandBase: 100001 }, 'onDemandBase must be between 0 and 100000, got 100001'],
    ['onDemandBase is no whole number', { onDemandBase: 1.5 }, 'onDemandBase must be a whole number, got 1.5'],
    ['onDemandWeight is negative', { onDemandWeight: -1 }, 'onDemandWeight must be between 0 and 1000, got -1'],
    ['onDemandWeight is too large', { onDemandWeight: 1001 }, 'onDemandWeight must be between 0 and 1000, got 1001'],
    ['spotWeight is too large', { spotWeight: 1001 }, 'spotWeight must be between 0 and 1000, got 1001'],
    ['spotWeight is no number', { spotWeight: NaN }, 'spotWeight must be between 0 and 1000, got NaN'],
    [
      'all weights are 0',
      { spotWeight: 0 },
      'onDemandWeight or spotWeight must be above 0, got 0 for both: tasks above the base would have no place',
    ],
  ])('fails when %s', (_what, options, message) => {
    expect(() => Capacity.fargateSpot(options)).toThrow(new Error(message));
  });
});

describe('the order of cluster and service', () => {
  test('creates the service after the provider associations of its cluster', () => {
    const fixture = new Fixture();
    const { service } = fixture.web();
    const template = fixture.template();
    const [associations] = Object.keys(template.findResources(ASSOCIATIONS));
    expect(resourceOf(template, service).DependsOn).toContain(associations);
  });

  test('creates the service after associations that an L1 makes elsewhere in the stack', () => {
    const fixture = new Fixture();
    const cluster = bareCluster(fixture);
    const { service } = fixture.web({ cluster });
    const associations = associate(fixture.stack, cluster.clusterName);
    expect(resourceOf(fixture.template(), service).DependsOn).toContain(idOf(associations));
  });

  test('deploys the stack of the associations before the stack of the service', () => {
    const fixture = new Fixture();
    const consumer = new Stack(fixture.app, 'Consumer');
    const { service } = fixture.web({}, consumer);
    const template = Template.fromStack(consumer);
    expect(consumer.dependencies).toContain(fixture.stack);
    expect(resourceOf(template, service).DependsOn.filter((id: string) => id.startsWith('Ecs'))).toEqual([]);
  });

  test('deploys a stack that holds the associations alone before the stack of the service', () => {
    const fixture = new Fixture();
    const cluster = bareCluster(fixture);
    const middle = new Stack(fixture.app, 'Middle');
    associate(middle, cluster.clusterName);
    const consumer = new Stack(fixture.app, 'Consumer');
    fixture.web({ cluster }, consumer);
    fixture.app.synth();
    expect(consumer.dependencies).toContain(middle);
  });

  test('creates the service after the policies of its execution role', () => {
    const fixture = new Fixture();
    const { service, executionRole } = fixture.web();
    expect(resourceOf(fixture.template(), service).DependsOn).toEqual(
      expect.arrayContaining((executionRole as ExecutionRole).policies.map((policy) => idOf(policy))),
    );
  });
});

describe('a cluster without the capacity provider', () => {
  test('fails when the cluster has none, at synthesis, with the ways out', () => {
    const fixture = new Fixture();
    fixture.web({ cluster: bareCluster(fixture) });
    expect(() => fixture.app.synth()).toThrow(
      "[Shop/Web/Service] the cluster 'Shop/Bare' must have the capacity provider FARGATE for Capacity.fargate(), got none: " +
        'make it with EcsCluster, or set enableFargateCapacityProviders to true',
    );
  });

  test('fails when the cluster has Fargate, but not Fargate Spot', () => {
    const fixture = new Fixture();
    const cluster = bareCluster(fixture);
    associate(fixture.stack, cluster.clusterName);
    fixture.web({ cluster, capacity: Capacity.fargateSpot() });
    expect(() => fixture.app.synth()).toThrow(
      "the cluster 'Shop/Bare' must have the capacity provider FARGATE_SPOT for Capacity.fargateSpot(), got FARGATE: ",
    );
  });

  test('fails when the cluster of another stack has none', () => {
    const fixture = new Fixture();
    fixture.web({ cluster: bareCluster(fixture) }, new Stack(fixture.app, 'Consumer'));
    expect(() => fixture.app.synth()).toThrow(
      "[Consumer/Web/Service] the cluster 'Shop/Bare' must have the capacity provider FARGATE for Capacity.fargate(), got none",
    );
  });

  test.each<[string, (cluster: ecs.Cluster, stack: Stack) => void]>([
    ['the L2 makes the associations after the service', (cluster) => cluster.enableFargateCapacityProviders()],
    ['an L1 names the cluster', (cluster, stack) => associate(stack, cluster.clusterName)],
    ['an L1 takes the cluster, and writes its ARN', (cluster, stack) => associate(stack, cluster)],
    [
      'the L1 of the cluster has them',
      (cluster) => {
        (cluster.node.defaultChild as ecs.CfnCluster).capacityProviders = ['FARGATE'];
      },
    ],
  ])('is fine when %s', (_how, provide) => {
    const fixture = new Fixture();
    const cluster = bareCluster(fixture);
    fixture.web({ cluster });
    provide(cluster, fixture.stack);
    expect(() => fixture.app.synth()).not.toThrow();
  });

  test('is not asked of an imported cluster, which nobody can see into', () => {
    const fixture = new Fixture();
    const { stack, vpc } = fixture;
    fixture.web({ cluster: ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc }) });
    expect(serviceOf(fixture.template())).toMatchObject({
      Cluster: 'theirs',
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
    });
  });
});

describe('Capacity.bind for a task definition of yours', () => {
  function bind(props: Partial<Parameters<Capacity['bind']>[1]> = {}) {
    const fixture = new Fixture();
    const taskDefinition = new ecs.FargateTaskDefinition(fixture.stack, 'Task');
    taskDefinition.addContainer('main', { image: IMAGE });
    const service = Capacity.fargateSpot().bind(fixture.stack, {
      cluster: fixture.cluster,
      taskDefinition,
      ...Deployment.rolling().bind(),
      ...props,
    });
    const template = fixture.template();
    return { ...fixture, taskDefinition, service, template, resource: resourceOf(template, service) };
  }

  test('makes a service with the strategy, after the associations', () => {
    const { template, resource, service } = bind();
    expect(service.node.path).toBe('Shop/Service');
    expect(resource.Properties).not.toHaveProperty('LaunchType');
    expect(resource.Properties).not.toHaveProperty('DesiredCount');
    expect(resource.Properties.CapacityProviderStrategy).toHaveLength(2);
    expect(resource.DependsOn).toEqual(
      expect.arrayContaining(Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'))),
    );
  });

  test('passes on what it is given', () => {
    const { resource } = bind({
      desiredCount: 4,
      assignPublicIp: true,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      circuitBreaker: { enable: true, rollback: false },
    });
    expect(resource.Properties).toMatchObject({
      DesiredCount: 4,
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: false } },
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED' } },
    });
  });

  test.each([
    [200, 'ENABLED'],
    [101, 'ENABLED'],
    [100, 'DISABLED'],
  ])('with at most %i percent, AZ rebalancing is %s', (maxHealthyPercent, value) => {
    const { resource } = bind({ minHealthyPercent: 0, maxHealthyPercent });
    expect(resource.Properties.AvailabilityZoneRebalancing).toBe(value);
  });
});
