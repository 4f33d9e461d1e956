import {
  Duration,
  Stack,
  Token,
  aws_applicationautoscaling as appscaling,
  aws_cloudwatch as cloudwatch,
  aws_scheduler as scheduler,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Scaling, ScalingPolicy } from '../../lib';
import { Fixture } from '../support/fixture';
import { all, bareService } from '../support/resources';

const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';
const ALARM = 'AWS::CloudWatch::Alarm';
const MESSAGE =
  'minTasks must be at least 1, got 0: CPU, memory, requests and response time say nothing while no task runs, so nothing would start one. ' +
  'Add ScalingPolicy.backlogPerTask, steps or metric on something that is there without tasks, or a schedule';

const fromZero = (...policies: ScalingPolicy[]) => Scaling.between({ minTasks: 0, maxTasks: 4, policies });
const of = (namespace: string, dimensionsMap?: Record<string, string>) =>
  new cloudwatch.Metric({ namespace, metricName: 'Number', dimensionsMap });
const hold = (metric: cloudwatch.IMetric) => ScalingPolicy.metric(metric, { target: 5 });
const math = (usingMetrics: Record<string, cloudwatch.IMetric>) =>
  new cloudwatch.MathExpression({ expression: Object.keys(usingMetrics).join(' / '), usingMetrics });
const requests = new cloudwatch.Metric({
  namespace: 'AWS/ApplicationELB',
  metricName: 'RequestCount',
  dimensionsMap: { LoadBalancer: 'app/shop/1' },
});
const backlog = (queue: sqs.IQueue) =>
  ScalingPolicy.backlogPerTask({
    queue,
    acceptableLatency: Duration.minutes(10),
    processingTime: Duration.seconds(15),
  });
const theirs = () => sqs.Queue.fromQueueArn(new Stack(), 'Queue', 'arn:aws:sqs:eu-west-1:111122223333:theirs');

const JOBS = of('Shop');
const ADD = [
  { lower: 1, upper: 50, change: 1 },
  { lower: 50, change: 2 },
];
const { EXACT_CAPACITY, PERCENT_CHANGE_IN_CAPACITY } = appscaling.AdjustmentType;
const schedule = scheduler.ScheduleExpression.rate(Duration.days(1));

describe('from zero tasks', () => {
  test.each<[string, () => ScalingPolicy]>([
    ['backlogPerTask', () => backlog(theirs())],
    ['metric', () => hold(JOBS)],
    ['metric on a load balancer', () => hold(of('AWS/ApplicationELB', { LoadBalancer: 'app/shop/1' }))],
    ['metric on an expression', () => hold(new cloudwatch.MathExpression({ expression: 'TIME_SERIES(1)' }))],
    ['metric math over a queue', () => hold(math({ waiting: of('AWS/SQS') }))],
    ['metric math over a queue and ECS', () => hold(math({ waiting: of('AWS/SQS'), cpu: of('AWS/ECS') }))],
    ['steps', () => ScalingPolicy.steps(JOBS, ADD)],
    ['steps on math over a queue and ECS', () => ScalingPolicy.steps(math({ cpu: of('AWS/ECS'), jobs: JOBS }), ADD)],
    ['steps that set a number', () => ScalingPolicy.steps(JOBS, ADD, { adjustmentType: EXACT_CAPACITY })],
    [
      'steps in percent with a minimum',
      () => ScalingPolicy.steps(JOBS, ADD, { adjustmentType: PERCENT_CHANGE_IN_CAPACITY, minAdjustmentMagnitude: 1 }),
    ],
    ['schedule', () => ScalingPolicy.schedule('morning', { schedule, minTasks: 1 })],
    [
      'schedule with a token',
      () => ScalingPolicy.schedule('morning', { schedule, minTasks: Token.asNumber({ Ref: 'Min' }) }),
    ],
  ])('%s starts the first one, also beside policies that do not', (_name, policy) => {
    expect(fromZero(policy()).minTasks).toBe(0);
    expect(fromZero(ScalingPolicy.cpu(60), policy()).minTasks).toBe(0);
  });

  test.each<[string, () => ScalingPolicy]>([
    ['cpu', () => ScalingPolicy.cpu(60)],
    ['memory', () => ScalingPolicy.memory(60)],
    ['requestsPerTask', () => ScalingPolicy.requestsPerTask(60)],
    ['responseTime', () => ScalingPolicy.responseTime(Duration.seconds(1))],
    ['predictive', () => ScalingPolicy.predictive({ cpu: 50 })],
    ['metric of ECS', () => hold(of('AWS/ECS'))],
    ['metric of Container Insights', () => hold(of('ECS/ContainerInsights'))],
    ['metric of a capacity provider', () => hold(of('ECS/ManagedScaling'))],
    ['metric of a target group', () => hold(of('AWS/ApplicationELB', { TargetGroup: 'targetgroup/shop/1' }))],
    ['metric math over ECS', () => hold(math({ cpu: of('AWS/ECS'), running: of('ECS/ContainerInsights') }))],
    ['steps on math over ECS', () => ScalingPolicy.steps(math({ cpu: of('AWS/ECS') }), ADD)],
    ['requests of a load balancer', () => hold(requests)],
    ['steps on requests of a load balancer', () => ScalingPolicy.steps(requests, ADD)],
    ['steps on ECS', () => ScalingPolicy.steps(of('AWS/ECS'), ADD)],
    ['steps that only remove', () => ScalingPolicy.steps(JOBS, [{ upper: 1, change: -1 }])],
    ['steps in percent of none', () => ScalingPolicy.steps(JOBS, ADD, { adjustmentType: PERCENT_CHANGE_IN_CAPACITY })],
    ['schedule of no tasks', () => ScalingPolicy.schedule('night', { schedule, minTasks: 0 })],
    ['schedule of the most tasks', () => ScalingPolicy.schedule('night', { schedule, maxTasks: 2 })],
  ])('fails when %s is to start the first one', (_name, policy) => {
    expect(() => fromZero(policy())).toThrow(new Error(MESSAGE));
  });

  const night = () => ScalingPolicy.schedule('night', { schedule, minTasks: 0 });
  const nightly = (...policies: ScalingPolicy[]) =>
    Scaling.between({ minTasks: 1, maxTasks: 4, policies: [night(), ...policies] });

  test.each<[string, () => ScalingPolicy[]]>([
    ['cpu', () => [ScalingPolicy.cpu(60)]],
    ['nothing', () => []],
    ['a schedule of the most tasks', () => [ScalingPolicy.schedule('day', { schedule, maxTasks: 2 })]],
  ])('fails when a schedule leaves no task, and beside it is %s', (_name, policies) => {
    expect(() => nightly(...policies())).toThrow(new Error(MESSAGE));
  });

  test('a schedule may leave none beside one that starts some', () => {
    expect(nightly(ScalingPolicy.cpu(60), ScalingPolicy.schedule('day', { schedule, minTasks: 1 })).minTasks).toBe(1);
  });

  test('fails when nothing is said', () => {
    expect(() => Scaling.between({ minTasks: 0, maxTasks: 4 })).toThrow(new Error(MESSAGE));
  });
});

