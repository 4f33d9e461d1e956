import { Stack, Token, aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { ManagedNodeGroup } from '../../lib/eks/managed-node-group';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import { expectFailure } from '../support/errors';
import { only, Template, warnings } from '../support/fixture';
import { importedCluster, newNodeGroup, NODEGROUP, nodeGroupOf, NodesFixture, twoZones } from '../support/node-groups';
import { launchTemplateOf } from '../support/pools';
import { all, lenientApp, resourceOf } from '../support/resources';

describe('a cluster that is imported by its name', () => {
  function made() {
    const stack = new Stack(lenientApp(), 'Elsewhere');
    const cluster = importedCluster(stack);
    const group = newNodeGroup({ stack, cluster }, { vpc: twoZones(stack) });
    return { stack, group, template: Template.fromStack(stack) };
  }

  test('gets nodes', () => {
    const { template } = made();
    expect(nodeGroupOf(template)).toMatchObject({
      ClusterName: 'shop',
      Subnets: [expect.any(String), expect.any(String)],
    });
    expect(launchTemplateOf(template)).not.toHaveProperty('SecurityGroupIds');
  });

  test('has an unknown security group', () => {
    const { group } = made();
    expect(group.securityGroups).toEqual([]);
    expect(group.connections.securityGroups).toEqual([]);
  });

  test('gets nodes of any version', () => {
    const stack = new Stack(lenientApp(), 'Elsewhere');
    newNodeGroup(
      { stack, cluster: importedCluster(stack) },
      { vpc: twoZones(stack), version: eks.KubernetesVersion.V1_31 },
    );
    expect(nodeGroupOf(Template.fromStack(stack)).Version).toBe('1.31');
  });

  test('with its security group has rules of it', () => {
    const stack = new Stack(lenientApp(), 'Elsewhere');
    const cluster = importedCluster(stack, { clusterSecurityGroupId: 'sg-0123456789abcdef9' });
    const group = newNodeGroup({ stack, cluster }, { vpc: twoZones(stack) });
    group.connections.allowFromAnyIpv4(ec2.Port.tcp(30443));
    expect(only(Template.fromStack(stack), 'AWS::EC2::SecurityGroupIngress').Properties.GroupId).toBe(
      'sg-0123456789abcdef9',
    );
  });
});

describe('a cluster of another stack', () => {
  function made() {
    const fixture = new NodesFixture();
    const stack = new Stack(fixture.app, 'Nodes');
    const group = newNodeGroup({ stack, cluster: fixture.cluster }, { addOns: [fakeAddOn()] });
    group.connections.allowFromAnyIpv4(ec2.Port.tcp(30443));
    const before = new NodesFixture();
    return {
      theirs: fixture.template().toJSON(),
      alone: before.template().toJSON(),
      ours: Template.fromStack(stack),
      group,
      dependencies: stack.dependencies.map(({ stackName }) => stackName),
    };
  }

  test('gets nothing but outputs', () => {
    const { theirs, alone } = made();
    expect(Object.keys(theirs.Resources)).toEqual(Object.keys(alone.Resources));
    expect(Object.keys(theirs.Outputs).length).toBeGreaterThan(0);
  });

  test('comes first, and has the add-ons of the nodes in their stack', () => {
    const { ours, dependencies, group } = made();
    expect(dependencies).toEqual(['Shop']);
    ours.resourceCountIs(NODEGROUP, 1);
    ours.resourceCountIs('AWS::EKS::Addon', 1);
    expect(Object.keys(group.addOns)).toEqual(['coredns']);
    ours.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  });
});

test('add-ons come after the nodes', () => {
  const fixture = new NodesFixture();
  const group = newNodeGroup(fixture, { addOns: [fakeAddOn()] });
  const template = fixture.template();
  expect(resourceOf(template, group.addOns.coredns).DependsOn).toContain(only(template, NODEGROUP).id);
});

test('a cluster has several groups, and a role may serve them all', () => {
  const fixture = new NodesFixture();
  const first = newNodeGroup(fixture, {}, 'First');
  newNodeGroup(fixture, { role: first.role, capacity: NodeCapacity.onDemand(['m7i.large']) }, 'Second');
  newNodeGroup(fixture, { capacity: NodeCapacity.onDemand(['c7i.large']) }, 'Third');
  const groups = all(fixture.template(), NODEGROUP);
  expect(groups.map(({ AmiType }) => AmiType)).toEqual([
    'AL2023_ARM_64_STANDARD',
    'AL2023_x86_64_STANDARD',
    'AL2023_x86_64_STANDARD',
  ]);
  expect(groups[1].NodeRole).toEqual(groups[0].NodeRole);
  expect(groups[2].NodeRole).not.toEqual(groups[0].NodeRole);
});

test('a role that is imported makes none', () => {
  const fixture = new NodesFixture();
  const role = iam.Role.fromRoleArn(fixture.stack, 'Own', 'arn:aws:iam::111122223333:role/nodes');
  newNodeGroup(fixture, { role });
  expect(nodeGroupOf(fixture.template()).NodeRole).toBe('arn:aws:iam::111122223333:role/nodes');
});

describe('a cluster with a network of this app', () => {
  test('in a stack without an environment has nodes in its zones', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
    const cluster = new eks.Cluster(stack, 'K8s', {
      vpc,
      version: eks.KubernetesVersion.V1_36,
      defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0,
    });
    newNodeGroup({ stack, cluster });
    expect(nodeGroupOf(Template.fromStack(stack)).Subnets).toHaveLength(2);
  });

  test('fails when a capacity block stands in two of its zones, of which nobody knows the names', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
    const capacity = NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: 'cr-02168da1478b509e0' });
    const group = (vpcSubnets: ec2.SubnetSelection | undefined, id: string) =>
      newNodeGroup(
        { stack, cluster: importedCluster(new Stack(stack.node.root, id)) },
        { vpc, capacity, vpcSubnets },
        id,
      );
    expectFailure(() => group(undefined, 'Wrong'), /^vpcSubnets must be in (the )?one zone/);
    expect(() => group({ subnets: [vpc.privateSubnets[0]] }, 'Right')).not.toThrow();
  });
});

