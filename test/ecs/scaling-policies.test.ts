import {
  Duration,
  TimeZone,
  Token,
  aws_cloudwatch as cloudwatch,
  aws_elasticloadbalancingv2 as elbv2,
  aws_scheduler as scheduler,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Scaling, ScalingPolicy } from '../../lib';
import type { PredictiveOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture } from '../support/fixture';
import { newWorker } from '../support/pools';
import { all, bareService } from '../support/resources';

const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';

/** A metric that somebody publishes. */
function metric(metricName: string, props: Partial<cloudwatch.MetricProps> = {}): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: 'Shop', metricName, ...props });
}

/** How a single metric stands in a policy. */
function stat(MetricName: string, more: object = {}): object {
  return { Metric: { Namespace: 'Shop', MetricName }, Stat: 'Average', ...more };
}

/** A bare service with policies. */
class Scaled extends Fixture {
  public readonly service = bareService(this);

  public by(policy: ScalingPolicy, targetGroups?: elbv2.ApplicationTargetGroup[]): this {
    Scaling.between({ minTasks: 2, maxTasks: 9, policies: [policy] }).bind({ service: this.service, targetGroups });
    return this;
  }

  public get policies(): any[] {
    return all(this.template(), POLICY);
  }

  /** The only policy, when it holds a metric. */
  public get track(): any {
    expect(this.policies).toHaveLength(1);
    expect(this.policies[0].PolicyType).toBe('TargetTrackingScaling');
    return this.policies[0].TargetTrackingScalingPolicyConfiguration;
  }

  public get metrics(): any[] {
    return this.track.CustomizedMetricSpecification.Metrics;
  }

  /** Target groups of a load balancer, between which deployments could shift traffic. */
  public groups(...ids: string[]): elbv2.ApplicationTargetGroup[] {
    const balancer = new elbv2.ApplicationLoadBalancer(this.stack, 'Balancer', { vpc: this.vpc });
    const groups = ids.map(
      (id) =>
        new elbv2.ApplicationTargetGroup(this.stack, id, {
          vpc: this.vpc,
          protocol: elbv2.ApplicationProtocol.HTTP,
          targetType: elbv2.TargetType.IP,
        }),
    );
    const defaultAction = elbv2.ListenerAction.weightedForward(
      groups.map((targetGroup) => ({ targetGroup, weight: 1 })),
    );
    balancer.addListener('Listener', { port: 80, open: false, defaultAction });
    return groups;
  }
}

const EVERYTHING = {
  scaleInCooldown: Duration.minutes(10),
  scaleOutCooldown: Duration.seconds(30),
  disableScaleIn: true,
};
const RENDERED = { ScaleInCooldown: 600, ScaleOutCooldown: 30, DisableScaleIn: true };

describe('policies that hold a utilization', () => {
  test.each([
    ['cpu', ScalingPolicy.cpu, 'ECSServiceAverageCPUUtilization'],
    ['memory', ScalingPolicy.memory, 'ECSServiceAverageMemoryUtilization'],
  ])('%s', (_name, policy, PredefinedMetricType) => {
    const specification = { PredefinedMetricSpecification: { PredefinedMetricType } };
    expect(new Scaled().by(policy(55)).track).toEqual({ ...specification, TargetValue: 55 });
    expect(new Scaled().by(policy(55.5, EVERYTHING)).track).toEqual({
      ...specification,
      TargetValue: 55.5,
      ...RENDERED,
    });
  });

  test('take tokens', () => {
    const scaleInCooldown = Duration.seconds(Token.asNumber({ Ref: 'Cooldown' }));
    const policy = ScalingPolicy.cpu(Token.asNumber({ Ref: 'Cpu' }), { scaleInCooldown });
    expect(new Scaled().by(policy).track).toMatchObject({
      TargetValue: { Ref: 'Cpu' },
      ScaleInCooldown: { Ref: 'Cooldown' },
    });
  });
});

