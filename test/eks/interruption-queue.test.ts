import { Stack, aws_sqs as sqs } from 'aws-cdk-lib';
import { newInterruptionQueue, sendToQueue } from '../../lib/eks/private/interruption-queue';
import { newApp, only, Template } from '../support/fixture';
import { all, once } from '../support/resources';

const RULE = 'AWS::Events::Rule';

const made = once(() => {
  const stack = new Stack(newApp(), 'Nodes');
  const { queue, rules } = newInterruptionQueue(stack, 'Interruption');
  return { stack, queue, rules, template: Template.fromStack(stack) };
});

describe('an interruption queue', () => {
  test('is encrypted, and forgets what is too old to act on', () => {
    expect(only(made().template, 'AWS::SQS::Queue').Properties).toEqual({
      MessageRetentionPeriod: 300,
      SqsManagedSseEnabled: true,
    });
  });

  test('lets rules of this account send, over TLS only', () => {
    const { stack, queue, template } = made();
    const arn = stack.resolve(queue.queueArn);
    const own = ['Partition', 'Region', 'AccountId'].map((each) => ({ Ref: `AWS::${each}` }));
    expect(only(template, 'AWS::SQS::QueuePolicy').Properties).toEqual({
      Queues: [stack.resolve(queue.queueUrl)],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Resource: arn,
          },
          {
            Action: 'sqs:SendMessage',
            Condition: {
              ArnLike: {
                'aws:SourceArn': { 'Fn::Join': ['', ['arn:', own[0], ':events:', own[1], ':', own[2], ':rule/*']] },
              },
            },
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Resource: arn,
          },
        ],
      },
    });
  });

  test('hears of Spot, rebalancing, stops and maintenance', () => {
    const { template, stack, queue, rules } = made();
    const found = all(template, RULE);
    expect(found.map(({ EventPattern }) => EventPattern)).toEqual([
      { source: ['aws.ec2'], 'detail-type': ['EC2 Spot Instance Interruption Warning'] },
      { source: ['aws.ec2'], 'detail-type': ['EC2 Instance Rebalance Recommendation'] },
      { source: ['aws.ec2'], 'detail-type': ['EC2 Instance State-change Notification'] },
      {
        source: ['aws.health'],
        'detail-type': ['AWS Health Event'],
        detail: { service: ['EC2'], eventTypeCategory: ['scheduledChange'] },
      },
    ]);
    found.forEach((rule) => {
      expect(rule.Targets).toEqual([{ Arn: stack.resolve(queue.queueArn), Id: 'Target0' }]);
      expect(rule.State).toBe('ENABLED');
      expect(rule.Description).toMatch(/^(Spot i|I)nstances /);
    });
    expect(rules.map(({ node }) => node.id)).toEqual([
      'InterruptionSpot',
      'InterruptionRebalance',
      'InterruptionState',
      'InterruptionHealth',
    ]);
  });
});

describe('a rule of another stack', () => {
  test('sends to the queue without a change where it stands', () => {
    const app = newApp();
    const here = new Stack(app, 'Here');
    const { queue } = newInterruptionQueue(here, 'Interruption');
    const there = new Stack(app, 'There');
    sendToQueue(there, 'More', { queue, eventPattern: { source: ['aws.ec2'] }, description: 'More' });
    const { PolicyDocument } = only(Template.fromStack(here), 'AWS::SQS::QueuePolicy').Properties;
    expect(PolicyDocument.Statement).toHaveLength(2);
    const [target] = only(Template.fromStack(there), RULE).Properties.Targets;
    expect(target.Arn['Fn::GetStackOutput']).toMatchObject({
      StackName: 'Here',
      OutputName: expect.stringMatching(/^PublishOutputFnGetAttInterruption/),
    });
  });

  test('sends to an imported queue', () => {
    const stack = new Stack(newApp(), 'There');
    const queue = sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:eu-west-1:111122223333:drain');
    sendToQueue(stack, 'More', { queue, eventPattern: { source: ['aws.ec2'] }, description: 'More' });
    const template = Template.fromStack(stack);
    expect(only(template, RULE).Properties.Targets[0].Arn).toBe('arn:aws:sqs:eu-west-1:111122223333:drain');
    template.resourceCountIs('AWS::SQS::QueuePolicy', 0);
  });
});
