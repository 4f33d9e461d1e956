import { aws_ecr as ecr, aws_kms as kms, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AppliedFor, RepositoryTemplate, Retention } from '../../lib';
import type { RepositoryTemplateProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { allowing, expectNothingInline, statementsOf, ownRepositoryArn } from '../support/policies';

const TYPE = 'AWS::ECR::RepositoryCreationTemplate';
const PUSH = [AppliedFor.CREATE_ON_PUSH];
const CACHE = [AppliedFor.PULL_THROUGH_CACHE];

type Props = Partial<RepositoryTemplateProps>;

function setup(props: (stack: Stack) => Props = () => ({}), stackProps?: StackProps) {
  const stack = new Stack(newApp(), 'Shop', stackProps);
  const made = new RepositoryTemplate(stack, 'Team', { prefix: 'team', appliedFor: PUSH, ...props(stack) });
  return { stack, made, template: () => Template.fromStack(stack) };
}

const properties = (props: Props) => only(setup(() => props).template(), TYPE).Properties;
const lifecycle = (days: number) => ({
  rules: [
    {
      rulePriority: 1,
      description: expect.any(String),
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: days },
      action: { type: 'expire' },
    },
  ],
});

describe('RepositoryTemplate', () => {
  test('makes repositories as ContainerRepository does, with no role and nothing beside it', () => {
    const { made, template } = setup();
    const { id, Properties } = only(template(), TYPE);
    const { LifecyclePolicy, ...others } = Properties;
    expect(others).toEqual({ Prefix: 'team', AppliedFor: ['CREATE_ON_PUSH'], ImageTagMutability: 'IMMUTABLE' });
    expect(JSON.parse(LifecyclePolicy)).toEqual(lifecycle(7));
    expect(Object.keys(template().toJSON().Resources)).toEqual([id]);
    expect(made.role).toBeUndefined();
    expect(made.prefix).toBe('team');
    expect(made.template.node.path).toBe('Shop/Team/Template');
  });

  test('says what it was told', () => {
    const told = properties({
      description: 'What teams push',
      retention: [Retention.expireUntagged(Duration.days(3))],
      mutableTags: ['latest', 'pr-*'],
      encryption: ecr.RepositoryEncryption.KMS,
    });
    const { LifecyclePolicy, CustomRoleArn, ...others } = told;
    expect(JSON.parse(LifecyclePolicy)).toEqual(lifecycle(3));
    expect(CustomRoleArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^TeamRole/), 'Arn'] });
    expect(others).toEqual({
      Prefix: 'team',
      AppliedFor: ['CREATE_ON_PUSH'],
      Description: 'What teams push',
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: ['latest', 'pr-*'].map((tag) => ({
        ImageTagMutabilityExclusionFilterType: 'WILDCARD',
        ImageTagMutabilityExclusionFilterValue: tag,
      })),
      EncryptionConfiguration: { EncryptionType: 'KMS' },
    });
  });

  test('keeps everything when retention is empty', () => {
    expect(properties({ retention: [] }).LifecyclePolicy).toBeUndefined();
  });

  test.each<[string, AppliedFor[], string[] | undefined, string]>([
    ['a cache', CACHE, undefined, 'MUTABLE'],
    ['a cache that is told so', CACHE, [], 'IMMUTABLE'],
    ['a cache with names', CACHE, ['latest'], 'IMMUTABLE_WITH_EXCLUSION'],
    ['replicas', [AppliedFor.REPLICATION], undefined, 'IMMUTABLE'],
    ['pushes', PUSH, undefined, 'IMMUTABLE'],
    ['a cache and replicas', [...CACHE, AppliedFor.REPLICATION], undefined, 'IMMUTABLE'],
    ['a cache and pushes', [...PUSH, ...CACHE], undefined, 'IMMUTABLE'],
  ])('makes the tags of %s as they must be', (_name, appliedFor, mutableTags, expected) => {
    const told = properties({ appliedFor, mutableTags });
    expect(told.ImageTagMutability).toBe(expected);
    expect(told.AppliedFor).toEqual(appliedFor);
    expect(told.ImageTagMutabilityExclusionFilters?.length).toBe(mutableTags?.length ? 1 : undefined);
  });

  test.each([
    ['ROOT', 'ROOT'],
    ['team/', 'team'],
    ['a', 'a'],
    ['a/b.c_d__e--f/g', 'a/b.c_d__e--f/g'],
    ['x'.repeat(256), 'x'.repeat(256)],
  ])('takes the prefix %j', (prefix, expected) => {
    expect(properties({ prefix }).Prefix).toBe(expected);
  });

  test('takes tokens for prefix and description', () => {
    const { template } = setup((stack) => ({
      prefix: new CfnParameter(stack, 'Prefix').valueAsString,
      description: new CfnParameter(stack, 'Text').valueAsString,
      encryption: ecr.RepositoryEncryption.KMS,
    }));
    expect(only(template(), TYPE).Properties).toMatchObject({
      Prefix: { Ref: 'Prefix' },
      Description: { Ref: 'Text' },
    });
    const [{ Resource }] = statementsOf(template(), 'TeamRole');
    expect(JSON.stringify(Resource)).toContain(':repository/",{"Ref":"Prefix"},"/*"');
  });

  test('lets others pull, by text', () => {
    const { template, stack } = setup(() => ({
      allowPullFrom: { accounts: ['444455556666'], organization: 'o-a1b2c3' },
    }));
    const text = only(template(), TYPE).Properties.RepositoryPolicy;
    const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
    const json = text['Fn::Join'][1]
      .map((part: unknown) => (typeof part === 'string' ? part : (part as { Ref: string }).Ref))
      .join('');
    expect(JSON.parse(json)).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: pull, Principal: { AWS: 'arn:AWS::Partition:iam::444455556666:root' } },
        {
          Effect: 'Allow',
          Action: pull,
          Principal: { AWS: '*' },
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3' } },
        },
      ],
    });
    expect(stack.node.tryFindChild('Role')).toBeUndefined();
    template().resourceCountIs('AWS::IAM::Role', 0);
  });
});

