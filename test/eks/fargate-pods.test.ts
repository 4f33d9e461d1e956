import { CfnParameter, Stack, aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { FargatePods } from '../../lib/eks/fargate-pods';
import type { FargatePodsProps } from '../../lib/eks/fargate-pods';
import type { FargateSelector } from '../../lib/eks/fargate-selector';
import { FargatePodRole } from '../../lib/identity/fargate-pod-role';
import { NodeRole } from '../../lib/identity/node-role';
import { expectFailure } from '../support/errors';
import { expectWrong, imported, newCluster, PROFILE, SHOP, theirVpc, warnings } from '../support/fargate-pods';
import { newApp, only, Template } from '../support/fixture';
import { all, idOf, lenientApp, once, resourceOf } from '../support/resources';

function made(props: Partial<FargatePodsProps> = {}) {
  const stack = new Stack(newApp(), 'Shop');
  const cluster = newCluster(stack);
  const pods = new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, ...props });
  return { stack, cluster, pods, template: () => Template.fromStack(stack) };
}

const plain = once(() => {
  const { template, ...rest } = made();
  return { ...rest, template: template() };
});

describe('FargatePods', () => {
  test('runs pods in private subnets, and leaves the name to CloudFormation', () => {
    const { template, cluster, pods } = plain();
    const { Properties } = only(template, PROFILE);
    expect(Properties).toEqual({
      ClusterName: { Ref: idOf(cluster) },
      PodExecutionRoleArn: { 'Fn::GetAtt': [idOf((pods.role as FargatePodRole).role), 'Arn'] },
      Selectors: [{ Namespace: 'shop' }],
      Subnets: cluster.vpc.privateSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    });
  });

  test('makes nothing but the profile and a role that only Fargate of this cluster assumes', () => {
    const { template, pods } = plain();
    expect(template.findResources('AWS::EKS::AccessEntry')).toEqual({});
    expect(pods.logGroup).toBeUndefined();
    expect(pods.logObjects).toBeUndefined();
    expect(pods.addOns).toEqual({});
    expect(resourceOf(template, (pods.role as FargatePodRole).role).Properties.ManagedPolicyArns).toHaveLength(1);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
  });

  test('has pods wait for the way to the internet, through which they pull images', () => {
    const { template, pods, cluster } = plain();
    const { DependsOn } = resourceOf(template, pods.profile);
    expect(DependsOn).toHaveLength(2 * cluster.vpc.privateSubnets.length);
    expect(DependsOn).toEqual(expect.arrayContaining([expect.stringContaining('DefaultRoute')]));
  });

  test('opens other security groups to pods by that of the cluster, with a rule in its own stack', () => {
    const app = newApp();
    const cluster = newCluster(new Stack(app, 'Platform'));
    const stack = new Stack(app, 'Team');
    const pods = new FargatePods(stack, 'Pods', { cluster, selectors: SHOP });
    const database = new ec2.SecurityGroup(stack, 'Database', { vpc: cluster.vpc });
    database.connections.allowFrom(pods, ec2.Port.tcp(5432));
    const rule = only(Template.fromStack(stack), 'AWS::EC2::SecurityGroupIngress').Properties;
    expect(rule.GroupId).toEqual({ 'Fn::GetAtt': [idOf(database), 'GroupId'] });
    expect(JSON.stringify(rule.SourceSecurityGroupId)).toContain('ClusterSecurityGroupId');
  });

  test('has no group of a cluster that does not say which it is', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'k8s' });
    const pods = new FargatePods(stack, 'Pods', { cluster, vpc: theirVpc(stack), selectors: SHOP });
    expect(pods.connections.securityGroups).toEqual([]);
  });

  test('tells the name of the profile', () => {
    const { stack, pods } = plain();
    expect(stack.resolve(pods.fargateProfileName)).toEqual({
      'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': [idOf(pods.profile), 'Arn'] }] }],
    });
  });

  test('takes labels, wildcards and a name', () => {
    const { stack, cluster } = imported();
    const selectors: FargateSelector[] = [
      { namespace: 'prod-*', labels: { 'example.com/size': 'l?', app: '*' } },
      { namespace: '?', labels: {} },
      { namespace: '*' },
      { namespace: 'a'.repeat(63) },
      { namespace: '0-a' },
    ];
    const { profile } = new FargatePods(stack, 'Pods', { cluster, selectors, fargateProfileName: 'my_eks-pods-9' });
    expect(resourceOf(Template.fromStack(stack), profile).Properties).toMatchObject({
      FargateProfileName: 'my_eks-pods-9',
      Selectors: [
        {
          Namespace: 'prod-*',
          Labels: [
            { Key: 'example.com/size', Value: 'l?' },
            { Key: 'app', Value: '*' },
          ],
        },
        { Namespace: '?', Labels: [] },
        { Namespace: '*' },
        { Namespace: 'a'.repeat(63) },
        { Namespace: '0-a' },
      ],
    });
    expect(warnings(stack)).toEqual([]);
  });

  test('takes tokens for what it would check', () => {
    const { stack, cluster } = imported();
    const token = new CfnParameter(stack, 'Token').valueAsString;
    new FargatePods(stack, 'Pods', {
      cluster,
      selectors: [{ namespace: token, labels: { app: token } }],
      fargateProfileName: token,
      role: iam.Role.fromRoleArn(stack, 'Role', token),
    });
    expect(only(Template.fromStack(stack), PROFILE).Properties).toMatchObject({
      FargateProfileName: { Ref: 'Token' },
      PodExecutionRoleArn: { Ref: 'Token' },
      Selectors: [{ Namespace: { Ref: 'Token' }, Labels: [{ Key: 'app', Value: { Ref: 'Token' } }] }],
    });
  });

  test('makes add-ons after the profile', () => {
    const addOn = AddOn._of({
      name: 'coredns',
      needsNodes: true,
      bind: (scope, { cluster }) =>
        new eks.CfnAddon(scope, 'Fake', { clusterName: cluster.clusterName, addonName: 'coredns' }),
    });
    const { stack, cluster } = imported();
    const pods = new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, addOns: [addOn] });
    const template = Template.fromStack(stack);
    expect(Object.keys(pods.addOns)).toEqual(['coredns']);
    expect(resourceOf(template, pods.addOns.coredns).DependsOn).toEqual([idOf(pods.profile)]);
  });
});

