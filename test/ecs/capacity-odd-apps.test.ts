import {
  CfnParameter,
  Fn,
  NestedStack,
  Size,
  Stack,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_sqs as sqs,
  Duration,
  Token,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EcsCluster, InstancePool, ManagedInstances, Mount, Scaling, ScalingPolicy, WorkerService } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, newApp, only, Template } from '../support/fixture';
import { newManaged, newPool, newWorker, types } from '../support/pools';
import { all, bareService, serviceOf } from '../support/resources';

const VPC = {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
  privateSubnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
  privateSubnetRouteTableIds: ['rtb-a', 'rtb-b', 'rtb-c'],
};

/** The cluster, a pool and Managed Instances in a stack, or in one that is nested in it. */
function providersIn(scope: Construct): unknown[] {
  const { cluster } = new EcsCluster(scope, 'Ecs', { vpc: ec2.Vpc.fromVpcAttributes(scope, 'Vpc', VPC) });
  new InstancePool(scope, 'Pool', { cluster, instanceTypes: types('m7i.large'), maxInstances: 2 });
  new ManagedInstances(scope, 'Managed', { cluster });
  return all(Template.fromStack(Stack.of(scope)), 'AWS::ECS::CapacityProvider').map(({ Name }) => Name);
}

describe('the name of a capacity provider', () => {
  test.each(['ecs-prod', 'EcsProd', 'AWSx', 'Fargate'])('does not begin with that of the stack %s', (name) => {
    const names = providersIn(new Stack(newApp(), name));
    expect(names).toEqual([expect.stringMatching(/^cp-/), expect.stringMatching(/^cp-/)]);
    expect(new Set(names).size).toBe(2);
  });

  test('does not begin with that of the stack around', () => {
    const names = providersIn(new NestedStack(new Stack(newApp(), 'ecs-prod'), 'Nested'));
    expect(names).toEqual([expect.stringMatching(/^cp-/), expect.stringMatching(/^cp-/)]);
  });

  test('is that of CloudFormation otherwise', () => {
    expect(providersIn(new Stack(newApp(), 'Prod'))).toEqual([undefined, undefined]);
  });
});

describe('what is not known', () => {
  const ATTRIBUTES = { vCpuCountMin: 2, memoryMin: Size.gibibytes(4) };

  test.each([
    ['acceleratorCountMin', { acceleratorCountMin: Token.asNumber({ Ref: 'Count' }) }],
    ['allowedInstanceTypes', { allowedInstanceTypes: [Token.asString({ Ref: 'Type' })] }],
  ])('decides no image: a token for %s fails on a pool', (_name, more) => {
    expectFailure(
      () => newPool(new Fixture(), { requirements: { ...ATTRIBUTES, ...more } }),
      'requirements.acceleratorCountMin and allowedInstanceTypes must be known now, got a token: the image depends on them',
    );
  });

  test('is left to ECS: a token for the number of GPUs passes on Managed Instances', () => {
    const fixture = new Fixture();
    const acceleratorCountMin = new CfnParameter(fixture.stack, 'Count', { type: 'Number' }).valueAsNumber;
    const capacity = newManaged(fixture, { requirements: { ...ATTRIBUTES, acceleratorCountMin } }).capacity();
    expect(() => newWorker(fixture, { capacity, container: { image: IMAGE, gpuCount: 1 } })).not.toThrow();
  });

  test('cannot be listed: subnets that are one token fail on Managed Instances', () => {
    const stack = new Stack(newApp(), 'Shop');
    const privateSubnetIds = Fn.split(',', Fn.importValue('Subnets'));
    const availabilityZones = Fn.split(',', Fn.importValue('Zones'));
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones, privateSubnetIds });
    const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
    expectFailure(
      () => new ManagedInstances(stack, 'Managed', { cluster }),
      'the subnets of Managed Instances must be known one by one, got a list that is a token: import it with Fn.importListValue, or name the ids',
    );
  });

  test('is no size of a warm pool', () => {
    const warmPool = { maxGroupPreparedCapacity: Token.asNumber({ Ref: 'Prepared' }) };
    expectFailure(
      () => newPool(new Fixture(), { warmPool }),
      'the sizes of warmPool must be known now, got a token: the L2 checks them',
    );
  });
});

test.each([
  ['an InstancePool', newPool],
  ['ManagedInstances', newManaged],
])('a task fails in another zone than %s', (_what, make) => {
  const stack = new Stack(newApp(), 'Shop');
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', VPC);
  const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
  const zone = (name: string): ec2.SubnetSelection => ({ availabilityZones: [name] });
  const capacity = make({ cluster, stack } as Fixture, { vpcSubnets: zone('eu-west-1a') }).capacity();
  const worker = (id: string, vpcSubnets?: ec2.SubnetSelection) =>
    new WorkerService(stack, id, { cluster, container: { image: IMAGE }, capacity, vpcSubnets });
  expect(() => worker('All')).not.toThrow();
  expectFailure(
    () => worker('Other', zone('eu-west-1b')),
    / \(eu-west-1a\), got eu-west-1b: a task stands in the zone/,
  );
});

test('a bare backlogPerTask from zero tasks starts the first one', () => {
  const fixture = new Fixture();
  const service = bareService(fixture);
  const taskCount = service.autoScaleTaskCount({ minCapacity: 0, maxCapacity: 3 });
  const queue = new sqs.Queue(fixture.stack, 'Queue');
  const times = { acceptableLatency: Duration.minutes(1), processingTime: Duration.seconds(1) };
  ScalingPolicy.backlogPerTask({ queue, ...times }).bind({ service, taskCount, bounds: { minTasks: 0, maxTasks: 3 } });
  const kinds = all(fixture.template(), 'AWS::ApplicationAutoScaling::ScalingPolicy').map(
    ({ PolicyType }) => PolicyType,
  );
  expect(kinds.sort()).toEqual(['StepScaling', 'TargetTrackingScaling']);
});

test('a directory of the host fails on a task definition for Fargate', () => {
  const { stack } = new Fixture();
  const container = new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', { image: IMAGE });
  expectFailure(
    () => Mount.host('/host', '/mnt').bind(stack, { container, client: new ec2.Connections() }),
    "mounts must have no Mount.host(…) on a task definition for Fargate, got one at '/host': there is no host to share, so use a file system, Mount.scratch(…), or an InstancePool",
  );
});

test('labels that differ in letters of other alphabets are two metrics', () => {
  const metric = (label: string) => new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Jobs', label });
  const policies = ['é', '日'].map((label) => ScalingPolicy.metric(metric(label), { target: 5 }));
  expect(() => Scaling.between({ minTasks: 2, maxTasks: 4, policies })).not.toThrow();
});

test('a service at the end of a long path has a security group that EC2 takes', () => {
  const fixture = new Fixture();
  const deep = ['a', 'b', 'c', 'd'].reduce<Construct>(
    (scope, id) => new Construct(scope, id.repeat(80)),
    fixture.stack,
  );
  new WorkerService(deep, 'Worker', { cluster: fixture.cluster, container: { image: IMAGE } });
  const { GroupDescription } = only(fixture.template(), 'AWS::EC2::SecurityGroup').Properties;
  expect(GroupDescription).toHaveLength(255);
  expect(GroupDescription).toMatch(/Worker\/Service\/SecurityGroup$/);
  expect(serviceOf(fixture.template()).CapacityProviderStrategy).toHaveLength(1);
});
