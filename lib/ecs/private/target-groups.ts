import { aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import type { ScalingPolicyTarget } from '../scaling-policy';

/** The target groups of a service, for policies that cannot do without. */
export function targetGroupsOf(
  policy: string,
  { targetGroups = [] }: ScalingPolicyTarget,
): [elbv2.ApplicationTargetGroup, ...elbv2.ApplicationTargetGroup[]] {
  const [first, ...more] = targetGroups;
  if (!first) {
    throw new ContainersError(
      `${policy} needs a load balancer, got a service without one: use another policy or another routing, or give Scaling.bind its targetGroups`,
    );
  }
  return [first, ...more];
}

/** How a metric of target groups is named. */
export interface TargetGroupMetric {
  readonly metricName: string;
  readonly statistic: string;
  /** True when there is no such metric for the target group alone. */
  readonly ofLoadBalancer?: boolean;
}

/**
 * One metric over the target groups of a service. A deployment that shifts traffic uses two, and which of them serves
 * changes with each; the idle one reports nothing.
 */
export function overGroups(
  how: 'MAX' | 'SUM',
  groups: elbv2.ApplicationTargetGroup[],
  { metricName, statistic, ofLoadBalancer }: TargetGroupMetric,
): cloudwatch.IMetric {
  const metrics = groups.map((group) => {
    const dimensionsMap: Record<string, string> = { TargetGroup: group.targetGroupFullName };
    if (ofLoadBalancer) dimensionsMap.LoadBalancer = group.firstLoadBalancerFullName;
    return new cloudwatch.Metric({
      namespace: 'AWS/ApplicationELB',
      metricName,
      dimensionsMap,
      statistic,
    });
  });
  if (metrics.length === 1) return metrics[0];
  const named = metrics.map((metric, index): [string, cloudwatch.IMetric] => [`m${index + 1}`, metric]);
  return new cloudwatch.MathExpression({
    expression: `${how}([${named.map(([name]) => `FILL(${name}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(named),
  });
}
