import { Duration, Token } from 'aws-cdk-lib';
import {
  checkBase,
  checkInstanceSettings,
  checkPoolSize,
  checkProviderName,
  checkStrategy,
  checkWeight,
} from '../../lib/rules/capacity-providers';
import type { InstanceSettings, PoolSize } from '../../lib/rules/capacity-providers';
import { expectFailure } from '../support/errors';

const NUMBER = Token.asNumber({ Ref: 'Number' });

describe('base and weight', () => {
  test.each([0, 1, 100000, NUMBER])('take %d as a base', (base) => {
    expect(() => checkBase('base', base)).not.toThrow();
  });

  test.each([0, 1, 1000, NUMBER])('take %d as a weight', (weight) => {
    expect(() => checkWeight('weight', weight)).not.toThrow();
  });

  test.each([
    [-1, 'base must be between 0 and 100000, got -1'],
    [100001, 'base must be between 0 and 100000, got 100001'],
    [1.5, 'base must be a whole number, got 1.5'],
  ])('fails when the base is %d', (base, message) => {
    expectFailure(() => checkBase('base', base), message);
  });

  test.each([
    [-1, 'weight must be between 0 and 1000, got -1'],
    [1001, 'weight must be between 0 and 1000, got 1001'],
    [NaN, 'weight must be between 0 and 1000, got NaN'],
  ])('fails when the weight is %d', (weight, message) => {
    expectFailure(() => checkWeight('weight', weight), message);
  });
});

describe('checkStrategy', () => {
  const item = (base: number, weight: number) => ({ base, weight });

  test.each([
    [[item(0, 1)]],
    [[item(5, 1)]],
    [[item(5, 0), item(0, 1)]],
    [[item(NUMBER, 1), item(5, 1)]],
    [[item(0, NUMBER), item(0, 0)]],
    [Array(20).fill(item(0, 1))],
  ])('takes %j', (items) => {
    expect(() => checkStrategy(items)).not.toThrow();
  });

  test.each([
    ['there is none', [], 'the number of pools must be between 1 and 20, got 0'],
    ['there are 21', Array(21).fill(item(0, 1)), 'the number of pools must be between 1 and 20, got 21'],
    [
      'three have a base',
      [item(1, 1), item(2, 1), item(3, 1)],
      'base must be above 0 for one pool only, got 1 and 2 and 3: ECS fills one pool first',
    ],
    [
      'the only weight is 0',
      [item(2, 0)],
      'weight must be above 0 for at least one pool, got 0 for all: tasks above the base would have no place',
    ],
  ])('fails when %s', (_what, items, message) => {
    expectFailure(() => checkStrategy(items), message);
  });
});

describe('checkProviderName', () => {
  test.each(['a', 'shop-fargate', '_ecs', '9', 'x'.repeat(255), Token.asString({ Ref: 'Name' })])(
    'takes %s',
    (name) => {
      expect(() => checkProviderName(name)).not.toThrow();
    },
  );

  test.each(['', 'a b', 'ä', 'aws', 'Ecs', 'FARGATE_SPOT', 'x'.repeat(256), 'a\n'])("fails when it is '%s'", (name) => {
    expectFailure(
      () => checkProviderName(name),
      `capacityProviderName must be 1 to 255 letters, digits, hyphens and underscores, and not begin with aws, ecs or fargate, got '${name}'`,
    );
  });
});

describe('checkPoolSize', () => {
  const size = (more: Partial<PoolSize>) => () => checkPoolSize({ minInstances: 0, maxInstances: 4, ...more });

  test.each<Partial<PoolSize>>([
    {},
    { minInstances: 4 },
    { minInstances: NUMBER, maxInstances: 1 },
    { minInstances: 9, maxInstances: NUMBER },
    { targetCapacityPercent: 1 },
    { targetCapacityPercent: 100 },
    { minimumScalingStepSize: 10000, maximumScalingStepSize: 10000 },
    { minimumScalingStepSize: NUMBER, maximumScalingStepSize: 1 },
  ])('takes %j', (more) => {
    expect(size(more)).not.toThrow();
  });

  test.each<[Partial<PoolSize>, string]>([
    [{ minInstances: 5 }, 'minInstances must not be greater than maxInstances, got 5 and 4'],
    [{ maxInstances: 0 }, 'maxInstances must be at least 1, got 0'],
    [{ maxInstances: Infinity }, 'maxInstances must be a whole number, got Infinity'],
    [{ targetCapacityPercent: 99.5 }, 'targetCapacityPercent must be a whole number, got 99.5'],
    [
      { minimumScalingStepSize: 2, maximumScalingStepSize: 1 },
      'minimumScalingStepSize must not be greater than maximumScalingStepSize, got 2 and 1',
    ],
  ])('fails with %j', (more, message) => {
    expectFailure(size(more), message);
  });
});

describe('checkInstanceSettings', () => {
  test.each<InstanceSettings>([
    {},
    { volumeGiB: 30, reservedMemoryMiB: 0 },
    { volumeGiB: NUMBER, reservedMemoryMiB: NUMBER },
    { imageCleanupInterval: Duration.minutes(10), imageMinimumAge: Duration.minutes(1) },
    { imageCleanupInterval: Duration.seconds(NUMBER) },
  ])('takes %j', (settings) => {
    expect(() => checkInstanceSettings(settings)).not.toThrow();
  });

  test.each<[InstanceSettings, RegExp]>([
    [{ volumeGiB: 29 }, /^volumeSize in GiB must be between 30 and \d+, got 29$/],
    [{ reservedMemoryMiB: -1 }, /^agent.reservedMemory in MiB must be .*, got -1$/],
    [{ imageCleanupInterval: Duration.millis(600500) }, /^agent.imageCleanupInterval must be .* got 600.5 seconds$/],
  ])('fails with %j', (settings, message) => {
    expectFailure(() => checkInstanceSettings(settings), message);
  });
});
