import { aws_autoscaling as autoscaling } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_ecs as ecs, aws_sns as sns, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { InstanceChoice, InstanceWishes } from './choose-instances';
import { autoScalingRequirements } from './instance-requirements';
import { checkWarmPoolSizes, newInstanceGroup } from '../../instances/private/auto-scaling-group';
import type { MixedInstances } from '../../instances/private/auto-scaling-group';
import { WARMUP_SECONDS } from '../../rules/capacity-providers';
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
  checkSeconds('instanceWarmupPeriod', options.instanceWarmupPeriod, WARMUP_SECONDS);
  checkWarmPool(options);
  const { cluster, vpcSubnets, launchTemplate, minInstances, maxInstances } = options;
  return newInstanceGroup(scope, id, {
    vpc: cluster.vpc,
    vpcSubnets,
    launchTemplate,
    mixed: options.choice.onlyType ? undefined : mixedInstances(options),
    minInstances,
    maxInstances,
    maxInstanceLifetime: options.maxInstanceLifetime,
    // What managed termination protection asks for.
    protectFromScaleIn: options.managedTerminationProtection ?? true,
    notificationTopic: options.notificationTopic,
    unheard: FINDINGS.noNotifications,
  });
}

function mixedInstances({ instanceTypes, requirements, spot, maxInstances }: GroupOptions): MixedInstances {
  checkWhole('spot.onDemandBase', spot?.onDemandBase, { min: 0, max: isToken(maxInstances) ? Infinity : maxInstances });
  checkWhole('spot.onDemandPercent', spot?.onDemandPercent, { min: 0, max: 100 });
  const { LOWEST_PRICE, PRIORITIZED } = autoscaling.OnDemandAllocationStrategy;
  return requirements
    ? {
        overrides: [{ instanceRequirements: autoScalingRequirements(requirements) }],
        onDemandStrategy: LOWEST_PRICE,
        spot,
      }
    : { overrides: instanceTypes!.map((instanceType) => ({ instanceType })), onDemandStrategy: PRIORITIZED, spot };
}

function checkWarmPool({ warmPool, spot }: GroupOptions): void {
  if (!warmPool) return;
  checkWarmPoolSizes(warmPool);
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
