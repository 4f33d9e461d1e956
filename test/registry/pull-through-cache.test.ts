import { aws_ecr as ecr, aws_kms as kms, CfnParameter, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AppliedFor, PullThroughCache, RepositoryTemplate, Retention, TaskRole, Upstream } from '../../lib';
import type { PullThroughCacheProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing } from '../support/policies';

const RULE = 'AWS::ECR::PullThroughCacheRule';
const TEMPLATE = 'AWS::ECR::RepositoryCreationTemplate';
const HERE = { env: { account: '111122223333', region: 'eu-west-1' } };

function setup(props: (stack: Stack) => Partial<PullThroughCacheProps> = () => ({}), stackProps?: StackProps) {
  const app = newApp();
  const stack = new Stack(app, 'Shop', stackProps);
  const cache = new PullThroughCache(stack, 'Cache', { upstream: Upstream.quay(), ...props(stack) });
  return { app, stack, cache, template: () => Template.fromStack(stack) };
}

const ruleOf = (props: Partial<PullThroughCacheProps>) => only(setup(() => props).template(), RULE).Properties;
const templateOf = (props: Partial<PullThroughCacheProps>) => only(setup(() => props).template(), TEMPLATE).Properties;

describe('PullThroughCache', () => {
  test('is a rule, after a template that lets tags move and deletes what lost its tag', () => {
    const { cache, template } = setup();
    const [rule, made] = [only(template(), RULE), only(template(), TEMPLATE)];
    expect(rule.Properties).toEqual({
      EcrRepositoryPrefix: 'quay',
      UpstreamRegistry: 'quay',
      UpstreamRegistryUrl: 'quay.io',
    });
    expect(rule.DependsOn).toEqual([made.id]);
    const { LifecyclePolicy, ...others } = made.Properties;
    expect(others).toEqual({ Prefix: 'quay', AppliedFor: ['PULL_THROUGH_CACHE'], ImageTagMutability: 'MUTABLE' });
    expect(JSON.parse(LifecyclePolicy).rules).toEqual([
      {
        rulePriority: 1,
        description: expect.any(String),
        selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 30 },
        action: { type: 'expire' },
      },
    ]);
    expect(Object.keys(template().toJSON().Resources)).toHaveLength(2);
    expect(cache.rule.node.path).toBe('Shop/Cache/Rule');
    expect(cache.template?.template.node.path).toBe('Shop/Cache/Template/Template');
    expect(cache.template?.role).toBeUndefined();
    expect(cache.role).toBeUndefined();
    expect(cache.prefix).toBe('quay');
  });

  test('gives its template what it was told', () => {
    const { template } = setup((stack) => ({
      prefix: 'team/quay/',
      retention: [Retention.keepLast(3)],
      encryptionKey: new kms.Key(stack, 'Key'),
      resourceTags: { team: 'shop' },
      allowPullFrom: { organization: 'o-a1b2c3' },
    }));
    const { LifecyclePolicy, RepositoryPolicy, ...others } = only(template(), TEMPLATE).Properties;
    expect(others).toEqual({
      Prefix: 'team/quay',
      AppliedFor: ['PULL_THROUGH_CACHE'],
      ImageTagMutability: 'MUTABLE',
      EncryptionConfiguration: {
        EncryptionType: 'KMS',
        KmsKey: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
      },
      ResourceTags: [{ Key: 'team', Value: 'shop' }],
      CustomRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^CacheTemplateRole/), 'Arn'] },
    });
    expect(LifecyclePolicy).toContain('Keep the last 3 images');
    expect(RepositoryPolicy).toContain('"aws:PrincipalOrgID":"o-a1b2c3"');
    expect(allowing(template(), 'CacheTemplateRole', 'ecr:CreateRepository')[0].Action).toEqual([
      'ecr:CreateRepository',
      'ecr:TagResource',
    ]);
    expect(only(template(), RULE).Properties.EcrRepositoryPrefix).toBe('team/quay');
    expectAcyclic(template());
  });

  test('keeps everything when retention is empty', () => {
    expect(templateOf({ retention: [] })).not.toHaveProperty('LifecyclePolicy');
  });

  test('leaves the template to the user', () => {
    const { stack, cache, template } = setup(() => ({ createTemplate: false }));
    expect(cache.template).toBeUndefined();
    new RepositoryTemplate(stack, 'Mine', {
      prefix: cache.prefix,
      appliedFor: [AppliedFor.PULL_THROUGH_CACHE, AppliedFor.REPLICATION],
    });
    expect(only(template(), TEMPLATE).Properties.AppliedFor).toHaveLength(2);
    expect(only(template(), RULE).DependsOn).toBeUndefined();
  });

  test.each<[Partial<PullThroughCacheProps>, boolean]>([
    [{}, false],
    [{ resourceTags: {} }, false],
    [{ resourceTags: { team: 'shop' } }, true],
    [{ createTemplate: false }, true],
  ])('lets who pulls first tag the repository when there are tags, or may be: %j', (props, tags) => {
    const { stack, cache, template } = setup(() => props);
    cache.grantPull(new TaskRole(stack, 'Puller'));
    expect(allowing(template(), 'Puller', 'ecr:TagResource')).toHaveLength(tags ? 1 : 0);
  });

  test.each<[string, Partial<PullThroughCacheProps>]>([
    ['retention', { retention: [] }],
    ['encryptionKey', { encryptionKey: {} as kms.IKey }],
    ['allowPullFrom', { allowPullFrom: { lambda: true } }],
    ['resourceTags', { resourceTags: {} }],
  ])('fails when the user has the template and gives %s', (name, props) => {
    expectFailure(
      () => setup(() => ({ ...props, createTemplate: false })),
      `${name} must be left out with createTemplate: false, got one: give it to the RepositoryTemplate of the prefix 'quay'`,
    );
  });

  test.each([
    ['ROOT', 'ROOT'],
    ['ab', 'ab'],
    ['x'.repeat(30), 'x'.repeat(30)],
    ['a/b/', 'a/b'],
  ])('takes the prefix %j', (prefix, expected) => {
    expect(ruleOf({ prefix }).EcrRepositoryPrefix).toBe(expected);
    expect(templateOf({ prefix }).Prefix).toBe(expected);
  });

  test('takes a prefix that is a token', () => {
    const { template } = setup((stack) => ({ prefix: new CfnParameter(stack, 'Prefix').valueAsString }));
    expect(only(template(), RULE).Properties.EcrRepositoryPrefix).toEqual({ Ref: 'Prefix' });
    expect(only(template(), TEMPLATE).Properties.Prefix).toEqual({ Ref: 'Prefix' });
  });

  test('reads a part of the upstream', () => {
    expect(ruleOf({ upstreamPrefix: 'team/' }).UpstreamRepositoryPrefix).toBe('team');
    expect(ruleOf({ upstreamPrefix: 'ROOT' }).UpstreamRepositoryPrefix).toBe('ROOT');
    expect(ruleOf({ prefix: 'ROOT', upstreamPrefix: 'ROOT' }).UpstreamRepositoryPrefix).toBe('ROOT');
  });

  const allowed =
    "must be 'ROOT' or 2 to 30 lower case letters, digits, '.', '_', '-' and '/' such as 'team/shop', got";

  test.each<[string, Partial<PullThroughCacheProps>, string]>([
    ['the prefix is empty', { prefix: '' }, `prefix ${allowed} ''`],
    ['the prefix is short', { prefix: 'a' }, `prefix ${allowed} 'a'`],
    ['the prefix is long', { prefix: 'x'.repeat(31) }, `prefix ${allowed} '${'x'.repeat(31)}'`],
    ['the prefix has capitals', { prefix: 'Quay' }, `prefix ${allowed} 'Quay'`],
    ['the prefix is a host', { prefix: 'quay.io:443' }, `prefix ${allowed} 'quay.io:443'`],
    ["the upstream's prefix is empty", { upstreamPrefix: '' }, `upstreamPrefix ${allowed} ''`],
    ["the upstream's prefix is a pattern", { upstreamPrefix: 'a/*' }, `upstreamPrefix ${allowed} 'a/*'`],
    [
      'there is a prefix of the upstream and none here',
      { prefix: 'ROOT', upstreamPrefix: 'team' },
      "upstreamPrefix must be left out with the prefix 'ROOT', got 'team': give the cache a prefix of its own",
    ],
  ])('fails when %s', (_name, props, message) => {
    expectFailure(() => setup(() => props), message);
  });
});

