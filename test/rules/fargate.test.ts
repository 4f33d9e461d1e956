import { Token } from 'aws-cdk-lib';
import { FARGATE_EPHEMERAL_STORAGE_GIB, fargateSize } from '../../lib/rules/fargate';
import type { SizeRequest } from '../../lib/rules/task-size';

const NUMBER = Token.asNumber({ Ref: 'Number' });

/** What fits a request, of which a test says only what it is about. */
const size = (request: Partial<SizeRequest>) => {
  const { cpuUnits, memoryMiB } = fargateSize({ neededCpuUnits: 0, neededMemoryMiB: 0, windows: false, ...request });
  return [cpuUnits, memoryMiB];
};

/** Smallest and largest memory of each CPU size, the step between, and a value that is none. */
const TABLE = [
  [256, 512, 2048, 1024, 1536],
  [512, 1024, 4096, 1024, 512],
  [1024, 2048, 8192, 1024, 1024],
  [2048, 4096, 16384, 1024, 3072],
  [4096, 8192, 30720, 1024, 31744],
  [8192, 16384, 61440, 4096, 17408],
  [16384, 32768, 122880, 8192, 36864],
  [32768, 61440, 249856, undefined, 65536],
] as const;

describe('fargateSize', () => {
  test.each(TABLE)('%i CPU units take %i to %i MiB', (cpuUnits, least, most, step, none) => {
    for (const memoryMiB of [least, most]) expect(size({ cpuUnits, memoryMiB })).toEqual([cpuUnits, memoryMiB]);
    if (step) expect(size({ cpuUnits, memoryMiB: most - step })).toEqual([cpuUnits, most - step]);
    for (const memoryMiB of [none, least - 1, most + 1024]) {
      expect(() => size({ cpuUnits, memoryMiB })).toThrow(
        new RegExp(
          `^memory must be one of ${least}, .* MiB for ${cpuUnits} CPU units on Fargate, got ${memoryMiB} MiB$`,
        ),
      );
    }
  });

  test.each(TABLE)('%i CPU units alone take the least memory, %i MiB', (cpuUnits, least) => {
    expect(size({ cpuUnits })).toEqual([cpuUnits, least]);
  });

  test.each([
    [1, 256, 512],
    [512, 256, 512],
    [513, 256, 1024],
    [2048, 256, 2048],
    [2049, 512, 3072],
    [8192, 1024, 8192],
    [30721, 8192, 32768],
    [122881, 32768, 249856],
  ])('%i MiB alone take the least CPU that has them, %i', (memoryMiB, cpuUnits, expected) => {
    expect(size({ memoryMiB })).toEqual([cpuUnits, expected]);
  });

  test.each<[Partial<SizeRequest>, number[]]>([
    [{}, [256, 512]],
    [{ neededMemoryMiB: 600 }, [256, 1024]],
    [{ neededCpuUnits: 300 }, [512, 1024]],
    [{ neededCpuUnits: 1024, neededMemoryMiB: 512 }, [1024, 2048]],
    [{ neededCpuUnits: 256, neededMemoryMiB: 5000 }, [1024, 5120]],
    [{ cpuUnits: 256, neededMemoryMiB: 1025 }, [256, 2048]],
    [{ memoryMiB: 2048, neededCpuUnits: 512 }, [512, 2048]],
  ])('%j is the smallest size that holds the containers', (request, expected) => {
    expect(size(request)).toEqual(expected);
  });

  test.each<[Partial<SizeRequest>, number[]]>([
    [{}, [1024, 2048]],
    [{ neededMemoryMiB: 300 }, [1024, 2048]],
    [{ memoryMiB: 9000 }, [2048, 9216]],
    [{ cpuUnits: 4096, memoryMiB: 30720 }, [4096, 30720]],
  ])('%j is at least 1024 CPU units on Windows', (request, expected) => {
    expect(size({ ...request, windows: true })).toEqual(expected);
  });

  test('takes tokens for both, or for none', () => {
    expect(size({ cpuUnits: NUMBER, memoryMiB: 512 })).toEqual([NUMBER, 512]);
    expect(size({ cpuUnits: 256, memoryMiB: NUMBER })).toEqual([256, NUMBER]);
    expect(size({ cpuUnits: 256, memoryMiB: 512, neededCpuUnits: NUMBER })).toEqual([256, 512]);
  });

  test.each<[string, Partial<SizeRequest>, string]>([
    [
      'CPU is no size',
      { cpuUnits: 1000 },
      'cpuUnits must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 on Fargate, got 1000',
    ],
    [
      'memory is more than the largest task has',
      { memoryMiB: 250000 },
      "the task's containers must fit the largest Fargate task (16384 CPU units with 122880 MiB), got 0 CPU units and 250000 MiB: give the containers less or split the task",
    ],
    [
      'the containers need more CPU than the largest task has',
      { neededCpuUnits: 40000 },
      "the task's containers must fit the largest Fargate task (16384 CPU units with 122880 MiB), got 40000 CPU units and 0 MiB: give the containers less or split the task",
    ],
    [
      'CPU is no size of Windows',
      { cpuUnits: 512, windows: true },
      'cpuUnits must be one of 1024, 2048, 4096 on Windows on Fargate, got 512',
    ],
    [
      'the containers need more than the largest task of Windows',
      { neededMemoryMiB: 30721, windows: true },
      "the task's containers must fit the largest Fargate task (4096 CPU units with 30720 MiB), got 0 CPU units and 30721 MiB: give the containers less or split the task",
    ],
    [
      'memory is less than the containers need',
      { memoryMiB: 1024, neededMemoryMiB: 1500 },
      "memory must be at least 1500 MiB, the sum of the task's containers and tmpfs mounts, got 1024",
    ],
    [
      'memory beside CPU is less than the containers need',
      { cpuUnits: 256, memoryMiB: 1024, neededMemoryMiB: 1500 },
      "memory must be at least 1500 MiB, the sum of the task's containers and tmpfs mounts, got 1024",
    ],
    [
      'CPU is less than the containers need',
      { cpuUnits: 256, neededCpuUnits: 257 },
      "cpuUnits must be at least 257 CPU units, the sum of the task's containers and tmpfs mounts, got 256",
    ],
    [
      'CPU has not the memory that the containers need',
      { cpuUnits: 256, neededMemoryMiB: 2049 },
      'a task of 256 CPU units has at most 2048 MiB on Fargate, but its containers and tmpfs mounts need 2049 MiB: raise cpuUnits',
    ],
    [
      'CPU is a token and memory is left out',
      { cpuUnits: NUMBER },
      'cpuUnits and memory of the task must both be given when one of them, or of its containers, is a token: a size that is not known cannot be picked',
    ],
    [
      'memory is a token and CPU is left out',
      { memoryMiB: NUMBER },
      'cpuUnits and memory of the task must both be given when one of them, or of its containers, is a token: a size that is not known cannot be picked',
    ],
    [
      'the containers need memory that is a token and the size is left out',
      { neededMemoryMiB: NUMBER },
      'cpuUnits and memory of the task must both be given when one of them, or of its containers, is a token: a size that is not known cannot be picked',
    ],
  ])('fails when %s', (_what, request, message) => {
    expect(() => size(request)).toThrow(new Error(message));
  });
});

test('ephemeral storage is counted above the 20 GiB that come free', () => {
  expect(FARGATE_EPHEMERAL_STORAGE_GIB).toEqual({ min: 21, max: 200 });
});