describe('the subnets', () => {
  test('are those that are named', () => {
    const { stack, cluster, vpc } = imported();
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, vpcSubnets: { subnets: [vpc!.privateSubnets[1]] } });
    expect(only(Template.fromStack(stack), PROFILE).Properties.Subnets).toEqual(['subnet-00000002']);
  });

  test('are the isolated ones of a VPC that has no others', () => {
    const { stack, cluster } = imported((scope) =>
      ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
        vpcId: 'vpc-00000001',
        availabilityZones: ['a'],
        isolatedSubnetIds: ['subnet-00000009'],
      }),
    );
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP });
    expect(only(Template.fromStack(stack), PROFILE).Properties.Subnets).toEqual(['subnet-00000009']);
  });

  test('of somebody else are taken as they are', () => {
    const { stack, cluster } = imported();
    const subnets = [ec2.Subnet.fromSubnetId(stack, 'Subnet', new CfnParameter(stack, 'Id').valueAsString)];
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, vpcSubnets: { subnets } });
    expect(only(Template.fromStack(stack), PROFILE).Properties.Subnets).toEqual([{ Ref: 'Id' }]);
  });

  test('are not judged before the VPC was looked up', () => {
    const stack = new Stack(lenientApp(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { isDefault: true });
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc });
    const vpcSubnets = { subnetType: ec2.SubnetType.PUBLIC };
    expect(() => new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, vpcSubnets })).not.toThrow();
  });

  test('fails when they are public', () => {
    expectWrong(
      () => ({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
      'vpcSubnets must not be public, because pods on Fargate have no public address and EKS takes no such subnet: leave it out for the private subnets',
    );
  });

  test('fails when one of them is public', () => {
    expectWrong((stack) => {
      const { publicSubnets, privateSubnets } = stack.node.findChild('TheirVpc') as unknown as ec2.IVpc;
      return { vpcSubnets: { subnets: [privateSubnets[0], publicSubnets[0]] } };
    }, /^vpcSubnets must not be public/);
  });

  test('fails when there are none', () => {
    expectWrong(
      () => ({ vpcSubnets: { subnets: [] } }),
      'vpcSubnets must select at least one subnet, got none: leave it out for the private subnets',
    );
  });

  test('fails when the VPC has only public ones', () => {
    const { stack, cluster } = imported((scope) =>
      ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
        vpcId: 'vpc-00000001',
        availabilityZones: ['a'],
        publicSubnetIds: ['subnet-00000003'],
      }),
    );
    expectFailure(
      () => new FargatePods(stack, 'Pods', { cluster, selectors: SHOP }),
      'pods on Fargate must stand in private subnets, and the VPC has none: use a VPC with private subnets',
    );
  });

  test('fails when the cluster is imported without a VPC', () => {
    const { stack, cluster } = imported(() => undefined);
    expectFailure(
      () => new FargatePods(stack, 'Pods', { cluster, selectors: SHOP }),
      "vpc must be given, because the cluster 'Shop/Theirs' is imported without one, got none: pass the VPC of the cluster",
    );
  });

  test('are of the VPC that is given when the cluster is imported without one', () => {
    const { stack, cluster } = imported(() => undefined);
    const vpc = theirVpc(stack);
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, vpc });
    const template = Template.fromStack(stack);
    expect(only(template, PROFILE).Properties).toMatchObject({
      ClusterName: 'theirs',
      Subnets: ['subnet-00000001', 'subnet-00000002'],
    });
    expect(JSON.stringify(only(template, 'AWS::IAM::Role').Properties)).toContain(':fargateprofile/theirs/*');
  });
});

