import { aws_ecr as ecr, aws_kms as kms, aws_sns as sns, Fn, Stack } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { ImageFindings } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { expectNothingInline } from '../support/policies';
import { all, idOf, lenientApp } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const HERE = { account: '111122223333', region: 'eu-west-1' };
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:security';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0123abcd-0000-4000-8000-000000000000';
const EVENTS = { Service: 'events.amazonaws.com' };
const ROOT = { Ref: 'AWS::AccountId' };

const warning = (path: string) =>
  `the topic '${path}' or its key is imported, so its policy is its owner's matter: unless it lets events.amazonaws.com publish (sns:Publish), and use the key (kms:Decrypt, kms:GenerateDataKey*), findings are lost. [ack: Annotation::cdk-containers:FindingsTopicPolicy]`;

function place(app: App = newApp(), env?: object) {
  const stack = new Stack(app, 'Shop', { env });
  const repository = new ecr.Repository(stack, 'Images');
  const send = (topic?: sns.ITopic, id = 'Findings') => new ImageFindings(stack, id, { repository, topic });
  return { app, stack, repository, send, template: () => Template.fromStack(stack) };
}

/** What a key's policy says beside letting its account in. */
function keyStatements(template: Template) {
  const [account, ...rest] = only(template, 'AWS::KMS::Key').Properties.KeyPolicy.Statement;
  expect(account).toMatchObject({ Action: 'kms:*', Effect: 'Allow' });
  expect(JSON.stringify(account.Principal)).toContain(JSON.stringify(ROOT));
  return rest;
}

