import { checkPattern, checkWhole, ContainersError, isToken } from './errors';
import type { Range } from './errors';

/** What a type of volume can have. */
interface VolumeType {
  readonly sizeGiB: Range;
  readonly iops?: Range;
  /** IOPS must be chosen: there is no default. */
  readonly iopsRequired?: boolean;
  readonly iopsPerGiB?: number;
  readonly throughput?: Range;
}

/**
 * Volumes that ECS attaches to tasks, by the types of EBS.
 *
 * Sources, November 2026: ServiceManagedEBSVolumeConfiguration of the API of ECS, and for IOPS for each GiB
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 */
const VOLUME_TYPES: Record<string, VolumeType> = {
  gp2: { sizeGiB: { min: 1, max: 16384 } },
  gp3: {
    sizeGiB: { min: 1, max: 16384 },
    iops: { min: 3000, max: 16000 },
    iopsPerGiB: 500,
    throughput: { min: 125, max: 1000 },
  },
  io1: { sizeGiB: { min: 4, max: 16384 }, iops: { min: 100, max: 64000 }, iopsRequired: true, iopsPerGiB: 50 },
  io2: { sizeGiB: { min: 4, max: 16384 }, iops: { min: 100, max: 256000 }, iopsRequired: true, iopsPerGiB: 1000 },
  st1: { sizeGiB: { min: 125, max: 16384 } },
  sc1: { sizeGiB: { min: 125, max: 16384 } },
  standard: { sizeGiB: { min: 1, max: 1024 } },
};

/** What of a volume depends on each other. */
export interface VolumeSettings {
  readonly volumeType: string;
  readonly sizeGiB?: number;
  readonly snapshotId?: string;
  readonly iops?: number;
  readonly throughput?: number;
  readonly initializationMiB?: number;
  readonly fileSystemType?: string;
}

/** MiB/s at which the blocks of a snapshot are fetched. */
const INITIALIZATION = { min: 100, max: 300 };
/** gp3 serves a quarter of a MiB/s for each of its IOPS. */
const IOPS_PER_THROUGHPUT = 4;

export function checkVolume(settings: VolumeSettings): void {
  const { volumeType, sizeGiB, snapshotId, iops, throughput, initializationMiB } = settings;
  const type = VOLUME_TYPES[volumeType];
  if (sizeGiB === undefined && snapshotId === undefined) {
    throw new ContainersError('size or snapshotId must be given for a volume, got neither: give the size');
  }
  checkWhole(`the size of a ${volumeType} volume in GiB`, sizeGiB, type.sizeGiB);
  checkPattern(
    'snapshotId',
    snapshotId,
    /^snap-[0-9a-f]{8,17}$/,
    "the id of a snapshot such as 'snap-0123456789abcdef0'",
  );
  checkIops(type, settings);
  if (throughput !== undefined && !type.throughput) {
    throw new ContainersError(
      `throughput must be left out for ${volumeType}, got ${throughput}: only GP3 volumes have a throughput of your choice`,
    );
  }
  checkWhole('throughput in MiB/s', throughput, type.throughput ?? { min: 0, max: Infinity });
  const served = (iops ?? 3000) / IOPS_PER_THROUGHPUT;
  if (throughput !== undefined && !isToken(throughput) && !isToken(iops) && throughput > served) {
    throw new ContainersError(
      `throughput must be at most ${served} MiB/s with ${iops ?? 3000} IOPS, got ${throughput}: set iops to ${throughput * IOPS_PER_THROUGHPUT} at least`,
    );
  }
  checkWhole('volumeInitializationRate in MiB/s', initializationMiB, INITIALIZATION);
  if (initializationMiB !== undefined && snapshotId === undefined) {
    throw new ContainersError(
      `volumeInitializationRate must be left out without snapshotId, got ${initializationMiB} MiB/s: an empty volume needs none`,
    );
  }
  const { fileSystemType = 'xfs' } = settings;
  if (!isToken(fileSystemType) && !['ext3', 'ext4', 'xfs'].includes(fileSystemType)) {
    throw new ContainersError(
      `fileSystemType must be 'ext3', 'ext4' or 'xfs', got '${fileSystemType}': only Windows has NTFS, and no volumes here`,
    );
  }
}

function checkIops(type: VolumeType, { volumeType, iops, sizeGiB }: VolumeSettings): void {
  if (iops === undefined) {
    if (!type.iopsRequired) return;
    throw new ContainersError(`iops must be given for ${volumeType}, got none: choose ${bounds(type.iops!)}`);
  }
  if (!type.iops) {
    throw new ContainersError(`iops must be left out for ${volumeType}, got ${iops}: use GP3, IO1 or IO2 to choose`);
  }
  checkWhole(`iops of ${volumeType}`, iops, type.iops);
  if (sizeGiB === undefined || isToken(sizeGiB) || isToken(iops)) return;
  // What every volume has, however small it is.
  const most = Math.max(type.iops.min, sizeGiB * type.iopsPerGiB!);
  if (iops > most) {
    throw new ContainersError(
      `iops of ${volumeType} must be at most ${type.iopsPerGiB} for each GiB, got ${iops} for ${sizeGiB} GiB: take ${most} at the most, or ${Math.ceil(iops / type.iopsPerGiB!)} GiB`,
    );
  }
}

function bounds({ min, max }: Range): string {
  return `${min} to ${max}`;
}
