import { Token } from 'aws-cdk-lib';
import { checkBucket, checkPrefix, checkSynchronization } from '../../lib/rules/s3-files';
import type { BucketFacts, SynchronizationSettings } from '../../lib/rules/s3-files';
import { expectFailure } from '../support/errors';

const NUMBER = Token.asNumber({ Ref: 'Number' });
const TEXT = Token.asString({ Ref: 'Text' });

describe('checkPrefix', () => {
  test.each([undefined, '', 'a/', 'models/', 'a/b/', 'a//b/', 'a b/', 'ü/', `${'x'.repeat(1023)}/`, TEXT])(
    'takes %j',
    (prefix) => {
      expect(() => checkPrefix(prefix)).not.toThrow();
    },
  );

  test.each(['a', '/', '/a/', 'a/b', ' ', `${'x'.repeat(1024)}/`])('fails when it is %j', (prefix) => {
    expectFailure(
      () => checkPrefix(prefix),
      `prefix must be empty or a directory such as 'models/', at most 1024 characters, without '*', '?' and '$', which policies read as wildcards, got '${prefix}'`,
    );
  });
});

describe('checkBucket', () => {
  test.each<Omit<BucketFacts, 'path'>>([
    {},
    { versioned: true },
    { versioned: true, encryption: 'AES256' },
    { versioned: true, encryption: 'aws:kms' },
    { encryption: 'aws:kms' },
  ])('takes %j', (facts) => {
    expect(() => checkBucket({ path: 'Shop/Bucket', ...facts })).not.toThrow();
  });

  test.each([undefined, 'AES256', 'aws:kms:dsse'])(
    'fails when it is not versioned, encrypted with %s',
    (encryption) => {
      expectFailure(
        () => checkBucket({ path: 'Shop/Bucket', versioned: false, encryption }),
        "the bucket of an S3 file system must be versioned, got 'Shop/Bucket' without: set versioned to true",
      );
    },
  );

  test.each([undefined, true])('fails when it is encrypted twice, versioned %s', (versioned) => {
    expectFailure(
      () => checkBucket({ path: 'Shop/Bucket', versioned, encryption: 'aws:kms:dsse' }),
      "the bucket of an S3 file system must be encrypted with SSE-S3 or SSE-KMS, got DSSE-KMS for 'Shop/Bucket': use BucketEncryption.KMS",
    );
  });
});

describe('checkSynchronization', () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => ({ prefix: `${index}/` }));

  test.each<SynchronizationSettings>([
    { rules: [{}] },
    { rules: [{ prefix: '' }], days: 1 },
    { rules: [{ sizeBytes: 0 }], days: 365 },
    { rules: [{ sizeBytes: 52673613135872 }] },
    { rules: [{}, ...numbered(9)] },
    { rules: [{ prefix: 'a/' }, { prefix: 'a/b/' }, {}] },
    { rules: [{}, { prefix: TEXT, sizeBytes: NUMBER }], days: NUMBER },
  ])('takes %j', (settings) => {
    expect(() => checkSynchronization(settings)).not.toThrow();
  });

  const ROOTS = 'importDataRules must have exactly one rule without prefix, for all the rest, got';

  test.each<[string, SynchronizationSettings, string]>([
    ['there is no rule', { rules: [] }, 'the number of importDataRules must be between 1 and 10, got 0'],
    [
      'there are eleven',
      { rules: [{}, ...numbered(10)] },
      'the number of importDataRules must be between 1 and 10, got 11',
    ],
    ['none is for the root', { rules: [{ prefix: 'a/' }] }, `${ROOTS} 0: add one`],
    ['two are for the root', { rules: [{}, { prefix: '' }] }, `${ROOTS} 2: leave the others out`],
    [
      'a prefix is no directory',
      { rules: [{}, { prefix: 'a' }] },
      "prefix must be empty or a directory such as 'models/', at most 1024 characters, without '*', '?' and '$', which policies read as wildcards, got 'a'",
    ],
    [
      'a size is negative',
      { rules: [{ sizeBytes: -1 }] },
      'sizeLessThan in bytes must be between 0 and 52673613135872, got -1',
    ],
    [
      'a size is above 48 TiB',
      { rules: [{ sizeBytes: 52673613135873 }] },
      'sizeLessThan in bytes must be between 0 and 52673613135872, got 52673613135873',
    ],
    [
      'a size is no whole number',
      { rules: [{ sizeBytes: 1.5 }] },
      'sizeLessThan in bytes must be a whole number, got 1.5',
    ],
    ['nothing stays', { rules: [{}], days: 0 }, 'daysAfterLastAccess in days must be between 1 and 365, got 0'],
    [
      'it stays for more than a year',
      { rules: [{}], days: 366 },
      'daysAfterLastAccess in days must be between 1 and 365, got 366',
    ],
    [
      'it stays for a part of a day',
      { rules: [{}], days: 1.5 },
      'daysAfterLastAccess in days must be a whole number, got 1.5',
    ],
  ])('fails when %s', (_what, settings, message) => {
    expectFailure(() => checkSynchronization(settings), message);
  });
});
