import type { aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2, Duration } from 'aws-cdk-lib';
import { cpuPolicy } from './scaling-policies/cpu';
import { memoryPolicy } from './scaling-policies/memory';
import { requestsPerTaskPolicy } from './scaling-policies/requests-per-task';

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

/** What a policy scales. */
export interface ScalingPolicyTarget {
  /** The number of tasks of a service. */
  readonly taskCount: ecs.ScalableTaskCount;
  /**
   * The load balancer's view of the tasks.
   * @default - none
   */
  readonly targetGroup?: elbv2.ApplicationTargetGroup;
  /**
   * For policies that do not say.
   * @default - 300 seconds
   */
  readonly cooldown?: Duration;
}

/** What a kind of policy does. */
export interface ScalingPolicyKind {
  /** Its construct id; a service has one policy of a kind. */
  readonly id: string;
  bind(target: ScalingPolicyTarget): void;
}

/** What the number of tasks follows. */
export class ScalingPolicy {
  /**
   * Holds the average CPU utilization of the tasks.
   * @param targetPercent 1 to 99
   */
  public static cpu(targetPercent: number, options: TargetTrackingOptions = {}): ScalingPolicy {
    return ScalingPolicy._of(cpuPolicy(targetPercent, options));
  }

  /**
   * Holds the average memory utilization of the tasks. Many runtimes never give memory back: it then never scales in.
   * @param targetPercent 1 to 99
   */
  public static memory(targetPercent: number, options: TargetTrackingOptions = {}): ScalingPolicy {
    return ScalingPolicy._of(memoryPolicy(targetPercent, options));
  }

  /**
   * Holds the number of requests a minute and task. Needs a load balancer.
   * @param target above 0
   */
  public static requestsPerTask(target: number, options: TargetTrackingOptions = {}): ScalingPolicy {
    return ScalingPolicy._of(requestsPerTaskPolicy(target, options));
  }

  /** @internal */
  public static _of(kind: ScalingPolicyKind): ScalingPolicy {
    return new ScalingPolicy(kind);
  }

  private constructor(private readonly kind: ScalingPolicyKind) {}

  /** @internal */
  public get _id(): string {
    return this.kind.id;
  }

  /** Adds the policy. `Scaling` calls this; so can you, for the task count of a bare L2 service. */
  public bind(target: ScalingPolicyTarget): void {
    this.kind.bind(target);
  }
}
