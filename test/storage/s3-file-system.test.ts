import { aws_ec2 as ec2, aws_kms as kms, aws_s3 as s3, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import { S3FileSystem } from '../../lib';
import type { S3FileSystemProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { all } from '../support/resources';

const TYPE = 'AWS::S3Files::FileSystem';
const TARGETS = 'AWS::S3Files::MountTarget';
const VERSIONED = { versioned: true };

type Props = Partial<S3FileSystemProps>;

function setup(props: (stack: Stack) => Props = () => ({}), bucket: s3.BucketProps = VERSIONED, vpc?: ec2.VpcProps) {
  const stack = new Stack(newApp(), 'Shop');
  const network = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false, ...vpc });
  const made = { bucket: new s3.Bucket(stack, 'Bucket', bucket), vpc: network, ...props(stack) };
  const files = new S3FileSystem(stack, 'Files', made);
  return { ...made, stack, files, template: () => Template.fromStack(stack) };
}

const properties = (props: (stack: Stack) => Props = () => ({})) => only(setup(props).template(), TYPE).Properties;
const synchronization = (props: Props) => properties(() => props).SynchronizationConfiguration;

const BUCKET = { 'Fn::GetAtt': [expect.stringMatching(/^Bucket/), 'Arn'] };
const ROLE = { 'Fn::GetAtt': [expect.stringMatching(/^FilesRole/), 'Arn'] };
describe('S3FileSystem', () => {
  test('is all of its bucket unless told otherwise', () => {
    expect(properties()).toEqual({ Bucket: BUCKET, RoleArn: ROLE });
  });

  test('is a part of its bucket, with a key, and goes on when S3 warns', () => {
    const told = properties((stack) => ({
      prefix: 'shared/files/',
      encryptionKey: new kms.Key(stack, 'Key'),
      acceptBucketWarning: true,
    }));
    expect(told).toEqual({
      Bucket: BUCKET,
      RoleArn: ROLE,
      Prefix: 'shared/files/',
      KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
      AcceptBucketWarning: true,
    });
  });

  test('is all of its bucket when the prefix is empty', () => {
    expect(properties(() => ({ prefix: '' }))).toEqual({ Bucket: BUCKET, RoleArn: ROLE });
  });

  test('has the policy that denies everything without an access point, and allows nothing', () => {
    const template = setup().template();
    expect(only(template, 'AWS::S3Files::FileSystemPolicy').Properties).toEqual({
      FileSystemId: { 'Fn::GetAtt': [only(template, TYPE).id, 'FileSystemId'] },
      Policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'DenyWithoutAccessPoint',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: ['s3files:ClientMount', 's3files:ClientRootAccess', 's3files:ClientWrite'],
            Condition: { Null: { 's3files:AccessPointArn': 'true' } },
          },
        ],
      },
    });
  });

  test('gives out what it made', () => {
    const { files, stack, template } = setup();
    const made = template();
    expect(stack.resolve(files.fileSystem.logicalId)).toBe(only(made, TYPE).id);
    expect(files.mountTargets.map(({ logicalId }) => stack.resolve(logicalId)).sort()).toEqual(
      Object.keys(made.findResources(TARGETS)).sort(),
    );
    expect(stack.resolve(files.role.roleArn)).toEqual(ROLE);
    expect(files.connections.securityGroups).toEqual([files.securityGroup]);
  });
});

