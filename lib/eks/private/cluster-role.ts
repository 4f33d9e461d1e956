import { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { attachEksPolicies } from '../../identity/private/eks-policies';
import { ManagedPolicyRole } from '../../identity/private/managed-policy-role';
import type { EksPolicy } from '../../rules/eks-findings';

/** What a control plane does in the account. */
export interface ClusterRoleOptions {
  readonly autoMode: boolean;
  /** Whether it gives pods network interfaces of their own. */
  readonly controlsInterfaces: boolean;
}

const AUTO_MODE: EksPolicy[] = [
  'AmazonEKSComputePolicy',
  'AmazonEKSBlockStoragePolicy',
  'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
];

/**
 * The role of a control plane. It needs nothing on the key for secrets: EKS works with a grant that whoever makes the cluster
 * gives it.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
 */
export function newClusterRole(scope: Construct, { autoMode, controlsInterfaces }: ClusterRoleOptions): iam.IRole {
  const service = new iam.ServicePrincipal('eks.amazonaws.com');
  const role = new ManagedPolicyRole(scope, 'Role', {
    description: 'What the control plane of a Kubernetes cluster does in the account',
    // Auto Mode tags its sessions, by which the policies of AWS keep it to its own resources.
    assumedBy: autoMode ? new iam.SessionTagsPrincipal(service) : service,
  });
  attachEksPolicies(role, [
    'AmazonEKSClusterPolicy',
    ...(autoMode ? AUTO_MODE : []),
    ...(controlsInterfaces ? (['AmazonEKSVPCResourceController'] as const) : []),
  ]);
  return role;
}
