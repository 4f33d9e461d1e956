import {
  aws_cloudwatch as cloudwatch,
  aws_dynamodb as dynamodb,
  aws_ec2 as ec2,
  aws_ecr as ecr,
  aws_ecs as ecs,
  aws_efs as efs,
  aws_events as events,
  aws_kinesis as kinesis,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
  aws_sns as sns,
  aws_sqs as sqs,
  aws_ssm as ssm,
  aws_stepfunctions as sfn,
  CfnResource,
  Stack,
} from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TaskRole, WebService } from '../../lib';
import { Fixture, newApp, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing, policiesOf, statementsOf } from '../support/policies';
import { all, idOf, once, resourceOf } from '../support/resources';

/** Where an L2 is made, and its name. */
interface Place {
  readonly scope: Construct;
  readonly id: string;
  readonly vpc: ec2.IVpc;
}
type Grant = (place: Place, web: WebService) => iam.Grant;

const bucket = ({ scope, id }: Place) => new s3.Bucket(scope, id);
const keyed = ({ scope, id }: Place) =>
  new s3.Bucket(scope, id, { encryptionKey: new kms.Key(scope, `${id}Key`), bucketKeyEnabled: true });
const table = ({ scope, id }: Place) =>
  new dynamodb.TableV2(scope, id, { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
const oldTable = ({ scope, id }: Place) =>
  new dynamodb.Table(scope, id, {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    stream: dynamodb.StreamViewType.NEW_IMAGE,
  });
const queue = ({ scope, id }: Place) => new sqs.Queue(scope, id);
const keyedQueue = ({ scope, id }: Place) =>
  new sqs.Queue(scope, id, { encryptionMasterKey: new kms.Key(scope, `${id}Key`) });
const topic = ({ scope, id }: Place) => new sns.Topic(scope, id);
const key = ({ scope, id }: Place) => new kms.Key(scope, id);
const secret = ({ scope, id }: Place) => new secretsmanager.Secret(scope, id);
const stream = ({ scope, id }: Place) =>
  new kinesis.Stream(scope, id, { encryption: kinesis.StreamEncryption.MANAGED });
const parameter = ({ scope, id }: Place) => new ssm.StringParameter(scope, id, { stringValue: 'on' });
const machine = ({ scope, id }: Place) =>
  new sfn.StateMachine(scope, id, {
    definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(scope, `${id}Pass`)),
  });
const bus = ({ scope, id }: Place) => new events.EventBus(scope, id);
const repository = ({ scope, id }: Place) => new ecr.Repository(scope, id);
const logGroup = ({ scope, id }: Place) => new logs.LogGroup(scope, id);
const cluster = ({ scope, id, vpc }: Place) => new ecs.Cluster(scope, id, { vpc });
const files = ({ scope, id, vpc }: Place) => new efs.FileSystem(scope, id, { vpc });
const alias = ({ scope, id }: Place) =>
  new kms.Alias(scope, `${id}Alias`, { aliasName: 'x', targetKey: new kms.Key(scope, id) });
const code = ({ scope, id }: Place) =>
  new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_LATEST,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });

