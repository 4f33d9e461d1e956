import { Duration, Token } from 'aws-cdk-lib';
import {
  checkInitialNodes,
  checkNodegroupName,
  checkRepair,
  checkUpdates,
  checkWarmPool,
} from '../../lib/rules/managed-node-groups';
import type { RepairOverride, Updates, WarmPool } from '../../lib/rules/managed-node-groups';
import { expectFailure } from '../support/errors';

const NUMBER = Token.asNumber({ Ref: 'Number' });
const TEXT = Token.asString({ Ref: 'Text' });

describe('the name', () => {
  test.each([undefined, 'a', '1-x_Y', 'x'.repeat(63), TEXT])('%j is one', (name) => {
    expect(() => checkNodegroupName(name)).not.toThrow();
  });

  const ALLOWED = 'up to 63 letters, digits, hyphens and underscores, of which the first is a letter or a digit';
  test.each(['', '-a', '_a', 'a.b', 'a b', 'é', 'x'.repeat(64), 'a\n'])('fails when it is %j', (name) => {
    expectFailure(() => checkNodegroupName(name), `nodegroupName must be ${ALLOWED}, got '${name}'`);
  });

  test('fails when it is no string', () => {
    expectFailure(() => checkNodegroupName(7 as never), `nodegroupName must be ${ALLOWED}, got 7, which is no string`);
  });
});

describe('the number of nodes at the start', () => {
  test.each([
    [undefined, 2, 4],
    [2, 2, 4],
    [4, 2, 4],
    [0, 0, 1],
    [NUMBER, 2, 4],
    [9, NUMBER, NUMBER],
    [9, 2, NUMBER],
    [1, NUMBER, 4],
  ])('can be %p between %p and %p', (initial, min, max) => {
    expect(() => checkInitialNodes(initial, min, max)).not.toThrow();
  });

  test.each([
    [1, 2, 4, 'initialNodes must be between 2 and 4, got 1'],
    [5, 2, 4, 'initialNodes must be between 2 and 4, got 5'],
    [2.5, 2, 4, 'initialNodes must be a whole number, got 2.5'],
    ['3' as never, 2, 4, "initialNodes must be a whole number, got '3'"],
    [-1, NUMBER, 4, 'initialNodes must be between 0 and 4, got -1'],
    [1, 2, NUMBER, 'initialNodes must be at least 2, got 1'],
  ])('fails when it is %p between %p and %p', (initial, min, max, message) => {
    expectFailure(() => checkInitialNodes(initial, min, max), message);
  });
});

describe('updates', () => {
  const check = (given: Partial<Updates>) => checkUpdates({ maxNodes: 10, ...given });

  test.each<Partial<Updates>>([
    {},
    { maxUnavailable: 1 },
    { maxUnavailable: 10 },
    { maxUnavailable: 100, maxNodes: 100 },
    { maxUnavailablePercent: 1 },
    { maxUnavailablePercent: 100 },
    { maxUnavailable: NUMBER },
    { maxUnavailable: 50, maxNodes: NUMBER },
    { maxUnavailablePercent: NUMBER, updateStrategy: 'MINIMAL' },
  ])('can be %p', (given) => {
    expect(() => check(given)).not.toThrow();
  });

  test.each<[Partial<Updates>, string]>([
    [
      { maxUnavailable: 1, maxUnavailablePercent: 50 },
      'only one of maxUnavailable and maxUnavailablePercent can be given, got 1 and 50: leave one out',
    ],
    [
      { maxUnavailable: NUMBER, maxUnavailablePercent: 0 },
      'only one of maxUnavailable and maxUnavailablePercent can be given, got a token and 0: leave one out',
    ],
    [{ maxUnavailable: 0 }, 'maxUnavailable must be between 1 and 100, got 0'],
    [{ maxUnavailable: 101, maxNodes: 200 }, 'maxUnavailable must be between 1 and 100, got 101'],
    [{ maxUnavailable: 1.5 }, 'maxUnavailable must be a whole number, got 1.5'],
    [
      { maxUnavailable: 11 },
      'maxUnavailable must be at most maxNodes, 10, got 11: lower it, or use maxUnavailablePercent',
    ],
    [{ maxUnavailablePercent: 0 }, 'maxUnavailablePercent must be between 1 and 100, got 0'],
    [{ maxUnavailablePercent: 101 }, 'maxUnavailablePercent must be between 1 and 100, got 101'],
    [{ updateStrategy: 'FAST' }, "updateStrategy must be one of DEFAULT, MINIMAL, got 'FAST'"],
  ])('fails when they are %p', (given, message) => {
    expectFailure(() => check(given), message);
  });
});

