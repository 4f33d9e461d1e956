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
import { OntapDeploymentType, OntapFileSystem } from '../../lib';
import type { OntapFileSystemProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { lenientApp } from '../support/resources';

const TYPE = 'AWS::FSx::FileSystem';
const { SINGLE_AZ_1, SINGLE_AZ_2, MULTI_AZ_1, MULTI_AZ_2 } = OntapDeploymentType;
const PUBLIC_ONLY = { natGateways: 0, subnetConfiguration: [{ name: 'edge', subnetType: ec2.SubnetType.PUBLIC }] };
const TIB = Size.tebibytes(1);

type Props = Partial<OntapFileSystemProps>;

function setup(props: (stack: Stack) => Props = () => ({}), vpcProps: ec2.VpcProps = {}) {
  // A VPC that is imported without route tables warns.
  const stack = new Stack(lenientApp(), 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false, ...vpcProps });
  const ontap = new OntapFileSystem(stack, 'Ontap', { vpc, storageCapacity: TIB, ...props(stack) });
  const resolved = (subnets: ec2.ISubnet[]) => subnets.map(({ subnetId }) => stack.resolve(subnetId));
  const tables = (subnets: ec2.ISubnet[]) => subnets.map(({ routeTable }) => stack.resolve(routeTable.routeTableId));
  const template = () => {
    ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(100) });
    return Template.fromStack(stack);
  };
  return { stack, vpc, ontap, resolved, tables, template };
}

const properties = (props: (stack: Stack) => Props = () => ({})) => only(setup(props).template(), TYPE).Properties;
const configuration = (props: Props) => properties(() => props).OntapConfiguration;

