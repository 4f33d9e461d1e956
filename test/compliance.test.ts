import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { describeAcknowledgements } from './support/acknowledgements';
import type { AcknowledgedRow as Row } from './support/acknowledgements';
import { everything } from './support/everything';
import { Fixture, warnings } from './support/fixture';
import { FINDINGS } from '../lib/rules/findings';

const ALL = ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321'];
const WITHOUT_R4 = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'];

const HANDLERS = ['Account/Handler', 'Gate/Handler'];
const VOLUMES = 'Worker/TaskDefinition/InfrastructureRole';
const S3_FILES = 'Worker/TaskDefinition/S3Files7d47c11c';

const NETWORK_ACLS = Object.entries({
  Container: ['', '/InNetwork', '/InAnswers', '/InPacketTooBig', '/InLattice', '/OutNetwork', '/OutHttps'].concat(
    '/OutLatticeAnswers',
  ),
  Data: ['', '/InContainers', '/InData', '/OutContainers', '/OutData'],
  Public: ['', '/InHttps', '/InHttp', '/InContainers', '/InAnswers', '/InPacketTooBig'].concat(
    ...['/OutContainers', '/OutHttps', '/OutAnswers'],
  ),
}).flatMap(([tier, rules]) => rules.map((rule) => `Network/${tier}NetworkAcl${rule}`));

/**
 * Every finding that the library acknowledges: the rule, the resource, the packs that have the rule. Nothing gets in
 * here unseen: a new row needs a reason that is true, and the thought whether a default could avoid it.
 */
