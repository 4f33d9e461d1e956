import { aws_ec2 as ec2, aws_efs as efs, aws_kms as kms, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import { SharedFileSystem, TaskRole } from '../../lib';
import type { SharedFileSystemProps } from '../../lib';
import { Match, newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { statementsOf } from '../support/policies';

const TYPE = 'AWS::EFS::FileSystem';

/** The policy as a whole: two statements that deny, and nothing that allows. */
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    ['DenyPlainTransport', 'aws:SecureTransport'],
    ['DenyOutsideMountTargets', 'elasticfilesystem:AccessedViaMountTarget'],
  ].map(([sid, key]) => ({
    Sid: sid,
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientRootAccess', 'elasticfilesystem:ClientWrite'],
    Condition: { Bool: { [key]: 'false' } },
  })),
};

function setup(props: Partial<SharedFileSystemProps> = {}, vpcProps: ec2.VpcProps = {}) {
  const stack = new Stack(newApp(), 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false, ...vpcProps });
  const uploads = new SharedFileSystem(stack, 'Uploads', { vpc, ...props });
  return { stack, vpc, uploads, template: () => Template.fromStack(stack) };
}

function properties(props: Partial<SharedFileSystemProps> = {}) {
  return only(setup(props).template(), TYPE).Properties;
}

