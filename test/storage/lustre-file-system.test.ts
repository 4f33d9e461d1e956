import {
  aws_ec2 as ec2,
  aws_fsx as fsx,
  aws_kms as kms,
  CfnParameter,
  Duration,
  RemovalPolicy,
  Size,
  Stack,
} from 'aws-cdk-lib';
import { InstanceImage, LustreFileSystem } from '../../lib';
import type { LustreFileSystemProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { newPool } from '../support/pools';
import { all, idOf, resourceOf } from '../support/resources';

const TYPE = 'AWS::FSx::FileSystem';
const GROUP = 'AWS::EC2::SecurityGroup';
const INGRESS = 'AWS::EC2::SecurityGroupIngress';
const EGRESS = 'AWS::EC2::SecurityGroupEgress';
const { SCRATCH_1, SCRATCH_2, PERSISTENT_1, PERSISTENT_2 } = fsx.LustreDeploymentType;

type Props = Partial<LustreFileSystemProps>;

function setup(props: (stack: Stack) => Props = () => ({}), vpcProps: ec2.VpcProps = {}) {
  const stack = new Stack(newApp(), 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false, ...vpcProps });
  const lustre = new LustreFileSystem(stack, 'Lustre', { vpc, ...props(stack) });
  return { stack, vpc, lustre, template: () => Template.fromStack(stack) };
}

const properties = (props: (stack: Stack) => Props = () => ({})) => only(setup(props).template(), TYPE).Properties;

describe('LustreFileSystem', () => {
  test('is persistent, fast enough for most, compressed and backed up, unless told otherwise', () => {
    const { stack, vpc, template } = setup();
    expect(only(template(), TYPE).Properties).toEqual({
      FileSystemType: 'LUSTRE',
      FileSystemTypeVersion: '2.15',
      StorageType: 'SSD',
      StorageCapacity: 1200,
      SubnetIds: [stack.resolve(vpc.privateSubnets[0].subnetId)],
      SecurityGroupIds: [{ 'Fn::GetAtt': [only(template(), GROUP).id, 'GroupId'] }],
      LustreConfiguration: {
        DeploymentType: 'PERSISTENT_2',
        PerUnitStorageThroughput: 125,
        DataCompressionType: 'LZ4',
        AutomaticBackupRetentionDays: 7,
        CopyTagsToBackups: true,
      },
    });
  });

  test('takes every option', () => {
    const told = properties((stack) => ({
      storageCapacity: Size.tebibytes(2.34375),
      perUnitStorageThroughput: 500,
      fileSystemTypeVersion: fsx.FileSystemTypeVersion.V_2_12,
      dataCompressionType: fsx.LustreDataCompressionType.NONE,
      automaticBackupRetention: Duration.days(90),
      dailyAutomaticBackupStartTime: new fsx.DailyAutomaticBackupStartTime({ hour: 2, minute: 5 }),
      weeklyMaintenanceStartTime: new fsx.LustreMaintenanceTime({ day: fsx.Weekday.SUNDAY, hour: 3, minute: 10 }),
      encryptionKey: new kms.Key(stack, 'Key'),
    }));
    expect(told).toMatchObject({
      FileSystemTypeVersion: '2.12',
      StorageCapacity: 2400,
      KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
      LustreConfiguration: {
        DeploymentType: 'PERSISTENT_2',
        PerUnitStorageThroughput: 500,
        DataCompressionType: 'NONE',
        AutomaticBackupRetentionDays: 90,
        CopyTagsToBackups: true,
        DailyAutomaticBackupStartTime: '02:05',
        WeeklyMaintenanceStartTime: '7:03:10',
      },
    });
  });

  test.each([SCRATCH_1, SCRATCH_2])('%s has neither backups nor a throughput to choose', (deploymentType) => {
    const { LustreConfiguration, FileSystemTypeVersion } = properties(() => ({ deploymentType }));
    expect(FileSystemTypeVersion).toBe('2.15');
    expect(LustreConfiguration).toEqual({ DeploymentType: deploymentType, DataCompressionType: 'LZ4' });
  });

  test.each<[string, Props, object, object]>([
    [
      'the first generation',
      { deploymentType: PERSISTENT_1 },
      { StorageType: 'SSD', StorageCapacity: 1200 },
      { PerUnitStorageThroughput: 50 },
    ],
    [
      'slow hard disks',
      { deploymentType: PERSISTENT_1, storageType: fsx.StorageType.HDD, storageCapacity: Size.gibibytes(6000) },
      { StorageType: 'HDD', StorageCapacity: 6000 },
      { PerUnitStorageThroughput: 12, DriveCacheType: 'NONE' },
    ],
    [
      'fast hard disks',
      {
        deploymentType: PERSISTENT_1,
        storageType: fsx.StorageType.HDD,
        perUnitStorageThroughput: 40,
        storageCapacity: Size.gibibytes(1800),
      },
      { StorageType: 'HDD', StorageCapacity: 1800 },
      { PerUnitStorageThroughput: 40, DriveCacheType: 'NONE' },
    ],
  ])('takes %s', (_what, props, expected, configuration) => {
    const { LustreConfiguration, ...told } = properties(() => props);
    expect(told).toMatchObject(expected);
    expect(LustreConfiguration).toEqual({
      DeploymentType: 'PERSISTENT_1',
      DataCompressionType: 'LZ4',
      AutomaticBackupRetentionDays: 7,
      CopyTagsToBackups: true,
      ...configuration,
    });
  });

  test('has no backups when nobody wants them, and keeps the tags for later', () => {
    const { LustreConfiguration } = properties(() => ({ automaticBackupRetention: Duration.days(0) }));
    expect(LustreConfiguration).toMatchObject({ AutomaticBackupRetentionDays: 0, CopyTagsToBackups: true });
  });

  test('takes a token for the days of its backups', () => {
    const { LustreConfiguration } = properties((stack) => ({
      automaticBackupRetention: Duration.days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber),
    }));
    expect(LustreConfiguration.AutomaticBackupRetentionDays).toEqual({ Ref: 'Days' });
  });

  test.each([
    [undefined, 'Retain'],
    [RemovalPolicy.RETAIN, 'Retain'],
    [RemovalPolicy.DESTROY, 'Delete'],
  ])('with removalPolicy %s: %s', (removalPolicy, policy) => {
    const resource = only(setup(() => ({ removalPolicy })).template(), TYPE);
    expect(resource).toMatchObject({ DeletionPolicy: policy, UpdateReplacePolicy: policy });
  });

  test('stands where the user says', () => {
    const stack = new Stack(newApp(), 'Shop');
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    new LustreFileSystem(stack, 'Lustre', { vpc, vpcSubnet: vpc.privateSubnets[1] });
    expect(only(Template.fromStack(stack), TYPE).Properties.SubnetIds).toEqual([
      stack.resolve(vpc.privateSubnets[1].subnetId),
    ]);
  });

  test('stands in an isolated subnet when the VPC has no others but public ones', () => {
    const { stack, vpc, template } = setup(undefined, { natGateways: 0 });
    expect(only(template(), TYPE).Properties.SubnetIds).toEqual([stack.resolve(vpc.isolatedSubnets[0].subnetId)]);
  });

  test('works in an imported VPC', () => {
    const { template } = setup((stack) => ({
      vpc: ec2.Vpc.fromVpcAttributes(stack, 'Theirs', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-0123456789abcdef0'],
        privateSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
      }),
    }));
    expect(only(template(), TYPE).Properties.SubnetIds).toEqual(['subnet-0123456789abcdef0']);
    expect(only(template(), GROUP).Properties.VpcId).toBe('vpc-0123456789abcdef0');
  });

  test('works in another stack than its VPC', () => {
    const { stack, vpc } = setup();
    const other = new Stack(stack.node.scope, 'Files');
    new LustreFileSystem(other, 'Lustre', { vpc });
    expectAcyclic(Template.fromStack(other));
    expect(other.dependencies).toEqual([stack]);
    expect(stack.dependencies).toEqual([]);
  });
});

