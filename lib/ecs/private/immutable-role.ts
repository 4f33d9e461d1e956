import { Validations } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { isImmutable } from '../../identity/private/immutable';

export function warnOfImmutableRole(scope: Construct, name: 'taskRole' | 'executionRole', role: iam.IRole): void {
  if (!isImmutable(role)) return;
  Validations.of(scope).addWarning(
    'cdk-containers:RoleGrantsIgnored',
    `${name} is a role that this app must not change, so no grant lands there, of yours or of this library (images, secrets, logs, mounts, ECS Exec): its owner must allow them.`,
  );
}
