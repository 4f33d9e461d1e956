import { aws_ecs as ecs, Tokenization, Validations } from 'aws-cdk-lib';
import type { aws_iam as iam, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkImageArchitecture } from './image-architecture';
import { warnOfImmutableRole } from './immutable-role';
import { warnOfOwnRepository } from './own-repository';
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
  checkWindows,
  isLong,
  numericUser,
  UNSTATED_MEMORY_MIB,
} from '../../rules/containers';
import { checkWhole, ContainersError } from '../../rules/errors';
import { FARGATE_EPHEMERAL_STORAGE_GIB } from '../../rules/fargate';
import { FINDINGS } from '../../rules/findings';
import type { InstanceNeeds } from '../../rules/instances';
import { checkFeature } from '../../rules/platforms';
import type { Feature } from '../../rules/platforms';
import { gibibytes, mebibytes } from '../../rules/sizes';
import { Mount } from '../../storage/mount';
import type { PosixUser } from '../../storage/mount';
import type { Capacity } from '../capacity';
import type { ContainerOptions } from '../container-options';
import type { TaskOptions } from '../task-options';

/** What a task is made of. */
export interface TaskParts {
  readonly taskDefinition: ecs.TaskDefinition;
  readonly container: ecs.ContainerDefinition;
  readonly taskRole: iam.IRole;
  readonly executionRole: iam.IRole;
  readonly logGroup?: logs.ILogGroup;
  /** Mounts what the container wants mounted, once the service exists. */
  mount(service: ecs.BaseService, availabilityZones?: string[]): void;
}

/** Makes the task definition of an intent. */
export function makeTask(scope: Construct, options: TaskOptions, capacity: Capacity, port?: number): TaskParts {
  const main = options.container;
  const windows = options.operatingSystemFamily?.isWindows() ?? false;
  const mounts = mountsOf(main, windows);
  checkTask(options, mounts, port);
  checkPlatform(options, mounts, capacity);

  const scratchMiB = mounts.reduce((sum, { _kind }) => sum + (_kind.memoryMiB ?? 0), 0);
  const memory = mebibytes(main.memory);
  checkContainerMemory(memory, scratchMiB);
  const size = capacity._sizeOf({
    cpuUnits: options.cpuUnits,
    memoryMiB: mebibytes(options.memory),
    neededCpuUnits: main.cpuUnits ?? 0,
    neededMemoryMiB: memory ?? UNSTATED_MEMORY_MIB + scratchMiB,
    windows,
  });
  const cpuArchitecture =
    options.cpuArchitecture ?? (capacity._arm ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64);
  const arm = cpuArchitecture._cpuArchitecture === ecs.CpuArchitecture.ARM64._cpuArchitecture;
  checkImageArchitecture(scope, main.image, arm);
  const warnings = capacity._checkTask({
    ...size,
    arm,
    gpus: main.gpuCount ?? 0,
    privileged: main.privileged ?? false,
    instanceMounts: instanceMountsOf(mounts),
  });
  for (const { id, message } of warnings) Validations.of(scope).addWarning(`cdk-containers:${id}`, message);
  const taskRole = options.taskRole ?? new TaskRole(scope, 'TaskRole');
  const executionRole = options.executionRole ?? new ExecutionRole(scope, 'ExecutionRole');
  warnOfImmutableRole(scope, 'taskRole', taskRole);
  warnOfImmutableRole(scope, 'executionRole', executionRole);
  const runtimePlatform = {
    operatingSystemFamily: options.operatingSystemFamily ?? ecs.OperatingSystemFamily.LINUX,
    cpuArchitecture,
  };
  const onInstances = [ecs.Compatibility.EC2, ecs.Compatibility.EXTERNAL].includes(capacity.compatibility);
  const taskDefinition = new ecs.TaskDefinition(scope, 'TaskDefinition', {
    compatibility: capacity.compatibility,
    networkMode: capacity.networkMode,
    cpu: Tokenization.stringifyNumber(size.cpuUnits),
    memoryMiB: Tokenization.stringifyNumber(size.memoryMiB),
    ephemeralStorageGiB: options.ephemeralStorage?.toGibibytes(),
    ...(onInstances ? {} : { runtimePlatform }),
    taskRole,
    executionRole,
  });
  // ECS takes it on instances too, and places by it; the L2 refuses it there.
  if (onInstances) {
    (taskDefinition.node.defaultChild as ecs.CfnTaskDefinition).runtimePlatform = rendered(runtimePlatform);
  }

  const environment = { ...main.environment, ...options.environment };
  const secrets = { ...main.secrets, ...options.secrets };
  checkEnvironment(environment, secrets);
  if (Object.keys(environment).length > 0) Validations.of(taskDefinition).acknowledge(...FINDINGS.plainEnvironment);
  // What a role of the user's own may do on * is the user's to explain.
  if (options.allowExec && 'policies' in taskRole) Validations.of(taskRole).acknowledge(...FINDINGS.execChannels);

  const containerName = main.containerName ?? 'app';
  const { logDriver, logGroup } = (main.logs ?? ContainerLogs.cloudWatch()).bind(scope, containerName);
  const container = taskDefinition.addContainer(containerName, {
    image: main.image,
    command: options.command ?? main.command,
    entryPoint: main.entryPoint,
    environment,
    secrets,
    user: main.user,
    readonlyRootFilesystem: windows ? undefined : !main.writableRootFilesystem,
    privileged: main.privileged,
    gpuCount: main.gpuCount,
    healthCheck: main.healthCheck,
    stopTimeout: main.stopTimeout,
    startTimeout: main.startTimeout,
    cpu: main.cpuUnits,
    memoryLimitMiB: memory,
    logging: logDriver,
    linuxParameters: windows
      ? undefined
      : new ecs.LinuxParameters(scope, 'LinuxParameters', { initProcessEnabled: options.allowExec }),
    portMappings: port === undefined ? undefined : [{ containerPort: port }],
  });
  warnOfOwnRepository(scope, container);
  const mount = (service: ecs.BaseService, availabilityZones?: string[]) => {
    const target = { container, client: service, service, availabilityZones, image: main.image };
    mounts.forEach((each) => each.bind(scope, { ...target, user: posixUser(main.user) }));
  };
  return { taskDefinition, container, taskRole, executionRole, logGroup, mount };
}

