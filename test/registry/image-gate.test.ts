import { aws_ecr as ecr, aws_sqs as sqs, CfnParameter, CfnResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { ImageGate, Severity } from '../../lib';
import type { ImageGateProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing, expectNothingInline, statementsOf, ownRepositoryArn } from '../support/policies';
import { idOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const TYPE = 'Custom::CdkContainersImageGate';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const ENV = { account: '111122223333', region: 'eu-west-1' };
const ARN = 'arn:aws:ecr:eu-west-1:444455556666:repository/shop/web';

type Props = Partial<ImageGateProps>;

function setup(props: (stack: Stack) => Props = () => ({}), env?: { account: string; region: string }) {
  const app = newApp();
  const stack = new Stack(app, 'Shop', { env });
  const repository = ecr.Repository.fromRepositoryName(stack, 'Images', 'shop/web');
  const gate = new ImageGate(stack, 'Gate', { repository, tagOrDigest: '1.4.2', ...props(stack) });
  return { app, stack, gate, template: () => Template.fromStack(stack) };
}

const properties = (props: Props = {}) => only(setup(() => props).template(), TYPE).Properties;
const failure = (props: Props, message: string) => expectFailure(() => setup(() => props), message);

describe('ImageGate', () => {
  test('asks its function about the image', () => {
    const { template } = setup();
    expect(only(template(), TYPE).Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [only(template(), 'AWS::Lambda::Function').id, 'Arn'] },
      ServiceTimeout: '960',
      RegistryId: { Ref: 'AWS::AccountId' },
      RepositoryName: 'shop/web',
      Image: '1.4.2',
      Refuse: 'HIGH',
      FixAvailableOnly: false,
      DeployWithoutScan: false,
      Allow: [],
      TimeoutSeconds: 600,
    });
  });

  test('asks as it was told', () => {
    const allow = ['CVE-2024-1234', 'CVE-2024-123456', 'GHSA-abcd-1234-ef56', 'ALAS2-2024-2345', 'RHSA-2024:1234'];
    expect(
      properties({
        tagOrDigest: DIGEST,
        minSeverity: Severity.MEDIUM,
        fixAvailableOnly: true,
        deployWithoutScan: true,
        allow,
        timeout: Duration.minutes(14),
      }),
    ).toMatchObject({
      Image: DIGEST,
      Refuse: 'MEDIUM',
      FixAvailableOnly: true,
      DeployWithoutScan: true,
      Allow: allow,
      TimeoutSeconds: 840,
    });
  });

  test('has a small function with a log group of its own', () => {
    const { template } = setup();
    const { Code, ...told } = only(template(), 'AWS::Lambda::Function').Properties;
    expect(Code.S3Key).toMatch(/^[0-9a-f]{64}\.zip$/);
    expect(told).toEqual({
      Architectures: ['arm64'],
      Description: 'Lets an image into the deployment when its scan found nothing severe',
      Handler: 'index.handler',
      LoggingConfig: { LogGroup: { Ref: only(template(), 'AWS::Logs::LogGroup').id } },
      MemorySize: 256,
      Role: { 'Fn::GetAtt': [only(template(), 'AWS::IAM::Role').id, 'Arn'] },
      Runtime: 'nodejs24.x',
      Timeout: 900,
    });
    expect(only(template(), 'AWS::Logs::LogGroup')).toMatchObject({
      Properties: { RetentionInDays: 365 },
      DeletionPolicy: 'Delete',
    });
  });

  test('may read the scans of one repository, and nothing else', () => {
    const { template } = setup();
    expect(statementsOf(template(), 'GateHandlerRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [only(template(), 'AWS::Logs::LogGroup').id, 'Arn'] },
      },
      { Effect: 'Allow', Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } },
      {
        Effect: 'Allow',
        Action: ['ecr:BatchGetImage', 'ecr:DescribeImageScanFindings'],
        Resource: ownRepositoryArn('shop/web'),
      },
      { Effect: 'Allow', Action: 'inspector2:ListFindings', Resource: '*' },
    ]);
    expectNothingInline(template());
  });

  test('asks when its function has its policy, and not before', () => {
    const { template } = setup();
    expect(only(template(), TYPE).DependsOn).toContain(only(template(), 'AWS::IAM::ManagedPolicy').id);
    // The function does not wait for policies, so that one may name it.
    expect(only(template(), 'AWS::Lambda::Function').DependsOn).toEqual([only(template(), 'AWS::IAM::Role').id]);
    expectAcyclic(template());
  });

  test('gives all that it made', () => {
    const { gate, template } = setup();
    expect(idOf(gate.handler)).toBe(only(template(), 'AWS::Lambda::Function').id);
    expect(idOf(gate.logGroup)).toBe(only(template(), 'AWS::Logs::LogGroup').id);
    expect(idOf(gate.customResource)).toBe(only(template(), TYPE).id);
    expect(gate.role.roleName).toBe(gate.handler.role?.roleName);
    expect(Object.keys(template().toJSON().Resources)).toHaveLength(5);
  });

  test('lets the user grant more to its function', () => {
    const { stack, gate, template } = setup();
    new sqs.Queue(stack, 'Queue').grantSendMessages(gate.role);
    expect(allowing(template(), 'GateHandlerRole', 'sqs:SendMessage')).toHaveLength(1);
    expectNothingInline(template());
  });

  test('takes tokens', () => {
    const { template } = setup((stack) => ({
      tagOrDigest: new CfnParameter(stack, 'Tag').valueAsString,
      allow: [new CfnParameter(stack, 'Name').valueAsString, new CfnParameter(stack, 'Other').valueAsString],
      timeout: Duration.seconds(new CfnParameter(stack, 'Seconds', { type: 'Number' }).valueAsNumber),
    }));
    expect(only(template(), TYPE).Properties).toMatchObject({
      Image: { Ref: 'Tag' },
      Allow: [{ Ref: 'Name' }, { Ref: 'Other' }],
      TimeoutSeconds: { Ref: 'Seconds' },
    });
  });

  test('leaves no finding open', () => {
    const app = newApp(STRICT);
    const stack = new Stack(app, 'Shop');
    const repository = ecr.Repository.fromRepositoryName(stack, 'Images', 'shop/web');
    new ImageGate(stack, 'Gate', { repository, tagOrDigest: '1.4.2' });
    expect(validate(app).open).toEqual([]);
  });
});

