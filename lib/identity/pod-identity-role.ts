import { aws_eks_v2 as eks, aws_iam as iam, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkSamePlace } from '../rules/environments';
import { ContainersError } from '../rules/errors';
import { checkBoolean, checkGiven } from '../rules/given';
import { checkServiceAccount, checkSessionTags, sessionPolicyErrors } from '../rules/pod-identity';
import { claimServiceAccount } from './private/associations';
import { checkClusterOf, checkIsRole } from './private/checks';
import { isFargateOnly } from './private/fargate-only';
import { ManagedPolicyRole } from './private/managed-policy-role';
import { podsOf } from './private/pod-identity';
import type { RoleOptions } from './role-options';

/** Which pods have the identity, and how they get it. */
export interface PodIdentityOptions {
  /** The namespace of the pods, such as `shop`. It may be made later. */
  readonly namespace: string;

  /** The service account of the pods, such as `orders`. It may be made later, and needs no annotation. */
  readonly serviceAccount: string;

  /**
   * A role that the pods end up with, mostly one of another account. Grants belong to it then: this role is no more than the
   * way there, and may do nothing but assume it. The trust policy of the target must let this role in, with
   * `sts:AssumeRole` and `sts:TagSession`.
   * @default - the pods have this role
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
   */
  readonly targetRole?: iam.IRole;

  /**
   * Leaves out the tags with which EKS marks sessions: cluster, namespace, service account and pod. Policies can no longer
   * tell pods apart by `aws:PrincipalTag/kubernetes-namespace` and the like. With a `targetRole`, EKS gives the external id of
   * the association (`association.attrExternalId`) instead.
   * @default - true with a `sessionPolicy`, because EKS does not tag such sessions; false otherwise
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
   */
  readonly disableSessionTags?: boolean;

  /**
   * Narrows the identity for these pods: they may do what both the role and this policy allow, so that service accounts
   * can share a role. At most 2,048 characters.
   * @default - all that the role may do
   * @see https://aws.amazon.com/blogs/containers/session-policies-for-amazon-eks-pod-identity
   */
  readonly sessionPolicy?: iam.PolicyDocument;
}

/** Options of `associate`. */
export interface PodIdentityAssociateOptions extends PodIdentityOptions {
  /**
   * Another cluster of the same account and region. The role trusts it from then on.
   * @default - the cluster of the role
   */
  readonly cluster?: eks.ICluster;
}

/** Properties of a `PodIdentityRole`. */
export interface PodIdentityRoleProps extends RoleOptions, PodIdentityOptions {
  /** The cluster of the pods: of this app, also in another stack, or imported, for which its name is enough. */
  readonly cluster: eks.ICluster;
}

/**
 * The identity of Kubernetes pods: what their code may do in AWS.
 *
 * An `iam.IRole`, so every L2 grant works on it: `bucket.grantRead(role)`. Pods get it by the name of their service account,
 * with no annotation, no OIDC provider and no Kubernetes object made here. Grants land in a customer managed policy, never
 * inline. Only pods of the cluster may assume it.
 *
 * The nodes need the Pod Identity agent, which an `EksCluster` has. There is none on Fargate and Windows: use `IrsaRole` there.
 * On hybrid nodes its add-on must be told to run. Pods that run already get the identity when they are started again.
 *
 * Creates: `role`, `association`, and `policies` with the first grant. They cost nothing.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
 */
export class PodIdentityRole extends ManagedPolicyRole {
  /** What gives the role to the pods. */
  public readonly association: eks.CfnPodIdentityAssociation;

  private readonly cluster: eks.ICluster;
  private readonly trustConditions: { [operator: string]: unknown };
  /** Whether pods keep the role, for which somebody may be granted something. */
  private isKept = false;
  private isGranted = false;

  /**
   * @throws when a name is none of Kubernetes, when the service account has a role already, when the cluster has nothing but
   * Fargate, or when it is in another account or region
   */
  constructor(scope: Construct, id: string, props: PodIdentityRoleProps) {
    checkClusterOf(props);
    const { cluster, trustConditions = {} } = props;
    checkServiceAccount(props);
    super(scope, id, {
      ...props,
      description: 'What pods of a Kubernetes service account may do',
      assumedBy: podsOf(cluster),
    });
    this.cluster = cluster;
    this.trustConditions = trustConditions;
    this.association = this.newAssociation('Association', cluster, props);
    this.node.addValidation({ validate: () => this.warnOfGrants() });
  }

