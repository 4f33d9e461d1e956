import { Validations } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { clusterFacts } from './cluster-facts';
import { hasAddOn } from './cluster-watch';
import { identityOf } from '../../identity/private/cluster-key';
import { ContainersError } from '../../rules/errors';
import { checkList } from '../../rules/given';
import { checkSelection } from '../../rules/nodes';
import { checkMade } from '../../rules/self-managed-nodes';
import type { NodeOptions } from '../node-options';

/** Fails for what is not what it should be, which only JavaScript lets pass. */
export function checkNodeParts(options: NodeOptions): void {
  const { cluster, role, volumeEncryptionKey: key, placementGroup, vpcSubnets, securityGroups = [] } = options;
  checkMade('cluster', cluster.clusterName, cluster, 'an eks.ICluster, such as the cluster of an EksCluster');
  checkMade('role', role?.roleArn, role, 'a role such as new NodeRole(…)');
  checkMade('volumeEncryptionKey', key?.keyArn, key, 'a key such as new kms.Key(…)');
  const group = placementGroup?.placementGroupName;
  checkMade('placementGroup', group, placementGroup, 'a group such as new ec2.PlacementGroup(…)');
  checkSelection(vpcSubnets);
  checkList('securityGroups', securityGroups);
  securityGroups.forEach((each) => {
    checkMade('securityGroups', each?.securityGroupId, each ?? null, 'groups such as new ec2.SecurityGroup(…)');
  });
}

/** Says what a cluster must have for nodes that it did not expect. */
export function warnOfNodesCluster(scope: Construct, cluster: eks.ICluster): void {
  const { autoMode, networkingIdentity, fargateOnly } = clusterFacts(cluster);
  if (autoMode && !networkingIdentity) {
    Validations.of(scope).addWarning(
      'cdk-containers:NodesOnAutoMode',
      'the cluster runs EKS Auto Mode, whose own nodes need no add-ons, but these do: without vpc-cni, kube-proxy and coredns on the cluster they do not become ready.',
    );
  }
  if (!fargateOnly) return;
  scope.node.addValidation({
    validate: () =>
      hasAddOn(cluster, 'vpc-cni')
        ? []
        : [
            `nodes must have a network plugin, and the cluster '${cluster.node.path}' has Fargate only, got no vpc-cni: use ClusterCompute.nodeGroups() with FargatePods, or give the cluster AddOn.vpcCni() and AddOn.kubeProxy()`,
          ],
  });
}

/** Fails for the role of nodes that EKS runs, which joins as another type of node. */
export function checkNotOfAutoMode(cluster: eks.ICluster, role: iam.IRole): void {
  const { autoModeRoleArn } = clusterFacts(cluster);
  if (autoModeRoleArn === undefined) return;
  if (identityOf(cluster, autoModeRoleArn) !== identityOf(role, role.roleArn)) return;
  throw new ContainersError(
    `role must be another than that of EKS Auto Mode, which joins as one type of node, got '${role.node.path}': leave it out`,
  );
}
