import { Lazy, Token } from 'aws-cdk-lib';
import { checkVolume } from '../../lib/rules/volumes';
import type { VolumeSettings } from '../../lib/rules/volumes';
import { expectFailure } from '../support/errors';

const snapshotId = 'snap-0123456789abcdef0';
const text = () => Lazy.string({ produce: () => 'later' });
const number = () => Lazy.number({ produce: () => 1 });

const settings = (more: Partial<VolumeSettings>): VolumeSettings => ({ volumeType: 'gp3', sizeGiB: 20, ...more });

/** Sizes of a type, and its IOPS at a size that allows all of them. */
const TYPES = [
  { volumeType: 'gp2', size: [1, 16384] },
  { volumeType: 'gp3', size: [1, 16384], iops: [3000, 16000] },
  { volumeType: 'io1', size: [4, 16384], iops: [100, 64000] },
  { volumeType: 'io2', size: [4, 16384], iops: [100, 256000] },
  { volumeType: 'st1', size: [125, 16384] },
  { volumeType: 'sc1', size: [125, 16384] },
  { volumeType: 'standard', size: [1, 1024] },
];

describe.each(TYPES)('a volume of $volumeType', ({ volumeType, size: [min, max], iops }) => {
  const chosen = volumeType.startsWith('io') ? 100 : undefined;
  const sized = (sizeGiB: number) => () => checkVolume({ volumeType, sizeGiB, iops: chosen });

  test('takes sizes up to its bounds', () => {
    [min, max].forEach((sizeGiB) => expect(sized(sizeGiB)).not.toThrow());
  });

  test.each([min - 1, max + 1, min - 0.5, 0, -1, NaN, Infinity])('fails when its size is %d GiB', (sizeGiB) => {
    expectFailure(
      sized(sizeGiB),
      `the size of a ${volumeType} volume in GiB must be between ${min} and ${max}, got ${sizeGiB}`,
    );
  });

  test('fails when its size is a fraction', () => {
    expectFailure(
      sized(min + 0.5),
      `the size of a ${volumeType} volume in GiB must be a whole number, got ${min + 0.5}`,
    );
  });

  if (!iops) {
    test('fails when it has IOPS', () => {
      expectFailure(
        () => checkVolume({ volumeType, sizeGiB: 200, iops: 3000 }),
        `iops must be left out for ${volumeType}, got 3000: use GP3, IO1 or IO2 to choose`,
      );
    });
    return;
  }

  test('takes IOPS up to its bounds', () => {
    iops.forEach((each) => expect(() => checkVolume({ volumeType, sizeGiB: max, iops: each })).not.toThrow());
  });

  test.each([iops[0] - 1, iops[1] + 1, 0, -1, NaN])('fails when it has %d IOPS', (each) => {
    expectFailure(
      () => checkVolume({ volumeType, sizeGiB: max, iops: each }),
      `iops of ${volumeType} must be between ${iops[0]} and ${iops[1]}, got ${each}`,
    );
  });

  test('fails when its IOPS are a fraction', () => {
    expectFailure(
      () => checkVolume({ volumeType, sizeGiB: max, iops: iops[0] + 0.5 }),
      `iops of ${volumeType} must be a whole number, got ${iops[0] + 0.5}`,
    );
  });
});

