import type { aws_kms as kms } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';

/** A key for a statement of a policy: IAM does not compare the names of aliases with it. */
export function keyOf(key: kms.IKey): kms.IKey {
  if (!('aliasName' in key)) return key;
  try {
    return (key as kms.IAlias).aliasTargetKey;
  } catch {
    throw new ContainersError(
      `the key '${key.node.path}' must be named by its ARN, got an alias: permissions on an alias allow nothing, so import the key itself`,
    );
  }
}