function rendered(platform: Required<ecs.RuntimePlatform>): ecs.CfnTaskDefinition.RuntimePlatformProperty {
  return {
    operatingSystemFamily: platform.operatingSystemFamily._operatingSystemFamily,
    cpuArchitecture: platform.cpuArchitecture._cpuArchitecture,
  };
}

/** Mounts of file systems that the instances must have mounted before. */
function instanceMountsOf(mounts: Mount[]): InstanceNeeds['instanceMounts'] {
  return mounts.flatMap(({ path, _kind }) =>
    _kind.instanceFileSystem ? [{ path, fileSystem: _kind.instanceFileSystem.node.path }] : [],
  );
}

/** The numeric user of a container, to whom its files can belong. */
function posixUser(user: string | undefined): PosixUser | undefined {
  const numeric = numericUser(user);
  return numeric && { uid: numeric.uid, gid: numeric.gid ?? numeric.uid };
}

/** The mounts of a container; a read-only root file system leaves `/tmp` to a scratch directory. */
function mountsOf(container: ContainerOptions, windows: boolean): Mount[] {
  const mounts = container.mounts ?? [];
  const wrong = mounts.findIndex((mount) => !mount?._kind);
  if (wrong >= 0) {
    throw new ContainersError(
      `container.mounts must hold mounts such as uploads.mount('/srv') or Mount.scratch('/cache'), got ${String(mounts[wrong])} at index ${wrong}`,
    );
  }
  const covered = windows || container.writableRootFilesystem || mounts.some((mount) => mount.path === '/tmp');
  const all = covered ? mounts : [...mounts, Mount.scratch('/tmp')];
  // The outer one first: the other way round it would hide the inner one.
  const nested = all.some(({ path }) => all.some((other) => path.startsWith(`${other.path}/`)));
  return nested ? [...all].sort((one, two) => depthOf(one) - depthOf(two)) : all;
}

function depthOf({ path }: Mount): number {
  return path.split('/').length;
}

function checkTask(options: TaskOptions, mounts: Mount[], port: number | undefined): void {
  const main = options.container;
  if (port !== undefined) checkPort('port', port);
  if (main.containerName !== undefined) checkContainerName(main.containerName);
  checkStopAndStart(main.stopTimeout, main.startTimeout);
  checkContainerHealth(main.healthCheck);
  checkWhole('container.cpuUnits', main.cpuUnits, { min: 1, max: Infinity });
  checkUser(main.user);
  checkMountPaths(mounts.map(({ path, _kind }) => ({ path, fileBytes: _kind.fileBytes })));
  mounts.forEach(({ path, _kind }) => checkMountUser(main.user, path, _kind.user));
  checkExec(
    options.allowExec ?? false,
    main.writableRootFilesystem ?? options.operatingSystemFamily?.isWindows() ?? false,
    mounts.map((mount) => mount.path),
  );
  checkWhole('ephemeralStorage in GiB', gibibytes(options.ephemeralStorage), FARGATE_EPHEMERAL_STORAGE_GIB);
}

/** What the task asks for, and its compute may not have. */
function checkPlatform(options: TaskOptions, mounts: Mount[], capacity: Capacity): void {
  const { container, operatingSystemFamily: family } = options;
  const longest = [container.stopTimeout, container.startTimeout].find(isLong);
  const asked: [Feature, string | number | undefined][] = [
    ['windows', family?.isWindows() ? family._operatingSystemFamily : undefined],
    ['gpu', container.gpuCount],
    ['privileged', container.privileged ? 'true' : undefined],
    ['ephemeralStorage', options.ephemeralStorage && `${gibibytes(options.ephemeralStorage)} GiB`],
    ['network', options.vpcSubnets && 'vpcSubnets'],
    ['network', options.securityGroups && 'securityGroups'],
    ['publicIp', options.assignPublicIp ? 'true' : undefined],
    ['longTimeout', longest && `${longest.toSeconds()} seconds`],
    ...mounts.flatMap(({ path, _kind }) =>
      (_kind.features ?? []).map((feature): [Feature, string] => [feature, `one at '${path}'`]),
    ),
  ];
  asked.forEach(([feature, given]) => checkFeature(capacity._name, capacity._platform, feature, given));
  checkWhole('container.gpuCount', container.gpuCount, { min: 1, max: Infinity });
  const foreign = mounts.find(({ _kind }) => _kind.windows);
  if (foreign && !family?.isWindows()) {
    throw new ContainersError(
      `mounts must have no Mount.fsxWindows(…) on Linux, got one at '${foreign.path}': set operatingSystemFamily to a Windows one`,
    );
  }
  if (family?.isWindows()) {
    checkWindows({
      mounts: mounts.filter(({ _kind }) => !_kind.windows).map(({ path }) => path),
      arm: options.cpuArchitecture?._cpuArchitecture === ecs.CpuArchitecture.ARM64._cpuArchitecture,
      privileged: container.privileged ?? false,
      writableRootFilesystem: container.writableRootFilesystem,
    });
  }
}
