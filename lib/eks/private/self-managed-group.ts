import { aws_autoscaling as autoscaling, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { aws_sns as sns, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkWarmPoolSizes, newInstanceGroup } from '../../instances/private/auto-scaling-group';
import type { MixedInstances } from '../../instances/private/auto-scaling-group';
import { EKS_FINDINGS } from '../../rules/eks-findings';
import { ContainersError } from '../../rules/errors';
import { checkOptions } from '../../rules/given';
import type { NodeCapacityParts } from '../node-capacity';

/** What the group of nodes is made of. */
export interface NodeGroupOptions {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly launchTemplate: ec2.ILaunchTemplate;
  readonly capacity: NodeCapacityParts;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly maxInstanceLifetime?: Duration;
  readonly notificationTopic?: sns.ITopic;
}

/** The type of the instances, when the launch template is to name it: one of them, and none of it Spot. */
export function onlyTypeOf({ kind, instanceTypes }: NodeCapacityParts): string | undefined {
  const isSpot = kind === 'SPOT' || kind === 'MIXED';
  return isSpot || instanceTypes.length > 1 ? undefined : instanceTypes[0];
}

/** A group that an autoscaler scales, or nobody: no size is wished, so that a deployment takes no node away. */
export function newNodeGroup(scope: Construct, id: string, options: NodeGroupOptions): autoscaling.AutoScalingGroup {
  const { capacity } = options;
  return newInstanceGroup(scope, id, {
    ...options,
    minInstances: options.minNodes,
    maxInstances: options.maxNodes,
    mixed: onlyTypeOf(capacity) === undefined ? mixedInstances(capacity) : undefined,
    // What is reserved is all there is.
    replaceInPlace: capacity.kind === 'CAPACITY_BLOCK',
    unheard: EKS_FINDINGS.nodeNotifications,
  });
}

function mixedInstances({ kind, instanceTypes, onDemandBase, onDemandPercent }: NodeCapacityParts): MixedInstances {
  return {
    overrides: instanceTypes.map((name) => ({ instanceType: new ec2.InstanceType(name) })),
    onDemandStrategy: autoscaling.OnDemandAllocationStrategy.PRIORITIZED,
    spot: kind === 'ON_DEMAND' ? undefined : { onDemandBase, onDemandPercent },
  };
}

/** @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html#warm-pools-limitations */
export function checkNodeWarmPool(
  warmPool: autoscaling.WarmPoolOptions | undefined,
  capacity: NodeCapacityParts,
): void {
  if (!warmPool) return;
  checkOptions('warmPool', warmPool, ['reuseOnScaleIn', 'maxGroupPreparedCapacity', 'minSize', 'poolState']);
  checkWarmPoolSizes(warmPool);
  if (warmPool.reuseOnScaleIn) {
    throw new ContainersError(
      'warmPool.reuseOnScaleIn must not be true, because a node that comes back would join with what it ran before: leave it out',
    );
  }
  if (warmPool.poolState === autoscaling.PoolState.HIBERNATED) {
    throw new ContainersError(
      "warmPool.poolState must be STOPPED or RUNNING, got 'Hibernated': the memory of a node would go on with the cluster of another day",
    );
  }
  if (capacity.kind === 'ON_DEMAND') return;
  throw new ContainersError(
    `warmPool must be given with capacity that is On-Demand only, got ${capacity.kind}: Auto Scaling keeps no other instances warm`,
  );
}
