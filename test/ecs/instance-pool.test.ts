import {
  CfnParameter,
  Duration,
  Size,
  aws_autoscaling as autoscaling,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_kms as kms,
  aws_sns as sns,
} from 'aws-cdk-lib';
import type { InstancePoolProps } from '../../lib';
import { Fixture, only, warnings } from '../support/fixture';
import { launchTemplateOf, newPool, newWorker, types } from '../support/pools';
import { lenientApp, serviceOf } from '../support/resources';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const PROVIDER = 'AWS::ECS::CapacityProvider';

/** A pool alone in a stack. */
function made(props: (fixture: Fixture) => Partial<InstancePoolProps> = () => ({})) {
  const fixture = new Fixture(lenientApp());
  const pool = newPool(fixture, props(fixture));
  const template = fixture.template();
  const group = only(template, GROUP);
  return { ...fixture, pool, template, group, mixed: group.Properties.MixedInstancesPolicy };
}

const MEMORY = { vCpuCountMin: 2, memoryMin: Size.gibibytes(4) };

describe('the instance types', () => {
  test('of one name stand in the launch template', () => {
    const { template, mixed } = made();
    expect(launchTemplateOf(template).InstanceType).toBe('m7i.large');
    expect(mixed).toBeUndefined();
  });

  test('of several names are tried in their order', () => {
    const { template, mixed, group } = made(() => ({ instanceTypes: types('m7i.large', 'm6i.large') }));
    expect(mixed.LaunchTemplate.Overrides).toEqual([{ InstanceType: 'm7i.large' }, { InstanceType: 'm6i.large' }]);
    expect(mixed.InstancesDistribution).toEqual({
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandPercentageAboveBaseCapacity: 100,
    });
    expect(group.Properties).not.toHaveProperty('LaunchTemplate');
    expect(launchTemplateOf(template)).not.toHaveProperty('InstanceType');
  });

  test('can be 40', () => {
    const sizes = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge'];
    const names = ['m5', 'm6i', 'm7i', 'c7i', 'r7i'].flatMap((family) => sizes.map((size) => `${family}.${size}`));
    expect(made(() => ({ instanceTypes: types(...names) })).mixed.LaunchTemplate.Overrides).toHaveLength(40);
  });
});

describe('an instance type with a name out of the ordinary', () => {
  test.each([
    ['p6-b200.48xlarge', 'aws-ecs-2-nvidia/x86_64'],
    ['u-6tb1.metal', 'aws-ecs-2/x86_64'],
    ['u7i-12tb.224xlarge', 'aws-ecs-2/x86_64'],
    ['c7i-flex.large', 'aws-ecs-2/x86_64'],
    ['c7gn.metal', 'aws-ecs-2/arm64'],
    ['p6e-gb200.36xlarge', 'aws-ecs-2-nvidia/arm64'],
  ])('%s starts with %s', (name, variant) => {
    const { template } = made(() => ({ instanceTypes: types(name) }));
    const path = `/aws/service/bottlerocket/${variant}/latest/image_id`;
    const [id] = Object.keys(template.findParameters('*', { Default: path }));
    expect(launchTemplateOf(template)).toMatchObject({ InstanceType: name, ImageId: { Ref: id } });
  });
});

describe('Spot', () => {
  const THREE = types('m7i.large', 'm6i.large', 'm5.large');

  test('is all of the pool when nothing is said, where capacity is cheap and plenty', () => {
    const { mixed, group, stack } = made(() => ({ instanceTypes: THREE, spot: {} }));
    expect(mixed.InstancesDistribution).toEqual({
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: 0,
      SpotAllocationStrategy: 'price-capacity-optimized',
    });
    expect(group.Properties.CapacityRebalance).toBe(true);
    expect(warnings(stack)).toEqual([]);
  });

  test('is as much as told', () => {
    const { mixed } = made(() => ({ requirements: MEMORY, spot: { onDemandBase: 2, onDemandPercent: 25 } }));
    expect(mixed.InstancesDistribution).toMatchObject({
      OnDemandBaseCapacity: 2,
      OnDemandPercentageAboveBaseCapacity: 25,
    });
  });

  test.each([
    [['m7i.large'], '1 instance type (m7i.large)'],
    [['m7i.large', 'm6i.large'], '2 instance types (m7i.large, m6i.large)'],
  ])('warns when %j are all of its types', (names, said) => {
    const { stack, mixed } = made(() => ({ instanceTypes: types(...names), spot: {} }));
    expect(warnings(stack)).toEqual([
      `a pool with Spot has ${said}: when AWS wants that capacity back, nothing takes its place. ` +
        'Name 3 or more, or use requirements. [ack: Annotation::cdk-containers:PoolSpotTypes]',
    ]);
    expect(mixed.LaunchTemplate.Overrides).toHaveLength(names.length);
  });
});