describe('the role', () => {
  test('may serve several', () => {
    const { stack, cluster } = imported();
    const role = new FargatePodRole(stack, 'Role', { cluster });
    new FargatePods(stack, 'One', { cluster, selectors: SHOP, role });
    const { role: same } = new FargatePods(stack, 'Two', { cluster, selectors: SHOP, role });
    expect(same).toBe(role);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Role', 1);
    expect(all(template, PROFILE).map(({ PodExecutionRoleArn }) => PodExecutionRoleArn)).toEqual(
      Array(2).fill({ 'Fn::GetAtt': [idOf(role.role), 'Arn'] }),
    );
  });

  test('may be one of CDK', () => {
    const { stack, cluster } = imported();
    const assumedBy = new iam.ServicePrincipal('eks-fargate-pods.amazonaws.com');
    const role = new iam.Role(stack, 'Role', { assumedBy, path: '/' });
    expect(new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, role }).role).toBe(role);
  });

  test.each([
    ['a role of CDK', (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy: fargate(), path: '/teams/' })],
    [
      'an imported role',
      (stack: Stack) => iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/teams/pods'),
    ],
  ])('fails when it has a path, as %s', (_what, role) => {
    expectWrong(
      (stack) => ({ role: role(stack) }),
      'role must have no path, because EKS takes none for pods on Fargate, got /teams/: leave role out, or use one without',
    );
  });

  test('fails when it is that of other nodes', () => {
    expectWrong(
      (stack) => ({ role: new NodeRole(stack, 'Role') }),
      'role must be one that eks-fargate-pods.amazonaws.com may assume, got another: use a FargatePodRole; the roles of other nodes will not do',
    );
  });

  test('of somebody else is taken when nothing is known of it', () => {
    const { stack, cluster } = imported();
    const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/pods');
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, role });
    expect(only(Template.fromStack(stack), PROFILE).Properties.PodExecutionRoleArn).toBe(role.roleArn);
  });
});

function fargate(): iam.ServicePrincipal {
  return new iam.ServicePrincipal('eks-fargate-pods.amazonaws.com');
}
