import { Stack, aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import { expectFailure } from './errors';
import { warnings as allWarnings } from './fixture';
import { lenientApp } from './resources';
import { FargatePods } from '../../lib/eks/fargate-pods';
import type { FargatePodsProps } from '../../lib/eks/fargate-pods';

export const PROFILE = 'AWS::EKS::FargateProfile';
export const SHOP = [{ namespace: 'shop' }];

/** What this library warns of. */
export function warnings(stack: Stack): string[] {
  return allWarnings(stack).filter((warning) => warning.includes('cdk-containers:'));
}

/** A cluster of somebody who uses the L2 alone. */
export function newCluster(scope: Stack, id = 'K8s', vpc?: ec2.IVpc): eks.Cluster {
  return new eks.Cluster(scope, id, {
    version: eks.KubernetesVersion.V1_34,
    vpc: vpc ?? new ec2.Vpc(scope, `${id}Vpc`, { natGateways: 1 }),
    defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
    defaultCapacity: 0,
  });
}

/** What goes wrong with a cluster that is known by its name and VPC only: quick to make. */
export function expectWrong(props: (stack: Stack) => Partial<FargatePodsProps>, message: string | RegExp): void {
  const { stack, cluster } = imported();
  expectFailure(() => new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, ...props(stack) }), message);
}

export function imported(vpcOf: (stack: Stack) => ec2.IVpc | undefined = theirVpc) {
  const stack = new Stack(lenientApp(), 'Shop');
  const vpc = vpcOf(stack);
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc });
  return { stack, vpc, cluster };
}

export function theirVpc(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'TheirVpc', {
    vpcId: 'vpc-00000001',
    availabilityZones: ['a', 'b'],
    privateSubnetIds: ['subnet-00000001', 'subnet-00000002'],
    publicSubnetIds: ['subnet-00000003', 'subnet-00000004'],
  });
}
