import {
  aws_backup as backup,
  aws_ec2 as ec2,
  aws_efs as efs,
  aws_kms as kms,
  Size,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import { SharedFileSystem } from '../../lib';
import type { SharedFileSystemProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { ancestorsOf, expectAcyclic, graphOf } from '../support/graph';
import { expectNothingInline, policiesOf, statementsOf } from '../support/policies';

const TYPE = 'AWS::EFS::FileSystem';
const ENV = { account: '111122223333', region: 'eu-west-1' };

function setup(env?: typeof ENV) {
  const stack = new Stack(newApp(), 'Shop', { env });
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
  const make = (props: Partial<SharedFileSystemProps> = {}, id = 'Uploads') =>
    new SharedFileSystem(stack, id, { vpc, ...props });
  return { stack, vpc, make, template: () => Template.fromStack(stack) };
}

function properties(props: Partial<SharedFileSystemProps>) {
  const { make, template } = setup();
  make(props);
  return only(template(), TYPE).Properties;
}

/** The findings that a file system acknowledges. */
function acknowledged({ fileSystem }: SharedFileSystem): string[] {
  return fileSystem.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.keys(data as object));
}

describe('throughput of a SharedFileSystem', () => {
  test.each<[string, Partial<SharedFileSystemProps>]>([
    ['alone', {}],
    ['with its mode', { throughputMode: efs.ThroughputMode.PROVISIONED }],
  ])('is provisioned when it is given, %s', (_how, more) => {
    const found = properties({ provisionedThroughputPerSecond: Size.mebibytes(64), ...more });
    expect(found).toMatchObject({ ThroughputMode: 'provisioned', ProvisionedThroughputInMibps: 64 });
  });

  test('is elastic when nothing is given', () => {
    expect(properties({})).toMatchObject({ ThroughputMode: 'elastic' });
    expect(properties({})).not.toHaveProperty('ProvisionedThroughputInMibps');
  });

  test('fails when it is given with another mode', () => {
    const { make } = setup();
    expectFailure(
      () => make({ throughputMode: efs.ThroughputMode.ELASTIC, provisionedThroughputPerSecond: Size.mebibytes(64) }),
      "provisionedThroughputPerSecond must be given with ThroughputMode.PROVISIONED and with no other, got 64 with 'elastic': give both, or leave provisionedThroughputPerSecond out",
    );
  });
});

describe('lifecycle of files', () => {
  test('has an archive where told', () => {
    expect(properties({ transitionToArchivePolicy: efs.LifecyclePolicy.AFTER_90_DAYS }).LifecyclePolicies).toEqual([
      { TransitionToIA: 'AFTER_30_DAYS' },
      { TransitionToArchive: 'AFTER_90_DAYS' },
    ]);
  });

  test('brings them back when they are read, where told', () => {
    const outOfInfrequentAccessPolicy = efs.OutOfInfrequentAccessPolicy.AFTER_1_ACCESS;
    expect(properties({ outOfInfrequentAccessPolicy }).LifecyclePolicies).toEqual([
      { TransitionToIA: 'AFTER_30_DAYS' },
      { TransitionToPrimaryStorageClass: 'AFTER_1_ACCESS' },
    ]);
  });
});

describe('copies of a SharedFileSystem', () => {
  test('are none unless told otherwise, and it is nobody else’s copy', () => {
    expect(properties({})).not.toHaveProperty('ReplicationConfiguration');
    expect(properties({})).not.toHaveProperty('FileSystemProtection');
  });

  test('stand in another region', () => {
    const { stack, make, template } = setup();
    const kmsKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111122223333:key/0123');
    make({ replicationConfiguration: efs.ReplicationConfiguration.regionalFileSystem('us-east-1', kmsKey) });
    expect(only(template(), TYPE).Properties.ReplicationConfiguration).toEqual({
      Destinations: [{ Region: 'us-east-1', KmsKeyId: kmsKey.keyArn }],
    });
  });

  test('stand in one zone', () => {
    const replicationConfiguration = efs.ReplicationConfiguration.oneZoneFileSystem('us-east-1', 'us-east-1a');
    expect(properties({ replicationConfiguration }).ReplicationConfiguration).toEqual({
      Destinations: [{ Region: 'us-east-1', AvailabilityZoneName: 'us-east-1a' }],
    });
  });

  test('may be another one, which is not protected from that', () => {
    const { make, template } = setup(ENV);
    const { DISABLED: replicationOverwriteProtection } = efs.ReplicationOverwriteProtection;
    const { fileSystem } = make({ replicationOverwriteProtection }, 'Copy');
    make({ replicationConfiguration: efs.ReplicationConfiguration.existingFileSystem(fileSystem) });
    const [copy, ...copies] = Object.entries(template().findResources(TYPE)).filter(([id]) => id.startsWith('Copy'));
    expect(copies).toEqual([]);
    expect(copy[1].Properties.FileSystemProtection).toEqual({ ReplicationOverwriteProtection: 'DISABLED' });
    template().hasResourceProperties(TYPE, {
      ReplicationConfiguration: { Destinations: [{ FileSystemId: { Ref: copy[0] }, Region: 'eu-west-1' }] },
    });
    expectAcyclic(template());
  });
});

describe('a SharedFileSystem in a backup plan', () => {
  const planned = (props: Partial<SharedFileSystemProps> = {}) => {
    const { stack, make, template } = setup();
    const backupPlan = backup.BackupPlan.dailyMonthly1YearRetention(stack, 'Plan');
    const uploads = make({ backupPlan, ...props });
    return { stack, uploads, template };
  };

  test('is selected by its name', () => {
    const { uploads, template } = planned();
    const { id } = only(template(), TYPE);
    expect(uploads.backupSelection).toBeInstanceOf(backup.BackupSelection);
    expect(only(template(), 'AWS::Backup::BackupSelection').Properties).toEqual({
      BackupPlanId: { 'Fn::GetAtt': [expect.stringMatching(/^Plan/), 'BackupPlanId'] },
      BackupSelection: {
        IamRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^UploadsBackupRole/), 'Arn'] },
        Resources: [{ 'Fn::GetAtt': [id, 'Arn'] }],
        SelectionName: 'BackupSelection',
      },
    });
  });

  test('is copied with a role that AWS Backup assumes', () => {
    const roles = Object.entries(planned().template().findResources('AWS::IAM::Role'));
    const [role, ...others] = roles.filter(([id]) => id.startsWith('UploadsBackupRole'));
    expect(others).toEqual([]);
    expect(role[1].Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'backup.amazonaws.com' },
      },
    ]);
  });

  test('may be copied, and nothing else', () => {
    const template = planned().template();
    const arn = (service: string, resource: string) => {
      const parts = ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':'];
      return { 'Fn::Join': ['', [...parts, { Ref: 'AWS::AccountId' }, `:${resource}`]] };
    };
    expect(statementsOf(template, 'UploadsBackupRole')).toEqual(
      [
        {
          Action: ['elasticfilesystem:Backup', 'elasticfilesystem:DescribeTags'],
          Resource: { 'Fn::GetAtt': [only(template, TYPE).id, 'Arn'] },
        },
        {
          Action: ['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
          Resource: arn('backup', 'backup-vault:*'),
        },
        { Action: 'backup:TagResource', Resource: arn('backup', 'recovery-point:*') },
        { Action: 'tag:GetResources', Resource: '*' },
        { Action: 'kms:DescribeKey', Resource: arn('kms', 'key/*') },
        {
          Action: 'kms:CreateGrant',
          Resource: arn('kms', 'key/*'),
          Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
        },
      ].map((statement) => ({ Effect: 'Allow', ...statement })),
    );
    expectNothingInline(template);
    expectAcyclic(template);
  });

  test('is selected when the role has its permissions', () => {
    const template = planned().template();
    const [policy] = policiesOf(template, 'UploadsBackupRole');
    const { id } = only(template, 'AWS::Backup::BackupSelection');
    expect([...ancestorsOf(graphOf(template), id)]).toContain(policy.id);
  });

  const FINDINGS = ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5'].map(
    (pack) => `${pack}::${pack}-EFSInBackupPlan`,
  );

  test.each<[string, boolean | undefined, boolean, string[]]>([
    ['not needed with a plan', undefined, true, []],
    ['not needed with a plan alone', false, true, []],
    ['made for automatic backups', undefined, false, FINDINGS],
    ['not made without any backup', false, false, []],
  ])('has an acknowledgement that is %s', (_what, automatic, plan, expected) => {
    const { uploads, template } = planned({ backup: automatic, ...(plan ? {} : { backupPlan: undefined }) });
    expect(acknowledged(uploads)).toEqual(expected);
    expect(only(template(), TYPE).Properties.BackupPolicy).toEqual(
      automatic === false ? undefined : { Status: 'ENABLED' },
    );
    template().resourceCountIs('AWS::Backup::BackupSelection', plan ? 1 : 0);
    expect(uploads.backupSelection === undefined).toBe(!plan);
  });
});
