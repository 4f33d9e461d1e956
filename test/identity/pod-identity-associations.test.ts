import { aws_iam as iam, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PodIdentityRole } from '../../lib/identity/pod-identity-role';
import type { PodIdentityRoleProps } from '../../lib/identity/pod-identity-role';
import { imported, named } from '../support/access';
import { newApp, only, Template, warnings } from '../support/fixture';
import { statementsOf } from '../support/policies';
import { all, lenientApp, once, resourceOf } from '../support/resources';

const ORDERS = { namespace: 'shop', serviceAccount: 'orders' };
const orders = (scope: Construct, cluster: eks.ICluster, props: Partial<PodIdentityRoleProps> = {}) =>
  new PodIdentityRole(scope, 'Orders', { cluster, ...ORDERS, ...props });
const associationOf = (template: Template) => only(template, 'AWS::EKS::PodIdentityAssociation').Properties;
const trustOf = (template: Template) => only(template, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument.Statement;

describe('a target role', () => {
  const TARGET = 'arn:aws:iam::444455556666:role/data';
  const target = (scope: Construct) => iam.Role.fromRoleArn(scope, 'Target', TARGET);
  const made = once(() => {
    const { app, stack, cluster } = imported();
    const role = orders(stack, cluster, { targetRole: target(stack) });
    app.synth();
    return { app, role, template: Template.fromStack(stack) };
  });

  test('is what the pods end up with', () => {
    expect(associationOf(made().template)).toMatchObject({ TargetRoleArn: TARGET });
    expect(associationOf(made().template)).not.toHaveProperty('DisableSessionTags');
  });

  test('may be assumed, and nothing else is allowed', () => {
    expect(statementsOf(made().template, 'Orders')).toEqual([
      { Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: TARGET },
    ]);
    expect(warnings(made().app)).toEqual([]);
  });

  test('is not changed', () => {
    const app = newApp();
    const data = new Stack(app, 'Data');
    const role = new iam.Role(data, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    const before = JSON.stringify(Template.fromStack(data).toJSON().Resources);
    const again = newApp();
    const [home, shop] = [new Stack(again, 'Data'), new Stack(again, 'Shop')];
    const targetRole = new iam.Role(home, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    orders(shop, named(shop), { targetRole });
    again.synth();
    expect(JSON.stringify(Template.fromStack(home).toJSON().Resources)).toBe(before);
    expect(role.node.path).toBe('Data/Role');
  });

  test('warns of grants that no pod can use', () => {
    const { app, stack, cluster } = imported(lenientApp());
    const role = orders(stack, cluster, { targetRole: target(stack) });
    new s3.Bucket(stack, 'Bucket').grantRead(role);
    app.synth();
    expect(warnings(app).join()).toMatch(/'Shop\/Orders' has grants that no pod can use.*PodIdentityGrantsUnused/s);
  });

  test('does not warn of grants when other pods keep the role', () => {
    const { app, stack, cluster } = imported();
    const role = orders(stack, cluster, { targetRole: target(stack) });
    role.associate('Reports', { namespace: 'shop', serviceAccount: 'reports' });
    new s3.Bucket(stack, 'Bucket').grantRead(role);
    app.synth();
    expect(warnings(app)).toEqual([]);
  });
});

describe('a session policy', () => {
  const statement = (resources = ['arn:aws:s3:::shop/a/*']) =>
    new iam.PolicyStatement({ actions: ['s3:GetObject'], resources });

  test('narrows the session, which has no tags then', () => {
    const { app, stack, cluster } = imported();
    orders(stack, cluster, { sessionPolicy: new iam.PolicyDocument({ statements: [statement()] }) });
    app.synth();
    const { Policy, DisableSessionTags } = associationOf(Template.fromStack(stack));
    expect(DisableSessionTags).toBe(true);
    expect(JSON.parse(Policy)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/a/*' }],
    });
  });

  test('may name what CloudFormation knows only', () => {
    const { app, stack, cluster } = imported();
    const bucket = new s3.Bucket(stack, 'Bucket');
    const resources = Array.from({ length: 60 }, (_, part) => bucket.arnForObjects(`${part}`));
    orders(stack, cluster, { sessionPolicy: new iam.PolicyDocument({ statements: [statement(resources)] }) });
    app.synth();
    expect(JSON.stringify(associationOf(Template.fromStack(stack)).Policy)).toContain('"Fn::GetAtt"');
  });

  test('takes statements that come later', () => {
    const { app, stack, cluster } = imported();
    const sessionPolicy = new iam.PolicyDocument();
    orders(stack, cluster, { sessionPolicy });
    sessionPolicy.addStatements(statement());
    app.synth();
    expect(associationOf(Template.fromStack(stack)).Policy).toContain('s3:GetObject');
  });
});

test('session tags can be left out, or kept by name', () => {
  const { stack, cluster } = imported();
  orders(stack, cluster, { disableSessionTags: true });
  new PodIdentityRole(stack, 'Other', { cluster, namespace: 'a', serviceAccount: 'b', disableSessionTags: false });
  const values = all(Template.fromStack(stack), 'AWS::EKS::PodIdentityAssociation');
  expect(values.map(({ DisableSessionTags }) => DisableSessionTags)).toEqual([true, false]);
});

describe('associate', () => {
  test('gives the role to further pods, and changes no trust', () => {
    const { stack, cluster } = imported();
    const role = orders(stack, cluster);
    const association = role.associate('Reports', { namespace: 'shop', serviceAccount: 'reports' });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EKS::PodIdentityAssociation', 2);
    expect(resourceOf(template, association).Properties).toEqual({
      ClusterName: 'platform',
      Namespace: 'shop',
      ServiceAccount: 'reports',
      RoleArn: stack.resolve(role.roleArn),
    });
    expect(trustOf(template)).toHaveLength(1);
  });

  test('makes the role trust another cluster, once, under the same conditions', () => {
    const { stack, cluster } = imported();
    const second = named(stack, 'Second', 'second');
    const role = orders(stack, cluster, { trustConditions: { Bool: { 'aws:SecureTransport': 'true' } } });
    role.associate('There', { ...ORDERS, cluster: second });
    role.associate('ThereToo', { namespace: 'shop', serviceAccount: 'reports', cluster: second });
    const statements = trustOf(Template.fromStack(stack));
    expect(statements).toHaveLength(2);
    expect(statements[1]).toMatchObject({
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        Bool: { 'aws:SecureTransport': 'true' },
      },
    });
    expect(JSON.stringify(statements[1].Condition.ArnEquals)).toContain(':cluster/second');
  });
});
