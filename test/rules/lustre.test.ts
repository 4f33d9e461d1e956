import { Token } from 'aws-cdk-lib';
import { checkLustre } from '../../lib/rules/lustre';
import type { LustreSettings } from '../../lib/rules/lustre';
import { expectFailure } from '../support/errors';

const NUMBER = Token.asNumber({ Ref: 'Number' });

/** Settings of which a row says only what it is about. */
function settings(given: Partial<LustreSettings>): LustreSettings {
  return {
    deploymentType: 'PERSISTENT_2',
    storageType: 'SSD',
    capacityGiB: 1200,
    throughput: 125,
    encryptionKey: false,
    version: '2.15',
    ...given,
  };
}

const SCRATCH_1 = { deploymentType: 'SCRATCH_1', throughput: undefined };
const SCRATCH_2 = { deploymentType: 'SCRATCH_2', throughput: undefined };
const PERSISTENT_1 = { deploymentType: 'PERSISTENT_1', throughput: 50 };
const SLOW_DISKS = { ...PERSISTENT_1, storageType: 'HDD', throughput: 12, capacityGiB: 6000 };
const FAST_DISKS = { ...PERSISTENT_1, storageType: 'HDD', throughput: 40, capacityGiB: 1800 };

describe('capacity', () => {
  test.each<[string, Partial<LustreSettings>, number[]]>([
    ['SCRATCH_1', SCRATCH_1, [1200, 2400, 3600, 7200]],
    ['SCRATCH_2', SCRATCH_2, [1200, 2400, 4800, 7200, 24000]],
    ['PERSISTENT_1', PERSISTENT_1, [1200, 2400, 4800]],
    ['PERSISTENT_2', {}, [1200, 2400, 4800, 240000]],
    ['hard disks with 12 MB/s', SLOW_DISKS, [6000, 12000]],
    ['hard disks with 40 MB/s', FAST_DISKS, [1800, 3600, 5400]],
  ])('of %s can be as in the table', (_type, type, capacities) => {
    for (const capacityGiB of capacities) {
      expect(() => checkLustre(settings({ ...type, capacityGiB }))).not.toThrow();
    }
  });

  test.each<[string, Partial<LustreSettings>, string, number[]]>([
    ['SCRATCH_1', SCRATCH_1, '1200, 2400, or a multiple of 3600 GiB for SCRATCH_1 on SSD', [0, 4800, 6000]],
    ['SCRATCH_2', SCRATCH_2, '1200, 2400, or a multiple of 2400 GiB for SCRATCH_2 on SSD', [600, 3600, 1200.5]],
    ['PERSISTENT_1', PERSISTENT_1, '1200, 2400, or a multiple of 2400 GiB for PERSISTENT_1 on SSD', [3600]],
    ['PERSISTENT_2', {}, '1200, 2400, or a multiple of 2400 GiB for PERSISTENT_2 on SSD', [0, -2400, 1199, 3600, NaN]],
    ['slow disks', SLOW_DISKS, 'a multiple of 6000 GiB for PERSISTENT_1 on HDD', [0, 1200, 1800, 2400]],
    ['fast disks', FAST_DISKS, 'a multiple of 1800 GiB for PERSISTENT_1 on HDD', [0, 1200, 2400, 6000]],
  ])('fails when that of %s is not in the table', (_type, type, allowed, capacities) => {
    for (const capacityGiB of capacities) {
      expectFailure(
        () => checkLustre(settings({ ...type, capacityGiB })),
        `storageCapacity must be ${allowed}, got ${capacityGiB}`,
      );
    }
  });
});

describe('throughput', () => {
  test.each<[string, Partial<LustreSettings>, (number | undefined)[]]>([
    ['SCRATCH_1', SCRATCH_1, [undefined]],
    ['SCRATCH_2', SCRATCH_2, [undefined]],
    ['PERSISTENT_1', PERSISTENT_1, [50, 100, 200]],
    ['PERSISTENT_2', {}, [125, 250, 500, 1000]],
    ['hard disks', { ...SLOW_DISKS, capacityGiB: 18000 }, [12, 40]],
  ])('of %s can be as in the table', (_type, type, values) => {
    for (const throughput of values) expect(() => checkLustre(settings({ ...type, throughput }))).not.toThrow();
  });

  test.each<[string, Partial<LustreSettings>, number | undefined, string]>([
    ['absent', {}, undefined, 'one of 125, 250, 500, 1000 for PERSISTENT_2 on SSD, got none'],
    ['0', {}, 0, 'one of 125, 250, 500, 1000 for PERSISTENT_2 on SSD, got 0'],
    ['that of the first generation', {}, 50, 'one of 125, 250, 500, 1000 for PERSISTENT_2 on SSD, got 50'],
    ['that of the second generation', PERSISTENT_1, 125, 'one of 50, 100, 200 for PERSISTENT_1 on SSD, got 125'],
    ['that of solid disks', SLOW_DISKS, 50, 'one of 12, 40 for PERSISTENT_1 on HDD, got 50'],
    ['absent on hard disks', SLOW_DISKS, undefined, 'one of 12, 40 for PERSISTENT_1 on HDD, got none'],
  ])('fails when it is %s', (_what, type, throughput, allowed) => {
    expectFailure(() => checkLustre(settings({ ...type, throughput })), `perUnitStorageThroughput must be ${allowed}`);
  });

  test.each(['SCRATCH_1', 'SCRATCH_2'])('fails when %s has any', (deploymentType) => {
    expectFailure(
      () => checkLustre(settings({ deploymentType, throughput: 125 })),
      `perUnitStorageThroughput must be left out for ${deploymentType}, got 125: its throughput is fixed`,
    );
  });
});

