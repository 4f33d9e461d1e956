import { aws_ec2 as ec2, aws_kms as kms, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { S3FileSystem } from '../../lib';
import type { S3FileSystemProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { ancestorsOf, expectAcyclic, graphOf } from '../support/graph';
import { allowing, expectNothingInline, policiesOf, statementsOf } from '../support/policies';

const TYPE = 'AWS::S3Files::FileSystem';
const VERSIONED = { versioned: true };

type Props = Partial<S3FileSystemProps>;

function setup(props: (stack: Stack) => Props = () => ({}), bucket: s3.BucketProps = VERSIONED) {
  const stack = new Stack(newApp(), 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
  new S3FileSystem(stack, 'Files', { bucket: new s3.Bucket(stack, 'Bucket', bucket), vpc, ...props(stack) });
  return { template: () => Template.fromStack(stack) };
}

const BUCKET = { 'Fn::GetAtt': [expect.stringMatching(/^Bucket/), 'Arn'] };
const OBJECTS = { 'Fn::Join': ['', [BUCKET, '/*']] };
const OWN_ACCOUNT = { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } };

function arn(service: string, resource: string) {
  const parts = ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':'];
  return { 'Fn::Join': ['', [...parts, { Ref: 'AWS::AccountId' }, `:${resource}`]] };
}

/** What its role may do with a bucket. */
const statementsOn = (bucket: unknown, objects: unknown) => [
  { Effect: 'Allow', Action: ['s3:ListBucket', 's3:ListBucketVersions'], Resource: bucket, Condition: OWN_ACCOUNT },
  {
    Effect: 'Allow',
    Action: ['s3:AbortMultipartUpload', 's3:DeleteObject*', 's3:GetObject*', 's3:List*', 's3:PutObject*'],
    Resource: objects,
    Condition: OWN_ACCOUNT,
  },
  {
    Effect: 'Allow',
    Action: ['DeleteRule', 'DisableRule', 'EnableRule', 'PutRule', 'PutTargets', 'RemoveTargets'].map(
      (action) => `events:${action}`,
    ),
    Resource: arn('events', 'rule/DO-NOT-DELETE-S3-Files*'),
    Condition: { StringEquals: { 'events:ManagedBy': 'elasticfilesystem.amazonaws.com' } },
  },
  {
    Effect: 'Allow',
    Action: ['DescribeRule', 'ListRuleNamesByTarget', 'ListRules', 'ListTargetsByRule'].map(
      (action) => `events:${action}`,
    ),
    Resource: arn('events', 'rule/*'),
  },
];

describe('its role', () => {
  test('is assumed by S3 Files of this account and region only', () => {
    const { Properties } = only(setup().template(), 'AWS::IAM::Role');
    expect(Properties).toEqual({
      Description: 'How S3 Files reads and writes the bucket',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'elasticfilesystem.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'aws:SourceArn': arn('s3files', 'file-system/*') },
            },
          },
        ],
      },
    });
  });

  test('may keep the bucket and the file system the same, and nothing else', () => {
    const template = setup().template();
    expect(policiesOf(template, 'FilesRole')).toHaveLength(1);
    expect(statementsOf(template, 'FilesRole')).toEqual(statementsOn(BUCKET, OBJECTS));
    expectNothingInline(template);
  });

  test('may use the key of its bucket, for its objects and through S3', () => {
    const template = setup(undefined, { ...VERSIONED, encryption: s3.BucketEncryption.KMS }).template();
    expect(statementsOf(template, 'FilesRole')).toEqual([
      ...statementsOn(BUCKET, OBJECTS),
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^BucketKey/), 'Arn'] },
        Condition: {
          StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
          StringLike: { 'kms:EncryptionContext:aws:s3:arn': [BUCKET, OBJECTS] },
        },
      },
    ]);
    expectNothingInline(template);
  });

  test.each([s3.BucketEncryption.S3_MANAGED, s3.BucketEncryption.KMS_MANAGED])(
    'needs no key for a bucket with encryption %s',
    (encryption) => {
      const template = setup(undefined, { ...VERSIONED, encryption }).template();
      expect(statementsOf(template, 'FilesRole')).toEqual(statementsOn(BUCKET, OBJECTS));
    },
  );

  test('may not use the key of the file system: S3 Files grants it to itself', () => {
    const template = setup((stack) => ({ encryptionKey: new kms.Key(stack, 'Key') })).template();
    expect(statementsOf(template, 'FilesRole')).toEqual(statementsOn(BUCKET, OBJECTS));
  });

  test('outlives the file system, with its permissions', () => {
    const template = setup().template();
    const { id, DependsOn } = only(template, TYPE);
    const [policy] = policiesOf(template, 'FilesRole');
    expect(DependsOn).toContain(policy.id);
    for (const target of Object.keys(template.findResources('AWS::S3Files::MountTarget'))) {
      expect([...ancestorsOf(graphOf(template), target)]).toEqual(expect.arrayContaining([id, policy.id]));
    }
    expectAcyclic(template);
  });
});

describe('its bucket', () => {
  test.each<[string, s3.BucketProps, Props, string]>([
    [
      'is not versioned',
      {},
      {},
      "the bucket of an S3 file system must be versioned, got 'Shop/Bucket' without: set versioned to true",
    ],
    [
      'is encrypted twice',
      { ...VERSIONED, encryption: s3.BucketEncryption.DSSE_MANAGED },
      {},
      "the bucket of an S3 file system must be encrypted with SSE-S3 or SSE-KMS, got DSSE-KMS for 'Shop/Bucket': use BucketEncryption.KMS",
    ],
    [
      'is encrypted twice with a key',
      { ...VERSIONED, encryption: s3.BucketEncryption.DSSE },
      {},
      "the bucket of an S3 file system must be encrypted with SSE-S3 or SSE-KMS, got DSSE-KMS for 'Shop/Bucket': use BucketEncryption.KMS",
    ],
    [
      'has a prefix that is no directory',
      VERSIONED,
      { prefix: 'shared' },
      "prefix must be empty or a directory such as 'models/', at most 1024 characters, without '*', '?' and '$', which policies read as wildcards, got 'shared'",
    ],
  ])('fails when it %s', (_what, bucket, props, message) => {
    expectFailure(() => setup(() => props, bucket), message);
  });

  test.each([true, false])('is an L1 that an L2 wraps, versioned %s', (versioned) => {
    const wrapped = (stack: Stack) => {
      const status = versioned ? 'Enabled' : 'Suspended';
      const bucket = new s3.CfnBucket(stack, 'Theirs', { versioningConfiguration: { status } });
      return { bucket: s3.Bucket.fromCfnBucket(bucket) };
    };
    if (versioned) {
      setup(wrapped)
        .template()
        .hasResourceProperties(TYPE, { Bucket: { 'Fn::GetAtt': ['Theirs', 'Arn'] } });
    } else {
      expectFailure(() => setup(wrapped), /^the bucket of an S3 file system must be versioned, got 'Shop\/Theirs/);
    }
  });

  test('is taken when it is imported, because nothing is known of it', () => {
    const { template } = setup((stack) => ({ bucket: s3.Bucket.fromBucketName(stack, 'Theirs', 'their-files') }));
    const bucket = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::their-files']] };
    const objects = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::their-files/*']] };
    template().hasResourceProperties(TYPE, { Bucket: bucket });
    expect(statementsOf(template(), 'FilesRole')).toEqual(statementsOn(bucket, objects));
  });

  test('is taken with its key when it is imported with one', () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/0123';
    const { template } = setup((stack) => ({
      bucket: s3.Bucket.fromBucketAttributes(stack, 'Theirs', {
        bucketName: 'their-files',
        encryptionKey: kms.Key.fromKeyArn(stack, 'Key', key),
      }),
    }));
    expect(allowing(template(), 'FilesRole', 'kms:GenerateDataKey')).toEqual([
      expect.objectContaining({ Resource: key }),
    ]);
  });

  test.each(['strong', 'weak'])('may be in another stack, with %s references', (mode) => {
    const app = newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode });
    const [data, shop] = [new Stack(app, 'Data'), new Stack(app, 'Shop')];
    const bucket = new s3.Bucket(data, 'Bucket', { ...VERSIONED, encryptionKey: new kms.Key(data, 'Key') });
    new S3FileSystem(shop, 'Files', { bucket, vpc: new ec2.Vpc(shop, 'Vpc', { restrictDefaultSecurityGroup: false }) });
    expect(() => app.synth()).not.toThrow();
    expect(shop.dependencies).toEqual([data]);
    expect(data.dependencies).toEqual([]);
    const template = Template.fromStack(shop);
    const reference = (name: string) =>
      mode === 'strong'
        ? { 'Fn::ImportValue': expect.stringContaining(`GetAtt${name}`) }
        : { 'Fn::GetStackOutput': expect.objectContaining({ OutputName: expect.stringContaining(`GetAtt${name}`) }) };
    expect(only(template, TYPE).Properties.Bucket).toEqual(reference('Bucket'));
    expect(allowing(template, 'FilesRole', 'kms:Decrypt')).toEqual([
      expect.objectContaining({ Resource: reference('Key') }),
    ]);
    expectNothingInline(template);
    expectAcyclic(template);
    expectAcyclic(Template.fromStack(data));
  });

  test('has nothing changed', () => {
    const { template } = setup();
    expect(only(template(), 'AWS::S3::Bucket').Properties).toEqual({
      VersioningConfiguration: { Status: 'Enabled' },
    });
    template().resourceCountIs('AWS::S3::BucketPolicy', 0);
  });
});
