import { ContainersError } from './errors';
import { checkHolds, hasTokens, sizeOfTokens } from './task-size';
import type { SizeRequest, TaskSize } from './task-size';

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
 * Task sizes of Fargate.
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

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-task-os */
const WINDOWS_CPU_UNITS = { min: 1024, max: 4096 };

/** The smallest Fargate size that holds the request; an error when there is none. */
export function fargateSize(request: SizeRequest): TaskSize {
  if (hasTokens(request)) return sizeOfTokens(request);
  const rows = request.windows ? FARGATE_SIZES.filter(isForWindows) : FARGATE_SIZES;
  if (request.cpuUnits !== undefined) return sizeOfCpu(request.cpuUnits, request, rows);

  checkHolds(request);
  const wanted = Math.max(request.memoryMiB ?? 0, request.neededMemoryMiB);
  for (const row of rows) {
    const memory = row.memoryMiB.find((allowed) => allowed >= wanted);
    if (memory !== undefined && row.cpuUnits >= request.neededCpuUnits) {
      return { cpuUnits: row.cpuUnits, memoryMiB: memory };
    }
  }
  throw new ContainersError(
    `the task's containers must fit the largest Fargate task (${largest(advertised(rows))}), got ${request.neededCpuUnits} CPU units and ${wanted} MiB: ` +
      'give the containers less or split the task',
  );
}

function sizeOfCpu(cpuUnits: number, request: SizeRequest, rows: FargateRow[]): TaskSize {
  const row = rows.find((candidate) => candidate.cpuUnits === cpuUnits);
  if (!row) {
    const allowed = advertised(rows).map((candidate) => candidate.cpuUnits);
    const where = request.windows ? 'Windows on Fargate' : 'Fargate';
    throw new ContainersError(`cpuUnits must be one of ${allowed.join(', ')} on ${where}, got ${cpuUnits}`);
  }
  if (request.memoryMiB !== undefined && !row.memoryMiB.includes(request.memoryMiB)) {
    throw new ContainersError(
      `memory must be one of ${row.memoryMiB.join(', ')} MiB for ${cpuUnits} CPU units on Fargate, got ${request.memoryMiB} MiB`,
    );
  }
  checkHolds(request);
  const memory = request.memoryMiB ?? row.memoryMiB.find((allowed) => allowed >= request.neededMemoryMiB);
  if (memory === undefined) {
    throw new ContainersError(
      `a task of ${cpuUnits} CPU units has at most ${row.memoryMiB.at(-1)} MiB on Fargate, but its containers and tmpfs mounts need ${request.neededMemoryMiB} MiB: raise cpuUnits`,
    );
  }
  return { cpuUnits, memoryMiB: memory };
}

function isForWindows({ cpuUnits }: FargateRow): boolean {
  return cpuUnits >= WINDOWS_CPU_UNITS.min && cpuUnits <= WINDOWS_CPU_UNITS.max;
}

/** The rows that a page of AWS names: the validator takes one more. */
function advertised(rows: FargateRow[]): FargateRow[] {
  return rows.filter(({ cpuUnits }) => cpuUnits <= 16384);
}

function largest(rows: FargateRow[]): string {
  const row = rows.at(-1)!;
  return `${row.cpuUnits} CPU units with ${row.memoryMiB.at(-1)} MiB`;
}

/** Largest and smallest ephemeral storage of a Fargate task in GiB (20 GiB come free when it is left out). */
export const FARGATE_EPHEMERAL_STORAGE_GIB = { min: 21, max: 200 };
