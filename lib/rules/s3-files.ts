import { checkPattern, checkWhole, ContainersError } from './errors';

/**
 * Limits of S3 Files.
 *
 * Sources, November 2026: the API model of S3 Files (CreateFileSystem, PutSynchronizationConfiguration), and
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-files-prereq-policies.html
 */
const IMPORT_RULES = { min: 1, max: 10 };
const SIZE_BYTES = { min: 0, max: 52673613135872 };
const DAYS = { min: 1, max: 365 };

/** A prefix of keys: a directory, or nothing for all of the bucket. */
export function checkPrefix(prefix: string | undefined): void {
  checkPattern(
    'prefix',
    prefix,
    /^(?=[^]{0,1024}$)([^/][^]*\/)?$/,
    "empty or a directory such as 'models/', at most 1024 characters",
  );
}

/** What of a bucket is known here; nothing of an imported one. */
export interface BucketFacts {
  readonly path: string;
  readonly versioned?: boolean;
  readonly encryption?: string;
  /** Where it is, and where the file system is, when both are known. */
  readonly regions?: { readonly bucket: string; readonly fileSystem: string };
}

export function checkBucket({ path, versioned, encryption, regions }: BucketFacts): void {
  if (regions && regions.bucket !== regions.fileSystem) {
    throw new ContainersError(
      `the bucket of an S3 file system must be in its region, ${regions.fileSystem}, got '${path}' in ${regions.bucket}: use a bucket there, or replicate this one`,
    );
  }
  if (versioned === false) {
    throw new ContainersError(
      `the bucket of an S3 file system must be versioned, got '${path}' without: set versioned to true`,
    );
  }
  if (encryption === 'aws:kms:dsse') {
    throw new ContainersError(
      `the bucket of an S3 file system must be encrypted with SSE-S3 or SSE-KMS, got DSSE-KMS for '${path}': use BucketEncryption.KMS`,
    );
  }
}

/** What is fetched when, and how long it stays. */
export interface SynchronizationSettings {
  readonly rules: { readonly prefix?: string; readonly sizeBytes?: number }[];
  readonly days?: number;
}

export function checkSynchronization({ rules, days }: SynchronizationSettings): void {
  checkWhole('the number of importDataRules', rules.length, IMPORT_RULES);
  for (const { prefix, sizeBytes } of rules) {
    checkPrefix(prefix);
    checkWhole('sizeLessThan in bytes', sizeBytes, SIZE_BYTES);
  }
  const roots = rules.filter(({ prefix = '' }) => prefix === '').length;
  if (roots !== 1) {
    throw new ContainersError(
      `importDataRules must have exactly one rule without prefix, for all the rest, got ${roots}: ${roots ? 'leave the others out' : 'add one'}`,
    );
  }
  checkWhole('daysAfterLastAccess in days', days, DAYS);
}
