import type { Stack } from 'aws-cdk-lib';
import { aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { KarpenterInfrastructure } from '../../lib/eks/karpenter-infrastructure';
import type { KarpenterInfrastructureProps } from '../../lib/eks/karpenter-infrastructure';
import { newNodeAccessEntry } from '../../lib/eks/private/access-entry';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import { madeAddOn } from '../support/add-ons';
import { namedCluster, namedKarpenter, ownKarpenter } from '../support/controllers';
import { Template, only, warnings } from '../support/fixture';
import { allows, permissionsOf, textOf } from '../support/iam';
import { actionsOf, statementsOf } from '../support/policies';
import { all, idOf, once } from '../support/resources';

describe('in the stack of the cluster', () => {
  const made = once(() => {
    const it = ownKarpenter();
    return { ...it, template: Template.fromStack(it.stack) };
  });

  test('the service account gets the role', () => {
    const { template, karpenter, cluster } = made();
    expect(only(template, 'AWS::EKS::PodIdentityAssociation').Properties).toEqual({
      ClusterName: { Ref: idOf(cluster) },
      Namespace: 'kube-system',
      ServiceAccount: 'karpenter',
      RoleArn: made().resolve(karpenter.controllerRole.roleArn),
    });
  });

  test('nodes may join with their role', () => {
    const { template, karpenter, cluster, resolve } = made();
    expect(only(template, 'AWS::EKS::AccessEntry').Properties).toEqual({
      ClusterName: { Ref: idOf(cluster) },
      PrincipalArn: resolve(karpenter.nodeRole.roleArn),
      Type: 'EC2_LINUX',
    });
    expect(idOf(karpenter.nodeAccessEntry!)).toBe(only(template, 'AWS::EKS::AccessEntry').id);
  });

  test('the nodes have what nodes need, and the network plugin uses it', () => {
    const { template } = made();
    const [role] = Object.entries(template.findResources('AWS::IAM::Role')).find(([id]) => /NodeRole/.test(id))!;
    const policies = template
      .findResources('AWS::IAM::Role')
      [role].Properties.ManagedPolicyArns.map((each: unknown) => textOf(each).replace(/.*\//, ''));
    expect(policies).toEqual([
      'AmazonEKSWorkerNodePolicy',
      'AmazonEC2ContainerRegistryPullOnly',
      'AmazonEKS_CNI_Policy',
    ]);
  });

  test('the queue forgets what is old, is encrypted, and is filled by five rules', () => {
    const { template, karpenter, resolve } = made();
    expect(only(template, 'AWS::SQS::Queue').Properties).toEqual({
      MessageRetentionPeriod: 300,
      SqsManagedSseEnabled: true,
    });
    const rules = all(template, 'AWS::Events::Rule');
    expect(rules.flatMap(({ EventPattern }) => EventPattern['detail-type']).sort()).toEqual([
      'AWS Health Event',
      'EC2 Capacity Reservation Instance Interruption Warning',
      'EC2 Instance Rebalance Recommendation',
      'EC2 Instance State-change Notification',
      'EC2 Spot Instance Interruption Warning',
    ]);
    const target = resolve(karpenter.interruptionQueue!.queueArn);
    expect(rules.flatMap(({ Targets }) => Targets.map(({ Arn }: any) => Arn))).toEqual(Array(5).fill(target));
    expect(karpenter.interruptionRules).toHaveLength(5);
  });

  test('the queue takes nothing without TLS, and only from rules of the account', () => {
    const { PolicyDocument } = only(made().template, 'AWS::SQS::QueuePolicy').Properties;
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': expect.anything() } },
      }),
    ]);
  });

  test('the chart is told the cluster, the queue and the service account, and no more', () => {
    const { karpenter, cluster, resolve } = made();
    expect(resolve(karpenter.helmValues)).toEqual({
      serviceAccount: { create: true, name: 'karpenter' },
      settings: {
        clusterName: { Ref: idOf(cluster) },
        interruptionQueue: { 'Fn::GetAtt': [idOf(karpenter.interruptionQueue!), 'QueueName'] },
      },
    });
  });

  test('an EC2NodeClass is told the role, the private subnets and the security group', () => {
    const { karpenter, cluster, vpc, resolve } = made();
    expect(resolve(karpenter.nodeClass)).toEqual({
      role: resolve(karpenter.nodeRole.roleName),
      subnetSelectorTerms: vpc.privateSubnets.map(({ subnetId }) => ({ id: resolve(subnetId) })),
      securityGroupSelectorTerms: [{ id: { 'Fn::GetAtt': [idOf(cluster), 'ClusterSecurityGroupId'] } }],
    });
    expect(vpc.privateSubnets).toHaveLength(2);
    expect(resolve(karpenter.discoveryTags)).toEqual({ 'karpenter.sh/discovery': { Ref: idOf(cluster) } });
  });

  test('there is no partition but that of the stack, no Lambda function, no instance profile, and no warning', () => {
    const { template, stack } = made();
    expect(JSON.stringify(template.toJSON())).not.toContain('arn:aws:');
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('AWS::IAM::InstanceProfile', 0);
    expect(warnings(stack)).toEqual([]);
  });

  test('the policies that are text have the name of the cluster in keys of conditions', () => {
    const { karpenter, resolve, cluster } = made();
    expect(karpenter.policies).toHaveLength(2);
    karpenter.policies.forEach((policy) => {
      const document = resolve(policy.policyDocument);
      const keys = JSON.parse(textOf(document, { [idOf(cluster)]: 'a-name' })).Statement.flatMap(({ Condition = {} }) =>
        Object.values<any>(Condition).flatMap((each) => Object.keys(each)),
      );
      expect(keys.some((key: string) => key.endsWith('kubernetes.io/cluster/a-name'))).toBe(true);
      expect(resolve(policy.roles)).toEqual([resolve(karpenter.controllerRole.roleName)]);
    });
  });

  test('no policy is too large for IAM, however long the name of the cluster', () => {
    const { template, cluster } = made();
    const longest = { [idOf(cluster)]: 'x'.repeat(100), NodeRole: 'x'.repeat(200) };
    for (const { PolicyDocument } of all(template, 'AWS::IAM::ManagedPolicy')) {
      const document = Array.isArray(PolicyDocument.Statement)
        ? JSON.stringify(PolicyDocument)
        : textOf(PolicyDocument, longest);
      expect(document.length).toBeLessThan(6144);
    }
  });
});

