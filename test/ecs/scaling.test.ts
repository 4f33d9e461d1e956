import { Duration, Token, aws_applicationautoscaling as autoscaling, aws_ecs as ecs } from 'aws-cdk-lib';
import { Routing, Scaling, ScalingPolicy } from '../../lib';
import { Fixture } from '../support/fixture';
import { all, bareService, idOf, serviceOf } from '../support/resources';

const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';

function templateWith(scaling?: Scaling) {
  const fixture = new Fixture();
  const web = fixture.web({ scaling });
  return { web, template: fixture.template() };
}

/** What the policies of a service track. */
function tracked(...policies: ScalingPolicy[]): any[] {
  const { template } = templateWith(Scaling.between({ minTasks: 1, maxTasks: 9, policies }));
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

  test.each([0, 1, 3])('fixed at %i tasks sets DesiredCount and scales nothing', (tasks) => {
    const { web, template } = templateWith(Scaling.fixed(tasks));
    expect(serviceOf(template).DesiredCount).toBe(tasks);
    template.resourceCountIs(TARGET, 0);
    template.resourceCountIs(POLICY, 0);
    expect(web.taskCount).toBeUndefined();
  });

  test('replaces the default policy by the given ones', () => {
    const tracks = tracked(ScalingPolicy.memory(75), ScalingPolicy.requestsPerTask(500));
    expect(tracks.map((track) => track.PredefinedMetricSpecification.PredefinedMetricType)).toEqual([
      'ECSServiceAverageMemoryUtilization',
      'ALBRequestCountPerTarget',
    ]);
  });

  test('hands its cooldown to policies that have none', () => {
    const { template } = templateWith(
      Scaling.between({
        minTasks: 1,
        maxTasks: 9,
        cooldown: Duration.seconds(90),
        policies: [
          ScalingPolicy.cpu(60),
          ScalingPolicy.memory(60, { scaleInCooldown: Duration.minutes(10), scaleOutCooldown: Duration.seconds(0) }),
        ],
      }),
    );
    const tracks = all(template, POLICY).map((policy) => policy.TargetTrackingScalingPolicyConfiguration);
    expect(tracks[0]).toMatchObject({ ScaleInCooldown: 90, ScaleOutCooldown: 90 });
    expect(tracks[1]).toMatchObject({ ScaleInCooldown: 600, ScaleOutCooldown: 0 });
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
    const scaling = Scaling.between({ minTasks: 1, maxTasks: 3, policies: [ScalingPolicy.cpu(40)] });
    fixture.web({ scaling }, fixture.stack, 'One');
    fixture.web({ scaling }, fixture.stack, 'Two');
    fixture.template().resourceCountIs(POLICY, 2);
  });

  test('can be added to through taskCount', () => {
    const fixture = new Fixture();
    const schedule = autoscaling.Schedule.cron({ hour: '7', minute: '0' });
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

  test.each<[string, () => Scaling, string]>([
    ['fixed is negative', () => Scaling.fixed(-1), 'the tasks of Scaling.fixed must be at least 0, got -1'],
    ['fixed is a fraction', () => Scaling.fixed(1.5), 'the tasks of Scaling.fixed must be a whole number, got 1.5'],
    ['minTasks is negative', () => between({ minTasks: -1 }), 'minTasks must be at least 0, got -1'],
    ['minTasks is a fraction', () => between({ minTasks: 1.5 }), 'minTasks must be a whole number, got 1.5'],
    [
      'minTasks is 0',
      () => between({ minTasks: 0 }),
      'minTasks must be at least 1, got 0: CPU, memory and requests say nothing while no task runs, so nothing would start one',
    ],
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
    [
      'a policy stands twice',
      () => between({ policies: [ScalingPolicy.cpu(50), ScalingPolicy.cpu(70)] }),
      "scaling policies of a service must be unique, got 'Cpu' twice",
    ],
  ])('fails when %s', (_what, make, message) => {
    expect(make).toThrow(new Error(message));
  });
});

function between(options: Partial<Parameters<typeof Scaling.between>[0]>): Scaling {
  return Scaling.between({ minTasks: 1, maxTasks: 4, ...options });
}

describe('ScalingPolicy', () => {
  test('cpu holds the average CPU', () => {
    expect(tracked(ScalingPolicy.cpu(55))).toEqual([
      {
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        TargetValue: 55,
      },
    ]);
  });

  test('memory holds the average memory', () => {
    expect(tracked(ScalingPolicy.memory(75))).toEqual([
      {
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' },
        TargetValue: 75,
      },
    ]);
  });

  test('requestsPerTask holds the requests at the target group of the service', () => {
    const { web, template } = templateWith(
      Scaling.between({ minTasks: 1, maxTasks: 9, policies: [ScalingPolicy.requestsPerTask(500)] }),
    );
    const [policy] = all(template, POLICY);
    expect(policy.TargetTrackingScalingPolicyConfiguration).toMatchObject({
      TargetValue: 500,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' },
    });
    const label = JSON.stringify(policy.TargetTrackingScalingPolicyConfiguration);
    expect(label).toContain(JSON.stringify({ 'Fn::GetAtt': [idOf(web.targetGroup), 'TargetGroupFullName'] }));
  });

  test('never scales in when told so', () => {
    expect(tracked(ScalingPolicy.cpu(60, { disableScaleIn: true }))[0].DisableScaleIn).toBe(true);
    expect(tracked(ScalingPolicy.memory(60, { disableScaleIn: true }))[0].DisableScaleIn).toBe(true);
    expect(tracked(ScalingPolicy.requestsPerTask(60, { disableScaleIn: true }))[0].DisableScaleIn).toBe(true);
  });

  test('takes tokens', () => {
    const cooldown = Duration.seconds(Token.asNumber({ Ref: 'Cooldown' }));
    const policy = ScalingPolicy.cpu(Token.asNumber({ Ref: 'Cpu' }), { scaleInCooldown: cooldown });
    expect(tracked(policy)[0]).toMatchObject({ TargetValue: { Ref: 'Cpu' }, ScaleInCooldown: { Ref: 'Cooldown' } });
  });

  test('fails when requestsPerTask has no load balancer', () => {
    const scaling = Scaling.between({ minTasks: 1, maxTasks: 2, policies: [ScalingPolicy.requestsPerTask(9)] });
    expect(() => new Fixture().web({ scaling, routing: Routing.none() })).toThrow(
      'ScalingPolicy.requestsPerTask needs a load balancer, got a service without one: use another policy or another routing',
    );
  });

  test.each<[string, () => ScalingPolicy, string]>([
    [
      'CPU is 0',
      () => ScalingPolicy.cpu(0),
      'the target of ScalingPolicy.cpu in percent must be between 1 and 99, got 0',
    ],
    [
      'CPU is 100',
      () => ScalingPolicy.cpu(100),
      'the target of ScalingPolicy.cpu in percent must be between 1 and 99, got 100',
    ],
    [
      'memory is 150',
      () => ScalingPolicy.memory(150),
      'the target of ScalingPolicy.memory in percent must be between 1 and 99, got 150',
    ],
    [
      'requests are 0',
      () => ScalingPolicy.requestsPerTask(0),
      'the target of ScalingPolicy.requestsPerTask must be greater than 0, got 0',
    ],
    [
      'requests are no number',
      () => ScalingPolicy.requestsPerTask(NaN),
      'the target of ScalingPolicy.requestsPerTask must be greater than 0, got NaN',
    ],
  ])('fails when the target of %s', (_what, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test.each([
    ['scaleInCooldown', 'scaleInCooldown must be between 0 and 86400 seconds, got 86401 seconds'],
    ['scaleOutCooldown', 'scaleOutCooldown must be between 0 and 86400 seconds, got 86401 seconds'],
  ])('fails when %s is longer than a day', (name, message) => {
    expect(() => tracked(ScalingPolicy.cpu(60, { [name]: Duration.seconds(86401) }))).toThrow(new Error(message));
  });
});