describe('its security group', () => {
  const { lustre, stack, template } = setup();
  const groupId = { 'Fn::GetAtt': [idOf(lustre.securityGroup), 'GroupId'] };
  const PORTS = [
    { FromPort: 988, ToPort: 988 },
    { FromPort: 1018, ToPort: 1023 },
  ];

  test('opens the ports of Lustre between its members, and no other', () => {
    const made = template();
    const { Properties } = only(made, GROUP);
    expect(Properties).toEqual({ GroupDescription: 'File servers of FSx for Lustre', VpcId: expect.anything() });
    const common = { GroupId: groupId, IpProtocol: 'tcp', Description: 'Between file servers' };
    expect(all(made, INGRESS)).toEqual(PORTS.map((port) => ({ ...common, ...port, SourceSecurityGroupId: groupId })));
    expect(all(made, EGRESS)).toEqual(
      PORTS.map((port) => ({ ...common, ...port, DestinationSecurityGroupId: groupId })),
    );
  });

  test('has its rules before the file system, which FSx refuses without them', () => {
    const made = template();
    const rules = [INGRESS, EGRESS].flatMap((type) => Object.keys(made.findResources(type)));
    expect([...only(made, TYPE).DependsOn!].sort()).toEqual(rules.sort());
    expectAcyclic(made);
  });

  test('is what connects the file system', () => {
    expect(lustre.connections.securityGroups).toEqual([lustre.securityGroup]);
    expect(stack.resolve(lustre.securityGroup.securityGroupId)).toEqual(groupId);
  });

  test('lets others in where the user says, and the file system does not wait for that', () => {
    const made = setup();
    const client = new ec2.SecurityGroup(made.stack, 'Client', { vpc: made.vpc });
    made.lustre.connections.allowFrom(client, ec2.Port.tcp(988));
    const found = made.template();
    found.resourceCountIs(INGRESS, 3);
    expect(resourceOf(found, made.lustre.fileSystem).DependsOn).toHaveLength(4);
    expectAcyclic(found);
  });
});

