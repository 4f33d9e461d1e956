import { Tags, Token, aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { only, warnings } from '../support/fixture';
import { madeNodeGroup, newNodeGroup, NODEGROUP, nodeGroupOf, NodesFixture } from '../support/node-groups';
import { policiesOf } from '../support/policies';
import { launchTemplateOf } from '../support/pools';
import { once, resourceOf } from '../support/resources';

const BLOCK = { capacityReservationId: 'cr-02168da1478b509e0' };

const usual = once(() => madeNodeGroup());

describe('a node group', () => {
  test('says what EKS must know, and no desired size, no name, no disk and no SSH key', () => {
    const { properties } = usual();
    expect(properties).toEqual({
      ClusterName: { Ref: expect.stringMatching(/^K8s/) },
      NodeRole: { 'Fn::GetAtt': [expect.stringMatching(/^NodesRole/), 'Arn'] },
      Subnets: ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'],
      AmiType: 'AL2023_ARM_64_STANDARD',
      CapacityType: 'ON_DEMAND',
      InstanceTypes: ['m7g.large'],
      LaunchTemplate: {
        Id: { Ref: expect.stringMatching(/^NodesLaunchTemplate/) },
        Version: { 'Fn::GetAtt': [expect.stringMatching(/^NodesLaunchTemplate/), 'LatestVersionNumber'] },
      },
      ScalingConfig: { MinSize: 2, MaxSize: 4 },
      UpdateConfig: { MaxUnavailable: 1, UpdateStrategy: 'DEFAULT' },
      ForceUpdateEnabled: false,
      NodeRepairConfig: { Enabled: true },
    });
  });

  test('starts hardened instances', () => {
    const data = launchTemplateOf(usual().template);
    expect(data.MetadataOptions).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    expect(data.Monitoring).toEqual({ Enabled: true });
    expect(data.BlockDeviceMappings).toEqual([
      expect.objectContaining({ Ebs: expect.objectContaining({ Encrypted: true, VolumeType: 'gp3' }) }),
    ]);
  });

  test.each([
    'KeyName',
    'IamInstanceProfile',
    'NetworkInterfaces',
    'SecurityGroupIds',
    'InstanceType',
    'ImageId',
    'InstanceMarketOptions',
    'InstanceInitiatedShutdownBehavior',
    'HibernationOptions',
  ])('has a launch template without %s, which EKS gives or forbids', (name) => {
    expect(launchTemplateOf(usual().template)).not.toHaveProperty(name);
  });

  test('comes after the cluster and its role, so that pods can leave while it goes', () => {
    const { template, cluster, group } = usual();
    const { DependsOn } = resourceOf(template, group.nodegroup);
    expect(DependsOn).toContain(Object.keys(template.findResources('AWS::EKS::Cluster'))[0]);
    expect(DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^NodesRole/)]));
    expect(cluster).toBeDefined();
  });

  test('comes after the policies of its role', () => {
    const { template, group } = madeNodeGroup(({ stack }) => {
      const bucket = new s3.Bucket(stack, 'Bucket');
      const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
      bucket.grantRead(role);
      return { role };
    });
    expect(resourceOf(template, group.nodegroup).DependsOn).toEqual(
      expect.arrayContaining([expect.stringMatching(/^RoleDefaultPolicy/)]),
    );
  });

  test('comes after the routes of its subnets', () => {
    const fixture = new NodesFixture();
    const vpc = new ec2.Vpc(fixture.stack, 'Own', { natGateways: 1, maxAzs: 2 });
    const group = newNodeGroup(fixture, { vpc });
    const routes = resourceOf(fixture.template(), group.nodegroup).DependsOn.filter((id: string) => /Route/.test(id));
    expect(routes.length).toBeGreaterThan(0);
  });

  test('grants by its role, in a customer managed policy', () => {
    expect(policiesOf(usual().template, 'NodesRole')).toEqual([]);
    const fixture = new NodesFixture();
    const group = newNodeGroup(fixture);
    new s3.Bucket(fixture.stack, 'Bucket').grantRead(group.role);
    expect(policiesOf(fixture.template(), 'NodesRole')).toHaveLength(1);
  });

  test('has all that was made', () => {
    const { group, template, properties } = usual();
    const { stack } = group;
    expect(stack.resolve(group.nodegroupName)).toEqual({
      'Fn::GetAtt': [only(template, NODEGROUP).id, 'NodegroupName'],
    });
    expect(stack.resolve(group.nodegroupArn)).toEqual({ 'Fn::GetAtt': [only(template, NODEGROUP).id, 'Arn'] });
    expect(stack.resolve(group.nodegroupRef)).toEqual({
      nodegroupId: { Ref: only(template, NODEGROUP).id },
      nodegroupArn: stack.resolve(group.nodegroupArn),
    });
    expect(stack.resolve(group.role.roleArn)).toEqual(properties.NodeRole);
    expect(stack.resolve(group.launchTemplate.launchTemplateId)).toEqual(properties.LaunchTemplate.Id);
    expect(group.addOns).toEqual({});
    expect(warnings(group)).toEqual([]);
  });
});

