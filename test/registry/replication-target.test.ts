import { aws_kms as kms, CfnParameter, Duration, Lazy, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { RegistrySettings, ReplicationTarget, Retention } from '../../lib';
import type { ReplicationTargetProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template, warnings } from '../support/fixture';
import { allowing } from '../support/policies';

const HERE = { env: { account: '111122223333', region: 'eu-west-1' } };
const OTHER = '444455556666';
const TEMPLATE = 'AWS::ECR::RepositoryCreationTemplate';

function setup(
  props: (stack: Stack) => Partial<ReplicationTargetProps> = () => ({}),
  stackProps: StackProps = HERE,
  settingsProps: StackProps | undefined = undefined,
) {
  const app = newApp();
  const stack = new Stack(app, 'Shop', stackProps);
  const registry = new RegistrySettings(settingsProps ? new Stack(app, 'Base', settingsProps) : stack, 'Settings');
  const target = new ReplicationTarget(stack, 'Target', { registry, sourceAccounts: [OTHER], ...props(stack) });
  return { app, stack, registry, target, template: () => Template.fromStack(stack) };
}

const statementsOf = (template: Template) => only(template, 'AWS::ECR::RegistryPolicy').Properties.PolicyText.Statement;
const root = (account: string) => `arn:aws:iam::${account}:root`;
const ACTIONS = ['ecr:CreateRepository', 'ecr:ReplicateImage'];

describe('ReplicationTarget', () => {
  test('lets all in from an account, with one template', () => {
    const { target, template } = setup();
    expect(statementsOf(template())).toEqual([
      {
        Effect: 'Allow',
        Action: ACTIONS,
        Principal: { AWS: root(OTHER) },
        Resource: 'arn:aws:ecr:eu-west-1:111122223333:repository/*',
      },
    ]);
    const { LifecyclePolicy, ...others } = only(template(), TEMPLATE).Properties;
    expect(others).toEqual({ Prefix: 'ROOT', AppliedFor: ['REPLICATION'], ImageTagMutability: 'IMMUTABLE' });
    expect(JSON.parse(LifecyclePolicy).rules[0].selection).toMatchObject({ tagStatus: 'untagged', countNumber: 7 });
    expect(target.templates.map(({ node, prefix }) => [node.path, prefix])).toEqual([['Shop/Target/Template', 'ROOT']]);
    expect(Object.keys(template().toJSON().Resources)).toHaveLength(2);
    expect(warnings(target)).toEqual([]);
  });

  test('lets in some of several accounts, with a template for each prefix', () => {
    const { target, template } = setup((stack) => ({
      sourceAccounts: [OTHER, '777788889999'],
      prefixes: ['shop/', 'team/a/'],
      retention: [Retention.expireUntagged(Duration.days(2))],
      mutableTags: ['latest'],
      encryptionKey: new kms.Key(stack, 'Key'),
      allowPullFrom: { accounts: [OTHER] },
      resourceTags: { team: 'shop' },
    }));
    const [statement, ...others] = statementsOf(template());
    expect(others).toEqual([]);
    expect(statement).toMatchObject({
      Action: ACTIONS,
      Resource: ['shop', 'team/a'].map((name) => `arn:aws:ecr:eu-west-1:111122223333:repository/${name}/*`),
    });
    expect(statement.Principal.AWS).toEqual([root(OTHER), root('777788889999')]);
    const made = Object.values(template().findResources(TEMPLATE)).map(({ Properties }) => Properties);
    expect(made.map(({ Prefix }) => Prefix)).toEqual(['shop', 'team/a']);
    for (const { LifecyclePolicy, RepositoryPolicy, ...each } of made) {
      expect(each).toEqual({
        Prefix: expect.any(String),
        AppliedFor: ['REPLICATION'],
        ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        ImageTagMutabilityExclusionFilters: [
          { ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'latest' },
        ],
        EncryptionConfiguration: {
          EncryptionType: 'KMS',
          KmsKey: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
        },
        ResourceTags: [{ Key: 'team', Value: 'shop' }],
        CustomRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^TargetTemplate.*Role/), 'Arn'] },
      });
      expect(LifecyclePolicy).toContain('"countNumber":2');
      expect(JSON.stringify(RepositoryPolicy)).toContain(`:iam::${OTHER}:root`);
    }
    expect(target.templates.map(({ node }) => node.path)).toEqual([
      'Shop/Target/Template-shop',
      'Shop/Target/Template-team--a',
    ]);
    expect(allowing(template(), 'TargetTemplateshop', 'ecr:ReplicateImage')[0].Action).toEqual([
      'ecr:CreateRepository',
      'ecr:ReplicateImage',
      'ecr:TagResource',
    ]);
  });

  test('adds to what the settings say, from another stack too', () => {
    const { registry, template } = setup(undefined, HERE, HERE);
    expect(statementsOf(Template.fromStack(Stack.of(registry)))).toHaveLength(1);
    template().resourceCountIs('AWS::ECR::RegistryPolicy', 0);
  });

  test('takes tokens, and stacks that do not say where they are', () => {
    const { template } = setup(
      (stack) => ({ sourceAccounts: [OTHER, new CfnParameter(stack, 'Account').valueAsString] }),
      {},
    );
    const [{ Principal, Resource }] = statementsOf(template());
    expect(Principal.AWS).toHaveLength(2);
    expect(JSON.stringify(Principal.AWS)).toContain('":iam::",{"Ref":"Account"},":root"');
    expect(JSON.stringify(Resource)).toContain('{"Ref":"AWS::AccountId"},":repository/*"');
  });

  test('warns when a prefix lets in more than its template reaches', () => {
    expect(warnings(setup(() => ({ prefixes: ['team/', 'shop'] })).target)).toEqual([
      "the prefix 'shop' lets in repositories such as 'shop-web' too, which get none of the settings here: a template is for 'shop/…' only. Write 'shop/'. [ack: Annotation::cdk-containers:ReplicationPrefixOpen]",
    ]);
  });

  test('lets in what starts with an open prefix', () => {
    const { target, template } = setup(() => ({ prefixes: ['shop'] }));
    Validations.of(target).acknowledge({ id: 'Annotation::cdk-containers:ReplicationPrefixOpen', reason: 'a test' });
    expect(statementsOf(template())[0].Resource).toBe('arn:aws:ecr:eu-west-1:111122223333:repository/shop*');
    expect(only(template(), TEMPLATE).Properties.Prefix).toBe('shop');
  });

  const START =
    "a prefix of prefixes must be the start of repository names, 2 to 256 lower case letters and digits, with a single '.', '_', '-' or '/' between them, such as 'shop/', got";

  test.each<[string, Partial<ReplicationTargetProps>, string]>([
    [
      'there is no account',
      { sourceAccounts: [] },
      'sourceAccounts must have the accounts that replicate to this one, got none: within an account no policy is needed, so that a RepositoryTemplate is enough',
    ],
    [
      'an account is none',
      { sourceAccounts: [OTHER, 'prod'] },
      "an account of sourceAccounts must be an account id of 12 digits such as '111122223333', got 'prod'",
    ],
    [
      'an account is an ARN',
      { sourceAccounts: [root(OTHER)] },
      `an account of sourceAccounts must be an account id of 12 digits such as '111122223333', got '${root(OTHER)}'`,
    ],
    [
      'an account is named twice',
      { sourceAccounts: [OTHER, OTHER] },
      `sourceAccounts must be unique, got '${OTHER}' twice`,
    ],
    [
      'an account is the own one',
      { sourceAccounts: [OTHER, '111122223333'] },
      'sourceAccounts must have other accounts, got the own one, 111122223333: leave it out, within an account replication needs no policy',
    ],
    [
      'there is no prefix',
      { prefixes: [] },
      "prefixes must have one such as 'shop/', got none: leave it out for all repositories",
    ],
    ['a prefix is empty', { prefixes: [''] }, `${START} ''`],
    ['a prefix is a pattern', { prefixes: ['shop/*'] }, `${START} 'shop/*'`],
    ['a prefix is ROOT', { prefixes: ['ROOT'] }, `${START} 'ROOT'`],
    ['a prefix is named twice', { prefixes: ['shop/', 'shop/'] }, "prefixes must be unique, got 'shop/' twice"],
    [
      'a prefix is named twice, with and without slash',
      { prefixes: ['shop', 'shop/'] },
      "prefixes must be unique, got 'shop/' twice",
    ],
    [
      'a prefix is a token',
      { prefixes: [Lazy.string({ produce: () => 'shop/' })] },
      'prefixes must be known at synthesis, because templates are named after them, got a token',
    ],
  ])('fails when %s', (_name, props, message) => {
    expectFailure(() => setup(() => props), message);
  });

  test.each<[string, StackProps, string]>([
    ['region', { env: { account: '111122223333', region: 'eu-west-2' } }, 'eu-west-1, got eu-west-2'],
    ['account', { env: { account: OTHER, region: 'eu-west-1' } }, `111122223333, got ${OTHER}`],
  ])('fails when the settings are of another %s', (kind, settings, got) => {
    expectFailure(
      () => setup(undefined, HERE, settings),
      `the registry 'Base/Settings' must be in the ${kind} of the replication target 'Shop/Target', ${got}: use one there`,
    );
  });

  test('leaves nothing behind when it fails', () => {
    const stack = new Stack(newApp(), 'Shop', HERE);
    const registry = new RegistrySettings(stack, 'Settings');
    expect(() => new ReplicationTarget(stack, 'Target', { registry, sourceAccounts: [OTHER], prefixes: [] })).toThrow();
    expect(registry.registryPolicy).toBeUndefined();
  });
});
