import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FARGATE_PODS_SERVICE } from '../rules/fargate-pods';
import { checkClusterOf } from './private/checks';
import { attachEksPolicies } from './private/eks-policies';
import { ManagedPolicyRole } from './private/managed-policy-role';

/** Properties of a `FargatePodRole`: those of other roles but the path, of which EKS takes none here. */
export interface FargatePodRoleProps {
  /** The cluster whose pods it starts, and no other. */
  readonly cluster: eks.ICluster;

  /**
   * The most that the role may ever do, whatever it is granted. One for a whole app is set with
   * `iam.PermissionsBoundary.of(app).apply(…)`, which reaches these roles too.
   * @default - none
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * Conditions under which it may be assumed, on top of those that it has.
   * @default - none
   */
  readonly trustConditions?: { [operator: string]: unknown };
}

/**
 * The identity with which Fargate starts the pods of one cluster: it joins the cluster as a node, pulls images of ECR and
 * writes their logs where it is told to. The code of the pods has no part in it: give that one an `IrsaRole`.
 *
 * One is enough for all Fargate profiles of a cluster. It has the policy that AWS keeps for it; whatever else it is granted
 * lands in customer managed policies. EKS makes its access entry, whoever made the role.
 *
 * Creates: `role`, and `policies` with the first grant.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html
 */
export class FargatePodRole extends ManagedPolicyRole {
  constructor(scope: Construct, id: string, props: FargatePodRoleProps) {
    checkClusterOf(props);
    const { cluster, permissionsBoundary, trustConditions } = props;
    const description = 'How Fargate starts the pods of a Kubernetes cluster and pulls their images';
    super(scope, id, { permissionsBoundary, trustConditions, description, assumedBy: fargateOf(scope, cluster) });
    attachEksPolicies(this, ['AmazonEKSFargatePodExecutionRolePolicy']);
  }
}

/** Fargate, for the profiles of one cluster. The ARN says the account. */
function fargateOf(scope: Construct, cluster: eks.ICluster): iam.ServicePrincipal {
  const sourceArn = Stack.of(scope).formatArn({
    service: 'eks',
    resource: 'fargateprofile',
    resourceName: `${cluster.clusterName}/*`,
  });
  return new iam.ServicePrincipal(FARGATE_PODS_SERVICE, { conditions: { ArnLike: { 'aws:SourceArn': sourceArn } } });
}
