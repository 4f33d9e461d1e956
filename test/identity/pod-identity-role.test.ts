import {
  aws_dynamodb as dynamodb,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  aws_sqs as sqs,
  CfnParameter,
  Stack,
} from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PodIdentityRole } from '../../lib/identity/pod-identity-role';
import type { PodIdentityRoleProps } from '../../lib/identity/pod-identity-role';
import { bareCluster, imported } from '../support/access';
import { newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing, expectNothingInline } from '../support/policies';
import { idOf, once, resourceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const ORDERS = { namespace: 'shop', serviceAccount: 'orders' };
const orders = (scope: Construct, cluster: eks.ICluster, props: Partial<PodIdentityRoleProps> = {}) =>
  new PodIdentityRole(scope, 'Orders', { cluster, ...ORDERS, ...props });
const associationOf = (template: Template) => only(template, 'AWS::EKS::PodIdentityAssociation').Properties;
const trustOf = (template: Template) => only(template, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument.Statement;

const CLUSTER_ARN = {
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':eks:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      ':cluster/platform',
    ],
  ],
};

/** One role of an imported cluster. */
const simple = once(() => {
  const { app, stack, cluster } = imported();
  const role = orders(stack, cluster);
  return { app, stack, role, template: Template.fromStack(stack) };
});

describe('what it makes', () => {
  test('is an association, and a role that only pods of the cluster may assume', () => {
    const { stack, role, template } = simple();
    expect(associationOf(template)).toEqual({
      ClusterName: 'platform',
      Namespace: 'shop',
      ServiceAccount: 'orders',
      RoleArn: stack.resolve(role.roleArn),
    });
    expect(trustOf(template)).toEqual([
      {
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnEquals: { 'aws:SourceArn': CLUSTER_ARN },
        },
      },
    ]);
    expect(role.association.attrAssociationArn).toBeDefined();
  });

  test('is nothing else', () => {
    const { Resources } = simple().template.toJSON();
    expect(Object.values<any>(Resources).map(({ Type }) => Type)).toEqual([
      'AWS::IAM::Role',
      'AWS::EKS::PodIdentityAssociation',
    ]);
  });

  test('has a trust of one statement with what the user asks on top', () => {
    const { stack, cluster } = imported();
    const trustConditions = {
      StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' },
      Bool: { 'aws:SecureTransport': 'true' },
    };
    orders(stack, cluster, { trustConditions });
    const statements = trustOf(Template.fromStack(stack));
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatchObject({
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: {
        StringEquals: {
          'aws:SourceAccount': { Ref: 'AWS::AccountId' },
          'aws:RequestTag/kubernetes-namespace': 'shop',
        },
        ArnEquals: { 'aws:SourceArn': CLUSTER_ARN },
        Bool: { 'aws:SecureTransport': 'true' },
      },
    });
  });

  test('has path and boundary', () => {
    const { stack, cluster } = imported();
    const permissionsBoundary = iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Most', 'arn:aws:iam::aws:policy/Most');
    orders(stack, cluster, { path: '/pods/', permissionsBoundary });
    expect(only(Template.fromStack(stack), 'AWS::IAM::Role').Properties).toMatchObject({
      Path: '/pods/',
      PermissionsBoundary: 'arn:aws:iam::aws:policy/Most',
    });
  });

  test.each(['kube-system', 'default', 'a', 'a'.repeat(63)])('takes the namespace %s', (namespace) => {
    const { stack, cluster } = imported();
    expect(() => orders(stack, cluster, { namespace, serviceAccount: 'aws.node-1' })).not.toThrow();
  });

  test('takes tokens for names', () => {
    const { stack, cluster } = imported();
    const namespace = new CfnParameter(stack, 'Namespace').valueAsString;
    orders(stack, cluster, { namespace });
    expect(associationOf(Template.fromStack(stack)).Namespace).toEqual({ Ref: 'Namespace' });
  });
});

describe('grants', () => {
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
  ])('of %s land in a customer managed policy', (_what, grant, action) => {
    const { app, stack, cluster } = imported();
    const role = orders(stack, cluster);
    grant(stack, role);
    const template = Template.fromStack(stack);
    expect(allowing(template, 'Orders', action)).toHaveLength(1);
    expect(role.policies).toHaveLength(1);
    expectNothingInline(template);
    expectAcyclic(template);
    expect(warnings(app)).toEqual([]);
  });
});

describe('a cluster of this app', () => {
  test('comes first, with what belongs to it', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cluster = bareCluster(stack);
    const role = orders(stack, cluster);
    const template = Template.fromStack(stack);
    expect(resourceOf(template, role.association).DependsOn).toContain(idOf(cluster));
    const [{ Condition }] = resourceOf(template, role.role).Properties.AssumeRolePolicyDocument.Statement;
    expect(Condition.ArnEquals).toEqual({ 'aws:SourceArn': { 'Fn::GetAtt': [idOf(cluster), 'Arn'] } });
    expectAcyclic(template);
  });

  test.each(['strong', 'weak'])('may stand in another stack, with %s references', (mode) => {
    const app = newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode });
    const [platform, shop] = [new Stack(app, 'Platform'), new Stack(app, 'Shop')];
    const cluster = bareCluster(platform);
    const role = orders(shop, cluster);
    new s3.Bucket(platform, 'Bucket').grantRead(role);
    app.synth();
    expect(shop.dependencies).toEqual([platform]);
    expect(platform.dependencies).toEqual([]);
    const template = Template.fromStack(shop);
    expect(JSON.stringify(associationOf(template).ClusterName)).toMatch(/Cluster/);
    expect(JSON.stringify(trustOf(template)[0].Condition.ArnEquals)).toMatch(/Cluster/);
    Template.fromStack(platform).resourceCountIs('AWS::EKS::PodIdentityAssociation', 0);
    expectAcyclic(template);
  });

  test('may be granted something in an earlier stack by name', () => {
    const app = newApp();
    const [platform, shop] = [new Stack(app, 'Platform'), new Stack(app, 'Shop')];
    const role = orders(shop, bareCluster(shop));
    new s3.Bucket(platform, 'Bucket').grantRead(role);
    app.synth();
    expect(shop.dependencies).toEqual([platform]);
  });
});

test('passes the strict engine and all packs', () => {
  const app = newApp(STRICT);
  const { stack, cluster } = imported(app);
  const role = orders(stack, cluster, {
    targetRole: iam.Role.fromRoleArn(stack, 'Target', 'arn:aws:iam::444455556666:role/data'),
  });
  role.associate('Reports', {
    namespace: 'shop',
    serviceAccount: 'reports',
    sessionPolicy: new iam.PolicyDocument({
      statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::shop/a'] })],
    }),
  });
  const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
  key.grantDecrypt(role);
  const { open } = validate(app);
  expect(open).toEqual([]);
});
