import { CfnParameter, Duration, Size, Tags, Token, aws_eks_v2 as eks, aws_sns as sns } from 'aws-cdk-lib';
import { TaskRole } from '../../lib';
import { AddOn } from '../../lib/eks/add-on';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { newApp, only, warnings } from '../support/fixture';
import { NodesFixture } from '../support/node-groups';
import { idOf, once } from '../support/resources';
import { GROUP, made, newFixture, newNodes } from '../support/self-managed-nodes';
import { STRICT, validate } from '../support/validate';

const THREE = ['m7g.large', 'm6g.large', 'c7g.large'];
const AUTOSCALER = 'k8s.io/cluster-autoscaler';

/** The tags of a group by their keys; those that hold a token are left out. */
function tagsOf(group: { Properties: any }): Record<string, unknown> {
  const plain = group.Properties.Tags.filter(({ Key }: any) => typeof Key === 'string');
  return Object.fromEntries(plain.map(({ Key, Value, PropagateAtLaunch }: any) => [Key, [Value, PropagateAtLaunch]]));
}

const plain = once(() => made());

describe('how many nodes there are', () => {
  test('is for an autoscaler to say, within bounds', () => {
    const { Properties } = plain().group;
    expect(Properties).toMatchObject({ MinSize: '2', MaxSize: '4' });
    expect(Properties).not.toHaveProperty('DesiredCapacity');
    expect(Properties).not.toHaveProperty('NewInstancesProtectedFromScaleIn');
  });

  test('may be none', () => {
    expect(made(() => ({ minNodes: 0, maxNodes: 20 })).group.Properties).toMatchObject({ MinSize: '0', MaxSize: '20' });
  });

  test('may be known at deployment only', () => {
    const { group } = made(({ stack }) => {
      const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
      return { minNodes: number, maxNodes: number, volumeSize: Size.gibibytes(number) };
    });
    expect(group.Properties).toMatchObject({ MinSize: { Ref: 'Number' }, MaxSize: { Ref: 'Number' } });
    expect(tagsOf(group)[`${AUTOSCALER}/node-template/resources/ephemeral-storage`]).toEqual([
      { 'Fn::Join': ['', [{ Ref: 'Number' }, 'Gi']] },
      false,
    ]);
  });
});

describe('the instances', () => {
  test('of one type are what the launch template says', () => {
    const { data, group } = plain();
    expect(data.InstanceType).toBe('m7g.large');
    expect(group.Properties.LaunchTemplate).toBeDefined();
    expect(group.Properties).not.toHaveProperty('MixedInstancesPolicy');
    expect(group.Properties).not.toHaveProperty('CapacityRebalance');
  });

  test('have a name out of the ordinary', () => {
    const { data } = made(() => ({ capacity: NodeCapacity.onDemand(['p6-b200.48xlarge']) }));
    expect(data.InstanceType).toBe('p6-b200.48xlarge');
  });

  test('of several types are tried in their order', () => {
    const { data, group } = made(() => ({ capacity: NodeCapacity.onDemand(['m7g.large', 'm6g.large']) }));
    expect(data).not.toHaveProperty('InstanceType');
    const { LaunchTemplate, InstancesDistribution } = group.Properties.MixedInstancesPolicy;
    expect(LaunchTemplate.Overrides).toEqual([{ InstanceType: 'm7g.large' }, { InstanceType: 'm6g.large' }]);
    expect(InstancesDistribution).toEqual({
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandPercentageAboveBaseCapacity: 100,
    });
    expect(group.Properties).not.toHaveProperty('LaunchTemplate');
    expect(group.Properties).not.toHaveProperty('CapacityRebalance');
  });

  test('are On-Demand and Spot in one group', () => {
    const capacity = NodeCapacity.mixed(THREE, { onDemandBase: 1, onDemandPercent: 20 });
    const { group, nodes } = made(() => ({ capacity }));
    expect(group.Properties.MixedInstancesPolicy.InstancesDistribution).toEqual({
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandBaseCapacity: 1,
      OnDemandPercentageAboveBaseCapacity: 20,
      SpotAllocationStrategy: 'price-capacity-optimized',
    });
    expect(group.Properties.CapacityRebalance).toBe(true);
    expect(warnings(nodes)).toEqual([]);
  });

  test.each([[THREE], [['m7g.large']]])('are Spot alone: %j', (types) => {
    const { group, data } = made(() => ({ capacity: NodeCapacity.spot(types) }));
    const { LaunchTemplate, InstancesDistribution } = group.Properties.MixedInstancesPolicy;
    expect(LaunchTemplate.Overrides).toEqual(types.map((InstanceType) => ({ InstanceType })));
    expect(InstancesDistribution).toMatchObject({ OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: 0 });
    expect(data).not.toHaveProperty('InstanceType');
    expect(group.Properties.CapacityRebalance).toBe(true);
  });

  test('of a capacity block wait for it to begin, and for each other', () => {
    const { group, data } = made(({ vpc }) => ({
      capacity: NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: 'cr-0123456789abcdef0' }),
      vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
    }));
    expect(data).toMatchObject({
      InstanceType: 'p5.48xlarge',
      InstanceMarketOptions: { MarketType: 'capacity-block' },
      CapacityReservationSpecification: {
        CapacityReservationTarget: { CapacityReservationId: 'cr-0123456789abcdef0' },
      },
    });
    expect(group.Properties).toMatchObject({
      MinSize: '0',
      MaxSize: '4',
      VPCZoneIdentifier: ['subnet-0123456789abcdef2'],
    });
    expect(group.Properties).not.toHaveProperty('MixedInstancesPolicy');
    expect(group.UpdatePolicy.AutoScalingInstanceRefresh.Preferences).toMatchObject({
      MinHealthyPercentage: 90,
      MaxHealthyPercentage: 100,
    });
  });

  test('start in a capacity reservation', () => {
    const { data } = made(({ vpc }) => ({
      capacity: NodeCapacity.onDemand(['m7g.large'], { capacityReservationId: 'cr-0123456789abcdef0' }),
      vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
    }));
    expect(data.CapacityReservationSpecification.CapacityReservationTarget).toEqual({
      CapacityReservationId: 'cr-0123456789abcdef0',
    });
    expect(data).not.toHaveProperty('InstanceMarketOptions');
  });

  test('are as hardened as all nodes', () => {
    expect(plain().data).toMatchObject({
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      Monitoring: { Enabled: true },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeSize: 30, VolumeType: 'gp3' } }],
    });
  });
});