describe('SharedFileSystem', () => {
  test('encrypts the files', () => {
    expect(properties().Encrypted).toBe(true);
    expect(properties().KmsKeyId).toBeUndefined();
  });

  test('encrypts with a key of the user', () => {
    const { stack, vpc, template } = setup();
    new SharedFileSystem(stack, 'Keyed', { vpc, encryptionKey: new kms.Key(stack, 'Key') });
    template().hasResourceProperties(TYPE, {
      Encrypted: true,
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
    });
  });

  test('has a policy that denies plain transport and other ways than mount targets, and allows nothing', () => {
    expect(properties().FileSystemPolicy).toEqual(POLICY);
  });

  test.each([true, false])('has that policy with denyAnonymousAccess %s', (flag) => {
    const stack = new Stack(newApp({ '@aws-cdk/aws-efs:denyAnonymousAccess': flag }), 'Shop');
    new SharedFileSystem(stack, 'Uploads', { vpc: new ec2.Vpc(stack, 'Vpc') });
    expect(only(Template.fromStack(stack), TYPE).Properties.FileSystemPolicy).toEqual(POLICY);
  });

  test.each<[string, (fileSystem: efs.FileSystem, role: iam.IGrantable) => iam.Grant, string[]]>([
    ['grantRead', (fileSystem, role) => fileSystem.grantRead(role), ['elasticfilesystem:ClientMount']],
    [
      'grantReadWrite',
      (fileSystem, role) => fileSystem.grantReadWrite(role),
      ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
    ],
    [
      'grantRootAccess',
      (fileSystem, role) => fileSystem.grantRootAccess(role),
      ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientRootAccess', 'elasticfilesystem:ClientWrite'],
    ],
    [
      'grant',
      (fileSystem, role) => fileSystem.grant(role, 'elasticfilesystem:DescribeMountTargets'),
      ['elasticfilesystem:DescribeMountTargets'],
    ],
  ])("still allows nothing by its policy after %s: the right is the role's", (_name, grant, actions) => {
    const { stack, uploads, template } = setup();
    const result = grant(uploads.fileSystem, new TaskRole(stack, 'Role'));
    expect(result.success).toBe(true);
    expect(only(template(), TYPE).Properties.FileSystemPolicy).toEqual(POLICY);
    const [statement, ...others] = statementsOf(template(), 'Role');
    expect(statement).toMatchObject({ Effect: 'Allow', Resource: { 'Fn::GetAtt': [expect.any(String), 'Arn'] } });
    expect([statement.Action].flat().sort()).toEqual(actions);
    expect(others).toEqual([]);
    expectAcyclic(template());
  });

  test('has a security group that lets nothing in and nothing out', () => {
    const { template } = setup();
    const { Properties } = only(template(), 'AWS::EC2::SecurityGroup');
    expect(Properties.SecurityGroupIngress).toBeUndefined();
    // What CDK writes for `nothing`, because a group without a rule lets everything out.
    expect(Properties.SecurityGroupEgress).toEqual([
      {
        CidrIp: '255.255.255.255/32',
        Description: 'Disallow all traffic',
        IpProtocol: 'icmp',
        FromPort: 252,
        ToPort: 86,
      },
    ]);
    template().resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template().resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  test('has a mount target in each private subnet, in that group only', () => {
    const { stack, vpc, template } = setup();
    const { id } = only(template(), 'AWS::EC2::SecurityGroup');
    const targets = Object.values(template().findResources('AWS::EFS::MountTarget'));
    expect(vpc.privateSubnets).toHaveLength(2);
    expect(targets.map(({ Properties }) => Properties.SubnetId)).toEqual(
      vpc.privateSubnets.map((subnet) => stack.resolve(subnet.subnetId)),
    );
    for (const { Properties } of targets) {
      expect(Properties.SecurityGroups).toEqual([{ 'Fn::GetAtt': [id, 'GroupId'] }]);
    }
  });

  test('has mount targets where the user says', () => {
    const isolated = { name: 'data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const nat = { name: 'app', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
    const { stack, vpc, template } = setup(
      { vpcSubnets: { subnetGroupName: 'data' } },
      { subnetConfiguration: [isolated, nat, { name: 'edge', subnetType: ec2.SubnetType.PUBLIC }] },
    );
    const targets = Object.values(template().findResources('AWS::EFS::MountTarget'));
    expect(targets.map(({ Properties }) => Properties.SubnetId)).toEqual(
      vpc.isolatedSubnets.map((subnet) => stack.resolve(subnet.subnetId)),
    );
  });

  test('is backed up', () => {
    expect(properties().BackupPolicy).toEqual({ Status: 'ENABLED' });
  });

  test('is not backed up when the user does it otherwise', () => {
    expect(properties({ backup: false }).BackupPolicy).not.toEqual({ Status: 'ENABLED' });
  });

  test('is retained', () => {
    const resource = only(setup().template(), TYPE);
    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('is deleted when the user asks for it', () => {
    const resource = only(setup({ removalPolicy: RemovalPolicy.DESTROY }).template(), TYPE);
    expect(resource).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  test('pays throughput by use, and moves files that nobody reads after 30 days', () => {
    expect(properties()).toMatchObject({
      ThroughputMode: 'elastic',
      LifecyclePolicies: [{ TransitionToIA: 'AFTER_30_DAYS' }],
    });
  });

  test('takes another throughput mode and another time', () => {
    const props = { throughputMode: efs.ThroughputMode.BURSTING, lifecyclePolicy: efs.LifecyclePolicy.AFTER_7_DAYS };
    expect(properties(props)).toMatchObject({
      ThroughputMode: 'bursting',
      LifecyclePolicies: [{ TransitionToIA: 'AFTER_7_DAYS' }],
    });
  });

  test('works in an imported VPC', () => {
    const stack = new Stack(newApp(), 'Shop');
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
    });
    new SharedFileSystem(stack, 'Uploads', { vpc });
    Template.fromStack(stack).resourcePropertiesCountIs('AWS::EFS::MountTarget', { SubnetId: Match.anyValue() }, 2);
  });

  test('works in another stack than its VPC', () => {
    const { stack, vpc } = setup();
    const files = new Stack(stack.node.scope, 'Files');
    new SharedFileSystem(files, 'Uploads', { vpc });
    expectAcyclic(Template.fromStack(files));
    expect(files.dependencies).toEqual([stack]);
    expect(stack.dependencies).toEqual([]);
  });

  test('has mount targets in isolated subnets when the VPC has no others but public ones', () => {
    const { stack, vpc, template } = setup({}, { natGateways: 0 });
    const targets = Object.values(template().findResources('AWS::EFS::MountTarget'));
    expect(vpc.isolatedSubnets).toHaveLength(2);
    expect(targets.map(({ Properties }) => Properties.SubnetId)).toEqual(
      vpc.isolatedSubnets.map((subnet) => stack.resolve(subnet.subnetId)),
    );
  });

  // Security Hub's EFS.6 finds such mount targets.
  test('fails when the VPC has public subnets only, and nobody asked for mount targets there', () => {
    const publicOnly = { natGateways: 0, subnetConfiguration: [{ name: 'edge', subnetType: ec2.SubnetType.PUBLIC }] };
    expect(() => setup({}, publicOnly)).toThrow(
      'mount targets need private subnets, and the VPC has none: name vpcSubnets, or use another VPC',
    );
    const asked = setup({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }, publicOnly);
    asked.template().resourceCountIs('AWS::EFS::MountTarget', 2);
  });
});
