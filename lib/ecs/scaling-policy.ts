import type {
  aws_applicationautoscaling as appscaling,
  aws_cloudwatch as cloudwatch,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  Duration,
} from 'aws-cdk-lib';
import { backlogPerTaskPolicy } from './scaling-policies/backlog-per-task';
import type { BacklogOptions } from './scaling-policies/backlog-per-task';
import { cpuPolicy } from './scaling-policies/cpu';
import { memoryPolicy } from './scaling-policies/memory';
import { metricPolicy } from './scaling-policies/metric';
import type { MetricPolicyOptions } from './scaling-policies/metric';
import { predictivePolicy } from './scaling-policies/predictive';
import type { PredictiveOptions } from './scaling-policies/predictive';
import { requestsPerTaskPolicy } from './scaling-policies/requests-per-task';
import { responseTimePolicy } from './scaling-policies/response-time';
import { schedulePolicy } from './scaling-policies/schedule';
import type { SchedulePolicyOptions } from './scaling-policies/schedule';
import { stepsPolicy } from './scaling-policies/steps';
import type { StepsOptions } from './scaling-policies/steps';

/** Options of every policy that holds a metric at a target. */
export interface TargetTrackingOptions {
  /**
   * How long after tasks were removed no more are removed.
   * @default - the `cooldown` of the scaling, else 300 seconds
   */
  readonly scaleInCooldown?: Duration;

  /**
   * How long after tasks were added no more are added.
   * @default - the `cooldown` of the scaling, else 300 seconds
   */
  readonly scaleOutCooldown?: Duration;

  /**
   * Never removes tasks.
   * @default false
   */
  readonly disableScaleIn?: boolean;
}

/** Options of policies on the utilization of the service. */
export interface UtilizationOptions extends TargetTrackingOptions {
  /**
   * Looks at the metric each 20 seconds instead of each minute, and so reacts sooner. Such metrics are paid for.
   * @default false
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
   */
  readonly highResolution?: boolean;
}

/** What a policy scales. */
export interface ScalingPolicyTarget {
  /** The service. */
  readonly service: ecs.BaseService;
  /** The number of its tasks. */
  readonly taskCount: ecs.ScalableTaskCount;
  /** Between what it moves. */
  readonly bounds: TaskBounds;
  /**
   * True when there may be no task at all, now or after a schedule.
   * @default - when `bounds.minTasks` is 0
   */
  readonly fromZero?: boolean;
  /**
   * The load balancer's view of the tasks: two when deployments shift traffic from one to the other.
   * @default - none
   */
  readonly targetGroups?: elbv2.ApplicationTargetGroup[];
  /**
   * For policies that do not say.
   * @default - 300 seconds
   */
  readonly cooldown?: Duration;
}

/** The fewest and the most tasks. */
export interface TaskBounds {
  /** The fewest. */
  readonly minTasks: number;
  /** The most. */
  readonly maxTasks: number;
}

/** What a kind of policy does. */
export interface ScalingPolicyKind {
  /** A service has one policy of an id. */
  readonly id: string;
  /** True when it can start the first task. */
  readonly wakes: boolean;
  /** True when it reads metrics of Container Insights. */
  readonly needsInsights?: boolean;
  /** True when it never removes tasks, and leaves that to others. */
  readonly addsOnly?: boolean;
  /** True when it moves the bounds, and leaves the rest to others. */
  readonly movesBounds?: boolean;
  /** The fewest tasks that it may set. */
  readonly minTasks?: number;
  bind(target: ScalingPolicyTarget): void;
}

/** What the number of tasks follows. */
export class ScalingPolicy {
  /**
   * Holds the average CPU utilization of the tasks.
   * @param targetPercent 1 to 99
   */
  public static cpu(targetPercent: number, options: UtilizationOptions = {}): ScalingPolicy {
    return ScalingPolicy._of(cpuPolicy(targetPercent, options));
  }

  /**
   * Holds the average memory utilization of the tasks. Many runtimes never give memory back: it then never scales in.
   * @param targetPercent 1 to 99
   */
  public static memory(targetPercent: number, options: UtilizationOptions = {}): ScalingPolicy {
    return ScalingPolicy._of(memoryPolicy(targetPercent, options));
  }

  /**
   * Holds the number of requests a minute and task. Needs a load balancer.
   * @param target above 0
   */
  public static requestsPerTask(target: number, options: TargetTrackingOptions = {}): ScalingPolicy {
    return ScalingPolicy._of(requestsPerTaskPolicy(target, options));
  }

  /**
   * Holds the average response time at the load balancer. Needs one. Tasks that wait for a slow database are not faster
   * for being more.
   * @throws when the time is not above 0
   */
  public static responseTime(target: Duration, options: TargetTrackingOptions = {}): ScalingPolicy {
    return ScalingPolicy._of(responseTimePolicy(target, options));
  }

  /**
   * Holds the number of messages before each task, so that none waits longer than is acceptable. Metric math on the
   * queue and on Container Insights, which the cluster must have; no function. Scales from and to zero.
   * @throws when the acceptable latency is less than the processing time
   */
  public static backlogPerTask(options: BacklogOptions): ScalingPolicy {
    return ScalingPolicy._of(backlogPerTaskPolicy(options));
  }

  /**
   * Holds any metric that falls when tasks are added, metric math too. From zero, the first task starts when it exceeds
   * the target. Metrics of one name are told apart by their labels.
   * Application Auto Scaling looks each minute, whatever the metric's period.
   * @throws when the target is not above 0
   */
  public static metric(metric: cloudwatch.IMetric, options: MetricPolicyOptions): ScalingPolicy {
    return ScalingPolicy._of(metricPolicy(metric, options));
  }

  /**
   * Adds and removes tasks in steps that you choose, for example on the length of a queue.
   * @param steps `{ upper: 10, change: -1 }` up to 10, `{ lower: 50, change: +1 }` from 50 on; between them nothing changes
   * @throws when steps overlap, are empty, or change nothing
   */
  public static steps(
    metric: cloudwatch.IMetric,
    steps: appscaling.ScalingInterval[],
    options: StepsOptions = {},
  ): ScalingPolicy {
    return ScalingPolicy._of(stepsPolicy(metric, steps, options));
  }

  /**
   * Other bounds from a certain time on, until the next schedule of the service. The rest of the policies move between them.
   * @param name what the schedule is for, `weekday-mornings`; unique in its service
   * @throws when the expression, the time zone or the bounds are not valid
   */
  public static schedule(name: string, options: SchedulePolicyOptions): ScalingPolicy {
    return ScalingPolicy._of(schedulePolicy(name, options));
  }

  /**
   * Starts tasks before a daily or weekly peak, from what the last two weeks were like. It only forecasts until
   * `forecastOnly` is false, and never removes tasks: use it beside another policy.
   * @throws without one of cpu and memory
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/predictive-auto-scaling.html
   */
  public static predictive(options: PredictiveOptions): ScalingPolicy {
    return ScalingPolicy._of(predictivePolicy(options));
  }

  /** @internal */
  public static _of(kind: ScalingPolicyKind): ScalingPolicy {
    return new ScalingPolicy(kind);
  }

  private constructor(private readonly kind: ScalingPolicyKind) {}

  /** @internal */
  public get _kind(): ScalingPolicyKind {
    return this.kind;
  }

  /** Adds the policy. `Scaling` calls this; so can you, for the task count of a bare L2 service. */
  public bind(target: ScalingPolicyTarget): void {
    this.kind.bind(target);
  }
}
