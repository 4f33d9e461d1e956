import type { aws_eks_v2 as eks } from 'aws-cdk-lib';

/** The clusters that have nothing but Fargate. */
const fargateOnly = new WeakSet<eks.ICluster>();

/** Remembers that the agent of Pod Identity has no node to run on. */
export function markFargateOnly(cluster: eks.ICluster): void {
  fargateOnly.add(cluster);
}

/** True when it is known: an imported cluster may be one, too. */
export function isFargateOnly(cluster: eks.ICluster): boolean {
  return fargateOnly.has(cluster);
}
