import { aws_eks_v2 as eks, aws_iam as iam, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PodIdentityRole } from '../../lib/identity/pod-identity-role';
import type { PodIdentityRoleProps } from '../../lib/identity/pod-identity-role';
import { markFargateOnly } from '../../lib/identity/private/fargate-only';
import { ACCOUNT, bareCluster, imported, named, validationErrors } from '../support/access';
import { expectFailure } from '../support/errors';
import { newApp } from '../support/fixture';

const ORDERS = { namespace: 'shop', serviceAccount: 'orders' };
const role = (scope: Construct, cluster: eks.ICluster, id = 'Orders', props: Partial<PodIdentityRoleProps> = {}) =>
  new PodIdentityRole(scope, id, { cluster, ...ORDERS, ...props });

const NAMESPACE =
  "namespace must be 1 to 63 lower case letters, digits and '-', beginning and ending with a letter or digit, got";
const SERVICE_ACCOUNT =
  "serviceAccount must be 1 to 253 lower case letters, digits, '-' and '.', beginning and ending with a letter or digit, got";
const wrong = (value: unknown) => value as never;

describe('fails when', () => {
  test.each<[string, Partial<PodIdentityRoleProps>, string | RegExp]>([
    ['a namespace has capitals', { namespace: 'Shop' }, `${NAMESPACE} 'Shop'`],
    ['a namespace is too long', { namespace: 'a'.repeat(64) }, `${NAMESPACE} '${'a'.repeat(64)}'`],
    ['a namespace is empty', { namespace: '' }, `${NAMESPACE} ''`],
    ['a namespace has a wildcard', { namespace: 'shop-*' }, `${NAMESPACE} 'shop-*'`],
    ['a namespace ends with a hyphen', { namespace: 'shop-' }, `${NAMESPACE} 'shop-'`],
    ['a namespace has a dot', { namespace: 'a.b' }, `${NAMESPACE} 'a.b'`],
    ['a namespace is missing', { namespace: wrong(undefined) }, 'namespace must be given, got undefined'],
    ['a namespace is a number', { namespace: wrong(7) }, `${NAMESPACE} 7, which is no string`],
    ['a service account has an underscore', { serviceAccount: 'my_app' }, `${SERVICE_ACCOUNT} 'my_app'`],
    ['a service account begins with a dot', { serviceAccount: '.app' }, `${SERVICE_ACCOUNT} '.app'`],
    ['a service account has two dots', { serviceAccount: 'a..b' }, `${SERVICE_ACCOUNT} 'a..b'`],
    ['a service account is too long', { serviceAccount: 'a'.repeat(254) }, /got 'a{254}'$/],
    ['a service account is null', { serviceAccount: wrong(null) }, 'serviceAccount must be given, got null'],
    ['a cluster is missing', { cluster: wrong(undefined) }, 'cluster must be given, got undefined'],
    [
      'a target is no role',
      { targetRole: wrong('arn:aws:iam::444455556666:role/data') },
      "targetRole must be a role such as iam.Role.fromRoleArn(…), got 'arn:aws:iam::444455556666:role/data': leave it out, or import the role",
    ],
    [
      'a target is null',
      { targetRole: wrong(null) },
      'targetRole must be a role such as iam.Role.fromRoleArn(…), got null: leave it out, or import the role',
    ],
    [
      'a session policy is null, which would narrow nothing',
      { sessionPolicy: wrong(null) },
      'sessionPolicy must be an iam.PolicyDocument, got object: use iam.PolicyDocument.fromJson(…)',
    ],
    [
      'a session policy is text',
      { sessionPolicy: wrong('{}') },
      'sessionPolicy must be an iam.PolicyDocument, got string: use iam.PolicyDocument.fromJson(…)',
    ],
    [
      'tags are asked for with a session policy',
      { sessionPolicy: new iam.PolicyDocument(), disableSessionTags: false },
      'disableSessionTags must be true with a sessionPolicy, got false: EKS narrows sessions or tags them, so leave one of both out',
    ],
    [
      'disableSessionTags is text',
      { disableSessionTags: wrong('false') },
      "disableSessionTags must be true or false, got 'false'",
    ],
    [
      'a condition would take the place of the cluster',
      { trustConditions: { ArnEquals: { 'aws:SourceArn': '*' } } },
      'trustConditions must not have aws:SourceArn of ArnEquals, which the role has already and would lose: leave it out, or use another operator',
    ],
    ['a path is none', { path: 'pods' }, /^path must be '\/', or begin and end with it/],
  ])('%s', (_what, props, message) => {
    const { stack, cluster } = imported();
    expectFailure(() => role(stack, cluster, 'Orders', props), message);
  });

  test('the cluster has nothing but Fargate', () => {
    const { stack, cluster } = imported();
    markFargateOnly(cluster);
    expectFailure(
      () => role(stack, cluster),
      "the cluster 'Shop/Named' must have nodes for Pod Identity, got Fargate only, where its agent does not run: use IrsaRole",
    );
  });

  test('the cluster is in another region', () => {
    const app = newApp();
    const [there, here] = ['us-east-1', 'eu-west-1'].map(
      (region) => new Stack(app, region, { env: { account: ACCOUNT, region } }),
    );
    expectFailure(
      () => role(here, named(there)),
      "the cluster 'us-east-1/Named' must be in the region of 'eu-west-1/Orders', eu-west-1, got us-east-1: use one there",
    );
  });

  test('a further cluster is in another account', () => {
    const app = newApp();
    const here = new Stack(app, 'Here', { env: { account: ACCOUNT, region: 'eu-west-1' } });
    const there = new Stack(app, 'There', { env: { account: '444455556666', region: 'eu-west-1' } });
    expectFailure(
      () => role(here, named(here)).associate('Far', { ...ORDERS, cluster: named(there) }),
      "the cluster 'There/Named' must be in the account of 'Here/Orders', 111122223333, got 444455556666: use one there",
    );
  });

  test('associate has names that are none', () => {
    const { stack, cluster } = imported();
    expectFailure(
      () => role(stack, cluster).associate('More', { namespace: 'shop', serviceAccount: 'A' }),
      `${SERVICE_ACCOUNT} 'A'`,
    );
  });
});

