import {
  aws_dynamodb as dynamodb,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_secretsmanager as secretsmanager,
  aws_ssm as ssm,
} from 'aws-cdk-lib';
import { ContainerRepository, ExecutionRole, TaskRole } from '../../lib';
import type { WebService, WebServiceProps } from '../../lib';
import { Fixture } from '../support/fixture';
import { expectNothingInline, statementsOf } from '../support/policies';
import { idOf, lenientApp, resourceOf, taskOf } from '../support/resources';

/** A web service with all that needs permissions. */
function everything() {
  const fixture = new Fixture(lenientApp());
  const { stack } = fixture;
  const web = fixture.web({
    container: {
      writableRootFilesystem: true,
      image: new ContainerRepository(stack, 'Images').image('1'),
      secrets: { TOKEN: ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret')) },
    },
    allowExec: true,
  });
  const key = { name: 'id', type: dynamodb.AttributeType.STRING };
  const table = new dynamodb.TableV2(stack, 'Table', { partitionKey: key });
  table.grantReadData(web);
  return { web, table, template: fixture.template() };
}

describe('the roles of a WebService', () => {
  test('are one task role and one execution role', () => {
    const fixture = new Fixture();
    const web = fixture.web();
    const template = fixture.template();
    template.resourceCountIs('AWS::IAM::Role', 2);
    expect(taskOf(template)).toMatchObject({
      TaskRoleArn: { 'Fn::GetAtt': [idOf((web.taskRole as TaskRole).role), 'Arn'] },
      ExecutionRoleArn: { 'Fn::GetAtt': [idOf((web.executionRole as ExecutionRole).role), 'Arn'] },
    });
    expect(web.executionRole).toBeInstanceOf(ExecutionRole);
  });

  test.each(['TaskRole', 'ExecutionRole'])('%s is assumed by ECS tasks of this account and region only', (id) => {
    const fixture = new Fixture();
    const role = fixture.web().node.findChild(id) as TaskRole;
    const join = (...parts: string[]) => ['', parts.map((part) => (part.startsWith('AWS::') ? { Ref: part } : part))];
    expect(resourceOf(fixture.template(), role.role).Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: {
            'aws:SourceArn': {
              'Fn::Join': join('arn:', 'AWS::Partition', ':ecs:', 'AWS::Region', ':', 'AWS::AccountId', ':*'),
            },
          },
        },
      },
    ]);
  });

  test('have customer managed policies only: none inline, none of AWS', () => {
    const { template } = everything();
    expectNothingInline(template);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 2);
  });

  test('have no policy for the task before the first grant', () => {
    const fixture = new Fixture();
    fixture.web();
    expect(statementsOf(fixture.template(), 'WebTaskRole')).toEqual([]);
  });

  test('get their grants through the service, in the managed policy', () => {
    const { table, template } = everything();
    expect(statementsOf(template, 'WebTaskRole')).toContainEqual(
      expect.objectContaining({
        Action: expect.arrayContaining(['dynamodb:GetItem', 'dynamodb:Query']),
        Resource: { 'Fn::GetAtt': [idOf(table), 'Arn'] },
      }),
    );
  });

  test('have their policies before the service starts tasks, grants that come later included', () => {
    const { web, template } = everything();
    const policies = [...(web.taskRole as TaskRole).policies, ...(web.executionRole as ExecutionRole).policies];
    expect(policies).toHaveLength(2);
    expect(resourceOf(template, web.service).DependsOn).toEqual(
      expect.arrayContaining(policies.map((policy) => idOf(policy))),
    );
  });

  test('may be of the user, also an imported one', () => {
    const fixture = new Fixture();
    const taskRole = iam.Role.fromRoleArn(fixture.stack, 'Theirs', 'arn:aws:iam::111122223333:role/theirs');
    const web = fixture.web({ taskRole });
    expect(web.grantPrincipal).toBe(taskRole.grantPrincipal);
    expect(taskOf(fixture.template()).TaskRoleArn).toBe('arn:aws:iam::111122223333:role/theirs');
    expect(web.node.tryFindChild('TaskRole')).toBeUndefined();
  });

  test('may be shared by several services', () => {
    const fixture = new Fixture();
    const taskRole = new TaskRole(fixture.stack, 'Shared');
    fixture.web({ taskRole }, fixture.stack, 'One');
    fixture.web({ taskRole }, fixture.stack, 'Two');
    fixture.template().resourceCountIs('AWS::IAM::Role', 3);
  });
});

describe('the execution role of a WebService', () => {
  /** All that the execution role may do. */
  function documentOf(props: (fixture: Fixture) => Partial<WebServiceProps>) {
    const fixture = new Fixture(lenientApp());
    const web = fixture.web(props(fixture));
    const template = fixture.template();
    return { web, template, statements: statementsOf(template, 'WebExecutionRole') };
  }
  const allow = (actions: string[], Resource: unknown) => ({ Effect: 'Allow', Action: actions, Resource });
  const writeLogs = (web: WebService) =>
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': [idOf(web.logGroup!), 'Arn'] });

  test('may write to its log group and do nothing else', () => {
    const { web, statements } = documentOf(() => ({}));
    expect(statements).toEqual([writeLogs(web)]);
  });

  test('may pull from its repository and no other', () => {
    const { web, template, statements } = documentOf(({ stack }) => {
      new ContainerRepository(stack, 'Other');
      return { container: { image: new ContainerRepository(stack, 'Images').image('1.4.2') } };
    });
    const [repository] = Object.keys(template.findResources('AWS::ECR::Repository')).filter((id) => /^Images/.test(id));
    expect(statements).toEqual([
      allow(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], {
        'Fn::GetAtt': [repository, 'Arn'],
      }),
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      writeLogs(web),
    ]);
  });

  test('may read its secret and no other', () => {
    const { web, template, statements } = documentOf(({ stack }) => {
      new secretsmanager.Secret(stack, 'Other');
      const secret = new secretsmanager.Secret(stack, 'Secret');
      return { secrets: { DB: ecs.Secret.fromSecretsManager(secret, 'password') } };
    });
    const [secret] = Object.keys(template.findResources('AWS::SecretsManager::Secret')).filter((id) => /^Se/.test(id));
    expect(statements).toEqual([
      writeLogs(web),
      allow(['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], { Ref: secret }),
    ]);
  });

  test('may read its parameter and no other', () => {
    const { web, statements } = documentOf(({ stack }) => {
      const parameter = ssm.StringParameter.fromStringParameterName(stack, 'Flag', '/shop/flag');
      return { secrets: { FLAG: ecs.Secret.fromSsmParameter(parameter) } };
    });
    expect(statements).toEqual([
      writeLogs(web),
      allow(['ssm:DescribeParameters', 'ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:GetParameters'], {
        'Fn::Join': ['', expect.arrayContaining([':parameter/shop/flag'])],
      }),
    ]);
  });

  test('may use keys for its secret only, and only through Secrets Manager', () => {
    const { statements } = documentOf(({ stack }) => {
      const encryptionKey = new kms.Key(stack, 'Key');
      const secret = new secretsmanager.Secret(stack, 'Secret', { encryptionKey });
      return { secrets: { DB: ecs.Secret.fromSecretsManager(secret) } };
    });
    const decrypt = statements.filter((statement) => JSON.stringify(statement.Action).includes('kms:'));
    expect(decrypt).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: expect.anything(),
        Condition: {
          StringEquals: {
            'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
          },
          StringLike: { 'kms:EncryptionContext:SecretARN': [{ Ref: expect.stringMatching(/^Secret/) }] },
        },
      },
    ]);
  });
});
