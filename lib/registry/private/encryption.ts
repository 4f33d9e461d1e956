import { aws_ecr as ecr, Stack } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { keyOf } from '../../identity/private/keys';
import { ContainersError, isToken } from '../../rules/errors';

/** How images are encrypted, as CloudFormation says it; nothing for AES-256, which is what ECR does by itself. */
export function encryptionOf(
  scope: Construct,
  encryption: ecr.RepositoryEncryption | undefined,
  key: kms.IKey | undefined,
): ecr.CfnRepository.EncryptionConfigurationProperty | undefined {
  if (key) checkKeyRegion(scope, key);
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

/** ECR takes keys of its own region only, of whatever account. */
function checkKeyRegion(scope: Construct, { env, node }: kms.IKey): void {
  const { region } = Stack.of(scope);
  if (isToken(region) || isToken(env.region) || env.region === region) return;
  throw new ContainersError(
    `the encryptionKey of '${scope.node.path}' must be in its region, ${region}, got '${node.path}' of ${env.region}: use one there`,
  );
}