describe('a cluster with EKS Auto Mode', () => {
  const AUTO = { defaultCapacityType: eks.DefaultCapacityType.AUTOMODE, defaultCapacity: undefined };

  test('warns when nobody says that other nodes can work there', () => {
    const fixture = new NodesFixture(lenientApp(), AUTO);
    expect(warnings(newNodeGroup(fixture))).toEqual([
      'the cluster runs EKS Auto Mode, whose own nodes need no add-ons, but these do: without vpc-cni, kube-proxy and coredns on the cluster they do not become ready. [ack: Annotation::cdk-containers:NodesOnAutoMode]',
    ]);
  });

  test('is silent when it has the network plugin', () => {
    const fixture = new NodesFixture(lenientApp(), AUTO);
    describeCluster(fixture.cluster, { networkingIdentity: true });
    expect(warnings(newNodeGroup(fixture))).toEqual([]);
  });
});

test('Windows nodes warn of what the cluster needs', () => {
  const fixture = new NodesFixture();
  const windows = { image: NodeImage.windows(), capacity: NodeCapacity.onDemand(['m7i.large']) };
  const group = newNodeGroup(fixture, windows);
  expect(nodeGroupOf(fixture.template()).AmiType).toBe('WINDOWS_CORE_2022_x86_64');
  expect(warnings(group)).toEqual([
    'Windows nodes need enableWindowsIpam in the configuration of vpc-cni, AmazonEKSVPCResourceController on the role of the cluster, and Linux nodes for CoreDNS: make sure of them, for nothing here can see them. [ack: Annotation::cdk-containers:NodesWindowsSupport]',
  ]);
});

describe('an image of your own', () => {
  test('stands in the launch template with all that a node must be told', () => {
    const fixture = new NodesFixture();
    const image = NodeImage.of(ec2.MachineImage.fromSsmParameter('/my/image'), NodeImage.al2023());
    newNodeGroup(fixture, { image, serviceCidr: '10.100.0.0/16', labels: { team: 'shop' } });
    const template = fixture.template();
    expect(nodeGroupOf(template)).not.toHaveProperty('AmiType');
    const data = launchTemplateOf(template);
    expect(data.ImageId).toEqual({ Ref: expect.any(String) });
    expect(JSON.stringify(data.UserData)).toContain('10.100.0.0/16');
    expect(JSON.stringify(data.UserData)).toContain('--node-labels=team=shop');
  });
});

describe('an imported node group', () => {
  const ARN = 'arn:aws:eks:eu-west-1:111122223333:nodegroup/shop/general/0ac1d2e3-4f5a';

  test('has a name, and an ARN for policies', () => {
    const { stack } = new NodesFixture();
    const group = ManagedNodeGroup.fromNodegroupName(stack, 'Group', importedCluster(stack), 'general');
    expect(group.nodegroupName).toBe('general');
    expect(stack.resolve(group.nodegroupRef)).toEqual({
      nodegroupId: 'shop/general',
      nodegroupArn: {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':eks:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':nodegroup/shop/general/*',
          ],
        ],
      },
    });
  });

  test('by its ARN has all of it', () => {
    const { stack } = new NodesFixture();
    const group = ManagedNodeGroup.fromNodegroupArn(stack, 'Group', ARN);
    expect(group.nodegroupName).toBe('general');
    expect(group.nodegroupRef).toEqual({ nodegroupId: 'shop/general', nodegroupArn: ARN });
    expect(group.env).toEqual({ account: '111122223333', region: 'eu-west-1' });
  });

  test('by an ARN that is a token is read when it is deployed', () => {
    const { stack } = new NodesFixture();
    const arn = Token.asString({ Ref: 'Arn' });
    const group = ManagedNodeGroup.fromNodegroupArn(stack, 'Group', arn);
    expect(stack.resolve(group.nodegroupName)).toEqual({ 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'Arn' }] }] });
    expect(stack.resolve(group.nodegroupRef.nodegroupId)).toEqual({
      'Fn::Join': [
        '',
        [
          { 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'Arn' }] }] },
          '/',
          { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'Arn' }] }] },
        ],
      ],
    });
  });

  test('fails when it has no such name', () => {
    const { stack } = new NodesFixture();
    expectFailure(
      () => ManagedNodeGroup.fromNodegroupName(stack, 'Group', importedCluster(stack), '-'),
      /^nodegroupName must be/,
    );
  });
});

function fakeAddOn(): AddOn {
  return AddOn._of({
    name: 'coredns',
    needsNodes: true,
    bind: (scope, { cluster }) =>
      new eks.CfnAddon(scope, 'Resource', { addonName: 'coredns', clusterName: cluster.clusterName }),
  });
}