describe('the size', () => {
  test('is what is given', () => {
    const { group, template } = made(() => ({
      minInstances: 2,
      maxInstances: 6,
      targetCapacityPercent: 90,
      minimumScalingStepSize: 2,
      maximumScalingStepSize: 5,
      instanceWarmupPeriod: Duration.minutes(2),
      maxInstanceLifetime: Duration.days(7),
    }));
    expect(group.Properties).toMatchObject({ MinSize: '2', MaxSize: '6', MaxInstanceLifetime: 604800 });
    expect(only(template, PROVIDER).Properties.AutoScalingGroupProvider.ManagedScaling).toEqual({
      Status: 'ENABLED',
      TargetCapacity: 90,
      MinimumScalingStepSize: 2,
      MaximumScalingStepSize: 5,
      InstanceWarmupPeriod: 120,
    });
  });

  test('takes tokens', () => {
    const { group, template } = made(({ stack }) => {
      const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
      return {
        minInstances: number,
        maxInstances: number,
        targetCapacityPercent: number,
        minimumScalingStepSize: number,
        maximumScalingStepSize: number,
        instanceWarmupPeriod: Duration.seconds(number),
        maxInstanceLifetime: Duration.seconds(number),
        volumeSize: Size.gibibytes(number),
        agent: { reservedMemory: Size.mebibytes(number) },
      };
    });
    const number = { Ref: 'Number' };
    expect(group.Properties).toMatchObject({ MinSize: number, MaxSize: number, MaxInstanceLifetime: number });
    expect(launchTemplateOf(template).BlockDeviceMappings[1].Ebs.VolumeSize).toEqual(number);
    expect(only(template, PROVIDER).Properties.AutoScalingGroupProvider.ManagedScaling).toMatchObject({
      TargetCapacity: number,
      MinimumScalingStepSize: number,
      InstanceWarmupPeriod: number,
    });
  });

  test('has instances that wait, of one type, of several, or by attributes', () => {
    const warmPool = { minSize: 1, poolState: autoscaling.PoolState.STOPPED };
    const kinds = [
      {},
      { instanceTypes: types('m7i.large', 'm6i.large') },
      { requirements: { vCpuCountMin: 2, memoryMin: Size.gibibytes(4) } },
    ];
    const pools = kinds.map((kind) => made(() => ({ warmPool, ...kind })));
    for (const { template, group } of pools) {
      expect(only(template, 'AWS::AutoScaling::WarmPool').Properties).toEqual({
        AutoScalingGroupName: { Ref: group.id },
        MinSize: 1,
        PoolState: 'Stopped',
      });
    }
  });
});

describe('termination protection', () => {
  const NAMED = 'ManagedTerminationProtection';

  test.each([
    [undefined, true, 'ENABLED'],
    [true, true, 'ENABLED'],
    [false, false, 'DISABLED'],
  ])('that is %s protects new instances: %s, and is %s', (managedTerminationProtection, isProtected, status) => {
    const { template, group } = made(() => ({ managedTerminationProtection }));
    expect(group.Properties.NewInstancesProtectedFromScaleIn ?? false).toBe(isProtected);
    expect(only(template, PROVIDER).Properties.AutoScalingGroupProvider[NAMED]).toBe(status);
  });
});

describe('metricCapacityProviderReservation', () => {
  test('is that of the provider in its cluster, each minute', () => {
    const { pool, cluster, stack } = made();
    const { namespace, metricName, dimensions, period, statistic } = pool.metricCapacityProviderReservation();
    expect([namespace, metricName]).toEqual(['AWS/ECS/ManagedScaling', 'CapacityProviderReservation']);
    expect(stack.resolve(dimensions)).toEqual(
      stack.resolve({ ClusterName: cluster.clusterName, CapacityProviderName: pool.capacityProviderName }),
    );
    expect([period.toSeconds(), statistic]).toEqual([60, 'Average']);
  });

  test('is what the options say', () => {
    const options = {
      period: Duration.minutes(5),
      statistic: 'Maximum',
      label: 'Reservation',
      dimensionsMap: { A: 'b' },
    };
    const metric = made().pool.metricCapacityProviderReservation(options);
    expect([metric.period.toSeconds(), metric.statistic, metric.label]).toEqual([300, 'Maximum', 'Reservation']);
    expect(metric.dimensions).toEqual({ A: 'b' });
  });
});

