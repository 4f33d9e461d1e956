import { Stack, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { PodSecurityGroupMode } from '../../lib/eks/add-ons/vpc-cni';
import { EksCluster } from '../../lib/eks/eks-cluster';
import type { EksClusterProps } from '../../lib/eks/eks-cluster-props';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { newEksCluster, VERSION } from '../support/eks-clusters';
import { Template, warnings } from '../support/fixture';
import { newNodeGroup, NODEGROUP, twoZones } from '../support/node-groups';
import { lenientApp, once, resourceOf } from '../support/resources';

const made = once(() => {
  const app = lenientApp();
  const stack = new Stack(app, 'Shop');
  const { cluster } = new EksCluster(stack, 'K8s', { vpc: twoZones(stack), version: eks.KubernetesVersion.V1_36 });
  const group = newNodeGroup({ stack, cluster }, { addOns: [AddOn.coreDns()] });
  const far = new Stack(app, 'Far');
  const farGroup = newNodeGroup({ stack: far, cluster });
  return { template: Template.fromStack(stack), far: Template.fromStack(far), group, farGroup };
});

test('the add-ons that nodes cannot do without come first, the others last', () => {
  const { template, group } = made();
  const byId = Object.entries(template.findResources('AWS::EKS::Addon'));
  const before = byId.filter(([, { Properties }]) =>
    ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'].includes(Properties.AddonName),
  );
  expect(before).toHaveLength(3);
  expect(resourceOf(template, group.nodegroup).DependsOn).toEqual(expect.arrayContaining(before.map(([id]) => id)));
  const [[groupId]] = Object.entries(template.findResources(NODEGROUP));
  expect(resourceOf(template, group.addOns.coredns)).toMatchObject({
    DependsOn: expect.arrayContaining([groupId]),
    Properties: { AddonName: 'coredns' },
  });
});

test('nodes have no permissions of the network plugin, which has its own', () => {
  const { template } = made();
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.startsWith('NodesRole'));
  expect(roles).toHaveLength(1);
  expect(JSON.stringify(roles)).not.toContain('AmazonEKS_CNI_Policy');
});

test('nodes of another stack have no add-on to wait for there', () => {
  const { far, farGroup } = made();
  expect(farGroup.stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Shop']);
  far.resourceCountIs(NODEGROUP, 1);
});

describe('Windows nodes', () => {
  const WINDOWS = { image: NodeImage.windows(), capacity: NodeCapacity.onDemand(['m7i.large']) };
  const withWindows = [AddOn.vpcCni({ windows: true })];
  const warned = (props: Partial<EksClusterProps>) => {
    const { stack, k8s } = newEksCluster(props);
    return warnings(newNodeGroup({ stack, cluster: k8s.cluster }, WINDOWS)).join();
  };

  test('warn of nothing in a cluster that is made for them', () => expect(warned({ addOns: withWindows })).toBe(''));

  test.each<[string, Partial<EksClusterProps>]>([
    ['without the setting', {}],
    ['with the setting off', { addOns: [AddOn.vpcCni({ windows: false })] }],
    ['with the policy only', { addOns: [AddOn.vpcCni({ podSecurityGroups: PodSecurityGroupMode.STRICT })] }],
  ])('warn in a cluster %s', (_what, props) => expect(warned(props)).toContain('NodesWindowsSupport'));

  test('warn in a cluster whose role is of the user, unless it is seen to have the policy', () => {
    const { stack, vpc } = newEksCluster();
    const role = new iam.Role(stack, 'Own', { assumedBy: new iam.ServicePrincipal('eks.amazonaws.com') });
    const imported = iam.Role.fromRoleArn(stack, 'Known', 'arn:aws:iam::111122223333:role/known');
    const warnedOf = (id: string, own: iam.IRole) => {
      const cluster = new EksCluster(stack, id, { vpc, version: VERSION, addOns: withWindows, role: own }).cluster;
      return warnings(newNodeGroup({ stack, cluster }, WINDOWS, `${id}Nodes`)).join();
    };
    expect(warnedOf('Without', role)).toContain('NodesWindowsSupport');
    expect(warnedOf('Imported', imported)).toContain('NodesWindowsSupport');
    role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonEKSVPCResourceController'));
    expect(warnedOf('With', role)).toBe('');
  });
});
