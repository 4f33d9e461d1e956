import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError, isToken } from '../rules/errors';
import { checkBoolean } from '../rules/given';
import { checkServiceAccount, checkServiceAccountPattern } from '../rules/pod-identity';
import { checkClusterOf } from './private/checks';
import { ManagedPolicyRole } from './private/managed-policy-role';
import { providerOf } from './private/oidc-provider';
import type { RoleOptions } from './role-options';

/** Properties of an `IrsaRole`. */
export interface IrsaRoleProps extends RoleOptions {
  /**
   * The cluster of the pods: of this app, also in another stack, or imported with its `openIdConnectProvider`.
   */
  readonly cluster: eks.ICluster;

  /** The namespace of the pods, such as `shop`. It may be made later. */
  readonly namespace: string;

  /** The service account of the pods, such as `orders`. It may be made later, and needs the `annotations`. */
  readonly serviceAccount: string;

  /**
   * Reads `*` and `?` in the names as wildcards, for several service accounts with one role: whoever may make a service
   * account with such a name has the role.
   * @default false
   */
  readonly allowWildcards?: boolean;
}

/**
 * The identity of Kubernetes pods where Pod Identity does not work: on Fargate, on Windows, and for what asks for IAM roles for
 * service accounts by name. Else use `PodIdentityRole`, which needs no annotation and no provider.
 *
 * An `iam.IRole`, so every L2 grant works on it: `bucket.grantRead(role)`. Put the `annotations` on the service account. Grants
 * land in a customer managed policy, never inline.
 *
 * A cluster of this app gets its OpenID Connect provider in its own stack, once for all roles, because IAM has one
 * for each issuer. It is the one of CDK when the feature flag `@aws-cdk/aws-eks:useNativeOidcProvider` is set. Neither needs
 * a Lambda function.
 *
 * Creates: `role`, `provider` with the first role of a cluster, and `policies` with the first grant. They cost nothing.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 */
export class IrsaRole extends ManagedPolicyRole {
  /** How IAM knows the service accounts of the cluster. */
  public readonly provider: iam.IOpenIdConnectProvider;

  /** The annotation that the service account needs: `eks.amazonaws.com/role-arn` with the ARN of the role. */
  public readonly annotations: { [key: string]: string };

  /**
   * @throws when a name is none of Kubernetes, or when the cluster is imported without an OpenID Connect provider, or of
   * another account
   */
  constructor(scope: Construct, id: string, props: IrsaRoleProps) {
    checkClusterOf(props);
    const { cluster, namespace, serviceAccount, allowWildcards = false } = props;
    checkBoolean('allowWildcards', allowWildcards);
    (allowWildcards ? checkServiceAccountPattern : checkServiceAccount)(props);
    checkAccount(scope, id, cluster);
    const provider = providerOf(cluster);
    const issuer = provider.openIdConnectProviderIssuer;
    const audience = { [`${issuer}:aud`]: 'sts.amazonaws.com' };
    const subject = { [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}` };
    super(scope, id, {
      ...props,
      description: 'What pods of a Kubernetes service account may do',
      assumedBy: new iam.WebIdentityPrincipal(
        provider.openIdConnectProviderArn,
        allowWildcards
          ? { StringEquals: audience, StringLike: subject }
          : { StringEquals: { ...audience, ...subject } },
      ),
    });
    this.provider = provider;
    this.annotations = { 'eks.amazonaws.com/role-arn': this.roleArn };
    if (!isToken(issuer)) return;
    // CloudFormation alone knows the issuer, and has no functions in the names of keys: as text it does.
    const resource = this.role.node.defaultChild as iam.CfnRole;
    resource.assumeRolePolicyDocument = this.stack.toJsonString(this.role.assumeRolePolicy);
  }
}

/** A role trusts providers of its own account only. */
function checkAccount(scope: Construct, id: string, cluster: eks.ICluster): void {
  const { account } = Stack.of(scope);
  const its = cluster.env.account;
  if (isToken(account) || isToken(its) || account === its) return;
  throw new ContainersError(
    `the cluster '${cluster.node.path}' must be in the account of '${scope.node.path}/${id}', ${account}, got ${its}: make the role there`,
  );
}
