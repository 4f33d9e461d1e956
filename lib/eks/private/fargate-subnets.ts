import type { aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import { checkSelection, networkOf } from './controller-network';
import { choosePrivateSubnets } from './private-subnets';
import { ContainersError } from '../../rules/errors';

/** Where pods run. */
interface PlaceOptions {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
}

/** Chooses the subnets of pods on Fargate, which are private: EKS takes no others. */
export function chooseFargateSubnets(cluster: eks.ICluster, options: PlaceOptions): ec2.SelectedSubnets {
  checkSelection(options.vpcSubnets);
  const vpc = vpcOf(cluster, options.vpc);
  return choosePrivateSubnets(vpc, options.vpcSubnets, {
    need: 'pods on Fargate must stand in private subnets',
    because: 'pods on Fargate have no public address and EKS takes no such subnet',
  }).chosen;
}

function vpcOf(cluster: eks.ICluster, given: ec2.IVpc | undefined): ec2.IVpc {
  const vpc = networkOf(cluster, given);
  if (vpc) return vpc;
  throw new ContainersError(
    `vpc must be given, because the cluster '${cluster.node.path}' is imported without one, got none: pass the VPC of the cluster`,
  );
}
