import { Token } from 'aws-cdk-lib';
import { instanceSize } from '../../lib/rules/task-size';
import type { SizeRequest } from '../../lib/rules/task-size';
import { expectFailure } from '../support/errors';

const NUMBER = Token.asNumber({ Ref: 'Number' });

/** What a task on instances gets, of which a test says only what it is about. */
const size = (request: Partial<SizeRequest>) => {
  const { cpuUnits, memoryMiB } = instanceSize({ neededCpuUnits: 0, neededMemoryMiB: 0, windows: false, ...request });
  return [cpuUnits, memoryMiB];
};

describe('instanceSize', () => {
  test.each<[Partial<SizeRequest>, number[]]>([
    [{}, [256, 512]],
    [{ cpuUnits: 300 }, [300, 512]],
    [{ memoryMiB: 700 }, [256, 700]],
    [{ cpuUnits: 128, memoryMiB: 64 }, [128, 64]],
    [{ cpuUnits: 196608 }, [196608, 512]],
    [{ neededCpuUnits: 300 }, [300, 512]],
    [{ neededMemoryMiB: 700 }, [256, 700]],
    [{ neededCpuUnits: 300, neededMemoryMiB: 700 }, [300, 700]],
    [{ cpuUnits: 1000, neededCpuUnits: 300, neededMemoryMiB: 700 }, [1000, 700]],
    [{ windows: true }, [256, 512]],
  ])('takes %j as it is, and the smallest of Fargate for the rest', (request, expected) => {
    expect(size(request)).toEqual(expected);
  });

  test.each<[Partial<SizeRequest>, number[]]>([
    [{ cpuUnits: NUMBER, memoryMiB: 512 }, [NUMBER, 512]],
    [{ cpuUnits: 256, memoryMiB: NUMBER }, [256, NUMBER]],
    [{ cpuUnits: 256, memoryMiB: 512, neededMemoryMiB: NUMBER }, [256, 512]],
  ])('takes tokens', (request, expected) => {
    expect(size(request)).toEqual(expected);
  });

  test.each<[string, Partial<SizeRequest>, string]>([
    ['there is too little CPU for ECS', { cpuUnits: 127 }, 'cpuUnits must be between 128 and 196608, got 127'],
    ['there is too much CPU for ECS', { cpuUnits: 196609 }, 'cpuUnits must be between 128 and 196608, got 196609'],
    ['CPU is no whole number', { cpuUnits: 256.5 }, 'cpuUnits must be a whole number, got 256.5'],
    [
      'the containers need more CPU than ECS gives',
      { neededCpuUnits: 196609 },
      'cpuUnits must be between 128 and 196608, got 196609',
    ],
    ['memory is no whole number', { memoryMiB: 512.5 }, 'memory in MiB must be a whole number, got 512.5'],
    [
      'CPU is less than the containers need',
      { cpuUnits: 256, neededCpuUnits: 257 },
      "cpuUnits must be at least 257 CPU units, the sum of the task's containers and tmpfs mounts, got 256",
    ],
    [
      'memory is less than the containers need',
      { memoryMiB: 511, neededMemoryMiB: 512 },
      "memory must be at least 512 MiB, the sum of the task's containers and tmpfs mounts, got 511",
    ],
    [
      'one part is a token and the other is left out',
      { cpuUnits: NUMBER },
      'cpuUnits and memory of the task must both be given when one of them, or of its containers, is a token: a size that is not known cannot be picked',
    ],
    [
      'what the containers need is a token and the size is left out',
      { neededCpuUnits: NUMBER },
      'cpuUnits and memory of the task must both be given when one of them, or of its containers, is a token: a size that is not known cannot be picked',
    ],
  ])('fails when %s', (_what, request, message) => {
    expectFailure(() => size(request), message);
  });
});