describe('the synchronization', () => {
  const ROOT = { Prefix: '', SizeLessThan: 131072, Trigger: 'ON_DIRECTORY_FIRST_ACCESS' };

  test('is left to AWS unless told otherwise', () => {
    expect(synchronization({})).toBeUndefined();
  });

  test('keeps files as long as told, and fetches as AWS would', () => {
    expect(synchronization({ daysAfterLastAccess: Duration.days(7) })).toEqual({
      ImportDataRules: [ROOT],
      ExpirationDataRules: [{ DaysAfterLastAccess: 7 }],
    });
  });

  test('fetches as told, and keeps files as long as AWS would', () => {
    const importDataRules = [
      {},
      { prefix: 'models/', sizeLessThan: Size.gibibytes(2), onDirectoryAccess: false },
      { prefix: 'logs/', sizeLessThan: Size.bytes(0) },
    ];
    expect(synchronization({ importDataRules })).toEqual({
      ImportDataRules: [
        ROOT,
        { Prefix: 'models/', SizeLessThan: 2147483648, Trigger: 'ON_FILE_ACCESS' },
        { Prefix: 'logs/', SizeLessThan: 0, Trigger: 'ON_DIRECTORY_FIRST_ACCESS' },
      ],
      ExpirationDataRules: [{ DaysAfterLastAccess: 30 }],
    });
  });

  test('takes the largest of everything', () => {
    const rule = { sizeLessThan: Size.bytes(52673613135872) };
    expect(synchronization({ importDataRules: [rule], daysAfterLastAccess: Duration.days(365) })).toMatchObject({
      ImportDataRules: [{ SizeLessThan: 52673613135872 }],
      ExpirationDataRules: [{ DaysAfterLastAccess: 365 }],
    });
  });

  test('takes tokens', () => {
    const { SynchronizationConfiguration } = properties((stack) => {
      const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
      return { importDataRules: [{ sizeLessThan: Size.bytes(number) }], daysAfterLastAccess: Duration.days(number) };
    });
    expect(SynchronizationConfiguration).toEqual({
      ImportDataRules: [{ ...ROOT, SizeLessThan: { Ref: 'Number' } }],
      ExpirationDataRules: [{ DaysAfterLastAccess: { Ref: 'Number' } }],
    });
  });

  const ROOTS = 'importDataRules must have exactly one rule without prefix, for all the rest, got';

  test.each<[string, Props, string]>([
    ['there is no rule', { importDataRules: [] }, 'the number of importDataRules must be between 1 and 10, got 0'],
    [
      'there are eleven',
      { importDataRules: [{}, ...Array.from({ length: 10 }, (_, index) => ({ prefix: `${index}/` }))] },
      'the number of importDataRules must be between 1 and 10, got 11',
    ],
    ['none is for the root', { importDataRules: [{ prefix: 'a/' }] }, `${ROOTS} 0: add one`],
    ['two are for the root', { importDataRules: [{}, { prefix: '' }] }, `${ROOTS} 2: leave the others out`],
    [
      'a prefix of a rule is no directory',
      { importDataRules: [{}, { prefix: '/a/' }] },
      "prefix must be empty or a directory such as 'models/', at most 1024 characters, without '*', '?' and '$', which policies read as wildcards, got '/a/'",
    ],
    [
      'a size is above 48 TiB',
      { importDataRules: [{ sizeLessThan: Size.tebibytes(48) }] },
      'sizeLessThan in bytes must be between 0 and 52673613135872, got 52776558133248',
    ],
    [
      'nothing stays',
      { daysAfterLastAccess: Duration.days(0) },
      'daysAfterLastAccess in days must be between 1 and 365, got 0',
    ],
    [
      'it stays for more than a year',
      { daysAfterLastAccess: Duration.days(366) },
      'daysAfterLastAccess in days must be between 1 and 365, got 366',
    ],
    [
      'it stays for a part of a day',
      { daysAfterLastAccess: Duration.hours(36) },
      'daysAfterLastAccess in days must be a whole number, got 1.5',
    ],
  ])('fails when %s', (_what, props, message) => {
    expectFailure(() => setup(() => props), message);
  });
});

describe('its network', () => {
  const targetsOf = (template: Template) => all(template, TARGETS);

  test('is a mount target in each private subnet, in a group that lets nothing in and nothing out', () => {
    const { stack, vpc, template } = setup();
    const made = template();
    const { id, Properties } = only(made, 'AWS::EC2::SecurityGroup');
    expect(vpc.privateSubnets).toHaveLength(2);
    expect(targetsOf(made)).toEqual(
      vpc.privateSubnets.map(({ subnetId }) => ({
        FileSystemId: { 'Fn::GetAtt': [only(made, TYPE).id, 'FileSystemId'] },
        SubnetId: stack.resolve(subnetId),
        SecurityGroups: [{ 'Fn::GetAtt': [id, 'GroupId'] }],
      })),
    );
    expect(Properties.SecurityGroupIngress).toBeUndefined();
    expect(Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: '255.255.255.255/32', Description: 'Disallow all traffic' }),
    ]);
    made.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    made.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  test('stands where the user says, once in each zone', () => {
    const subnets = ['app', 'data'].map((name) => ({ name, subnetType: ec2.SubnetType.PRIVATE_ISOLATED }));
    const isolated = { natGateways: 0, subnetConfiguration: subnets };
    const chosen = setup(() => ({ vpcSubnets: { subnetGroupName: 'data' } }), VERSIONED, isolated);
    expect(targetsOf(chosen.template()).map(({ SubnetId }) => SubnetId)).toEqual(
      chosen.vpc.selectSubnets({ subnetGroupName: 'data' }).subnetIds.map((id) => chosen.stack.resolve(id)),
    );
    expect(targetsOf(setup(undefined, VERSIONED, isolated).template())).toHaveLength(2);
  });

  test('works in an imported VPC', () => {
    const privateSubnetIds = ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'];
    const { template } = setup((stack) => ({
      vpc: ec2.Vpc.fromVpcAttributes(stack, 'Theirs', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        privateSubnetIds,
        privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
      }),
    }));
    expect(targetsOf(template()).map(({ SubnetId }) => SubnetId)).toEqual(privateSubnetIds);
    expect(only(template(), 'AWS::EC2::SecurityGroup').Properties.VpcId).toBe('vpc-0123456789abcdef0');
  });

  test('fails when the VPC has public subnets only, and nobody asked for mount targets there', () => {
    const edge = { natGateways: 0, subnetConfiguration: [{ name: 'edge', subnetType: ec2.SubnetType.PUBLIC }] };
    expectFailure(
      () => setup(undefined, VERSIONED, edge),
      'mount targets need private subnets, and the VPC has none: name vpcSubnets, or use another VPC',
    );
    const asked = setup(() => ({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }), VERSIONED, edge);
    expect(targetsOf(asked.template())).toHaveLength(2);
  });
});
