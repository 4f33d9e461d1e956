import {
  aws_dynamodb as dynamodb,
  aws_eks_v2 as eks,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  aws_sqs as sqs,
  CfnParameter,
  Stack,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { IrsaRole } from '../../lib/identity/irsa-role';
import type { IrsaRoleProps } from '../../lib/identity/irsa-role';
import { ACCOUNT, bareCluster, named, validationErrors } from '../support/access';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing } from '../support/policies';
import { idOf, once, resourceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const ORDERS = { namespace: 'shop', serviceAccount: 'orders' };
const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`;
/** Without it CDK's own provider is a Lambda function. */
const WITHOUT_FLAG = { '@aws-cdk/aws-eks:useNativeOidcProvider': false };

const known = (scope: Construct, id = 'Known', arn = PROVIDER) =>
  eks.Cluster.fromClusterAttributes(scope, id, {
    clusterName: 'platform',
    openIdConnectProvider: iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(scope, `${id}Provider`, arn),
  });
const orders = (scope: Construct, cluster: eks.ICluster, props: Partial<IrsaRoleProps> = {}, id = 'Orders') =>
  new IrsaRole(scope, id, { cluster, ...ORDERS, ...props });

/** A text of CloudFormation with names for what it does not know yet. */
function textOf(value: any): string {
  if (typeof value === 'string') return value;
  if ('Fn::Join' in value) return value['Fn::Join'][1].map(textOf).join(value['Fn::Join'][0]);
  if ('Fn::Select' in value) return 'ISSUER';
  return 'Fn::ImportValue' in value || 'Fn::GetStackOutput' in value
    ? 'IMPORTED'
    : (value.Ref ?? JSON.stringify(value));
}
const trustOf = (template: Template, role: IrsaRole) => {
  const document = resourceOf(template, role.role).Properties.AssumeRolePolicyDocument;
  return 'Fn::Join' in document ? JSON.parse(textOf(document)) : document;
};

describe('a cluster with a provider', () => {
  const made = once(() => {
    const stack = new Stack(newApp(), 'Shop');
    const role = orders(stack, known(stack));
    return { stack, role, template: Template.fromStack(stack) };
  });

  test('lets one service account have the role', () => {
    const { role, template } = made();
    expect(trustOf(template, role)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: PROVIDER },
          Condition: {
            StringEquals: {
              [`${ISSUER}:aud`]: 'sts.amazonaws.com',
              [`${ISSUER}:sub`]: 'system:serviceaccount:shop:orders',
            },
          },
        },
      ],
    });
    expect(role.provider.openIdConnectProviderArn).toBe(PROVIDER);
  });

  test('gets nothing but the role', () => {
    expect(Object.keys(made().template.toJSON().Resources)).toEqual([idOf(made().role.role)]);
  });

  test('has the annotation that the service account needs', () => {
    const { stack, role } = made();
    expect(stack.resolve(role.annotations)).toEqual({ 'eks.amazonaws.com/role-arn': stack.resolve(role.roleArn) });
  });

  test('takes names with wildcards when asked, and no others for the audience', () => {
    const stack = new Stack(newApp(), 'Shop');
    const role = orders(stack, known(stack), { namespace: 'team-?', serviceAccount: '*', allowWildcards: true });
    expect(trustOf(Template.fromStack(stack), role).Statement[0].Condition).toEqual({
      StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
      StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:team-?:*' },
    });
  });

  test('keeps conditions of the user, path and boundary', () => {
    const stack = new Stack(newApp(), 'Shop');
    const permissionsBoundary = iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Most', 'arn:aws:iam::aws:policy/Most');
    const trustConditions = { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:RequestedRegion': 'x' } };
    const role = orders(stack, known(stack), { path: '/pods/', permissionsBoundary, trustConditions });
    const template = Template.fromStack(stack);
    expect(resourceOf(template, role.role).Properties).toMatchObject({ Path: '/pods/' });
    expect(resourceOf(template, role.role).Properties).toHaveProperty('PermissionsBoundary');
    expect(trustOf(template, role).Statement[0].Condition).toMatchObject({
      Bool: { 'aws:SecureTransport': 'true' },
      StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', 'aws:RequestedRegion': 'x' },
    });
  });

  test('keeps statements that are added to the trust later', () => {
    const stack = new Stack(newApp(), 'Shop');
    const role = orders(stack, known(stack));
    role.role.assumeRolePolicy!.addStatements(
      new iam.PolicyStatement({
        actions: ['sts:AssumeRole'],
        principals: [new iam.ArnPrincipal('arn:aws:iam::1:role/x')],
      }),
    );
    expect(trustOf(Template.fromStack(stack), role).Statement).toHaveLength(2);
  });

  test('takes tokens for names', () => {
    const stack = new Stack(newApp(), 'Shop');
    const role = orders(stack, known(stack), { namespace: new CfnParameter(stack, 'Namespace').valueAsString });
    const { Condition } = trustOf(Template.fromStack(stack), role).Statement[0];
    expect(Condition.StringEquals[`${ISSUER}:sub`]).toEqual({
      'Fn::Join': ['', ['system:serviceaccount:', { Ref: 'Namespace' }, ':orders']],
    });
  });
});

test.each<[string, (scope: Construct, role: iam.IRole) => unknown, string]>([
  ['a bucket', (scope, role) => new s3.Bucket(scope, 'It').grantRead(role), 's3:GetObject*'],
  [
    'a table',
    (scope, role) =>
      new dynamodb.TableV2(scope, 'It', {
        partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      }).grantReadWriteData(role),
    'dynamodb:PutItem',
  ],
  ['a key', (scope, role) => new kms.Key(scope, 'It').grantDecrypt(role), 'kms:Decrypt'],
  ['a queue', (scope, role) => new sqs.Queue(scope, 'It').grantSendMessages(role), 'sqs:SendMessage'],
])('a grant of %s lands in a customer managed policy', (_what, grant, action) => {
  const stack = new Stack(newApp(), 'Shop');
  const role = orders(stack, known(stack));
  grant(stack, role);
  const template = Template.fromStack(stack);
  expect(allowing(template, 'Orders', action)).toHaveLength(1);
  template.resourceCountIs('AWS::IAM::Policy', 0);
  expectAcyclic(template);
});

describe.each([
  ['with the feature flag', {}],
  ['without the feature flag', WITHOUT_FLAG],
])('a cluster of this app, %s', (_name, context) => {
  test('has one native provider for all roles', () => {
    const app = newApp(context);
    const stack = new Stack(app, 'Shop');
    const cluster = bareCluster(stack);
    const [one, two] = [orders(stack, cluster), orders(stack, cluster, { serviceAccount: 'other' }, 'Other')];
    app.synth();
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::IAM::OIDCProvider').Properties).toEqual({
      ClientIdList: ['sts.amazonaws.com'],
      Url: { 'Fn::GetAtt': [idOf(cluster), 'OpenIdConnectIssuerUrl'] },
    });
    template.resourceCountIs('AWS::Lambda::Function', 0);
    expect(one.provider).toBe(two.provider);
    const provider = only(template, 'AWS::IAM::OIDCProvider').id;
    expect(trustOf(template, one).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: provider },
        Condition: {
          StringEquals: { 'ISSUER:aud': 'sts.amazonaws.com', 'ISSUER:sub': 'system:serviceaccount:shop:orders' },
        },
      },
    ]);
    const { AssumeRolePolicyDocument } = resourceOf(template, two.role).Properties;
    expect(JSON.stringify(AssumeRolePolicyDocument)).toContain(`"Fn::Split":[":oidc-provider/",{"Ref":"${provider}"}]`);
    expectAcyclic(template);
  });

  test.each(['strong', 'weak'])('gives it to roles of other stacks, with %s references', (mode) => {
    const app = newApp({ ...context, '@aws-cdk/core:defaultCrossStackReferences': mode });
    const [platform, shop, more] = ['Platform', 'Shop', 'More'].map((id) => new Stack(app, id));
    const cluster = bareCluster(platform);
    const role = orders(shop, cluster);
    orders(more, cluster);
    app.synth();
    expect([platform, shop, more].map(({ dependencies }) => dependencies)).toEqual([[], [platform], [platform]]);
    Template.fromStack(platform).resourceCountIs('AWS::IAM::OIDCProvider', 1);
    const template = Template.fromStack(shop);
    template.resourceCountIs('AWS::IAM::OIDCProvider', 0);
    expect(trustOf(template, role).Statement[0].Principal.Federated).toBe('IMPORTED');
  });

  test('passes the strict engine and all packs', () => {
    const app = newApp({ ...STRICT, ...context });
    const stack = new Stack(app, 'Shop');
    orders(stack, bareCluster(stack));
    const { open } = validate(app);
    expect(open.filter(({ path }) => /Orders|Oidc/.test(path))).toEqual([]);
  });
});

test.each([
  ['with the feature flag', {}],
  ['without the feature flag', WITHOUT_FLAG],
])('uses the provider that the L2 has already made, %s', (_name, context) => {
  const stack = new Stack(newApp(context), 'Shop');
  const cluster = bareCluster(stack);
  const { openIdConnectProvider } = cluster;
  expect(orders(stack, cluster).provider).toBe(openIdConnectProvider);
});

test('the id of the provider does not change', () => {
  const stack = new Stack(newApp(WITHOUT_FLAG), 'Shop');
  orders(stack, bareCluster(stack));
  expect(only(Template.fromStack(stack), 'AWS::IAM::OIDCProvider').id).toBe('OidcProviderClusterEB0386A7DC3AEC8B');
});

describe('fails when', () => {
  const wrong = (value: unknown) => value as never;

  test.each<[string, Partial<IrsaRoleProps>, string | RegExp]>([
    ['a name has a wildcard that nobody asked for', { serviceAccount: '*' }, /^serviceAccount must be .* got '\*'$/],
    ['a namespace has a wildcard', { namespace: 'shop-*' }, /^namespace must be .* got 'shop-\*'$/],
    [
      'a pattern is none',
      { namespace: 'Shop*', allowWildcards: true },
      /^namespace must be .*, or \* and \?, got 'Shop\*'$/,
    ],
    ['a pattern has a colon', { serviceAccount: 'a:*', allowWildcards: true }, /^serviceAccount must be .*got 'a:\*'$/],
    [
      'a pattern is missing',
      { serviceAccount: wrong(undefined), allowWildcards: true },
      /^serviceAccount must be given/,
    ],
    [
      'a pattern of namespaces is missing',
      { namespace: wrong(null), allowWildcards: true },
      /^namespace must be given/,
    ],
    [
      'all pods of the cluster would have the role',
      { namespace: '*', serviceAccount: '?*', allowWildcards: true },
      "namespace and serviceAccount must name some pods of the cluster, got '*' and '?*', which are all of them: name one of both",
    ],
    ['allowWildcards is text', { allowWildcards: wrong('no') }, "allowWildcards must be true or false, got 'no'"],
    ['a cluster is missing', { cluster: wrong(null) }, 'cluster must be given, got null'],
    [
      'a condition would take the place of the subject',
      { trustConditions: { StringEquals: { [`${ISSUER}:sub`]: 'x' } } },
      /^trustConditions must not have .*:sub of StringEquals/,
    ],
  ])('%s', (_what, props, message) => {
    const stack = new Stack(newApp(), 'Shop');
    expectFailure(() => orders(stack, known(stack), props), message);
  });

  test('an imported cluster has no provider', () => {
    const stack = new Stack(newApp(), 'Shop');
    expectFailure(
      () => orders(stack, named(stack)),
      "the cluster 'Shop/Named' must be imported with its openIdConnectProvider, got none: make that with iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn, or use PodIdentityRole",
    );
  });

  test('the cluster is in another account', () => {
    const app = newApp();
    const [here, there] = [ACCOUNT, '444455556666'].map(
      (account) => new Stack(app, `In${account}`, { env: { account, region: 'eu-west-1' } }),
    );
    expectFailure(
      () => orders(here, known(there)),
      "the cluster 'In444455556666/Known' must be in the account of 'In111122223333/Orders', 111122223333, got 444455556666: make the role there",
    );
  });

  test('the L2 makes a second provider later, at synthesis', () => {
    const app = newApp(WITHOUT_FLAG);
    const stack = new Stack(app, 'Shop');
    const cluster = bareCluster(stack);
    orders(stack, cluster);
    expect(cluster.openIdConnectProvider).toBeDefined();
    expect(validationErrors(app)).toMatch(
      /the cluster 'Shop\/Cluster' must have one OpenID Connect provider, got 'Shop\/OidcProvider-.*' and 'Shop\/Cluster\/OpenIdConnectProvider': set the feature flag/,
    );
  });
});
