import { aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AddOn } from '../../lib/eks/add-on';
import { newAddOns } from '../../lib/eks/private/add-ons';
import { clusterFacts } from '../../lib/eks/private/cluster-facts';
import { importingStack, madeAddOn } from '../support/add-ons';
import { expectFailure } from '../support/errors';
import { only } from '../support/fixture';
import { statementsOf } from '../support/policies';
import { once } from '../support/resources';

const plain = once(() => madeAddOn(AddOn.vpcCni()));
const ipv6 = once(() => madeAddOn(AddOn.vpcCni(), {}, eks.IpFamily.IP_V6));

describe('the identity of the network plugin', () => {
  test('is its own, so that nodes need none', () => {
    const { cluster, template, addon } = plain();
    const role = only(template, 'AWS::IAM::Role');
    expect(addon.Properties).toEqual({
      AddonName: 'vpc-cni',
      ClusterName: 'live',
      PodIdentityAssociations: [{ ServiceAccount: 'aws-node', RoleArn: { 'Fn::GetAtt': [role.id, 'Arn'] } }],
      ResolveConflicts: 'OVERWRITE',
    });
    expect(role.Properties.AssumeRolePolicyDocument.Statement[0].Principal).toEqual({
      Service: 'pods.eks.amazonaws.com',
    });
    expect(role.Properties.ManagedPolicyArns).toEqual([
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AmazonEKS_CNI_Policy']] },
    ]);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    expect(addon.DependsOn).toEqual([role.id]);
    expect(clusterFacts(cluster).networkingIdentity).toBe(true);
  });

  test('has a policy of the customer with IPv6, in this account and region', () => {
    const { template, addon } = ipv6();
    const role = only(template, 'AWS::IAM::Role');
    const policy = only(template, 'AWS::IAM::ManagedPolicy');
    expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    expect(statementsOf(template, role.id)).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'ec2:AssignIpv6Addresses',
          'ec2:DescribeInstanceTypes',
          'ec2:DescribeInstances',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeTags',
        ],
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Action: 'ec2:CreateTags',
        Resource: {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':ec2:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':network-interface/*',
            ],
          ],
        },
      },
    ]);
    expect(addon.DependsOn).toEqual(expect.arrayContaining([role.id, policy.id]));
  });

  test('may be a role of yours, by Pod Identity or by the provider of the cluster', () => {
    const { stack, cluster } = importingStack();
    const role = iam.Role.fromRoleArn(stack, 'Mine', 'arn:aws:iam::123456789012:role/mine');
    newAddOns(stack, cluster, [AddOn.vpcCni({ role })]);
    expect(only(Template.fromStack(stack), 'AWS::EKS::Addon').Properties.PodIdentityAssociations).toEqual([
      { ServiceAccount: 'aws-node', RoleArn: 'arn:aws:iam::123456789012:role/mine' },
    ]);

    const second = importingStack();
    const serviceAccountRole = iam.Role.fromRoleArn(second.stack, 'Mine', 'arn:aws:iam::123456789012:role/irsa');
    newAddOns(second.stack, second.cluster, [AddOn.vpcCni({ serviceAccountRole })]);
    const template = Template.fromStack(second.stack);
    const { Properties } = only(template, 'AWS::EKS::Addon');
    expect(Properties.ServiceAccountRoleArn).toBe('arn:aws:iam::123456789012:role/irsa');
    expect(Properties).not.toHaveProperty('PodIdentityAssociations');
    template.resourceCountIs('AWS::IAM::Role', 0);
    expect(clusterFacts(second.cluster).networkingIdentity).toBe(true);
  });

  test('may be that of the nodes, which then must be allowed to', () => {
    const { cluster, template, addon } = madeAddOn(AddOn.vpcCni({ useNodeRole: true }));
    expect(addon.Properties).not.toHaveProperty('PodIdentityAssociations');
    template.resourceCountIs('AWS::IAM::Role', 0);
    expect(clusterFacts(cluster).networkingIdentity).toBeUndefined();
  });

  test('fails when there are two', () => {
    const { stack } = importingStack();
    const role = iam.Role.fromRoleName(stack, 'Mine', 'mine');
    expectFailure(
      () => AddOn.vpcCni({ role, useNodeRole: true }),
      'AddOn.vpcCni() must have one identity, got role and useNodeRole: remove all but one of them',
    );
    expectFailure(
      () => AddOn.vpcCni({ role, serviceAccountRole: role }),
      'AddOn.vpcCni() must have one identity, got role and serviceAccountRole: remove all but one of them',
    );
    expect(() => AddOn.vpcCni({ role, useNodeRole: false })).not.toThrow();
  });
});
