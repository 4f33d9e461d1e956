import type { aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import { checkPattern, checkSeconds, checkUnique, checkWhole, ContainersError, isToken } from './errors';

/**
 * Limits of ECS container definitions.
 *
 * Source: AWS::ECS::TaskDefinition in the CloudFormation schema of aws-cdk-lib 2.276.0 (November 2026), and
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
const PORT = { min: 1, max: 65535 };
const STOP_TIMEOUT = { min: 2, max: Infinity };
/** Longer ones are cut off on Fargate. */
const LONG_TIMEOUT_SECONDS = 120;
const HEALTH_CHECK = {
  interval: { min: 5, max: 300 },
  timeout: { min: 2, max: 60 },
  retries: { min: 1, max: 10 },
  startPeriod: { min: 0, max: 300 },
};
const NAME = /^[A-Za-z0-9_-]{1,255}$/;
/** Directories that ECS Exec's agent writes to. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html */
const EXEC_DIRECTORIES = ['/var/lib/amazon', '/var/log/amazon'];

export function checkPort(name: string, port: number): void {
  checkWhole(name, port, PORT);
}

export function checkContainerName(name: string): void {
  checkPattern('containerName', name, NAME, '1 to 255 letters, digits, hyphens and underscores');
}

/** True for a timeout that only instances allow. */
export function isLong(timeout: Duration | undefined): boolean {
  return timeout !== undefined && !timeout.isUnresolved() && timeout.toSeconds() > LONG_TIMEOUT_SECONDS;
}

/** Timeouts of a container on any compute. */
export function checkStopAndStart(stopTimeout?: Duration, startTimeout?: Duration): void {
  checkSeconds('stopTimeout', stopTimeout, STOP_TIMEOUT);
  checkSeconds('startTimeout', startTimeout, STOP_TIMEOUT);
}

/** The container's own health check (the load balancer's is another one). */
export function checkContainerHealth(check: ecs.HealthCheck | undefined): void {
  if (!check) return;
  if (check.command.length === 0) {
    throw new ContainersError(
      "container.healthCheck.command must name a command, for example ['CMD-SHELL', 'curl -f http://localhost/ || exit 1'], got an empty list",
    );
  }
  checkSeconds('container.healthCheck.interval', check.interval, HEALTH_CHECK.interval);
  checkSeconds('container.healthCheck.timeout', check.timeout, HEALTH_CHECK.timeout);
  checkSeconds('container.healthCheck.startPeriod', check.startPeriod, HEALTH_CHECK.startPeriod);
  checkWhole('container.healthCheck.retries', check.retries, HEALTH_CHECK.retries);
  const { interval, timeout } = check;
  if (!interval || !timeout || interval.isUnresolved() || timeout.isUnresolved()) return;
  if (timeout.toSeconds() <= interval.toSeconds()) return;
  throw new ContainersError(
    `container.healthCheck.timeout must not be longer than container.healthCheck.interval, got ${timeout.toSeconds()} and ${interval.toSeconds()} seconds`,
  );
}

/** One key in both would be an error of the service at deploy time. */
export function checkEnvironment(environment: Record<string, string>, secrets: Record<string, unknown>): void {
  const both = Object.keys(environment).find((key) => Object.hasOwn(secrets, key));
  if (both !== undefined) {
    throw new ContainersError(
      `environment and secrets must not share a key, got '${both}' in both: remove one of them`,
    );
  }
}

/** A path at which something can be mounted. */
export function checkMountPath(path: string): void {
  if (/^\/proc(\/|$)/.test(path)) {
    throw new ContainersError(
      `mount path must not be in '/proc', which is the kernel's, got '${path}': choose another one`,
    );
  }
  checkPattern('mount path', path, /^(\/[^/:]+)+\/?$/, "an absolute path below '/', without ':' and empty parts");
  if (!isToken(path) && path.split('/').some((part) => part === '.' || part === '..')) {
    throw new ContainersError(`mount path must not contain '.' or '..', got '${path}'`);
  }
}

/** A directory of an instance. */
export function checkHostPath(name: string, path: string): void {
  checkPattern(
    name,
    path,
    /^(?!.*\/\.\.?(\/|$))\/[^:\n]*$/,
    "an absolute path on the instance, without ':', '.' and '..'",
  );
}

/** A directory of a file system that an instance has mounted: not its root. */
export function checkInstanceDirectory(path: string | undefined): void {
  checkPattern(
    'directory',
    path,
    /^(?!.*\/\.\.?(\/|$))(\/[^/:\n]+)+$/,
    "an absolute path below the root of the file system, without ':', '.', '..' and empty parts",
  );
}

/** A path at which a container on Windows sees something. */
export function checkWindowsPath(path: string): void {
  checkPattern(
    'mount path',
    path,
    /^[A-Za-z]:(\\(?!\.{1,2}(\\|$))[^\\/:*?"<>|]+)*\\?$/,
    "a drive or a directory of one, such as 'C:\\data'",
  );
}

/** `/srv/` and `/srv` are one place. */
export function normalPath(path: string): string {
  return isToken(path) ? path : path.replace(/\/$/, '');
}

/** Two mounts at one place hide each other; files share the directory that is mounted for them. */
export function checkMountPaths(mounts: { readonly path: string; readonly fileBytes?: number }[]): void {
  const paths = mounts.map(({ path }) => normalPath(path));
  checkUnique('mount paths of a container', paths);
  const files = mounts.filter(({ fileBytes }) => fileBytes !== undefined).map(({ path }) => normalPath(path));
  const bytes = mounts.reduce((sum, { fileBytes = 0 }) => sum + fileBytes, 0);
  if (bytes > FILE_BYTES) {
    throw new ContainersError(
      `the files of a container must be at most ${FILE_BYTES} bytes together, because a task definition has ${TASK_DEFINITION_BYTES} in all, got ${bytes}: put some into the image, or onto a file system`,
    );
  }
  const nested = files.find((path) => files.some((other) => path.startsWith(`${other}/`)));
  if (nested) {
    throw new ContainersError(
      `a configFile or secretFile must not be a directory of another one, got '${nested}': choose another name`,
    );
  }
  const directories = files.map(directoryOf);
  // The directory is read-only for the container: no place for another mount can be made in it.
  const hidden = mounts.find(
    ({ path, fileBytes }) =>
      fileBytes === undefined && directories.some((directory) => `${normalPath(path)}/`.startsWith(`${directory}/`)),
  );
  if (hidden) {
    const own = hidden.path === '/tmp' ? ' (every container with a read-only root file system has one)' : '';
    throw new ContainersError(
      `the directory of a configFile or secretFile must hold such files only, got another mount at '${hidden.path}'${own}: choose another directory for one of them`,
    );
  }
}

/** The directory of a file, which is mounted with nothing else in it. Tokens are left alone. */
export function directoryOf(file: string): string {
  return isToken(file) ? file : file.replace(/\/[^/]+\/?$/, '');
}

/** Limit of a task definition, which the text of its files is part of. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const TASK_DEFINITION_BYTES = 65536;
/** What the rest of it takes. */
const REST_BYTES = 4096;
const FILE_BYTES = TASK_DEFINITION_BYTES - REST_BYTES;
/** Directories of an image that nothing runs without. */
const SYSTEM = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/sbin',
  '/sys',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/sbin',
];

/** What a text takes in a task definition, which is JSON. */
export function bytesOfFile(content: string): number {
  return Buffer.byteLength(JSON.stringify(content)) - '""'.length;
}

/** A file that a container writes before another one starts. */
export function checkFile(path: string, content: string): void {
  if (isToken(path)) {
    throw new ContainersError(
      'the path of a configFile or secretFile must be known when the app is synthesized, got a token: write it out',
    );
  }
  if (directoryOf(path) === '') {
    throw new ContainersError(
      `the path of a configFile or secretFile must have a directory of its own, got '${path}': put it into one, such as '/etc/app${path}'`,
    );
  }
  const directory = directoryOf(path);
  if (SYSTEM.includes(directory) || /^\/(proc|sys)\//.test(directory)) {
    throw new ContainersError(
      `the path of a configFile or secretFile must not be in '${directory}', which holds files of the image that would be hidden, got '${path}': put it into a directory of its own, such as '/etc/app${path.slice(directory.length)}'`,
    );
  }
  if (path.endsWith('/')) {
    throw new ContainersError(
      `the path of a configFile or secretFile must not end with '/', got '${path}': name the file`,
    );
  }
  if (isToken(content)) return;
  if (typeof content !== 'string') {
    throw new ContainersError(`content must be text, got ${typeof content} for '${path}': for JSON, JSON.stringify(…)`);
  }
  const bytes = bytesOfFile(content);
  if (bytes > FILE_BYTES) {
    throw new ContainersError(
      `content must be at most ${FILE_BYTES} bytes, because its task definition has ${TASK_DEFINITION_BYTES} in all, got ${bytes} for '${path}': put it into the image, or onto a file system`,
    );
  }
  if (content.includes('\0')) {
    throw new ContainersError(
      `content must be text without NUL characters, got one for '${path}': put binary files into the image, or onto a file system`,
    );
  }
}
/**
 * Files on an access point belong to its POSIX user: a process that runs as another one may be refused.
 * @see https://github.com/aws/amazon-ecs-agent/issues/4702
 */
export function checkMountUser(
  user: string | undefined,
  path: string,
  posixUser: { readonly uid: string; readonly gid: string } | undefined,
): void {
  const numeric = numericUser(user);
  if (!numeric || !posixUser || isToken(posixUser.uid) || isToken(posixUser.gid)) return;
  if (numeric.uid !== posixUser.uid || (numeric.gid ?? posixUser.gid) !== posixUser.gid) {
    throw new ContainersError(
      `the container's user must be the POSIX user of its mounts, got user '${user}' and ${posixUser.uid}:${posixUser.gid} for '${path}': ` +
        `set container.user to '${posixUser.uid}:${posixUser.gid}' or the mount's user to { uid: '${numeric.uid}', gid: '${numeric.gid ?? numeric.uid}' }`,
    );
  }
}

/** Reads `uid` or `uid:gid`; undefined for names, tokens and nothing. */
export function numericUser(user: string | undefined): { readonly uid: string; readonly gid?: string } | undefined {
  if (user === undefined || isToken(user)) return undefined;
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  return uid === undefined ? undefined : { uid, gid };
}

/** ECS accepts `user`, `user:group`, `uid`, `uid:gid` and their mixtures. */
export function checkUser(user: string | undefined): void {
  checkPattern('user', user, /^[a-zA-Z0-9_.-]+(:[a-zA-Z0-9_.-]+)?$/, "'user', 'uid', 'user:group' or 'uid:gid'");
}

/** ECS Exec's agent writes below two directories: with a read-only root it never starts. */
export function checkExec(allowExec: boolean, writableRoot: boolean, mountPaths: string[]): void {
  if (!allowExec || writableRoot) return;
  const covered = EXEC_DIRECTORIES.every((directory) =>
    mountPaths.some((path) => directory === path || directory.startsWith(`${path}/`)),
  );
  if (!covered) {
    throw new ContainersError(
      'allowExec must not be true with a read-only root file system, because the ECS Exec agent writes to /var/lib/amazon and /var/log/amazon: ' +
        "set container.writableRootFilesystem to true, or add Mount.scratch('/var/lib/amazon') and Mount.scratch('/var/log/amazon')",
    );
  }
}

/** What a container that does not say is taken to need, beside its scratch directories. */
export const UNSTATED_MEMORY_MIB = 256;

/** A tmpfs counts against the limit of its container. */
export function checkContainerMemory(memoryMiB: number | undefined, scratchMiB: number): void {
  if (memoryMiB === undefined || isToken(memoryMiB)) return;
  checkWhole('container.memory in MiB', memoryMiB, { min: 6, max: Infinity });
  if (scratchMiB >= memoryMiB) {
    throw new ContainersError(
      `container.memory must be greater than its scratch directories together, got ${memoryMiB} and ${scratchMiB} MiB: raise it, or make them smaller`,
    );
  }
}

/** What a container on Windows cannot have. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/windows_task_definitions.html */
export function checkWindows(asked: {
  /** Mounts that are not those of Windows. */
  readonly mounts: string[];
  readonly arm: boolean;
  readonly privileged: boolean;
  readonly writableRootFilesystem?: boolean;
}): void {
  if (asked.arm) {
    throw new ContainersError('cpuArchitecture must be X86_64 on Windows, got ARM64: leave it out');
  }
  if (asked.privileged) throw new ContainersError('container.privileged must not be true on Windows: leave it out');
  if (asked.writableRootFilesystem === false) {
    throw new ContainersError(
      'container.writableRootFilesystem must not be false on Windows, which has no read-only root file system: leave it out',
    );
  }
  if (asked.mounts.length > 0) {
    throw new ContainersError(
      `container.mounts must be of Mount.fsxWindows(…) on Windows, got ${asked.mounts.join(', ')}: scratch directories and the other file systems are Linux's`,
    );
  }
}
