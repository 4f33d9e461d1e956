import {
  Duration,
  Stack,
  aws_ec2 as ec2,
  aws_eks_v2 as eks,
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
} from 'aws-cdk-lib';
import { ControlPlaneEgress } from '../../lib/eks/control-plane-egress';
import { clusterIn, newEksCluster } from '../support/eks-clusters';
import { only, Template } from '../support/fixture';
import { idOf, lenientApp } from '../support/resources';

describe('each default has its way out', () => {
  test('publicAccessFrom opens the endpoint to these, and keeps the private one', () => {
    expect(clusterIn({ publicAccessFrom: ['203.0.113.0/24', '198.51.100.7/32'] }).ResourcesVpcConfig).toMatchObject({
      EndpointPrivateAccess: true,
      EndpointPublicAccess: true,
      PublicAccessCidrs: ['203.0.113.0/24', '198.51.100.7/32'],
    });
  });

  test('encryptSecrets false', () => {
    const { k8s, stack } = newEksCluster({ encryptSecrets: false });
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::EKS::Cluster').Properties.EncryptionConfig).toBeUndefined();
    template.resourceCountIs('AWS::KMS::Key', 0);
    expect(k8s.secretsEncryptionKey).toBeUndefined();
  });

  test('a key of yours', () => {
    const app = lenientApp();
    const keys = new Stack(app, 'Keys');
    const secretsEncryptionKey = new kms.Key(keys, 'Key');
    const { k8s, stack } = newEksCluster({ secretsEncryptionKey }, undefined, app);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::KMS::Key', 0);
    const [{ Provider }] = only(template, 'AWS::EKS::Cluster').Properties.EncryptionConfig;
    expect(JSON.stringify(Provider.KeyArn)).toContain('Fn::GetStackOutput');
    expect(k8s.secretsEncryptionKey).toBe(secretsEncryptionKey);
    expect(Template.fromStack(keys).findResources('AWS::KMS::Key')).toEqual({
      [idOf(secretsEncryptionKey)]: expect.objectContaining({
        Properties: { KeyPolicy: { Statement: [expect.anything()], Version: '2012-10-17' } },
      }),
    });
  });

  test('an empty list of logs', () => {
    const { k8s, stack } = newEksCluster({ logTypes: [] });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    expect(only(template, 'AWS::EKS::Cluster').Properties.Logging.ClusterLogging.EnabledTypes).toEqual([]);
    expect(k8s.logGroup).toBeUndefined();
  });

  test('some logs, kept for another time, with a key that CloudWatch Logs may use', () => {
    const app = lenientApp();
    const logEncryptionKey = new kms.Key(new Stack(app, 'Keys'), 'Key');
    const { stack } = newEksCluster(
      { logTypes: [eks.ClusterLoggingTypes.AUDIT], logRetention: logs.RetentionDays.ONE_MONTH, logEncryptionKey },
      undefined,
      app,
    );
    const template = Template.fromStack(stack);
    const { Logging } = only(template, 'AWS::EKS::Cluster').Properties;
    expect(Logging.ClusterLogging.EnabledTypes).toEqual([{ Type: 'audit' }]);
    const group = only(template, 'AWS::Logs::LogGroup').Properties;
    expect(group.RetentionInDays).toBe(30);
    expect(JSON.stringify(group.KmsKeyId)).toContain('Fn::GetStackOutput');
    expect(JSON.stringify(Template.fromStack(Stack.of(logEncryptionKey)))).toContain('logs.');
  });

  test('deletionProtection, extendedSupport and zonalShift', () => {
    expect(clusterIn({ deletionProtection: false, extendedSupport: true, zonalShift: false })).toMatchObject({
      DeletionProtection: false,
      UpgradePolicy: { SupportType: 'EXTENDED' },
      ZonalShiftConfig: { Enabled: false },
    });
  });

  test('a role, a security group and a name of yours', () => {
    const app = lenientApp();
    const home = new Stack(app, 'Home');
    const vpc = new ec2.Vpc(home, 'Vpc', { restrictDefaultSecurityGroup: false });
    const role = iam.Role.fromRoleArn(home, 'Role', 'arn:aws:iam::123456789012:role/theirs');
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(home, 'Group', 'sg-1');
    const { k8s, stack } = newEksCluster({ vpc, role, securityGroup, clusterName: 'shop' }, undefined, app);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    const cluster = only(template, 'AWS::EKS::Cluster').Properties;
    expect(cluster).toMatchObject({ Name: 'shop', RoleArn: 'arn:aws:iam::123456789012:role/theirs' });
    expect(cluster.ResourcesVpcConfig.SecurityGroupIds).toEqual(['sg-1']);
    expect(only(template, 'AWS::Logs::LogGroup').Properties.LogGroupName).toBe('/aws/eks/shop/cluster');
    expect([k8s.role, k8s.securityGroup]).toEqual([role, securityGroup]);
  });

  test('a tier of the control plane', () => {
    const { ControlPlaneScalingConfig } = clusterIn({
      controlPlaneScalingTier: eks.ControlPlaneScalingTier.TIER_XL,
    });
    expect(ControlPlaneScalingConfig).toEqual({ Tier: 'tier-xl' });
  });
});

