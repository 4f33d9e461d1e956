import type { aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import { checkSelection, clusterGroupOf, networkOf } from './controller-network';
import { choosePrivateSubnets } from './private-subnets';
import { ContainersError } from '../../rules/errors';

/** Where Karpenter's nodes may stand. */
export interface NodePlacement {
  readonly cluster: eks.ICluster;
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
}

/** The tags by which Karpenter finds what has no id here. */
export function discoveryTags(cluster: eks.ICluster): { [key: string]: string } {
  return { 'karpenter.sh/discovery': cluster.clusterName };
}

/** By which terms Karpenter finds subnets and security group: by id where they are known. */
export function selectorTerms(placement: NodePlacement): { [key: string]: unknown } {
  const { cluster } = placement;
  const subnets = subnetsOf(placement);
  const group = clusterGroupOf(cluster);
  return {
    subnetSelectorTerms: subnets ? subnets.map((id) => ({ id })) : [{ tags: discoveryTags(cluster) }],
    // EKS puts this tag on the group that it makes, and puts it back when it is removed.
    securityGroupSelectorTerms: [group ? { id: group } : { tags: { 'aws:eks:cluster-name': cluster.clusterName } }],
  };
}

function subnetsOf({ cluster, vpc: given, vpcSubnets }: NodePlacement): string[] | undefined {
  checkSelection(vpcSubnets);
  const vpc = networkOf(cluster, given);
  if (!vpc) {
    if (vpcSubnets === undefined) return undefined;
    throw new ContainersError(
      `vpcSubnets must come with vpc for a cluster that was imported without one, got '${cluster.node.path}': pass vpc, or leave vpcSubnets out and tag the subnets`,
    );
  }
  return choosePrivateSubnets(vpc, vpcSubnets, {
    need: 'nodes need private subnets',
    because: 'nodes there would have public addresses, or reach nothing',
  }).chosen.subnetIds;
}