describe('the repository of an ImageGate', () => {
  test('may be of another account, whose registry is asked', () => {
    const { template } = setup((stack) => ({ repository: ecr.Repository.fromRepositoryArn(stack, 'Other', ARN) }), ENV);
    expect(only(template(), TYPE).Properties).toMatchObject({ RegistryId: '444455556666', RepositoryName: 'shop/web' });
    expect(allowing(template(), 'GateHandlerRole', 'ecr:BatchGetImage')[0].Resource).toBe(ARN);
  });

  test('may be of another account of the app, which then lets the gate read it', () => {
    const app = newApp();
    const images = new Stack(app, 'Images', { env: { ...ENV, account: '444455556666' } });
    const repository = new ecr.Repository(images, 'Repository', { repositoryName: 'shop/web' });
    const shop = new Stack(app, 'Shop', { env: ENV });
    new ImageGate(shop, 'Gate', { repository, tagOrDigest: '1.4.2' });
    const { Statement } = only(Template.fromStack(images), 'AWS::ECR::Repository').Properties.RepositoryPolicyText;
    expect(Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:BatchGetImage', 'ecr:DescribeImageScanFindings'],
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      },
    ]);
    expect(only(Template.fromStack(shop), TYPE).Properties).toMatchObject({
      RegistryId: '444455556666',
      RepositoryName: 'shop/web',
    });
  });

  test.each([{ env: ENV }, {}])('is told nothing when it is of the same account: %j', (props) => {
    const stack = new Stack(newApp(), 'Shop', props);
    const repository = new ecr.Repository(stack, 'Repository');
    new ImageGate(stack, 'Gate', { repository, tagOrDigest: '1.4.2' });
    expect(only(Template.fromStack(stack), 'AWS::ECR::Repository').Properties?.RepositoryPolicyText).toBeUndefined();
  });

  test.each(['strong', 'weak'])('may be of another stack, with %s references', (kind) => {
    const app = newApp({ '@aws-cdk/core:defaultCrossStackReferences': kind });
    const repository = new ecr.Repository(new Stack(app, 'Images'), 'Repository');
    const shop = new Stack(app, 'Shop');
    new ImageGate(shop, 'Gate', { repository, tagOrDigest: '1.4.2' });
    const { RegistryId, RepositoryName } = only(Template.fromStack(shop), TYPE).Properties;
    expect(RegistryId).toEqual({ Ref: 'AWS::AccountId' });
    expect(JSON.stringify(RepositoryName)).toContain('Repository22E53BBD');
    expectAcyclic(Template.fromStack(shop));
  });

  test('may be named by a token', () => {
    const { template } = setup((stack) => {
      const repositoryArn = new CfnParameter(stack, 'Arn').valueAsString;
      return {
        repository: ecr.Repository.fromRepositoryAttributes(stack, 'Any', { repositoryArn, repositoryName: 'web' }),
      };
    }, ENV);
    expect(only(template(), TYPE).Properties.RepositoryName).toBe('web');
  });

  test('fails when it is in another region', () => {
    const there = ARN.replace('eu-west-1', 'us-east-1');
    expectFailure(
      () => setup((stack) => ({ repository: ecr.Repository.fromRepositoryArn(stack, 'Other', there) }), ENV),
      "the repository of 'Shop/Gate' must be in region 'eu-west-1' like the gate, got 'us-east-1': gate the image in that region, or replicate it to this one",
    );
    // Where the gate is deployed is not known.
    setup((stack) => ({ repository: ecr.Repository.fromRepositoryArn(stack, 'Other', there) }));
  });
});

