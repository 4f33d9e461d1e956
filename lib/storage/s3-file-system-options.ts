import type { aws_ec2 as ec2, aws_kms as kms, aws_s3 as s3, Duration, Size } from 'aws-cdk-lib';

/** When metadata and small files of a part of the bucket are fetched. */
export interface S3ImportDataRule {
  /**
   * Keys that begin with it, such as 'models/'. The longest one counts.
   * @default - all that no other rule has; exactly one rule is such
   */
  readonly prefix?: string;

  /**
   * Only files smaller than this are fetched as a whole; larger ones are read from the bucket.
   * @default Size.kibibytes(128)
   */
  readonly sizeLessThan?: Size;

  /**
   * Fetches the files of a directory when it is listed first, instead of each when it is opened.
   * @default true
   */
  readonly onDirectoryAccess?: boolean;
}

/** What makes a bucket a file system. */
export interface S3FileSystemOptions {
  /** Where the files are: a versioned bucket of this account and region, encrypted with SSE-S3 or SSE-KMS. */
  readonly bucket: s3.IBucket;

  /**
   * Where the mount targets stand, one in each availability zone.
   * @default - the VPC's private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The part of the bucket that is a file system, such as 'shared/'.
   * @default - all of it
   */
  readonly prefix?: string;

  /**
   * A key of yours for what the file system holds; the objects keep the encryption of their bucket.
   * @default - a key of AWS, free
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What is fetched into the file system before it is read.
   * @default - files below 128 KiB, when their directory is listed first
   */
  readonly importDataRules?: S3ImportDataRule[];

  /**
   * How long a file stays in the file system after it was read, 1 to 365 days. In the bucket it stays anyway.
   * @default Duration.days(30)
   */
  readonly daysAfterLastAccess?: Duration;

  /**
   * Goes on when S3 warns that directories of a large prefix take hours to rename.
   * @default false
   */
  readonly acceptBucketWarning?: boolean;
}