  /**
   * Gives the role to pods of a further service account, or of a further cluster.
   * @throws as the constructor does
   */
  public associate(id: string, options: PodIdentityAssociateOptions): eks.CfnPodIdentityAssociation {
    checkGiven('options', options);
    const { cluster = this.cluster } = options;
    checkClusterOf({ cluster });
    checkServiceAccount(options);
    const association = this.newAssociation(id, cluster, options);
    // A document has each statement once.
    podsOf(cluster).withConditions(this.trustConditions).addToAssumeRolePolicy(this.role.assumeRolePolicy!);
    return association;
  }

  /** Adds a statement to the role's customer managed policy. */
  public addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    this.isGranted = true;
    return super.addToPrincipalPolicy(statement);
  }

  private newAssociation(
    id: string,
    cluster: eks.ICluster,
    options: PodIdentityOptions,
  ): eks.CfnPodIdentityAssociation {
    const { namespace, serviceAccount, targetRole, sessionPolicy, disableSessionTags } = options;
    checkSamePlace(`the cluster '${cluster.node.path}'`, cluster.env, `'${this.node.path}'`, Stack.of(this));
    checkOptions(options);
    if (isFargateOnly(cluster)) {
      throw new ContainersError(
        `the cluster '${cluster.node.path}' must have nodes for Pod Identity, got Fargate only, where its agent does not run: use IrsaRole`,
      );
    }
    claimServiceAccount(this, cluster, options);
    const association = new eks.CfnPodIdentityAssociation(this, id, {
      clusterName: cluster.clusterName,
      namespace,
      serviceAccount,
      roleArn: this.roleArn,
      targetRoleArn: targetRole?.roleArn,
      disableSessionTags: disableSessionTags ?? (sessionPolicy ? true : undefined),
      policy: sessionPolicy && this.stack.toJsonString(sessionPolicy),
    });
    // The agent, and before it the nodes' network, are add-ons of the cluster.
    association.node.addDependency(cluster);
    if (sessionPolicy) association.node.addValidation({ validate: () => this.errorsOf(sessionPolicy) });
    if (targetRole) this.mayAssume(targetRole);
    else this.isKept = true;
    return association;
  }

  private mayAssume({ roleArn }: iam.IRole): void {
    super.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['sts:AssumeRole', 'sts:TagSession'], resources: [roleArn] }),
    );
  }

  /** What somebody may have added to the policy until synthesis. */
  private errorsOf(policy: iam.PolicyDocument): string[] {
    const json: unknown = this.stack.resolve(policy);
    return [
      ...policy.validateForIdentityPolicy(),
      ...sessionPolicyErrors(json === undefined ? undefined : withoutTokens(json)),
    ];
  }

  private warnOfGrants(): string[] {
    if (this.isKept || !this.isGranted) return [];
    Validations.of(this).addWarning(
      'cdk-containers:PodIdentityGrantsUnused',
      `'${this.node.path}' has grants that no pod can use: they all end up with a targetRole. Grant to that role instead.`,
    );
    return [];
  }
}

/** Fails for what would give the pods more than was meant. */
function checkOptions({ targetRole, sessionPolicy, disableSessionTags }: PodIdentityOptions): void {
  checkIsRole('targetRole', targetRole);
  if (sessionPolicy !== undefined && typeof sessionPolicy?.validateForIdentityPolicy !== 'function') {
    throw new ContainersError(
      `sessionPolicy must be an iam.PolicyDocument, got ${typeof sessionPolicy}: use iam.PolicyDocument.fromJson(…)`,
    );
  }
  checkBoolean('disableSessionTags', disableSessionTags);
  checkSessionTags(sessionPolicy !== undefined, disableSessionTags);
}

/** What is known of its length: tokens count as nothing. */
function withoutTokens(json: unknown): string {
  const isIntrinsic = (value: object) => Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'));
  return JSON.stringify(json, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && isIntrinsic(value) ? '' : value,
  );
}