describe('OntapFileSystem', () => {
  test('stands in two zones, with the least of everything and backups of a month, unless told otherwise', () => {
    const { stack, vpc, ontap, resolved, tables, template } = setup();
    const [first, second] = resolved(vpc.privateSubnets);
    expect(only(template(), TYPE).Properties).toEqual({
      FileSystemType: 'ONTAP',
      StorageType: 'SSD',
      StorageCapacity: 1024,
      SubnetIds: [first, second],
      SecurityGroupIds: [stack.resolve(ontap.securityGroup.securityGroupId)],
      OntapConfiguration: {
        DeploymentType: 'MULTI_AZ_2',
        HAPairs: 1,
        ThroughputCapacityPerHAPair: 384,
        PreferredSubnetId: first,
        RouteTableIds: tables(vpc.privateSubnets),
        AutomaticBackupRetentionDays: 30,
      },
    });
  });

  test('takes every option', () => {
    const told = properties((stack) => ({
      storageCapacity: Size.tebibytes(2),
      throughputCapacityPerHaPair: 768,
      iops: 10000,
      routeTableIds: ['rtb-0123456789abcdef0'],
      automaticBackupRetention: Duration.days(90),
      dailyAutomaticBackupStartTime: new fsx.DailyAutomaticBackupStartTime({ hour: 2, minute: 5 }),
      weeklyMaintenanceStartTime: new fsx.LustreMaintenanceTime({ day: fsx.Weekday.SUNDAY, hour: 3, minute: 10 }),
      encryptionKey: new kms.Key(stack, 'Key'),
    }));
    expect(told).toMatchObject({
      StorageCapacity: 2048,
      KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
      OntapConfiguration: {
        ThroughputCapacityPerHAPair: 768,
        DiskIopsConfiguration: { Mode: 'USER_PROVISIONED', Iops: 10000 },
        RouteTableIds: ['rtb-0123456789abcdef0'],
        AutomaticBackupRetentionDays: 90,
        DailyAutomaticBackupStartTime: '02:05',
        WeeklyMaintenanceStartTime: '7:03:10',
      },
    });
  });

  test.each([
    [SINGLE_AZ_1, 128],
    [SINGLE_AZ_2, 384],
  ])('%s stands in one subnet, without what two zones need', (deploymentType, throughput) => {
    const { vpc, resolved, template } = setup(() => ({ deploymentType }));
    const { SubnetIds, OntapConfiguration } = only(template(), TYPE).Properties;
    expect(SubnetIds).toEqual(resolved(vpc.privateSubnets).slice(0, 1));
    expect(OntapConfiguration).toEqual({
      DeploymentType: deploymentType,
      HAPairs: 1,
      ThroughputCapacityPerHAPair: throughput,
      AutomaticBackupRetentionDays: 30,
    });
  });

  test('of the first generation has its least throughput', () => {
    expect(configuration({ deploymentType: MULTI_AZ_1 })).toMatchObject({
      DeploymentType: 'MULTI_AZ_1',
      ThroughputCapacityPerHAPair: 128,
    });
  });

  test('has several pairs', () => {
    const many = { deploymentType: SINGLE_AZ_2, haPairs: 4, storageCapacity: Size.tebibytes(4) };
    expect(configuration(many).HAPairs).toBe(4);
  });

  test('has no backups when nobody wants them', () => {
    expect(configuration({ automaticBackupRetention: Duration.days(0) }).AutomaticBackupRetentionDays).toBe(0);
  });

  test('takes tokens', () => {
    const number = { Ref: 'Number' };
    const told = properties((stack) => {
      const { valueAsNumber } = new CfnParameter(stack, 'Number', { type: 'Number' });
      return {
        storageCapacity: Size.gibibytes(valueAsNumber),
        throughputCapacityPerHaPair: valueAsNumber,
        iops: valueAsNumber,
        automaticBackupRetention: Duration.days(valueAsNumber),
      };
    });
    expect(told).toMatchObject({
      StorageCapacity: number,
      OntapConfiguration: {
        ThroughputCapacityPerHAPair: number,
        DiskIopsConfiguration: { Iops: number },
        AutomaticBackupRetentionDays: number,
      },
    });
  });

  test('has a virtual machine for files of Unix', () => {
    const template = setup().template();
    expect(only(template, 'AWS::FSx::StorageVirtualMachine').Properties).toEqual({
      FileSystemId: { Ref: only(template, TYPE).id },
      Name: 'containers',
      RootVolumeSecurityStyle: 'UNIX',
    });
    expectAcyclic(template);
  });

  test('says under which name clients find it', () => {
    const { stack, ontap, template } = setup();
    const made = template();
    expect(stack.resolve(ontap.dnsName)).toEqual({
      'Fn::Join': [
        '',
        [
          { 'Fn::GetAtt': [only(made, 'AWS::FSx::StorageVirtualMachine').id, 'StorageVirtualMachineId'] },
          '.',
          { Ref: only(made, TYPE).id },
          '.fsx.',
          { Ref: 'AWS::Region' },
          '.',
          { Ref: 'AWS::URLSuffix' },
        ],
      ],
    });
  });

  test('has no password', () => {
    expect(JSON.stringify(setup().template().toJSON())).not.toMatch(/password/i);
  });

  test('has a security group that lets nothing in and nothing out', () => {
    const template = setup().template();
    const { Properties } = only(template, 'AWS::EC2::SecurityGroup');
    expect(Properties.SecurityGroupIngress).toBeUndefined();
    expect(Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: '255.255.255.255/32', Description: 'Disallow all traffic' }),
    ]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  test.each([
    [undefined, 'Retain'],
    [RemovalPolicy.RETAIN, 'Retain'],
    [RemovalPolicy.DESTROY, 'Delete'],
  ])('with removalPolicy %s, it, its virtual machine and its volumes: %s', (removalPolicy, policy) => {
    const template = setup(() => ({ removalPolicy })).template();
    for (const type of [TYPE, 'AWS::FSx::StorageVirtualMachine', 'AWS::FSx::Volume']) {
      expect(only(template, type)).toMatchObject({ DeletionPolicy: policy, UpdateReplacePolicy: policy });
    }
  });
});