describe('repair', () => {
  const OVERRIDE: RepairOverride = {
    condition: 'AcceleratedHardwareReady',
    reason: 'NvidiaXID64Error',
    waitTime: Duration.minutes(5),
    action: 'Replace',
  };
  const overriding = (given: object) => checkRepair({ overrides: [{ ...OVERRIDE, ...given }] });

  test('can be as EKS does it, or otherwise', () => {
    expect(() => checkRepair({})).not.toThrow();
    expect(() => checkRepair({ enabled: false, maxParallelRepairs: 1, maxUnhealthyNodesPercent: 1 })).not.toThrow();
    expect(() => checkRepair({ maxParallelRepairsPercent: 100, maxUnhealthyNodes: 1000 })).not.toThrow();
    expect(() => checkRepair({ overrides: [] })).not.toThrow();
    for (const action of ['NoAction', 'Reboot', 'Replace']) {
      expect(() => overriding({ action, waitTime: Duration.hours(1) })).not.toThrow();
    }
    expect(() => overriding({ waitTime: Duration.minutes(NUMBER) })).not.toThrow();
    expect(() => checkRepair({ overrides: [OVERRIDE, { ...OVERRIDE, reason: 'NvidiaXID31Error' }] })).not.toThrow();
  });

  test.each<[object, string]>([
    [
      { maxParallelRepairs: 1, maxParallelRepairsPercent: 1 },
      'only one of repair.maxParallelRepairs and repair.maxParallelRepairsPercent can be given, got 1 and 1: leave one out',
    ],
    [
      { maxUnhealthyNodes: 2, maxUnhealthyNodesPercent: 3 },
      'only one of repair.maxUnhealthyNodes and repair.maxUnhealthyNodesPercent can be given, got 2 and 3: leave one out',
    ],
    [{ maxParallelRepairs: 0 }, 'repair.maxParallelRepairs must be at least 1, got 0'],
    [{ maxParallelRepairsPercent: 101 }, 'repair.maxParallelRepairsPercent must be between 1 and 100, got 101'],
    [{ maxUnhealthyNodes: 0 }, 'repair.maxUnhealthyNodes must be at least 1, got 0'],
    [{ maxUnhealthyNodesPercent: 0 }, 'repair.maxUnhealthyNodesPercent must be between 1 and 100, got 0'],
    [{ enabled: 'yes' }, "repair.enabled must be true or false, got 'yes'"],
    [{ overrides: 'all' }, "repair.overrides must be a list, got 'all': put it into brackets"],
    [{ overrides: [null] }, 'an entry of repair.overrides must be given, got null'],
    [
      { overrides: [OVERRIDE, OVERRIDE] },
      "condition and reason of repair.overrides must be unique, got 'AcceleratedHardwareReady NvidiaXID64Error' twice",
    ],
  ])('fails when it is %j', (given, message) => {
    expectFailure(() => checkRepair(given), message);
  });

  test.each<[object, string]>([
    [{ condition: undefined }, 'condition of repair.overrides must be given, got undefined'],
    [{ reason: null }, 'reason of repair.overrides must be given, got null'],
    [
      { condition: 'a b' },
      "condition of repair.overrides must be a condition such as 'AcceleratedHardwareReady', got 'a b'",
    ],
    [{ reason: '' }, "reason of repair.overrides must be a reason such as 'NvidiaXID64Error', got ''"],
    [
      { waitTime: undefined },
      'waitTime of repair.overrides must be a Duration such as Duration.minutes(10), got undefined',
    ],
    [{ waitTime: 5 }, 'waitTime of repair.overrides must be a Duration such as Duration.minutes(10), got 5'],
    [{ waitTime: Duration.minutes(0) }, 'waitTime of repair.overrides in minutes must be at least 1, got 0'],
    [{ waitTime: Duration.seconds(90) }, 'waitTime of repair.overrides in minutes must be a whole number, got 1.5'],
    [
      { waitTime: Duration.seconds(NUMBER) },
      'waitTime of repair.overrides must be Duration.minutes(…) when it is a token, got seconds',
    ],
    [{ action: 'Explode' }, "action of repair.overrides must be one of NoAction, Reboot, Replace, got 'Explode'"],
    [{ action: undefined }, "action of repair.overrides must be one of NoAction, Reboot, Replace, got 'undefined'"],
  ])('fails when an override has %p', (given, message) => {
    expectFailure(() => overriding(given), message);
  });
});

