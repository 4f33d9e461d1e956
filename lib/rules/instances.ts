import { ContainersError, isToken } from './errors';
import { instanceTypeFacts, taskNetworkLimit } from './instance-types';
import type { InstanceTypeFacts } from './instance-types';

/** The instances that tasks are placed on, as far as they are known. */
export interface Instances {
  /** For messages: where they are declared. */
  readonly path: string;
  /** Their types; none when EC2 chooses them by attributes. */
  readonly types: string[];
  /** The most that a chosen type may have. */
  readonly maxCpuUnits?: number;
  readonly maxMemoryMiB?: number;
  /** True for ARM, false for x86, undefined when it is not known. */
  readonly arm?: boolean;
  /** True when they run Bottlerocket. */
  readonly bottlerocket?: boolean;
  /** Where they stand. */
  readonly zones: string[];
  /** Memory of an instance that no task gets. */
  readonly reservedMemoryMiB: number;
  readonly allowPrivileged: boolean;
  /** False when their image has no driver for GPUs, undefined when it is not known. */
  readonly drivesGpus?: boolean;
  /** File systems that they mount when they start, by the paths of their constructs. */
  readonly fileSystems?: string[];
  /** True when the account has `awsvpcTrunking`; undefined when AWS looks after the interfaces. */
  readonly trunking?: boolean;
}

/** What a task wants of an instance. */
export interface InstanceNeeds {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  readonly arm: boolean;
  readonly privileged: boolean;
  /** What an instance must have mounted when it started, by the path of its construct, and where the container sees it. */
  readonly instanceMounts?: { readonly path: string; readonly fileSystem: string }[];
}

/** Fails when no instance can ever hold the task. */
export function checkFits(instances: Instances, needs: InstanceNeeds): void {
  const { path } = instances;
  if (instances.arm !== undefined && instances.arm !== needs.arm) {
    const [have, want] = instances.arm ? ['ARM64', 'X86_64'] : ['X86_64', 'ARM64'];
    throw new ContainersError(
      `cpuArchitecture must be that of the instances of '${path}' (${have}), got ${want}: leave it out, or use instance types with that processor`,
    );
  }
  if (needs.privileged && !instances.allowPrivileged) {
    throw new ContainersError(
      `container.privileged must not be true on '${path}', whose agent refuses it: set agent.allowPrivileged of the pool to true`,
    );
  }
  if (needs.gpus !== 0 && instances.drivesGpus === false) {
    throw new ContainersError(
      `container.gpuCount must be left out on '${path}', whose instances have no GPU, got ${isToken(needs.gpus) ? 'a token' : needs.gpus}: use instance types with GPUs`,
    );
  }
  const absent = needs.instanceMounts?.find(({ fileSystem }) => !instances.fileSystems?.includes(fileSystem));
  if (absent) {
    throw new ContainersError(
      `mounts must be of file systems that the instances of '${path}' mount, got one of '${absent.fileSystem}' at '${absent.path}': add it to fileSystems of the pool`,
    );
  }
  if (isUnknown(needs)) return;
  const known = knownTypes(instances);
  const fits = known.some(({ facts }) => holds(instances, facts, needs) > 0);
  if (known.length === 0 ? !fitsAttributes(instances, needs) : !fits && known.length === instances.types.length) {
    throw new ContainersError(
      `the task must fit an instance of '${path}' (${largest(instances)}), got ${needs.cpuUnits} CPU units, ${needs.memoryMiB} MiB and ${needs.gpus} GPUs: ` +
        'use a larger instance type, or a smaller task. The operating system needs some of the memory',
    );
  }
}

/** Fails when no task could stand where the instances do. Zones that are known to one side only are not compared. */
export function checkZones(all: Instances[], zones: string[]): void {
  const apart = all.every((instances) => {
    const comparable = [...instances.zones, ...zones].every((zone) => isToken(zone) === isToken(zones[0]));
    return comparable && instances.zones.length > 0 && !instances.zones.some((zone) => zones.includes(zone));
  });
  if (all.length === 0 || zones.length === 0 || !apart) return;
  throw new ContainersError(
    `vpcSubnets must be in a zone of the instances of ${all.map(({ path }) => `'${path}'`).join(', ')} (${all.flatMap((instances) => instances.zones).join(', ')}), got ${zones.join(', ')}: a task stands in the zone of its instance`,
  );
}

/** The types that cannot hold the task, when others of the pool can. */
export function tooSmallTypes(instances: Instances, needs: InstanceNeeds): string[] {
  if (isUnknown(needs)) return [];
  return knownTypes(instances)
    .filter(({ facts }) => holds(instances, facts, needs) === 0)
    .map(({ type }) => type);
}

/** Types of which the network interfaces run out before CPU and memory do. */
export function networkBoundTypes(
  instances: Instances,
  needs: InstanceNeeds,
): { readonly type: string; readonly tasks: number; readonly fitting: number; readonly trunked: number }[] {
  const { trunking } = instances;
  if (trunking === undefined || isUnknown(needs)) return [];
  return knownTypes(instances)
    .map(({ type, facts }) => ({
      type,
      tasks: taskNetworkLimit(facts, trunking),
      fitting: holds(instances, facts, needs),
      trunked: taskNetworkLimit(facts, true),
    }))
    .filter(({ tasks, fitting }) => tasks < fitting);
}

function isUnknown({ cpuUnits, memoryMiB, gpus }: InstanceNeeds): boolean {
  return [cpuUnits, memoryMiB, gpus].some(isToken);
}

function knownTypes({ types }: Instances): { readonly type: string; readonly facts: InstanceTypeFacts }[] {
  return types.flatMap((type) => {
    const facts = instanceTypeFacts(type);
    return facts ? [{ type, facts }] : [];
  });
}

/** How many tasks an empty instance holds by CPU, memory and GPUs. All of the memory is never free. */
function holds({ reservedMemoryMiB }: Instances, facts: InstanceTypeFacts, needs: InstanceNeeds): number {
  const byMemory = Math.ceil((facts.memoryMiB - reservedMemoryMiB) / needs.memoryMiB) - 1;
  const byCpu = Math.floor(facts.cpuUnits / needs.cpuUnits);
  const byGpu = needs.gpus === 0 ? Infinity : Math.floor(facts.gpus / needs.gpus);
  return Math.max(0, Math.min(byMemory, byCpu, byGpu));
}

function fitsAttributes({ maxCpuUnits, maxMemoryMiB, reservedMemoryMiB }: Instances, needs: InstanceNeeds): boolean {
  return (
    needs.cpuUnits <= (maxCpuUnits ?? Infinity) && needs.memoryMiB < (maxMemoryMiB ?? Infinity) - reservedMemoryMiB
  );
}

function largest(instances: Instances): string {
  const known = knownTypes(instances).map(
    ({ type, facts }) => `${type}: ${facts.cpuUnits} CPU units, ${facts.memoryMiB} MiB, ${facts.gpus} GPUs`,
  );
  const text =
    known.length > 0
      ? known.join('; ')
      : `at most ${instances.maxCpuUnits ?? 'any'} CPU units, ${instances.maxMemoryMiB ?? 'any'} MiB`;
  return instances.reservedMemoryMiB > 0 ? `${text}; ${instances.reservedMemoryMiB} MiB reserved` : text;
}
