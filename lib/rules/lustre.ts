import { checkWhole, ContainersError, isToken } from './errors';
import { checkBackupTime } from './ontap';

/**
 * FSx for Lustre: throughput in MB/s for each TiB, and how capacity grows.
 *
 * Source, November 2026: https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystemLustreConfiguration.html
 */
const TYPES: Record<string, { readonly throughput?: number[]; readonly step: number; readonly scratch?: boolean }> = {
  SCRATCH_1: { step: 3600, scratch: true },
  SCRATCH_2: { step: 2400, scratch: true },
  PERSISTENT_1: { throughput: [50, 100, 200], step: 2400 },
  PERSISTENT_2: { throughput: [125, 250, 500, 1000], step: 2400 },
};
/** PERSISTENT_1 on hard disks: capacity grows by what serves the throughput. */
const HDD_STEPS: Record<number, number> = { 12: 6000, 40: 1800 };
const SMALLEST_GIB = 1200;
const BACKUP_DAYS = { min: 0, max: 90 };

/** What of a file system depends on each other. The values are those of the enums of the L2. */
export interface LustreSettings {
  readonly deploymentType: string;
  readonly storageType: string;
  readonly capacityGiB: number;
  readonly throughput?: number;
  readonly backupDays?: number;
  /** Backups have a time of day. */
  readonly backupTime?: boolean;
  readonly encryptionKey: boolean;
  readonly version: string;
}

/** The least that a file system holds. */
export function lowestCapacity(storageType: string, throughput: number | undefined): number {
  return storageType === 'HDD' ? (HDD_STEPS[throughput!] ?? SMALLEST_GIB) : SMALLEST_GIB;
}

export function checkLustre(settings: LustreSettings): void {
  const { deploymentType, storageType, capacityGiB, throughput, backupDays } = settings;
  const type = TYPES[deploymentType];
  const hdd = storageType === 'HDD';
  if (storageType === 'INTELLIGENT_TIERING') {
    throw new ContainersError(
      'storageType must be SSD or HDD, got INTELLIGENT_TIERING: the L2 of CDK knows neither its throughput nor its cache',
    );
  }
  if (hdd && deploymentType !== 'PERSISTENT_1') {
    throw new ContainersError(
      `storageType must be SSD for ${deploymentType}, got HDD: only PERSISTENT_1 has hard disks`,
    );
  }
  for (const [name, value] of Object.entries({ storageCapacity: capacityGiB, perUnitStorageThroughput: throughput })) {
    if (!isToken(value)) continue;
    throw new ContainersError(`${name} must be known when the app is synthesized, got a token: write it out`);
  }
  const allowed = hdd ? Object.keys(HDD_STEPS).map(Number) : type.throughput;
  if (!allowed && throughput !== undefined) {
    throw new ContainersError(
      `perUnitStorageThroughput must be left out for ${deploymentType}, got ${throughput}: its throughput is fixed`,
    );
  }
  if (allowed && !allowed.includes(throughput ?? 0)) {
    throw new ContainersError(
      `perUnitStorageThroughput must be one of ${allowed.join(', ')} for ${deploymentType} on ${storageType}, got ${throughput ?? 'none'}`,
    );
  }
  checkCapacity(capacityGiB, hdd ? HDD_STEPS[throughput!] : type.step, settings);
  if (type.scratch && (backupDays ?? 0) > 0) {
    throw new ContainersError(
      `automaticBackupRetention must be left out for ${deploymentType}, got ${backupDays} days: only PERSISTENT file systems have backups`,
    );
  }
  checkWhole('automaticBackupRetention in days', backupDays, BACKUP_DAYS);
  checkBackupTime(backupDays, settings.backupTime);
  if (type.scratch && settings.encryptionKey) {
    throw new ContainersError(
      `encryptionKey must be left out for ${deploymentType}: only PERSISTENT file systems have a key of yours`,
    );
  }
  if (settings.version === '2.10') {
    throw new ContainersError(
      "fileSystemTypeVersion must be '2.12' or '2.15', got '2.10': the client of Amazon Linux 2023 does not speak with it",
    );
  }
}

function checkCapacity(capacityGiB: number, step: number, { deploymentType, storageType }: LustreSettings): void {
  if (capacityGiB > 0 && capacityGiB % step === 0) return;
  if (storageType === 'SSD' && [SMALLEST_GIB, 2400].includes(capacityGiB)) return;
  const small = storageType === 'SSD' ? `${SMALLEST_GIB}, 2400, or ` : '';
  throw new ContainersError(
    `storageCapacity must be ${small}a multiple of ${step} GiB for ${deploymentType} on ${storageType}, got ${capacityGiB}`,
  );
}
