import { checkSamePlace } from './environments';
import type { Place } from './environments';
import { checkPattern, checkUnique, checkWhole, ContainersError } from './errors';

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
    /^(?=[^*?$]{0,1024}$)([^/][^]*\/)?$/,
    "empty or a directory such as 'models/', at most 1024 characters, without '*', '?' and '$', which policies read as wildcards",
  );
}

/** What of a bucket is known here; nothing of an imported one. */
export interface BucketFacts {
  readonly path: string;
  readonly versioned?: boolean;
  readonly encryption?: string;
  /** Account and region of it, and of the file system. */
  readonly places?: { readonly bucket: Place; readonly fileSystem: Place };
}

export function checkBucket({ path, versioned, encryption, places }: BucketFacts): void {
  if (places) checkSamePlace(`the bucket '${path}'`, places.bucket, 'its S3 file system', places.fileSystem);
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
  checkUnique(
    'prefixes of importDataRules',
    rules.flatMap(({ prefix }) => prefix || []),
  );
  const roots = rules.filter(({ prefix = '' }) => prefix === '').length;
  if (roots !== 1) {
    throw new ContainersError(
      `importDataRules must have exactly one rule without prefix, for all the rest, got ${roots}: ${roots ? 'leave the others out' : 'add one'}`,
    );
  }
  checkWhole('daysAfterLastAccess in days', days, DAYS);
}