describe('two caches of one prefix', () => {
  test('fails when they are in one account and region', () => {
    const { app, stack } = setup(undefined, HERE);
    new PullThroughCache(new Stack(app, 'Other', HERE), 'Again', { upstream: Upstream.ecrPublic(), prefix: 'quay/' });
    const twice = (type: string, child: string, change: string) =>
      `\\[Other/Again/${child}\\] an account must have one ${type} for the prefix 'quay' in each region, got 'Shop/Cache/${child}' and 'Other/Again/${child}': ${change}`;
    expect(() => app.synth()).toThrow(
      new RegExp(
        `\\n  ${twice(TEMPLATE, 'Template/Template', 'make one that says all of it, or give one of them another prefix')}` +
          `\\n  ${twice(RULE, 'Rule', 'give one of them another prefix')}$`,
      ),
    );
    expect(warnings(stack)).toEqual([]);
  });

  test('fails when the other one is a bare rule', () => {
    const { app, stack } = setup();
    new ecr.CfnPullThroughCacheRule(stack, 'Nameless', {});
    expect(() => app.synth()).not.toThrow();
    new ecr.CfnPullThroughCacheRule(stack, 'Bare', { ecrRepositoryPrefix: 'quay/' });
    expect(() => app.synth({ force: true })).toThrow(
      "got 'Shop/Bare' and 'Shop/Cache/Rule': give one of them another prefix",
    );
  });

  test('are right for other prefixes, regions and accounts', () => {
    const { app, stack } = setup(undefined, HERE);
    new PullThroughCache(stack, 'Other', { upstream: Upstream.quay(), prefix: 'quay2' });
    for (const [id, env] of Object.entries({
      Region: { account: '111122223333', region: 'eu-west-2' },
      Account: { account: '444455556666', region: 'eu-west-1' },
    })) {
      new PullThroughCache(new Stack(app, id, { env }), 'Cache', { upstream: Upstream.quay() });
    }
    expect(() => app.synth()).not.toThrow();
    expect(warnings(app)).toEqual([]);
  });
});

describe('the number of caches', () => {
  function many(count: number, place = (stack: Stack, _index: number): Stack => stack) {
    const { app, stack } = setup(undefined, HERE);
    for (let index = 1; index < count; index++) {
      const prefix = `p${index}`;
      new PullThroughCache(place(stack, index), prefix, { upstream: Upstream.quay(), prefix, createTemplate: false });
    }
    app.node.findAll().forEach(({ node }) => expect(node.validate()).toEqual([]));
    return warnings(app);
  }

  test('warns once when it is more than AWS allows', () => {
    expect(many(50)).toEqual([]);
    for (const count of [51, 53]) {
      expect(many(count)).toEqual([
        `the account and region has ${count} caches in this app, and AWS allows 50: let one cache serve more images, or use another account. [ack: Annotation::cdk-containers:CacheRules]`,
      ]);
    }
  });

  test('is counted for each account and region', () => {
    const elsewhere = (stack: Stack, index: number) =>
      new Stack(stack.node.root, `S${index}`, { env: { region: 'eu-west-2' } });
    expect(many(52, (stack, index) => (index > 40 ? elsewhere(stack, index) : stack))).toEqual([]);
  });
});