describe('what else can be said', () => {
  test('reaches the launch template', () => {
    const { template } = made(() => ({ volumeSize: Size.gibibytes(100), detailedMonitoring: false }));
    const { BlockDeviceMappings, Monitoring } = launchTemplateOf(template);
    expect(BlockDeviceMappings[1].Ebs.VolumeSize).toBe(100);
    expect(Monitoring).toEqual({ Enabled: false });
  });

  test('encrypts both disks with a key that EC2 alone may use for this account', () => {
    const { template, stack: shop } = made(({ stack }) => ({ volumeEncryptionKey: new kms.Key(stack, 'Key') }));
    expect(warnings(shop)).toEqual([]);
    const key = only(template, 'AWS::KMS::Key');
    const arn = { 'Fn::GetAtt': [key.id, 'Arn'] };
    const { BlockDeviceMappings } = launchTemplateOf(template);
    expect(BlockDeviceMappings.map(({ Ebs }: any) => Ebs.KmsKeyId)).toEqual([arn, arn]);
    const service = { 'Fn::Join': ['', ['ec2.', { Ref: 'AWS::Region' }, '.amazonaws.com']] };
    expect(key.Properties.KeyPolicy.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: [
        'kms:CreateGrant',
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey*',
        'kms:ReEncrypt*',
      ],
      Resource: '*',
      Condition: { StringEquals: { 'kms:CallerAccount': { Ref: 'AWS::AccountId' }, 'kms:ViaService': service } },
    });
  });

  test('warns when the policy of an imported key is not seen', () => {
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';
    const { stack } = made((fixture) => ({ volumeEncryptionKey: kms.Key.fromKeyArn(fixture.stack, 'Key', arn) }));
    expect(warnings(stack)).toEqual([
      "volumeEncryptionKey is imported, so its policy is its owner's matter: unless it lets the service-linked role of Auto Scaling use the key and grant it to EC2, " +
        'no instance starts. [ack: Annotation::cdk-containers:PoolKeyPolicy]',
    ]);
  });

  test('tells a topic of what happens to instances', () => {
    const { group, template } = made(({ stack }) => ({ notificationTopic: new sns.Topic(stack, 'Topic') }));
    const [{ TopicARN, NotificationTypes }] = group.Properties.NotificationConfigurations;
    expect(TopicARN).toEqual({ Ref: only(template, 'AWS::SNS::Topic').id });
    expect(NotificationTypes).toContain('autoscaling:EC2_INSTANCE_LAUNCH_ERROR');
  });

  test('uses a security group and subnets of yours', () => {
    const { template, group, pool } = made(({ stack, vpc }) => ({
      securityGroup: new ec2.SecurityGroup(stack, 'Own', { vpc }),
      vpcSubnets: { availabilityZones: [vpc.availabilityZones[0]], subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    }));
    const own = only(template, 'AWS::EC2::SecurityGroup');
    expect(own.id).toMatch(/^Own/);
    expect(launchTemplateOf(template).NetworkInterfaces[0].Groups).toEqual([{ 'Fn::GetAtt': [own.id, 'GroupId'] }]);
    expect(group.Properties.VPCZoneIdentifier).toEqual([{ Ref: expect.stringMatching('^VpcPrivateSubnet1') }]);
    expect(pool.connections.securityGroups).toEqual([pool.securityGroup]);
  });
});

describe('the cluster', () => {
  test('has the capacity providers of all its pools', () => {
    const fixture = new Fixture();
    const pools = ['A', 'B'].map((id) => newPool(fixture, {}, id));
    expect(only(fixture.template(), 'AWS::ECS::ClusterCapacityProviderAssociations').Properties).toEqual({
      Cluster: fixture.stack.resolve(fixture.cluster.clusterName),
      CapacityProviders: [
        'FARGATE',
        'FARGATE_SPOT',
        ...fixture.stack.resolve(pools.map((p) => p.capacityProviderName)),
      ],
      DefaultCapacityProviderStrategy: [],
    });
  });

  test('can be one that EcsCluster did not make', () => {
    const fixture = new Fixture();
    const cluster = new ecs.Cluster(fixture.stack, 'Bare', { vpc: fixture.vpc, clusterName: 'bare' });
    newWorker(fixture, { cluster, capacity: newPool(fixture, { cluster }).capacity() });
    expect(serviceOf(fixture.template()).CapacityProviderStrategy).toHaveLength(1);
  });
});

describe('the L2s', () => {
  test('are at hand', () => {
    const { pool, template, stack } = made();
    pool.autoScalingGroup.scaleOnSchedule('Night', {
      schedule: autoscaling.Schedule.cron({ hour: '22' }),
      minCapacity: 0,
    });
    expect(pool.capacityProvider.autoScalingGroup).toBe(pool.autoScalingGroup);
    expect(stack.resolve(pool.launchTemplate.launchTemplateId)).toEqual({
      Ref: only(template, 'AWS::EC2::LaunchTemplate').id,
    });
    expect(stack.resolve(pool.capacityProviderName)).toEqual({ Ref: only(template, PROVIDER).id });
    expect(pool.role.roleName).toBe(pool.role.role.roleName);
  });
});
