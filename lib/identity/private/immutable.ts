import type { aws_iam as iam } from 'aws-cdk-lib';

/**
 * CDK takes grants to a role that it must not change for done: of another account, imported with `mutable: false`, or
 * wrapped by `withoutPolicyUpdates()`. All three are of this class, which has no other mark.
 */
const IMMUTABLE = 'aws-cdk-lib.aws-iam.ImmutableRole';

/** True for a role on which no grant lands. */
export function isImmutable(role: iam.IRole): boolean {
  return (role.constructor as { PROPERTY_INJECTION_ID?: string }).PROPERTY_INJECTION_ID === IMMUTABLE;
}