describe('policies on the load balancer', () => {
  /** How a metric of a target group stands in a policy. */
  const ofGroup = (
    { stack }: Fixture,
    MetricName: string,
    Stat: string,
    Dimensions: { Name: string; Value: string }[],
  ) => ({
    Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: stack.resolve(Dimensions) },
    Stat,
  });
  const requests = (scaled: Scaled, group: elbv2.ApplicationTargetGroup) =>
    ofGroup(scaled, 'RequestCountPerTarget', 'Sum', [{ Name: 'TargetGroup', Value: group.targetGroupFullName }]);
  /** There is no such metric of a target group alone. */
  const responseTime = (scaled: Scaled, group: elbv2.ApplicationTargetGroup) =>
    ofGroup(scaled, 'TargetResponseTime', 'Average', [
      { Name: 'LoadBalancer', Value: group.firstLoadBalancerFullName },
      { Name: 'TargetGroup', Value: group.targetGroupFullName },
    ]);
  const half = Duration.millis(500);

  test('requestsPerTask holds the requests at the target group', () => {
    const scaled = new Scaled();
    const [group] = scaled.groups('Group');
    expect(scaled.by(ScalingPolicy.requestsPerTask(500, EVERYTHING), [group]).track).toEqual({
      CustomizedMetricSpecification: { Metrics: [{ Id: 'value', MetricStat: requests(scaled, group) }] },
      TargetValue: 500,
      ...RENDERED,
    });
  });

  test('responseTime holds the response time at the target group, in seconds', () => {
    const scaled = new Scaled();
    const [group] = scaled.groups('Group');
    expect(scaled.by(ScalingPolicy.responseTime(half, EVERYTHING), [group]).track).toEqual({
      CustomizedMetricSpecification: { Metrics: [{ Id: 'value', MetricStat: responseTime(scaled, group) }] },
      TargetValue: 0.5,
      ...RENDERED,
    });
  });

  test.each([
    ['requestsPerTask adds up', ScalingPolicy.requestsPerTask(500), 'SUM', requests],
    ['responseTime takes the slower of', ScalingPolicy.responseTime(half), 'MAX', responseTime],
  ])('%s two target groups', (_what, policy, how, ofEach) => {
    const scaled = new Scaled();
    const [blue, green] = scaled.groups('Blue', 'Green');
    expect(scaled.by(policy, [blue, green]).metrics).toEqual([
      { Id: 'm1', MetricStat: ofEach(scaled, blue), ReturnData: false },
      { Id: 'm2', MetricStat: ofEach(scaled, green), ReturnData: false },
      { Id: 'value', Expression: `${how}([FILL(m1, 0), FILL(m2, 0)])`, ReturnData: true },
    ]);
  });
});

describe('ScalingPolicy.backlogPerTask', () => {
  test('holds the messages before each running task', () => {
    const scaled = new Scaled();
    const queue = new sqs.Queue(scaled.stack, 'Queue');
    const [acceptableLatency, processingTime] = [Duration.minutes(10), Duration.seconds(15)];
    const policy = ScalingPolicy.backlogPerTask({ queue, acceptableLatency, processingTime, ...EVERYTHING });
    const dimensions = (values: Record<string, string>) =>
      Object.entries(values).map(([Name, Value]) => ({ Name, Value: scaled.stack.resolve(Value) }));
    const { serviceName, cluster } = scaled.service;
    const visible = {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: dimensions({ QueueName: queue.queueName }),
    };
    const running = {
      Namespace: 'ECS/ContainerInsights',
      MetricName: 'RunningTaskCount',
      Dimensions: dimensions({ ClusterName: cluster.clusterName, ServiceName: serviceName }),
    };
    expect(scaled.by(policy).track).toEqual({
      CustomizedMetricSpecification: {
        Metrics: [
          { Id: 'visible', MetricStat: { Metric: visible, Stat: 'Maximum' }, ReturnData: false },
          { Id: 'running', MetricStat: { Metric: running, Stat: 'Average' }, ReturnData: false },
          { Id: 'value', Expression: 'visible / IF(FILL(running, 0) > 0, FILL(running, 0), 1)', ReturnData: true },
        ],
      },
      TargetValue: 40,
      ...RENDERED,
    });
  });
});

