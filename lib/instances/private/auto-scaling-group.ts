import { aws_autoscaling as autoscaling, Duration, Validations } from 'aws-cdk-lib';
import type { Acknowledgment, aws_ec2 as ec2, aws_sns as sns } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LIFETIME_SECONDS } from '../../rules/capacity-providers';
import { checkSeconds, checkWhole, ContainersError, isToken } from '../../rules/errors';
import { FINDINGS } from '../../rules/findings';

/** How much of a group is Spot. */
export interface SpotShare {
  readonly onDemandBase?: number;
  readonly onDemandPercent?: number;
}

/** Instances of several types, or of Spot. */
export interface MixedInstances {
  readonly overrides: autoscaling.LaunchTemplateOverrides[];
  /** Types that are named have an order, those that EC2 finds have a price. */
  readonly onDemandStrategy: autoscaling.OnDemandAllocationStrategy;
  /** Without it all of them are On-Demand. */
  readonly spot?: SpotShare;
}

/** What a group of instances is made of, whoever schedules on them. */
export interface InstanceGroupOptions {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly launchTemplate: ec2.ILaunchTemplate;
  /** Without it the launch template names the type. */
  readonly mixed?: MixedInstances;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly maxInstanceLifetime?: Duration;
  readonly protectFromScaleIn?: boolean;
  /** Whether an update takes instances away before it starts others, where there are no more to be had. */
  readonly replaceInPlace?: boolean;
  readonly notificationTopic?: sns.ITopic;
  /** Why it is right that nobody hears of the instances. */
  readonly unheard: readonly Acknowledgment[];
}

/** A group over all zones, with new instances in place before old ones go. */
export function newInstanceGroup(
  scope: Construct,
  id: string,
  options: InstanceGroupOptions,
): autoscaling.AutoScalingGroup {
  const { vpc, vpcSubnets, launchTemplate, mixed, notificationTopic } = options;
  checkSeconds('maxInstanceLifetime', options.maxInstanceLifetime, LIFETIME_SECONDS);
  const group = new autoscaling.AutoScalingGroup(scope, id, {
    vpc,
    vpcSubnets,
    ...(mixed ? { mixedInstancesPolicy: mixedInstances(launchTemplate, mixed) } : { launchTemplate }),
    minCapacity: options.minInstances,
    maxCapacity: options.maxInstances,
    cooldown: Duration.minutes(5),
    healthChecks: autoscaling.HealthChecks.ec2({ gracePeriod: Duration.minutes(5) }),
    groupMetrics: [autoscaling.GroupMetrics.all()],
    capacityRebalance: mixed?.spot ? true : undefined,
    newInstancesProtectedFromScaleIn: options.protectFromScaleIn,
    maxInstanceLifetime: options.maxInstanceLifetime,
    notifications: notificationTopic && [{ topic: notificationTopic }],
    updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
      strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
      ...(options.replaceInPlace
        ? { minHealthyPercentage: 90, maxHealthyPercentage: 100 }
        : { minHealthyPercentage: 100, maxHealthyPercentage: 110 }),
      // Where all of them are protected, waiting for that to end would wait for ever.
      scaleInProtectedInstances: autoscaling.ScaleInProtectedInstances.REFRESH,
      standbyInstances: autoscaling.StandbyInstances.TERMINATE,
    }),
  });
  group.node.addDependency(vpc.selectSubnets(vpcSubnets).internetConnectivityEstablished);
  if (mixed) Validations.of(group).acknowledge(...FINDINGS.mixedInstances);
  if (!notificationTopic) Validations.of(group).acknowledge(...options.unheard);
  return group;
}

function mixedInstances(launchTemplate: ec2.ILaunchTemplate, { spot, ...mixed }: MixedInstances) {
  return {
    launchTemplate,
    launchTemplateOverrides: mixed.overrides,
    instancesDistribution: {
      onDemandAllocationStrategy: mixed.onDemandStrategy,
      onDemandBaseCapacity: spot ? (spot.onDemandBase ?? 0) : undefined,
      onDemandPercentageAboveBaseCapacity: spot ? (spot.onDemandPercent ?? 0) : 100,
      spotAllocationStrategy: spot ? autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED : undefined,
    },
  };
}

/**
 * Fails unless the sizes of a warm pool are numbers. It may stand beside several types, but not beside Spot.
 * @see https://aws.amazon.com/about-aws/whats-new/2025/11/ec2-auto-scaling-warm-pool-mixed-instances-policies/
 */
export function checkWarmPoolSizes({ minSize, maxGroupPreparedCapacity }: autoscaling.WarmPoolOptions): void {
  checkWhole('warmPool.minSize', minSize, { min: 0, max: Infinity });
  checkWhole('warmPool.maxGroupPreparedCapacity', maxGroupPreparedCapacity, { min: 0, max: Infinity });
  if (![minSize, maxGroupPreparedCapacity].some(isToken)) return;
  throw new ContainersError('the sizes of warmPool must be known now, got a token: the L2 checks them');
}