describe('a warm pool', () => {
  const AL2023 = { os: 'al2023', kind: 'ON_DEMAND', ownImage: false };
  const BOTTLEROCKET = { ...AL2023, os: 'bottlerocket' };

  test.each<[WarmPool, typeof AL2023]>([
    [{}, AL2023],
    [{ minSize: 0, maxPreparedCapacity: 0, state: 'Hibernated', reuseOnScaleIn: true }, AL2023],
    [{ minSize: NUMBER, maxPreparedCapacity: NUMBER }, AL2023],
    [{ state: 'Stopped', reuseOnScaleIn: false }, BOTTLEROCKET],
    [{ state: 'Running' }, BOTTLEROCKET],
    [{}, { ...AL2023, os: 'windows' }],
  ])('can be %j of %j', (pool, kind) => {
    expect(() => checkWarmPool(pool, kind)).not.toThrow();
  });

  test.each<[WarmPool, typeof AL2023, string]>([
    [{ minSize: -1 }, AL2023, 'warmPool.minSize must be at least 0, got -1'],
    [{ maxPreparedCapacity: 1.5 }, AL2023, 'warmPool.maxPreparedCapacity must be a whole number, got 1.5'],
    [{ state: 'STOPPED' }, AL2023, "warmPool.state must be one of Hibernated, Running, Stopped, got 'STOPPED'"],
    [{ reuseOnScaleIn: 'no' as never }, AL2023, "warmPool.reuseOnScaleIn must be true or false, got 'no'"],
    [{ enabled: 0 as never }, AL2023, 'warmPool.enabled must be true or false, got 0'],
    [
      {},
      { ...AL2023, kind: 'SPOT' },
      'warmPool must be left out with Spot, because Auto Scaling keeps On-Demand instances warm only: use NodeCapacity.onDemand, or leave it out',
    ],
    [
      {},
      { ...AL2023, kind: 'CAPACITY_BLOCK' },
      'warmPool must be left out with a capacity block, because Auto Scaling keeps On-Demand instances warm only: use NodeCapacity.onDemand, or leave it out',
    ],
    [
      {},
      { ...AL2023, ownImage: true },
      'warmPool must be left out with an image of your own, for which EKS has no warm pools: use an image of AWS, or SelfManagedNodes',
    ],
    [
      { state: 'Hibernated' },
      BOTTLEROCKET,
      'warmPool.state must be Stopped or Running with Bottlerocket, which does not hibernate, got Hibernated: change it, or use NodeImage.al2023()',
    ],
    [
      { reuseOnScaleIn: true },
      BOTTLEROCKET,
      'warmPool.reuseOnScaleIn must not be true with Bottlerocket, whose nodes EKS does not take back: leave it out, or use NodeImage.al2023()',
    ],
  ])('fails when it is %j of %j', (pool, kind, message) => {
    expectFailure(() => checkWarmPool(pool, kind), message);
  });
});
