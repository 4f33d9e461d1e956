import { Token } from 'aws-cdk-lib';
import { cannotProgress, checkRolling } from '../../lib/rules/deployments';

const NUMBER = Token.asNumber({ Ref: 'Number' });

describe('checkRolling', () => {
  test.each([
    [100, 200],
    [0, 100],
    [100, 101],
    [50, 150],
    [NUMBER, 100],
    [100, NUMBER],
  ])('lets %p and %p percent pass', (min, max) => {
    expect(() => checkRolling(min, max)).not.toThrow();
  });

  test.each([
    [101, 200, 'minHealthyPercent must be between 0 and 100, got 101'],
    [-1, 200, 'minHealthyPercent must be between 0 and 100, got -1'],
    [50.5, 200, 'minHealthyPercent must be a whole number, got 50.5'],
    [100, 201, 'maxPercent must be between 100 and 200, got 201'],
    [0, 99, 'maxPercent must be between 100 and 200, got 99'],
    [NUMBER, 300, 'maxPercent must be between 100 and 200, got 300'],
    [
      100,
      100,
      'maxPercent must be greater than minHealthyPercent, got 100 for both: the deployment could neither start nor stop a task',
    ],
  ])('fails when the percentages are %p and %p', (min, max, message) => {
    expect(() => checkRolling(min, max)).toThrow(new Error(message));
  });
});

describe('cannotProgress', () => {
  test.each([
    // Room to start one: the maximum is rounded down.
    [1, 100, 200, false],
    [1, 100, 199, true],
    [3, 100, 125, true],
    [4, 100, 125, false],
    [10, 100, 110, false],
    [9, 100, 110, true],
    // Room to stop one: the minimum is rounded up.
    [2, 75, 100, true],
    [4, 75, 100, false],
    [1, 1, 100, true],
    [1, 0, 100, false],
    // Nothing to deploy, and what nobody knows yet.
    [0, 100, 100, false],
    [NUMBER, 100, 110, false],
    [3, NUMBER, 110, false],
    [3, 100, NUMBER, false],
  ])('%p tasks with %p to %p percent: %p', (tasks, min, max, expected) => {
    expect(cannotProgress(tasks, min, max)).toBe(expected);
  });
});
