import type { aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2, Duration } from 'aws-cdk-lib';
import { ScalingPolicy } from './scaling-policy';
import { checkUnique, ContainersError } from '../rules/errors';
import { checkTaskRange, checkTasks } from '../rules/scaling';

/** Options of `Scaling.between`. */
export interface ScalingBetweenOptions {
  /** The fewest tasks, at least 1: no policy of these could wake a service without tasks. */
  readonly minTasks: number;

  /** The most tasks. */
  readonly maxTasks: number;

  /**
   * What the number follows. The policy that asks for the most tasks wins.
   * @default - `ScalingPolicy.cpu(60)`
   */
  readonly policies?: ScalingPolicy[];

  /**
   * How long after a change the next one waits, for policies that do not say.
   * @default - 300 seconds
   */
  readonly cooldown?: Duration;
}

/** What a scaling is bound to: a service of any kind, also a bare L2. */
export interface ScalingTarget {
  /** The service. */
  readonly service: ecs.BaseService;
  /**
   * The load balancer's view of its tasks.
   * @default - none
   */
  readonly targetGroup?: elbv2.ApplicationTargetGroup;
}

/** How many tasks run. */
export class Scaling {
  /**
   * Always so many tasks. The only case in which the template holds a number: each deployment sets it again.
   * @param tasks 0 or more
   */
  public static fixed(tasks: number): Scaling {
    checkTasks('the tasks of Scaling.fixed', tasks);
    return new Scaling(tasks, tasks);
  }

  /**
   * As many tasks as the policies ask for, within bounds.
   * @throws when minTasks is above maxTasks, when it is 0, or when a policy stands twice
   */
  public static between(options: ScalingBetweenOptions): Scaling {
    checkTaskRange(options.minTasks, options.maxTasks);
    if (options.minTasks === 0) {
      throw new ContainersError(
        'minTasks must be at least 1, got 0: CPU, memory and requests say nothing while no task runs, so nothing would start one',
      );
    }
    if (options.policies?.length === 0) {
      throw new ContainersError(
        'policies must have at least one policy, got an empty list: leave it out for CPU at 60 %, or use Scaling.fixed',
      );
    }
    checkUnique(
      'scaling policies of a service',
      (options.policies ?? []).map((policy) => policy._id),
    );
    return new Scaling(options.minTasks, undefined, options);
  }

  /** The fewest tasks that run. */
  public readonly minTasks: number;

  /** The number of tasks for the template: only when it is fixed. */
  public readonly desiredCount?: number;

  private constructor(
    minTasks: number,
    desiredCount: number | undefined,
    private readonly options?: ScalingBetweenOptions,
  ) {
    this.minTasks = minTasks;
    this.desiredCount = desiredCount;
  }

  /**
   * Scales the service. Intents call this; so can you, for a bare L2 service.
   * @returns the scalable task count, nothing when the number is fixed
   */
  public bind(target: ScalingTarget): ecs.ScalableTaskCount | undefined {
    if (!this.options) return undefined;
    const { minTasks, maxTasks, cooldown, policies = [ScalingPolicy.cpu(60)] } = this.options;
    const taskCount = target.service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks });
    policies.forEach((policy) => policy.bind({ taskCount, targetGroup: target.targetGroup, cooldown }));
    return taskCount;
  }
}
