import { checkWhole, ContainersError, isToken } from './errors';

/** What a user and the containers ask of a task. */
export interface SizeRequest {
  /** Task CPU, if the user gave it. */
  readonly cpuUnits?: number;
  /** Task memory in MiB, if the user gave it. */
  readonly memoryMiB?: number;
  /** Sum of what the containers reserve. */
  readonly neededCpuUnits: number;
  /** Sum of the containers' memory and of their tmpfs mounts, in MiB. */
  readonly neededMemoryMiB: number;
  /** Windows has other sizes on Fargate. */
  readonly windows: boolean;
}

/** A task size, both parts known. */
export interface TaskSize {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
}

/** The smallest task of Fargate is the default elsewhere too, so that a move changes no size. */
const SMALLEST: TaskSize = { cpuUnits: 256, memoryMiB: 512 };

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html#task_size_ec2 */
const CPU_UNITS_ON_INSTANCES = { min: 128, max: 196608 };

/** On instances any size that holds the containers is a size. */
export function instanceSize(request: SizeRequest): TaskSize {
  if (hasTokens(request)) return sizeOfTokens(request);
  checkHolds(request);
  const cpuUnits = request.cpuUnits ?? Math.max(SMALLEST.cpuUnits, request.neededCpuUnits);
  const memoryMiB = request.memoryMiB ?? Math.max(SMALLEST.memoryMiB, request.neededMemoryMiB);
  checkWhole('cpuUnits', cpuUnits, CPU_UNITS_ON_INSTANCES);
  checkWhole('memory in MiB', memoryMiB, { min: 1, max: Infinity });
  return { cpuUnits, memoryMiB };
}

export function hasTokens(request: SizeRequest): boolean {
  return Object.values(request).some(isToken);
}

/** A size that is only known at deploy time cannot be picked: both parts must be given. */
export function sizeOfTokens({ cpuUnits, memoryMiB }: SizeRequest): TaskSize {
  if (cpuUnits === undefined || memoryMiB === undefined) {
    throw new ContainersError(
      'cpuUnits and memory of the task must both be given when one of them, or of its containers, is a token: a size that is not known cannot be picked',
    );
  }
  return { cpuUnits, memoryMiB };
}

/** Fails when a given size is less than what the containers need. */
export function checkHolds({ cpuUnits, memoryMiB, neededCpuUnits, neededMemoryMiB }: SizeRequest): void {
  if (cpuUnits !== undefined && cpuUnits < neededCpuUnits) {
    throw tooLittle('cpuUnits', 'CPU units', neededCpuUnits, cpuUnits);
  }
  if (memoryMiB !== undefined && memoryMiB < neededMemoryMiB) {
    throw tooLittle('memory', 'MiB', neededMemoryMiB, memoryMiB);
  }
}

function tooLittle(name: string, unit: string, needed: number, given: number): ContainersError {
  return new ContainersError(
    `${name} must be at least ${needed} ${unit}, the sum of the task's containers and tmpfs mounts, got ${given}`,
  );
}
