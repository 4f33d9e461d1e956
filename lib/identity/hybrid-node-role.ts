import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks, aws_rolesanywhere, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HybridCredentials } from './hybrid-credentials';
import { EKS_WILDCARDS } from '../rules/eks-findings';
import { ContainersError } from '../rules/errors';
import { checkBoolean, checkGiven } from '../rules/given';
import { checkClusterOf } from './private/checks';
import { attachEksPolicies } from './private/eks-policies';
import { ManagedPolicyRole } from './private/managed-policy-role';
import { acknowledgeWildcards } from './private/wildcards';
import type { RoleOptions } from './role-options';

/** Properties of a `HybridNodeRole`. */
export interface HybridNodeRoleProps extends RoleOptions {
  /** The cluster that the nodes join, and no other. */
  readonly cluster: eks.ICluster;

  /** How the nodes get credentials. */
  readonly credentials: HybridCredentials;

  /**
   * Lets the agent of EKS Pod Identity on the nodes fetch the credentials of pods that run there, such as those of a
   * `PodIdentityRole`.
   * @default true
   * @see https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-add-ons.html
   */
  readonly allowPodIdentity?: boolean;
}

/**
 * The identity of Kubernetes nodes outside AWS: what they need to find and join one cluster, and the right to pull images of
 * ECR. Only Systems Manager or IAM Roles Anywhere of this account hands it out.
 *
 * It has the policies that AWS keeps for nodes; all else lands in customer managed policies.
 *
 * Creates: `role` and `policies`; with IAM Roles Anywhere `profile`, and `trustAnchor` unless there is one.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-creds.html
 */
export class HybridNodeRole extends ManagedPolicyRole {
  /** Whom IAM Roles Anywhere trusts; none with Systems Manager, or when the trust anchor is yours. */
  public readonly trustAnchor?: aws_rolesanywhere.CfnTrustAnchor;

  /** What IAM Roles Anywhere gives to nodes; none with Systems Manager. */
  public readonly profile?: aws_rolesanywhere.CfnProfile;

  /**
   * With Systems Manager, what an operator runs to get the code with which machines register; none with IAM Roles Anywhere.
   * It holds tokens: read it from the output of a stack, or from a parameter that you make.
   */
  public readonly activationCommand?: string;

  /** @internal */
  public readonly _cluster: eks.ICluster;

  /** @internal */
  public readonly _nodeConfig: { readonly [key: string]: unknown };

  /**
   * @throws when the credentials are none
   */
  constructor(scope: Construct, id: string, props: HybridNodeRoleProps) {
    checkClusterOf(props);
    checkGiven('credentials', props.credentials);
    checkCredentials(props.credentials);
    checkBoolean('allowPodIdentity', props.allowPodIdentity);
    const { cluster, credentials, allowPodIdentity = true } = props;
    const parts = credentials._bind(Stack.of(scope), cluster);
    const description = 'How nodes outside AWS join their Kubernetes cluster and pull images';
    super(scope, id, { ...props, description, assumedBy: parts.assumedBy });
    this._cluster = cluster;
    this.role.assumeRolePolicy!.addStatements(...parts.trust);
    allowSessionsOf(this.role, parts.sessionDuration);

    attachEksPolicies(this, ['AmazonEC2ContainerRegistryPullOnly', ...parts.managedPolicies]);
    const actions = ['eks:DescribeCluster', ...(allowPodIdentity ? ['eks-auth:AssumeRoleForPodIdentity'] : [])];
    this.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [cluster.clusterArn] }));
    parts.statements.forEach((statement) => this.addToPrincipalPolicy(statement));
    acknowledgeWildcards(this, parts.statements, EKS_WILDCARDS.hybridRole);

    const access = parts.complete(this, this);
    this.trustAnchor = access.trustAnchor;
    this.profile = access.profile;
    this.activationCommand = access.activationCommand;
    this._nodeConfig = { ...access.nodeConfig, ...(allowPodIdentity ? { enableCredentialsFile: true } : {}) };
  }
}

function checkCredentials(credentials: HybridCredentials): void {
  if (typeof (credentials as Partial<HybridCredentials>)._bind === 'function') return;
  throw new ContainersError(
    'credentials must be made by HybridCredentials, got something else: use HybridCredentials.systemsManager() or rolesAnywhere(…)',
  );
}

/** A role ends sessions after an hour, however long its profile lets them be. */
function allowSessionsOf(role: iam.Role, duration: Duration | undefined): void {
  const seconds = duration?.toSeconds() ?? 0;
  if (seconds > DEFAULT_SESSION) (role.node.defaultChild as iam.CfnRole).maxSessionDuration = seconds;
}

const DEFAULT_SESSION = 3600;
