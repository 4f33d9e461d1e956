import {
  Duration,
  Stack,
  TimeZone,
  Token,
  aws_applicationautoscaling as appscaling,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_scheduler as scheduler,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import { EcsCluster, Routing, Scaling, ScalingPolicy } from '../../lib';
import type { SchedulePolicyOptions, StepsOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, newApp } from '../support/fixture';
import { bareService } from '../support/resources';

type Wrong<T> = [what: string, make: () => T, message: string];

const JOBS = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Jobs' });
const TOO_LONG = Duration.seconds(86401);
const UNKNOWN = Duration.seconds(Token.asNumber({ Ref: 'Seconds' }));

function between(options: Partial<Parameters<typeof Scaling.between>[0]>): Scaling {
  return Scaling.between({ minTasks: 1, maxTasks: 4, ...options });
}

/** Binds policies to a bare service. */
function bind(policies: ScalingPolicy[], cooldown?: Duration): void {
  between({ policies, cooldown }).bind({ service: bareService(new Fixture()) });
}

describe('Scaling fails when', () => {
  const twice = (policy: () => ScalingPolicy) => () => between({ policies: [policy(), policy()] });
  const unique = (id: string) =>
    `scaling policies of a service must be unique, got '${id}' twice: leave one out, or give metrics of one name different labels`;
  const daily = { schedule: scheduler.ScheduleExpression.rate(Duration.days(1)), minTasks: 2 };

  test.each<Wrong<Scaling>>([
    ['fixed is negative', () => Scaling.fixed(-1), 'the tasks of Scaling.fixed must be at least 0, got -1'],
    ['fixed is a fraction', () => Scaling.fixed(1.5), 'the tasks of Scaling.fixed must be a whole number, got 1.5'],
    ['minTasks is negative', () => between({ minTasks: -1 }), 'minTasks must be at least 0, got -1'],
    ['minTasks is a fraction', () => between({ minTasks: 1.5 }), 'minTasks must be a whole number, got 1.5'],
    ['maxTasks is 0', () => between({ maxTasks: 0 }), 'maxTasks must be at least 1, got 0'],
    ['maxTasks is infinite', () => between({ maxTasks: Infinity }), 'maxTasks must be a whole number, got Infinity'],
    [
      'minTasks is above maxTasks',
      () => between({ minTasks: 5 }),
      'minTasks must not be greater than maxTasks, got 5 and 4',
    ],
    [
      'the policies are an empty list',
      () => between({ policies: [] }),
      'policies must have at least one policy, got an empty list: leave it out for CPU at 60 %, or use Scaling.fixed',
    ],
    ['a policy stands twice', twice(() => ScalingPolicy.cpu(50)), unique('Cpu')],
    ['two schedules have a name', twice(() => ScalingPolicy.schedule('night', daily)), unique('Schedule night')],
    [
      'predictive is alone',
      () => between({ policies: [ScalingPolicy.predictive({ cpu: 50 })] }),
      'policies must have one that removes tasks too, got ScalingPolicy.predictive without: add ScalingPolicy.cpu(60) or the like',
    ],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test('its cooldown is longer than a day', () => {
    expect(() => bind([ScalingPolicy.cpu(60)], TOO_LONG)).toThrow(
      new Error('cooldown must be between 0 and 86400 seconds, got 86401 seconds'),
    );
  });

  test('two steps on metrics of one name, but not steps and a target', () => {
    const steps = () => ScalingPolicy.steps(JOBS, [{ lower: 5, change: 1 }]);
    expectFailure(twice(steps), unique('StepsJobs'));
    expect(() => between({ policies: [steps(), ScalingPolicy.metric(JOBS, { target: 5 })] })).not.toThrow();
  });
});

describe('a target fails when', () => {
  const percent = (name: string, got: number) =>
    `the target of ScalingPolicy.${name} in percent must be between 1 and 99, got ${got}`;
  const positive = (name: string, got: number) =>
    `the target of ScalingPolicy.${name} must be greater than 0, got ${got}`;

  test.each<Wrong<ScalingPolicy>>([
    ['CPU is 0', () => ScalingPolicy.cpu(0), percent('cpu', 0)],
    ['CPU is 100', () => ScalingPolicy.cpu(100), percent('cpu', 100)],
    ['memory is 150', () => ScalingPolicy.memory(150), percent('memory', 150)],
    ['requests are 0', () => ScalingPolicy.requestsPerTask(0), positive('requestsPerTask', 0)],
    ['requests are no number', () => ScalingPolicy.requestsPerTask(NaN), positive('requestsPerTask', NaN)],
    ['the metric is to be 0', () => ScalingPolicy.metric(JOBS, { target: 0 }), positive('metric', 0)],
    ['the metric is to be negative', () => ScalingPolicy.metric(JOBS, { target: -1 }), positive('metric', -1)],
    [
      'the response time is 0',
      () => ScalingPolicy.responseTime(Duration.seconds(0)),
      'the target of ScalingPolicy.responseTime in seconds must be greater than 0, got 0',
    ],
    [
      'the response time is a token',
      () => ScalingPolicy.responseTime(UNKNOWN),
      'the target of ScalingPolicy.responseTime must be a known duration, got a token',
    ],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test.each(['scaleInCooldown', 'scaleOutCooldown'])('%s is longer than a day', (name) => {
    const message = `${name} must be between 0 and 86400 seconds, got 86401 seconds`;
    expect(() => bind([ScalingPolicy.cpu(60, { [name]: TOO_LONG })])).toThrow(new Error(message));
    expect(() => bind([ScalingPolicy.metric(JOBS, { target: 5, [name]: TOO_LONG })])).toThrow(new Error(message));
  });

  test.each([
    ['requestsPerTask', ScalingPolicy.requestsPerTask(9)],
    ['responseTime', ScalingPolicy.responseTime(Duration.seconds(1))],
  ])('%s has no load balancer', (name, policy) => {
    const message = `ScalingPolicy.${name} needs a load balancer, got a service without one: use another policy or another routing, or give Scaling.bind its targetGroups`;
    const scaling = Scaling.between({ minTasks: 2, maxTasks: 4, policies: [policy] });
    expect(() => new Fixture().web({ scaling, routing: Routing.none() })).toThrow(new Error(message));
    expect(() => bind([policy])).toThrow(new Error(message));
  });
});

describe('ScalingPolicy.backlogPerTask fails when', () => {
  const backlog = (acceptableLatency: Duration, processingTime: Duration) => {
    const queue = sqs.Queue.fromQueueArn(new Stack(), 'Queue', 'arn:aws:sqs:eu-west-1:111122223333:theirs');
    return () => ScalingPolicy.backlogPerTask({ queue, acceptableLatency, processingTime });
  };
  const minute = Duration.minutes(1);

  test.each<Wrong<ScalingPolicy>>([
    [
      'messages may wait for less than they take',
      backlog(Duration.millis(1500), Duration.seconds(2)),
      'acceptableLatency must be at least processingTime, got 1.5 and 2 seconds: a message that is worked on at once takes longer than it may wait',
    ],
    ['messages take no time', backlog(minute, Duration.seconds(0)), 'processingTime must be above 0, got 0 seconds'],
    ['the latency is a token', backlog(UNKNOWN, minute), 'acceptableLatency must be a known duration, got a token'],
    ['the time is a token', backlog(minute, UNKNOWN), 'processingTime must be a known duration, got a token'],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(new Error(message));
  });
});

describe('a metric fails when', () => {
  const holding = (metric: cloudwatch.IMetric) => ScalingPolicy.metric(metric, { target: 5 });
  const stepping = (metric: cloudwatch.IMetric) => ScalingPolicy.steps(metric, [{ lower: 5, change: 1 }]);
  /** Makes a service in a stack that knows where it is. */
  function tracking(metric: cloudwatch.IMetric, policy = holding): () => void {
    const stack = new Stack(newApp(), 'Here', { env: { account: '111122223333', region: 'eu-west-1' } });
    const { cluster } = new EcsCluster(stack, 'Ecs', { vpc: new ec2.Vpc(stack, 'Vpc') });
    const scaling = between({ minTasks: 2, policies: [policy(metric)] });
    return () => new Fixture().web({ cluster, scaling, routing: Routing.none() }, stack);
  }
  const math = (expression: string, usingMetrics: Record<string, cloudwatch.IMetric>) =>
    new cloudwatch.MathExpression({ expression, usingMetrics });

  test.each([
    ['region', 'eu-west-1', 'us-east-1'],
    ['account', '111122223333', '444455556666'],
  ])('it is in another %s, also within metric math', (name, here, there) => {
    const message = `the metric of a scaling policy must be in the ${name} of its service (${here}), got 'Jobs' in ${there}: copy the metric, or scale on another one`;
    const theirs = JOBS.with({ [name]: there });
    for (const policy of [holding, stepping]) {
      expectFailure(tracking(theirs, policy), message);
      expectFailure(tracking(math('jobs / 2', { jobs: theirs }), policy), message);
      expect(tracking(JOBS.with({ [name]: here }), policy)).not.toThrow();
    }
  });

  test('it is a search, which no policy can follow, also within metric math', () => {
    const search = new cloudwatch.SearchExpression({ expression: "SEARCH('Jobs', 'Sum')" });
    const message =
      'the metric of a scaling policy must be a metric or metric math, got a search: Application Auto Scaling follows one time series';
    for (const policy of [holding, stepping]) {
      expectFailure(tracking(search, policy), message);
      expectFailure(tracking(math('SUM(jobs)', { jobs: search }), policy), message);
    }
  });

  test("'value' names a metric in metric math, at whatever depth", () => {
    const message =
      "a metric of a scaling policy must use each name once, got 'value' for two metrics: rename one in usingMetrics ('value' is taken)";
    const half = math('value / 2', { value: JOBS });
    expect(tracking(half)).toThrow(new Error(message));
    expect(tracking(math('half * 100', { half }))).toThrow(new Error(message));
  });
});

describe('ScalingPolicy.steps fails when', () => {
  const { EXACT_CAPACITY } = appscaling.AdjustmentType;
  const steps = (list: appscaling.ScalingInterval[], options?: StepsOptions) => () =>
    ScalingPolicy.steps(JOBS, list, options);
  const one = [{ lower: 5, change: 1 }];

  test.each<Wrong<ScalingPolicy>>([
    ['there are none', steps([]), 'the number of steps must be between 1 and 40, got 0'],
    [
      'all change nothing',
      steps([{ lower: 5, change: 0 }]),
      'steps must change something, got a change of 0 in all of them',
    ],
    [
      'a number of tasks is negative',
      steps([{ lower: 5, change: -1 }], { adjustmentType: EXACT_CAPACITY }),
      'change of a step must be at least 0, got -1',
    ],
    ['the minimum is 0', steps(one, { minAdjustmentMagnitude: 0 }), 'minAdjustmentMagnitude must be at least 1, got 0'],
    [
      'no period is looked at',
      steps(one, { evaluationPeriods: 0 }),
      'evaluationPeriods must be between 1 and 1440, got 0',
    ],
    [
      'more than a day is looked at',
      steps(one, { evaluationPeriods: 1441 }),
      'evaluationPeriods must be between 1 and 1440, got 1441',
    ],
    ...[undefined, EXACT_CAPACITY].map((adjustmentType): Wrong<ScalingPolicy> => [
      'a minimum is given for a change that is not in percent',
      steps([...one, { lower: 9, change: 2 }], { minAdjustmentMagnitude: 2, adjustmentType }),
      'minAdjustmentMagnitude must be left out unless adjustmentType is PERCENT_CHANGE_IN_CAPACITY, got 2',
    ]),
    ['no period counts', steps(one, { datapointsToAlarm: 0 }), 'datapointsToAlarm must be between 1 and 1, got 0'],
    [
      'more periods count than are looked at',
      steps(one, { evaluationPeriods: 3, datapointsToAlarm: 4 }),
      'datapointsToAlarm must be between 1 and 3, got 4',
    ],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test('its cooldown, or that of its scaling, is longer than a day', () => {
    const message = 'cooldown must be between 0 and 86400 seconds, got 86401 seconds';
    expect(() => bind([ScalingPolicy.steps(JOBS, one, { cooldown: TOO_LONG })])).toThrow(new Error(message));
    expect(() => bind([ScalingPolicy.steps(JOBS, one)], TOO_LONG)).toThrow(new Error(message));
  });
});

describe('ScalingPolicy.predictive fails when', () => {
  test.each<[string, Parameters<typeof ScalingPolicy.predictive>[0], string]>([
    ['it follows nothing', {}, 'ScalingPolicy.predictive must have either cpu or memory, got none'],
    ['it follows both', { cpu: 50, memory: 50 }, 'ScalingPolicy.predictive must have either cpu or memory, got both'],
    ['CPU is 0', { cpu: 0 }, 'cpu of ScalingPolicy.predictive in percent must be between 1 and 99, got 0'],
    [
      'memory is 100',
      { memory: 100 },
      'memory of ScalingPolicy.predictive in percent must be between 1 and 99, got 100',
    ],
    [
      'tasks start an hour early',
      { cpu: 50, schedulingBuffer: Duration.hours(1) },
      'schedulingBuffer must be between 0 and 3599 seconds, got 3600 seconds',
    ],
    ['it doubles more', { cpu: 50, maxCapacityBuffer: 101 }, 'maxCapacityBuffer must be between 0 and 100, got 101'],
  ])('%s', (_what, options, message) => {
    expect(() => ScalingPolicy.predictive(options)).toThrow(new Error(message));
  });
});

describe('ScalingPolicy.schedule fails when', () => {
  const { ScheduleExpression } = scheduler;
  const schedule = ScheduleExpression.expression('cron(0 8 ? * MON-FRI *)');
  const named = (name: string, options: Partial<SchedulePolicyOptions>) => () =>
    bind([ScalingPolicy.cpu(60), ScalingPolicy.schedule(name, { schedule, ...options })]);
  const day = (options: Partial<SchedulePolicyOptions>) => named('day', options);

  test.each<Wrong<void>>([
    [
      'its name has a space',
      named('every day', { minTasks: 2 }),
      "the name of a schedule must be 1 to 64 letters, digits, hyphens and underscores, got 'every day'",
    ],
    [
      'its expression is none',
      day({ minTasks: 2, schedule: ScheduleExpression.expression('0 8 * * *') }),
      "schedule must be 'cron(minutes hours day-of-month month day-of-week year)', 'rate(5 minutes)' or 'at(2027-01-31T08:00:00)', got '0 8 * * *'",
    ],
    [
      'nobody knows its time zone',
      day({ minTasks: 2, schedule: ScheduleExpression.expression('rate(1 day)', TimeZone.of('Europe/Berln')) }),
      "timeZone must be a name of the IANA such as 'Europe/Berlin', got 'Europe/Berln'",
    ],
    [
      'it ends when it starts',
      day({ minTasks: 2, startTime: new Date(0), endTime: new Date(0) }),
      "startTime of the schedule 'day' must be before endTime, got 1970-01-01T00:00:00.000Z and 1970-01-01T00:00:00.000Z",
    ],
    ['it sets nothing', day({}), "the schedule 'day' must set minTasks, maxTasks or both, got neither"],
    ['minTasks is negative', day({ minTasks: -1 }), "minTasks of the schedule 'day' must be at least 0, got -1"],
    [
      'maxTasks is a fraction',
      day({ maxTasks: 2.5 }),
      "maxTasks of the schedule 'day' must be a whole number, got 2.5",
    ],
    [
      'its bounds contradict each other',
      day({ minTasks: 9, maxTasks: 8 }),
      "minTasks must not be greater than maxTasks in the schedule 'day', got 9 and 8: change one of them, or set both",
    ],
    [
      'its minTasks is above the maxTasks of the scaling',
      day({ minTasks: 5 }),
      "minTasks must not be greater than maxTasks in the schedule 'day', got 5 and 4 (one is that of the scaling): change one of them, or set both",
    ],
    [
      'its maxTasks is below the minTasks of the scaling',
      day({ maxTasks: 0 }),
      "minTasks must not be greater than maxTasks in the schedule 'day', got 1 and 0 (one is that of the scaling): change one of them, or set both",
    ],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(new Error(message));
  });
});
