import { Duration, Lazy, Token } from 'aws-cdk-lib';
import {
  checkAutoscalerTags,
  checkCapacityBlock,
  checkDrainTimeout,
  checkNodeVersion,
  checkOnDemandBase,
  podStorageGiB,
} from '../../lib/rules/self-managed-nodes';
import { expectFailure } from '../support/errors';

describe('checkDrainTimeout', () => {
  test.each([undefined, Duration.seconds(30), Duration.hours(2)])('takes %s', (timeout) => {
    expect(() => checkDrainTimeout(timeout)).not.toThrow();
  });

  test.each([
    [Duration.seconds(29), 'drainTimeout must be between 30 and 7200 seconds, got 29 seconds'],
    [Duration.seconds(7201), 'drainTimeout must be between 30 and 7200 seconds, got 7201 seconds'],
  ])('fails when it is %s', (timeout, message) => {
    expectFailure(() => checkDrainTimeout(timeout), message);
  });
});

describe('checkAutoscalerTags', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, index) => `key${index}`);
  const OR = 'or set clusterAutoscaler to false, without which nothing scales the group from zero';

  test('takes as many as there is room for, of 128 characters', () => {
    expect(() => checkAutoscalerTags([...keys(44), 'k'.repeat(128)], 5)).not.toThrow();
  });

  test('fails when there are more', () => {
    expectFailure(
      () => checkAutoscalerTags(keys(46), 5),
      `labels and taints must together be at most 45, because each is a tag of the Auto Scaling group, got 46: use fewer, ${OR}`,
    );
  });

  test('fails when a key is longer', () => {
    const key = 'k'.repeat(129);
    expectFailure(
      () => checkAutoscalerTags(['short', key], 5),
      `labels and taints must have keys for which a tag of 128 characters has room, got '${key}' with 129: shorten it, ${OR}`,
    );
  });

  test('knows nothing of tokens', () => {
    const token = `${'k'.repeat(120)}${Token.asString({ Ref: 'Name' })}`;
    expect(() => checkAutoscalerTags([token], 5)).not.toThrow();
  });
});

describe('checkNodeVersion', () => {
  test.each([
    ['1.36', '1.36'],
    ['1.33', '1.36'],
    ['1.37', undefined],
    [Token.asString({ Ref: 'Version' }), '1.36'],
    ['1.36', Lazy.string({ produce: () => '1.30' })],
  ])('takes nodes of %s in a cluster of %s', (version, cluster) => {
    expect(() => checkNodeVersion(version, cluster)).not.toThrow();
  });

  test.each([
    ['1.37', 'cluster'],
    ['1.32', 'nodes'],
    ['1.9', 'nodes'],
  ])('fails when nodes of %s are in a cluster of 1.36', (version, first) => {
    expectFailure(
      () => checkNodeVersion(version, '1.36'),
      `version must be that of the cluster, 1.36, or up to 3 before it, got ${version}: upgrade the ${first} first`,
    );
  });
});

describe('checkCapacityBlock', () => {
  test.each([0, Token.asNumber({ Ref: 'Nodes' })])('takes %d nodes', (minNodes) => {
    expect(() => checkCapacityBlock(minNodes)).not.toThrow();
  });

  test('fails when it begins with nodes', () => {
    expectFailure(
      () => checkCapacityBlock(2),
      'minNodes must be 0 for a capacity block, got 2: nothing starts before it begins, so scale out with autoScalingGroup.scaleOnSchedule() at its start, and in to 0 half an hour before its end',
    );
  });
});

describe('checkOnDemandBase', () => {
  test.each([
    [undefined, 4],
    [4, 4],
    [9, Token.asNumber({ Ref: 'Nodes' })],
    [Token.asNumber({ Ref: 'Base' }), 4],
  ])('takes %s of %d', (base, maxNodes) => {
    expect(() => checkOnDemandBase(base, maxNodes)).not.toThrow();
  });

  test('fails when it is more than there may be', () => {
    expectFailure(() => checkOnDemandBase(5, 4), 'onDemandBase of the capacity must be between 0 and 4, got 5');
  });
});

describe('podStorageGiB', () => {
  test.each([
    [30, 26],
    [20, 17],
    [50, 44],
    [1, 0],
    [0, 0],
  ])('of a disk of %d GiB is %d', (disk, storage) => {
    expect(podStorageGiB(disk)).toBe(storage);
  });
});
