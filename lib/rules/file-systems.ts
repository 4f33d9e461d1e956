import { checkPattern, checkWhole, ContainersError, isToken } from './errors';

/**
 * Access points of EFS and of S3 Files.
 * @see https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html
 */
export function checkDirectory(directory: string): void {
  if (directory === '/') {
    throw new ContainersError(
      "directory must be below '/', because the root of a file system reaches every directory in it, got '/'",
    );
  }
  checkPattern(
    'directory',
    directory,
    /^(?=.{1,100}$)(\/(?!\.)[^$#<>;`|&?{}^*/\n]+){1,4}$/,
    "an absolute path of one to four parts, at most 100 characters, such as '/uploads'",
  );
}

export function checkPosixUser(user: { readonly uid: string; readonly gid: string } | undefined): void {
  for (const [name, id] of [
    ['uid', user?.uid],
    ['gid', user?.gid],
  ]) {
    checkPattern(name!, id, /^\d{1,10}$/, NUMBER);
    if (id !== undefined && !isToken(id) && Number(id) > LARGEST_ID) {
      throw new ContainersError(`${name} must be ${NUMBER}, got '${id}'`);
    }
  }
}

const LARGEST_ID = 4294967295;
const NUMBER = `a number such as '1000', at most ${LARGEST_ID}`;

/** What of a file system of EFS depends on each other. The values are those of its enums. */
export interface EfsSettings {
  readonly throughputMode: string;
  readonly lifecyclePolicy: string;
  readonly transitionToArchivePolicy?: string;
  readonly provisionedMebibytes?: number;
  /** It has a copy, and it is one. */
  readonly replicated?: boolean;
  readonly overwritable?: boolean;
}

/**
 * Combinations that EFS refuses, and CDK does not.
 * @see https://docs.aws.amazon.com/efs/latest/ug/API_LifecyclePolicy.html
 * @see https://docs.aws.amazon.com/efs/latest/ug/performance.html
 */
export function checkEfs(settings: EfsSettings): void {
  const { throughputMode, transitionToArchivePolicy: archive, lifecyclePolicy, provisionedMebibytes } = settings;
  checkWhole('provisionedThroughputPerSecond in MiB', provisionedMebibytes, { min: 1, max: Infinity });
  if ((throughputMode === 'provisioned') !== (provisionedMebibytes !== undefined)) {
    throw new ContainersError(
      `provisionedThroughputPerSecond must be given with ThroughputMode.PROVISIONED and with no other, got ${provisionedMebibytes ?? 'none'} with '${throughputMode}': give both, or leave provisionedThroughputPerSecond out`,
    );
  }
  if (settings.replicated && settings.overwritable) {
    throw new ContainersError(
      'replicationOverwriteProtection must not be DISABLED with replicationConfiguration, because a file system is the source of a copy or the copy of another one: leave one of the two out',
    );
  }
  if (archive === undefined) return;
  if (throughputMode !== 'elastic') {
    throw new ContainersError(
      `transitionToArchivePolicy must be left out without ThroughputMode.ELASTIC, got throughputMode '${throughputMode}': EFS has an archive with elastic throughput only`,
    );
  }
  if (daysOf(archive) <= daysOf(lifecyclePolicy)) {
    throw new ContainersError(
      `transitionToArchivePolicy must be later than lifecyclePolicy, got ${archive} and ${lifecyclePolicy}: files rest in infrequent access before they are archived`,
    );
  }
}

/** `AFTER_30_DAYS` */
function daysOf(policy: string): number {
  return Number(/\d+/.exec(policy)?.[0]);
}