describe('capacity', () => {
  test('of Spot has several types', () => {
    const types = ['m7g.large', 'm6g.large', 'c7g.large'];
    const { properties, template } = madeNodeGroup(() => ({ capacity: NodeCapacity.spot(types) }));
    expect(properties).toMatchObject({ CapacityType: 'SPOT', InstanceTypes: types });
    expect(launchTemplateOf(template)).not.toHaveProperty('InstanceMarketOptions');
  });

  test('of a block is found by the launch template, and starts with no node', () => {
    const { properties, template } = madeNodeGroup(() => ({
      capacity: NodeCapacity.capacityBlock('p5.48xlarge', BLOCK),
      vpcSubnets: { availabilityZones: ['eu-west-1a'] },
    }));
    expect(properties).toMatchObject({
      CapacityType: 'CAPACITY_BLOCK',
      AmiType: 'AL2023_x86_64_NVIDIA',
      Subnets: ['subnet-0123456789abcdef2'],
      ScalingConfig: { MinSize: 0, MaxSize: 4 },
    });
    expect(properties).not.toHaveProperty('InstanceTypes');
    expect(launchTemplateOf(template)).toMatchObject({
      InstanceType: 'p5.48xlarge',
      InstanceMarketOptions: { MarketType: 'capacity-block' },
      CapacityReservationSpecification: {
        CapacityReservationTarget: { CapacityReservationId: 'cr-02168da1478b509e0' },
      },
    });
  });

  test('of a block can start with nodes', () => {
    const { properties } = madeNodeGroup(() => ({
      capacity: NodeCapacity.capacityBlock('p5.48xlarge', BLOCK),
      vpcSubnets: { availabilityZones: ['eu-west-1a'] },
      minNodes: 3,
    }));
    expect(properties.ScalingConfig).toEqual({ MinSize: 3, MaxSize: 4 });
  });
});

describe('the size', () => {
  test('is what is given', () => {
    const { properties } = madeNodeGroup(() => ({ minNodes: 0, maxNodes: 20, initialNodes: 5 }));
    expect(properties.ScalingConfig).toEqual({ MinSize: 0, MaxSize: 20, DesiredSize: 5 });
  });

  test('can start at nothing', () => {
    const { properties } = madeNodeGroup(() => ({ minNodes: 0, initialNodes: 0 }));
    expect(properties.ScalingConfig).toEqual({ MinSize: 0, MaxSize: 4, DesiredSize: 0 });
  });

  test('of one node at most is one', () => {
    expect(madeNodeGroup(() => ({ maxNodes: 1 })).properties.ScalingConfig).toEqual({ MinSize: 1, MaxSize: 1 });
  });

  test('takes tokens', () => {
    const number = Token.asNumber({ Ref: 'Number' });
    const { properties } = madeNodeGroup(() => ({
      minNodes: number,
      maxNodes: number,
      initialNodes: number,
      maxUnavailable: number,
      warmPool: { minSize: number, maxPreparedCapacity: number },
      repair: { maxParallelRepairs: number, maxUnhealthyNodes: number },
    }));
    expect(properties.ScalingConfig).toEqual({
      MinSize: { Ref: 'Number' },
      MaxSize: { Ref: 'Number' },
      DesiredSize: { Ref: 'Number' },
    });
    expect(properties.UpdateConfig.MaxUnavailable).toEqual({ Ref: 'Number' });
    expect(properties.WarmPoolConfig.MinSize).toEqual({ Ref: 'Number' });
    expect(properties.NodeRepairConfig.MaxUnhealthyNodeThresholdCount).toEqual({ Ref: 'Number' });
  });
});

