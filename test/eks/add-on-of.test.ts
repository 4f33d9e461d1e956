import { App, aws_ec2 as ec2, aws_iam as iam, Duration, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AddOn } from '../../lib/eks/add-on';
import type { OtherAddOnOptions } from '../../lib/eks/add-ons/other';
import { newAddOns } from '../../lib/eks/private/add-ons';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import { importingStack, madeAddOn, valuesOf } from '../support/add-ons';
import { expectFailure } from '../support/errors';
import { only } from '../support/fixture';
import { statementsOf } from '../support/policies';

const TRUST = {
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
};

const given = (options: unknown) => options as OtherAddOnOptions;

describe('AddOn.of', () => {
  test('takes a namespace, and a role for its service account', () => {
    const { stack, cluster } = importingStack();
    const serviceAccountRole = iam.Role.fromRoleArn(stack, 'Irsa', 'arn:aws:iam::123456789012:role/irsa');
    newAddOns(stack, cluster, [AddOn.of('adot', { namespace: 'telemetry', serviceAccountRole })]);
    expect(only(Template.fromStack(stack), 'AWS::EKS::Addon').Properties).toMatchObject({
      NamespaceConfig: { Namespace: 'telemetry' },
      ServiceAccountRoleArn: 'arn:aws:iam::123456789012:role/irsa',
    });
  });

  test('makes roles for its service accounts, which only pods of the cluster assume, and waits for their policies', () => {
    const { template, addon } = madeAddOn(
      AddOn.of('adot', {
        identities: [
          {
            serviceAccount: 'adot-col-prom',
            managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonPrometheusRemoteWriteAccess')],
          },
          {
            serviceAccount: 'adot-col-logs',
            statements: [new iam.PolicyStatement({ actions: ['logs:PutLogEvents'], resources: ['arn:aws:logs:::x'] })],
          },
        ],
      }),
    );
    const [prom, logs] = ['AddOnadotRoleadotcolprom', 'AddOnadotRoleadotcollogs'].map((start) => {
      const [found] = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.startsWith(start));
      return { id: found[0], Properties: found[1].Properties };
    });
    expect(addon.Properties.PodIdentityAssociations).toEqual([
      { ServiceAccount: 'adot-col-prom', RoleArn: { 'Fn::GetAtt': [prom.id, 'Arn'] } },
      { ServiceAccount: 'adot-col-logs', RoleArn: { 'Fn::GetAtt': [logs.id, 'Arn'] } },
    ]);
    expect(prom.Properties.AssumeRolePolicyDocument.Statement).toMatchObject([
      {
        ...TRUST,
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnEquals: { 'aws:SourceArn': { 'Fn::Join': ['', expect.arrayContaining([':cluster/live'])] } },
        },
      },
    ]);
    expect(prom.Properties.Description).toBe('What the add-on adot may do');
    expect(JSON.stringify(prom.Properties.ManagedPolicyArns)).toContain(
      ':iam::aws:policy/AmazonPrometheusRemoteWriteAccess',
    );
    expect(logs.Properties.ManagedPolicyArns).toBeUndefined();
    expect(statementsOf(template, logs.id)).toEqual([
      { Action: 'logs:PutLogEvents', Effect: 'Allow', Resource: 'arn:aws:logs:::x' },
    ]);
    const [policy] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));
    expect(addon.DependsOn).toEqual(expect.arrayContaining([policy, prom.id, logs.id]));
    expect(addon.DependsOn).toHaveLength(3);
  });

  test('takes a role of yours, and changes nothing of it', () => {
    const { stack, cluster } = importingStack();
    const role = iam.Role.fromRoleArn(stack, 'Mine', 'arn:aws:iam::123456789012:role/mine');
    newAddOns(stack, cluster, [AddOn.of('adot', { identities: [{ serviceAccount: 'adot', role }] })]);
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::EKS::Addon')).toMatchObject({
      Properties: {
        PodIdentityAssociations: [{ ServiceAccount: 'adot', RoleArn: 'arn:aws:iam::123456789012:role/mine' }],
      },
    });
    template.resourceCountIs('AWS::IAM::Role', 0);
  });

  test('may say that it waits for no node', () => {
    expect(AddOn.of('aws-guardduty-agent', { needsNodes: false })._kind.needsNodes).toBe(false);
    expect(AddOn.of('eks-node-monitoring-agent')._kind.needsNodes).toBe(false);
    expect(AddOn.of('eks-node-monitoring-agent', { needsNodes: true })._kind.needsNodes).toBe(true);
  });

  test.each<[string, OtherAddOnOptions, string]>([
    [
      'its namespace is none',
      { namespace: 'My_Space' },
      "the namespace of the add-on 'adot' must be 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends, got 'My_Space'",
    ],
    [
      'identities is no list',
      given({ identities: { serviceAccount: 'adot' } }),
      "the identities of the add-on 'adot' must be a list, got something else: put it into brackets",
    ],
    [
      'an identity is not there',
      given({ identities: [undefined] }),
      "an identity of the add-on 'adot' must be given, got undefined",
    ],
    [
      'an identity has no service account',
      given({ identities: [{}] }),
      'the service account of an add-on must be a string that is known at synthesis, got undefined',
    ],
    [
      'an identity may do nothing',
      { identities: [{ serviceAccount: 'adot', managedPolicies: [], statements: [] }] },
      "the identity of 'adot' must have either a role, or managedPolicies and statements for one, got neither",
    ],
    [
      'statements is no list',
      given({ identities: [{ serviceAccount: 'adot', statements: 's3:*' }] }),
      "statements of 'adot' must be a list, got 's3:*': put it into brackets",
    ],
    [
      'managedPolicies is no list',
      given({ identities: [{ serviceAccount: 'adot', managedPolicies: 'Admin' }] }),
      "managedPolicies of 'adot' must be a list, got 'Admin': put it into brackets",
    ],
    [
      'needsNodes is a string',
      given({ needsNodes: 'false' }),
      "needsNodes of the add-on 'adot' must be true or false, got 'false'",
    ],
  ])('fails when %s', (_, options, message) => {
    expectFailure(() => AddOn.of('adot', options), message);
  });

  test('fails when a role and policies are given, or a service account twice', () => {
    const { stack } = importingStack();
    const role = iam.Role.fromRoleName(stack, 'Mine', 'mine');
    const statements = [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::b/k'] })];
    expectFailure(
      () => AddOn.of('adot', { identities: [{ serviceAccount: 'adot', role, statements }] }),
      "the identity of 'adot' must have either a role, or managedPolicies and statements for one, got both",
    );
    expectFailure(
      () =>
        AddOn.of('adot', {
          identities: [
            { serviceAccount: 'adot', role },
            { serviceAccount: 'adot', statements },
          ],
        }),
      "the service accounts of the add-on 'adot' must be unique, got 'adot' twice",
    );
  });

  test('fails when Pod Identity does not reach its pods', () => {
    const { stack, cluster } = importingStack();
    const role = iam.Role.fromRoleName(stack, 'Mine', 'mine');
    describeCluster(cluster, { fargateOnly: true });
    const addOn = AddOn.of('adot', { identities: [{ serviceAccount: 'adot', role }] });
    expectFailure(
      () => newAddOns(stack, cluster, [addOn]),
      "the add-on 'adot' must have a serviceAccountRole on Fargate, got identities for the cluster 'Kubernetes/Imported', which has nothing else: Pod Identity does not reach pods there",
    );
    const other = AddOn.of('adot', { serviceAccountRole: role });
    expect(() => madeAddOn(other, { fargateOnly: true })).not.toThrow();
  });

  test.each<[string, unknown, RegExp]>([
    [
      'a function',
      () => 1,
      /^the configuration of the add-on 'adot'\.a\.0\.b must be something that JSON has, got \(\) =>/,
    ],
    ['not a number', NaN, /b must be something that JSON has, got NaN$/],
    ['a Duration', Duration.seconds(1), /b must be something that JSON has, got an instance of Duration$/],
    ['a construct', new App(), /b must be something that JSON has, got an instance of App$/],
  ])('fails when its configuration holds %s', (_, value, message) => {
    expectFailure(() => AddOn.of('adot', { configuration: { a: [{ b: value }] } }), message);
  });

  test('fails when its configuration holds itself', () => {
    const configuration: { [key: string]: unknown } = { a: {} };
    (configuration.a as { [key: string]: unknown }).b = configuration;
    expectFailure(
      () => AddOn.of('adot', { configuration }),
      "the configuration of the add-on 'adot'.a.b must not hold itself: no JSON has an end then",
    );
  });

  test('may have one value twice', () => {
    const limits = { cpu: '1' };
    expect(valuesOf(AddOn.of('adot', { configuration: { a: limits, b: limits, c: null } }))).toEqual({
      a: limits,
      b: limits,
      c: null,
    });
  });

  test('takes tokens in its configuration, of other resources too', () => {
    const { stack, cluster } = importingStack();
    const group = new ec2.CfnSecurityGroup(stack, 'Group', { groupDescription: 'x' });
    const configuration = { b: { id: group.attrGroupId }, a: [stack.region, Lazy.number({ produce: () => 3 })] };
    newAddOns(stack, cluster, [AddOn.of('adot', { configuration })]);
    expect(only(Template.fromStack(stack), 'AWS::EKS::Addon').Properties.ConfigurationValues).toEqual({
      'Fn::Join': [
        '',
        ['{"a":["', { Ref: 'AWS::Region' }, '",3],"b":{"id":"', { 'Fn::GetAtt': ['Group', 'GroupId'] }, '"}}'],
      ],
    });
  });
});
