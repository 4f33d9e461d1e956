import { aws_events as events, aws_iam as iam, aws_sqs as sqs, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EKS_FINDINGS } from '../../rules/eks-findings';

/** What tells software in a cluster that instances are about to go. */
export interface InterruptionQueue {
  readonly queue: sqs.Queue;
  readonly rules: events.Rule[];
}

/** Which events go to a queue. */
export interface QueueRule {
  readonly queue: sqs.IQueue;
  readonly eventPattern: events.EventPattern;
  readonly description: string;
}

/**
 * A queue of what EC2 is about to do with instances, as AWS Node Termination Handler and Karpenter read it. The events of EC2
 * name instances only, so that the reader chooses those of its cluster.
 * @see https://github.com/aws/aws-node-termination-handler#infrastructure-setup
 * @see https://karpenter.sh/docs/reference/cloudformation/#interruption-handling
 */
export function newInterruptionQueue(scope: Construct, id: string): InterruptionQueue {
  const queue = new sqs.Queue(scope, id, {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // Spot gives two minutes' notice: what is older is of no use.
    retentionPeriod: Duration.minutes(5),
  });
  // For all rules of the account, so that nodes of other stacks can add theirs without a change of this policy.
  queue.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        ArnLike: {
          'aws:SourceArn': Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: '*' }),
        },
      },
    }),
  );
  Validations.of(queue).acknowledge(...EKS_FINDINGS.interruptionQueue);
  const rules = Object.entries(INTERRUPTIONS).map(([name, { description, ...eventPattern }]) =>
    sendToQueue(scope, `${id}${name}`, { queue, eventPattern, description }),
  );
  return { queue, rules };
}

const INTERRUPTIONS: { readonly [name: string]: events.EventPattern & { readonly description: string } } = {
  Spot: {
    description: 'Spot instances that AWS takes back in two minutes',
    source: ['aws.ec2'],
    detailType: ['EC2 Spot Instance Interruption Warning'],
  },
  Rebalance: {
    description: 'Spot instances that AWS will probably take back',
    source: ['aws.ec2'],
    detailType: ['EC2 Instance Rebalance Recommendation'],
  },
  State: {
    description: 'Instances that stop, by whomever',
    source: ['aws.ec2'],
    detailType: ['EC2 Instance State-change Notification'],
  },
  Health: {
    description: 'Instances whose hardware AWS will maintain or retire',
    source: ['aws.health'],
    detailType: ['AWS Health Event'],
    detail: { service: ['EC2'], eventTypeCategory: ['scheduledChange'] },
  },
};

/** Sends further events to such a queue. Its policy lets all rules of the account in: nothing of it changes. */
export function sendToQueue(
  scope: Construct,
  id: string,
  { queue, eventPattern, description }: QueueRule,
): events.Rule {
  const rule = new events.Rule(scope, id, {
    description,
    eventPattern,
    // The L2's target would write to the policy of the queue, which may be another stack's.
    targets: [{ bind: () => ({ arn: queue.queueArn }) }],
  });
  Validations.of(rule).acknowledge(...EKS_FINDINGS.interruptionRules);
  return rule;
}
