import { Token } from 'aws-cdk-lib';
import { checkOntap, checkOntapVolume, isMultiAz, lowestThroughput } from '../../lib/rules/ontap';
import type { OntapSettings, OntapVolumeSettings } from '../../lib/rules/ontap';
import { expectFailure } from '../support/errors';

const NUMBER = Token.asNumber({ Ref: 'Number' });
const TEXT = Token.asString({ Ref: 'Text' });
const FIRST = [128, 256, 512, 1024, 2048, 4096];
const SECOND = [384, 768, 1536, 3072, 6144];
/** Each type with what it may have. */
const TYPES: [type: string, subnets: number, throughputs: number[]][] = [
  ['SINGLE_AZ_1', 1, FIRST],
  ['SINGLE_AZ_2', 1, SECOND],
  ['MULTI_AZ_1', 2, FIRST],
  ['MULTI_AZ_2', 2, SECOND],
];

/** Settings of which a row says only what it is about. */
function settings(given: Partial<OntapSettings>): OntapSettings {
  return {
    deploymentType: 'MULTI_AZ_2',
    subnets: 2,
    capacityGiB: 1024,
    throughput: 384,
    pairs: 1,
    backupDays: 30,
    ...given,
  };
}

const SINGLE = { deploymentType: 'SINGLE_AZ_2', subnets: 1 };

describe('deployment types', () => {
  test.each(TYPES)('%s has %d subnets and the throughputs of its generation', (type, subnets, throughputs) => {
    expect(isMultiAz(type)).toBe(subnets === 2);
    expect(lowestThroughput(type)).toBe(throughputs[0]);
    for (const throughput of [...throughputs, NUMBER]) {
      expect(() => checkOntap(settings({ deploymentType: type, subnets, throughput }))).not.toThrow();
    }
  });

  test.each(TYPES)('fails when %s has other subnets than %d', (type, subnets) => {
    const what = subnets === 2 ? '2 subnets in two zones' : '1 subnet';
    for (const others of [0, 1, 2, 3].filter((count) => count !== subnets)) {
      expectFailure(
        () => checkOntap(settings({ deploymentType: type, subnets: others })),
        `vpcSubnets must select ${what} for ${type}, got ${others}: choose others, or another deploymentType`,
      );
    }
  });

  test.each(TYPES)('fails when %s has a throughput of the other generation', (type, subnets, throughputs) => {
    const others = [...FIRST, ...SECOND, 0, 8].filter((each) => !throughputs.includes(each));
    for (const throughput of others) {
      expectFailure(
        () => checkOntap(settings({ deploymentType: type, subnets, throughput })),
        `throughputCapacityPerHaPair must be one of ${throughputs.join(', ')} MB/s for ${type}, got ${throughput}`,
      );
    }
  });
});

describe('checkOntap', () => {
  test.each<Partial<OntapSettings>>([
    { capacityGiB: 524288 },
    { capacityGiB: NUMBER },
    { capacityGiB: NUMBER, iops: 1 },
    { ...SINGLE, pairs: 12, capacityGiB: 12288 },
    { ...SINGLE, pairs: 2, capacityGiB: 1048576 },
    { ...SINGLE, pairs: 12, capacityGiB: 1048576 },
    { iops: 3072 },
    { iops: 200000 },
    { iops: NUMBER },
    { ...SINGLE, pairs: 2, capacityGiB: 2048, iops: 400000 },
    { backupDays: 0 },
    { backupDays: 90 },
    { backupDays: NUMBER },
  ])('takes %j', (given) => {
    expect(() => checkOntap(settings(given))).not.toThrow();
  });

  test.each<[string, Partial<OntapSettings>, string]>([
    ['there is no pair', { pairs: 0 }, 'haPairs must be between 1 and 12, got 0'],
    ['there are 13 pairs', { ...SINGLE, pairs: 13 }, 'haPairs must be between 1 and 12, got 13'],
    ['there is half a pair', { ...SINGLE, pairs: 1.5 }, 'haPairs must be a whole number, got 1.5'],
    ['another type has two pairs', { pairs: 2 }, 'haPairs must be 1 for MULTI_AZ_2, got 2: only SINGLE_AZ_2 has more'],
    [
      'the first generation has two pairs',
      { deploymentType: 'SINGLE_AZ_1', subnets: 1, throughput: 128, pairs: 2 },
      'haPairs must be 1 for SINGLE_AZ_1, got 2: only SINGLE_AZ_2 has more',
    ],
    ['it is too small', { capacityGiB: 1023 }, 'storageCapacity in GiB must be between 1024 and 524288, got 1023'],
    ['it is too large', { capacityGiB: 524289 }, 'storageCapacity in GiB must be between 1024 and 524288, got 524289'],
    ['it is no whole number', { capacityGiB: 1024.5 }, 'storageCapacity in GiB must be a whole number, got 1024.5'],
    [
      'it is too small for its pairs',
      { ...SINGLE, pairs: 3, capacityGiB: 3071 },
      'storageCapacity in GiB must be between 3072 and 1048576, got 3071',
    ],
    [
      'it is too large for all pairs',
      { ...SINGLE, pairs: 12, capacityGiB: 1048577 },
      'storageCapacity in GiB must be between 12288 and 1048576, got 1048577',
    ],
    ['it has fewer operations than free ones', { iops: 3071 }, 'iops must be between 3072 and 200000, got 3071'],
    ['it has too many operations', { iops: 200001 }, 'iops must be between 3072 and 200000, got 200001'],
    ['its operations are no whole number', { iops: 3072.5 }, 'iops must be a whole number, got 3072.5'],
    [
      'backups are kept too long',
      { backupDays: 91 },
      'automaticBackupRetention in days must be between 0 and 90, got 91',
    ],
    [
      'backups are kept a part of a day',
      { backupDays: 0.5 },
      'automaticBackupRetention in days must be a whole number, got 0.5',
    ],
  ])('fails when %s', (_what, given, message) => {
    expectFailure(() => checkOntap(settings(given)), message);
  });
});

