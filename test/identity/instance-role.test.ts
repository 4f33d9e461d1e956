import { Stack, aws_ecs as ecs } from 'aws-cdk-lib';
import { InstanceRole } from '../../lib';
import type { InstanceRoleProps } from '../../lib';
import { Fixture, only, Template } from '../support/fixture';
import { actionsOf, allowing, expectNothingInline, statementsOf } from '../support/policies';
import { idOf } from '../support/resources';

function made(props: Partial<InstanceRoleProps> = {}) {
  const fixture = new Fixture();
  const role = new InstanceRole(fixture.stack, 'Role', { cluster: fixture.cluster, ...props });
  const arn = { 'Fn::GetAtt': [idOf(fixture.cluster), 'Arn'] };
  return { ...fixture, role, arn, template: () => fixture.template() };
}

const AGENT = [
  'ecs:DeregisterContainerInstance',
  'ecs:DiscoverPollEndpoint',
  'ecs:Poll',
  'ecs:RegisterContainerInstance',
  'ecs:StartTelemetrySession',
  'ecs:SubmitAttachmentStateChanges',
  'ecs:SubmitContainerStateChange',
  'ecs:SubmitTaskStateChange',
  'ecs:UpdateContainerInstancesState',
];

describe('InstanceRole', () => {
  test('is assumed by EC2 alone', () => {
    const { template } = made();
    expect(only(template(), 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } },
    ]);
  });

  test('may do what the agent needs, and nothing else', () => {
    const { template } = made();
    const statements = statementsOf(template(), 'Role');
    expect(statements.flatMap(actionsOf).sort()).toEqual(AGENT);
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
    expectNothingInline(template());
  });

  test('joins one cluster, and reports to it alone', () => {
    const { template, arn } = made();
    for (const action of [
      'ecs:RegisterContainerInstance',
      'ecs:DeregisterContainerInstance',
      'ecs:SubmitTaskStateChange',
    ]) {
      expect(allowing(template(), 'Role', action)).toMatchObject([{ Resource: arn }]);
    }
    for (const action of ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState']) {
      expect(allowing(template(), 'Role', action)).toMatchObject([
        { Resource: '*', Condition: { ArnEquals: { 'ecs:cluster': arn } } },
      ]);
    }
  });

  test('may use everything only where AWS knows no resource or a condition stands', () => {
    const { template } = made({ allowSessions: true });
    const free = statementsOf(template(), 'Role').filter(({ Resource, Condition }) => Resource === '*' && !Condition);
    expect(free.flatMap(actionsOf).sort()).toEqual([
      'ecs:DiscoverPollEndpoint',
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]);
  });

  test('opens shells only where told', () => {
    const { template } = made();
    expect(
      statementsOf(template(), 'Role')
        .flatMap(actionsOf)
        .filter((action) => action.startsWith('ssm')),
    ).toEqual([]);
  });

  test('neither pulls images nor writes the logs of tasks: that is the execution role', () => {
    const { template } = made({ allowSessions: true });
    const actions = statementsOf(template(), 'Role').flatMap(actionsOf);
    expect(actions.filter((action) => /^(ecr|logs):/.test(action))).toEqual([]);
  });

  test('sends logs of the system where told, of any instance', () => {
    const { role, template } = made();
    role.allowSystemLogs();
    const [{ Resource }] = allowing(template(), 'Role', 'ecs:PutSystemLogEvents');
    expect(JSON.stringify(Resource)).toContain(':container-instance/*');
  });

  test('takes a cluster of somebody else', () => {
    const { stack, vpc } = new Fixture();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc });
    new InstanceRole(stack, 'Role', { cluster });
    const [{ Resource }] = allowing(Template.fromStack(stack), 'Role', 'ecs:RegisterContainerInstance');
    expect(JSON.stringify(Resource)).toContain(':cluster/theirs');
  });

  test('takes the cluster of another stack', () => {
    const { app, stack, cluster } = new Fixture();
    const consumer = new Stack(app, 'Consumer');
    new InstanceRole(consumer, 'Role', { cluster });
    app.synth();
    expect(consumer.dependencies).toEqual([stack]);
  });
});