test('labels and taints reach Kubernetes by EKS', () => {
  const { properties } = madeNodeGroup(() => ({
    labels: { 'example.com/team': 'shop', 'node.kubernetes.io/kind': '' },
    taints: [
      { key: 'dedicated', value: 'gpu', effect: eks.TaintEffect.NO_SCHEDULE },
      { key: 'example.com/slow', effect: eks.TaintEffect.PREFER_NO_SCHEDULE },
    ],
  }));
  expect(properties.Labels).toEqual({ 'example.com/team': 'shop', 'node.kubernetes.io/kind': '' });
  expect(properties.Taints).toEqual([
    { Key: 'dedicated', Value: 'gpu', Effect: 'NO_SCHEDULE' },
    { Key: 'example.com/slow', Effect: 'PREFER_NO_SCHEDULE' },
  ]);
});

test('Bottlerocket has its own image type and settings', () => {
  const { properties, template } = madeNodeGroup(() => ({
    image: NodeImage.bottlerocket({ settings: { kubernetes: { 'max-pods': 40 } } }),
  }));
  expect(properties.AmiType).toBe('BOTTLEROCKET_ARM_64');
  const userData = launchTemplateOf(template).UserData['Fn::Base64'];
  expect(userData).toContain('max-pods = 40');
});

test('tags reach the node group, its instances and their disks', () => {
  const fixture = new NodesFixture();
  const group = newNodeGroup(fixture);
  Tags.of(group).add('team', 'shop');
  const template = fixture.template();
  expect(nodeGroupOf(template).Tags).toEqual({ team: 'shop' });
  const tagged = launchTemplateOf(template).TagSpecifications.filter(({ Tags: tags }: { Tags: object[] }) =>
    tags.some((tag) => JSON.stringify(tag) === JSON.stringify({ Key: 'team', Value: 'shop' })),
  );
  expect(tagged.map(({ ResourceType }: { ResourceType: string }) => ResourceType)).toEqual(
    expect.arrayContaining(['instance', 'volume']),
  );
});

test('a name is taken as it is', () => {
  expect(madeNodeGroup(() => ({ nodegroupName: 'general' })).properties.NodegroupName).toBe('general');
});

describe('the network side', () => {
  test('is that of the cluster, with rules in the stack of the nodes', () => {
    const fixture = new NodesFixture();
    const group = newNodeGroup(fixture);
    group.connections.allowFrom(ec2.Peer.ipv4('10.0.0.0/8'), ec2.Port.tcp(30080));
    expect(group.securityGroups).toHaveLength(1);
    expect(only(fixture.template(), 'AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({
      GroupId: { 'Fn::GetAtt': [expect.stringMatching(/^K8s/), 'ClusterSecurityGroupId'] },
      FromPort: 30080,
    });
  });

  test('is that of groups of yours, beside which EKS does not attach that of the cluster', () => {
    const { properties, template, group } = madeNodeGroup(({ stack }) => ({
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Own', 'sg-0123456789abcdef0')],
    }));
    expect(properties).not.toHaveProperty('RemoteAccess');
    expect(group.securityGroups).toHaveLength(2);
    expect(group.connections.securityGroups).toEqual([group.securityGroups[1]]);
    const [adapter] = launchTemplateOf(template).NetworkInterfaces;
    expect(adapter.Groups).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^K8s/), 'ClusterSecurityGroupId'] },
      'sg-0123456789abcdef0',
    ]);
    expect(adapter).not.toHaveProperty('SubnetId');
  });
});
