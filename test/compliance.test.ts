import {
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_kms as kms,
  aws_secretsmanager as secretsmanager,
  CfnResource,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ContainerRepository, Mount, Routing, SharedFileSystem } from '../lib';
import { Fixture, IMAGE, newApp, warnings } from './support/fixture';
import { STRICT, validate } from './support/validate';
import type { Finding } from './support/validate';
import { FINDINGS } from '../lib/rules/findings';

const ALL = ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321'];
const WITHOUT_R4 = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'];

/**
 * Every finding that the library acknowledges: the rule, the resource, the packs that have the rule. Nothing gets in
 * here unseen: a new row needs a reason that is true, and the thought whether a default could avoid it.
 */
const ACKNOWLEDGED: [rule: string, resources: string[], packs: string[]][] = [
  ['ALBHttpToHttpsRedirection', ['Plain/LoadBalancer/Listener'], ALL],
  ['ALBWAFEnabled', ['Plain/LoadBalancer', 'Web/LoadBalancer'], ['NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321']],
  ['CloudWatchLogGroupEncrypted', ['Ecs/ExecLogGroup', 'Plain/LogGroup', 'Web/LogGroup'], ALL],
  ['EC23', ['Plain/LoadBalancerSecurityGroup', 'Web/LoadBalancerSecurityGroup'], ['AwsSolutions']],
  ['ECS2', ['Web/TaskDefinition'], ['AwsSolutions']],
  ['EFSInBackupPlan', ['Uploads/FileSystem'], ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5']],
  ['ELBv2ACMCertificateRequired', ['Plain/LoadBalancer/Listener', 'Web/LoadBalancer/Redirect'], WITHOUT_R4],
  ['IAM5[Resource::*]', ['Web/ExecutionRole/Policy', 'Web/TaskRole/Policy'], ['AwsSolutions']],
  [
    'IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]',
    ['Web/ExecutionRole/Policy'],
    ['AwsSolutions'],
  ],
  ['S1', ['Plain/AccessLogs', 'Web/AccessLogs'], ['AwsSolutions']],
  ['S3BucketDefaultLockEnabled', ['Plain/AccessLogs', 'Web/AccessLogs'], ['NIST.800.53.R4']],
  ['S3BucketLoggingEnabled', ['Plain/AccessLogs', 'Web/AccessLogs'], ALL],
  ['S3BucketReplicationEnabled', ['Plain/AccessLogs', 'Web/AccessLogs'], ALL],
  ['S3DefaultEncryptionKMS', ['Plain/AccessLogs', 'Web/AccessLogs'], WITHOUT_R4],
];

describe('acknowledgements', () => {
  const app = everything();
  const { acknowledged, open } = validate(app);

  test('are these and no others', () => {
    const expected = ACKNOWLEDGED.flatMap(([rule, resources, packs]) =>
      resources.flatMap((resource) => packs.map((pack) => `Shop/${resource}/Resource ${pack}-${rule}`)),
    );
    expect(acknowledged.map((finding) => `${finding.path} ${finding.rule}`).sort()).toEqual(expected.sort());
  });

  test('leave no finding open', () => {
    expect(ours(open)).toEqual([]);
  });

  // An acknowledgement that silences nothing is stale or misspelt: the finding that it names must be there.
  test('each silence a finding on its own construct', () => {
    const silenced = new Set(acknowledged.map((finding) => `${finding.path} ${finding.acknowledgedId}`));
    const stale = app.node
      .findAll()
      .flatMap((construct) => acknowledgedIds(construct.node.metadata).map((id) => ({ path: construct.node.path, id })))
      // A stack acknowledges a warning of CDK's own.
      .filter(({ path, id }) => path.includes('/') && !id.startsWith('Annotation::'))
      .filter(
        ({ path, id }) => ![...silenced].some((entry) => entry.startsWith(`${path}/`) && entry.endsWith(` ${id}`)),
      );
    expect(stale).toEqual([]);
  });

  test('are all rows of the table in lib/rules/findings.ts', () => {
    const known = acknowledged.map((finding) => finding.acknowledgedId);
    const rows = Object.entries(FINDINGS).filter(([, row]) => !row.some(({ id }) => id.startsWith('Annotation::')));
    for (const [name, row] of rows) {
      for (const { id } of row) expect({ name, id, met: known.includes(id) }).toEqual({ name, id, met: true });
    }
  });
});

test('removing the acknowledgements brings every finding back', () => {
  const app = everything();
  for (const construct of app.node.findAll()) {
    // What `acknowledge` wrote is all that holds a finding back.
    const metadata = (construct.node as unknown as { _metadata?: { type: string }[] })._metadata ?? [];
    for (let index = metadata.length - 1; index >= 0; index--) {
      if (metadata[index].type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY) metadata.splice(index, 1);
    }
  }
  const { acknowledged, open } = validate(app);
  expect(acknowledged).toEqual([]);
  const count = ACKNOWLEDGED.reduce((sum, [, resources, packs]) => sum + resources.length * packs.length, 0);
  // The two warnings besides are CDK's own, of the egress rule that a mount does not need, and of our public HTTP.
  expect(ours(open).filter(({ rule }) => !rule.startsWith('Annotation::'))).toHaveLength(count);
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
  ['EFS.1 encrypted', 'AWS::EFS::FileSystem', { Encrypted: true }],
  ['EFS.3 not the root directory', 'AWS::EFS::AccessPoint', { RootDirectory: { Path: '/srv/uploads' } }],
  ['EFS.4 a POSIX user', 'AWS::EFS::AccessPoint', { PosixUser: { Uid: '1000', Gid: '1000' } }],
  ['EFS.7 automatic backups', 'AWS::EFS::FileSystem', { BackupPolicy: { Status: 'ENABLED' } }],
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
      for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
        expect(role.Properties.Policies).toBeUndefined();
        expect(role.Properties.ManagedPolicyArns).toBeUndefined();
      }
    }
  });
});