describe('ImageGate fails when', () => {
  const TAG = "tagOrDigest must be a tag such as '1.4.2' or a digest such as 'sha256:…', got";
  const NAME = "a name of allow must be one such as 'CVE-2024-1234', got";
  const TIME = 'timeout must be between 10 and 840 seconds, got';

  test.each<[string, Props, string]>([
    ['the tag is empty', { tagOrDigest: '' }, `${TAG} ''`],
    ['the tag is a name', { tagOrDigest: 'web:1.4.2' }, `${TAG} 'web:1.4.2'`],
    ['the digest is short', { tagOrDigest: 'sha256:0123' }, `${TAG} 'sha256:0123'`],
    ['the tag is a number', { tagOrDigest: 1 as never }, `${TAG} 1, which is no string`],
    [
      'the severity is none',
      { minSeverity: 'high' as never },
      "minSeverity must be one of CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, got 'high'",
    ],
    ['a name is empty', { allow: [''] }, `${NAME} ''`],
    ['a name is in lower case', { allow: ['cve-2024-1234'] }, `${NAME} 'cve-2024-1234'`],
    ['a name has no year', { allow: ['CVE-1234'] }, `${NAME} 'CVE-1234'`],
    ['a name is short', { allow: ['CVE-2024-123'] }, `${NAME} 'CVE-2024-123'`],
    ['a name is all', { allow: ['*'] }, `${NAME} '*'`],
    ['a name has a wildcard', { allow: ['CVE-2024-*'] }, `${NAME} 'CVE-2024-*'`],
    ['a name has a space', { allow: ['CVE-2024-1234 '] }, `${NAME} 'CVE-2024-1234 '`],
    [
      'a name comes twice',
      { allow: ['CVE-2024-1234', 'CVE-2024-1234'] },
      "allow must be unique, got 'CVE-2024-1234' twice",
    ],
    ['there is no time', { timeout: Duration.seconds(0) }, `${TIME} 0 seconds`],
    ['there is too much time', { timeout: Duration.minutes(15) }, `${TIME} 900 seconds`],
    ['the time is a part of a second', { timeout: Duration.millis(10_500) }, `${TIME} 10.5 seconds`],
    [
      'the time is a number',
      { timeout: 600 as never },
      'timeout must be a Duration such as Duration.seconds(30), got 600',
    ],
    [
      'the time is a token of minutes',
      { timeout: Duration.minutes(Lazy.number({ produce: () => 5 })) },
      'timeout must be Duration.seconds(…) when it is a token, got minutes',
    ],
  ])('%s', (_what, props, message) => failure(props, message));

  test('two have one id', () => {
    const { stack } = setup();
    const repository = ecr.Repository.fromRepositoryName(stack, 'More', 'shop/web');
    expect(() => new ImageGate(stack, 'Gate', { repository, tagOrDigest: '1' })).toThrow("'Gate'");
  });

  test('nothing: two may look at one image', () => {
    const { stack, template } = setup();
    const repository = ecr.Repository.fromRepositoryName(stack, 'More', 'shop/web');
    new ImageGate(stack, 'Second', { repository, tagOrDigest: '1.4.2', minSeverity: Severity.LOW });
    expect(
      stack.node.findAll().filter((node) => CfnResource.isCfnResource(node) && node.cfnResourceType === TYPE),
    ).toHaveLength(2);
    expectAcyclic(template());
  });
});
