import { Resource } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';

/** A key for a statement of a policy: IAM does not compare the names of aliases with it. */
export function keyOf(key: kms.IKey): kms.IKey {
  if (!('aliasName' in key)) return key;
  if (Resource.isOwnedResource(key)) return (key as kms.IAlias).aliasTargetKey;
  throw new ContainersError(
    `the key '${key.node.path}' must be named by its ARN, got an alias: permissions on an alias allow nothing, so import the key itself`,
  );
}

/** For L2s that name a key by its id, by which AWS finds those of the same account only. */
export function byArn(key: kms.IKey): kms.IKey {
  const named = { keyId: { value: key.keyArn }, keyRef: { value: { keyId: key.keyArn, keyArn: key.keyArn } } };
  return Object.create(key, named) as kms.IKey;
}
