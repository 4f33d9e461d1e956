import { Aws, aws_iam as iam, Validations } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import { Construct, Dependable } from 'constructs';
import type { KubernetesAccess } from './kubernetes-access';
import { addAccess } from './private/access-entry';
import { checkClusterOf } from '../identity/private/checks';
import { ContainersError, isToken } from '../rules/errors';
import { checkGiven } from '../rules/given';
import { purposeOf, ssoRoleResource } from '../rules/kubernetes-access';

/** Properties of a `ClusterAccess`. */
export interface ClusterAccessProps {
  /** The cluster: of this app, also in another stack, or imported, for which its name is enough. */
  readonly cluster: eks.ICluster;

  /**
   * Who: one role or user, also of another account. For people of IAM Identity Center see `ClusterAccess.ssoRole`. When a
   * role is deleted and made again, its access has to be made again, too.
   */
  readonly principal: iam.IPrincipal;

  /** What they may do. */
  readonly access: KubernetesAccess;
}

/** Options of `ClusterAccess.ssoRole`. */
export interface SsoRoleOptions {
  /** The name of the role that IAM shows, such as `AWSReservedSSO_Devs_0123456789abcdef`. */
  readonly roleName: string;

  /**
   * The region of IAM Identity Center, which is a part of the ARN unless it is us-east-1.
   * @default 'us-east-1'
   */
  readonly identityCenterRegion?: string;

  /**
   * The account of the role.
   * @default - that of the stack
   */
  readonly account?: string;
}

/**
 * Lets a role or a user into a Kubernetes cluster.
 *
 * Nobody may enter a cluster before, not even who made it. EKS has one access entry for an identity in a cluster, so all
 * `ClusterAccess` of one in a stack share it: policies add up, the namespaces of a policy too, and the whole cluster wins over
 * namespaces. In two stacks, or together with `grantAccess` of CDK's own cluster, they are an error. So is one for a role to which
 * EKS gives an entry itself: that of a managed node group, of a Fargate profile, or of the built-in pools of EKS Auto Mode.
 *
 * Creates: `accessEntry` with the first access of an identity. It costs nothing.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
 */
export class ClusterAccess extends Construct {
  /**
   * The role that IAM Identity Center makes in an account for a permission set. Its name has a random part that IAM shows, and
   * it gets another one when the last assignment of the permission set is taken away and given again.
   * @throws when the name is not one of such a role
   * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
   */
  public static ssoRole(scope: Construct, id: string, options: SsoRoleOptions): iam.IRole {
    checkGiven('options', options);
    const resource = ssoRoleResource(options);
    const arn = `arn:${Aws.PARTITION}:iam::${options.account ?? Aws.ACCOUNT_ID}:${resource}`;
    return iam.Role.fromRoleArn(scope, id, arn, { mutable: false });
  }

  /** What lets them in: shared by all `ClusterAccess` of the principal in the stack. */
  public readonly accessEntry: eks.CfnAccessEntry;

  /**
   * @throws when the principal is no single role or user, has more than 20 policies or two usernames in the cluster, or when
   * the cluster is in another account or region
   */
  constructor(scope: Construct, id: string, props: ClusterAccessProps) {
    super(scope, id);
    checkClusterOf(props);
    const { cluster, principal, access } = props;
    checkGiven('access', access);
    if (typeof access._bind !== 'function') {
      throw new ContainersError(
        `access must be a KubernetesAccess such as KubernetesAccess.view(), got ${typeof access}: for several make several ClusterAccess`,
      );
    }
    const parts = access._bind();
    this.accessEntry = addAccess(this, { cluster, principal }, parts);
    // It stands under the stack, and is waited for through this construct.
    Dependable.implement(this, { dependencyRoots: [this, this.accessEntry] });
    parts.grants.forEach(({ policy }) => this.warnOfUnknown(policy));
  }

  private warnOfUnknown(policy: string): void {
    if (isToken(policy) || purposeOf(policy) !== undefined) return;
    Validations.of(this).addWarning(
      'cdk-containers:AccessPolicyUnknown',
      `'${policy}' is no access policy of EKS that this library knows: look with "aws eks list-access-policies" whether it is spelled right, and acknowledge this if it is.`,
    );
  }
}