const ACKNOWLEDGED: Row[] = [
  ['ALBHttpToHttpsRedirection', ['Plain/LoadBalancer/Listener'], ALL],
  ['ALBWAFEnabled', ['Plain/LoadBalancer', 'Web/LoadBalancer'], ['NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321']],
  [
    'CloudWatchLogGroupEncrypted',
    [
      'Ecs/ExecLogGroup',
      'Lattice/AccessLogGroup',
      'Lattice/LogGroup',
      'Network/FlowLogGroup',
      'Plain/LogGroup',
      'Rebuild/LogGroup',
      'Web/LogGroup',
      'Worker/LogGroup',
      ...HANDLERS.map((handler) => `${handler}/LogGroup`),
    ],
    ALL,
  ],
  ...(
    [
      ['LambdaConcurrency', ['HIPAA.Security', 'NIST.800.53.R5']],
      ['LambdaDLQ', ['HIPAA.Security', 'NIST.800.53.R5', 'Serverless']],
      ['LambdaInsideVPC', ALL],
      ['LambdaTracing', ['Serverless']],
    ] as [string, string[]][]
  ).map(([rule, packs]): Row => [rule, HANDLERS.map((handler) => `${handler}/Function`), packs]),
  ['CB4', ['Rebuild/Project'], ['AwsSolutions']],
  ['CodeBuildProjectSourceRepoUrl', ['Rebuild/Project'], ['HIPAA.Security', 'NIST.800.53.R4', 'PCI.DSS.321']],
  ['ECR1', ['Hub/Repository'], ['AwsSolutions']],
  [
    'EventBusDLQ',
    ['Hub/Findings/FindingRule', 'Hub/Findings/ScanRule', 'Rebuild/DeploymentRule', 'Rebuild/ScheduleRule'],
    ['Serverless'],
  ],
  ['AS3', ['Pool/AutoScalingGroup'], ['AwsSolutions']],
  ['EC26', ['Pool/AutoScalingGroup'], ['AwsSolutions']],
  ['EC2IMDSv2Enabled', ['Pool/AutoScalingGroup'], ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5']],
  [
    'EC23',
    ['Gateway/SecurityGroup', 'Plain/LoadBalancerSecurityGroup', 'Web/LoadBalancerSecurityGroup'],
    ['AwsSolutions'],
  ],
  // The engine of CDK itself is no pack.
  ['E1029', ['Worker/TaskDefinition'], ['']],
  // Releases of CDK that are older than the type do not know it.
  ...('CfnGateway' in ecs ? [] : [['F3006', ['Gateway'], ['']] as Row]),
  ['ECS2', ['Web/TaskDefinition', 'Worker/TaskDefinition'], ['AwsSolutions']],
  ['EFSInBackupPlan', ['Uploads/FileSystem'], ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5']],
  ['ELB2', ['Plain/Route2/LoadBalancer'], ['AwsSolutions']],
  ['ELBLoggingEnabled', ['Plain/Route2/LoadBalancer'], ALL],
  [
    'ELBv2ACMCertificateRequired',
    ['Plain/LoadBalancer/Listener', 'Plain/Route2/LoadBalancer/Listener5432', 'Web/LoadBalancer/Redirect'],
    WITHOUT_R4,
  ],
  [
    'IAM5[Resource::*]',
    [
      ...HANDLERS.map((handler) => `${handler}/Role/Policy`),
      'Build/Policy',
      'Cache/Role/Policy',
      'Deployments/Policy',
      'Gateway/InfrastructureRole/Policy3',
      'Lattice/InfrastructureRole/Policy',
      'Managed/InfrastructureRole/Policy2',
      'Managed/InstanceRole/Policy',
      'Planned/BackupRole/Policy',
      'Pool/Role/Policy',
      'Rebuild/Role/Policy',
      'Web/ExecutionRole/Policy',
      'Web/TaskRole/Policy',
      `${VOLUMES}/Policy`,
    ],
    ['AwsSolutions'],
  ],
  ...['fleet', 'instance', 'launch-template', 'network-interface', 'volume'].map((resource): Row => [
    `IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:${resource}/*]`,
    [
      'Managed/InfrastructureRole/Policy',
      'Managed/InfrastructureRole/Policy2',
      ...(['instance', 'volume'].includes(resource) ? [`${VOLUMES}/Policy`] : []),
    ],
    ['AwsSolutions'],
  ]),
  ...['DeleteObject', 'GetObject', 'List', 'PutObject'].map((action): Row => [
    `IAM5[Action::s3:${action}*]`,
    [`${S3_FILES}/Role/Policy`],
    ['AwsSolutions'],
  ]),
  ['IAM5[Resource::<Bucket83908E77.Arn>/*]', [`${S3_FILES}/Role/Policy`], ['AwsSolutions']],
  ['IAM5[Resource::<Bucket83908E77.Arn>/reports/*]', ['Worker/TaskRole/Policy'], ['AwsSolutions']],
  ...['*', 'DO-NOT-DELETE-S3-Files*'].map((rule): Row => [
    `IAM5[Resource::arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/${rule}]`,
    [`${S3_FILES}/Role/Policy`],
    ['AwsSolutions'],
  ]),
  ...['backup-vault', 'recovery-point'].map((resource): Row => [
    `IAM5[Resource::arn:<AWS::Partition>:backup:<AWS::Region>:<AWS::AccountId>:${resource}:*]`,
    ['Planned/BackupRole/Policy'],
    ['AwsSolutions'],
  ]),
  [
    'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>::image/*]',
    ['Managed/InfrastructureRole/Policy'],
    ['AwsSolutions'],
  ],
  [
    'IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:container-instance/*]',
    ['Managed/InstanceRole/Policy'],
    ['AwsSolutions'],
  ],
  [
    'IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]',
    ['Planned/BackupRole/Policy', 'Web/ExecutionRole/Policy'],
    ['AwsSolutions'],
  ],
  ...(
    [
      ['acm', 'certificate/*', ['Policy2']],
      ['ec2', 'security-group-rule/*', ['Policy2']],
      ['ec2', 'security-group/*', ['Policy', 'Policy2']],
      ['elasticloadbalancing', 'listener-rule/app/*/*/*/*', ['Policy']],
      ['elasticloadbalancing', 'listener/app/*/*/*', ['Policy']],
      ['elasticloadbalancing', 'loadbalancer/app/*/*', ['Policy', 'Policy2']],
      ['elasticloadbalancing', 'targetgroup/*/*', ['Policy']],
      ['wafv2', 'regional/webacl/*/*', ['Policy2']],
    ] as [string, string, string[]][]
  ).map(([service, resource, policies]): Row => [
    `IAM5[Resource::arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}]`,
    policies.map((policy) => `Gateway/InfrastructureRole/${policy}`),
    ['AwsSolutions'],
  ]),
  [
    'IAM5[Resource::arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/theirs/*]',
    ['Build/Policy', 'Cache/Role/Policy', 'Cache/Template/Role/Policy'],
    ['AwsSolutions'],
  ],
  [
    'IAM5[Resource::arn:<AWS::Partition>:ecr:eu-central-1:444455556666:repository/*]',
    ['Cache/Role/Policy'],
    ['AwsSolutions'],
  ],
  ['S1', ['Gateway/AccessLogs', 'Plain/AccessLogs', 'Web/AccessLogs'], ['AwsSolutions']],
  ['S3BucketDefaultLockEnabled', ['Gateway/AccessLogs', 'Plain/AccessLogs', 'Web/AccessLogs'], ['NIST.800.53.R4']],
  ['S3BucketLoggingEnabled', ['Gateway/AccessLogs', 'Plain/AccessLogs', 'Web/AccessLogs'], ALL],
  ['S3BucketReplicationEnabled', ['Gateway/AccessLogs', 'Plain/AccessLogs', 'Web/AccessLogs'], ALL],
  ['S3DefaultEncryptionKMS', ['Gateway/AccessLogs', 'Plain/AccessLogs', 'Web/AccessLogs'], WITHOUT_R4],
  ['VPC3', NETWORK_ACLS, ['AwsSolutions']],
  ['VPCNoUnrestrictedRouteToIGW', [1, 2].map((zone) => `Network/Vpc/PublicSubnet${zone}/DefaultRoute`), WITHOUT_R4],
];

describeAcknowledgements({
  app: everything,
  stack: 'Shop',
  rows: ACKNOWLEDGED,
  table: FINDINGS,
  theirs: ['Vpc', 'Secret', 'Key', 'Plan', 'Vault', 'Bucket'],
  // CDK's flow log explains itself.
  explained: ['Network/FlowLog'],
});

test('a rule towards a database warns of nothing, though the tasks may reach everything', () => {
  const { stack, vpc, ...fixture } = new Fixture();
  const database = new ec2.SecurityGroup(stack, 'Database', { vpc });
  const bare = new ec2.SecurityGroup(stack, 'Bare', { vpc });
  const service = Fixture.prototype.web.call({ stack, vpc, ...fixture } as Fixture);
  service.connections.allowTo(database, ec2.Port.tcp(5432));
  expect(warnings(service)).toEqual([]);
  bare.connections.allowTo(database, ec2.Port.tcp(5432));
  expect(warnings(bare)).toEqual([expect.stringContaining('Ignoring Egress rule')]);
});
