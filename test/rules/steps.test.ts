import { Token } from 'aws-cdk-lib';
import type { aws_applicationautoscaling as appscaling } from 'aws-cdk-lib';
import { checkSteps } from '../../lib/rules/steps';

const NUMBER = Token.asNumber({ Ref: 'Number' });

describe('checkSteps', () => {
  type Steps = appscaling.ScalingInterval[];
  const NONE = undefined;
  const step = (lower: number | undefined, upper: number | undefined, change: number) => ({ lower, upper, change });

  test.each<[string, Steps]>([
    ['a gap', [step(NONE, 10, -1), step(50, NONE, 1)]],
    ['no gap', [step(NONE, 10, -1), step(10, NONE, 1)]],
    ['bounds that follow from their neighbours', [step(NONE, 10, -1), step(NONE, 50, 0), step(50, NONE, 1)]],
    ['lower bounds alone', [step(10, NONE, 1), step(20, NONE, 2)]],
    ['a step of no change', [step(NONE, 10, 0), step(10, NONE, 1)]],
    ['a token as change', [step(NONE, 10, NUMBER), step(10, NONE, 1)]],
  ])('lets steps with %s pass as they are', (_what, steps) => {
    expect(checkSteps(steps, false)).toEqual(steps);
  });

  test.each<[string, Steps]>([
    ['another order', [step(100, NONE, 2), step(50, 100, 1), step(NONE, 10, -1)]],
    ['a bound in common, the upper first', [step(10, NONE, 1), step(NONE, 10, -1)]],
  ])('puts steps with %s into order, as the L2 sorts by one bound only', (_what, steps) => {
    expect(checkSteps(steps, false)).toEqual([...steps].reverse());
  });

  test('fails when a step ends where it begins, at 0', () => {
    expect(() => checkSteps([step(NONE, 0, -1), step(10, NONE, 1)], false)).toThrow(
      new Error('upper of a step must be above 0, got {"upper":0,"change":-1}'),
    );
  });

  test.each<[appscaling.ScalingInterval, Steps]>([
    [step(50, NONE, 1), [step(NONE, 50, 0), step(50, NONE, 1)]],
    [step(NONE, 50, -1), [step(NONE, 50, -1), step(50, NONE, 0)]],
  ])('puts a gap beside %j', (only, steps) => {
    expect(checkSteps([only], false)).toEqual(steps);
  });

  test('lets a number of 0 tasks pass when changes are numbers of tasks', () => {
    const steps = [step(NONE, 1, 0), step(1, NONE, 0)];
    expect(checkSteps(steps, true)).toEqual(steps);
  });

  test.each<[string, Steps, string]>([
    ['there are none', [], 'the number of steps must be between 1 and 40, got 0'],
    [
      'there are 41',
      Array.from({ length: 41 }, (_, lower) => step(lower, NONE, 1)),
      'the number of steps must be between 1 and 40, got 41',
    ],
    ['one has no bound', [step(NONE, NONE, 1)], 'a step must have lower, upper or both, got {"change":1}'],
    [
      'lower is above upper',
      [step(9, 5, 1)],
      'lower of a step must be less than upper, got {"lower":9,"upper":5,"change":1}',
    ],
    [
      'lower is upper',
      [step(5, 5, 1)],
      'lower of a step must be less than upper, got {"lower":5,"upper":5,"change":1}',
    ],
    ['lower is a token', [step(NUMBER, NONE, 1)], 'lower of a step must be a known number, got a token'],
    ['upper is infinite', [step(5, Infinity, 1)], 'upper of a step must be a number from 0 up, got Infinity'],
    ['a change is a fraction', [step(5, NONE, 0.5)], 'change of a step must be a whole number, got 0.5'],
    [
      'two overlap',
      [step(5, 20, 1), step(10, NONE, 2)],
      'steps must not overlap, got [{"lower":5,"upper":20,"change":1},{"lower":10,"change":2}]',
    ],
    [
      'two overlap, of which one says less',
      [step(20, 60, 1), step(NONE, 50, -1)],
      'steps must not overlap, got [{"lower":20,"upper":60,"change":1},{"upper":50,"change":-1}]',
    ],
    [
      'nothing changes',
      [step(NONE, 5, 0), step(5, NONE, 0)],
      'steps must change something, got a change of 0 in all of them',
    ],
  ])('fails when %s', (_what, steps, message) => {
    expect(() => checkSteps(steps, false)).toThrow(new Error(message));
  });

  test.each<[string, Steps]>([
    ['around one', [step(50, 60, 1)]],
    ['between three', [step(NONE, 10, -1), step(20, 30, 1), step(40, NONE, 2)]],
    ['below the first and between', [step(10, 20, -1), step(50, NONE, 1)]],
    ['between and above the last', [step(NONE, 10, -1), step(50, 100, 1)]],
    ['by changes of 0', [step(NONE, 10, 0), step(10, 20, 1), step(20, NONE, 0)]],
  ])('fails when there are two gaps, %s', (_what, steps) => {
    expect(() => checkSteps(steps, false)).toThrow(expect.objectContaining({ name: 'ContainersError' }));
  });

  test.each([true, false])(
    'fails when two have no lower bound and the same upper one, in exact numbers: %p',
    (exact) => {
      const steps = [step(NONE, 10, 1), step(NONE, 10, 2)];
      expect(() => checkSteps(steps, exact)).toThrow(expect.objectContaining({ name: 'ContainersError' }));
    },
  );

  test('fails when one alone says the number of tasks', () => {
    expect(() => checkSteps([step(50, NONE, 8)], true)).toThrow(
      new Error(
        'steps must be two at least when they say the number of tasks, got {"lower":50,"change":8}: beside one alone the number is not known',
      ),
    );
  });
});
