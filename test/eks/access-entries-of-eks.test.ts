import { aws_eks_v2 as eks, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { ClusterAccess } from '../../lib/eks/cluster-access';
import { FargatePods } from '../../lib/eks/fargate-pods';
import { KubernetesAccess } from '../../lib/eks/kubernetes-access';
import { newNodeAccessEntry } from '../../lib/eks/private/access-entry';
import { bareCluster, imported, named, validationErrors } from '../support/access';
import { imported as importedWithNetwork, SHOP } from '../support/fargate-pods';
import { lenientApp } from '../support/resources';

const access = KubernetesAccess.view();

/** A role, and a managed node group that has it. */
function nodeGroup(stack: Stack, cluster: eks.ICluster): iam.Role {
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  const { clusterName } = cluster;
  new eks.CfnNodegroup(stack, 'Nodes', { clusterName, nodeRole: role.roleArn, subnets: ['subnet-1'] });
  return role;
}

const givesOne = (path: string) => `the role of '${path}', to which EKS gives one itself`;

describe('fails when EKS makes the access entry itself', () => {
  test('for a managed node group', () => {
    const { app, stack, cluster } = imported();
    new ClusterAccess(stack, 'Access', { cluster, principal: nodeGroup(stack, cluster), access });
    expect(validationErrors(app)).toContain(
      "an identity must have one access entry in a cluster, got 'Shop/Access' for the role of 'Shop/Nodes', to which EKS gives one itself: take another role, or make no entry",
    );
  });

  test('for a managed node group, with whose role others join', () => {
    const { app, stack, cluster } = imported();
    newNodeAccessEntry(stack, 'Others', { cluster, role: nodeGroup(stack, cluster), type: 'EC2_LINUX' });
    expect(validationErrors(app)).toContain(givesOne('Shop/Nodes'));
  });

  test('for pods on Fargate', () => {
    const { stack, cluster } = importedWithNetwork();
    const { role } = new FargatePods(stack, 'Pods', { cluster, selectors: SHOP });
    new ClusterAccess(stack, 'Access', { cluster, principal: role, access });
    expect(validationErrors(stack.node.root as never)).toContain(givesOne(`${stack.node.path}/Pods/Profile`));
  });

  test('for the built-in pools of EKS Auto Mode', () => {
    const app = lenientApp();
    const stack = new Stack(app, 'Shop');
    const cluster = bareCluster(stack);
    const { computeConfig } = cluster.node.defaultChild as eks.CfnCluster;
    const { nodeRoleArn } = computeConfig as eks.CfnCluster.ComputeConfigProperty;
    new ClusterAccess(stack, 'Access', { cluster, principal: new iam.ArnPrincipal(nodeRoleArn!), access });
    expect(validationErrors(app)).toContain(givesOne('Shop/Cluster/Resource'));
  });
});

test('the same role may enter another cluster', () => {
  const { app, stack, cluster } = imported();
  const principal = nodeGroup(stack, cluster);
  new ClusterAccess(stack, 'Access', { cluster: named(stack, 'Other', 'other'), principal, access });
  expect(validationErrors(app)).toBe('');
});
