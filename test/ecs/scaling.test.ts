import {
  Duration,
  TimeZone,
  Token,
  aws_applicationautoscaling as appscaling,
  aws_cloudwatch as cloudwatch,
  aws_ecs as ecs,
  aws_scheduler as scheduler,
} from 'aws-cdk-lib';
import { Scaling, ScalingPolicy } from '../../lib';
import { Fixture } from '../support/fixture';
import type { Template } from '../support/fixture';
import { all, bareService, serviceOf } from '../support/resources';

const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';
const ALARM = 'AWS::CloudWatch::Alarm';

function templateWith(scaling?: Scaling) {
  const fixture = new Fixture();
  const web = fixture.web({ scaling });
  return { web, template: fixture.template() };
}

/** What the policies of a service track. */
function tracked(policies: ScalingPolicy[], cooldown?: Duration): any[] {
  const { template } = templateWith(Scaling.between({ minTasks: 2, maxTasks: 9, policies, cooldown }));
  return all(template, POLICY).map((policy) => policy.TargetTrackingScalingPolicyConfiguration);
}

describe('Scaling', () => {
  test('is between 2 and 10 tasks at 60 % CPU when nothing is said', () => {
    const { template } = templateWith();
    expect(all(template, TARGET)).toEqual([
      expect.objectContaining({ MinCapacity: 2, MaxCapacity: 10, ScalableDimension: 'ecs:service:DesiredCount' }),
    ]);
    expect(all(template, POLICY)).toEqual([
      expect.objectContaining({
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
          TargetValue: 60,
        },
      }),
    ]);
  });

  test('leaves DesiredCount out, so that a deployment does not undo the scaling', () => {
    const { template } = templateWith(Scaling.between({ minTasks: 3, maxTasks: 4 }));
    expect(serviceOf(template)).not.toHaveProperty('DesiredCount');
    expect(all(template, TARGET)[0]).toMatchObject({ MinCapacity: 3, MaxCapacity: 4 });
  });

  test.each([0, 2, 3])('fixed at %i tasks sets DesiredCount and scales nothing', (tasks) => {
    const { web, template } = templateWith(Scaling.fixed(tasks));
    expect(serviceOf(template).DesiredCount).toBe(tasks);
    template.resourceCountIs(TARGET, 0);
    template.resourceCountIs(POLICY, 0);
    expect(web.taskCount).toBeUndefined();
  });

  test('replaces the default policy by the given ones', () => {
    const tracks = tracked([ScalingPolicy.memory(75), ScalingPolicy.requestsPerTask(500)]);
    expect(tracks).toHaveLength(2);
    expect(tracks[0].PredefinedMetricSpecification.PredefinedMetricType).toBe('ECSServiceAverageMemoryUtilization');
    expect(tracks[1].CustomizedMetricSpecification.Metrics[0].MetricStat.Metric.MetricName).toBe(
      'RequestCountPerTarget',
    );
  });

  test('gives the target group of a web service to its policies', () => {
    const scaling = Scaling.between({ minTasks: 2, maxTasks: 9, policies: [ScalingPolicy.requestsPerTask(500)] });
    const { web, template } = templateWith(scaling);
    const [{ TargetTrackingScalingPolicyConfiguration: track }] = all(template, POLICY);
    const stack = web.service.stack;
    expect(track.CustomizedMetricSpecification.Metrics[0].MetricStat.Metric.Dimensions).toEqual([
      { Name: 'TargetGroup', Value: stack.resolve(web.targetGroup.targetGroupFullName) },
    ]);
  });

  test('hands its cooldown to policies that have none', () => {
    const [cpu, requests, memory] = tracked(
      [
        ScalingPolicy.cpu(60),
        ScalingPolicy.requestsPerTask(60),
        ScalingPolicy.memory(60, { scaleInCooldown: Duration.minutes(10), scaleOutCooldown: Duration.seconds(0) }),
      ],
      Duration.seconds(90),
    );
    expect(cpu).toMatchObject({ ScaleInCooldown: 90, ScaleOutCooldown: 90 });
    expect(requests).toMatchObject({ ScaleInCooldown: 90, ScaleOutCooldown: 90 });
    expect(memory).toMatchObject({ ScaleInCooldown: 600, ScaleOutCooldown: 0 });
  });

  test('takes tokens', () => {
    const minTasks = Token.asNumber({ Ref: 'Min' });
    const { template } = templateWith(Scaling.between({ minTasks, maxTasks: Token.asNumber({ Ref: 'Max' }) }));
    expect(all(template, TARGET)[0]).toMatchObject({ MinCapacity: { Ref: 'Min' }, MaxCapacity: { Ref: 'Max' } });
    const fixed = templateWith(Scaling.fixed(Token.asNumber({ Ref: 'Tasks' })));
    expect(serviceOf(fixed.template).DesiredCount).toEqual({ Ref: 'Tasks' });
  });

  test('is a value: several services can share one', () => {
    const fixture = new Fixture();
    const policies = [ScalingPolicy.cpu(40), ScalingPolicy.requestsPerTask(100)];
    const scaling = Scaling.between({ minTasks: 2, maxTasks: 3, policies });
    fixture.web({ scaling }, fixture.stack, 'One');
    fixture.web({ scaling }, fixture.stack, 'Two');
    const found = all(fixture.template(), POLICY);
    expect(found).toHaveLength(4);
    expect(new Set(found.map(({ PolicyName }) => PolicyName)).size).toBe(4);
    expect(new Set(found.map(({ ScalingTargetId }) => JSON.stringify(ScalingTargetId))).size).toBe(2);
  });

  test('can be added to through taskCount', () => {
    const fixture = new Fixture();
    const schedule = appscaling.Schedule.cron({ hour: '7', minute: '0' });
    fixture.web().taskCount!.scaleOnSchedule('Morning', { schedule, minCapacity: 5 });
    expect(all(fixture.template(), TARGET)[0].ScheduledActions).toHaveLength(1);
  });

  test('scales a bare L2 service, and tells its numbers', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    const scaling = Scaling.between({ minTasks: 2, maxTasks: 5 });
    expect([scaling.minTasks, scaling.desiredCount]).toEqual([2, undefined]);
    expect(scaling.bind({ service })).toBeInstanceOf(ecs.ScalableTaskCount);
    expect(all(fixture.template(), TARGET)[0]).toMatchObject({ MinCapacity: 2, MaxCapacity: 5 });

    const fixed = Scaling.fixed(4);
    expect([fixed.minTasks, fixed.desiredCount, fixed.bind({ service })]).toEqual([4, 4, undefined]);
  });
});

