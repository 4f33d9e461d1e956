import type { aws_applicationautoscaling as appscaling } from 'aws-cdk-lib';
import { checkWhole, ContainersError, isToken } from './errors';

type Step = appscaling.ScalingInterval;
type Interval = Required<Step>;

/** At most so many steps: Application Auto Scaling takes 20 for each direction. */
const STEPS = { min: 1, max: 40 };

/**
 * Checks steps: known bounds that do not overlap, with one range at most in which nothing changes. One step alone gets
 * that range beside it.
 */
export function checkSteps(steps: Step[], exact: boolean): Step[] {
  checkWhole('the number of steps', steps.length, STEPS);
  steps.forEach((step) => checkStep(step, exact));
  const completed = withNeighbour(steps, exact).sort(byBounds);
  const intervals = complete(completed);
  const overlapping = intervals.some(
    ({ lower, upper }, index) => lower >= upper || upper > (intervals.at(index + 1)?.lower ?? Infinity),
  );
  if (overlapping) throw new ContainersError(`steps must not overlap, got ${text(steps)}`);
  if (!exact && steps.every(({ change }) => change === 0)) {
    throw new ContainersError('steps must change something, got a change of 0 in all of them');
  }
  const idle = idleRanges(intervals, exact);
  if (idle > 1) {
    throw new ContainersError(
      `steps must leave one range at most in which nothing changes, got ${idle} in ${text(steps)}: name the steps between, from 0 up`,
    );
  }
  return completed;
}

function checkStep(step: Step, exact: boolean): void {
  const { lower, upper, change } = step;
  if (lower === undefined && upper === undefined) {
    throw new ContainersError(`a step must have lower, upper or both, got ${text([step])}`);
  }
  for (const [name, value] of Object.entries({ lower, upper })) {
    if (value === undefined) continue;
    if (isToken(value)) throw new ContainersError(`${name} of a step must be a known number, got a token`);
    if (!(value >= 0 && value < Infinity)) {
      throw new ContainersError(`${name} of a step must be a number from 0 up, got ${value}`);
    }
  }
  if (upper === 0) throw new ContainersError(`upper of a step must be above 0, got ${text([step])}`);
  if (lower !== undefined && upper !== undefined && lower >= upper) {
    throw new ContainersError(`lower of a step must be less than upper, got ${text([step])}`);
  }
  checkWhole('change of a step', change, { min: exact ? 0 : -Infinity, max: Infinity });
}

/** The L2 wants two steps. Beside one that adds or removes, nothing changes. */
function withNeighbour(steps: Step[], exact: boolean): Step[] {
  const [only, ...more] = steps;
  if (more.length > 0) return [...steps];
  if (exact) {
    throw new ContainersError(
      `steps must be two at least when they say the number of tasks, got ${text(steps)}: beside one alone the number is not known`,
    );
  }
  if (only.lower === undefined) return [only, { lower: only.upper, change: 0 }];
  return [{ upper: only.lower, change: 0 }, only];
}

/** The L2 sorts by one bound: of two with the same one, the step that ends there comes first. */
function byBounds(a: Step, b: Step): number {
  return (a.lower ?? a.upper!) - (b.lower ?? b.upper!) || Number(a.lower !== undefined) - Number(b.lower !== undefined);
}

/** Neighbours share a bound that only one of them says. */
function complete(steps: Step[]): Interval[] {
  return steps.map((step, index) => ({
    change: step.change,
    lower: step.lower ?? (index === 0 ? undefined : steps[index - 1].upper) ?? 0,
    upper: step.upper ?? steps.at(index + 1)?.lower ?? Infinity,
  }));
}

/** Ranges without a change, of which neighbours count as one. */
function idleRanges(intervals: Interval[], exact: boolean): number {
  const changes: boolean[] = [];
  let reached = 0;
  for (const { lower, upper, change } of intervals) {
    if (lower > reached) changes.push(false);
    changes.push(exact || change !== 0);
    reached = upper;
  }
  if (reached < Infinity) changes.push(false);
  return changes.filter((changing, index) => !changing && changes[index - 1] !== false).length;
}

function text(steps: Step[]): string {
  return JSON.stringify(steps.length === 1 ? steps[0] : steps);
}