/** What a user grants to a service, and some of the actions that it must have then on that resource. */
const GRANTS: [string, Grant, string[]][] = [
  ['bucket.grantRead', (at, web) => bucket(at).grantRead(web), ['s3:GetObject*', 's3:List*']],
  ['bucket.grantWrite', (at, web) => bucket(at).grantWrite(web), ['s3:PutObject', 's3:Abort*']],
  ['bucket.grantPut', (at, web) => bucket(at).grantPut(web), ['s3:PutObject']],
  ['bucket.grants.read', (at, web) => bucket(at).grants.read(web), ['s3:GetObject*']],
  ['bucket.grants.readWrite', (at, web) => bucket(at).grants.readWrite(web), ['s3:GetObject*', 's3:PutObject']],
  ['bucket.grants.delete', (at, web) => bucket(at).grants.delete(web), ['s3:DeleteObject*']],
  [
    'keyedBucket.grantReadWrite',
    (at, web) => keyed(at).grantReadWrite(web),
    ['s3:GetObject*', 'kms:Decrypt', 'kms:GenerateDataKey*'],
  ],
  ['table.grantReadData', (at, web) => table(at).grantReadData(web), ['dynamodb:GetItem', 'dynamodb:Query']],
  [
    'table.grantReadWriteData',
    (at, web) => table(at).grantReadWriteData(web),
    ['dynamodb:GetItem', 'dynamodb:PutItem'],
  ],
  ['table.grants.readData', (at, web) => table(at).grants.readData(web), ['dynamodb:GetItem']],
  ['table.grants.writeData', (at, web) => table(at).grants.writeData(web), ['dynamodb:UpdateItem']],
  ['oldTable.grantReadData', (at, web) => oldTable(at).grantReadData(web), ['dynamodb:Scan']],
  ['oldTable.grantStreamRead', (at, web) => oldTable(at).grantStreamRead(web), ['dynamodb:GetRecords']],
  ['oldTable.grants.readWriteData', (at, web) => oldTable(at).grants.readWriteData(web), ['dynamodb:BatchWriteItem']],
  [
    'queue.grantConsumeMessages',
    (at, web) => queue(at).grantConsumeMessages(web),
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
  ],
  ['queue.grantSendMessages', (at, web) => queue(at).grantSendMessages(web), ['sqs:SendMessage']],
  ['queue.grants.consumeMessages', (at, web) => queue(at).grants.consumeMessages(web), ['sqs:ReceiveMessage']],
  ['queue.grants.purge', (at, web) => queue(at).grants.purge(web), ['sqs:PurgeQueue']],
  [
    'keyedQueue.grantSendMessages',
    (at, web) => keyedQueue(at).grantSendMessages(web),
    ['sqs:SendMessage', 'kms:GenerateDataKey*'],
  ],
  ['topic.grantPublish', (at, web) => topic(at).grantPublish(web), ['sns:Publish']],
  ['topic.grantSubscribe', (at, web) => topic(at).grantSubscribe(web), ['sns:Subscribe']],
  ['topic.grants.publish', (at, web) => topic(at).grants.publish(web), ['sns:Publish']],
  ['key.grantDecrypt', (at, web) => key(at).grantDecrypt(web), ['kms:Decrypt']],
  ['key.grantEncryptDecrypt', (at, web) => key(at).grantEncryptDecrypt(web), ['kms:Decrypt', 'kms:Encrypt']],
  ['key.grants.sign', (at, web) => key(at).grants.sign(web), ['kms:Sign']],
  ['alias.grantDecrypt', (at, web) => alias(at).grantDecrypt(web), ['kms:Decrypt']],
  ['secret.grantRead', (at, web) => secret(at).grantRead(web), ['secretsmanager:GetSecretValue']],
  ['secret.grantWrite', (at, web) => secret(at).grantWrite(web), ['secretsmanager:PutSecretValue']],
  ['stream.grantRead', (at, web) => stream(at).grantRead(web), ['kinesis:GetRecords', 'kinesis:GetShardIterator']],
  ['stream.grantWrite', (at, web) => stream(at).grantWrite(web), ['kinesis:PutRecord']],
  ['parameter.grantRead', (at, web) => parameter(at).grantRead(web), ['ssm:GetParameter', 'ssm:GetParameters']],
  ['parameter.grantWrite', (at, web) => parameter(at).grantWrite(web), ['ssm:PutParameter']],
  ['machine.grantStartExecution', (at, web) => machine(at).grantStartExecution(web), ['states:StartExecution']],
  ['machine.grants.startExecution', (at, web) => machine(at).grants.startExecution(web), ['states:StartExecution']],
  ['machine.grants.taskResponse', (at, web) => machine(at).grants.taskResponse(web), ['states:SendTaskSuccess']],
  ['bus.grantPutEventsTo', (at, web) => bus(at).grantPutEventsTo(web), ['events:PutEvents']],
  [
    'repository.grantPull',
    (at, web) => repository(at).grantPull(web),
    ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  ],
  ['repository.grantPullPush', (at, web) => repository(at).grantPullPush(web), ['ecr:PutImage']],
  ['logGroup.grantWrite', (at, web) => logGroup(at).grantWrite(web), ['logs:CreateLogStream', 'logs:PutLogEvents']],
  ['logGroup.grants.read', (at, web) => logGroup(at).grants.read(web), ['logs:FilterLogEvents']],
  ['cluster.grantTaskProtection', (at, web) => cluster(at).grantTaskProtection(web), ['ecs:UpdateTaskProtection']],
  ['cluster.grants.taskProtection', (at, web) => cluster(at).grants.taskProtection(web), ['ecs:UpdateTaskProtection']],
  [
    'fileSystem.grantReadWrite',
    (at, web) => files(at).grantReadWrite(web),
    ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
  ],
  ['fileSystem.grantRead', (at, web) => files(at).grantRead(web), ['elasticfilesystem:ClientMount']],
  ['function.grantInvoke', (at, web) => code(at).grantInvoke(web), ['lambda:InvokeFunction']],
];

