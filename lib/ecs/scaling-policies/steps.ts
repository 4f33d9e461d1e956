import { aws_applicationautoscaling as appscaling } from 'aws-cdk-lib';
import type { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { checkSeconds, checkWhole, ContainersError, isToken } from '../../rules/errors';
import { canWake, COOLDOWN_SECONDS, nameOfMetric } from '../../rules/scaling';
import { checkSteps } from '../../rules/steps';
import { checkMetric } from '../private/track-metric';
import type { ScalingPolicyKind } from '../scaling-policy';

/** Options of `ScalingPolicy.steps`. */
export interface StepsOptions {
  /**
   * What `change` means: tasks more or less, percent more or less, or so many tasks.
   * @default appscaling.AdjustmentType.CHANGE_IN_CAPACITY
   */
  readonly adjustmentType?: appscaling.AdjustmentType;

  /**
   * The fewest tasks that a change in percent adds or removes.
   * @default - no minimum
   */
  readonly minAdjustmentMagnitude?: number;

  /**
   * How long after a change the next one waits.
   * @default - the `cooldown` of the scaling, else 300 seconds
   */
  readonly cooldown?: Duration;

  /**
   * How many periods of the metric are looked at.
   * @default 1
   */
  readonly evaluationPeriods?: number;

  /**
   * How many of these must be in a step.
   * @default - all of them
   */
  readonly datapointsToAlarm?: number;
}

/** CloudWatch looks back a day at most: so many minutes. */
const EVALUATION_PERIODS = { min: 1, max: 1440 };

/** @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html */
export function stepsPolicy(
  metric: cloudwatch.IMetric,
  steps: appscaling.ScalingInterval[],
  options: StepsOptions,
): ScalingPolicyKind {
  const { adjustmentType = appscaling.AdjustmentType.CHANGE_IN_CAPACITY } = options;
  const exact = adjustmentType === appscaling.AdjustmentType.EXACT_CAPACITY;
  const percent = adjustmentType === appscaling.AdjustmentType.PERCENT_CHANGE_IN_CAPACITY;
  const scalingSteps = checkSteps(steps, exact);
  checkWhole('minAdjustmentMagnitude', options.minAdjustmentMagnitude, { min: 1, max: Infinity });
  checkWhole('evaluationPeriods', options.evaluationPeriods, EVALUATION_PERIODS);
  const periods = isToken(options.evaluationPeriods) ? Infinity : (options.evaluationPeriods ?? 1);
  checkWhole('datapointsToAlarm', options.datapointsToAlarm, { min: 1, max: periods });
  checkSeconds('cooldown', options.cooldown, COOLDOWN_SECONDS);
  if (options.minAdjustmentMagnitude !== undefined && !percent) {
    throw new ContainersError(
      `minAdjustmentMagnitude must be left out unless adjustmentType is PERCENT_CHANGE_IN_CAPACITY, got ${options.minAdjustmentMagnitude}`,
    );
  }
  const id = `Steps${nameOfMetric(metric)}`;
  return {
    id,
    // A percentage of no tasks is none.
    wakes: canWake(metric) && steps.some(({ change }) => change > 0) && (!percent || !!options.minAdjustmentMagnitude),
    bind({ taskCount, cooldown }) {
      checkMetric(taskCount, metric);
      taskCount.scaleOnMetric(id, {
        metric,
        scalingSteps,
        ...options,
        adjustmentType,
        evaluationPeriods: options.evaluationPeriods ?? 1,
        cooldown: options.cooldown ?? cooldown,
      });
    },
  };
}
