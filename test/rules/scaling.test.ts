import { Duration, Token, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import {
  canWake,
  checkLatencies,
  checkPositive,
  checkTaskRange,
  checkTasks,
  checkUtilization,
  nameOfMetric,
} from '../../lib/rules/scaling';

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

describe('metrics', () => {
  const of = (namespace: string, metricName = 'Jobs', dimensionsMap?: Record<string, string>) =>
    new cloudwatch.Metric({ namespace, metricName, dimensionsMap });
  const over = (usingMetrics: Record<string, cloudwatch.IMetric>) =>
    new cloudwatch.MathExpression({ expression: Object.keys(usingMetrics).join(' / '), usingMetrics });
  const math = (label?: string) => new cloudwatch.MathExpression({ expression: 'TIME_SERIES(1)', label });

  test.each([
    [true, 'of a queue', of('AWS/SQS')],
    [true, 'of a load balancer', of('AWS/ApplicationELB', 'Jobs', { LoadBalancer: 'app/a/1' })],
    [true, 'that is an expression', math()],
    [true, 'that is math over a queue', over({ queue: of('AWS/SQS') })],
    [true, 'that is math over a queue and ECS', over({ cpu: of('AWS/ECS'), queue: of('AWS/SQS') })],
    [true, 'that is math over math over a queue', over({ cpu: of('AWS/ECS'), half: over({ queue: of('AWS/SQS') }) })],
    [false, 'that is math over ECS', over({ cpu: of('AWS/ECS'), tasks: of('ECS/ContainerInsights') })],
    [false, 'that is math over math over ECS', over({ half: over({ cpu: of('AWS/ECS') }) })],
    [false, 'of requests', of('AWS/ApplicationELB', 'RequestCount', { LoadBalancer: 'app/a/1' })],
    [true, 'of requests of another service', of('Shop', 'RequestCount')],
    [false, 'of ECS', of('AWS/ECS')],
    [false, 'of Container Insights', of('ECS/ContainerInsights')],
    [false, 'of a capacity provider', of('ECS/ManagedScaling')],
    [
      false,
      'of a target group',
      of('AWS/ApplicationELB', 'Jobs', { LoadBalancer: 'app/a/1', TargetGroup: 'targetgroup/a/1' }),
    ],
  ])('can wake: %p, for a metric %s', (expected, _what, metric) => {
    expect(canWake(metric)).toBe(expected);
  });

  test.each([
    ['its name', of('Shop', 'Jobs'), 'Jobs'],
    ['what an id can hold of its name', of('Shop', 'jobs/waiting (all)'), 'jobswaitingall'],
    ['its label, when it is an expression', math('Jobs per task'), 'Jobspertask'],
    ['that it is an expression', math(), 'Expression'],
    ['that it is a metric, when its name is a token', of('Shop', Token.asString({ Ref: 'Name' })), 'Metric'],
  ])('are named by %s', (_what, metric, name) => {
    expect(nameOfMetric(metric)).toBe(name);
  });
});

describe('checkLatencies', () => {
  const unknown = Duration.seconds(NUMBER);

  test.each([
    [Duration.minutes(10), Duration.seconds(15), 40],
    [Duration.seconds(1), Duration.millis(250), 4],
    [Duration.seconds(10), Duration.seconds(10), 1],
    [Duration.seconds(10), Duration.seconds(4), 2.5],
  ])('says how many messages may wait: %p at %p each', (latency, processing, messages) => {
    expect(checkLatencies(latency, processing)).toBe(messages);
  });

  test.each([
    [
      Duration.millis(500),
      Duration.seconds(1),
      'acceptableLatency must be at least processingTime, got 0.5 and 1 seconds: a message that is worked on at once takes longer than it may wait',
    ],
    [Duration.seconds(1), Duration.seconds(0), 'processingTime must be above 0, got 0 seconds'],
    [unknown, Duration.seconds(1), 'acceptableLatency must be a known duration, got a token'],
    [Duration.seconds(1), unknown, 'processingTime must be a known duration, got a token'],
  ])('fails with %p and %p', (latency, processing, message) => {
    expect(() => checkLatencies(latency, processing)).toThrow(new Error(message));
  });
});
