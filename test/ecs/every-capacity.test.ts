import { Stack, aws_ec2 as ec2, aws_ecs as ecs, aws_s3 as s3 } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Routing } from '../../lib';
import type { Capacity } from '../../lib';
import { CAPACITIES } from '../support/capacities';
import { expectFailure } from '../support/errors';
import { Fixture, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { expectNothingInline, statementsOf } from '../support/policies';
import { newWorker } from '../support/pools';
import { all, containerOf, idOf, resourceOf, serviceOf, taskOf } from '../support/resources';

/** What every intent of ECS is. */
type Intent = Construct & iam.IGrantable & ec2.IConnectable & { readonly service: ecs.BaseService };

interface Given {
  readonly capacity: Capacity;
  readonly cluster?: ecs.ICluster;
  readonly cpuArchitecture?: ecs.CpuArchitecture;
}

interface IntentRow {
  readonly intent: string;
  /** How many tasks run when nothing is said, and whether something scales them where that is possible. */
  readonly tasks: number;
  readonly scaled: boolean;
  readonly make: (fixture: Fixture, given: Given, inVpc: boolean, scope?: Construct) => Intent;
}

/** Every intent of ECS: a new one is a row here, and is tested on every compute. All have the id `It`. */
const INTENTS: IntentRow[] = [
  {
    intent: 'WebService',
    tasks: 2,
    scaled: true,
    make: (fixture, given, inVpc, scope) =>
      fixture.web(inVpc ? given : { ...given, healthCheck: undefined, routing: Routing.none() }, scope, 'It'),
  },
  {
    intent: 'WorkerService',
    tasks: 1,
    scaled: false,
    make: (fixture, given, _inVpc, scope) => newWorker(fixture, given, scope, 'It'),
  },
];

const ROWS = INTENTS.flatMap((intent) =>
  CAPACITIES.flatMap(({ architectures, ...capacity }) =>
    architectures.map((architecture) => ({ ...intent, ...capacity, architecture })),
  ),
);

describe.each(ROWS)('$intent on $name, $architecture', (row) => {
  const { architecture, inVpc, scaled: scales, tasks } = row;
  const scaled = scales && inVpc;
  const cpuArchitecture = ecs.CpuArchitecture[architecture];

  function made(scope?: (fixture: Fixture) => Stack) {
    const fixture = new Fixture();
    const stack = scope?.(fixture) ?? fixture.stack;
    const intent = row.make(fixture, { capacity: row.capacity(fixture), cpuArchitecture }, inVpc, stack);
    return { fixture, stack, intent };
  }
  let template: Template;
  let service: ecs.BaseService;

  beforeAll(() => {
    const { stack, intent } = made();
    service = intent.service;
    template = Template.fromStack(stack);
  });

  test('has an explicit capacity provider strategy, and a launch type only outside AWS', () => {
    expect(serviceOf(template).CapacityProviderStrategy).toEqual(row.strategy);
    expect(serviceOf(template).LaunchType).toBe(row.launchType);
  });

  test('has a task definition for its compute and its processor', () => {
    expect(taskOf(template)).toMatchObject({
      RequiresCompatibilities: [row.compatibility],
      NetworkMode: row.networkMode,
      RuntimePlatform: { OperatingSystemFamily: 'LINUX', CpuArchitecture: architecture },
      Cpu: '256',
      Memory: '512',
    });
  });

  test('spreads its tasks over zones where it has a choice of instances', () => {
    expect(serviceOf(template).PlacementStrategies).toEqual(row.placement);
  });

  test('is created after the provider associations of its cluster and deleted before them', () => {
    const associations = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(associations).toHaveLength(1);
    expect(resourceOf(template, service).DependsOn).toEqual(expect.arrayContaining(associations));
  });

  test('says how many tasks run only when nothing scales them', () => {
    const targets = all(template, 'AWS::ApplicationAutoScaling::ScalableTarget');
    expect(serviceOf(template).DesiredCount).toBe(scaled ? undefined : tasks);
    expect(targets.map(({ MinCapacity }) => MinCapacity)).toEqual(scaled ? [tasks] : []);
  });

  test('keeps its tasks during a deployment, and rolls back when it fails', () => {
    expect(serviceOf(template).DeploymentConfiguration).toEqual({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
  });

  test('rebalances its tasks between zones where there are some, and gives them its tags', () => {
    expect(serviceOf(template).AvailabilityZoneRebalancing).toBe(inVpc ? 'ENABLED' : undefined);
    expect(serviceOf(template)).toMatchObject({ PropagateTags: 'SERVICE', EnableECSManagedTags: true });
  });

  test('has a read-only root file system with a scratch directory', () => {
    expect(containerOf(template)).toMatchObject({
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp', MountOptions: ['mode=1777'] }] },
    });
  });

  test('has no public address, and lets nobody in whom it was not told to', () => {
    const network = serviceOf(template).NetworkConfiguration?.AwsvpcConfiguration;
    expect(network?.AssignPublicIp).toBe(inVpc ? 'DISABLED' : undefined);
    expect(network?.Subnets).toEqual(inVpc ? Array(2).fill({ Ref: expect.stringMatching('^VpcPrivate') }) : undefined);
    for (const group of all(template, 'AWS::EC2::SecurityGroup')) {
      expect(group).not.toHaveProperty('SecurityGroupIngress');
    }
    for (const rule of all(template, 'AWS::EC2::SecurityGroupIngress')) {
      expect(rule).not.toHaveProperty('CidrIp');
      expect(rule).not.toHaveProperty('CidrIpv6');
    }
  });

  test('has roles of its own with customer managed policies only', () => {
    template.resourceCountIs('AWS::IAM::Role', 2 + row.roles);
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
    expect(JSON.stringify(statementsOf(granted, 'ItTaskRole'))).toContain(idOf(bucket));
    expectNothingInline(granted);
  });

  test('stands in another stack than its cluster, with no cycle', () => {
    const { fixture, stack } = made(({ app }) => new Stack(app, 'Consumer'));
    expectAcyclic(Template.fromStack(stack));
    expectAcyclic(fixture.template());
    expect(fixture.stack.dependencies).toEqual([]);
  });
});

const ON_FARGATE = INTENTS.flatMap((intent) =>
  CAPACITIES.filter(({ fargate }) => fargate).map((capacity) => ({ ...intent, ...capacity })),
);

test.each(ON_FARGATE)('$intent on $name fails when the cluster has not its providers', ({ make, capacity }) => {
  const fixture = new Fixture();
  const cluster = new ecs.Cluster(fixture.stack, 'Bare', { vpc: fixture.vpc });
  make(fixture, { capacity: capacity(fixture), cluster }, true);
  expect(() => fixture.app.synth()).toThrow(/the cluster 'Shop\/Bare' must have the capacity provider /);
});

const ON_INSTANCES = INTENTS.flatMap((intent) =>
  CAPACITIES.filter(({ fargate, inVpc }) => !fargate && inVpc).map((capacity) => ({ ...intent, ...capacity })),
);

test.each(ON_INSTANCES)('$intent on $name fails when the instances are of another cluster', ({ make, ...row }) => {
  const fixture = new Fixture();
  const cluster = new ecs.Cluster(fixture.stack, 'Other', { vpc: fixture.vpc });
  const capacity = row.capacity(fixture);
  const cpuArchitecture = ecs.CpuArchitecture[row.architectures[0]];
  expectFailure(
    () => make(fixture, { capacity, cluster, cpuArchitecture }, true),
    /^cluster must be the one of 'Shop\/(Pool|Steady|Managed)' \('Shop\/Ecs\/Cluster'\), got 'Shop\/Other': instances join one cluster only$/,
  );
});
