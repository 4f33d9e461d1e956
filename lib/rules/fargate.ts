import { ContainersError, isToken } from './errors';

/** One row of the Fargate size table: the memory that a CPU size can have. */
interface FargateRow {
  readonly cpuUnits: number;
  /** Allowed memory in MiB, ascending. */
  readonly memoryMiB: number[];
}

function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}

/**
 * Task sizes of Fargate on Linux.
 *
 * Source: rule E3047 of AWS CloudFormation Validate 1.14.0, enumerated in November 2026, and
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const FARGATE_SIZES: FargateRow[] = [
  { cpuUnits: 256, memoryMiB: [512, 1024, 2048] },
  { cpuUnits: 512, memoryMiB: steps(1024, 4096, 1024) },
  { cpuUnits: 1024, memoryMiB: steps(2048, 8192, 1024) },
  { cpuUnits: 2048, memoryMiB: steps(4096, 16384, 1024) },
  { cpuUnits: 4096, memoryMiB: steps(8192, 30720, 1024) },
  { cpuUnits: 8192, memoryMiB: steps(16384, 61440, 4096) },
  { cpuUnits: 16384, memoryMiB: steps(32768, 122880, 8192) },
  { cpuUnits: 32768, memoryMiB: [61440, 122880, 249856] },
];

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
}

/** A task size, both parts known. */
export interface TaskSize {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
}

/** The smallest Fargate size that holds the request; an error when there is none. */
export function fargateSize(request: SizeRequest): TaskSize {
  const { cpuUnits, memoryMiB } = request;
  if (Object.values(request).some(isToken)) return sizeOfTokens(request);
  if (cpuUnits !== undefined) return sizeOfCpu(cpuUnits, request);

  const wanted = Math.max(memoryMiB ?? 0, request.neededMemoryMiB);
  if (memoryMiB !== undefined && memoryMiB < request.neededMemoryMiB) {
    throw tooLittle('memory', 'MiB', request.neededMemoryMiB, memoryMiB);
  }
  for (const row of FARGATE_SIZES) {
    const memory = row.memoryMiB.find((allowed) => allowed >= wanted);
    if (memory !== undefined && row.cpuUnits >= request.neededCpuUnits) {
      return { cpuUnits: row.cpuUnits, memoryMiB: memory };
    }
  }
  throw new ContainersError(
    `the task's containers must fit the largest Fargate task (${largest()}), got ${request.neededCpuUnits} CPU units and ${wanted} MiB: ` +
      'give the containers less or split the task',
  );
}

function sizeOfCpu(cpuUnits: number, request: SizeRequest): TaskSize {
  const row = FARGATE_SIZES.find((candidate) => candidate.cpuUnits === cpuUnits);
  if (!row) {
    const allowed = FARGATE_SIZES.slice(0, -1).map((candidate) => candidate.cpuUnits);
    throw new ContainersError(`cpuUnits must be one of ${allowed.join(', ')} on Fargate, got ${cpuUnits}`);
  }
  if (cpuUnits < request.neededCpuUnits) throw tooLittle('cpuUnits', 'CPU units', request.neededCpuUnits, cpuUnits);
  if (request.memoryMiB !== undefined) {
    if (!row.memoryMiB.includes(request.memoryMiB)) {
      throw new ContainersError(
        `memory must be one of ${row.memoryMiB.join(', ')} MiB for ${cpuUnits} CPU units on Fargate, got ${request.memoryMiB} MiB`,
      );
    }
    if (request.memoryMiB < request.neededMemoryMiB) {
      throw tooLittle('memory', 'MiB', request.neededMemoryMiB, request.memoryMiB);
    }
    return { cpuUnits, memoryMiB: request.memoryMiB };
  }
  const memory = row.memoryMiB.find((allowed) => allowed >= request.neededMemoryMiB);
  if (memory === undefined) {
    throw new ContainersError(
      `a task of ${cpuUnits} CPU units has at most ${row.memoryMiB.at(-1)} MiB on Fargate, but its containers and tmpfs mounts need ${request.neededMemoryMiB} MiB: raise cpuUnits`,
    );
  }
  return { cpuUnits, memoryMiB: memory };
}

/** A size that is only known at deploy time cannot be picked from the table: both parts must be given. */
function sizeOfTokens({ cpuUnits, memoryMiB }: SizeRequest): TaskSize {
  if (cpuUnits === undefined || memoryMiB === undefined) {
    throw new ContainersError(
      'cpuUnits and memory of the task must both be given when one of them, or of its containers, is a token: a size that is not known cannot be picked',
    );
  }
  return { cpuUnits, memoryMiB };
}

function tooLittle(name: string, unit: string, needed: number, given: number): ContainersError {
  return new ContainersError(
    `${name} must be at least ${needed} ${unit}, the sum of the task's containers and tmpfs mounts, got ${given}`,
  );
}

function largest(): string {
  const row = FARGATE_SIZES.at(-2)!;
  return `${row.cpuUnits} CPU units with ${row.memoryMiB.at(-1)} MiB`;
}

/** Largest and smallest ephemeral storage of a Fargate task in GiB (20 GiB come free when it is left out). */
export const FARGATE_EPHEMERAL_STORAGE_GIB = { min: 21, max: 200 };
