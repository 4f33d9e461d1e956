import type { aws_ecr as ecr, aws_kms as kms } from 'aws-cdk-lib';
import type { PullFromOptions } from './container-repository';

/** What the repositories of a creation template get. */
export interface RepositoryTemplateOptions {
  /**
   * How their images are encrypted: `KMS_DSSE` twice, as some authorities ask for.
   * @default - `KMS` with an `encryptionKey`, otherwise `AES_256`
   */
  readonly encryption?: ecr.RepositoryEncryption;

  /**
   * A key of yours for their images, about 1 USD a month.
   * @default - AES-256 with a key of ECR, free
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Others who may pull from them.
   * @default - whom the policies of the own account let in
   */
  readonly allowPullFrom?: PullFromOptions;

  /**
   * Their tags.
   * @default - none
   */
  readonly resourceTags?: { [key: string]: string };
}