describe('the control plane', () => {
  test('takes each of its options', () => {
    const cluster = clusterIn({
      controlPlane: {
        egress: ControlPlaneEgress.CUSTOMER_ROUTED,
        versionRollbackTimeout: Duration.hours(3),
        forceVersionUpdate: true,
        eventRetention: Duration.minutes(30),
        nodePorts: { min: 20000, max: 20100 },
        podAutoscalerSyncPeriod: Duration.seconds(10),
        terminatedPodsKept: 500,
        packNodes: true,
        schedulerWeights: { cpu: 1, memory: 3 },
        activeCertificateAuthorityId: 'ca-2',
      },
    });
    expect(cluster).toMatchObject({
      RollbackConfig: { TimeoutMinutes: 180 },
      Force: true,
      KubeApiServerConfig: { EventTtl: '30m', ServiceNodePortRange: { MinPort: 20000, MaxPort: 20100 } },
      KubeControllerManagerConfig: {
        HorizontalPodAutoscalerControllerConfig: { HorizontalPodAutoscalerSyncPeriod: '10s' },
        PodGcControllerConfig: { TerminatedPodGcThreshold: 500 },
      },
      KubeSchedulerConfig: {
        NodeResourcesFit: {
          ScoringStrategy: {
            Type: 'MostAllocated',
            Resources: [
              { Name: 'cpu', Weight: 1 },
              { Name: 'memory', Weight: 3 },
            ],
          },
        },
      },
      ActiveCertificateAuthorityId: 'ca-2',
    });
    expect(cluster.ResourcesVpcConfig.ControlPlaneEgressMode).toBe('CUSTOMER_ROUTED');
    // What stands beside it is still there.
    expect(cluster.ResourcesVpcConfig.SubnetIds).toHaveLength(2);
  });

  test.each([
    [{ eventRetention: Duration.minutes(10) }, { KubeApiServerConfig: { EventTtl: '10m' } }],
    [
      { nodePorts: { min: 30000, max: 30000 } },
      { KubeApiServerConfig: { ServiceNodePortRange: { MinPort: 30000, MaxPort: 30000 } } },
    ],
    [
      { podAutoscalerSyncPeriod: Duration.seconds(90) },
      {
        KubeControllerManagerConfig: {
          HorizontalPodAutoscalerControllerConfig: { HorizontalPodAutoscalerSyncPeriod: '90s' },
        },
      },
    ],
    [
      { terminatedPodsKept: 1 },
      { KubeControllerManagerConfig: { PodGcControllerConfig: { TerminatedPodGcThreshold: 1 } } },
    ],
    [
      { packNodes: false },
      { KubeSchedulerConfig: { NodeResourcesFit: { ScoringStrategy: { Type: 'LeastAllocated' } } } },
    ],
    [
      { schedulerWeights: { cpu: 2 } },
      {
        KubeSchedulerConfig: {
          NodeResourcesFit: { ScoringStrategy: { Type: 'LeastAllocated', Resources: [{ Name: 'cpu', Weight: 2 }] } },
        },
      },
    ],
    [{ schedulerWeights: {} }, {}],
  ])('says no more than what is given: %j', (controlPlane, expected) => {
    const cluster = clusterIn({ controlPlane });
    const tuned = Object.keys(cluster).filter((name) => name.startsWith('Kube') && name !== 'KubernetesNetworkConfig');
    expect(Object.fromEntries(tuned.map((name) => [name, cluster[name]]))).toEqual(expected);
  });
});
