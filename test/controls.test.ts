import { CfnResource, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { everything } from './support/everything';
import { everythingEks } from './support/everything-eks';

const GROUP = {
  VPCZoneIdentifier: [Match.anyValue(), Match.anyValue()],
  MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: Match.anyValue() } },
};

const PRIVATE_SUBNET = { Ref: Match.stringLikeRegexp('^VpcPrivateSubnet') };

/** Controls, and the property that satisfies each: what an auditor asks, as data. */
const CONTROLS: [control: string, type: string, properties: object][] = [
  [
    'ECS.2 no public addresses',
    'AWS::ECS::Service',
    { NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } } },
  ],
  [
    'ECS.4 no privileged containers',
    'AWS::ECS::TaskDefinition',
    { ContainerDefinitions: [Match.objectLike({ Privileged: Match.absent() })] },
  ],
  [
    'ECS.5 read-only root file system',
    'AWS::ECS::TaskDefinition',
    { ContainerDefinitions: [Match.objectLike({ ReadonlyRootFilesystem: true })] },
  ],
  [
    'ECS.9 logging',
    'AWS::ECS::TaskDefinition',
    { ContainerDefinitions: [Match.objectLike({ LogConfiguration: { LogDriver: 'awslogs' } })] },
  ],
  [
    'ECS.12 Container Insights',
    'AWS::ECS::Cluster',
    { ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] },
  ],
  ['ECS.17 no host network', 'AWS::ECS::TaskDefinition', { NetworkMode: 'awsvpc' }],
  [
    'ECS.18 EFS in transit',
    'AWS::ECS::TaskDefinition',
    { Volumes: [{ EFSVolumeConfiguration: Match.objectLike({ TransitEncryption: 'ENABLED' }) }] },
  ],
  [
    'ECS.20 and 21 operating system said',
    'AWS::ECS::TaskDefinition',
    { RuntimePlatform: { OperatingSystemFamily: 'LINUX' } },
  ],
  ['ECR.1 scan on push', 'AWS::ECR::Repository', { ImageScanningConfiguration: { ScanOnPush: true } }],
  ['ECR.2 immutable tags', 'AWS::ECR::Repository', { ImageTagMutability: 'IMMUTABLE' }],
  ['ECR.3 lifecycle policy', 'AWS::ECR::Repository', { LifecyclePolicy: Match.anyValue() }],
  [
    'ECS.19 managed termination protection',
    'AWS::ECS::CapacityProvider',
    {
      AutoScalingGroupProvider: {
        ManagedTerminationProtection: 'ENABLED',
        ManagedDraining: 'ENABLED',
        ManagedScaling: { Status: 'ENABLED' },
      },
    },
  ],
  ['AutoScaling.2 and 9 several zones, launch template', 'AWS::AutoScaling::AutoScalingGroup', GROUP],
  ['EC2.170 IMDSv2', 'AWS::EC2::LaunchTemplate', launch({ MetadataOptions: { HttpTokens: 'required' } })],
  [
    'EC2.25 no public address',
    'AWS::EC2::LaunchTemplate',
    launch({ NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: false })] }),
  ],
  [
    'EC2.181 encrypted volumes',
    'AWS::EC2::LaunchTemplate',
    launch({ BlockDeviceMappings: [encrypted('/dev/xvda'), encrypted('/dev/xvdb')] }),
  ],
  ['EFS.1 encrypted', 'AWS::EFS::FileSystem', { Encrypted: true }],
  [
    'EFS.2 in a backup plan',
    'AWS::Backup::BackupSelection',
    { BackupSelection: { Resources: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Planned'), 'Arn'] }] } },
  ],
  ['EFS.3 not the root directory', 'AWS::EFS::AccessPoint', { RootDirectory: { Path: '/srv/uploads' } }],
  ['EFS.4 a POSIX user', 'AWS::EFS::AccessPoint', { PosixUser: { Uid: '1000', Gid: '1000' } }],
  ['EFS.6 mount targets in private subnets', 'AWS::EFS::MountTarget', { SubnetId: PRIVATE_SUBNET }],
  ['EFS.7 automatic backups', 'AWS::EFS::FileSystem', { BackupPolicy: { Status: 'ENABLED' } }],
  [
    'FSx.2 tags copied to backups',
    'AWS::FSx::FileSystem',
    { FileSystemType: 'LUSTRE', LustreConfiguration: { CopyTagsToBackups: true } },
  ],
  [
    'FSx.4 ONTAP in two zones',
    'AWS::FSx::FileSystem',
    { FileSystemType: 'ONTAP', OntapConfiguration: { DeploymentType: 'MULTI_AZ_2' } },
  ],
  [
    'ELB.4 invalid headers dropped',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    attribute('routing.http.drop_invalid_header_fields.enabled'),
  ],
  ['ELB.5 access logs', 'AWS::ElasticLoadBalancingV2::LoadBalancer', attribute('access_logs.s3.enabled')],
  ['ELB.6 deletion protection', 'AWS::ElasticLoadBalancingV2::LoadBalancer', attribute('deletion_protection.enabled')],
  [
    'ELB.17 TLS policy',
    'AWS::ElasticLoadBalancingV2::Listener',
    { Port: 443, SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
  ],
  [
    'S3.1 no public access',
    'AWS::S3::Bucket',
    {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  ],
  [
    'S3.5 TLS only',
    'AWS::S3::BucketPolicy',
    {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    },
  ],
  ['CloudWatch.16 logs kept for a year', 'AWS::Logs::LogGroup', { RetentionInDays: 365 }],
];

/** The same for Kubernetes; AWS Config, Control Tower and cdk-nag look at the same properties. */
const EKS_CONTROLS: [control: string, type: string, properties: object][] = [
  [
    'EKS.1, CT.EKS.PR.1, EKS1 the endpoint is not public',
    'AWS::EKS::Cluster',
    { ResourcesVpcConfig: { EndpointPublicAccess: false, EndpointPrivateAccess: true } },
  ],
  ['EKS.2 a version that is supported', 'AWS::EKS::Cluster', { Version: '1.36' }],
  [
    'EKS.3, CT.EKS.PR.2 secrets are encrypted with a key',
    'AWS::EKS::Cluster',
    { EncryptionConfig: [{ Provider: { KeyArn: Match.anyValue() }, Resources: ['secrets'] }] },
  ],
  ['KMS.4 the key is rotated', 'AWS::KMS::Key', { EnableKeyRotation: true }],
  [
    'EKS.8, EKS2 all five logs, the audit log too',
    'AWS::EKS::Cluster',
    {
      Logging: {
        ClusterLogging: {
          EnabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })),
        },
      },
    },
  ],
  ['CloudWatch.16 the logs are kept for a year', 'AWS::Logs::LogGroup', { RetentionInDays: 365 }],
  ['EKS.9 nodes with an image of today', 'AWS::EKS::Nodegroup', { AmiType: 'AL2023_ARM_64_STANDARD' }],
  ['no SSH into nodes', 'AWS::EKS::Nodegroup', { RemoteAccess: Match.absent() }],
  [
    'EC2.170 IMDSv2 only, out of reach of pods',
    'AWS::EC2::LaunchTemplate',
    launch({ MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } }),
  ],
  [
    'EC2.7 disks of nodes are encrypted',
    'AWS::EC2::LaunchTemplate',
    launch({ BlockDeviceMappings: [encrypted('/dev/xvda')] }),
  ],
  ['SQS.1 queues are encrypted', 'AWS::SQS::Queue', { SqsManagedSseEnabled: true }],
];

