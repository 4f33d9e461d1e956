import { CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Capacity, InstancePool, ManagedInstances } from '../../lib';
import type { PoolStrategyItem } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture } from '../support/fixture';
import { newPool, newWorker, types } from '../support/pools';
import { once, serviceOf, taskOf } from '../support/resources';

describe('Capacity.pools', () => {
  const pools = once(() => {
    const fixture = new Fixture();
    return ['A', 'B'].map((id) => newPool(fixture, {}, id));
  });
  const two = (a: Partial<PoolStrategyItem>, b: Partial<PoolStrategyItem> = {}) => {
    const [first, second] = pools();
    return [
      { pool: first, ...a },
      { pool: second, ...b },
    ];
  };

  test.each<[string, () => PoolStrategyItem[], string]>([
    ['there is no pool', () => [], 'the number of pools must be between 1 and 20, got 0'],
    [
      'there are 21',
      () => Array(21).fill({ pool: pools()[0] }),
      'the number of pools must be between 1 and 20, got 21',
    ],
    ['base is negative', () => two({ base: -1 }), 'base must be between 0 and 100000, got -1'],
    ['base is too large', () => two({ base: 100001 }), 'base must be between 0 and 100000, got 100001'],
    ['base is no whole number', () => two({ base: 0.5 }), 'base must be a whole number, got 0.5'],
    ['weight is too large', () => two({ weight: 1001 }), 'weight must be between 0 and 1000, got 1001'],
    ['weight is negative', () => two({ weight: -1 }), 'weight must be between 0 and 1000, got -1'],
    [
      'two have a base',
      () => two({ base: 1 }, { base: 2 }),
      'base must be above 0 for one pool only, got 1 and 2: ECS fills one pool first',
    ],
    [
      'all weights are 0',
      () => two({ weight: 0 }, { weight: 0 }),
      'weight must be above 0 for at least one pool, got 0 for all: tasks above the base would have no place',
    ],
  ])('fails when %s', (_what, items, message) => {
    expectFailure(() => Capacity.pools(items()), message);
  });

  test('fails when a pool stands twice, which ECS refuses', () => {
    const [pool] = pools();
    expectFailure(() => Capacity.pools([{ pool }, { pool }]), /unique|twice/);
  });

  test('fails when two pools are one capacity provider of somebody else', () => {
    const { stack } = new Fixture();
    const [a, b] = ['A', 'B'].map((id) => InstancePool.fromCapacityProviderName(stack, id, 'theirs'));
    expectFailure(() => Capacity.pools([{ pool: a }, { pool: b }]), "pools must be unique, got 'theirs' twice");
  });

  test('takes two capacity providers of somebody else', () => {
    const { stack } = new Fixture();
    const items = ['a', 'b'].map((name) => ({ pool: InstancePool.fromCapacityProviderName(stack, name, name) }));
    expect(() => Capacity.pools(items)).not.toThrow();
  });

  test('takes tokens for base and weight', () => {
    const fixture = new Fixture();
    const number = new CfnParameter(fixture.stack, 'Number', { type: 'Number' }).valueAsNumber;
    const [a, b] = ['A', 'B'].map((id) => newPool(fixture, {}, id));
    newWorker(fixture, {
      capacity: Capacity.pools([
        { pool: a, base: number },
        { pool: b, weight: number },
      ]),
    });
    const [first, second] = serviceOf(fixture.template()).CapacityProviderStrategy;
    expect([first.Base, first.Weight, second.Weight]).toEqual([{ Ref: 'Number' }, 1, { Ref: 'Number' }]);
  });

  test('gives a task the processor of its pools when nothing is said', () => {
    const fixture = new Fixture();
    const pool = newPool(fixture, { instanceTypes: types('m7g.large') });
    newWorker(fixture, { capacity: pool.capacity() });
    expect(taskOf(fixture.template()).RuntimePlatform.CpuArchitecture).toBe('ARM64');
  });
});

describe.each([
  ['InstancePool', InstancePool],
  ['ManagedInstances', ManagedInstances],
])('%s.fromCapacityProviderName', (_what, imports) => {
  test.each(['FARGATE', 'fargate_spot', '', 'a b', 'ecs-x', 'AWSpool', 'x'.repeat(256), 'a/b'])(
    "fails when the name is '%s'",
    (name) => {
      expectFailure(
        () => imports.fromCapacityProviderName(new Stack(), 'Theirs', name),
        `capacityProviderName must be 1 to 255 letters, digits, hyphens and underscores, and not begin with aws, ecs or fargate, got '${name}'`,
      );
    },
  );

  test.each(['a', 'my-ecs_pool', 'x'.repeat(255), Token.asString({ Ref: 'Name' })])("takes '%s'", (name) => {
    expect(imports.fromCapacityProviderName(new Stack(), 'Theirs', name).capacityProviderName).toBe(name);
  });
});
