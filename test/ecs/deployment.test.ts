import { Token } from 'aws-cdk-lib';
import { Deployment, Scaling } from '../../lib';
import { Fixture, warnings } from '../support/fixture';
import { bareService, serviceOf } from '../support/resources';

describe('Deployment.rolling', () => {
  test('is the default: all tasks keep running, twice as many may run', () => {
    const fixture = new Fixture();
    fixture.web();
    expect(serviceOf(fixture.template()).DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
    });
  });

  test('gives up and rolls back when its tasks fail', () => {
    const fixture = new Fixture();
    fixture.web();
    expect(serviceOf(fixture.template()).DeploymentConfiguration.DeploymentCircuitBreaker).toEqual({
      Enable: true,
      Rollback: true,
    });
  });

  test('names no deployment controller, so that other kinds can come without a replacement', () => {
    const fixture = new Fixture();
    fixture.web();
    expect(serviceOf(fixture.template())).not.toHaveProperty('DeploymentController');
  });

  test('takes other percentages and still rolls back', () => {
    const fixture = new Fixture();
    fixture.web({ deployment: Deployment.rolling({ minHealthyPercent: 50, maxPercent: 150 }) });
    expect(serviceOf(fixture.template()).DeploymentConfiguration).toEqual({
      MinimumHealthyPercent: 50,
      MaximumPercent: 150,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
  });

  test('takes tokens', () => {
    const fixture = new Fixture();
    const minHealthyPercent = Token.asNumber({ Ref: 'Min' });
    fixture.web({ deployment: Deployment.rolling({ minHealthyPercent, maxPercent: Token.asNumber({ Ref: 'Max' }) }) });
    expect(serviceOf(fixture.template())).toMatchObject({
      DeploymentConfiguration: { MinimumHealthyPercent: { Ref: 'Min' }, MaximumPercent: { Ref: 'Max' } },
      AvailabilityZoneRebalancing: 'ENABLED',
    });
  });

  test('rebalances no tasks when a deployment may start none before it stops one, because ECS then refuses it', () => {
    const fixture = new Fixture();
    fixture.web({ deployment: Deployment.rolling({ minHealthyPercent: 50, maxPercent: 100 }) });
    expect(serviceOf(fixture.template()).AvailabilityZoneRebalancing).toBe('DISABLED');
  });

  test('gives its settings to a bare L2 service', () => {
    const fixture = new Fixture();
    bareService(fixture, Deployment.rolling({ minHealthyPercent: 100, maxPercent: 150 }));
    expect(serviceOf(fixture.template()).DeploymentConfiguration).toEqual({
      MinimumHealthyPercent: 100,
      MaximumPercent: 150,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
  });

  test.each([
    ['minHealthyPercent is negative', { minHealthyPercent: -1 }, 'minHealthyPercent must be between 0 and 100, got -1'],
    [
      'minHealthyPercent is above 100',
      { minHealthyPercent: 150 },
      'minHealthyPercent must be between 0 and 100, got 150',
    ],
    [
      'minHealthyPercent is no whole number',
      { minHealthyPercent: 33.3 },
      'minHealthyPercent must be a whole number, got 33.3',
    ],
    [
      'minHealthyPercent is no number',
      { minHealthyPercent: NaN },
      'minHealthyPercent must be between 0 and 100, got NaN',
    ],
    ['maxPercent is below 100', { maxPercent: 99 }, 'maxPercent must be between 100 and 200, got 99'],
    ['maxPercent is above 200', { maxPercent: 201 }, 'maxPercent must be between 100 and 200, got 201'],
    ['maxPercent is no whole number', { maxPercent: 150.5 }, 'maxPercent must be a whole number, got 150.5'],
    [
      'both are 100',
      { maxPercent: 100 },
      'maxPercent must be greater than minHealthyPercent, got 100 for both: the deployment could neither start nor stop a task',
    ],
  ])('fails when %s', (_what, options, message) => {
    expect(() => Deployment.rolling(options)).toThrow(new Error(message));
  });
});

describe('a deployment that rounding leaves no room', () => {
  const deployment = Deployment.rolling({ minHealthyPercent: 100, maxPercent: 125 });

  /** The warnings of a service that scales from so few tasks. */
  const warningsFrom = (minTasks: number) =>
    warnings(new Fixture().web({ deployment, scaling: Scaling.between({ minTasks, maxTasks: 10 }) }));

  test('fails when the number of tasks is fixed', () => {
    expect(() => new Fixture().web({ deployment, scaling: Scaling.fixed(3) })).toThrow(
      'a deployment of 3 tasks can neither start nor stop one with 100 % kept and 125 % allowed, after rounding: ' +
        'raise maxPercent or lower minHealthyPercent',
    );
  });

  test('warns when it has none with the fewest tasks', () => {
    expect(warningsFrom(2)).toEqual([
      expect.stringMatching(/^a deployment of 2 tasks can neither .*cdk-containers:DeploymentCannotProgress]$/),
    ]);
  });

  test.each([4, 8, Token.asNumber({ Ref: 'Min' })])('is fine when there is room', (minTasks) => {
    expect(warningsFrom(minTasks)).toEqual([]);
  });

  test('is fine when one may be stopped first', () => {
    const fixture = new Fixture();
    const stopping = Deployment.rolling({ minHealthyPercent: 50, maxPercent: 100 });
    expect(warnings(fixture.web({ deployment: stopping, scaling: Scaling.fixed(2) }))).toEqual([]);
  });
});
