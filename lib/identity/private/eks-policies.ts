import { aws_iam as iam, Validations } from 'aws-cdk-lib';
import type { ManagedPolicyRole } from './managed-policy-role';
import { eksPolicyFinding } from '../../rules/eks-findings';
import type { EksPolicy } from '../../rules/eks-findings';

/** Attaches policies that AWS keeps for roles of EKS, and says on the role why these and no copies. */
export function attachEksPolicies(role: ManagedPolicyRole, policies: EksPolicy[]): void {
  for (const policy of policies) {
    role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName(policy));
    Validations.of(role).acknowledge(...eksPolicyFinding(policy));
  }
}
