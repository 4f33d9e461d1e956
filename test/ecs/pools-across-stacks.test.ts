import { Stack, aws_ecs as ecs } from 'aws-cdk-lib';
import { Capacity, InstancePool, ManagedInstances } from '../../lib';
import { Fixture, newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { newManaged, newPool, newWorker } from '../support/pools';
import { idOf, resourceOf, serviceOf, taskOf } from '../support/resources';

const KINDS = [
  { kind: 'InstancePool', make: (fixture: Fixture) => newPool(fixture, {}, 'Made'), Imported: InstancePool },
  { kind: 'ManagedInstances', make: (fixture: Fixture) => newManaged(fixture, {}, 'Made'), Imported: ManagedInstances },
];
const MODES = KINDS.flatMap((kind) => ['strong', 'weak'].map((mode) => ({ ...kind, mode })));

describe.each(MODES)('$kind in the stack of its cluster, with $mode references', ({ make, mode }) => {
  const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode }));
  const pool = make(fixture);
  const consumer = new Stack(fixture.app, 'Consumer');
  const { service } = newWorker(fixture, { capacity: pool.capacity() }, consumer);

  test('serves a service of another stack, with no cycle', () => {
    expect(() => fixture.app.synth()).not.toThrow();
    expectAcyclic(Template.fromStack(consumer));
    expectAcyclic(fixture.template());
    expect(consumer.dependencies).toEqual([fixture.stack]);
    expect(fixture.stack.dependencies).toEqual([]);
  });

  test('is named in its strategy by a reference to the other stack', () => {
    const [{ CapacityProvider }] = serviceOf(Template.fromStack(consumer)).CapacityProviderStrategy;
    const [way] = Object.keys(CapacityProvider);
    expect(way).toBe(mode === 'strong' ? 'Fn::ImportValue' : 'Fn::GetStackOutput');
    expect(JSON.stringify(CapacityProvider)).toContain('MadeCapacityProvider');
  });

  test('makes nothing of its own in the stack of the service', () => {
    const template = Template.fromStack(consumer);
    template.resourceCountIs('AWS::ECS::CapacityProvider', 0);
    template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
    expect(resourceOf(template, service).DependsOn.filter((id: string) => /^(Ecs|Made)/.test(id))).toEqual([]);
  });
});

describe('several pools', () => {
  test('of one stack serve services of two others', () => {
    const fixture = new Fixture();
    const [a, b] = ['A', 'B'].map((id) => newPool(fixture, {}, id));
    const stacks = ['One', 'Two'].map((id) => new Stack(fixture.app, id));
    stacks.forEach((stack) => {
      newWorker(fixture, { capacity: Capacity.pools([{ pool: a, base: 1 }, { pool: b }]) }, stack);
    });
    fixture.app.synth();
    stacks.forEach((stack) => expect(serviceOf(Template.fromStack(stack)).CapacityProviderStrategy).toHaveLength(2));
  });

  test('that are made after a service are associated before it is created', () => {
    const fixture = new Fixture();
    const { service } = newWorker(fixture);
    const pool = newPool(fixture);
    const template = fixture.template();
    const associations = only(template, 'AWS::ECS::ClusterCapacityProviderAssociations');
    expect(associations.Properties.CapacityProviders).toContainEqual(fixture.stack.resolve(pool.capacityProviderName));
    expect(resourceOf(template, service).DependsOn).toContain(associations.id);
  });
});

describe.each(KINDS)('$kind of somebody else', ({ Imported, kind }) => {
  const theirs = ({ stack, vpc }: Fixture) =>
    ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc });

  test('are taken by name, with a cluster of somebody else', () => {
    const fixture = new Fixture();
    const pool = Imported.fromCapacityProviderName(fixture.stack, 'Pool', 'spare');
    const { service } = newWorker(fixture, { cluster: theirs(fixture), capacity: pool.capacity() });
    const template = fixture.template();
    expect(serviceOf(template)).toMatchObject({
      Cluster: 'theirs',
      CapacityProviderStrategy: [{ CapacityProvider: 'spare', Weight: 1 }],
    });
    expect(serviceOf(template)).not.toHaveProperty('LaunchType');
    expect(taskOf(template).RequiresCompatibilities).toEqual([kind === 'InstancePool' ? 'EC2' : 'MANAGED_INSTANCES']);
    expect(resourceOf(template, service).DependsOn).not.toContain(idOf(fixture.cluster));
    expect(pool.capacityProviderName).toBe('spare');
  });

  test('are taken with a cluster of this app, which may have been given them elsewhere', () => {
    const fixture = new Fixture();
    const pool = Imported.fromCapacityProviderName(fixture.stack, 'Pool', 'spare');
    newWorker(fixture, { capacity: pool.capacity(), cpuArchitecture: ecs.CpuArchitecture.ARM64 });
    expect(() => fixture.app.synth()).not.toThrow();
    expect(taskOf(fixture.template()).RuntimePlatform.CpuArchitecture).toBe('ARM64');
  });

  test('stand in another stack', () => {
    const fixture = new Fixture();
    const consumer = new Stack(fixture.app, 'Consumer');
    const pool = Imported.fromCapacityProviderName(consumer, 'Pool', 'spare');
    newWorker(fixture, { capacity: pool.capacity() }, consumer);
    expect(serviceOf(Template.fromStack(consumer)).CapacityProviderStrategy[0].CapacityProvider).toBe('spare');
  });
});

test('a pool of somebody else stands beside one of yours, whose instances are checked', () => {
  const fixture = new Fixture();
  const spare = InstancePool.fromCapacityProviderName(fixture.stack, 'Spare', 'spare');
  newWorker(fixture, { capacity: Capacity.pools([{ pool: spare }, { pool: newPool(fixture), base: 1 }]) });
  expect(serviceOf(fixture.template()).CapacityProviderStrategy).toEqual([
    { CapacityProvider: 'spare', Weight: 1 },
    { CapacityProvider: { Ref: expect.stringMatching('^PoolCapacityProvider') }, Base: 1, Weight: 1 },
  ]);
});