describe('checkOntapVolume', () => {
  const volume = (given: Partial<OntapVolumeSettings>): OntapVolumeSettings => ({
    junctionPath: '/data',
    name: 'data',
    sizeMiB: 1024,
    tiering: 'AUTO',
    ...given,
  });

  test.each<Partial<OntapVolumeSettings>>([
    { junctionPath: '/a' },
    { junctionPath: '/a/b/c' },
    { junctionPath: '/0.1-2_3' },
    { junctionPath: '/_a' },
    { junctionPath: `/${'x'.repeat(254)}` },
    { name: '_1' },
    { name: 'x'.repeat(203) },
    { name: TEXT },
    { sizeMiB: 20 },
    { sizeMiB: 314572800 },
    { sizeMiB: NUMBER },
    { coolingDays: 2 },
    { coolingDays: 183, tiering: 'SNAPSHOT_ONLY' },
    { coolingDays: NUMBER },
    { tiering: 'ALL' },
    { tiering: 'NONE' },
  ])('takes %j', (given) => {
    expect(() => checkOntapVolume(volume(given))).not.toThrow();
  });

  test.each(['', '/', 'data', '/data/', '//data', '/.data', '/-data', '/a/../b', '/a b', '/a:b', "/a'b", '/a\n', '/ü'])(
    'fails when the junction path is %j',
    (junctionPath) => {
      expectFailure(
        () => checkOntapVolume(volume({ junctionPath })),
        `junctionPath must be an absolute path of letters, digits, '_', '-' and '.', such as '/data', got '${junctionPath}'`,
      );
    },
  );

  test('fails when the junction path has 256 characters', () => {
    const junctionPath = `/${'x'.repeat(255)}`;
    expectFailure(() => checkOntapVolume(volume({ junctionPath })), /^junctionPath must be an absolute path/);
  });

  test('fails when the junction path is a token', () => {
    expectFailure(
      () => checkOntapVolume(volume({ junctionPath: TEXT })),
      'junctionPath must be known when the app is synthesized, got a token: write it out, because instances mount it there',
    );
  });

  test.each(['', '1a', 'a-b', 'a.b', 'a b', 'ü', 'x'.repeat(204)])('fails when the name is %j', (name) => {
    expectFailure(
      () => checkOntapVolume(volume({ name })),
      `volumeName must be letters, digits and underscores, at most 203, got '${name}'`,
    );
  });

  test.each<[string, Partial<OntapVolumeSettings>, string]>([
    ['it is too small', { sizeMiB: 19 }, 'the size of a volume in MiB must be between 20 and 314572800, got 19'],
    [
      'it is too large',
      { sizeMiB: 314572801 },
      'the size of a volume in MiB must be between 20 and 314572800, got 314572801',
    ],
    ['its size is no whole number', { sizeMiB: 20.5 }, 'the size of a volume in MiB must be a whole number, got 20.5'],
    ['it cools too fast', { coolingDays: 1 }, 'coolingPeriod in days must be between 2 and 183, got 1'],
    ['it cools too slowly', { coolingDays: 184 }, 'coolingPeriod in days must be between 2 and 183, got 184'],
    ['it cools for a part of a day', { coolingDays: 2.5 }, 'coolingPeriod in days must be a whole number, got 2.5'],
  ])('fails when %s', (_what, given, message) => {
    expectFailure(() => checkOntapVolume(volume(given)), message);
  });

  test.each(['ALL', 'NONE'])('fails when %s waits', (tiering) => {
    expectFailure(
      () => checkOntapVolume(volume({ tiering, coolingDays: 31 })),
      `coolingPeriod must be left out with the tiering policy ${tiering}, got 31 days: only AUTO and SNAPSHOT_ONLY wait`,
    );
  });
});
