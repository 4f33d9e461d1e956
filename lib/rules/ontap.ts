import { checkPattern, checkWhole, ContainersError, isToken } from './errors';

/**
 * FSx for NetApp ONTAP: MB/s for each pair of file servers.
 *
 * Source, November 2026: https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystemOntapConfiguration.html;
 * single-AZ file systems of the second generation take 384 and 768 too, by
 * https://docs.aws.amazon.com/fsx/latest/ONTAPGuide/limits.html
 */
const FIRST_GENERATION = [128, 256, 512, 1024, 2048, 4096];
const SECOND_GENERATION = [384, 768, 1536, 3072, 6144];
const THROUGHPUT: Record<string, number[]> = {
  SINGLE_AZ_1: FIRST_GENERATION,
  MULTI_AZ_1: FIRST_GENERATION,
  SINGLE_AZ_2: SECOND_GENERATION,
  MULTI_AZ_2: SECOND_GENERATION,
};
const PAIRS = { min: 1, max: 12 };
const ROUTE_TABLES = { min: 1, max: 50 };
const CAPACITY_GIB = { min: 1024, max: 524288 };
const CAPACITY_OF_ALL_GIB = 1048576;
const IOPS_PER_GIB = 3;
const IOPS = 200000;
const BACKUP_DAYS = { min: 0, max: 90 };

export interface OntapSettings {
  readonly deploymentType: string;
  readonly subnets: number;
  readonly capacityGiB: number;
  readonly throughput: number;
  readonly pairs: number;
  readonly iops?: number;
  readonly backupDays: number;
  /** Backups have a time of day. */
  readonly backupTime?: boolean;
  /** How many route tables are given. */
  readonly routeTables?: number;
}

/** Where the file servers of a type stand. */
export function isMultiAz(deploymentType: string): boolean {
  return deploymentType.startsWith('MULTI_AZ');
}

export function lowestThroughput(deploymentType: string): number {
  return THROUGHPUT[deploymentType][0];
}

export function checkOntap({ deploymentType, pairs, ...settings }: OntapSettings): void {
  const wanted = isMultiAz(deploymentType) ? 2 : 1;
  if (settings.subnets !== wanted) {
    throw new ContainersError(
      `vpcSubnets must select ${wanted} subnet${wanted > 1 ? 's in two zones' : ''} for ${deploymentType}, got ${settings.subnets}: choose others, or another deploymentType`,
    );
  }
  if (settings.routeTables !== undefined && !isMultiAz(deploymentType)) {
    throw new ContainersError(
      `routeTableIds must be left out for ${deploymentType}, got ${settings.routeTables}: only file systems in two zones change routes`,
    );
  }
  checkWhole('the number of routeTableIds', settings.routeTables, ROUTE_TABLES);
  checkWhole('haPairs', pairs, PAIRS);
  if (!isToken(pairs) && pairs > 1 && deploymentType !== 'SINGLE_AZ_2') {
    throw new ContainersError(`haPairs must be 1 for ${deploymentType}, got ${pairs}: only SINGLE_AZ_2 has more`);
  }
  const allowed = THROUGHPUT[deploymentType];
  if (!isToken(settings.throughput) && !allowed.includes(settings.throughput)) {
    throw new ContainersError(
      `throughputCapacityPerHaPair must be one of ${allowed.join(', ')} MB/s for ${deploymentType}, got ${settings.throughput}`,
    );
  }
  checkWhole('automaticBackupRetention in days', settings.backupDays, BACKUP_DAYS);
  checkBackupTime(settings.backupDays, settings.backupTime);
  if (isToken(pairs)) return;
  checkWhole('storageCapacity in GiB', settings.capacityGiB, {
    min: CAPACITY_GIB.min * pairs,
    max: Math.min(CAPACITY_GIB.max * pairs, CAPACITY_OF_ALL_GIB),
  });
  if (isToken(settings.capacityGiB)) return;
  checkWhole('iops', settings.iops, { min: settings.capacityGiB * IOPS_PER_GIB, max: IOPS * pairs });
}

/** A time of day for backups that are not made is refused by FSx. */
export function checkBackupTime(days: number | undefined, time = false): void {
  if (!time || isToken(days) || (days ?? 0) > 0) return;
  throw new ContainersError(
    `dailyAutomaticBackupStartTime must be left out without backups, got ${days ?? 0} days of automaticBackupRetention: leave it out, or keep backups`,
  );
}

/** What of a volume depends on each other. */
export interface OntapVolumeSettings {
  readonly junctionPath: string;
  readonly name: string;
  readonly sizeMiB: number;
  readonly tiering: string;
  readonly coolingDays?: number;
}

const VOLUME_MIB = { min: 20, max: 314572800 };
const COOLING_DAYS = { min: 2, max: 183 };

export function checkOntapVolume(volume: OntapVolumeSettings): void {
  const { junctionPath, tiering, coolingDays } = volume;
  if (isToken(junctionPath)) {
    throw new ContainersError(
      'junctionPath must be known when the app is synthesized, got a token: write it out, because instances mount it there',
    );
  }
  checkPattern(
    'junctionPath',
    junctionPath,
    /^(?=.{1,255}$)(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/,
    "an absolute path of letters, digits, '_', '-' and '.', such as '/data'",
  );
  checkPattern(
    'volumeName',
    volume.name,
    /^[A-Za-z_][A-Za-z0-9_]{0,202}$/,
    'letters, digits and underscores, at most 203',
  );
  checkWhole('the size of a volume in MiB', volume.sizeMiB, VOLUME_MIB);
  checkWhole('coolingPeriod in days', coolingDays, COOLING_DAYS);
  if (coolingDays !== undefined && !['AUTO', 'SNAPSHOT_ONLY'].includes(tiering)) {
    throw new ContainersError(
      `coolingPeriod must be left out with the tiering policy ${tiering}, got ${coolingDays} days: only AUTO and SNAPSHOT_ONLY wait`,
    );
  }
}
