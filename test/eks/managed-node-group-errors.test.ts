import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_eks_v2 as eks, Duration } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { NodeRepairAction } from '../../lib/eks/managed-node-group-props';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { expectFailure } from '../support/errors';
import { expectWrongNodeGroup, importedCluster, newNodeGroup, NodesFixture } from '../support/node-groups';
import type { WrongNodeGroup } from '../support/node-groups';

const BLOCK = NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: 'cr-02168da1478b509e0' });

describe('what EKS or the L2 lets pass, or finds no image for', () => {
  const taints = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ key: `t${index}`, effect: eks.TaintEffect.NO_SCHEDULE }));

  test.each<WrongNodeGroup>([
    ['it has 51 taints', () => ({ taints: taints(51) }), /^the number of taints must be between 0 and 50, got 51/],
    [
      'a taint has no effect',
      () => ({ taints: [{ key: 'dedicated' }] }),
      /^the effect of taint 'dedicated' must be one of/,
    ],
    [
      'a label is reserved by Kubernetes',
      () => ({ labels: { 'kubernetes.io/team': 'shop' } }),
      /^a key of labels must not be/,
    ],
    [
      'a label is reserved by EKS',
      () => ({ labels: { 'eks.amazonaws.com/team': 'shop' } }),
      /^a key of labels must not begin/,
    ],
    [
      'the value of a label has a space',
      () => ({ labels: { team: 'web shop' } }),
      /^the value of label 'team' must be/,
    ],
    [
      'the value of a label is too long',
      () => ({ labels: { team: 'x'.repeat(64) } }),
      /^the value of label 'team' must be/,
    ],
    [
      'On-Demand and Spot are mixed',
      () => ({ capacity: NodeCapacity.mixed(['m7g.large', 'm6g.large', 'c7g.large']) }),
      'capacity must be On-Demand, Spot or a capacity block, got NodeCapacity.mixed, which EKS does not manage: make a node group for each, or use SelfManagedNodes',
    ],
    [
      'a capacity block has subnets in two zones',
      () => ({ capacity: BLOCK }),
      /^vpcSubnets must be in (the )?one zone/,
    ],
    [
      'Windows is on ARM',
      () => ({ image: NodeImage.windows() }),
      /^NodeImage.windows\(\) must have instance types with x86, got ARM/,
    ],
  ])('fails when %s', (_, props, message) => {
    expectWrongNodeGroup(props, message);
  });

  test('there is no way to give an SSH key, a launch template, a disk size or an image that does not fit', () => {
    const fixture = new NodesFixture();
    newNodeGroup(fixture, {
      remoteAccess: { sshKeyName: 'key' },
      keyName: 'key',
      launchTemplateSpec: { id: 'lt-1' },
      diskSize: 100,
      amiType: 'AL2_x86_64',
    } as object);
    const text = JSON.stringify(fixture.template().toJSON());
    for (const word of ['KeyName', 'RemoteAccess', 'lt-1', 'DiskSize', 'AL2_x86_64']) expect(text).not.toContain(word);
  });
});

