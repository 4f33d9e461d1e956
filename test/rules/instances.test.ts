import { Token } from 'aws-cdk-lib';
import { checkFits, checkZones, networkBoundTypes, tooSmallTypes } from '../../lib/rules/instances';
import type { InstanceNeeds, Instances } from '../../lib/rules/instances';
import { expectFailure } from '../support/errors';

const NUMBER = Token.asNumber({ Ref: 'Number' });

const instances = (more: Partial<Instances> = {}): Instances => ({
  path: 'Shop/Pool',
  types: ['m7i.large'],
  arm: false,
  reservedMemoryMiB: 0,
  allowPrivileged: false,
  zones: [],
  trunking: false,
  ...more,
});
const needs = (more: Partial<InstanceNeeds> = {}): InstanceNeeds => ({
  cpuUnits: 256,
  memoryMiB: 512,
  gpus: 0,
  arm: false,
  privileged: false,
  ...more,
});

describe('checkFits', () => {
  test.each<[string, Partial<Instances>, Partial<InstanceNeeds>]>([
    ['all of the CPU', {}, { cpuUnits: 2048 }],
    ['all but a MiB of the memory', {}, { memoryMiB: 8191 }],
    ['the larger of two types', { types: ['c7i.large', 'm7i.large'] }, { memoryMiB: 5000 }],
    ['a type that is not known', { types: ['zz9.large'] }, { cpuUnits: 99999 }],
    ['a type that is not known beside one that is', { types: ['m7i.large', 'zz9.large'] }, { cpuUnits: 99999 }],
    ['either processor', { arm: undefined }, { arm: true }],
    ['a privileged task', { allowPrivileged: true }, { privileged: true }],
    [
      'what attributes allow',
      { types: [], maxCpuUnits: 4096, maxMemoryMiB: 8192 },
      { cpuUnits: 4096, memoryMiB: 8191 },
    ],
    ['attributes without a maximum', { types: [] }, { cpuUnits: 99999, memoryMiB: 99999 }],
    ['CPU that is a token', {}, { cpuUnits: NUMBER, memoryMiB: 99999 }],
    ['memory that is a token', {}, { cpuUnits: 99999, memoryMiB: NUMBER }],
    ['GPUs that are a token', { types: ['g6.xlarge'] }, { gpus: NUMBER }],
    ['reserved memory that is a token', { reservedMemoryMiB: NUMBER }, {}],
  ])('takes %s', (_what, have, want) => {
    expect(() => checkFits(instances(have), needs(want))).not.toThrow();
  });

  test.each<[string, Partial<Instances>, Partial<InstanceNeeds>, RegExp]>([
    ['CPU is too little', {}, { cpuUnits: 2049 }, /^the task must fit an instance of 'Shop\/Pool' \(m7i.large: 2048/],
    ['memory is too little', {}, { memoryMiB: 8192 }, /got 256 CPU units, 8192 MiB and 0 GPUs: /],
    [
      'reserved memory leaves too little',
      { reservedMemoryMiB: 4096 },
      { memoryMiB: 4096 },
      /; 4096 MiB reserved\), got /,
    ],
    [
      'GPUs are too few',
      { types: ['g6.xlarge'] },
      { gpus: 2 },
      /16384 MiB, 1 GPUs\), got 256 CPU units, 512 MiB and 2 GPUs/,
    ],
    [
      'attributes have too little CPU',
      { types: [], maxCpuUnits: 2048 },
      { cpuUnits: 2049 },
      /\(at most 2048 CPU units, any MiB\)/,
    ],
    ['attributes have too little memory', { types: [], maxMemoryMiB: 512 }, {}, /\(at most any CPU units, 512 MiB\)/],
    ['the processor is another', {}, { arm: true }, /^cpuArchitecture must be that of .* \(X86_64\), got ARM64: /],
    ['it is privileged', {}, { privileged: true }, /^container.privileged must not be true on 'Shop\/Pool'/],
  ])('fails when %s', (_what, have, want, message) => {
    expectFailure(() => checkFits(instances(have), needs(want)), message);
  });
});

describe('tooSmallTypes', () => {
  test.each<[Partial<InstanceNeeds>, string[]]>([
    [{}, []],
    [{ memoryMiB: 4096 }, ['c7i.large']],
    [{ cpuUnits: 4096 }, ['c7i.large', 'm7i.large']],
    [{ cpuUnits: NUMBER, memoryMiB: 4096 }, []],
  ])('for %j are %j', (want, expected) => {
    expect(tooSmallTypes(instances({ types: ['c7i.large', 'm7i.large', 'zz9.large'] }), needs(want))).toEqual(expected);
  });
});

describe('networkBoundTypes', () => {
  test.each<[string, Partial<Instances>, Partial<InstanceNeeds>, object[]]>([
    ['without trunking', {}, {}, [{ type: 'm7i.large', tasks: 2, fitting: 8, trunked: 10 }]],
    ['with trunking', { trunking: true }, {}, []],
    ['where AWS looks after interfaces', { trunking: undefined }, {}, []],
    ['of large tasks', {}, { cpuUnits: 1024 }, []],
    ['of a size that is a token', {}, { cpuUnits: NUMBER }, []],
    ['with much memory reserved', { reservedMemoryMiB: 7000 }, {}, []],
    [
      'of a type without trunking',
      { types: ['t3.large'] },
      {},
      [{ type: 't3.large', tasks: 2, fitting: 8, trunked: 2 }],
    ],
  ])('%s', (_what, have, want, expected) => {
    expect(networkBoundTypes(instances(have), needs(want))).toEqual(expected);
  });
});

test('of types that EC2 chooses, the reserved memory is not for tasks either', () => {
  const chosen = instances({ types: [], maxCpuUnits: 2048, maxMemoryMiB: 8192, reservedMemoryMiB: 1024 });
  expect(() => checkFits(chosen, needs({ memoryMiB: 7167 }))).not.toThrow();
  expectFailure(
    () => checkFits(chosen, needs({ memoryMiB: 7168 })),
    /^the task must fit an instance of 'Shop\/Pool' \(at most 2048 CPU units, 8192 MiB; 1024 MiB reserved\), got 256 CPU units, 7168 MiB/,
  );
});

describe('checkZones', () => {
  const ZONE = Token.asString({ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] });

  test.each<[string, string[][], string[]]>([
    ['one zone in common', [['a', 'b']], ['b', 'c']],
    ['one pool that is near', [['a'], ['b']], ['b']],
    ['zones that are not known', [[]], ['a']],
    ['a service whose zones are not known', [['a']], []],
    ['nothing known of any pool', [], ['a']],
    ['tokens on one side only', [[ZONE]], ['a']],
    ['equal tokens', [[ZONE]], [ZONE]],
  ])('lets %s pass', (_what, pools, zones) => {
    expect(() =>
      checkZones(
        pools.map((each) => instances({ zones: each })),
        zones,
      ),
    ).not.toThrow();
  });

  test('fails when no pool is in a zone of the service', () => {
    const pools = [instances({ zones: ['a'] }), instances({ path: 'Shop/Other', zones: ['b'] })];
    expectFailure(
      () => checkZones(pools, ['c']),
      "vpcSubnets must be in a zone of the instances of 'Shop/Pool', 'Shop/Other' (a, b), got c: a task stands in the zone of its instance",
    );
  });
});
