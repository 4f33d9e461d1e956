import { aws_applicationautoscaling as appscaling, Lazy } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import { checkSeconds, checkWhole, ContainersError } from '../../rules/errors';
import { checkUtilization, SCHEDULING_BUFFER_SECONDS } from '../../rules/scaling';
import { policyNameOf, scalableTargetId } from '../private/track-metric';
import type { ScalingPolicyKind } from '../scaling-policy';

/** Options of `ScalingPolicy.predictive`. */
export interface PredictiveOptions {
  /**
   * The average CPU utilization to hold, 1 to 99 percent.
   * @default - give this or `memory`
   */
  readonly cpu?: number;

  /**
   * The average memory utilization to hold, 1 to 99 percent.
   * @default - give this or `cpu`
   */
  readonly memory?: number;

  /**
   * Forecasts only, and changes nothing: look at a day's forecasts first, then set this to false.
   * @default true
   */
  readonly forecastOnly?: boolean;

  /**
   * How long before they are needed tasks are started, less than an hour.
   * @default Duration.minutes(5)
   */
  readonly schedulingBuffer?: Duration;

  /**
   * Lets a forecast exceed `maxTasks` by so many percent of itself, 0 to 100.
   * @default - maxTasks holds
   */
  readonly maxCapacityBuffer?: number;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/predictive-auto-scaling.html */
export function predictivePolicy(options: PredictiveOptions): ScalingPolicyKind {
  const { cpu, memory, forecastOnly = true, schedulingBuffer, maxCapacityBuffer } = options;
  if ((cpu === undefined) === (memory === undefined)) {
    throw new ContainersError(
      `ScalingPolicy.predictive must have either cpu or memory, got ${cpu === undefined ? 'none' : 'both'}`,
    );
  }
  if (cpu !== undefined) checkUtilization('cpu of ScalingPolicy.predictive in percent', cpu);
  if (memory !== undefined) checkUtilization('memory of ScalingPolicy.predictive in percent', memory);
  checkSeconds('schedulingBuffer', schedulingBuffer, SCHEDULING_BUFFER_SECONDS);
  checkWhole('maxCapacityBuffer', maxCapacityBuffer, { min: 0, max: 100 });
  return {
    id: 'Predictive',
    wakes: false,
    addsOnly: true,
    bind({ taskCount }) {
      const policy: appscaling.CfnScalingPolicy = new appscaling.CfnScalingPolicy(taskCount, 'Predictive', {
        policyName: Lazy.string({ produce: () => policyNameOf(policy) }),
        policyType: 'PredictiveScaling',
        scalingTargetId: scalableTargetId(taskCount),
        predictiveScalingPolicyConfiguration: {
          mode: forecastOnly ? 'ForecastOnly' : 'ForecastAndScale',
          metricSpecifications: [
            {
              targetValue: (cpu ?? memory)!,
              predefinedMetricPairSpecification: {
                predefinedMetricType: cpu === undefined ? 'ECSServiceMemoryUtilization' : 'ECSServiceCPUUtilization',
              },
            },
          ],
          schedulingBufferTime: schedulingBuffer?.toSeconds(),
          maxCapacityBreachBehavior: maxCapacityBuffer === undefined ? undefined : 'IncreaseMaxCapacity',
          maxCapacityBuffer,
        },
      });
    },
  };
}
