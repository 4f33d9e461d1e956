import {
  aws_ecs as ecs,
  aws_kms as kms,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
  aws_sqs as sqs,
  aws_ssm as ssm,
  Stack,
} from 'aws-cdk-lib';
import { TaskRole } from '../../lib';
import { Fixture, IMAGE, newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing, expectNothingInline, statementsOf } from '../support/policies';

const ACCOUNT = {
  AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] },
};
const VIA_SECRETS_MANAGER = {
  StringEquals: {
    'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
  },
};
const ANY_KEY = {
  'Fn::Join': [
    '',
    ['arn:', { Ref: 'AWS::Partition' }, ':kms:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':key/*'],
  ],
};

type Secrets = (data: Stack) => Record<string, ecs.Secret>;

const secret = (data: Stack, id: string) => new secretsmanager.Secret(data, id);
const keyedSecret = (data: Stack, id: string) =>
  new secretsmanager.Secret(data, id, { encryptionKey: new kms.Key(data, `${id}Key`) });
const ofManager = (one: secretsmanager.ISecret, field?: string) => ecs.Secret.fromSecretsManager(one, field);

describe.each(['strong', 'weak'])('with %s references', (mode) => {
  const app = () => newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode });
  /** A reference to what has a name in the data's stack. */
  const referenceTo = (name: string) =>
    mode === 'strong'
      ? { 'Fn::ImportValue': expect.stringContaining(name) }
      : {
          'Fn::GetStackOutput': expect.objectContaining({
            StackName: 'Data',
            OutputName: expect.stringContaining(name),
          }),
        };

  function apart() {
    const scope = app();
    const [data, web] = [new Stack(scope, 'Data'), new Stack(scope, 'Web')];
    return { scope, data, web, role: new TaskRole(web, 'Role') };
  }

  /** A service in stack Shop whose container reads secrets of stack Data. */
  function service(secrets: Secrets) {
    const fixture = new Fixture(app());
    const data = new Stack(fixture.app, 'Data');
    fixture.web({ container: { image: IMAGE, secrets: secrets(data) } });
    return { data, fixture, template: fixture.template() };
  }

  test.each<[string, (data: Stack, role: TaskRole) => unknown, string, string]>([
    [
      'a bucket with a key',
      (data, role) => new s3.Bucket(data, 'Bucket', { encryptionKey: new kms.Key(data, 'Key') }).grantReadWrite(role),
      's3:PutObject',
      'kms:GenerateDataKey*',
    ],
    [
      'a queue with a key',
      (data, role) =>
        new sqs.Queue(data, 'Queue', { encryptionMasterKey: new kms.Key(data, 'Key') }).grantConsumeMessages(role),
      'sqs:ReceiveMessage',
      'kms:Decrypt',
    ],
  ])('a role may use %s of another stack', (_name, grant, action, keyAction) => {
    const { scope, data, web, role } = apart();
    grant(data, role);
    scope.synth();
    expect(web.dependencies).toEqual([data]);
    expect(data.dependencies).toEqual([]);
    const template = Template.fromStack(web);
    expect(allowing(template, 'Role', action)).toHaveLength(1);
    expect(allowing(template, 'Role', keyAction)).toEqual([expect.objectContaining({ Resource: referenceTo('Key') })]);
    expectNothingInline(template);
    expectAcyclic(Template.fromStack(data));
  });

  test('a container may read a secret with a key of another stack', () => {
    const { data, fixture, template } = service((stack) => ({ DB: ofManager(keyedSecret(stack, 'Secret')) }));
    expect(() => fixture.app.synth()).not.toThrow();
    expect(fixture.stack.dependencies).toEqual([data]);
    expect(data.dependencies).toEqual([]);
    expect(allowing(template, 'WebExecutionRole', 'secretsmanager:GetSecretValue')).toEqual([
      expect.objectContaining({ Resource: referenceTo('Secret') }),
    ]);
    expectNothingInline(template);
    expectAcyclic(template);
    expectAcyclic(Template.fromStack(data));
  });

  test('the execution role may decrypt that secret only, and only through Secrets Manager', () => {
    const { template } = service((stack) => ({ DB: ofManager(keyedSecret(stack, 'Secret')) }));
    expect(allowing(template, 'WebExecutionRole', 'kms:Decrypt')).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: ANY_KEY,
        Condition: {
          ...VIA_SECRETS_MANAGER,
          StringLike: { 'kms:EncryptionContext:SecretARN': [referenceTo('RefSecret')] },
        },
      },
    ]);
    expect(allowing(template, 'WebTaskRole', 'kms:Decrypt')).toEqual([]);
  });

  test('the policy of the key names the account, not the role', () => {
    const { data } = service((stack) => ({ DB: ofManager(keyedSecret(stack, 'Secret')) }));
    const { Statement } = only(Template.fromStack(data), 'AWS::KMS::Key').Properties.KeyPolicy;
    expect(Statement).toContainEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Principal: ACCOUNT,
      Resource: '*',
      Condition: VIA_SECRETS_MANAGER,
    });
    for (const { Principal } of Statement) expect(Principal).toEqual(ACCOUNT);
  });

  test.each<[string, Secrets, string[]]>([
    ['without a key', (data) => ({ A: ofManager(secret(data, 'Plain')) }), []],
    [
      'with a key, of which a field is read',
      (data) => ({ A: ofManager(keyedSecret(data, 'Keyed'), 'password') }),
      ['Keyed'],
    ],
    [
      'with a key, of which a version is read',
      (data) => ({
        A: ecs.Secret.fromSecretsManagerVersion(keyedSecret(data, 'Keyed'), { versionStage: 'AWSPREVIOUS' }),
      }),
      ['Keyed'],
    ],
    [
      'with a key among others without',
      (data) => ({
        A: ofManager(secret(data, 'One')),
        B: ofManager(keyedSecret(data, 'Keyed')),
        C: ofManager(secret(data, 'Two')),
      }),
      ['Keyed'],
    ],
    [
      'with keys of their own',
      (data) => ({ A: ofManager(keyedSecret(data, 'First')), B: ofManager(keyedSecret(data, 'Second')) }),
      ['First', 'Second'],
    ],
  ])('the execution role may decrypt what it needs of secrets %s', (_name, secrets, decrypted) => {
    const { template } = service(secrets);
    const arns = allowing(template, 'WebExecutionRole', 'kms:Decrypt').map(
      (statement) => (statement.Condition!.StringLike as Record<string, unknown>)['kms:EncryptionContext:SecretARN'],
    );
    expect(arns).toEqual(decrypted.map((name) => [referenceTo(`Ref${name}`)]));
  });

  test('the execution role may decrypt a parameter with the key that it names', () => {
    const { data, template } = service((stack) => ({
      FLAG: ecs.Secret.fromSsmParameter(
        ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Parameter', {
          parameterName: '/shop/flag',
          encryptionKey: new kms.Key(stack, 'Key'),
        }),
      ),
    }));
    expect(allowing(template, 'WebExecutionRole', 'kms:Decrypt')).toEqual([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: referenceTo('Key') },
    ]);
    expect(JSON.stringify(allowing(template, 'WebExecutionRole', 'ssm:GetParameters'))).toContain(
      ':parameter/shop/flag',
    );
    expect(data.dependencies).toEqual([]);
  });
});

