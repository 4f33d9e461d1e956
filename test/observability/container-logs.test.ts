import { aws_ecs as ecs, aws_kms as kms, aws_logs as logs, Stack } from 'aws-cdk-lib';
import { ContainerLogs } from '../../lib';
import { Fixture, IMAGE, newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing, statementsOf } from '../support/policies';

const GROUP = 'AWS::Logs::LogGroup';
const KEY = 'AWS::KMS::Key';

/** What CloudWatch Logs may do with a key: for log groups of this account and region. */
const LOGS_MAY_USE = {
  Effect: 'Allow',
  Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
  Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  Resource: '*',
  Condition: {
    ArnLike: {
      'kms:EncryptionContext:aws:logs:arn': {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':logs:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':log-group:*',
          ],
        ],
      },
    },
  },
};

function stackOf(env = {}, mode = 'weak') {
  const app = newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode });
  return new Stack(app, 'Shop', env);
}

function groupOf(containerLogs: ContainerLogs) {
  const stack = stackOf();
  containerLogs.bind(stack, 'app');
  return only(Template.fromStack(stack), GROUP);
}

function driverOf(template: Template) {
  const [container] = only(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
  return container.LogConfiguration;
}

describe('ContainerLogs.cloudWatch', () => {
  test('keeps lines for a year', () => {
    expect(groupOf(ContainerLogs.cloudWatch()).Properties).toEqual({ RetentionInDays: 365 });
  });

  test('keeps lines as long as the user says', () => {
    const retention = logs.RetentionDays.ONE_WEEK;
    expect(groupOf(ContainerLogs.cloudWatch({ retention })).Properties.RetentionInDays).toBe(7);
  });

  test('retains the log group', () => {
    expect(groupOf(ContainerLogs.cloudWatch())).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('encrypts with a key of the user', () => {
    const stack = stackOf();
    ContainerLogs.cloudWatch({ encryptionKey: new kms.Key(stack, 'Key') }).bind(stack, 'app');
    const template = Template.fromStack(stack);
    expect(only(template, GROUP).Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': [only(template, KEY).id, 'Arn'] });
  });

  test('lets CloudWatch Logs use that key, for log groups of this account and region only', () => {
    const stack = stackOf();
    ContainerLogs.cloudWatch({ encryptionKey: new kms.Key(stack, 'Key') }).bind(stack, 'app');
    const [account, statement, ...others] = only(Template.fromStack(stack), KEY).Properties.KeyPolicy.Statement;
    expect(account.Action).toBe('kms:*');
    expect(statement).toEqual({ ...LOGS_MAY_USE, Action: expect.arrayContaining(LOGS_MAY_USE.Action) });
    expect([...statement.Action].sort()).toEqual(LOGS_MAY_USE.Action);
    expect(others).toEqual([]);
  });

  test('names the region and the account of the log group when they are known', () => {
    const stack = stackOf({ env: { account: '111122223333', region: 'eu-west-1' } });
    ContainerLogs.cloudWatch({ encryptionKey: new kms.Key(stack, 'Key') }).bind(stack, 'app');
    const [, { Principal, Condition }] = only(Template.fromStack(stack), KEY).Properties.KeyPolicy.Statement;
    expect(Principal).toEqual({ Service: 'logs.eu-west-1.amazonaws.com' });
    expect(JSON.stringify(Condition)).toContain(':logs:eu-west-1:111122223333:log-group:*');
  });

  test.each(['strong', 'weak'])('takes a key of another stack, with %s references', (mode) => {
    const security = stackOf({}, mode);
    const web = new Stack(security.node.scope, 'Web');
    ContainerLogs.cloudWatch({ encryptionKey: new kms.Key(security, 'Key') }).bind(web, 'app');
    const { KmsKeyId } = only(Template.fromStack(web), GROUP).Properties;
    expect(Object.keys(KmsKeyId)).toEqual([mode === 'strong' ? 'Fn::ImportValue' : 'Fn::GetStackOutput']);
    expect(web.dependencies).toEqual([security]);
    expect(security.dependencies).toEqual([]);
    expect(only(Template.fromStack(security), KEY).Properties.KeyPolicy.Statement).toHaveLength(2);
  });

  test('takes an imported key, whose policy its owner has written', () => {
    const stack = stackOf();
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef';
    ContainerLogs.cloudWatch({ encryptionKey: kms.Key.fromKeyArn(stack, 'Key', arn) }).bind(stack, 'app');
    expect(only(Template.fromStack(stack), GROUP).Properties.KmsKeyId).toBe(arn);
  });

  test('writes the policy of a key once for several log groups', () => {
    const fixture = new Fixture();
    const shared = ContainerLogs.cloudWatch({ encryptionKey: new kms.Key(fixture.stack, 'Key') });
    for (const id of ['One', 'Two']) fixture.web({ container: { image: IMAGE, logs: shared } }, fixture.stack, id);
    expect(only(fixture.template(), KEY).Properties.KeyPolicy.Statement).toHaveLength(2);
    fixture
      .template()
      .resourcePropertiesCountIs(GROUP, { KmsKeyId: { 'Fn::GetAtt': [only(fixture.template(), KEY).id, 'Arn'] } }, 2);
    expectAcyclic(fixture.template());
  });

  test('takes a log group of the user, and makes none', () => {
    const stack = stackOf();
    const own = new logs.LogGroup(stack, 'Own', { retention: logs.RetentionDays.ONE_DAY });
    const { logGroup } = ContainerLogs.cloudWatch({ logGroup: own }).bind(stack, 'app');
    expect(logGroup).toBe(own);
    expect(only(Template.fromStack(stack), GROUP).Properties.RetentionInDays).toBe(1);
  });

  test('serves a bare container', () => {
    const stack = stackOf();
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    const { logDriver, logGroup } = ContainerLogs.cloudWatch().bind(stack, 'app');
    task.addContainer('app', { image: IMAGE, logging: logDriver });
    const template = Template.fromStack(stack);
    const { id } = only(template, GROUP);
    expect(stack.resolve(logGroup!.logGroupName)).toEqual({ Ref: id });
    expect(driverOf(template).Options['awslogs-group']).toEqual({ Ref: id });
  });
});

describe('logs of a service', () => {
  test('go to a log group of its own, in streams that begin with the name of the container', () => {
    const fixture = new Fixture();
    fixture.web({ container: { image: IMAGE, containerName: 'nginx' } });
    const [id] = Object.keys(fixture.template().findResources(GROUP)).filter((name) => name.startsWith('Web'));
    expect(driverOf(fixture.template())).toEqual({
      LogDriver: 'awslogs',
      Options: {
        'awslogs-group': { Ref: id },
        'awslogs-stream-prefix': 'nginx',
        'awslogs-region': { Ref: 'AWS::Region' },
      },
    });
  });

  test('are written by the execution role, to that log group only', () => {
    const fixture = new Fixture();
    fixture.web();
    expect(statementsOf(fixture.template(), 'WebExecutionRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^WebLogGroup/), 'Arn'] },
      },
    ]);
    expect(allowing(fixture.template(), 'WebTaskRole', 'logs:PutLogEvents')).toEqual([]);
  });

  test('are kept for a year, whatever the service says about itself', () => {
    const fixture = new Fixture();
    const { logGroup } = fixture.web();
    expect(logGroup).toBeDefined();
    const [group] = Object.entries(fixture.template().findResources(GROUP)).filter(([id]) => id.startsWith('Web'));
    expect(group[1].Properties).toEqual({ RetentionInDays: 365 });
  });

  test('may go to a log group that was imported', () => {
    const fixture = new Fixture();
    const logGroup = logs.LogGroup.fromLogGroupName(fixture.stack, 'Own', '/shop/web');
    const { logGroup: used } = fixture.web({
      container: { image: IMAGE, logs: ContainerLogs.cloudWatch({ logGroup }) },
    });
    expect(used).toBe(logGroup);
    expect(driverOf(fixture.template()).Options['awslogs-group']).toBe('/shop/web');
    const [{ Resource }] = allowing(fixture.template(), 'WebExecutionRole', 'logs:PutLogEvents');
    expect(JSON.stringify(Resource)).toContain(':log-group:/shop/web:*');
  });
});
