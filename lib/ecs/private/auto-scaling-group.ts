import { aws_autoscaling as autoscaling, Duration, Validations } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_ecs as ecs, aws_sns as sns } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { InstanceChoice, InstanceWishes } from './choose-instances';
import { autoScalingRequirements } from './instance-requirements';
import { LIFETIME_SECONDS, WARMUP_SECONDS } from '../../rules/capacity-providers';
import { checkSeconds, checkWhole, ContainersError, isToken } from '../../rules/errors';
import { FINDINGS } from '../../rules/findings';

/** What the group of a pool is made of. */
export interface GroupOptions extends InstanceWishes {
  readonly cluster: ecs.ICluster;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly choice: InstanceChoice;
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly instanceWarmupPeriod?: Duration;
  readonly maxInstanceLifetime?: Duration;
  readonly managedTerminationProtection?: boolean;
  readonly warmPool?: autoscaling.WarmPoolOptions;
  readonly notificationTopic?: sns.ITopic;
}

/** A group that ECS scales: over all zones, with new instances in place before old ones go. */
export function newAutoScalingGroup(scope: Construct, id: string, options: GroupOptions): autoscaling.AutoScalingGroup {
  const { cluster, choice, launchTemplate, spot, notificationTopic } = options;
  checkSeconds('instanceWarmupPeriod', options.instanceWarmupPeriod, WARMUP_SECONDS);
  checkSeconds('maxInstanceLifetime', options.maxInstanceLifetime, LIFETIME_SECONDS);
  checkWarmPool(options);
  const group = new autoscaling.AutoScalingGroup(scope, id, {
    vpc: cluster.vpc,
    vpcSubnets: options.vpcSubnets,
    ...(choice.onlyType ? { launchTemplate } : { mixedInstancesPolicy: mixedInstances(options) }),
    minCapacity: options.minInstances,
    maxCapacity: options.maxInstances,
    cooldown: Duration.minutes(5),
    healthChecks: autoscaling.HealthChecks.ec2({ gracePeriod: Duration.minutes(5) }),
    groupMetrics: [autoscaling.GroupMetrics.all()],
    capacityRebalance: spot ? true : undefined,
    // What managed termination protection asks for.
    newInstancesProtectedFromScaleIn: options.managedTerminationProtection ?? true,
    maxInstanceLifetime: options.maxInstanceLifetime,
    notifications: notificationTopic && [{ topic: notificationTopic }],
    updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
      strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
      minHealthyPercentage: 100,
      maxHealthyPercentage: 110,
      // All of them are protected; waiting for that to end would wait for ever.
      scaleInProtectedInstances: autoscaling.ScaleInProtectedInstances.REFRESH,
      standbyInstances: autoscaling.StandbyInstances.TERMINATE,
    }),
  });
  group.node.addDependency(cluster.vpc.selectSubnets(options.vpcSubnets).internetConnectivityEstablished);
  if (!choice.onlyType) Validations.of(group).acknowledge(...FINDINGS.mixedInstances);
  if (!notificationTopic) Validations.of(group).acknowledge(...FINDINGS.noNotifications);
  return group;
}

function mixedInstances({ launchTemplate, instanceTypes, requirements, spot, maxInstances }: GroupOptions) {
  checkWhole('spot.onDemandBase', spot?.onDemandBase, { min: 0, max: isToken(maxInstances) ? Infinity : maxInstances });
  checkWhole('spot.onDemandPercent', spot?.onDemandPercent, { min: 0, max: 100 });
  return {
    launchTemplate,
    launchTemplateOverrides: requirements
      ? [{ instanceRequirements: autoScalingRequirements(requirements) }]
      : instanceTypes!.map((instanceType) => ({ instanceType })),
    instancesDistribution: {
      onDemandAllocationStrategy: requirements
        ? autoscaling.OnDemandAllocationStrategy.LOWEST_PRICE
        : autoscaling.OnDemandAllocationStrategy.PRIORITIZED,
      onDemandBaseCapacity: spot ? (spot.onDemandBase ?? 0) : undefined,
      onDemandPercentageAboveBaseCapacity: spot ? (spot.onDemandPercent ?? 0) : 100,
      spotAllocationStrategy: spot ? autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED : undefined,
    },
  };
}

/** @see https://aws.amazon.com/about-aws/whats-new/2025/11/ec2-auto-scaling-warm-pool-mixed-instances-policies/ */
function checkWarmPool({ warmPool, spot }: GroupOptions): void {
  if (!warmPool) return;
  checkWhole('warmPool.minSize', warmPool.minSize, { min: 0, max: Infinity });
  checkWhole('warmPool.maxGroupPreparedCapacity', warmPool.maxGroupPreparedCapacity, { min: 0, max: Infinity });
  if ([warmPool.minSize, warmPool.maxGroupPreparedCapacity].some(isToken)) {
    throw new ContainersError('the sizes of warmPool must be known now, got a token: the L2 checks them');
  }
  if (warmPool.reuseOnScaleIn) {
    throw new ContainersError(
      'warmPool.reuseOnScaleIn must not be true, because ECS does not take an instance back: leave it out',
    );
  }
  if (!spot) return;
  throw new ContainersError(
    'warmPool must not be given with spot, because Auto Scaling keeps On-Demand instances warm only: remove one of them',
  );
}