describe('ScalingPolicy.metric', () => {
  test('holds a single metric with its statistic, unit and dimensions', () => {
    const dimensionsMap = { Shop: 'Berlin' };
    const given = metric('Carts', { statistic: 'p95', unit: cloudwatch.Unit.COUNT, dimensionsMap });
    expect(new Scaled().by(ScalingPolicy.metric(given, { target: 0.5, ...EVERYTHING })).track).toEqual({
      CustomizedMetricSpecification: {
        Metrics: [
          {
            Id: 'value',
            MetricStat: {
              Metric: { Namespace: 'Shop', MetricName: 'Carts', Dimensions: [{ Name: 'Shop', Value: 'Berlin' }] },
              Stat: 'p95',
              Unit: 'Count',
            },
          },
        ],
      },
      TargetValue: 0.5,
      ...RENDERED,
    });
  });

  test('holds nested metric math, and names what stands in it twice once', () => {
    const carts = metric('Carts');
    const ratio = new cloudwatch.MathExpression({
      expression: 'carts / users',
      usingMetrics: { carts, users: metric('Users') },
    });
    const given = new cloudwatch.MathExpression({ expression: 'ratio * 100 + carts', usingMetrics: { ratio, carts } });
    expect(new Scaled().by(ScalingPolicy.metric(given, { target: 5 })).metrics).toEqual([
      { Id: 'carts', MetricStat: stat('Carts'), ReturnData: false },
      { Id: 'users', MetricStat: stat('Users'), ReturnData: false },
      { Id: 'ratio', Expression: 'carts / users', ReturnData: false },
      { Id: 'value', Expression: 'ratio * 100 + carts', ReturnData: true },
    ]);
  });

  test('takes tokens, metrics of imported resources, and metrics of the own account and region', () => {
    const scaled = new Scaled();
    const arn = Token.asString({ 'Fn::ImportValue': 'TheirQueueArn' });
    const theirs = sqs.Queue.fromQueueArn(scaled.stack, 'Theirs', arn).metricApproximateAgeOfOldestMessage();
    const { account, region } = scaled.stack;
    const given = theirs.with({ account, region, statistic: 'Maximum' });
    scaled.by(ScalingPolicy.metric(given, { target: Token.asNumber({ Ref: 'Age' }) }));
    expect(scaled.track.TargetValue).toEqual({ Ref: 'Age' });
    const { Metric, ...more } = scaled.metrics[0].MetricStat;
    expect(more).toEqual({ Stat: 'Maximum' });
    const name = { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::ImportValue': 'TheirQueueArn' }] }] };
    expect(Metric.Dimensions).toEqual([{ Name: 'QueueName', Value: name }]);
  });

  test.each([60, 250])('has a policy name that is allowed, with a metric name of %i characters', (length) => {
    const [policy] = new Scaled().by(ScalingPolicy.metric(metric('M'.repeat(length)), { target: 5 })).policies;
    expect(policy.PolicyName).toMatch(/^.{1,256}$/);
  });
});

describe('the names of policies', () => {
  /** Those of two metrics, the labels of which differ at their end. */
  function names(depth: number, length: number): string[] {
    const fixture = new Fixture();
    const step = (scope: Construct, level: number) => new Construct(scope, `${'Level'.repeat(12)}${level}`);
    const scope = Array.from({ length: depth }, (_, level) => level).reduce<Construct>(step, fixture.stack);
    const policies = ['A', 'B'].map((end) =>
      ScalingPolicy.metric(metric('Jobs', { label: 'L'.repeat(length) + end }), { target: 5 }),
    );
    newWorker(fixture, { scaling: Scaling.between({ minTasks: 2, maxTasks: 9, policies }) }, scope);
    return all(fixture.template(), POLICY).map(({ PolicyName }) => PolicyName);
  }

  test.each([
    [0, 60],
    [0, 200],
    [5, 60],
    [10, 60],
  ])('differ %i constructs deep, when labels do after %i characters', (depth, length) => {
    const found = names(depth, length);
    expect(new Set(found).size).toBe(2);
    for (const name of found) expect(name).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
  });
});

describe('a cooldown that is a token of minutes, which no L2 converts', () => {
  const minutes = Duration.minutes(Token.asNumber({ Ref: 'Minutes' }));
  const jobs = metric('Jobs');

  test.each<[string, () => unknown]>([
    ['cooldown', () => Scaling.between({ minTasks: 1, maxTasks: 2, cooldown: minutes })],
    ['scaleInCooldown', () => new Scaled().by(ScalingPolicy.cpu(60, { scaleInCooldown: minutes }))],
    ['scaleOutCooldown', () => new Scaled().by(ScalingPolicy.memory(60, { scaleOutCooldown: minutes }))],
    ['scaleInCooldown', () => new Scaled().by(ScalingPolicy.metric(jobs, { target: 5, scaleInCooldown: minutes }))],
    ['cooldown', () => ScalingPolicy.steps(jobs, [{ lower: 5, change: 1 }], { cooldown: minutes })],
    ['schedulingBuffer', () => ScalingPolicy.predictive({ cpu: 50, schedulingBuffer: minutes })],
  ])('fails as %s', (name, make) => {
    expectFailure(make, `${name} must be Duration.seconds(…) when it is a token, got minutes`);
  });
});

describe('ScalingPolicy.schedule', () => {
  const { ScheduleExpression } = scheduler;

  test.each([
    ['rate', ScheduleExpression.rate(Duration.days(1)), undefined],
    ['rate with a time zone', ScheduleExpression.expression('rate(1 day)', TimeZone.EUROPE_BERLIN), undefined],
    ['cron', ScheduleExpression.expression('cron(0 8 * * ? *)', TimeZone.EUROPE_BERLIN), 'Europe/Berlin'],
  ])('of a %s is in time zone %s', (_what, schedule, timeZone) => {
    const fixture = new Fixture();
    const policies = [ScalingPolicy.cpu(60), ScalingPolicy.schedule('day', { schedule, minTasks: 3 })];
    Scaling.between({ minTasks: 2, maxTasks: 9, policies }).bind({ service: bareService(fixture) });
    const [{ ScheduledActions }] = all(fixture.template(), 'AWS::ApplicationAutoScaling::ScalableTarget');
    expect(ScheduledActions).toHaveLength(1);
    expect(ScheduledActions[0].Timezone).toBe(timeZone);
  });
});

describe('ScalingPolicy.predictive', () => {
  const config = (options: PredictiveOptions) => {
    const fixture = new Fixture();
    const policies = [ScalingPolicy.cpu(60), ScalingPolicy.predictive(options)];
    Scaling.between({ minTasks: 2, maxTasks: 9, policies }).bind({ service: bareService(fixture) });
    const found = all(fixture.template(), POLICY).filter(({ PolicyType }) => PolicyType === 'PredictiveScaling');
    expect(found).toHaveLength(1);
    expect(found[0].TargetTrackingScalingPolicyConfiguration).toBeUndefined();
    return found[0].PredictiveScalingPolicyConfiguration;
  };
  const specification = (TargetValue: unknown, PredefinedMetricType: string) => [
    { TargetValue, PredefinedMetricPairSpecification: { PredefinedMetricType } },
  ];

  test('forecasts only, until it is told to scale', () => {
    const MetricSpecifications = specification(50, 'ECSServiceCPUUtilization');
    expect(config({ cpu: 50 })).toEqual({ Mode: 'ForecastOnly', MetricSpecifications });
    expect(config({ cpu: 50, forecastOnly: false })).toEqual({ Mode: 'ForecastAndScale', MetricSpecifications });
  });

  test('follows memory, starts tasks early, and may exceed the most tasks', () => {
    const memory = Token.asNumber({ Ref: 'Memory' });
    expect(config({ memory, schedulingBuffer: Duration.minutes(10), maxCapacityBuffer: 0 })).toEqual({
      Mode: 'ForecastOnly',
      MetricSpecifications: specification({ Ref: 'Memory' }, 'ECSServiceMemoryUtilization'),
      SchedulingBufferTime: 600,
      MaxCapacityBreachBehavior: 'IncreaseMaxCapacity',
      MaxCapacityBuffer: 0,
    });
  });
});