describe('its network', () => {
  const subnetConfiguration = [
    { name: 'edge', subnetType: ec2.SubnetType.PUBLIC },
    { name: 'app', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    { name: 'data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
  ];
  /** Zones have names in such a stack, and there are three. */
  function wide(props: (vpc: ec2.IVpc) => Props = () => ({})) {
    const stack = new Stack(newApp(), 'Wide', { env: { account: '111122223333', region: 'eu-west-1' } });
    const availabilityZones = ['a', 'b', 'c'].map((zone) => `eu-west-1${zone}`);
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      subnetConfiguration,
      availabilityZones,
      restrictDefaultSecurityGroup: false,
    });
    const ontap = new OntapFileSystem(stack, 'Ontap', { vpc, storageCapacity: TIB, ...props(vpc) });
    ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(100) });
    const told = only(Template.fromStack(stack), TYPE).Properties;
    const ids = (subnets: ec2.ISubnet[]) => subnets.map(({ subnetId }) => stack.resolve(subnetId));
    const tables = (subnets: ec2.ISubnet[]) => subnets.map(({ routeTable }) => stack.resolve(routeTable.routeTableId));
    return { vpc, told, ids, tables };
  }

  test('is the first two of three zones, reached from all private and isolated subnets', () => {
    const { vpc, told, ids, tables } = wide();
    expect(told.SubnetIds).toEqual(ids(vpc.privateSubnets.slice(0, 2)));
    expect(told.OntapConfiguration.RouteTableIds).toEqual(tables([...vpc.privateSubnets, ...vpc.isolatedSubnets]));
  });

  test('is where the user says, and the first is preferred', () => {
    const { vpc, told, ids } = wide(({ isolatedSubnets: [, second, third] }) => ({
      vpcSubnets: { subnets: [third, second] },
    }));
    expect(told.SubnetIds).toEqual(ids([vpc.isolatedSubnets[2], vpc.isolatedSubnets[1]]));
    expect(told.OntapConfiguration.PreferredSubnetId).toEqual(ids([vpc.isolatedSubnets[2]])[0]);
  });

  test('is isolated when the VPC has no others but public subnets', () => {
    const { vpc, resolved, tables, template } = setup(undefined, { natGateways: 0 });
    const told = only(template(), TYPE).Properties;
    expect(told.SubnetIds).toEqual(resolved(vpc.isolatedSubnets));
    expect(told.OntapConfiguration.RouteTableIds).toEqual(tables(vpc.isolatedSubnets));
  });

  const imported = (stack: Stack, privateSubnetRouteTableIds?: string[]) =>
    ec2.Vpc.fromVpcAttributes(stack, 'Theirs', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      privateSubnetRouteTableIds,
    });

  test('may be imported, and a route table of two subnets counts once', () => {
    const one = 'rtb-0123456789abcdef0';
    expect(properties((stack) => ({ vpc: imported(stack, [one, one]) }))).toMatchObject({
      SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      OntapConfiguration: { PreferredSubnetId: 'subnet-0123456789abcdef0', RouteTableIds: [one] },
    });
  });

  test('fails when it is imported without route tables, and nobody names them', () => {
    expectFailure(
      () => setup((stack) => ({ vpc: imported(stack) })),
      'routeTableIds must be given for a VPC that is imported without them, got none: name those of the subnets in which the instances stand',
    );
  });

  test('needs no route tables in one zone', () => {
    const { template } = setup((stack) => ({ vpc: imported(stack), deploymentType: SINGLE_AZ_2 }));
    expect(only(template(), TYPE).Properties.OntapConfiguration).not.toHaveProperty('RouteTableIds');
  });

  test('fails when the VPC has public subnets only, and nobody named any', () => {
    expectFailure(
      () => setup(undefined, PUBLIC_ONLY),
      'file servers need private subnets, and the VPC has none: name vpcSubnets, or use another VPC',
    );
  });

  test('fails when there is one zone only', () => {
    expectFailure(
      () => setup(undefined, { maxAzs: 1 }),
      'vpcSubnets must select 2 subnets in two zones for MULTI_AZ_2, got 1: choose others, or another deploymentType',
    );
  });

  test('fails when two subnets are for one zone', () => {
    expectFailure(
      () => setup(() => ({ deploymentType: SINGLE_AZ_1, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } })),
      'vpcSubnets must select 1 subnet for SINGLE_AZ_1, got 2: choose others, or another deploymentType',
    );
  });
});

describe('a file system of ONTAP', () => {
  test.each<[string, Props, string]>([
    [
      'is too small',
      { storageCapacity: Size.gibibytes(1000) },
      'storageCapacity in GiB must be between 1024 and 524288, got 1000',
    ],
    [
      'has a throughput of the other generation',
      { throughputCapacityPerHaPair: 512 },
      'throughputCapacityPerHaPair must be one of 384, 768, 1536, 3072, 6144 MB/s for MULTI_AZ_2, got 512',
    ],
    [
      'has several pairs in two zones',
      { deploymentType: MULTI_AZ_2, haPairs: 2 },
      'haPairs must be 1 for MULTI_AZ_2, got 2: only SINGLE_AZ_2 has more',
    ],
    ['has fewer operations than for free', { iops: 3000 }, 'iops must be between 3072 and 200000, got 3000'],
    [
      'keeps backups too long',
      { automaticBackupRetention: Duration.days(91) },
      'automaticBackupRetention in days must be between 0 and 90, got 91',
    ],
  ])('fails when it %s', (_what, props, message) => {
    expectFailure(() => setup(() => props), message);
  });
});