describe('backlogPerTask', () => {
  /** The template of a service with a queue. */
  function scaled(minTasks: number, ...more: ScalingPolicy[]) {
    const fixture = new Fixture();
    const queue = new sqs.Queue(fixture.stack, 'Queue');
    const service = bareService(fixture);
    Scaling.between({ minTasks, maxTasks: 4, policies: [backlog(queue), ...more] }).bind({ service });
    return { template: fixture.template(), queue, service };
  }

  test('has an alarm from zero tasks: a message that nobody works on', () => {
    const { template, queue, service } = scaled(0);
    const { stack } = service;
    const [alarm, ...more] = all(template, ALARM);
    expect(more).toEqual([]);
    expect(alarm).toMatchObject({
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
    });
    const stat = (Namespace: string, MetricName: string, dimensions: Record<string, string>, Stat: string) => ({
      Metric: {
        Namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value: stack.resolve(Value) })),
      },
      Stat,
      Period: 60,
    });
    const running = { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName };
    expect(alarm.Metrics).toHaveLength(3);
    expect(alarm.Metrics).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Expression: 'IF(FILL(running, 0) < 1, visible, 0)' }),
        {
          Id: 'visible',
          MetricStat: stat('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: queue.queueName }, 'Maximum'),
          ReturnData: false,
        },
        {
          Id: 'running',
          MetricStat: stat('ECS/ContainerInsights', 'RunningTaskCount', running, 'Average'),
          ReturnData: false,
        },
      ]),
    );
  });

  test('starts one task then, and waits five minutes for the next', () => {
    const { template } = scaled(0);
    const steps = Object.entries(template.findResources(POLICY, { Properties: { PolicyType: 'StepScaling' } }));
    expect(steps).toHaveLength(1);
    const [[id, policy]] = steps;
    expect(policy.Properties.StepScalingPolicyConfiguration).toEqual({
      AdjustmentType: 'ChangeInCapacity',
      Cooldown: 300,
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    });
    expect(all(template, ALARM)[0].AlarmActions).toEqual([{ Ref: id }]);
    template.resourceCountIs(POLICY, 2);
  });

  test('has no alarm of its own when a task is always there', () => {
    const { template } = scaled(1);
    template.resourceCountIs(ALARM, 0);
    template.resourceCountIs(POLICY, 1);
  });

  test.each([
    [0, 1],
    [Token.asNumber({ Ref: 'Min' }), 1],
    [1, 0],
  ])('beside a schedule of %p tasks, has %i alarm, whatever the fewest tasks are otherwise', (minTasks, count) => {
    const night = ScalingPolicy.schedule('night', { schedule, minTasks });
    const { template } = scaled(1, night);
    template.resourceCountIs(ALARM, count);
    template.resourceCountIs(POLICY, 1 + count);
    const steps = all(template, POLICY).flatMap(
      (policy) => policy.StepScalingPolicyConfiguration?.StepAdjustments ?? [],
    );
    expect(steps).toEqual(Array(count).fill({ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }));
  });

  test('has an alarm when the fewest tasks are a token, which may be zero', () => {
    scaled(Token.asNumber({ Ref: 'Min' })).template.resourceCountIs(ALARM, 1);
  });
});