describe('ScalingPolicy', () => {
  test('can be bound to the task count of a bare L2 service', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    const bounds = { minTasks: 1, maxTasks: 8 };
    const taskCount = service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 8 });
    ScalingPolicy.memory(70).bind({ service, taskCount, bounds, cooldown: Duration.seconds(30) });
    expect(all(fixture.template(), POLICY)[0].TargetTrackingScalingPolicyConfiguration).toEqual({
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' },
      TargetValue: 70,
      ScaleInCooldown: 30,
      ScaleOutCooldown: 30,
    });
  });
});

/** The template of a bare service with one policy. */
function bound(policy: ScalingPolicy, cooldown?: Duration): Template {
  const fixture = new Fixture();
  const scaling = Scaling.between({ minTasks: 2, maxTasks: 9, policies: [policy], cooldown });
  scaling.bind({ service: bareService(fixture) });
  return fixture.template();
}

describe('ScalingPolicy.steps', () => {
  const alarm = (metricName: string, ComparisonOperator: string, Threshold: number, more: object = {}) =>
    expect.objectContaining({
      Namespace: 'Shop',
      MetricName: metricName,
      ComparisonOperator,
      Threshold,
      EvaluationPeriods: 1,
      ...more,
    });
  const configs = (template: Template) => all(template, POLICY).map((policy) => policy.StepScalingPolicyConfiguration);
  const jobs = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Jobs', statistic: 'Maximum' });

  test('removes below the first step, adds above the others, and leaves the gap alone', () => {
    const steps = [
      { lower: 200, change: +3 },
      { upper: 10, change: -1 },
      { lower: 50, change: +1 },
    ];
    const template = bound(ScalingPolicy.steps(jobs, steps));
    const shared = { AdjustmentType: 'ChangeInCapacity', MetricAggregationType: 'Maximum' };
    expect(configs(template)).toEqual([
      { ...shared, StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }] },
      {
        ...shared,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 150, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 150, ScalingAdjustment: 3 },
        ],
      },
    ]);
    expect(all(template, ALARM)).toEqual([
      alarm('Jobs', 'LessThanOrEqualToThreshold', 10),
      alarm('Jobs', 'GreaterThanOrEqualToThreshold', 50),
    ]);
  });

  test.each([
    [{ lower: 50, change: 2 }, 'GreaterThanOrEqualToThreshold', { MetricIntervalLowerBound: 0, ScalingAdjustment: 2 }],
    [{ upper: 50, change: -2 }, 'LessThanOrEqualToThreshold', { MetricIntervalUpperBound: 0, ScalingAdjustment: -2 }],
  ])('takes one step alone: %j', (step, operator, adjustment) => {
    const template = bound(ScalingPolicy.steps(jobs, [step]));
    expect(configs(template).map(({ StepAdjustments }) => StepAdjustments)).toEqual([[adjustment]]);
    expect(all(template, ALARM)).toEqual([alarm('Jobs', operator, 50)]);
  });

  test('sets a number of tasks in each of two steps', () => {
    const adjustmentType = appscaling.AdjustmentType.EXACT_CAPACITY;
    const steps = [
      { lower: 50, upper: 100, change: 8 },
      { lower: 100, change: 16 },
    ];
    const template = bound(ScalingPolicy.steps(jobs, steps, { adjustmentType }));
    const adjustments = configs(template).flatMap(({ StepAdjustments }) => StepAdjustments);
    expect(adjustments.map(({ ScalingAdjustment }) => ScalingAdjustment)).toEqual([8, 16]);
    expect(all(template, ALARM)).toEqual([alarm('Jobs', 'GreaterThanOrEqualToThreshold', 50)]);
  });

  test('hands its options on', () => {
    const template = bound(
      ScalingPolicy.steps(jobs, [{ lower: 50, change: 20 }], {
        adjustmentType: appscaling.AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
        minAdjustmentMagnitude: 2,
        cooldown: Duration.seconds(45),
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
      }),
    );
    expect(configs(template)).toEqual([
      expect.objectContaining({ AdjustmentType: 'PercentChangeInCapacity', MinAdjustmentMagnitude: 2, Cooldown: 45 }),
    ]);
    const periods = { EvaluationPeriods: 5, DatapointsToAlarm: 3 };
    expect(all(template, ALARM)).toEqual([alarm('Jobs', 'GreaterThanOrEqualToThreshold', 50, periods)]);
  });

  test('takes metric math, the cooldown of the scaling, and a token as change', () => {
    const math = { expression: 'jobs / 2', usingMetrics: { jobs }, period: Duration.minutes(1) };
    const steps = [{ lower: 50, change: Token.asNumber({ Ref: 'More' }) }];
    const template = bound(ScalingPolicy.steps(new cloudwatch.MathExpression(math), steps), Duration.seconds(45));
    const adjustment = { MetricIntervalLowerBound: 0, ScalingAdjustment: { Ref: 'More' } };
    expect(configs(template)).toEqual([
      { AdjustmentType: 'ChangeInCapacity', Cooldown: 45, StepAdjustments: [adjustment] },
    ]);
    expect(all(template, ALARM)[0].Metrics).toEqual([
      expect.objectContaining({ Expression: 'jobs / 2' }),
      expect.objectContaining({ Id: 'jobs' }),
    ]);
  });

  test('takes periods that are tokens', () => {
    const periods = { evaluationPeriods: Token.asNumber({ Ref: 'Periods' }), datapointsToAlarm: 2 };
    const template = bound(ScalingPolicy.steps(jobs, [{ lower: 50, change: 1 }], periods));
    expect(all(template, ALARM)[0]).toMatchObject({ EvaluationPeriods: { Ref: 'Periods' }, DatapointsToAlarm: 2 });
  });
});