describe('the role of a RepositoryTemplate', () => {
  test('may make the repositories of the prefix, and use the key', () => {
    const { made, template } = setup((stack) => ({
      encryptionKey: new kms.Key(stack, 'Key'),
      encryption: ecr.RepositoryEncryption.KMS_DSSE,
    }));
    const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };
    expect(statementsOf(template(), 'TeamRole')).toEqual([
      { Effect: 'Allow', Action: 'ecr:CreateRepository', Resource: ownRepositoryArn('team/*') },
      { Effect: 'Allow', Action: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'], Resource: key },
    ]);
    const { Properties, DependsOn } = only(template(), TYPE);
    expect(Properties.EncryptionConfiguration).toEqual({ EncryptionType: 'KMS_DSSE', KmsKey: key });
    expect(DependsOn).toEqual([expect.stringMatching(/^TeamRolePolicy/), expect.stringMatching(/^TeamRole[^P]/)]);
    expect(made.role?.node.path).toBe('Shop/Team/Role');
    expectNothingInline(template());
  });

  test('is of ECR, for this account when ECR says for whom', () => {
    const { template } = setup(() => ({ resourceTags: { team: 'shop' } }));
    expect(only(template(), 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'ecr.amazonaws.com' },
        Condition: { StringEqualsIfExists: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });

  test('may tag when there are tags', () => {
    const { template } = setup(() => ({ resourceTags: { team: 'shop', cost: '' } }));
    expect(only(template(), TYPE).Properties.ResourceTags).toEqual([
      { Key: 'team', Value: 'shop' },
      { Key: 'cost', Value: '' },
    ]);
    expect(statementsOf(template(), 'TeamRole')).toEqual([
      { Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:TagResource'], Resource: ownRepositoryArn('team/*') },
    ]);
  });

  test('may replicate when it is for replicas', () => {
    const { template } = setup(() => ({
      prefix: 'ROOT',
      appliedFor: [AppliedFor.REPLICATION],
      encryption: ecr.RepositoryEncryption.KMS,
    }));
    expect(statementsOf(template(), 'TeamRole')).toEqual([
      { Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:ReplicateImage'], Resource: ownRepositoryArn('*') },
    ]);
  });

  test('is not made for no tags', () => {
    const { template } = setup(() => ({ resourceTags: {} }));
    expect(only(template(), TYPE).Properties).not.toHaveProperty('ResourceTags');
    template().resourceCountIs('AWS::IAM::Role', 0);
  });

  test('takes a key behind an alias, and fails for an alias by name', () => {
    const { template } = setup((stack) => {
      const aliasTarget = new kms.Key(stack, 'Key');
      return { encryptionKey: new kms.Alias(stack, 'Alias', { aliasName: 'images', targetKey: aliasTarget }) };
    });
    const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };
    expect(only(template(), TYPE).Properties.EncryptionConfiguration).toEqual({ EncryptionType: 'KMS', KmsKey: key });
    expect(allowing(template(), 'TeamRole', 'kms:CreateGrant').map(({ Resource }) => Resource)).toEqual([key]);
    expectFailure(
      () => setup((stack) => ({ encryptionKey: kms.Alias.fromAliasName(stack, 'Alias', 'alias/images') })),
      /^the key 'Shop\/Alias' must be named by its ARN, got an alias/,
    );
  });
});

const PREFIX =
  "prefix must be 'ROOT' or 1 to 256 lower case letters, digits, '.', '_', '-' and '/' such as 'team/shop', got";

describe('what a RepositoryTemplate refuses', () => {
  test.each<[string, Props, string | RegExp]>([
    ['the prefix is empty', { prefix: '' }, `${PREFIX} ''`],
    ['the prefix has capitals', { prefix: 'Team' }, `${PREFIX} 'Team'`],
    ['the prefix is root in lower case with a slash in front', { prefix: '/root' }, `${PREFIX} '/root'`],
    ['the prefix is a pattern', { prefix: 'team/*' }, `${PREFIX} 'team/*'`],
    ['the prefix is ROOT with a slash', { prefix: 'ROOT/' }, `${PREFIX} 'ROOT/'`],
    ['the prefix is too long', { prefix: 'x'.repeat(257) }, `${PREFIX} '${'x'.repeat(257)}'`],
    ['the prefix has two slashes', { prefix: 'a//b' }, `${PREFIX} 'a//b'`],
    ['the prefix ends its line', { prefix: 'team\n' }, `${PREFIX} 'team\n'`],
    [
      'it is for nobody',
      { appliedFor: [] },
      'appliedFor must name for whom ECR makes repositories, got none: name PULL_THROUGH_CACHE, REPLICATION or CREATE_ON_PUSH',
    ],
    [
      'it is for one twice',
      { appliedFor: [...PUSH, ...PUSH] },
      "appliedFor must be unique, got 'CREATE_ON_PUSH' twice",
    ],
    ['a tag of AWS', { resourceTags: { 'aws:x': 'y' } }, /^a key of resourceTags must .* got 'aws:x'$/],
    ['a tag of AWS in capitals', { resourceTags: { 'AWS:x': 'y' } }, /^a key of resourceTags must .* got 'AWS:x'$/],
    ['a tag without key', { resourceTags: { '': 'y' } }, /^a key of resourceTags must have a character, .* got ''$/],
    [
      'there are 51 tags',
      { resourceTags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])) },
      'resourceTags must have at most 50 tags, got 51',
    ],
    ['mutable tags are none', { mutableTags: ['a b'] }, /^a tag of mutableTags must be/],
    ['mutable tags of a cache are none', { appliedFor: CACHE, mutableTags: [''] }, /^a tag of mutableTags must be/],
    [
      'nobody is let in',
      { allowPullFrom: {} },
      /^allowPullFrom must have accounts, an organization or lambda, got none/,
    ],
    [
      'a rule can never act',
      { retention: [Retention.keepLast(5), Retention.keepLast(9)] },
      /^a rule of retention for all images must be the last one/,
    ],
  ])('fails when %s', (_name, props, message) => {
    expectFailure(() => setup(() => props), message);
  });

  test('fails when a key comes with AES-256', () => {
    expectFailure(
      () =>
        setup((stack) => ({ encryptionKey: new kms.Key(stack, 'Key'), encryption: ecr.RepositoryEncryption.AES_256 })),
      'encryption must be KMS or KMS_DSSE with an encryptionKey, got AES_256: leave one of them out',
    );
  });

  test('takes 50 tags', () => {
    const resourceTags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'v']));
    expect(properties({ resourceTags }).ResourceTags).toHaveLength(50);
  });
});
