import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import type { aws_sqs as sqs } from 'aws-cdk-lib';
import { isToken } from '../../rules/errors';
import { checkLatencies } from '../../rules/scaling';
import { trackMetric } from '../private/track-metric';
import type { ScalingPolicyKind, ScalingPolicyTarget, TargetTrackingOptions } from '../scaling-policy';

/** Options of `ScalingPolicy.backlogPerTask`. */
export interface BacklogOptions extends TargetTrackingOptions {
  /** The queue that the tasks work off. */
  readonly queue: sqs.IQueue;

  /** How long a message may wait. */
  readonly acceptableLatency: Duration;

  /** How long a task needs for a message. */
  readonly processingTime: Duration;
}

/**
 * A task may have as many messages before it as it works off within the acceptable latency.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
 */
export function backlogPerTaskPolicy(options: BacklogOptions): ScalingPolicyKind {
  const { queue, acceptableLatency, processingTime } = options;
  const target = checkLatencies(acceptableLatency, processingTime);
  return {
    id: 'BacklogPerTask',
    wakes: true,
    needsInsights: true,
    bind(bound) {
      const usingMetrics = {
        visible: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: MINUTE }),
        running: runningTasks(bound),
      };
      const metric = new cloudwatch.MathExpression({
        expression: 'visible / IF(FILL(running, 0) > 0, FILL(running, 0), 1)',
        usingMetrics,
        period: MINUTE,
      });
      trackMetric('BacklogPerTask', bound, metric, target, options);
      const waiting = new cloudwatch.MathExpression({
        expression: 'IF(FILL(running, 0) < 1, visible, 0)',
        usingMetrics,
        period: MINUTE,
      });
      const { minTasks } = bound.bounds;
      if (bound.fromZero ?? (minTasks === 0 || isToken(minTasks))) startFirst(bound, waiting);
    },
  };
}

const MINUTE = Duration.minutes(1);

/** The first message starts the first task: target tracking would wait for more of them than its target. */
function startFirst({ taskCount }: ScalingPolicyTarget, waiting: cloudwatch.IMetric): void {
  taskCount.scaleOnMetric('BacklogPerTaskWake', {
    metric: waiting,
    scalingSteps: [
      { upper: 1, change: 0 },
      { lower: 1, change: +1 },
    ],
    // Until the first task reports that it runs, an instance for it may have to start.
    cooldown: Duration.minutes(5),
    evaluationPeriods: 1,
  });
}

/** Container Insights counts them; ECS itself has no metric of it. */
function runningTasks({ service }: ScalingPolicyTarget): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'ECS/ContainerInsights',
    metricName: 'RunningTaskCount',
    dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
    statistic: 'Average',
    period: MINUTE,
  });
}