const TWICE = (cluster: string, one: string, other: string) =>
  `the service account 'orders' of the namespace 'shop' in the cluster '${cluster}' must have one role, got '${one}' and '${other}': let both share one`;

describe('a service account with two roles fails when', () => {
  test('they stand in one stack', () => {
    const { stack, cluster } = imported();
    role(stack, cluster);
    expectFailure(() => role(stack, cluster, 'Again'), TWICE('Shop/Named', 'Shop/Orders', 'Shop/Again'));
  });

  test('it is the same role', () => {
    const { stack, cluster } = imported();
    const one = role(stack, cluster);
    expectFailure(() => one.associate('Again', ORDERS), TWICE('Shop/Named', 'Shop/Orders', 'Shop/Orders'));
  });

  test('they stand in two stacks, and the cluster in a third', () => {
    const app = newApp();
    const [platform, one, two] = ['Platform', 'One', 'Two'].map((id) => new Stack(app, id));
    const cluster = bareCluster(platform);
    role(one, cluster);
    const known = named(two, 'Known', cluster.clusterName);
    expectFailure(() => role(two, known), TWICE('Two/Known', 'One/Orders', 'Two/Orders'));
  });

  test('one cluster is imported twice into a known place', () => {
    const app = newApp();
    const env = { account: ACCOUNT, region: 'eu-west-1' };
    const [one, two] = ['One', 'Two'].map((id) => new Stack(app, id, { env }));
    role(one, named(one));
    expectFailure(() => role(two, named(two)), TWICE('Two/Named', 'One/Orders', 'Two/Orders'));
  });

  test('somebody else made an association, at synthesis', () => {
    const { app, stack, cluster } = imported();
    role(stack, cluster);
    new eks.CfnPodIdentityAssociation(stack, 'Theirs', {
      clusterName: 'platform',
      roleArn: 'arn:aws:iam::111122223333:role/theirs',
      ...ORDERS,
    });
    expect(validationErrors(app)).toContain(TWICE('Shop/Named', 'Shop/Theirs', 'Shop/Orders'));
  });

  test('its session policy is empty, at synthesis', () => {
    const { app, stack, cluster } = imported();
    role(stack, cluster, 'Orders', { sessionPolicy: new iam.PolicyDocument() });
    expect(validationErrors(app)).toContain(
      'sessionPolicy must have a statement, got none: an empty one would narrow nothing, so leave it out',
    );
  });

  test('its session policy is too long, at synthesis', () => {
    const { app, stack, cluster } = imported();
    const resources = Array.from({ length: 100 }, (_, part) => `arn:aws:s3:::shop/${part}`.padEnd(30, '0'));
    const statements = [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources })];
    role(stack, cluster, 'Orders', { sessionPolicy: new iam.PolicyDocument({ statements }) });
    expect(validationErrors(app)).toMatch(/sessionPolicy must have at most 2048 characters, got 3\d{3}: narrow by/);
  });

  test('its session policy has a principal, at synthesis', () => {
    const { app, stack, cluster } = imported();
    const statement = new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::shop/a'] });
    statement.addArnPrincipal('arn:aws:iam::111122223333:role/x');
    role(stack, cluster, 'Orders', { sessionPolicy: new iam.PolicyDocument({ statements: [statement] }) });
    expect(validationErrors(app)).toContain('cannot specify any IAM principals');
  });
});

describe('one name is no conflict', () => {
  test('in clusters of different names', () => {
    const { app, stack, cluster } = imported();
    role(stack, cluster);
    role(stack, named(stack, 'Second', 'second'), 'There');
    expect(validationErrors(app)).toBe('');
  });

  test('in clusters of two stacks that are called alike', () => {
    const app = newApp();
    const [one, two] = ['One', 'Two'].map((id) => new Stack(app, id));
    role(one, bareCluster(one));
    expect(() => role(two, bareCluster(two))).not.toThrow();
  });

  test('in regions and stages that are not the same', () => {
    const app = newApp();
    const stacks = ['eu-west-1', 'us-east-1'].map(
      (region) => new Stack(app, region, { env: { account: ACCOUNT, region } }),
    );
    const stages = ['Dev', 'Prod'].map((id) => new Stack(new Stage(app, id), 'Shop'));
    for (const stack of [...stacks, ...stages]) role(stack, named(stack));
    new eks.CfnPodIdentityAssociation(new Stack(app, 'Other'), 'Theirs', {
      clusterName: 'platform',
      roleArn: 'arn:aws:iam::111122223333:role/theirs',
      ...ORDERS,
    });
    expect(validationErrors(app)).toBe('');
  });

  test('for another service account or namespace', () => {
    const { app, stack, cluster } = imported();
    role(stack, cluster);
    role(stack, cluster, 'A', { namespace: 'other' });
    role(stack, cluster, 'B', { serviceAccount: 'other' });
    expect(validationErrors(app)).toBe('');
  });

  test('in another app', () => {
    for (const { stack, cluster } of [imported(), imported()]) {
      expect(() => role(stack, cluster)).not.toThrow();
    }
  });
});