describe('controls of Kubernetes', () => {
  const template = Template.fromStack(everythingEks().node.findChild('Fleet') as Stack);

  test.each(EKS_CONTROLS)('%s', (_control, type, properties) => {
    template.allResourcesProperties(type, properties);
  });

  test('IAM: no inline policy', () => {
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.allResourcesProperties('AWS::IAM::Role', { Policies: Match.absent() });
  });
});

describe('controls', () => {
  const app = everything();
  const templates = app.node.children.filter(Stack.isStack).map((stack) => Template.fromStack(stack));

  test.each(CONTROLS)('%s', (_control, type, properties) => {
    const template = templates.find((candidate) => Object.keys(candidate.findResources(type)).length > 0);
    template!.hasResourceProperties(type, properties);
  });

  test('IAM: no inline policy and no policy of AWS, anywhere in the library', () => {
    const types = app.node
      .findAll()
      .filter(CfnResource.isCfnResource)
      .map((resource) => resource.cfnResourceType);
    expect(types).not.toContain('AWS::IAM::Policy');
    for (const template of templates) {
      for (const [id, role] of Object.entries(template.findResources('AWS::IAM::Role'))) {
        // CDK's function that closes the default security group.
        if (id.startsWith('CustomVpcRestrictDefaultSG')) continue;
        expect(role.Properties.Policies).toBeUndefined();
        expect(role.Properties.ManagedPolicyArns).toBeUndefined();
      }
    }
  });
});

function launch(data: object): object {
  return { LaunchTemplateData: data };
}

function encrypted(device: string): object {
  return { DeviceName: device, Ebs: Match.objectLike({ Encrypted: true }) };
}

function attribute(key: string): object {
  return { LoadBalancerAttributes: Match.arrayWith([{ Key: key, Value: 'true' }]) };
}
