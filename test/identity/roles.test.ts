import {
  App,
  aws_dynamodb as dynamodb,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
  aws_sns as sns,
  aws_sqs as sqs,
  aws_ssm as ssm,
  Stack,
  Tags,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ExecutionRole, TaskRole } from '../../lib';
import { IMAGE, newApp, only, Template } from '../support/fixture';
import { actionsOf, expectNothingInline, policiesOf, statementsOf } from '../support/policies';

type OurRole = TaskRole | ExecutionRole;
type Grant = (scope: Construct, role: OurRole) => iam.Grant;

const ROLES: [string, (scope: Construct, id: string) => OurRole][] = [
  ['TaskRole', (scope, id) => new TaskRole(scope, id)],
  ['ExecutionRole', (scope, id) => new ExecutionRole(scope, id)],
];

const bucket = (scope: Construct) => new s3.Bucket(scope, 'Bucket');
const keyed = (scope: Construct) => new s3.Bucket(scope, 'Keyed', { encryptionKey: new kms.Key(scope, 'BucketKey') });
const table = (scope: Construct) =>
  new dynamodb.TableV2(scope, 'Table', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
const queue = (scope: Construct) => new sqs.Queue(scope, 'Queue');
const topic = (scope: Construct) => new sns.Topic(scope, 'Topic');
const key = (scope: Construct) => new kms.Key(scope, 'Key');
const parameter = (scope: Construct) => ssm.StringParameter.fromStringParameterName(scope, 'Parameter', '/shop/flag');

/** What a user grants, and one action that the role must have then, by type of the resource. */
const GRANTS: [string, Grant, string][] = [
  ['bucket.grantRead', (scope, role) => bucket(scope).grantRead(role), 's3:GetObject*'],
  ['bucket.grantReadWrite with a key', (scope, role) => keyed(scope).grantReadWrite(role), 'kms:GenerateDataKey*'],
  ['bucket.grants.read', (scope, role) => bucket(scope).grants.read(role), 's3:GetObject*'],
  ['table.grantReadData', (scope, role) => table(scope).grantReadData(role), 'dynamodb:Query'],
  ['table.grants.readData', (scope, role) => table(scope).grants.readData(role), 'dynamodb:Query'],
  ['queue.grantSendMessages', (scope, role) => queue(scope).grantSendMessages(role), 'sqs:SendMessage'],
  ['queue.grants.consumeMessages', (scope, role) => queue(scope).grants.consumeMessages(role), 'sqs:ReceiveMessage'],
  ['topic.grantPublish', (scope, role) => topic(scope).grantPublish(role), 'sns:Publish'],
  ['topic.grants.publish', (scope, role) => topic(scope).grants.publish(role), 'sns:Publish'],
  [
    'secret.grantRead',
    (scope, role) => new secretsmanager.Secret(scope, 'Secret').grantRead(role),
    'secretsmanager:GetSecretValue',
  ],
  ['parameter.grantRead', (scope, role) => parameter(scope).grantRead(role), 'ssm:GetParameter'],
  ['key.grantDecrypt', (scope, role) => key(scope).grantDecrypt(role), 'kms:Decrypt'],
  ['key.grants.encryptDecrypt', (scope, role) => key(scope).grants.encryptDecrypt(role), 'kms:GenerateDataKey*'],
];

describe.each(ROLES)('%s', (_name, make) => {
  function setup() {
    const stack = new Stack(newApp(), 'Shop');
    return { stack, role: make(stack, 'Role'), template: () => Template.fromStack(stack) };
  }

  test('may be assumed by ECS tasks of this account and region only', () => {
    expect(only(setup().template(), 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': arn('ecs', '*') },
          },
        },
      ],
    });
  });

  test('has no physical name, no inline policy, no policy of AWS', () => {
    const { Properties } = only(setup().template(), 'AWS::IAM::Role');
    expect(Object.keys(Properties).sort()).toEqual(['AssumeRolePolicyDocument', 'Description']);
  });

  test('has no policy before the first grant', () => {
    const { role, template } = setup();
    expect(role.policies).toEqual([]);
    expect(Object.keys(template().toJSON().Resources)).toHaveLength(1);
  });

  test.each(GRANTS)('gets %s in a customer managed policy', (_grant, grant, action) => {
    const { stack, role, template } = setup();
    const result = grant(stack, role);
    expect(result.success).toBe(true);
    const [policy, ...others] = policiesOf(template(), 'Role');
    expect(others).toEqual([]);
    expect(policy.statements.flatMap(actionsOf)).toContain(action);
    for (const statement of policy.statements) {
      expect(statement.Effect).toBe('Allow');
      expect(JSON.stringify(statement.Resource)).toMatch(/Fn::GetAtt|Ref/);
    }
    expectNothingInline(template());
  });

  test('has one policy, attached from its side, which grants return', () => {
    const { stack, role, template } = setup();
    const grant = queue(stack).grantSendMessages(role);
    topic(stack).grantPublish(role);
    const { id, Properties } = only(template(), 'AWS::IAM::ManagedPolicy');
    expect(Properties.Roles).toEqual([{ Ref: only(template(), 'AWS::IAM::Role').id }]);
    expect(Properties.ManagedPolicyName).toBeUndefined();
    expect(role.policies.map((policy) => stack.resolve(policy.managedPolicyArn))).toEqual([{ Ref: id }]);
    expect(grant.success).toBe(true);
  });

  test('lets what depends on a grant wait for the policy', () => {
    const { stack, role, template } = setup();
    queue(stack).grantSendMessages(role).applyBefore(topic(stack));
    expect(only(template(), 'AWS::SNS::Topic').DependsOn).toContain(only(template(), 'AWS::IAM::ManagedPolicy').id);
  });

  test('merges what can be said in one statement', () => {
    const { stack, role, template } = setup();
    const queues = ['One', 'Two', 'Three'].map((id) => new sqs.Queue(stack, id));
    queues.forEach((one) => one.grantSendMessages(role));
    queues.forEach((one) => one.grantSendMessages(role));
    const [statement, ...others] = statementsOf(template(), 'Role');
    expect(others).toEqual([]);
    expect(statement.Resource).toHaveLength(3);
  });

  test('gets statements that are added by hand, also by the older name', () => {
    const { role, template } = setup();
    const statement = (action: string) => new iam.PolicyStatement({ actions: [action], resources: ['arn:aws:s3:::x'] });
    expect(role.addToPrincipalPolicy(statement('s3:GetObject')).statementAdded).toBe(true);
    expect(role.addToPolicy(statement('s3:PutObject'))).toBe(true);
    expect(statementsOf(template(), 'Role')).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::x' },
    ]);
  });

  test('can be the role of a bare task definition', () => {
    const { stack, role, template } = setup();
    const task = new ecs.FargateTaskDefinition(stack, 'Task', { taskRole: role, executionRole: role });
    task.addContainer('app', { image: IMAGE, logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'app' }) });
    const arnOfRole = { 'Fn::GetAtt': [only(template(), 'AWS::IAM::Role').id, 'Arn'] };
    template().hasResourceProperties('AWS::ECS::TaskDefinition', {
      TaskRoleArn: arnOfRole,
      ExecutionRoleArn: arnOfRole,
    });
    expect(statementsOf(template(), 'Role').flatMap(actionsOf)).toContain('logs:PutLogEvents');
    expectNothingInline(template());
  });

  test.each<[string, (role: OurRole, other: iam.Role) => iam.Grant, string]>([
    ['grantPassRole', (role, other) => role.grantPassRole(other), 'iam:PassRole'],
    ['grantAssumeRole', (role, other) => role.grantAssumeRole(other), 'sts:AssumeRole'],
    ['grant', (role, other) => role.grant(other, 'iam:GetRole'), 'iam:GetRole'],
  ])('gives others rights on itself with %s', (_method, grant, action) => {
    const { stack, role, template } = setup();
    grant(role, new iam.Role(stack, 'Deployer', { assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com') }));
    const { Properties } = only(template(), 'AWS::IAM::Policy');
    expect(Properties.Roles).toEqual([{ Ref: expect.stringMatching(/^Deployer/) }]);
    expect(Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: action, Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Role/), 'Arn'] } },
    ]);
  });

  test('takes managed and inline policies that the user attaches', () => {
    const { stack, role, template } = setup();
    role.addManagedPolicy(iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Own', 'arn:aws:iam::111122223333:policy/own'));
    const statements = [new iam.PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] })];
    role.attachInlinePolicy(new iam.Policy(stack, 'Inline', { statements }));
    const { id, Properties } = only(template(), 'AWS::IAM::Role');
    expect(Properties.ManagedPolicyArns).toEqual(['arn:aws:iam::111122223333:policy/own']);
    expect(only(template(), 'AWS::IAM::Policy').Properties.Roles).toEqual([{ Ref: id }]);
  });

  test('is reached by permissions boundaries and tags of its scope', () => {
    const { stack, role, template } = setup();
    const boundary = 'arn:aws:iam::111122223333:policy/boundary';
    iam.PermissionsBoundary.of(role).apply(iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', boundary));
    Tags.of(role).add('team', 'shop');
    expect(only(template(), 'AWS::IAM::Role').Properties).toMatchObject({
      PermissionsBoundary: boundary,
      Tags: [{ Key: 'team', Value: 'shop' }],
    });
  });

  test('names itself as its role does', () => {
    const { stack, role } = setup();
    const { id } = only(Template.fromStack(stack), 'AWS::IAM::Role');
    expect(stack.resolve([role.roleArn, role.roleName])).toEqual([{ 'Fn::GetAtt': [id, 'Arn'] }, { Ref: id }]);
    expect(stack.resolve(role.roleRef.roleArn)).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
    expect(role.grantPrincipal).toBe(role);
    expect(role.assumeRoleAction).toBe('sts:AssumeRole');
  });

  test('keeps its account for principals of another one', () => {
    const stack = new Stack(new App(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
    expect(make(stack, 'Role').principalAccount).toBe('111122223333');
  });
});

/** An ARN of this account and region. */
function arn(service: string, resource: string) {
  const parts = ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':'];
  return { 'Fn::Join': ['', [...parts, { Ref: 'AWS::AccountId' }, `:${resource}`]] };
}
