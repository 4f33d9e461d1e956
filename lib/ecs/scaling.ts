import type { aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2, Duration } from 'aws-cdk-lib';
import { warnWithoutInsights } from './private/clusters';
import { ScalingPolicy } from './scaling-policy';
import { checkSeconds, ContainersError, isToken } from '../rules/errors';
import { checkTaskRange, checkTasks, COOLDOWN_SECONDS } from '../rules/scaling';

/** Options of `Scaling.between`. */
export interface ScalingBetweenOptions {
  /** The fewest tasks: 0 only with a policy that can start the first one (backlog, steps, a metric, a schedule). */
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
   * The load balancer's view of its tasks: two when deployments shift traffic from one to the other.
   * @default - none
   */
  readonly targetGroups?: elbv2.ApplicationTargetGroup[];
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
   * @throws when minTasks is above maxTasks, when it is 0 and nothing starts the first task, or when a policy stands twice
   */
  public static between(options: ScalingBetweenOptions): Scaling {
    checkTaskRange(options.minTasks, options.maxTasks);
    checkSeconds('cooldown', options.cooldown, COOLDOWN_SECONDS);
    checkPolicies(options);
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
    const { service, targetGroups } = target;
    const taskCount = service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks });
    const fromZero = lowest(this.options).some((tasks) => tasks === 0 || isToken(tasks));
    policies.forEach((policy) => {
      if (policy._kind.needsInsights) warnWithoutInsights(service);
      policy.bind({ service, taskCount, bounds: { minTasks, maxTasks }, fromZero, targetGroups, cooldown });
    });
    return taskCount;
  }
}

/** The fewest tasks, of the scaling and of its schedules. */
function lowest({ minTasks, policies = [] }: ScalingBetweenOptions): number[] {
  return [minTasks, ...policies.flatMap((policy) => policy._kind.minTasks ?? [])];
}

function checkPolicies(options: ScalingBetweenOptions): void {
  const { policies = [ScalingPolicy.cpu(60)] } = options;
  if (policies.length === 0) {
    throw new ContainersError(
      'policies must have at least one policy, got an empty list: leave it out for CPU at 60 %, or use Scaling.fixed',
    );
  }
  const kinds = policies.map((policy) => policy._kind);
  const twice = kinds.find(({ id }, index) => kinds.findIndex((kind) => kind.id === id) !== index);
  if (twice) {
    throw new ContainersError(
      `scaling policies of a service must be unique, got '${twice.id}' twice: leave one out, or give metrics of one name different labels`,
    );
  }
  if (lowest(options).includes(0) && !kinds.some((kind) => kind.wakes)) {
    throw new ContainersError(
      'minTasks must be at least 1, got 0: CPU, memory, requests and response time say nothing while no task runs, so nothing would start one. ' +
        'Add ScalingPolicy.backlogPerTask, steps or metric on something that is there without tasks, or a schedule',
    );
  }
  if (kinds.some((kind) => kind.addsOnly) && kinds.every((kind) => kind.addsOnly || kind.movesBounds)) {
    throw new ContainersError(
      'policies must have one that removes tasks too, got ScalingPolicy.predictive without: add ScalingPolicy.cpu(60) or the like',
    );
  }
}
