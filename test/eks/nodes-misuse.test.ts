import { Fn, Size, Stack, Tags, Token, aws_ec2 as ec2, aws_eks_v2 as eks, aws_kms as kms } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { ClusterCompute } from '../../lib/eks/cluster-compute';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { newEksCluster } from '../support/eks-clusters';
import { expectFailure } from '../support/errors';
import { Template, warnings } from '../support/fixture';
import { expectWrongNodeGroup, importedCluster, newNodeGroup, NodesFixture, twoZones } from '../support/node-groups';
import type { WrongNodeGroup } from '../support/node-groups';
import { lenientApp } from '../support/resources';
import { ATTRIBUTES, expectWrongNodes, launchDataOf, newFixture, newNodes } from '../support/self-managed-nodes';

const CLUSTER = 'cluster must be an eks.ICluster, such as the cluster of an EksCluster, got';

describe('what JavaScript lets pass of nodes', () => {
  test.each<WrongNodeGroup>([
    ['the cluster is a name', () => ({ cluster: 'shop' }), `${CLUSTER} 'shop'`],
    ['the cluster is an EksCluster', () => ({ cluster: newEksCluster().k8s }), `${CLUSTER} something else`],
    ['the role is an ARN', () => ({ role: 'arn' }), "role must be a role such as new NodeRole(…), got 'arn'"],
    ['the key is an ARN', () => ({ volumeEncryptionKey: 'arn' }), /^volumeEncryptionKey must be a key such as/],
    ['the placement group is a name', () => ({ placementGroup: 'near' }), /^placementGroup must be a group such as/],
    [
      'security groups are ids',
      () => ({ securityGroups: ['sg-1'] }),
      /^securityGroups must be groups such as .*'sg-1'$/,
    ],
    [
      'subnets are selected by a list',
      () => ({ vpcSubnets: [{ subnetType: ec2.SubnetType.PUBLIC }] }),
      'vpcSubnets must be one selection such as { subnetGroupName: … }, got a list: leave out the brackets',
    ],
    [
      'subnets are selected by a word',
      () => ({ vpcSubnets: 'private' }),
      "vpcSubnets must be one selection such as { subnetGroupName: … }, got 'private'",
    ],
    [
      'the version is a text',
      () => ({ version: '1.35' }),
      "version must be an eks.KubernetesVersion such as eks.KubernetesVersion.V1_36, got '1.35'",
    ],
    ['repair is a switch', () => ({ repair: false }), /^the options of repair must be an object .* got no object$/],
    ['repair has a typo', () => ({ repair: { enable: false } }), /^the options of repair must be .* got enable$/],
    ['warmPool is a switch', () => ({ warmPool: false }), /^the options of warmPool must be .* got no object$/],
    ['warmPool has a typo', () => ({ warmPool: { min: 1 } }), /^the options of warmPool must be .* got min$/],
    [
      'the basis of an image is a word',
      () => ({ image: NodeImage.of(ec2.MachineImage.latestAmazonLinux2023(), 'al2023' as never) }),
      'basis must be NodeImage.al2023() or NodeImage.bottlerocket(), got something else',
    ],
    [
      'a capacity block has neither GPUs nor Neuron devices',
      () => ({ capacity: NodeCapacity.capacityBlock('m7g.large', { capacityReservationId: 'cr-0123456789abcdef0' }) }),
      "instanceType must have GPUs or Neuron devices, which all capacity blocks have, got 'm7g.large': use NodeCapacity.onDemand for a reservation",
    ],
  ])('fails when %s', (_, props, message) => {
    expectWrongNodeGroup(props, message);
  });

  test('fails when nodes are told another range of services than the cluster has', () => {
    expectWrongNodes(
      () => ({ serviceCidr: '10.100.0.0/16' }),
      'serviceCidr must be that of the cluster, 172.20.0.0/16, got 10.100.0.0/16: leave it out',
    );
  });
});

test('fails when nodes of an IPv6 cluster are told a range of IPv4', () => {
  const stack = new Stack(lenientApp(), 'Shop');
  const cluster = importedCluster(stack, { ...ATTRIBUTES, vpc: twoZones(stack), ipFamily: eks.IpFamily.IP_V6 });
  const version = eks.KubernetesVersion.V1_36;
  expectFailure(
    () => newNodes({ stack, cluster }, { version, serviceCidr: '10.100.0.0/16' }),
    'serviceCidr must be a range of IPv6 addresses in an IPv6 cluster, got 10.100.0.0/16: EKS shows it as the service range of the cluster',
  );
});