describe('checkVolume', () => {
  test.each<[string, Partial<VolumeSettings>]>([
    ['a size alone', {}],
    ['a snapshot alone', { sizeGiB: undefined, snapshotId }],
    ['a size and a snapshot', { snapshotId }],
    ['a snapshot of the old kind', { sizeGiB: undefined, snapshotId: 'snap-01234567' }],
    ['the least throughput', { throughput: 125 }],
    ['the most throughput without iops', { throughput: 750 }],
    ['the most throughput', { throughput: 1000, iops: 4000 }],
    ['the lowest initialization rate', { snapshotId, initializationMiB: 100 }],
    ['the highest initialization rate', { snapshotId, initializationMiB: 300 }],
    ['ext3', { fileSystemType: 'ext3' }],
    ['ext4', { fileSystemType: 'ext4' }],
    ['xfs', { fileSystemType: 'xfs' }],
    ['iops by the size, gp3', { sizeGiB: 20, iops: 10000 }],
    ['the least iops of a small gp3', { sizeGiB: 1, iops: 3000 }],
    ['iops by the size, io1', { volumeType: 'io1', sizeGiB: 20, iops: 1000 }],
    ['iops by the size, io2', { volumeType: 'io2', sizeGiB: 20, iops: 20000 }],
    ['iops of a snapshot of which the size is not known', { sizeGiB: undefined, snapshotId, iops: 16000 }],
  ])('takes %s', (_name, more) => {
    expect(() => checkVolume(settings(more))).not.toThrow();
  });

  test.each<[string, Partial<VolumeSettings>]>([
    ['size', { sizeGiB: number() }],
    ['size beside iops', { sizeGiB: number(), iops: 16000 }],
    ['snapshot', { sizeGiB: undefined, snapshotId: text() }],
    ['iops', { iops: number() }],
    ['iops that must be given', { volumeType: 'io1', iops: Token.asNumber({ Ref: 'Iops' }) }],
    ['iops beside throughput', { iops: number(), throughput: 1000 }],
    ['throughput', { throughput: number() }],
    ['initialization rate', { snapshotId, initializationMiB: number() }],
    ['kind of file system', { fileSystemType: text() }],
  ])('takes a token for the %s', (_name, more) => {
    expect(() => checkVolume(settings(more))).not.toThrow();
  });

  test.each<[string, Partial<VolumeSettings>, string]>([
    [
      'neither size nor snapshot is given',
      { sizeGiB: undefined },
      'size or snapshotId must be given for a volume, got neither: give the size',
    ],
    ['io1 has no iops', { volumeType: 'io1' }, 'iops must be given for io1, got none: choose 100 to 64000'],
    ['io2 has no iops', { volumeType: 'io2' }, 'iops must be given for io2, got none: choose 100 to 256000'],
    [
      'gp3 has too many iops for its size',
      { sizeGiB: 20, iops: 10001 },
      'iops of gp3 must be at most 500 for each GiB, got 10001 for 20 GiB: take 10000 at the most, or 21 GiB',
    ],
    [
      'a small gp3 has more iops than the least',
      { sizeGiB: 1, iops: 3001 },
      'iops of gp3 must be at most 500 for each GiB, got 3001 for 1 GiB: take 3000 at the most, or 7 GiB',
    ],
    [
      'io1 has too many iops for its size',
      { volumeType: 'io1', sizeGiB: 20, iops: 1001 },
      'iops of io1 must be at most 50 for each GiB, got 1001 for 20 GiB: take 1000 at the most, or 21 GiB',
    ],
    [
      'io2 has too many iops for its size',
      { volumeType: 'io2', sizeGiB: 20, iops: 20001 },
      'iops of io2 must be at most 1000 for each GiB, got 20001 for 20 GiB: take 20000 at the most, or 21 GiB',
    ],
    ['throughput is too low', { throughput: 124 }, 'throughput in MiB/s must be between 125 and 1000, got 124'],
    [
      'throughput is too high',
      { throughput: 1001, iops: 10000 },
      'throughput in MiB/s must be between 125 and 1000, got 1001',
    ],
    ['throughput is a fraction', { throughput: 125.5 }, 'throughput in MiB/s must be a whole number, got 125.5'],
    [
      'throughput is more than the default iops serve',
      { throughput: 751 },
      'throughput must be at most 750 MiB/s with 3000 IOPS, got 751: set iops to 3004 at least',
    ],
    [
      'throughput is more than the iops serve',
      { throughput: 1000, iops: 3999 },
      'throughput must be at most 999.75 MiB/s with 3999 IOPS, got 1000: set iops to 4000 at least',
    ],
    [
      'the initialization rate is too low',
      { snapshotId, initializationMiB: 99 },
      'volumeInitializationRate in MiB/s must be between 100 and 300, got 99',
    ],
    [
      'the initialization rate is too high',
      { snapshotId, initializationMiB: 301 },
      'volumeInitializationRate in MiB/s must be between 100 and 300, got 301',
    ],
    [
      'the initialization rate is a fraction',
      { snapshotId, initializationMiB: 100.5 },
      'volumeInitializationRate in MiB/s must be a whole number, got 100.5',
    ],
    [
      'there is nothing to initialize from',
      { initializationMiB: 100 },
      'volumeInitializationRate must be left out without snapshotId, got 100 MiB/s: an empty volume needs none',
    ],
    [
      'the file system is that of Windows',
      { fileSystemType: 'ntfs' },
      "fileSystemType must be 'ext3', 'ext4' or 'xfs', got 'ntfs': only Windows has NTFS, and no volumes here",
    ],
  ])('fails when %s', (_when, more, message) => {
    expectFailure(() => checkVolume(settings(more)), message);
  });

  test.each(['gp2', 'io1', 'io2', 'st1', 'sc1', 'standard'])('fails when %s has a throughput', (volumeType) => {
    const iops = volumeType.startsWith('io') ? 1000 : undefined;
    expectFailure(
      () => checkVolume({ volumeType, sizeGiB: 200, iops, throughput: 125 }),
      `throughput must be left out for ${volumeType}, got 125: only GP3 volumes have a throughput of your choice`,
    );
  });

  test.each([
    '',
    'snap',
    'snap-',
    'snap-1234567',
    'snap-0123456789abcdef01',
    'snap-0123456789ABCDEF0',
    'vol-0123456789abcdef0',
    ` ${snapshotId}`,
    `${snapshotId}\n`,
  ])('fails when the snapshot is %j', (wrong) => {
    expectFailure(
      () => checkVolume({ volumeType: 'gp3', snapshotId: wrong }),
      `snapshotId must be the id of a snapshot such as 'snap-0123456789abcdef0', got '${wrong}'`,
    );
  });
});
