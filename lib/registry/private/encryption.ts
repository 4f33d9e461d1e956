import { aws_ecr as ecr } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import { keyOf } from '../../identity/private/keys';
import { ContainersError } from '../../rules/errors';

/** How images are encrypted, as CloudFormation says it; nothing for AES-256, which is what ECR does by itself. */
export function encryptionOf(
  encryption: ecr.RepositoryEncryption | undefined,
  key: kms.IKey | undefined,
): ecr.CfnRepository.EncryptionConfigurationProperty | undefined {
  const { value } = encryption ?? (key ? ecr.RepositoryEncryption.KMS : ecr.RepositoryEncryption.AES_256);
  if (value !== ecr.RepositoryEncryption.AES_256.value) {
    return { encryptionType: value, kmsKey: key && keyOf(key).keyArn };
  }
  if (key) {
    throw new ContainersError(
      'encryption must be KMS or KMS_DSSE with an encryptionKey, got AES_256: leave one of them out',
    );
  }
  return undefined;
}