describe('a topic of its own', () => {
  test('is encrypted with a key of its own that EventBridge may use, and that goes with it', () => {
    const { send, template } = place();
    const { topic, topicKey } = send();
    expect(topic.masterKey).toBe(topicKey);
    const key = only(template(), 'AWS::KMS::Key');
    expect(key).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    expect(key.Properties).toMatchObject({ EnableKeyRotation: true, Description: 'Findings in images on their way' });
    expect(keyStatements(template())).toEqual([
      { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Effect: 'Allow', Principal: EVENTS, Resource: '*' },
    ]);
    expect(only(template(), 'AWS::SNS::Topic').Properties).toEqual({
      KmsMasterKeyId: { 'Fn::GetAtt': [key.id, 'Arn'] },
    });
  });

  test('lets EventBridge publish, over TLS only', () => {
    const { send, template } = place();
    const Resource = { Ref: idOf(send().topic) };
    const { Properties } = only(template(), 'AWS::SNS::TopicPolicy');
    expect(Properties.Topics).toEqual([Resource]);
    expect(Properties.PolicyDocument.Statement).toEqual([
      {
        Sid: 'AllowPublishThroughSSLOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      // No conditions: EventBridge takes none in the policy of a topic.
      { Sid: '1', Effect: 'Allow', Principal: EVENTS, Action: 'sns:Publish', Resource },
    ]);
  });

  test('is all there is beside the rules, without roles', () => {
    const { send, template } = place();
    const { topic } = send();
    const types = Object.values(template().toJSON().Resources).map((resource: any) => resource.Type);
    expect(types.sort()).toEqual([
      'AWS::ECR::Repository',
      'AWS::Events::Rule',
      'AWS::Events::Rule',
      'AWS::KMS::Key',
      'AWS::SNS::Topic',
      'AWS::SNS::TopicPolicy',
    ]);
    for (const { Targets } of all(template(), 'AWS::Events::Rule')) {
      expect(Targets).toEqual([
        { Id: 'Target0', Arn: { Ref: idOf(topic) }, InputTransformer: expect.anything() as unknown },
      ]);
    }
    expectNothingInline(template());
    expectAcyclic(template());
  });

  test('leaves no finding open in any rule pack, and no warning', () => {
    const app = newApp(STRICT);
    place(app).send();
    expect(validate(app).open).toEqual([]);
  });
});

describe('a topic of the user', () => {
  test('gets no second one beside it', () => {
    const { stack, send, template } = place();
    const topic = new sns.Topic(stack, 'Topic');
    const findings = send(topic);
    expect(findings.topic).toBe(topic);
    expect(findings.topicKey).toBeUndefined();
    template().resourceCountIs('AWS::SNS::Topic', 1);
    template().resourceCountIs('AWS::KMS::Key', 0);
    expect(only(template(), 'AWS::SNS::Topic').Properties).toBeUndefined();
    expect(warnings(stack)).toEqual([]);
  });

  test('takes the findings of many repositories, allowed once', () => {
    const { stack, send, template } = place();
    const topic = new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') });
    send(topic);
    send(topic, 'Again');
    new ImageFindings(stack, 'Other', { repository: new ecr.Repository(stack, 'OtherImages'), topic });
    expect(keyStatements(template())).toEqual([
      { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Effect: 'Allow', Principal: EVENTS, Resource: '*' },
    ]);
    expect(only(template(), 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement).toEqual([
      { Sid: '0', Effect: 'Allow', Principal: EVENTS, Action: 'sns:Publish', Resource: { Ref: idOf(topic) } },
    ]);
    expect(all(template(), 'AWS::Events::Rule')).toHaveLength(6);
    expect(warnings(stack)).toEqual([]);
  });

  test('may have its key by an alias of the app', () => {
    const { stack, send, template } = place();
    const masterKey = new kms.Key(stack, 'Key').addAlias('alias/findings');
    send(new sns.Topic(stack, 'Topic', { masterKey }));
    expect(keyStatements(template())).toHaveLength(1);
    expect(warnings(stack)).toEqual([]);
  });

  test.each([undefined, HERE])('warns when it is imported, in a stack of %j, and works if its policy does', (env) => {
    const { stack, send, template } = place(lenientApp(), env);
    send(sns.Topic.fromTopicArn(stack, 'Topic', TOPIC));
    expect(warnings(stack)).toEqual([warning('Shop/Topic')]);
    expect(all(template(), 'AWS::Events::Rule').map(({ Targets }) => Targets[0].Arn)).toEqual([TOPIC, TOPIC]);
    template().resourceCountIs('AWS::SNS::TopicPolicy', 0);
  });

  test('may be known at deployment only', () => {
    const { stack, send, template } = place(lenientApp());
    send(sns.Topic.fromTopicArn(stack, 'Topic', Fn.importValue('SecurityTopic')));
    const arn = { 'Fn::ImportValue': 'SecurityTopic' };
    expect(all(template(), 'AWS::Events::Rule').map(({ Targets }) => Targets[0].Arn)).toEqual([arn, arn]);
  });

  test.each<[string, (stack: Stack) => kms.IKey]>([
    ['imported', (stack) => kms.Key.fromKeyArn(stack, 'Key', KEY)],
    ['imported by an alias', (stack) => kms.Alias.fromAliasName(stack, 'Key', 'alias/security')],
    [
      'imported, and has an alias of the app',
      (stack) => kms.Key.fromKeyArn(stack, 'Key', KEY).addAlias('alias/security'),
    ],
  ])('warns when its key is %s', (_name, key) => {
    const { stack, send, template } = place(lenientApp());
    send(new sns.Topic(stack, 'Topic', { masterKey: key(stack) }));
    expect(warnings(stack)).toEqual([warning('Shop/Topic')]);
    template().resourceCountIs('AWS::SNS::TopicPolicy', 1);
  });

  test.each<[string, (stack: Stack) => kms.IKey]>([
    ['its name', (stack) => kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/sns')],
    ['its ARN', (stack) => kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:alias/aws/sns')],
  ])('fails when its key is the one of AWS, by %s', (_name, key) => {
    const { stack, send } = place();
    const topic = new sns.Topic(stack, 'Topic', { masterKey: key(stack) });
    expectFailure(
      () => send(topic),
      "the topic 'Shop/Topic' must have a key of yours or none, got alias/aws/sns, whose policy does not let EventBridge publish: use a customer managed key",
    );
  });

  test('may have a key with an alias that only looks like the one of AWS', () => {
    const { stack, send } = place(lenientApp());
    const masterKey = kms.Alias.fromAliasName(stack, 'Key', 'alias/my/alias/aws/sns');
    send(new sns.Topic(stack, 'Topic', { masterKey }));
    expect(warnings(stack)).toEqual([warning('Shop/Topic')]);
  });

  test.each<[string, (stack: Stack) => sns.ITopic]>([
    ['made here', (stack) => new sns.Topic(stack, 'Topic', { fifo: true })],
    ['imported', (stack) => sns.Topic.fromTopicArn(stack, 'Topic', `${TOPIC}.fifo`)],
  ])('fails when it is a FIFO topic, %s', (_name, topic) => {
    const { stack, send } = place();
    expectFailure(
      () => send(topic(stack)),
      "the topic 'Shop/Topic' must be a standard one, got a FIFO topic, to which EventBridge does not publish",
    );
  });

  test.each([
    ['account', { ...HERE, account: '444455556666' }, '111122223333', '444455556666'],
    ['region', { ...HERE, region: 'us-east-1' }, 'eu-west-1', 'us-east-1'],
  ])('fails when it is of another %s', (kind, env, here, there) => {
    const { app, send } = place(newApp(), HERE);
    const topic = new sns.Topic(new Stack(app, 'Security', { env }), 'Topic');
    expectFailure(
      () => send(topic),
      `the topic 'Security/Topic' must be in the ${kind} of the rules, ${here}, got ${there}: use one there`,
    );
  });
});

describe('a repository', () => {
  test.each([
    ['account', 'arn:aws:ecr:eu-west-1:444455556666:repository/shop/web', '111122223333', '444455556666'],
    ['region', 'arn:aws:ecr:us-east-1:111122223333:repository/shop/web', 'eu-west-1', 'us-east-1'],
  ])('fails when it is of another %s, where its events arise', (kind, arn, here, there) => {
    const { stack } = place(newApp(), HERE);
    const repository = ecr.Repository.fromRepositoryArn(stack, 'Theirs', arn);
    expectFailure(
      () => new ImageFindings(stack, 'Findings', { repository }),
      `the repository 'Shop/Theirs' must be in the ${kind} of its rules, ${here}, got ${there}: use one there`,
    );
    expect(stack.node.tryFindChild('Findings')?.node.children).toEqual([]);
  });

  test('may be imported by its name', () => {
    const { stack, template } = place();
    const repository = ecr.Repository.fromRepositoryName(stack, 'Theirs', 'shop/web');
    new ImageFindings(stack, 'Findings', { repository });
    const [scans, findings] = all(template(), 'AWS::Events::Rule').map(({ EventPattern }) => EventPattern.detail);
    const parts = ['arn:', { Ref: 'AWS::Partition' }, ':ecr:', { Ref: 'AWS::Region' }, ':', ROOT];
    const arn = { 'Fn::Join': ['', [...parts, ':repository/shop/web']] };
    expect(scans['repository-name']).toEqual(['shop/web', arn]);
    expect(findings.awsAccountId).toEqual([ROOT]);
    expect(findings.resources.details.awsEcrContainerImage.repositoryName).toEqual(['shop/web']);
  });

  test('may be imported by its ARN', () => {
    const { stack, template } = place();
    const arn = 'arn:aws:ecr:eu-west-1:111122223333:repository/shop/web';
    new ImageFindings(stack, 'Findings', { repository: ecr.Repository.fromRepositoryArn(stack, 'Theirs', arn) });
    const [scans, findings] = all(template(), 'AWS::Events::Rule').map(({ EventPattern }) => EventPattern.detail);
    expect(scans['repository-name']).toEqual(['shop/web', arn]);
    expect(findings.awsAccountId).toEqual(['111122223333']);
  });

  test.each(['strong', 'weak'])('may be of another stack than topic and rules, by %s references', (mode) => {
    const app = newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode });
    const { stack, repository } = place(app);
    const security = new Stack(app, 'Security');
    const topic = new sns.Topic(security, 'Topic', { masterKey: new kms.Key(security, 'Key') });
    new ImageFindings(security, 'Findings', { repository, topic });
    const word = mode === 'strong' ? 'Fn::ImportValue' : 'Fn::GetStackOutput';
    const template = Template.fromStack(security);
    const [scans, findings] = all(template, 'AWS::Events::Rule');
    const reference = expect.objectContaining({ [word]: expect.anything() as unknown }) as unknown;
    expect(scans.EventPattern.detail['repository-name']).toEqual([reference, reference]);
    expect(findings.EventPattern.detail.resources.details.awsEcrContainerImage.repositoryName).toEqual([reference]);
    expect(JSON.stringify(findings.Targets[0].InputTransformer.InputTemplate)).toContain(word);
    Template.fromStack(stack).resourceCountIs('AWS::Events::Rule', 0);
    expectAcyclic(template);
  });

  test('may send to a topic of another stack', () => {
    const app = newApp();
    const security = new Stack(app, 'Security');
    const topic = new sns.Topic(security, 'Topic', { masterKey: new kms.Key(security, 'Key') });
    const { send, template } = place(app);
    send(topic);
    expect(keyStatements(Template.fromStack(security))).toHaveLength(1);
    for (const { Targets } of all(template(), 'AWS::Events::Rule')) {
      expect(Targets[0].Arn).toEqual({ 'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Security' }) });
    }
  });
});
