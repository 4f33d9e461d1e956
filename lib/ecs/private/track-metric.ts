import { Annotations, aws_applicationautoscaling as appscaling, Lazy, Names, Stack, Token } from 'aws-cdk-lib';
import type { aws_cloudwatch as cloudwatch, aws_ecs as ecs } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import type { ScalingPolicyTarget, TargetTrackingOptions, UtilizationOptions } from '../scaling-policy';
import { targetTracking } from './target-tracking';

type Query = appscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty;

/** The scalable target of a service, which the L2 keeps to itself. */
export function scalableTargetId(taskCount: ecs.ScalableTaskCount): string {
  return (taskCount.node.findChild('Target') as appscaling.ScalableTarget).scalableTargetId;
}

/** Holds the CPU or memory utilization of a service. */
export function trackUtilization(
  id: string,
  bound: ScalingPolicyTarget,
  metricName: 'CPUUtilization' | 'MemoryUtilization',
  percent: number,
  options: UtilizationOptions,
): void {
  if (options.highResolution) emitMoreOften(bound.service, metricName);
  const predefinedMetricType = `ECSServiceAverage${metricName}${options.highResolution ? 'HighResolution' : ''}`;
  track(id, bound, { predefinedMetricSpecification: { predefinedMetricType }, targetValue: percent }, options);
}

/**
 * Holds a metric at a target, metric math too: the L2 takes single metrics only.
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
 */
export function trackMetric(
  id: string,
  bound: ScalingPolicyTarget,
  metric: cloudwatch.IMetric,
  targetValue: number,
  options: TargetTrackingOptions,
): void {
  const metrics = queriesOf(bound.taskCount, metric);
  track(id, bound, { customizedMetricSpecification: { metrics }, targetValue }, options);
}

function track(
  id: string,
  { taskCount, cooldown }: ScalingPolicyTarget,
  tracked: appscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty,
  options: TargetTrackingOptions,
): void {
  const { disableScaleIn, scaleInCooldown, scaleOutCooldown } = targetTracking(options, cooldown);
  const policy: appscaling.CfnScalingPolicy = new appscaling.CfnScalingPolicy(taskCount, id, {
    policyName: Lazy.string({ produce: () => policyNameOf(policy) }),
    policyType: 'TargetTrackingScaling',
    scalingTargetId: scalableTargetId(taskCount),
    targetTrackingScalingPolicyConfiguration: {
      ...tracked,
      disableScaleIn,
      scaleInCooldown: scaleInCooldown?.toSeconds(),
      scaleOutCooldown: scaleOutCooldown?.toSeconds(),
    },
  });
}

/** Unique in its service: Application Auto Scaling knows a policy by its name. */
export function policyNameOf(policy: appscaling.CfnScalingPolicy): string {
  return Names.uniqueResourceName(policy, { maxLength: 256 });
}

/** ECS reports each minute unless the service says else. */
function emitMoreOften(service: ecs.BaseService, metricName: string): void {
  const resource = service.node.defaultChild as ecs.CfnService;
  const before = resource.monitoring as ecs.CfnService.MonitoringConfigurationProperty | undefined;
  const others = (before?.metricConfigurations ?? []) as ecs.CfnService.MetricConfigurationProperty[];
  resource.monitoring = {
    metricConfigurations: [...others, { metricNames: [metricName], resolutionSeconds: 20 }],
  };
}

/** Fails when Application Auto Scaling cannot follow the metric. */
export function checkMetric(scope: ecs.ScalableTaskCount, metric: cloudwatch.IMetric): void {
  queriesOf(scope, metric);
}

function queriesOf(scope: ecs.ScalableTaskCount, metric: cloudwatch.IMetric): Query[] {
  const queries = new Map<string, Query>();
  addQuery(scope, queries, 'value', metric);
  const all = [...queries.values()];
  return all.length === 1 ? all : all.map((query) => ({ ...query, returnData: query.id === 'value' }));
}

function addQuery(
  scope: ecs.ScalableTaskCount,
  queries: Map<string, Query>,
  id: string,
  metric: cloudwatch.IMetric,
): void {
  for (const [warning, message] of Object.entries(metric.warningsV2 ?? {})) {
    Annotations.of(scope).addWarningV2(warning, message);
  }
  const { metricStat, mathExpression } = metric.toMetricConfig();
  if (mathExpression) {
    for (const [name, used] of Object.entries(mathExpression.usingMetrics)) addQuery(scope, queries, name, used);
    set(scope, queries, { id, expression: mathExpression.expression });
  } else if (metricStat) {
    checkHere(scope, metricStat);
    set(scope, queries, {
      id,
      metricStat: {
        metric: {
          namespace: metricStat.namespace,
          metricName: metricStat.metricName,
          dimensions: metricStat.dimensions?.map(({ name, value }) => ({ name, value: String(value) })),
        },
        stat: metricStat.statistic,
        unit: metricStat.unitFilter,
      },
    });
  } else {
    throw new ContainersError(
      'the metric of a scaling policy must be a metric or metric math, got a search: Application Auto Scaling follows one time series',
    );
  }
}

function set(scope: ecs.ScalableTaskCount, queries: Map<string, Query>, query: Query): void {
  const id = query.id!;
  const there = queries.get(id);
  const stack = Stack.of(scope);
  if (there && JSON.stringify(stack.resolve(there)) !== JSON.stringify(stack.resolve(query))) {
    throw new ContainersError(
      `a metric of a scaling policy must use each name once, got '${id}' for two metrics: rename one in usingMetrics ('value' is taken)`,
    );
  }
  queries.set(id, query);
}

/** Application Auto Scaling looks into its own account and region only. */
function checkHere(scope: ecs.ScalableTaskCount, { account, region, metricName }: cloudwatch.MetricStatConfig): void {
  const stack = Stack.of(scope);
  for (const [name, given, own] of [
    ['account', account, stack.account],
    ['region', region, stack.region],
  ] as const) {
    if (given === undefined || given === own || Token.isUnresolved(given) || Token.isUnresolved(own)) continue;
    throw new ContainersError(
      `the metric of a scaling policy must be in the ${name} of its service (${own}), got '${metricName}' in ${given}: copy the metric, or scale on another one`,
    );
  }
}
