import { Duration, Stack, aws_iam as iam, aws_sqs as sqs } from 'aws-cdk-lib';
import { TaskRole } from '../../lib';
import { expectFailure } from '../support/errors';
import { only, Template } from '../support/fixture';
import { actionsOf, statementsOf } from '../support/policies';
import { all, idOf, once } from '../support/resources';
import { GROUP, made, newFixture, newNodes } from '../support/self-managed-nodes';

const HOOK = 'AWS::AutoScaling::LifecycleHook';
const RULE = 'AWS::Events::Rule';
const QUEUE = 'AWS::SQS::Queue';
const FIVE = Duration.minutes(5);

const drained = once(() => made(() => ({ drainTimeout: FIVE })));

/** The rule of a group's hook. */
function hookRuleOf(template: Template) {
  return all(template, RULE).filter(({ EventPattern }) => EventPattern.source[0] === 'aws.autoscaling');
}

describe('drainTimeout', () => {
  test('holds an instance that is to stop, and lets it go when the time is up', () => {
    const { template, group, nodes } = drained();
    const hook = only(template, HOOK);
    expect(hook.Properties).toEqual({
      AutoScalingGroupName: { Ref: group.id },
      DefaultResult: 'CONTINUE',
      HeartbeatTimeout: 300,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    });
    expect(idOf(nodes.drainHook!)).toBe(hook.id);
  });

  test('tells a queue of it, and of what EC2 is about to do', () => {
    const { template, group, nodes, stack } = drained();
    expect(idOf(nodes.interruptionQueue!)).toBe(only(template, QUEUE).id);
    const rules = all(template, RULE);
    expect(rules).toHaveLength(5);
    expect(nodes.interruptionRules).toHaveLength(5);
    expect(hookRuleOf(template)).toEqual([
      {
        Description: 'Nodes that Auto Scaling stops once they are drained',
        EventPattern: {
          source: ['aws.autoscaling'],
          'detail-type': ['EC2 Instance-terminate Lifecycle Action'],
          detail: { AutoScalingGroupName: [{ Ref: group.id }] },
        },
        State: 'ENABLED',
        Targets: [{ Arn: stack.resolve(nodes.interruptionQueue!.queueArn), Id: 'Target0' }],
      },
    ]);
  });

  test('marks the instances as those of AWS Node Termination Handler', () => {
    const tag = { Key: 'aws-node-termination-handler/managed', Value: 'true', PropagateAtLaunch: true };
    expect(drained().group.Properties.Tags).toContainEqual(tag);
    expect(made().group.Properties.Tags).not.toContainEqual(tag);
  });

  test('makes nothing where it is left out', () => {
    const { template } = made();
    [HOOK, QUEUE, RULE].forEach((type) => template.resourceCountIs(type, 0));
  });
});

describe('interruptionQueue', () => {
  test('is shared by the nodes of a cluster', () => {
    const fixture = newFixture();
    const first = newNodes(fixture, { drainTimeout: FIVE });
    const second = newNodes(fixture, { drainTimeout: FIVE, interruptionQueue: first.interruptionQueue }, 'More');
    const template = fixture.template();
    expect(second.interruptionQueue).toBe(first.interruptionQueue);
    expect(second.interruptionRules).toHaveLength(1);
    template.resourceCountIs(QUEUE, 1);
    template.resourceCountIs(HOOK, 2);
    const groups = hookRuleOf(template).map(({ EventPattern }) => EventPattern.detail.AutoScalingGroupName[0].Ref);
    expect(groups).toEqual(Object.keys(template.findResources(GROUP)));
  });

  test('can be that of another stack, which stays as it is', () => {
    const fixture = newFixture();
    const { interruptionQueue } = newNodes(fixture, { drainTimeout: FIVE });
    const there = new Stack(fixture.app, 'There');
    newNodes({ cluster: fixture.cluster, stack: there }, { drainTimeout: FIVE, interruptionQueue });
    expect(all(Template.fromStack(there), RULE)).toHaveLength(1);
    expect(all(fixture.template(), RULE)).toHaveLength(5);
    expect(only(fixture.template(), 'AWS::SQS::QueuePolicy').Properties.PolicyDocument.Statement).toHaveLength(2);
  });

  test('can be an imported one', () => {
    const { template } = made(({ stack }) => ({
      drainTimeout: FIVE,
      interruptionQueue: sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:eu-west-1:111122223333:drain'),
    }));
    expect(hookRuleOf(template)[0].Targets[0].Arn).toBe('arn:aws:sqs:eu-west-1:111122223333:drain');
    template.resourceCountIs(QUEUE, 0);
  });

  test('fails when nothing waits for who reads it', () => {
    const fixture = newFixture();
    const interruptionQueue = new sqs.Queue(fixture.stack, 'Queue');
    expectFailure(
      () => newNodes(fixture, { interruptionQueue }),
      'interruptionQueue must be given with drainTimeout, got it alone: without a hook nothing waits for who reads the queue',
    );
  });
});

describe('grantDrain', () => {
  const granted = once(() => {
    const fixture = newFixture();
    const nodes = newNodes(fixture, { drainTimeout: FIVE });
    const grant = nodes.grantDrain(new TaskRole(fixture.stack, 'Drainer'));
    return { ...fixture, nodes, grant, template: fixture.template() };
  });

  test('lets the drainer read the queue, look at instances, and let them go', () => {
    const { template, nodes, stack, grant } = granted();
    expect(grant.success).toBe(true);
    const said = statementsOf(template, 'Drainer');
    const on = (action: string) => said.filter((statement) => actionsOf(statement).includes(action));
    expect(on('sqs:ReceiveMessage')[0].Resource).toEqual(stack.resolve(nodes.interruptionQueue!.queueArn));
    expect(on('sqs:DeleteMessage')).toHaveLength(1);
    expect(on('autoscaling:CompleteLifecycleAction')[0].Resource).toEqual(
      stack.resolve(nodes.autoScalingGroup.autoScalingGroupArn),
    );
    expect(actionsOf(on('ec2:DescribeInstances')[0]).sort()).toEqual([
      'autoscaling:DescribeAutoScalingInstances',
      'autoscaling:DescribeTags',
      'ec2:DescribeInstances',
    ]);
    expect(on('ec2:DescribeInstances')[0].Resource).toBe('*');
    expect(grant.principalStatements).toHaveLength(3);
  });

  test('is given to a role of anybody', () => {
    const fixture = newFixture();
    const nodes = newNodes(fixture, { drainTimeout: FIVE });
    nodes.grantDrain(
      new iam.Role(fixture.stack, 'Own', { assumedBy: new iam.ServicePrincipal('pods.eks.amazonaws.com') }),
    );
    fixture.template().resourceCountIs('AWS::IAM::Policy', 1);
  });

  test('fails when nobody drains', () => {
    const { nodes, stack } = made();
    expectFailure(
      () => nodes.grantDrain(new TaskRole(stack, 'Drainer')),
      'grantDrain must have a queue to grant, got nodes without drainTimeout: set it, such as Duration.minutes(5)',
    );
  });
});
