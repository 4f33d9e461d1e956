import { aws_iam as iam, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EKS_FINDINGS } from '../rules/eks-findings';
import { attachEksPolicies } from './private/eks-policies';
import { ManagedPolicyRole } from './private/managed-policy-role';
import { sessions } from './private/sessions';
import type { RoleOptions } from './role-options';

/** Properties of a `NodeRole`. */
export interface NodeRoleProps extends RoleOptions {
  /**
   * Lets operators open a shell on a node with Session Manager, without SSH and without an open port.
   * @default false
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
   */
  readonly allowSessions?: boolean;

  /**
   * Lets the network plugin of the node use this role. Leave it out where the `vpc-cni` add-on has an identity of its own,
   * as in an `EksCluster`.
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html
   */
  readonly allowNetworking?: boolean;

  /**
   * Nodes that EKS Auto Mode starts: they need less, because AWS looks after what runs on them.
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html
   */
  readonly autoMode?: boolean;
}

/**
 * The identity of Kubernetes nodes: what kubelet needs to join, and the right to pull images of ECR. Pods have no part in it:
 * they cannot reach it, and get their own with `PodIdentityRole`.
 *
 * It has the policies that AWS keeps for nodes, because EKS changes what nodes do with each release; whatever else it is
 * granted lands in customer managed policies.
 *
 * Creates: `role`, and `policies` with the first grant.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
 */
export class NodeRole extends ManagedPolicyRole {
  constructor(scope: Construct, id: string, props: NodeRoleProps = {}) {
    const description = 'How nodes join their Kubernetes cluster and pull images';
    // EC2 does not say for what it assumes a role.
    super(scope, id, { ...props, description, assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    attachEksPolicies(this, [
      props.autoMode ? 'AmazonEKSWorkerNodeMinimalPolicy' : 'AmazonEKSWorkerNodePolicy',
      'AmazonEC2ContainerRegistryPullOnly',
      ...(props.allowNetworking ? (['AmazonEKS_CNI_Policy'] as const) : []),
    ]);
    if (!props.allowSessions) return;
    this.addToPrincipalPolicy(sessions());
    Validations.of(this).acknowledge(...EKS_FINDINGS.nodeSessions);
  }
}
