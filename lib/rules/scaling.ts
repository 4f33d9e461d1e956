import { createHash } from 'node:crypto';
import type { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { checkRange, checkWhole, ContainersError, isToken } from './errors';

export function checkTasks(name: string, count: number): void {
  checkWhole(name, count, { min: 0, max: Infinity });
}

export function checkTaskRange(minTasks: number, maxTasks: number): void {
  checkTasks('minTasks', minTasks);
  checkWhole('maxTasks', maxTasks, { min: 1, max: Infinity });
  if (!isToken(minTasks) && !isToken(maxTasks) && minTasks > maxTasks) {
    throw new ContainersError(`minTasks must not be greater than maxTasks, got ${minTasks} and ${maxTasks}`);
  }
}

/** A utilization to hold. 100 % is never exceeded, so a target of 100 would never scale out. */
export function checkUtilization(name: string, percent: number): void {
  checkRange(name, percent, { min: 1, max: 99 });
}

export function checkPositive(name: string, value: number): void {
  if (!isToken(value) && !(value > 0 && value < Infinity)) {
    throw new ContainersError(`${name} must be greater than 0, got ${value}`);
  }
}

/** @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredictiveScalingPolicyConfiguration.html */
export const SCHEDULING_BUFFER_SECONDS = { min: 0, max: 3599 };

/** A day; longer ones are mistakes. */
export const COOLDOWN_SECONDS = { min: 0, max: 86400 };

/** Metrics of running tasks: with none there is nothing to report. */
const SILENT_WITHOUT_TASKS = ['AWS/ECS', 'ECS/ContainerInsights', 'ECS/ManagedScaling'];

/** False for a metric that cannot rise while no task runs. Of an expression without metrics nobody can say. */
export function canWake(metric: cloudwatch.IMetric): boolean {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  const used = Object.values(mathExpression?.usingMetrics ?? {});
  if (metricStat === undefined) return used.length === 0 || used.some(canWake);
  const ofTargets = metricStat.dimensions?.some(({ name }) => name === 'TargetGroup') ?? false;
  // A request that finds no target is not counted.
  const requests = metricStat.namespace === 'AWS/ApplicationELB' && metricStat.metricName === 'RequestCount';
  return !ofTargets && !requests && !SILENT_WITHOUT_TASKS.includes(metricStat.namespace);
}

/** What two policies on one metric have in common, fit for a construct id: its label, else its name. */
export function nameOfMetric(metric: cloudwatch.IMetric): string {
  const { metricStat, renderingProperties } = metric.toMetricConfig();
  const label = renderingProperties?.label;
  const name = typeof label === 'string' ? label : (metricStat?.metricName ?? 'Expression');
  if (isToken(name)) return 'Metric';
  const plain = name.replace(/[^A-Za-z0-9]/g, '');
  // `é` and `日` leave nothing, and are two names.
  return /[^\x20-\x7e]/.test(name) ? plain + createHash('sha256').update(name).digest('hex').slice(0, 8) : plain;
}

/** How many messages may wait for a task: an hour of 30-second messages is 120. */
export function checkLatencies(acceptableLatency: Duration, processingTime: Duration): number {
  for (const [name, duration] of Object.entries({ acceptableLatency, processingTime })) {
    if (duration.isUnresolved()) throw new ContainersError(`${name} must be a known duration, got a token`);
  }
  const [latency, processing] = [acceptableLatency, processingTime].map((time) =>
    time.toMilliseconds({ integral: false }),
  );
  if (!(processing > 0)) throw new ContainersError(`processingTime must be above 0, got ${processing / 1000} seconds`);
  if (latency < processing) {
    throw new ContainersError(
      `acceptableLatency must be at least processingTime, got ${latency / 1000} and ${processing / 1000} seconds: a message that is worked on at once takes longer than it may wait`,
    );
  }
  return latency / processing;
}
