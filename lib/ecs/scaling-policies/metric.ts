import type { aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { checkPositive, canWake, nameOfMetric } from '../../rules/scaling';
import { trackMetric } from '../private/track-metric';
import type { ScalingPolicyKind, TargetTrackingOptions } from '../scaling-policy';

/** Options of `ScalingPolicy.metric`. */
export interface MetricPolicyOptions extends TargetTrackingOptions {
  /** The value to hold, above 0. The metric must fall when tasks are added: backlog for each task, not backlog. */
  readonly target: number;
}

export function metricPolicy(metric: cloudwatch.IMetric, options: MetricPolicyOptions): ScalingPolicyKind {
  checkPositive('the target of ScalingPolicy.metric', options.target);
  const id = `Metric${nameOfMetric(metric)}`;
  return {
    id,
    wakes: canWake(metric),
    bind: (bound) => trackMetric(id, bound, metric, options.target, options),
  };
}
