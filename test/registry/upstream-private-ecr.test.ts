import { aws_iam as iam, CfnParameter, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { TaskRole, Upstream } from '../../lib';
import type { PrivateEcrOptions, PullThroughCacheProps } from '../../lib';
import { cacheOf, HERE, RULE } from '../support/caches';
import { expectFailure } from '../support/errors';
import { only } from '../support/fixture';
import { expectNothingInline, statementsOf } from '../support/policies';

describe('Upstream.privateEcr', () => {
  const OTHER = { region: 'eu-west-1', account: '444455556666' };
  const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
  const repositories = (place: string, name: string) => `arn:aws:ecr:${place}:repository/${name}`;
  const statements = (upstream: unknown, cached: unknown) => [
    {
      Effect: 'Allow',
      Action: [
        'ecr:BatchGetImage',
        'ecr:BatchImportUpstreamImage',
        'ecr:GetDownloadUrlForLayer',
        'ecr:GetImageCopyStatus',
      ],
      Resource: [upstream, cached].sort(),
    },
    {
      Effect: 'Allow',
      Action: ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'],
      Resource: cached,
    },
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  ];
  const cacheOfEcr = (
    options: PrivateEcrOptions,
    props: Partial<PullThroughCacheProps> = {},
    stackProps?: StackProps,
  ) => cacheOf(() => Upstream.privateEcr(options), props, stackProps);

  test('of another account is read with a role that can do nothing else', () => {
    const { cache, template } = cacheOfEcr(OTHER);
    expect(statementsOf(template(), 'CacheRole')).toEqual(
      statements(repositories('eu-west-1:444455556666', '*'), repositories('eu-west-1:111122223333', 'ecr/*')),
    );
    const { Properties, DependsOn } = only(template(), RULE);
    expect(Properties).toEqual({
      EcrRepositoryPrefix: 'ecr',
      UpstreamRegistry: 'ecr',
      UpstreamRegistryUrl: join('444455556666.dkr.ecr.eu-west-1.', { Ref: 'AWS::URLSuffix' }),
      CustomRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^CacheRole/), 'Arn'] },
    });
    expect(DependsOn).toEqual([
      expect.stringMatching(/^CacheRolePolicy/),
      expect.stringMatching(/^CacheRole[^P]/),
      expect.stringMatching(/^CacheTemplate/),
    ]);
    expect(only(template(), 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'pullthroughcache.ecr.amazonaws.com' },
        Condition: { StringEqualsIfExists: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
    expect(cache.role?.node.path).toBe('Shop/Cache/Role');
    expectNothingInline(template());
  });

  test('is read as far as its prefix', () => {
    const { template } = cacheOfEcr(
      { ...OTHER, region: 'us-east-1' },
      { prefix: 'theirs/', upstreamPrefix: 'team/a/' },
    );
    expect(statementsOf(template(), 'CacheRole')).toEqual(
      statements(
        repositories('us-east-1:444455556666', 'team/a/*'),
        repositories('eu-west-1:111122223333', 'theirs/*'),
      ),
    );
    expect(only(template(), RULE).Properties).toMatchObject({
      EcrRepositoryPrefix: 'theirs',
      UpstreamRepositoryPrefix: 'team/a',
    });
  });

  test('is read with a role of the user', () => {
    const theirs = 'arn:aws:iam::111122223333:role/Reader';
    const { cache, template } = cacheOf((stack) =>
      Upstream.privateEcr({ ...OTHER, role: iam.Role.fromRoleArn(stack, 'Reader', theirs) }),
    );
    expect(only(template(), RULE).Properties.CustomRoleArn).toBe(theirs);
    expect(cache.role?.roleArn).toBe(theirs);
    template().resourceCountIs('AWS::IAM::Role', 0);
  });

  test.each<[string, PrivateEcrOptions, StackProps, number]>([
    ['the account is not named', { region: 'us-east-1' }, HERE, 0],
    ['the account is named and its own', { region: 'us-east-1', account: '111122223333' }, HERE, 0],
    ['the account is not named, and the own is not known', { region: 'us-east-1' }, {}, 0],
    ['the account is named, and the own is not known', { region: 'us-east-1', account: '111122223333' }, {}, 1],
    ['the account is another one', OTHER, HERE, 1],
  ])('has the role it needs when %s', (_name, options, stackProps, roles) => {
    const { template } = cacheOfEcr(options, {}, stackProps);
    template().resourceCountIs('AWS::IAM::Role', roles);
    expect(only(template(), RULE).Properties.CustomRoleArn === undefined).toBe(roles === 0);
  });

  test('takes tokens', () => {
    const { template } = cacheOf((stack) => {
      const [region, account] = ['Region', 'Account'].map((id) => new CfnParameter(stack, id).valueAsString);
      return Upstream.privateEcr({ region, account });
    });
    expect(only(template(), RULE).Properties.UpstreamRegistryUrl).toEqual(
      join({ Ref: 'Account' }, '.dkr.ecr.', { Ref: 'Region' }, '.', { Ref: 'AWS::URLSuffix' }),
    );
    template().resourceCountIs('AWS::IAM::Role', 1);
  });

  const SELF =
    "the registry of Upstream.privateEcr must be of another region or account than the cache 'Shop/Cache', got its own, eu-west-1";

  test.each<[string, PrivateEcrOptions, string]>([
    ['it is the cache itself', { region: 'eu-west-1' }, SELF],
    ['it is the cache itself, by its account', { region: 'eu-west-1', account: '111122223333' }, SELF],
    [
      'the region is none',
      { region: 'Ireland' },
      "the region of Upstream.privateEcr must be a region such as 'eu-west-1', got 'Ireland'",
    ],
    [
      'the account is none',
      { region: 'us-east-1', account: '1111-2222-3333' },
      "the account of Upstream.privateEcr must be an account id of 12 digits such as '111122223333', got '1111-2222-3333'",
    ],
  ])('fails when %s', (_name, options, message) => {
    expectFailure(() => cacheOfEcr(options), message);
  });

  test('fails when the role is of another account', () => {
    const role = (stack: Stack, account: string) =>
      iam.Role.fromRoleArn(stack, 'Reader', `arn:aws:iam::${account}:role/Reader`);
    expectFailure(
      () => cacheOf((stack) => Upstream.privateEcr({ ...OTHER, role: role(stack, '444455556666') })),
      "the role of Upstream.privateEcr must be of the account of the cache 'Shop/Cache', 111122223333, got one of 444455556666",
    );
    expect(() =>
      cacheOf((stack) => Upstream.privateEcr({ ...OTHER, role: role(stack, '444455556666') }), {}, {}),
    ).not.toThrow();
    const elsewhere = (stack: Stack) => new TaskRole(new Stack(stack.node.root, 'Anywhere'), 'Reader');
    expect(() => cacheOf((stack) => Upstream.privateEcr({ ...OTHER, role: elsewhere(stack) }))).not.toThrow();
  });
});