describe('LustreFileSystem.fromLustreFileSystemAttributes', () => {
  function imported(mutable: boolean) {
    const fixture = new Fixture();
    const { stack } = fixture;
    const lustre = LustreFileSystem.fromLustreFileSystemAttributes(stack, 'Theirs', {
      dnsName: 'fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com',
      mountName: 'abcdefgh',
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0', { mutable }),
    });
    const pool = newPool(fixture, { image: InstanceImage.al2023(), fileSystems: [lustre] });
    return { lustre, pool, stack, template: fixture.template() };
  }

  test('is mounted by its names', () => {
    const { template } = imported(true);
    template.resourceCountIs(TYPE, 0);
    expect(JSON.stringify(only(template, 'AWS::EC2::LaunchTemplate').Properties)).toContain(
      "echo 'fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com@tcp:/abcdefgh /mnt/Theirs-",
    );
  });

  test('has its rules changed', () => {
    const { template, stack, pool } = imported(true);
    const theirs = 'sg-0123456789abcdef0';
    const ours = stack.resolve(pool.securityGroup.securityGroupId);
    const ends = all(template, INGRESS).map((rule) => [rule.FromPort, rule.GroupId, rule.SourceSecurityGroupId]);
    expect(ends).toHaveLength(4);
    expect(ends).toEqual(
      expect.arrayContaining([
        [988, theirs, ours],
        [1018, theirs, ours],
        [988, ours, theirs],
        [1018, ours, theirs],
      ]),
    );
    expectAcyclic(template);
  });

  test('has its rules left alone when it is immutable', () => {
    const { template, stack, pool } = imported(false);
    const ours = stack.resolve(pool.securityGroup.securityGroupId);
    expect(all(template, INGRESS).map(({ GroupId }) => GroupId)).toEqual([ours, ours]);
    template.resourceCountIs(EGRESS, 0);
  });
});

describe('a file system of Lustre', () => {
  const STEPS = 'storageCapacity must be 1200, 2400, or a multiple of 2400 GiB for PERSISTENT_2 on SSD, got';

  test.each<[string, (stack: Stack) => Props, string]>([
    ['is too small', () => ({ storageCapacity: Size.gibibytes(1000) }), `${STEPS} 1000`],
    ['is between two steps', () => ({ storageCapacity: Size.tebibytes(2) }), `${STEPS} 2048`],
    ['has a part of a GiB', () => ({ storageCapacity: Size.mebibytes(1228801) }), `${STEPS} 1200.0009765625`],
    [
      'has the throughput of another type',
      () => ({ perUnitStorageThroughput: 200 }),
      'perUnitStorageThroughput must be one of 125, 250, 500, 1000 for PERSISTENT_2 on SSD, got 200',
    ],
    [
      'is scratch with a throughput',
      () => ({ deploymentType: SCRATCH_2, perUnitStorageThroughput: 125 }),
      'perUnitStorageThroughput must be left out for SCRATCH_2, got 125: its throughput is fixed',
    ],
    [
      'is scratch with backups',
      () => ({ deploymentType: SCRATCH_2, automaticBackupRetention: Duration.days(7) }),
      'automaticBackupRetention must be left out for SCRATCH_2, got 7 days: only PERSISTENT file systems have backups',
    ],
    [
      'is scratch with a key',
      (stack) => ({ deploymentType: SCRATCH_1, encryptionKey: new kms.Key(stack, 'Key') }),
      'encryptionKey must be left out for SCRATCH_1: only PERSISTENT file systems have a key of yours',
    ],
    [
      'has hard disks in the second generation',
      () => ({ deploymentType: PERSISTENT_2, storageType: fsx.StorageType.HDD }),
      'storageType must be SSD for PERSISTENT_2, got HDD: only PERSISTENT_1 has hard disks',
    ],
    [
      'has a version that instances do not speak',
      () => ({ fileSystemTypeVersion: fsx.FileSystemTypeVersion.V_2_10 }),
      "fileSystemTypeVersion must be '2.12' or '2.15', got '2.10': the client of Amazon Linux 2023 does not speak with it",
    ],
    [
      'keeps backups too long',
      () => ({ automaticBackupRetention: Duration.days(91) }),
      'automaticBackupRetention in days must be between 0 and 90, got 91',
    ],
  ])('fails when it %s', (_what, props, message) => {
    expectFailure(() => setup(props), message);
  });

  test('fails when the VPC has public subnets only, and nobody named one', () => {
    const edge = { natGateways: 0, subnetConfiguration: [{ name: 'edge', subnetType: ec2.SubnetType.PUBLIC }] };
    expectFailure(
      () => setup(undefined, edge),
      'file servers of Lustre need private subnets, and the VPC has none: name vpcSubnet, or use another VPC',
    );
  });
});