test('fails at synthesis when tags of the app make too many tags of a group', () => {
  const fixture = newFixture();
  newNodes(fixture, { labels: Object.fromEntries(Array.from({ length: 46 }, (_, index) => [`label${index}`, 'x'])) });
  expect(() => fixture.template()).not.toThrow();
  const more = newFixture();
  newNodes(more, { labels: Object.fromEntries(Array.from({ length: 46 }, (_, index) => [`label${index}`, 'x'])) });
  Tags.of(more.stack).add('team', 'shop');
  expect(() => more.template()).toThrow(
    'an Auto Scaling group must have at most 50 tags, got 51: use fewer labels, taints and tags, or set clusterAutoscaler to false',
  );
});

describe('another place', () => {
  test('fails when the key of the disks is in another region', () => {
    const fixture = new NodesFixture(lenientApp(), {}, { env: { account: '111122223333', region: 'eu-west-1' } });
    const key = kms.Key.fromKeyArn(fixture.stack, 'Key', 'arn:aws:kms:us-east-1:210987654321:key/1');
    expectFailure(
      () => newNodeGroup(fixture, { volumeEncryptionKey: key }),
      'volumeEncryptionKey must be in the region of its nodes, eu-west-1, got us-east-1: use one there',
    );
  });

  test('fails when the VPC is another one of this app than that of the cluster', () => {
    const { stack, k8s, vpc } = newEksCluster();
    const other = new ec2.Vpc(stack, 'Other', { natGateways: 1, restrictDefaultSecurityGroup: false });
    const { cluster } = k8s;
    expectFailure(
      () => newNodeGroup({ stack, cluster }, { vpc: other }),
      "vpc must be that of the cluster, 'Shop/Vpc', got 'Shop/Other': leave it out",
    );
    expect(newNodeGroup({ stack, cluster }, { vpc }, 'Right').nodegroup.subnets).toHaveLength(2);
  });
});

describe('tokens', () => {
  test('say how far metadata travels', () => {
    const fixture = newFixture();
    newNodes(fixture, { metadataHopLimit: Token.asNumber(Fn.importValue('Hops')), volumeSize: Size.gibibytes(40) });
    expect(launchDataOf(fixture.template()).MetadataOptions).toEqual({
      HttpTokens: 'required',
      HttpPutResponseHopLimit: { 'Fn::ImportValue': 'Hops' },
    });
  });

  test('stand for zones of which nobody knows how many they are', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: Fn.split(',', Fn.importValue('Zones')),
      privateSubnetIds: Fn.split(',', Fn.importValue('Subnets')),
    });
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'K8s', { clusterName: 'shop', vpc });
    expect(warnings(newNodeGroup({ stack, cluster })).filter((text) => /one zone/.test(text))).toEqual([]);
  });
});

test('a VPC that is still to be looked up does not stop nodes that must know the range of services', () => {
  const app = lenientApp();
  const network = new Stack(app, 'Network', { env: { account: '111122223333', region: 'eu-west-1' } });
  const vpc = ec2.Vpc.fromLookup(network, 'Vpc', { vpcId: 'vpc-1' });
  const { k8s } = newEksCluster({ vpc }, undefined, app);
  expect(newNodes({ stack: k8s.node.scope as Stack, cluster: k8s.cluster }).accessEntry.type).toBe('EC2_LINUX');
});

describe('a cluster without what nodes need', () => {
  test('warns of self-managed nodes beside EKS Auto Mode', () => {
    const { stack, k8s } = newEksCluster({ compute: ClusterCompute.autoMode() });
    expect(warnings(newNodes({ stack, cluster: k8s.cluster }))).toEqual([
      expect.stringContaining('cdk-containers:NodesOnAutoMode'),
    ]);
    const both = newEksCluster({ compute: ClusterCompute.autoMode({ nodeGroups: true }) });
    expect(warnings(newNodes({ stack: both.stack, cluster: both.k8s.cluster }))).toEqual([]);
  });

  test.each([newNodeGroup, newNodes])('fails at synthesis when nodes join one that has Fargate only', (make) => {
    const { stack, k8s } = newEksCluster({ compute: ClusterCompute.fargateOnly() });
    make({ stack, cluster: k8s.cluster });
    expect(() => Template.fromStack(stack)).toThrow(
      "nodes must have a network plugin, and the cluster 'Shop/K8s/Cluster' has Fargate only, got no vpc-cni: use ClusterCompute.nodeGroups() with FargatePods, or give the cluster AddOn.vpcCni() and AddOn.kubeProxy()",
    );
  });

  test.each([newNodeGroup, newNodes])('lets nodes join one on Fargate that has the network plugin', (make) => {
    const compute = ClusterCompute.fargateOnly();
    const { stack, k8s } = newEksCluster({ compute, addOns: [AddOn.vpcCni(), AddOn.kubeProxy()] });
    make({ stack, cluster: k8s.cluster });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});
