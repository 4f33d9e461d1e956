import { Aws, aws_iam as iam } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';

/**
 * The pods of one cluster, as EKS Pod Identity names them: sessions carry the namespace and the service account as tags,
 * so assuming the role and tagging the session go together. The source of the request is the cluster, not the association.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 * @see https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
 */
export function podsOf(cluster: eks.ICluster): iam.SessionTagsPrincipal {
  return new iam.SessionTagsPrincipal(
    new iam.ServicePrincipal('pods.eks.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnEquals: { 'aws:SourceArn': cluster.clusterArn },
      },
    }),
  );
}