describe('its own properties', () => {
  test.each<WrongNodeGroup>([
    ['it starts with too many nodes', () => ({ initialNodes: 5 }), 'initialNodes must be between 2 and 4, got 5'],
    ['it starts with too few nodes', () => ({ initialNodes: 1 }), 'initialNodes must be between 2 and 4, got 1'],
    [
      'more nodes are updated at once than there are',
      () => ({ maxUnavailable: 5 }),
      'maxUnavailable must be at most maxNodes, 4, got 5: lower it, or use maxUnavailablePercent',
    ],
    [
      'both count and percentage are given',
      () => ({ maxUnavailable: 1, maxUnavailablePercent: 10 }),
      'only one of maxUnavailable and maxUnavailablePercent can be given, got 1 and 10: leave one out',
    ],
    [
      'there is no such strategy',
      () => ({ updateStrategy: 'FAST' }),
      "updateStrategy must be one of DEFAULT, MINIMAL, got 'FAST'",
    ],
    ['forcing is no boolean', () => ({ forceUpdate: 'no' }), "forceUpdate must be true or false, got 'no'"],
    [
      'repair has both count and percentage',
      () => ({ repair: { maxUnhealthyNodes: 1, maxUnhealthyNodesPercent: 1 } }),
      'only one of repair.maxUnhealthyNodes and repair.maxUnhealthyNodesPercent can be given, got 1 and 1: leave one out',
    ],
    [
      'an override of repair says not all',
      () => ({
        repair: { overrides: [{ condition: 'Ready', waitTime: Duration.minutes(5), action: NodeRepairAction.REBOOT }] },
      }),
      'reason of repair.overrides must be given, got undefined',
    ],
    [
      'Spot instances are kept warm',
      () => ({ capacity: NodeCapacity.spot(['m7g.large', 'm6g.large', 'c7g.large']), warmPool: {} }),
      /^warmPool must be left out with Spot/,
    ],
    [
      'Bottlerocket hibernates',
      () => ({ image: NodeImage.bottlerocket(), warmPool: { state: autoscaling.PoolState.HIBERNATED } }),
      /^warmPool.state must be Stopped or Running with Bottlerocket/,
    ],
    [
      'an image of your own is kept warm',
      () => ({ image: ownImage(), serviceCidr: '10.100.0.0/16', warmPool: {} }),
      /^warmPool must be left out with an image of your own/,
    ],
    [
      'an image of your own has a version',
      () => ({ image: ownImage(), serviceCidr: '10.100.0.0/16', version: eks.KubernetesVersion.V1_36 }),
      /^version must be left out with an image of your own/,
    ],
    [
      'an image of AWS has a range of services',
      () => ({ serviceCidr: '10.100.0.0/16' }),
      "serviceCidr must be left out with an image of AWS, which EKS tells it, got '10.100.0.0/16': remove it",
    ],
    [
      'nodes are newer than the cluster',
      () => ({ version: eks.KubernetesVersion.of('1.37') }),
      'version must not be newer than the cluster, 1.36, got 1.37: update the cluster first',
    ],
    [
      'nodes are much older than the cluster',
      () => ({ version: eks.KubernetesVersion.V1_32 }),
      'version must be at most 3 minor versions older than the cluster, 1.36, got 1.32: update the nodes',
    ],
    ['the name is too long', () => ({ nodegroupName: 'x'.repeat(64) }), /^nodegroupName must be up to 63 letters/],
    ['an add-on is named twice', () => ({ addOns: [fakeAddOn(), fakeAddOn()] }), /^addOns must be unique/],
  ])('fails when %s', (_, props, message) => {
    expectWrongNodeGroup(props, message);
  });
});

describe('what JavaScript lets pass', () => {
  test.each<WrongNodeGroup>([
    ['there is no cluster', () => ({ cluster: undefined }), 'cluster must be given, got undefined'],
    ['the cluster is null', () => ({ cluster: null }), 'cluster must be given, got null'],
    ['there is no capacity', () => ({ capacity: undefined }), /^capacity must be/],
    ['the capacity is a string', () => ({ capacity: 'm7g.large' }), /^capacity must be/],
    ['there are no bounds', () => ({ maxNodes: undefined }), 'maxNodes must be given, got undefined'],
    [
      'the add-ons are no list',
      () => ({ addOns: 'coredns' }),
      "addOns must be a list, got 'coredns': put it into brackets",
    ],
    ['the taints are no list', () => ({ taints: 'x' }), "taints must be a list, got 'x': put it into brackets"],
  ])('fails when %s', (_, props, message) => {
    expectWrongNodeGroup(props, message);
  });
});

test('fails when an imported cluster has no VPC, and none is given', () => {
  const { stack } = new NodesFixture();
  expectFailure(() => newNodeGroup({ stack, cluster: importedCluster(stack) }), /^vpc must be given/);
});

function ownImage(): NodeImage {
  return NodeImage.of(ec2.MachineImage.genericLinux({ 'eu-west-1': 'ami-0123456789abcdef0' }), NodeImage.al2023());
}

function fakeAddOn(): AddOn {
  return AddOn._of({
    name: 'coredns',
    needsNodes: true,
    bind: (scope, { cluster }) =>
      new eks.CfnAddon(scope, 'Resource', { addonName: 'coredns', clusterName: cluster.clusterName }),
  });
}
