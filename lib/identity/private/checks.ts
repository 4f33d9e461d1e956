import type { aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import { checkGiven } from '../../rules/given';
import { isOfType } from '../../rules/resources';

/** Fails for properties without a cluster, and for what is none, such as an `EksCluster` instead of its `cluster`. */
export function checkClusterOf(props: { readonly cluster: eks.ICluster } | undefined): void {
  checkGiven('cluster', props?.cluster);
  const { cluster } = props!;
  const isCluster = typeof cluster.clusterName === 'string' && typeof cluster.node === 'object';
  if (isCluster && !isOfType(cluster, 'AWS::EKS::Cluster')) return;
  throw new ContainersError(
    'cluster must be an eks.ICluster of aws-eks-v2, got something else: pass `cluster` of an EksCluster, or an imported one',
  );
}

/** Fails for what is no role, such as its ARN, which would be left out without a word; undefined passes. */
export function checkIsRole(name: string, role: iam.IRole | undefined): void {
  if (role === undefined || typeof role?.roleArn === 'string') return;
  const shown = typeof role === 'string' ? `'${String(role)}'` : role === null ? 'null' : 'something else';
  throw new ContainersError(
    `${name} must be a role such as iam.Role.fromRoleArn(…), got ${shown}: leave it out, or import the role`,
  );
}