describe('the execution role of a service', () => {
  test('may read its secrets and parameters, write its log group, and do nothing else', () => {
    const fixture = new Fixture();
    const db = secret(fixture.stack, 'Db');
    const flag = ssm.StringParameter.fromStringParameterName(fixture.stack, 'Flag', '/shop/flag');
    secret(fixture.stack, 'Foreign');
    const secrets = { DB: ofManager(db), FLAG: ecs.Secret.fromSsmParameter(flag) };
    fixture.web({ container: { image: IMAGE, secrets } });
    const found = statementsOf(fixture.template(), 'WebExecutionRole');
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [expect.stringMatching(/^WebLogGroup/), 'Arn'] },
        },
        {
          Effect: 'Allow',
          Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
          Resource: { Ref: expect.stringMatching(/^Db/) },
        },
        expect.objectContaining({
          Action: ['ssm:DescribeParameters', 'ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:GetParameters'],
        }),
      ]),
    );
    expect(statementsOf(fixture.template(), 'WebTaskRole')).toEqual([]);
  });

  test('is another one than the task role, and than those of other services', () => {
    const fixture = new Fixture();
    ['One', 'Two'].forEach((id) => fixture.web({}, fixture.stack, id));
    const template = fixture.template();
    const roles = Object.entries(template.findResources('AWS::ECS::TaskDefinition')).flatMap(([id, { Properties }]) => {
      const name = id.replace(/TaskDefinition.*/, '');
      const made = [Properties.TaskRoleArn, Properties.ExecutionRoleArn].map((arn) => arn['Fn::GetAtt'][0]);
      expect(made).toEqual(['TaskRole', 'ExecutionRole'].map((role) => expect.stringMatching(`^${name}${role}`)));
      return made;
    });
    expect(new Set(roles).size).toBe(4);
    expect(Object.keys(template.findResources('AWS::IAM::Role')).sort()).toEqual(roles.sort());
    expectNothingInline(template);
  });

  test('may read an imported secret by the pattern of its random part, and decrypt it', () => {
    const fixture = new Fixture();
    const attributes = {
      secretPartialArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db',
      encryptionKey: kms.Key.fromKeyArn(fixture.stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/0123'),
    };
    const db = secretsmanager.Secret.fromSecretAttributes(fixture.stack, 'Db', attributes);
    fixture.web({ container: { image: IMAGE, secrets: { DB: ofManager(db) } } });
    const arn = `${attributes.secretPartialArn}-??????`;
    const template = fixture.template();
    expect(allowing(template, 'WebExecutionRole', 'secretsmanager:GetSecretValue')[0].Resource).toBe(arn);
    expect(JSON.stringify(allowing(template, 'WebExecutionRole', 'kms:Decrypt'))).toContain(arn);
  });
});
