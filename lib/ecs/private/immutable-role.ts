import { Validations } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * CDK takes grants to a role that it must not change for done: of another account, imported with `mutable: false`, or
 * wrapped by `withoutPolicyUpdates()`. All three are of this class, which has no other mark.
 */
const IMMUTABLE = 'aws-cdk-lib.aws-iam.ImmutableRole';

export function warnOfImmutableRole(scope: Construct, name: 'taskRole' | 'executionRole', role: iam.IRole): void {
  const { PROPERTY_INJECTION_ID: id } = role.constructor as { PROPERTY_INJECTION_ID?: string };
  if (id !== IMMUTABLE) return;
  Validations.of(scope).addWarning(
    'cdk-containers:RoleGrantsIgnored',
    `${name} is a role that this app must not change, so no grant lands there, of yours or of this library (images, secrets, logs, mounts, ECS Exec): its owner must allow them.`,
  );
}
