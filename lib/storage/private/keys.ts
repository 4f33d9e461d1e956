import type { aws_kms as kms } from 'aws-cdk-lib';

/** For L2s that name a key by its id, by which AWS finds those of the same account only. */
export function byArn(key: kms.IKey): kms.IKey {
  const named = { keyId: { value: key.keyArn }, keyRef: { value: { keyId: key.keyArn, keyArn: key.keyArn } } };
  return Object.create(key, named) as kms.IKey;
}