describe('ScalingPolicy.schedule', () => {
  const schedules = (policy: ScalingPolicy) => all(bound(policy), TARGET)[0].ScheduledActions;

  test('sets other bounds from a time on', () => {
    const timeZone = TimeZone.EUROPE_BERLIN;
    const policy = ScalingPolicy.schedule('weekday-mornings', {
      schedule: scheduler.ScheduleExpression.cron({ hour: '8', minute: '0', weekDay: 'MON-FRI', timeZone }),
      minTasks: 5,
      maxTasks: 50,
    });
    expect(schedules(policy)).toEqual([
      {
        ScheduledActionName: 'weekday-mornings',
        Schedule: 'cron(0 8 ? * MON-FRI *)',
        Timezone: 'Europe/Berlin',
        ScalableTargetAction: { MinCapacity: 5, MaxCapacity: 50 },
      },
    ]);
  });

  test('starts and ends', () => {
    const [startTime, endTime] = [new Date('2027-01-01T00:00:00Z'), new Date('2028-01-01T00:00:00Z')];
    const schedule = scheduler.ScheduleExpression.rate(Duration.days(1));
    expect(schedules(ScalingPolicy.schedule('year', { schedule, minTasks: 3, startTime, endTime }))).toEqual([
      expect.objectContaining({ StartTime: '2027-01-01T00:00:00Z', EndTime: '2028-01-01T00:00:00Z' }),
    ]);
  });

  test.each([
    ['at', scheduler.ScheduleExpression.at(new Date('2027-01-31T08:00:00Z')), 'at(2027-01-31T08:00:00)'],
    ['rate', scheduler.ScheduleExpression.rate(Duration.hours(2)), 'rate(2 hours)'],
    ['an expression', scheduler.ScheduleExpression.expression('rate(1 day)'), 'rate(1 day)'],
    ['a token', scheduler.ScheduleExpression.expression(Token.asString({ Ref: 'When' })), { Ref: 'When' }],
  ])('takes %s, and one bound alone', (_what, schedule, Schedule) => {
    const [least] = schedules(ScalingPolicy.schedule('least', { schedule, minTasks: 4 }));
    expect(least).toMatchObject({ Schedule, ScalableTargetAction: { MinCapacity: 4 } });
    const [most] = schedules(ScalingPolicy.schedule('most', { schedule, maxTasks: Token.asNumber({ Ref: 'Max' }) }));
    expect(most.ScalableTargetAction).toEqual({ MaxCapacity: { Ref: 'Max' } });
  });
});
