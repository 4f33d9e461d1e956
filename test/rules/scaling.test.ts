import { Token } from 'aws-cdk-lib';
import { checkPositive, checkTaskRange, checkTasks, checkUtilization } from '../../lib/rules/scaling';

const NUMBER = Token.asNumber({ Ref: 'Number' });

describe('checkTasks', () => {
  test.each([0, 1, 5000, 100000, NUMBER])('lets %p pass', (count) => {
    expect(() => checkTasks('tasks', count)).not.toThrow();
  });

  test.each([
    [-1, 'tasks must be at least 0, got -1'],
    [0.5, 'tasks must be a whole number, got 0.5'],
    [NaN, 'tasks must be at least 0, got NaN'],
  ])('fails when the count is %p', (count, message) => {
    expect(() => checkTasks('tasks', count)).toThrow(new Error(message));
  });
});

describe('checkTaskRange', () => {
  test.each([
    [0, 1],
    [2, 2],
    [NUMBER, 1],
    [5, NUMBER],
  ])('lets %p to %p pass', (minTasks, maxTasks) => {
    expect(() => checkTaskRange(minTasks, maxTasks)).not.toThrow();
  });

  test.each([
    [3, 2, 'minTasks must not be greater than maxTasks, got 3 and 2'],
    [0, 0, 'maxTasks must be at least 1, got 0'],
    [-1, 2, 'minTasks must be at least 0, got -1'],
    [NUMBER, 0, 'maxTasks must be at least 1, got 0'],
  ])('fails when the range is %p to %p', (minTasks, maxTasks, message) => {
    expect(() => checkTaskRange(minTasks, maxTasks)).toThrow(new Error(message));
  });
});

describe('checkUtilization', () => {
  test.each([1, 60.5, 99, NUMBER])('lets %p percent pass', (percent) => {
    expect(() => checkUtilization('cpu', percent)).not.toThrow();
  });

  test.each([0, 0.5, 99.5, 100, 150, NaN])('fails when it is %p percent', (percent) => {
    expect(() => checkUtilization('cpu', percent)).toThrow(new Error(`cpu must be between 1 and 99, got ${percent}`));
  });
});

describe('checkPositive', () => {
  test.each([0.1, 1, 1e6, NUMBER])('lets %p pass', (value) => {
    expect(() => checkPositive('requests', value)).not.toThrow();
  });

  test.each([0, -1, NaN, Infinity])('fails when it is %p', (value) => {
    expect(() => checkPositive('requests', value)).toThrow(new Error(`requests must be greater than 0, got ${value}`));
  });
});
