import { CfnOutput, Duration, NestedStack, Stack, Tags, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import { EksCluster } from '../../lib/eks/eks-cluster';
import { newEksCluster, VERSION } from '../support/eks-clusters';
import { Match, only, Template } from '../support/fixture';
import { all, idOf, lenientApp, once, resourceOf } from '../support/resources';

describe('by default', () => {
  const made = once(() => {
    const fixture = newEksCluster();
    return { ...fixture, template: Template.fromStack(fixture.stack) };
  });
  const cluster = () => only(made().template, 'AWS::EKS::Cluster').Properties;

  test('the API is private', () => {
    expect(cluster().ResourcesVpcConfig).toMatchObject({ EndpointPrivateAccess: true, EndpointPublicAccess: false });
    expect(cluster().ResourcesVpcConfig.PublicAccessCidrs).toBeUndefined();
  });

  test('secrets are encrypted with a key of its own that is rotated and kept', () => {
    const key = only(made().template, 'AWS::KMS::Key');
    expect(cluster().EncryptionConfig).toEqual([
      { Provider: { KeyArn: { 'Fn::GetAtt': [key.id, 'Arn'] } }, Resources: ['secrets'] },
    ]);
    expect(key.Properties.EnableKeyRotation).toBe(true);
    expect(key.DeletionPolicy).toBe('Retain');
    expect(idOf(made().k8s.secretsEncryptionKey!)).toBe(key.id);
  });

  test('all logs go to a group that is there before the cluster, and kept for a year', () => {
    const group = only(made().template, 'AWS::Logs::LogGroup');
    expect(cluster().Logging.ClusterLogging.EnabledTypes.map(({ Type }: { Type: string }) => Type)).toEqual([
      'api',
      'audit',
      'authenticator',
      'controllerManager',
      'scheduler',
    ]);
    expect(group.Properties.RetentionInDays).toBe(365);
    expect(group.DeletionPolicy).toBe('Retain');
    expect(only(made().template, 'AWS::EKS::Cluster').DependsOn).toContain(group.id);
    expect(idOf(made().k8s.logGroup!)).toBe(group.id);
  });

  test('the name has a part of the id of the stack, and the log group has the name', () => {
    const [, parts] = cluster().Name['Fn::Join'];
    expect(parts[0]).toMatch(/^Shop-K8s-[0-9A-F]{8}-$/);
    const uuid = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
    expect(parts[1]).toEqual({ 'Fn::Select': [0, { 'Fn::Split': ['-', uuid] }] });
    expect(parts).toHaveLength(2);
    const { LogGroupName } = only(made().template, 'AWS::Logs::LogGroup').Properties;
    expect(LogGroupName).toEqual({ 'Fn::Join': ['', [`/aws/eks/${parts[0]}`, parts[1], '/cluster']] });
  });

  test('it is protected, supported without surcharge, ready for zonal shift, and of the version', () => {
    expect(cluster()).toMatchObject({
      DeletionProtection: true,
      UpgradePolicy: { SupportType: 'STANDARD' },
      ZonalShiftConfig: { Enabled: true },
      Version: '1.36',
    });
  });

  test('nobody is an administrator, entries decide who comes in, and EKS installs nothing by itself', () => {
    expect(cluster().AccessConfig).toEqual({
      AuthenticationMode: 'API',
      BootstrapClusterCreatorAdminPermissions: false,
    });
    expect(cluster().BootstrapSelfManagedAddons).toBe(false);
    made().template.resourceCountIs('AWS::EKS::AccessEntry', 0);
  });

  test('there is no resource that does nothing, no function, no output', () => {
    for (const type of ['AWS::SSM::Parameter', 'AWS::Lambda::Function', 'AWS::EKS::Nodegroup']) {
      made().template.resourceCountIs(type, 0);
    }
    expect(made().template.findOutputs('*')).toEqual({});
  });

  test('its role has the policy of EKS, and no right on the key', () => {
    const role = resourceOf(made().template, (made().k8s.role as unknown as { role: iam.Role }).role);
    expect(JSON.stringify(role.Properties.ManagedPolicyArns)).toContain('policy/AmazonEKSClusterPolicy');
    expect(role.Properties.ManagedPolicyArns).toHaveLength(1);
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' } },
    ]);
    expect(JSON.stringify(made().template.findResources('AWS::IAM::ManagedPolicy'))).not.toContain('kms');
    made().template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('its security group is closed in both directions', () => {
    const { k8s, template } = made();
    const group = only(template, 'AWS::EC2::SecurityGroup');
    expect(idOf(k8s.securityGroup)).toBe(group.id);
    expect(group.Properties.SecurityGroupIngress).toBeUndefined();
    expect(group.Properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
    expect(cluster().ResourcesVpcConfig.SecurityGroupIds).toEqual([{ 'Fn::GetAtt': [group.id, 'GroupId'] }]);
  });

  test('nothing else of the control plane is said', () => {
    for (const name of ['RollbackConfig', 'Force', 'KubeApiServerConfig', 'KubeSchedulerConfig']) {
      expect(cluster()[name]).toBeUndefined();
    }
    expect(cluster().KubeControllerManagerConfig).toBeUndefined();
    expect(cluster().ControlPlaneScalingConfig).toBeUndefined();
    expect(cluster().RemoteNetworkConfig).toBeUndefined();
    expect(cluster().ActiveCertificateAuthorityId).toBeUndefined();
    expect(cluster().ResourcesVpcConfig.ControlPlaneEgressMode).toBeUndefined();
    expect(cluster().KubernetesNetworkConfig.ElasticLoadBalancing).toEqual({ Enabled: false });
  });
});

describe('what CDK offers works', () => {
  test('metric', () => {
    const { k8s, stack } = newEksCluster();
    const metric = k8s.metric('scheduler_pending_pods');
    expect(stack.resolve(metric.dimensions)).toEqual({ ClusterName: { Ref: idOf(k8s.cluster) } });
    expect(metric).toMatchObject({ namespace: 'AWS/EKS', metricName: 'scheduler_pending_pods', statistic: 'Sum' });
    expect(k8s.metric('x', { statistic: 'p99', period: Duration.minutes(1) })).toMatchObject({ statistic: 'p99' });
  });

  test('connections reach both groups', () => {
    const { k8s, stack, vpc } = newEksCluster();
    const group = new ec2.SecurityGroup(stack, 'Bastion', { vpc });
    k8s.connections.allowDefaultPortFrom(group);
    const rules = all(Template.fromStack(stack), 'AWS::EC2::SecurityGroupIngress');
    expect(rules.map(({ FromPort }) => FromPort)).toEqual([443, 443]);
    expect(k8s.connections).toBe(k8s.cluster.connections);
  });

  test('tags', () => {
    const { k8s, stack } = newEksCluster();
    Tags.of(k8s).add('team', 'shop');
    Template.fromStack(stack).hasResourceProperties('AWS::EKS::Cluster', {
      Tags: Match.arrayWith([{ Key: 'team', Value: 'shop' }]),
    });
  });

  test('grantAccess, addNodegroupCapacity and addFargateProfile, without a parameter for kubectl', () => {
    const { k8s, stack } = newEksCluster();
    k8s.cluster.grantAccess('Ops', 'arn:aws:iam::123456789012:role/ops', []);
    k8s.cluster.addNodegroupCapacity('General', { instanceTypes: [new ec2.InstanceType('m7i.large')] });
    k8s.cluster.addFargateProfile('Pods', { selectors: [{ namespace: 'shop' }] });
    const template = Template.fromStack(stack);
    for (const type of ['AccessEntry', 'Nodegroup', 'FargateProfile']) template.resourceCountIs(`AWS::EKS::${type}`, 1);
    template.resourceCountIs('AWS::SSM::Parameter', 0);
  });

  test('several clusters of a stack have names of their own', () => {
    const { stack, vpc } = newEksCluster();
    new EksCluster(stack, 'Other', { vpc, version: VERSION });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EKS::Cluster', 2);
    const names = [...all(template, 'AWS::EKS::Cluster'), ...all(template, 'AWS::Logs::LogGroup')].map((each) =>
      JSON.stringify(each.Name ?? each.LogGroupName),
    );
    expect(new Set(names).size).toBe(4);
  });

  test('a long path still gives a name that EKS takes', () => {
    const app = lenientApp();
    const stack = new Stack(app, `Shop-${'Long'.repeat(25)}`);
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    new EksCluster(stack, 'Cluster'.repeat(10), { vpc, version: VERSION });
    const [, [readable]] = only(Template.fromStack(stack), 'AWS::EKS::Cluster').Properties.Name['Fn::Join'];
    expect(readable.length + 8).toBeLessThanOrEqual(100);
    expect(readable).toMatch(/^[0-9A-Za-z][0-9A-Za-z-]*-$/);
  });

  test('in a nested stack, and used by another stack', () => {
    const app = lenientApp();
    const home = new Stack(app, 'Home');
    const vpc = new ec2.Vpc(home, 'Vpc', { restrictDefaultSecurityGroup: false });
    const nested = new NestedStack(home, 'Nested');
    const { cluster } = new EksCluster(nested, 'K8s', { vpc, version: VERSION });
    const other = new Stack(app, 'Other');
    new CfnOutput(other, 'Arn', { value: `${cluster.clusterName} ${cluster.clusterArn}` });
    app.synth();
    Template.fromStack(nested).resourceCountIs('AWS::EKS::Cluster', 1);
  });
});