function attribute(key: string): object {
  return { LoadBalancerAttributes: Match.arrayWith([{ Key: key, Value: 'true' }]) };
}

/** `acknowledge` keeps one record on a construct: reasons by id. */
function acknowledgedIds(metadata: { type: string; data?: unknown }[]): string[] {
  return metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.keys(data as Record<string, string>));
}

/** What the user brought is not ours to judge. */
function ours(findings: Finding[]): Finding[] {
  return findings.filter(({ path }) => !/^Shop\/(Vpc|Secret|Key)\//.test(path));
}

/** Services that meet every finding, on a network and with a secret of the user. */
function everything(): App {
  const app = newApp(STRICT);
  const images = new ContainerRepository(new Stack(app, 'Registry'), 'Images');
  const made = new Fixture(app);
  const uploads = new SharedFileSystem(made.stack, 'Uploads', { vpc: made.vpc });
  const key = new kms.Key(made.stack, 'Key', { enableKeyRotation: true });
  const secret = new secretsmanager.Secret(made.stack, 'Secret', { encryptionKey: key });
  const certificate = acm.Certificate.fromCertificateArn(
    made.stack,
    'Certificate',
    'arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-0000-0000-000000000000',
  );
  made.web({
    container: {
      image: images.image('1.0.0'),
      environment: { LOG: 'info' },
      secrets: { TOKEN: ecs.Secret.fromSecretsManager(secret) },
      mounts: [uploads.mount('/srv/uploads'), Mount.scratch('/var/lib/amazon'), Mount.scratch('/var/log/amazon')],
    },
    allowExec: true,
    routing: Routing.https({ certificates: [certificate], redirectHttp: true }),
  });
  const plain = made.web({ container: { image: IMAGE }, routing: Routing.http() }, made.stack, 'Plain');
  Validations.of(plain).acknowledge({
    id: 'Annotation::cdk-containers:RoutingPublicHttp',
    reason: 'what this app tests',
  });
  return app;
}
