import { aws_ecs as ecs, SizeRoundingBehavior, Tokenization, Validations } from 'aws-cdk-lib';
import type { aws_iam as iam, aws_logs as logs, Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ExecutionRole } from '../../identity/execution-role';
import { TaskRole } from '../../identity/task-role';
import { ContainerLogs } from '../../observability/container-logs';
import {
  checkContainerHealth,
  checkContainerMemory,
  checkContainerName,
  checkEnvironment,
  checkExec,
  checkMountPaths,
  checkMountUser,
  checkPort,
  checkStopAndStart,
  checkUser,
  numericUser,
  UNSTATED_MEMORY_MIB,
} from '../../rules/containers';
import { checkWhole } from '../../rules/errors';
import { FARGATE_EPHEMERAL_STORAGE_GIB } from '../../rules/fargate';
import { FINDINGS } from '../../rules/findings';
import { Mount } from '../../storage/mount';
import type { PosixUser } from '../../storage/mount';
import type { Capacity } from '../capacity';
import type { ContainerOptions } from '../container-options';
import type { TaskOptions } from '../task-options';
import { warnOfOwnRepository } from './own-repository';

/** What a task is made of. */
export interface TaskParts {
  readonly taskDefinition: ecs.TaskDefinition;
  readonly container: ecs.ContainerDefinition;
  readonly taskRole: iam.IRole;
  readonly executionRole: ExecutionRole;
  readonly logGroup?: logs.ILogGroup;
  /** Mounts what the container wants mounted, once the service exists. */
  mount(service: ecs.BaseService): void;
}

/** Makes the task definition of an intent. */
export function makeTask(scope: Construct, options: TaskOptions, capacity: Capacity, port?: number): TaskParts {
  const main = options.container;
  const mounts = mountsOf(main);
  checkTask(options, mounts, port);

  const scratchMiB = mounts.reduce((sum, mount) => sum + mount._memoryMiB, 0);
  const memory = mebibytes(main.memory);
  checkContainerMemory(memory, scratchMiB);
  const size = capacity._sizeOf({
    cpuUnits: options.cpuUnits,
    memoryMiB: mebibytes(options.memory),
    neededCpuUnits: main.cpuUnits ?? 0,
    neededMemoryMiB: memory ?? UNSTATED_MEMORY_MIB + scratchMiB,
  });
  const taskRole = options.taskRole ?? new TaskRole(scope, 'TaskRole');
  const executionRole = new ExecutionRole(scope, 'ExecutionRole');
  const taskDefinition = new ecs.TaskDefinition(scope, 'TaskDefinition', {
    compatibility: capacity.compatibility,
    networkMode: ecs.NetworkMode.AWS_VPC,
    cpu: Tokenization.stringifyNumber(size.cpuUnits),
    memoryMiB: Tokenization.stringifyNumber(size.memoryMiB),
    ephemeralStorageGiB: options.ephemeralStorage?.toGibibytes(),
    runtimePlatform: {
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      cpuArchitecture: options.cpuArchitecture ?? ecs.CpuArchitecture.X86_64,
    },
    taskRole,
    executionRole,
  });

  const environment = { ...main.environment, ...options.environment };
  const secrets = { ...main.secrets, ...options.secrets };
  checkEnvironment(environment, secrets);
  if (Object.keys(environment).length > 0) Validations.of(taskDefinition).acknowledge(...FINDINGS.plainEnvironment);
  if (options.allowExec) Validations.of(taskRole).acknowledge(...FINDINGS.execChannels);

  const containerName = main.containerName ?? 'app';
  const { logDriver, logGroup } = (main.logs ?? ContainerLogs.cloudWatch()).bind(scope, containerName);
  const container = taskDefinition.addContainer(containerName, {
    image: main.image,
    command: options.command ?? main.command,
    entryPoint: main.entryPoint,
    environment,
    secrets,
    user: main.user,
    readonlyRootFilesystem: !main.writableRootFilesystem,
    healthCheck: main.healthCheck,
    stopTimeout: main.stopTimeout,
    startTimeout: main.startTimeout,
    cpu: main.cpuUnits,
    memoryLimitMiB: memory,
    logging: logDriver,
    linuxParameters: new ecs.LinuxParameters(scope, 'LinuxParameters', { initProcessEnabled: options.allowExec }),
    portMappings: port === undefined ? undefined : [{ containerPort: port }],
  });
  warnOfOwnRepository(scope, container);
  const mount = (service: ecs.BaseService) =>
    mounts.forEach((each) =>
      each.bind(scope, { container, client: service, dependent: service, user: posixUser(main.user) }),
    );
  return { taskDefinition, container, taskRole, executionRole, logGroup, mount };
}

/** The numeric user of a container, to whom its files can belong. */
function posixUser(user: string | undefined): PosixUser | undefined {
  const numeric = numericUser(user);
  return numeric && { uid: numeric.uid, gid: numeric.gid ?? numeric.uid };
}

/** The mounts of a container; a read-only root file system leaves `/tmp` to a scratch directory. */
function mountsOf(container: ContainerOptions): Mount[] {
  const mounts = container.mounts ?? [];
  const covered = container.writableRootFilesystem || mounts.some((mount) => mount.path === '/tmp');
  return covered ? mounts : [...mounts, Mount.scratch('/tmp')];
}

function checkTask(options: TaskOptions, mounts: Mount[], port: number | undefined): void {
  const main = options.container;
  if (port !== undefined) checkPort('port', port);
  if (main.containerName !== undefined) checkContainerName(main.containerName);
  checkStopAndStart(main.stopTimeout, main.startTimeout);
  checkContainerHealth(main.healthCheck);
  checkWhole('container.cpuUnits', main.cpuUnits, { min: 1, max: Infinity });
  checkUser(main.user);
  checkMountPaths(mounts.map((mount) => mount.path));
  mounts.forEach((mount) => checkMountUser(main.user, mount.path, mount._user));
  checkExec(
    options.allowExec ?? false,
    main.writableRootFilesystem ?? false,
    mounts.map((mount) => mount.path),
  );
  if (!options.ephemeralStorage?.isUnresolved()) {
    checkWhole(
      'ephemeralStorage in GiB',
      options.ephemeralStorage?.toGibibytes({ rounding: SizeRoundingBehavior.NONE }),
      FARGATE_EPHEMERAL_STORAGE_GIB,
    );
  }
}

/** Exact, so that a size which is no whole number is judged by our checks. */
function mebibytes(size: Size | undefined): number | undefined {
  return size?.isUnresolved() ? size.toMebibytes() : size?.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
}
