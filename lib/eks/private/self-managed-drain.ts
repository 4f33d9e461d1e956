import { aws_autoscaling as autoscaling, aws_iam as iam } from 'aws-cdk-lib';
import type { aws_events as events, aws_sqs as sqs, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { newInterruptionQueue, sendToQueue } from './interruption-queue';
import { acknowledgeWildcards } from '../../identity/private/wildcards';
import { EKS_WILDCARDS } from '../../rules/eks-findings';
import { ContainersError } from '../../rules/errors';
import { checkDrainTimeout, checkMade } from '../../rules/self-managed-nodes';

/** How long a node may take to leave, and who is told. */
export interface DrainOptions {
  readonly drainTimeout?: Duration;
  readonly interruptionQueue?: sqs.IQueue;
}

/** What makes a node wait until its pods are gone. */
export interface Drain {
  readonly hook: autoscaling.LifecycleHook;
  readonly queue: sqs.IQueue;
  readonly rules: events.Rule[];
}

export function checkDrain({ drainTimeout, interruptionQueue }: DrainOptions): void {
  checkDrainTimeout(drainTimeout);
  checkMade(
    'interruptionQueue',
    interruptionQueue?.queueArn,
    interruptionQueue,
    'a queue such as sqs.Queue.fromQueueArn(…)',
  );
  if (!interruptionQueue || drainTimeout) return;
  throw new ContainersError(
    'interruptionQueue must be given with drainTimeout, got it alone: without a hook nothing waits for who reads the queue',
  );
}

/**
 * Holds instances that Auto Scaling stops until software in the cluster has drained the node, or the time is up.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
 */
export function newDrain(
  scope: Construct,
  group: autoscaling.AutoScalingGroup,
  { drainTimeout, interruptionQueue }: DrainOptions,
): Drain | undefined {
  if (!drainTimeout) return undefined;
  const hook = group.addLifecycleHook('Drain', {
    lifecycleTransition: autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
    defaultResult: autoscaling.DefaultResult.CONTINUE,
    heartbeatTimeout: drainTimeout,
  });
  const made = interruptionQueue
    ? { queue: interruptionQueue, rules: [] }
    : newInterruptionQueue(scope, 'Interruption');
  const rule = sendToQueue(scope, 'InterruptionDrain', {
    queue: made.queue,
    description: 'Nodes that Auto Scaling stops once they are drained',
    eventPattern: {
      source: ['aws.autoscaling'],
      detailType: ['EC2 Instance-terminate Lifecycle Action'],
      detail: { AutoScalingGroupName: [group.autoScalingGroupName] },
    },
  });
  return { hook, queue: made.queue, rules: [...made.rules, rule] };
}

/** What AWS Node Termination Handler does: read the queue, look at what it names, and let Auto Scaling go on. */
export function grantDrain(grantee: iam.IGrantable, group: autoscaling.AutoScalingGroup, queue: sqs.IQueue): iam.Grant {
  const read = queue.grantConsumeMessages(grantee);
  const look = iam.Grant.addToPrincipal({
    grantee,
    actions: ['autoscaling:DescribeAutoScalingInstances', 'autoscaling:DescribeTags', 'ec2:DescribeInstances'],
    resourceArns: ['*'],
  });
  const go = iam.Grant.addToPrincipal({
    grantee,
    actions: ['autoscaling:CompleteLifecycleAction'],
    resourceArns: [group.autoScalingGroupArn],
  });
  const wild = [...look.principalStatements, ...go.principalStatements];
  acknowledgeWildcards(grantee.grantPrincipal as iam.IRole, wild, EKS_WILDCARDS.drain);
  return read.combine(look).combine(go);
}
