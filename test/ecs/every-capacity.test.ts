import { Stack, aws_ec2 as ec2, aws_ecs as ecs, aws_s3 as s3 } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Capacity } from '../../lib';
import { CAPACITIES } from '../support/capacities';
import { Fixture, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { expectNothingInline, statementsOf } from '../support/policies';
import { all, containerOf, idOf, resourceOf, serviceOf, taskOf } from '../support/resources';

/** What every intent of ECS is. */
type Intent = Construct & iam.IGrantable & ec2.IConnectable & { readonly service: ecs.BaseService };

interface Given {
  readonly capacity: Capacity;
  readonly cluster?: ecs.ICluster;
}

/** Every intent of ECS: a new one is a row here, and is tested on every compute. */
const INTENTS: { intent: string; make: (fixture: Fixture, given: Given, scope?: Construct) => Intent }[] = [
  { intent: 'WebService', make: (fixture, given, scope) => fixture.web(given, scope) },
];

const ROWS = INTENTS.flatMap((intent) => CAPACITIES.map((capacity) => ({ ...intent, ...capacity })));

describe.each(ROWS)('$intent on $name', ({ make, capacity, strategy }) => {
  function made(scope?: (fixture: Fixture) => Stack) {
    const fixture = new Fixture();
    const stack = scope?.(fixture) ?? fixture.stack;
    return { fixture, stack, intent: make(fixture, { capacity: capacity() }, stack) };
  }
  let template: Template;
  let service: ecs.BaseService;

  beforeAll(() => {
    const { stack, intent } = made();
    service = intent.service;
    template = Template.fromStack(stack);
  });

  test('has an explicit capacity provider strategy and no launch type', () => {
    expect(serviceOf(template).CapacityProviderStrategy).toEqual(strategy);
    expect(serviceOf(template)).not.toHaveProperty('LaunchType');
  });

  test('is created after the provider associations of its cluster and deleted before them', () => {
    const associations = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(associations).toHaveLength(1);
    expect(resourceOf(template, service).DependsOn).toEqual(expect.arrayContaining(associations));
  });

  test('fails when the cluster has not its providers', () => {
    const fixture = new Fixture();
    make(fixture, { capacity: capacity(), cluster: new ecs.Cluster(fixture.stack, 'Bare', { vpc: fixture.vpc }) });
    expect(() => fixture.app.synth()).toThrow(/the cluster 'Shop\/Bare' must have the capacity provider /);
  });

  test('sets no desired count, and scales from two tasks', () => {
    expect(serviceOf(template)).not.toHaveProperty('DesiredCount');
    expect(all(template, 'AWS::ApplicationAutoScaling::ScalableTarget')[0].MinCapacity).toBe(2);
  });

  test('keeps its tasks during a deployment, and rolls back when it fails', () => {
    expect(serviceOf(template).DeploymentConfiguration).toEqual({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
  });

  test('rebalances its tasks between zones and gives them its tags', () => {
    expect(serviceOf(template)).toMatchObject({
      AvailabilityZoneRebalancing: 'ENABLED',
      PropagateTags: 'SERVICE',
      EnableECSManagedTags: true,
    });
  });

  test('says operating system and processor', () => {
    expect(taskOf(template).RuntimePlatform).toEqual({ OperatingSystemFamily: 'LINUX', CpuArchitecture: 'X86_64' });
  });

  test('has a read-only root file system with a scratch directory', () => {
    expect(containerOf(template)).toMatchObject({
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp', MountOptions: ['mode=1777'] }] },
    });
  });

  test('has no public address, and lets nobody in whom it was not told to', () => {
    expect(serviceOf(template).NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
    for (const group of all(template, 'AWS::EC2::SecurityGroup')) {
      expect(group).not.toHaveProperty('SecurityGroupIngress');
    }
    for (const rule of all(template, 'AWS::EC2::SecurityGroupIngress')) {
      expect(rule).not.toHaveProperty('CidrIp');
      expect(rule).not.toHaveProperty('CidrIpv6');
    }
  });

  test('has roles of its own with customer managed policies only', () => {
    template.resourceCountIs('AWS::IAM::Role', 2);
    expectNothingInline(template);
  });

  test('keeps its logs for a year', () => {
    for (const group of Object.values(template.findResources('AWS::Logs::LogGroup'))) {
      expect(group).toMatchObject({ Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain' });
    }
    expect(containerOf(template).LogConfiguration.LogDriver).toBe('awslogs');
  });

  test('receives grants and connects to others', () => {
    const { fixture, intent } = made();
    const bucket = new s3.Bucket(fixture.stack, 'Bucket');
    bucket.grantRead(intent);
    intent.connections.allowTo(ec2.Peer.ipv4('10.9.0.0/16'), ec2.Port.tcp(443));
    const granted = fixture.template();
    expect(JSON.stringify(statementsOf(granted, 'WebTaskRole'))).toContain(idOf(bucket));
    expectNothingInline(granted);
  });

  test('stands in another stack than its cluster, with no cycle', () => {
    const { fixture, stack } = made(({ app }) => new Stack(app, 'Consumer'));
    expectAcyclic(Template.fromStack(stack));
    expectAcyclic(fixture.template());
    expect(fixture.stack.dependencies).toEqual([]);
  });
});