describe('an update', () => {
  test('starts new nodes before old ones go', () => {
    expect(plain().group.UpdatePolicy.AutoScalingInstanceRefresh).toEqual({
      Strategy: 'Rolling',
      Preferences: {
        MinHealthyPercentage: 100,
        MaxHealthyPercentage: 110,
        ScaleInProtectedInstances: 'Refresh',
        StandbyInstances: 'Terminate',
      },
    });
  });

  test('comes after some time by itself', () => {
    const { group } = made(() => ({ maxInstanceLifetime: Duration.days(7) }));
    expect(group.Properties.MaxInstanceLifetime).toBe(604800);
  });

  test('can leave the nodes of an older version', () => {
    const { template } = made(() => ({ version: eks.KubernetesVersion.V1_34 }));
    template.hasParameter('*', {
      Default: '/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/arm64/standard/recommended/image_id',
    });
  });
});

describe('tags of the group', () => {
  const tagged = once(() =>
    made(() => ({
      labels: { team: 'search', 'example.com/tier': '' },
      taints: [
        { key: 'dedicated', value: 'search', effect: eks.TaintEffect.NO_SCHEDULE },
        { key: 'draining', effect: eks.TaintEffect.NO_EXECUTE },
        { key: 'slow', value: 'yes', effect: eks.TaintEffect.PREFER_NO_SCHEDULE },
      ],
      volumeSize: Size.gibibytes(100),
    })),
  );

  test('tell Cluster Autoscaler what an empty group would have, and are not on the instances', () => {
    expect(tagsOf(tagged().group)).toEqual({
      [`${AUTOSCALER}/enabled`]: ['true', false],
      [`${AUTOSCALER}/node-template/label/team`]: ['search', false],
      [`${AUTOSCALER}/node-template/label/example.com/tier`]: ['', false],
      [`${AUTOSCALER}/node-template/taint/dedicated`]: ['search:NoSchedule', false],
      [`${AUTOSCALER}/node-template/taint/draining`]: [':NoExecute', false],
      [`${AUTOSCALER}/node-template/taint/slow`]: ['yes:PreferNoSchedule', false],
      [`${AUTOSCALER}/node-template/resources/ephemeral-storage`]: ['89Gi', false],
    });
  });

  test('name the cluster for its autoscaler', () => {
    const { group, cluster } = tagged();
    expect(group.Properties.Tags).toContainEqual({
      Key: { 'Fn::Join': ['', [`${AUTOSCALER}/`, { Ref: idOf(cluster) }]] },
      Value: 'owned',
      PropagateAtLaunch: false,
    });
  });

  test('tell what pods get of a disk that nobody chose', () => {
    expect(tagsOf(plain().group)[`${AUTOSCALER}/node-template/resources/ephemeral-storage`]).toEqual(['26Gi', false]);
  });

  test('tell the strongest taint of a key', () => {
    const { NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE } = eks.TaintEffect;
    const effects = [NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE];
    const { group } = made(() => ({ taints: effects.map((effect) => ({ key: 'k', value: effect, effect })) }));
    expect(tagsOf(group)[`${AUTOSCALER}/node-template/taint/k`]).toEqual(['NO_EXECUTE:NoExecute', false]);
  });

  test('say nothing to an autoscaler that is not wanted', () => {
    const { group, cluster } = made(() => ({ labels: { team: 'search' }, clusterAutoscaler: false }));
    expect(group.Properties.Tags).toEqual([
      {
        Key: { 'Fn::Join': ['', ['kubernetes.io/cluster/', { Ref: idOf(cluster) }]] },
        Value: 'owned',
        PropagateAtLaunch: true,
      },
    ]);
  });

  test('stand beside those of yours', () => {
    const fixture = newFixture();
    const nodes = newNodes(fixture);
    const key = `${AUTOSCALER}/node-template/resources/aws.amazon.com/neuron`;
    Tags.of(nodes.autoScalingGroup).add(key, '16');
    Tags.of(fixture.stack).add('team', 'search');
    expect(tagsOf(only(fixture.template(), GROUP))).toMatchObject({ [key]: ['16', true], team: ['search', true] });
  });

  test('have values of labels that are known at deployment only', () => {
    const { group } = made(() => ({ labels: { release: Token.asString({ Ref: 'AWS::StackName' }) } }));
    expect(tagsOf(group)[`${AUTOSCALER}/node-template/label/release`]).toEqual([{ Ref: 'AWS::StackName' }, false]);
  });

  test('can be as many as a group has', () => {
    const labels = Object.fromEntries(Array.from({ length: 46 }, (_, index) => [`label${index}`, 'x']));
    const { group } = made(() => ({ labels }));
    expect(group.Properties.Tags).toHaveLength(50);
  });
});