describe('options', () => {
  test('without interruption there are no queue, no rules and no permissions for them', () => {
    const { stack, karpenter } = namedKarpenter({ interruption: false });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SQS::Queue', 0);
    template.resourceCountIs('AWS::Events::Rule', 0);
    expect(karpenter.interruptionQueue).toBeUndefined();
    expect(karpenter.interruptionRules).toEqual([]);
    expect(karpenter.helmValues.settings).toEqual({ clusterName: 'shop' });
    const actions = permissionsOf(template, 'KarpenterControllerRole').flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.startsWith('sqs:'))).toEqual([]);
  });

  test('zonalShift lets Karpenter look, at its cluster only', () => {
    const { stack, karpenter } = namedKarpenter({ zonalShift: true });
    const permissions = permissionsOf(Template.fromStack(stack), 'KarpenterControllerRole');
    const ask = (cluster: string) =>
      allows(permissions, {
        action: 'arc-zonal-shift:GetManagedResource',
        resource: '*',
        context: {
          'arc-zonal-shift:ResourceIdentifier': `arn:aws:eks:eu-west-1:111122223333:cluster/${cluster}`,
        },
      });
    expect([ask('shop'), ask('other')]).toEqual([true, false]);
    expect(karpenter.helmValues.settings).toMatchObject({ enableZonalShift: true });
  });

  test('isolatedVpc makes the instance profile, and takes IAM and prices away', () => {
    const { stack, karpenter } = namedKarpenter({ isolatedVpc: true });
    const template = Template.fromStack(stack);
    const profile = only(template, 'AWS::IAM::InstanceProfile');
    expect(profile.Properties.Roles).toEqual([stack.resolve(karpenter.nodeRole.roleName)]);
    expect(stack.resolve(karpenter.nodeClass)).toMatchObject({ instanceProfile: { Ref: profile.id } });
    expect(karpenter.nodeClass).not.toHaveProperty('role');
    expect(karpenter.helmValues.settings).toMatchObject({ isolatedVPC: true });
    expect(karpenter.policies).toHaveLength(1);
    const actions = permissionsOf(template, 'KarpenterControllerRole').flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^(iam|pricing):/.test(action))).toEqual(['iam:PassRole']);
  });

  test('namespace and service account may be others', () => {
    const { stack, karpenter } = namedKarpenter({ namespace: 'karpenter', serviceAccount: 'autoscaler' });
    expect(only(Template.fromStack(stack), 'AWS::EKS::PodIdentityAssociation').Properties).toMatchObject({
      Namespace: 'karpenter',
      ServiceAccount: 'autoscaler',
    });
    expect(karpenter.helmValues.serviceAccount).toEqual({ create: true, name: 'autoscaler' });
  });

  test('irsa gives the service account an annotation, and there is no association', () => {
    const { stack, karpenter, template } = (() => {
      const it = ownKarpenter(() => ({ irsa: true }));
      return { ...it, template: Template.fromStack(it.stack) };
    })();
    template.resourceCountIs('AWS::EKS::PodIdentityAssociation', 0);
    expect(stack.resolve(karpenter.helmValues.serviceAccount)).toEqual({
      create: true,
      name: 'karpenter',
      annotations: { 'eks.amazonaws.com/role-arn': stack.resolve(karpenter.controllerRole.roleArn) },
    });
  });

  test('the network plugin needs nothing of the nodes where it has an identity', () => {
    const policiesOf = (stack: Stack) => JSON.stringify(all(Template.fromStack(stack), 'AWS::IAM::Role'));
    const { stack, cluster } = namedCluster();
    describeCluster(cluster, { networkingIdentity: true });
    new KarpenterInfrastructure(stack, 'Karpenter', { cluster });
    expect(policiesOf(stack)).not.toContain('AmazonEKS_CNI_Policy');
    expect(policiesOf(namedKarpenter({ allowNetworking: false }).stack)).not.toContain('AmazonEKS_CNI_Policy');
    expect(policiesOf(namedKarpenter().stack)).toContain('AmazonEKS_CNI_Policy');
  });

  test('the network plugin of an IPv6 cluster has what it has in other nodes, which no policy of AWS says', () => {
    const { stack, cluster } = namedCluster({ ipFamily: eks.IpFamily.IP_V6 });
    new KarpenterInfrastructure(stack, 'Karpenter', { cluster });
    const template = Template.fromStack(stack);
    expect(JSON.stringify(all(template, 'AWS::IAM::Role'))).not.toContain('AmazonEKS_CNI_Policy');
    const plugin = madeAddOn(AddOn.vpcCni(), {}, eks.IpFamily.IP_V6).template;
    expect(statementsOf(template, 'KarpenterNodeRole')).toEqual(
      statementsOf(plugin, only(plugin, 'AWS::IAM::Role').id),
    );
  });

  test('an IPv6 cluster whose network plugin has an identity asks nothing of the nodes', () => {
    const { stack, cluster } = namedCluster({ ipFamily: eks.IpFamily.IP_V6 });
    new KarpenterInfrastructure(stack, 'Karpenter', { cluster, allowNetworking: false });
    expect(statementsOf(Template.fromStack(stack), 'KarpenterNodeRole')).toEqual([]);
  });

  test('operators may open a shell on nodes if that is wanted', () => {
    const actions = (props: Partial<KarpenterInfrastructureProps>) =>
      statementsOf(Template.fromStack(namedKarpenter(props).stack), 'KarpenterNodeRole').flatMap(actionsOf);
    expect(actions({ allowSessions: true })).toContain('ssmmessages:CreateDataChannel');
    expect(actions({})).toEqual([]);
  });

  test('a role of yours is passed, let in, and named in the EC2NodeClass', () => {
    const { stack, cluster } = namedCluster();
    const nodeRole = iam.Role.fromRoleArn(stack, 'Nodes', 'arn:aws:iam::111122223333:role/teams/nodes');
    const karpenter = new KarpenterInfrastructure(stack, 'Karpenter', { cluster, nodeRole });
    const template = Template.fromStack(stack);
    expect(karpenter.nodeRole).toBe(nodeRole);
    expect(karpenter.nodeClass.role).toBe('nodes');
    expect(only(template, 'AWS::EKS::AccessEntry').Properties.PrincipalArn).toBe(nodeRole.roleArn);
    const request = { action: 'iam:PassRole', context: { 'iam:PassedToService': 'ec2.amazonaws.com' } };
    const permissions = permissionsOf(template, 'KarpenterControllerRole');
    expect(allows(permissions, { ...request, resource: nodeRole.roleArn })).toBe(true);
  });

  test('a role that the cluster knows already gets no entry with nodeAccess false, and shares one of nodes of this app', () => {
    const { stack, cluster } = namedCluster();
    const nodeRole = iam.Role.fromRoleArn(stack, 'Nodes', 'arn:aws:iam::111122223333:role/nodes');
    const known = new KarpenterInfrastructure(stack, 'Known', {
      cluster,
      nodeRole,
      nodeAccess: false,
      serviceAccount: 'known',
    });
    expect(known.nodeAccessEntry).toBeUndefined();
    const entry = newNodeAccessEntry(stack, 'Others', { cluster, role: nodeRole, type: 'EC2_LINUX' });
    const shared = new KarpenterInfrastructure(stack, 'Shared', { cluster, nodeRole });
    expect(shared.nodeAccessEntry).toBe(entry);
    Template.fromStack(stack).resourceCountIs('AWS::EKS::AccessEntry', 1);
  });
});
