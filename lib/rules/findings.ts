import type { Acknowledgment } from 'aws-cdk-lib';

/** The rule packs of cdk-nag 3 that the library is tested with. */
type Pack = 'AwsSolutions' | 'HIPAA.Security' | 'NIST.800.53.R4' | 'NIST.800.53.R5' | 'PCI.DSS.321' | 'Serverless';

/** One rule under the names that its packs give it. */
export function findings(rule: string, packs: Pack[], reason: string): Acknowledgment[] {
  return packs.map((pack) => ({ id: `${pack}::${pack}-${rule}`, reason }));
}

const HIPAA = 'HIPAA.Security';
const R4 = 'NIST.800.53.R4';
const R5 = 'NIST.800.53.R5';
const PCI = 'PCI.DSS.321';

/**
 * Findings that no default can avoid, and why. A construct acknowledges them on the exact resource, and only
 * where they arise; test/compliance.test.ts holds the list and sees each finding come back without it.
 */
export const FINDINGS = {
  /** An execution role that pulls from ECR. */
  ecrAuthorizationToken: findings(
    'IAM5[Resource::*]',
    ['AwsSolutions'],
    'ecr:GetAuthorizationToken has no resource level: AWS accepts it on * only',
  ),
  /** A repository from which an organization pulls. */
  organizationPull: findings(
    'ECR1',
    ['AwsSolutions'],
    'the condition aws:PrincipalOrgID closes it to everybody but the organization that was named; the rule sees the principal only',
  ),
  /** An execution role that reads secrets with keys of their own. */
  decryptOfSecrets: findings(
    'IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]',
    ['AwsSolutions'],
    'conditions narrow it to the secrets of this role, decrypted through Secrets Manager; naming the keys would tie their stacks to this one',
  ),
  /** A task role of a service with ECS Exec. */
  execChannels: findings(
    'IAM5[Resource::*]',
    ['AwsSolutions'],
    'ssmmessages channels and logs:DescribeLogGroups have no resource level: ECS Exec was asked for with allowExec',
  ),
  /** A role of instances or of what ECS does with them. */
  instanceAgent: findings(
    'IAM5[Resource::*]',
    ['AwsSolutions'],
    'ecs:DiscoverPollEndpoint and the channels of Session Manager have no resource level, and an instance has no id before it registers with Systems Manager; all else is bound to the cluster by a condition',
  ),
  /** A role of Managed Instances. */
  systemLogs: findings(
    'IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:container-instance/*]',
    ['AwsSolutions'],
    'the id of an instance is not known before it sends its logs',
  ),
  /** A role with which ECS starts instances. */
  infrastructure: [
    ...findings('IAM5[Resource::*]', ['AwsSolutions'], 'the Describe and List actions of EC2 have no resource level'),
    ...['fleet', 'instance', 'network-interface', 'launch-template', 'volume'].flatMap((resource) =>
      findings(
        `IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:${resource}/*]`,
        ['AwsSolutions'],
        'ECS makes them, and their ids are not known before; conditions narrow it to what ECS tags and operates',
      ),
    ),
    ...findings(
      'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>::image/*]',
      ['AwsSolutions'],
      'the image is the newest that AWS published for Managed Instances',
    ),
  ],
  /** A role with which ECS makes volumes. */
  volumes: [
    ...findings('IAM5[Resource::*]', ['AwsSolutions'], 'the Describe actions of EC2 have no resource level'),
    ...findings(
      'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:volume/*]',
      ['AwsSolutions'],
      'ECS makes them, and their ids are not known before; conditions narrow it to what ECS tags',
    ),
    ...findings(
      'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*]',
      ['AwsSolutions'],
      'a volume is attached to the instance of its task, which is not known before; the volume must be one of ECS',
    ),
  ],
  /** A role with which ECS moves traffic. */
  loadBalancers: findings(
    'IAM5[Resource::*]',
    ['AwsSolutions'],
    'the Describe actions of Elastic Load Balancing have no resource level',
  ),
  /** A role with which ECS registers tasks in VPC Lattice. */
  lattice: findings('IAM5[Resource::*]', ['AwsSolutions'], 'the Describe actions of EC2 have no resource level'),
  /** A group with several instance types: its launch template stands where the rules do not look. */
  mixedInstances: [
    ...findings(
      'EC26',
      ['AwsSolutions'],
      'the disks of the launch template are encrypted; the rule fails on a mixed instances policy',
    ),
    ...findings(
      'EC2IMDSv2Enabled',
      [HIPAA, R4, R5],
      'the launch template requires IMDSv2; the rule does not look into a mixed instances policy',
    ),
  ],
  /** A group of instances nobody wants to hear of. */
  noNotifications: findings(
    'AS3',
    ['AwsSolutions'],
    'ECS starts, drains and replaces the instances by itself; who wants to hear of it passes notificationTopic',
  ),
  /** A container with plain environment variables. */
  plainEnvironment: findings(
    'ECS2',
    ['AwsSolutions'],
    'environment holds settings that are no secrets; secrets come from Secrets Manager or Systems Manager through `secrets`',
  ),
  /** A configuration file whose text has braces of its own language. */
  braces: [
    {
      id: 'CloudFormation-Validate::E1029',
      reason:
        'the text of a file may have ${…} of its own language, which CloudFormation leaves as it is outside of Fn::Sub',
    },
  ],
  /** A Lambda function that does something for CloudFormation. */
  handler: [
    ...findings(
      'LambdaInsideVPC',
      [HIPAA, R4, R5, PCI],
      'it calls APIs of AWS and nothing in a network: inside of a VPC it would need a way out of it',
    ),
    ...findings(
      'LambdaConcurrency',
      [HIPAA, R5],
      'only CloudFormation calls it, once in a deployment: reserved concurrency would take from the other functions of the account',
    ),
    ...findings(
      'LambdaDLQ',
      [HIPAA, R5, 'Serverless'],
      'CloudFormation waits for its answer and fails the deployment without one: nobody would read a queue',
    ),
    ...findings(
      'LambdaTracing',
      ['Serverless'],
      'it runs once in a deployment and logs what it does; X-Ray would need permissions on every resource',
    ),
  ],
  /** The role of a function that sets account settings of ECR. */
  accountSettings: findings(
    'IAM5[Resource::*]',
    ['AwsSolutions'],
    'account settings have no resource level; a condition narrows it to the settings that it is about',
  ),
  /** The role of a function that reads what scans found. */
  inspectorFindings: findings(
    'IAM5[Resource::*]',
    ['AwsSolutions'],
    'inspector2:ListFindings has no resource level, and ECR needs it of who reads the findings of enhanced scanning',
  ),
  /** A project that builds images. */
  builds: [
    ...findings(
      'CodeBuildProjectSourceRepoUrl',
      [HIPAA, R4, PCI],
      'the code comes over a connection of AWS CodeConnections or from S3, with no token or password; the rule knows OAuth only',
    ),
    ...findings(
      'CB4',
      ['AwsSolutions'],
      'a build has no artifacts that a key could encrypt: the image is pushed to the repository, which has encryptionKey',
    ),
  ],
  /** A rule that starts builds of images. */
  buildRules: findings(
    'EventBusDLQ',
    ['Serverless'],
    'the next build has what a lost one would have had, and the metric FailedInvocations of the rule counts it: nobody would read a queue',
  ),
  /** A rule that tells of findings in images. */
  findingRules: findings(
    'EventBusDLQ',
    ['Serverless'],
    'EventBridge tries for a day, what it could not tell stays with ECR or Inspector, and the metric FailedInvocations of the rule counts it: nobody would read a queue',
  ),
  /** A log group without a key of the user's. */
  logGroupServiceKey: findings(
    'CloudWatchLogGroupEncrypted',
    [HIPAA, R4, R5, PCI],
    'CloudWatch Logs encrypts it with a key of its own; a customer managed key is the choice of `encryptionKey`, at its price',
  ),
  /** A file system with automatic backups. */
  automaticBackups: findings(
    'EFSInBackupPlan',
    [HIPAA, R4, R5],
    'its BackupPolicy puts it into the automatic backup plan of AWS Backup; the rule looks for a BackupSelection only',
  ),
  /** A security group that lets tasks reach everything: CDK warns of each egress rule that this makes needless. */
  outboundOpen: [
    {
      id: 'Annotation::@aws-cdk/aws-ec2:ipv4IgnoreEgressRule',
      reason: 'tasks may reach everything, so that the rule that allowTo… would add is not needed',
    },
  ],
  /** The subnets of load balancers and NAT gateways. */
  internetRoute: findings(
    'VPCNoUnrestrictedRouteToIGW',
    [HIPAA, R5, PCI],
    'public load balancers and NAT gateways need the internet gateway; the subnets hold nothing else and give no public addresses by themselves',
  ),
  /** A network ACL for each tier of a network. */
  networkAcls: findings(
    'VPC3',
    ['AwsSolutions'],
    'a second line behind the security groups, one network ACL for each tier; its few rules are written and tested with the return traffic in mind',
  ),
  /** A load balancer that the internet may reach. */
  publicLoadBalancer: findings(
    'EC23',
    ['AwsSolutions'],
    'a public route was asked for: its listener port is open to all, or to `allowFrom`',
  ),
  /** A load balancer without a web ACL in the stack. */
  noWebAcl: findings(
    'ALBWAFEnabled',
    [R4, R5, PCI],
    'the rules of a web ACL are those of the application: associate one with the load balancer, here or with Firewall Manager',
  ),
  /** A listener that was asked to speak plain HTTP. */
  plainHttp: [
    ...findings(
      'ELBv2ACMCertificateRequired',
      [HIPAA, R5, PCI],
      'Routing.http was asked for: no certificate, plain HTTP',
    ),
    ...findings(
      'ALBHttpToHttpsRedirection',
      [HIPAA, R4, R5, PCI],
      'Routing.http was asked for: there is no HTTPS listener to redirect to',
    ),
  ],
  /** A listener that does nothing but redirect to HTTPS. */
  redirectListener: findings(
    'ELBv2ACMCertificateRequired',
    [HIPAA, R5, PCI],
    'the listener only redirects to HTTPS, as redirectHttp asks; a redirect needs no certificate',
  ),
  /** A listener that passes on what it gets. */
  passThrough: findings(
    'ELBv2ACMCertificateRequired',
    [HIPAA, R5, PCI],
    'a TCP or UDP listener has no certificate: what passes is encrypted by client and container, if they encrypt; with elbv2.Protocol.TLS the load balancer decrypts',
  ),
  /** A Network Load Balancer without a TLS listener. */
  nothingToLog: [
    ...findings(
      'ELB2',
      ['AwsSolutions'],
      'Network Load Balancers write access logs of TLS listeners only, and it has none: flow logs of the VPC have its connections',
    ),
    ...findings(
      'ELBLoggingEnabled',
      [HIPAA, R4, R5, PCI],
      'Network Load Balancers write access logs of TLS listeners only, and it has none: flow logs of the VPC have its connections',
    ),
  ],
  /** A bucket for the access logs of load balancers. */
  accessLogBucket: [
    ...findings(
      'S1',
      ['AwsSolutions'],
      'the bucket holds access logs itself: logging its own accesses would never end',
    ),
    ...findings(
      'S3BucketLoggingEnabled',
      [HIPAA, R4, R5, PCI],
      'the bucket holds access logs itself: logging its own accesses would never end',
    ),
    ...findings(
      'S3BucketReplicationEnabled',
      [HIPAA, R4, R5, PCI],
      'a copy in another region is the choice of the account: pass accessLogsBucket',
    ),
    ...findings(
      'S3DefaultEncryptionKMS',
      [HIPAA, R5, PCI],
      'Application Load Balancers deliver logs to buckets with SSE-S3 only; behind a Network Load Balancer pass accessLogsBucket with a key of yours',
    ),
    ...findings(
      'S3BucketDefaultLockEnabled',
      [R4],
      'Object Lock keeps logs from being deleted, which is a decision of the account: pass accessLogsBucket',
    ),
  ],
} as const;

/** Why a statement has wildcards that name a resource of the user: cdk-nag's findings name it too, so they are no constants. */
export const WILDCARDS = {
  s3Files:
    'these are the permissions that AWS documents for S3 Files, narrowed to the bucket and to rules of its own: which versions of an action it uses, and what its rules are called, is not known before',
  s3FilesReads:
    'the mount reads large files from the bucket itself: the objects of the mounted directory, and no others',
  publicLogIn:
    'ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken have no resource level: AWS accepts them on * only',
  gateway:
    'ECS makes the load balancers, security groups and certificates of a gateway, so that their ids are not known before: conditions narrow it to what ECS tags as its own; Describe actions have no resource level',
  cached:
    'ECR makes the repositories of a prefix when their first image arrives, so that their names are not known before; and ecr:GetAuthorizationToken has no resource level',
  backups:
    'recovery points have ids of their own, and the vault of the plan has a key that the plan does not tell: only AWS Backup may use it',
} as const;