describe('what else can be said', () => {
  test('tells a topic of what happens to instances', () => {
    const { group, template } = made(({ stack }) => ({ notificationTopic: new sns.Topic(stack, 'Topic') }));
    const [{ TopicARN, NotificationTypes }] = group.Properties.NotificationConfigurations;
    expect(TopicARN).toEqual({ Ref: only(template, 'AWS::SNS::Topic').id });
    expect(NotificationTypes).toContain('autoscaling:EC2_INSTANCE_LAUNCH_ERROR');
  });

  test('makes add-ons that need nodes after them', () => {
    const { template, nodes, group } = made(() => ({ addOns: [AddOn.coreDns()] }));
    const addon = only(template, 'AWS::EKS::Addon');
    expect(addon.Properties.AddonName).toBe('coredns');
    expect(addon.DependsOn).toContain(group.id);
    expect(idOf(nodes.addOns.coredns)).toBe(addon.id);
    expect(plain().nodes.addOns).toEqual({});
  });

  test('has the L2s at hand', () => {
    const { nodes, template, group } = plain();
    expect(idOf(nodes.autoScalingGroup)).toBe(group.id);
    expect(idOf(nodes.launchTemplate)).toBe(only(template, 'AWS::EC2::LaunchTemplate').id);
    expect(nodes.interruptionQueue).toBeUndefined();
    expect(nodes.drainHook).toBeUndefined();
    expect(nodes.interruptionRules).toEqual([]);
  });

  test('measures all of the group', () => {
    expect(plain().group.Properties.MetricsCollection).toEqual([{ Granularity: '1Minute' }]);
  });
});

describe('every validator', () => {
  test('finds nodes right, and acknowledges what no default avoids', () => {
    const fixture = new NodesFixture(newApp(STRICT), { serviceIpv4Cidr: '172.20.0.0/16' });
    const special = newNodes(fixture, { drainTimeout: Duration.minutes(5), labels: { team: 'search' } }, 'Special');
    special.grantDrain(new TaskRole(fixture.stack, 'Drainer'));
    newNodes(fixture, { capacity: NodeCapacity.spot(THREE), image: NodeImage.bottlerocket() }, 'Batch');
    newNodes(fixture, { warmPool: { minSize: 1 } }, 'Warm');
    const { open, acknowledged } = validate(fixture.app);
    const ofNodes = (path: string) => !/^Shop\/(K8s|Vpc)/.test(path);
    expect(open.filter(({ path }) => ofNodes(path))).toEqual([]);
    const rules = acknowledged.filter(({ path }) => ofNodes(path)).map(({ rule }) => rule.replace(/\[.*/, ''));
    expect([...new Set(rules)].sort()).toEqual([
      'AwsSolutions-AS3',
      'AwsSolutions-EC26',
      'AwsSolutions-IAM4',
      'AwsSolutions-IAM5',
      'AwsSolutions-SQS3',
      'HIPAA.Security-EC2IMDSv2Enabled',
      'NIST.800.53.R4-EC2IMDSv2Enabled',
      'NIST.800.53.R5-EC2IMDSv2Enabled',
      'Serverless-EventBusDLQ',
      'Serverless-SQSRedrivePolicy',
    ]);
  });
});