describe('hard disks', () => {
  test.each(['SCRATCH_1', 'SCRATCH_2', 'PERSISTENT_2'])('fails when they are those of %s', (deploymentType) => {
    expectFailure(
      () => checkLustre(settings({ deploymentType, storageType: 'HDD' })),
      `storageType must be SSD for ${deploymentType}, got HDD: only PERSISTENT_1 has hard disks`,
    );
  });
});

describe('backups', () => {
  test.each([undefined, 0, 1, 90, NUMBER])('of a persistent file system can be kept %s days', (backupDays) => {
    expect(() => checkLustre(settings({ backupDays }))).not.toThrow();
  });

  test.each([
    [-1, 'automaticBackupRetention in days must be between 0 and 90, got -1'],
    [91, 'automaticBackupRetention in days must be between 0 and 90, got 91'],
    [1.5, 'automaticBackupRetention in days must be a whole number, got 1.5'],
  ])('fails when they are kept %d days', (backupDays, message) => {
    expectFailure(() => checkLustre(settings({ backupDays })), message);
  });

  test('of a scratch file system can be 0 days', () => {
    expect(() => checkLustre(settings({ ...SCRATCH_2, backupDays: 0 }))).not.toThrow();
  });

  test.each(['SCRATCH_1', 'SCRATCH_2'])('fails when %s has some', (deploymentType) => {
    expectFailure(
      () => checkLustre(settings({ ...SCRATCH_2, deploymentType, backupDays: 7 })),
      `automaticBackupRetention must be left out for ${deploymentType}, got 7 days: only PERSISTENT file systems have backups`,
    );
  });
});

describe('a key', () => {
  test.each([PERSISTENT_1, {}])('can be that of the user: %j', (type) => {
    expect(() => checkLustre(settings({ ...type, encryptionKey: true }))).not.toThrow();
  });

  test.each(['SCRATCH_1', 'SCRATCH_2'])('fails when it is for %s', (deploymentType) => {
    expectFailure(
      () => checkLustre(settings({ ...SCRATCH_2, deploymentType, encryptionKey: true })),
      `encryptionKey must be left out for ${deploymentType}: only PERSISTENT file systems have a key of yours`,
    );
  });
});

describe('the version', () => {
  test.each(['2.12', '2.15'])('can be %s', (version) => {
    expect(() => checkLustre(settings({ version }))).not.toThrow();
  });

  test.each([SCRATCH_1, SCRATCH_2, PERSISTENT_1, {}])('fails when it is 2.10: %j', (type) => {
    expectFailure(
      () => checkLustre(settings({ ...type, version: '2.10' })),
      "fileSystemTypeVersion must be '2.12' or '2.15', got '2.10': the client of Amazon Linux 2023 does not speak with it",
    );
  });
});

test.each<[string, Partial<LustreSettings>]>([
  ['storageCapacity', { capacityGiB: NUMBER }],
  ['perUnitStorageThroughput', { throughput: NUMBER }],
  ['perUnitStorageThroughput', { ...SLOW_DISKS, throughput: NUMBER }],
])('fails when %s is a token, which CDK compares with bounds', (name, given) => {
  expectFailure(
    () => checkLustre(settings(given)),
    `${name} must be known when the app is synthesized, got a token: write it out`,
  );
});

test('fails when it is tiered, which CDK cannot say', () => {
  expectFailure(
    () => checkLustre(settings({ storageType: 'INTELLIGENT_TIERING' })),
    'storageType must be SSD or HDD, got INTELLIGENT_TIERING: the L2 of CDK knows neither its throughput nor its cache',
  );
});

test.each<[number | undefined, number]>([
  [0, 0],
  [undefined, 0],
])('fails when backups have a time and are kept for %p days', (backupDays, days) => {
  expectFailure(
    () => checkLustre(settings({ backupDays, backupTime: true })),
    `dailyAutomaticBackupStartTime must be left out without backups, got ${days} days of automaticBackupRetention: leave it out, or keep backups`,
  );
});