/** One service with all the grants, whose resources stand in its stack or in another. */
function granted(mode?: string) {
  const made = new Fixture(newApp(mode ? { '@aws-cdk/core:defaultCrossStackReferences': mode } : {}));
  const data = mode ? new Stack(made.app, 'Data') : made.stack;
  const vpc = mode ? new ec2.Vpc(data, 'Vpc', { restrictDefaultSecurityGroup: false }) : made.vpc;
  const web = made.web();
  const grants = new Map(GRANTS.map(([name, grant]) => [name, grant({ scope: data, id: idFor(name), vpc }, web)]));
  return { ...made, data, web, grants, template: Template.fromStack(made.stack) };
}

/** The resource of a row: no id is the start of another. */
function idFor(name: string): string {
  return `Of${name.replace(/\W/g, '')}End`;
}

/** What the service may do with the resource of a row, by action. */
function resourcesFor(template: Template, name: string, action: string): string[] {
  const found = allowing(template, 'WebTaskRole', action).flatMap(({ Resource }) => Resource);
  return found.map((resource) => JSON.stringify(resource)).filter((text) => text.includes(idFor(name)));
}

/** Nothing inline in the roles of the service, and no policy that is attached from elsewhere. */
function expectManagedOnly(template: Template): void {
  template.resourceCountIs('AWS::IAM::Policy', 0);
  for (const [id, { Properties }] of Object.entries(template.findResources('AWS::IAM::Role'))) {
    if (!id.startsWith('Web')) continue;
    expect(Properties).not.toHaveProperty('Policies');
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  }
}

describe('grants of L2s on a service', () => {
  const seen = once(() => granted());

  test.each(GRANTS)('%s lands in the customer managed policy of its task role', (name, _grant, actions) => {
    const { template, grants } = seen();
    expect(grants.get(name)).toMatchObject({ success: true });
    for (const action of actions) expect(resourcesFor(template, name, action)).not.toEqual([]);
  });

  test('are all that these roles have: nothing is inline', () => {
    const { template } = seen();
    expectManagedOnly(template);
    expectAcyclic(template);
    expect(policiesOf(template, 'WebTaskRole').length).toBeGreaterThan(1);
  });

  test('give no action to the execution role', () => {
    const actions = statementsOf(seen().template, 'WebExecutionRole').flatMap(({ Action }) => Action);
    expect(actions).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  test.each(GRANTS)('%s can be waited for', (name, grant) => {
    const made = new Fixture();
    const web = made.web();
    const later = new CfnResource(made.stack, 'Later', { type: 'Test::Later::Later' });
    grant({ scope: made.stack, id: idFor(name), vpc: made.vpc }, web).applyBefore(later);
    const policies = (web.taskRole as TaskRole).policies.map(idOf);
    expect(policies).toHaveLength(1);
    expect(resourceOf(made.template(), later).DependsOn).toEqual(expect.arrayContaining(policies));
  });

  test('a metric that anyone may put has no resource, and needs a statement on *', () => {
    const made = new Fixture();
    expect(cloudwatch.Metric.grantPutMetricData(made.web()).success).toBe(true);
    const [{ Resource }] = allowing(made.template(), 'WebTaskRole', 'cloudwatch:PutMetricData');
    expect(Resource).toBe('*');
    expectManagedOnly(made.template());
  });
});

describe.each(['strong', 'weak'])('grants of L2s of another stack on a service, with %s references', (mode) => {
  const seen = once(() => granted(mode));
  const reference = mode === 'strong' ? 'Fn::ImportValue' : 'Fn::GetStackOutput';

  test('need the stack of the L2s and are not needed by it, without a cycle', () => {
    const { app, data, stack, template } = seen();
    expect(() => app.synth()).not.toThrow();
    expect(stack.dependencies).toEqual([data]);
    expect(data.dependencies).toEqual([]);
    expectAcyclic(template);
    expectAcyclic(Template.fromStack(data));
  });

  test('are written in the stack of the service only, nothing inline', () => {
    const { data, template } = seen();
    expectManagedOnly(template);
    expect(all(Template.fromStack(data), 'AWS::IAM::ManagedPolicy')).toEqual([]);
    expect(JSON.stringify(Template.fromStack(data).toJSON())).not.toContain('WebTaskRole');
  });

  test.each(GRANTS)('%s names its resource', (name, _grant, actions) => {
    const { template, grants } = seen();
    expect(grants.get(name)).toMatchObject({ success: true });
    for (const action of actions) expect(resourcesFor(template, name, action).join()).toContain(reference);
  });
});
