import { aws_ec2 as ec2, Stack, Token } from 'aws-cdk-lib';
import { ContainerNetwork, NatGateways } from '../../lib';
import type { ContainerNetworkProps } from '../../lib';
import { Match, newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { idsOf, made, subnetsOf, templateOf, zone, ZONES } from '../support/networks';
import { expectNothingInline, statementsOf } from '../support/policies';
import { STRICT, validate } from '../support/validate';

describe('a network', () => {
  const { network, stack } = made();
  const template = Template.fromStack(stack);

  test('has three tiers in three zones', () => {
    expect(subnetsOf(template)).toEqual({
      'Containers eu-west-1a': '10.0.0.0/19',
      'Containers eu-west-1b': '10.0.32.0/19',
      'Containers eu-west-1c': '10.0.64.0/19',
      'Data eu-west-1a': '10.0.128.0/20',
      'Data eu-west-1b': '10.0.144.0/20',
      'Data eu-west-1c': '10.0.160.0/20',
      'Public eu-west-1a': '10.0.192.0/21',
      'Public eu-west-1b': '10.0.200.0/21',
      'Public eu-west-1c': '10.0.208.0/21',
    });
    expect(only(template, 'AWS::EC2::VPC').Properties).toMatchObject({
      CidrBlock: '10.0.0.0/16',
      EnableDnsHostnames: true,
      EnableDnsSupport: true,
    });
    expectAcyclic(template);
  });

  test('gives no public address by itself', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::Subnet'))) {
      expect(Properties.MapPublicIpOnLaunch).toBe(false);
    }
  });

  test('tells CDK of its tiers, of data by name only', () => {
    const names = (subnets: ec2.ISubnet[] = []) => subnets.map(({ node }) => node.id);
    const of = (tier: string) => [1, 2, 3].map((number) => `${tier}Subnet${number}`);
    expect(names(network.publicSubnets.subnets)).toEqual(of('Public'));
    expect(names(network.containerSubnets.subnets)).toEqual(of('Containers'));
    expect(names(network.dataSubnets.subnets)).toEqual(of('Data'));
    expect(names(network.vpc.publicSubnets)).toEqual(of('Public'));
    expect(names(network.vpc.privateSubnets)).toEqual(of('Containers'));
    expect(network.vpc.isolatedSubnets).toEqual([]);
    expect(network.vpc.availabilityZones).toEqual(['a', 'b', 'c'].map(zone));
    template.hasResourceProperties('AWS::EC2::Subnet', {
      CidrBlock: '10.0.128.0/20',
      Tags: Match.arrayWith([{ Key: 'aws-cdk:subnet-type', Value: 'Isolated' }]),
    });
  });

  test('reaches out from containers through one NAT gateway, and from data not at all', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    const routes = Object.entries(template.findResources('AWS::EC2::Route'));
    const nat = { Ref: idsOf(template, 'AWS::EC2::NatGateway')[0] };
    const gateway = { Ref: idsOf(template, 'AWS::EC2::InternetGateway')[0] };
    expect(routes.map(([id, { Properties }]) => [id.replace(/DefaultRoute.*/, ''), target(Properties)]).sort()).toEqual(
      [
        ...[1, 2, 3].map((number) => [`NetworkVpcContainersSubnet${number}`, nat]),
        ...[1, 2, 3].map((number) => [`NetworkVpcPublicSubnet${number}`, gateway]),
      ],
    );
  });

  test('closes the default security group', () => {
    const vpc = idsOf(template, 'AWS::EC2::VPC')[0];
    expect(only(template, 'Custom::VpcRestrictDefaultSG').Properties.DefaultSecurityGroupId).toEqual({
      'Fn::GetAtt': [vpc, 'DefaultSecurityGroup'],
    });
  });

  test('writes down all traffic, for a year', () => {
    const group = only(template, 'AWS::Logs::LogGroup');
    expect(group).toMatchObject({ Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain' });
    expect(group.Properties.KmsKeyId).toBeUndefined();
    const { Properties, DependsOn } = only(template, 'AWS::EC2::FlowLog');
    expect(Properties).toEqual({
      DeliverLogsPermissionArn: { 'Fn::GetAtt': [expect.stringMatching(/^NetworkFlowLogRole/), 'Arn'] },
      LogDestinationType: 'cloud-watch-logs',
      LogGroupName: { Ref: group.id },
      ResourceId: { Ref: idsOf(template, 'AWS::EC2::VPC')[0] },
      ResourceType: 'VPC',
      Tags: expect.anything(),
      TrafficType: 'ALL',
    });
    expect(DependsOn).toContainEqual(expect.stringMatching(/^NetworkFlowLogRolePolicy/));
    expect(stack.resolve(network.flowLogGroup.logGroupName)).toEqual({ Ref: group.id });
    expect(stack.resolve(network.flowLog.flowLogId)).toEqual({ Ref: expect.stringMatching(/^NetworkFlowLog/) });
    expect(network.flowLogRole.node.path).toBe('Shop/Network/FlowLogRole');
  });

  test('lets flow logs of this account write there, and nothing else', () => {
    expect(statementsOf(template, 'NetworkFlowLogRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [idsOf(template, 'AWS::Logs::LogGroup')[0], 'Arn'] },
      },
    ]);
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: {
                'aws:SourceArn': 'arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/*',
              },
            },
          },
        ],
      },
    });
  });

  test('warns of nothing', () => {
    expect(warnings(stack)).toEqual([]);
  });

  // A change of one replaces the subnet, and everything in it.
  test('keeps its logical ids', () => {
    expect(idsOf(template, 'AWS::EC2::VPC')).toEqual(['NetworkVpc7FB7348F']);
    expect(idsOf(template, 'AWS::Logs::LogGroup')).toEqual(['NetworkFlowLogGroup4F8CEEEF']);
    expect(idsOf(template, 'AWS::EC2::Subnet')).toEqual(SUBNET_IDS);
  });
});

const SUBNET_IDS = [
  'NetworkVpcContainersSubnet1Subnet72FC00D2',
  'NetworkVpcContainersSubnet2Subnet928B1A36',
  'NetworkVpcContainersSubnet3Subnet1087772A',
  'NetworkVpcDataSubnet1SubnetC4E2CA79',
  'NetworkVpcDataSubnet2Subnet1DE78234',
  'NetworkVpcDataSubnet3Subnet41FD9D3C',
  'NetworkVpcPublicSubnet1Subnet36933139',
  'NetworkVpcPublicSubnet2SubnetC427CCE0',
  'NetworkVpcPublicSubnet3Subnet4BBF7F47',
];

describe('what may change', () => {
  const before = templateOf({ maxAzs: 2 });

  /** The subnets of a template, by logical id. */
  const addresses = (template: Template) =>
    Object.fromEntries(
      Object.entries(template.findResources('AWS::EC2::Subnet')).map(([id, { Properties }]) => [
        id,
        [Properties.CidrBlock, Properties.AvailabilityZone],
      ]),
    );

  test.each<[string, ContainerNetworkProps]>([
    ['a third zone', { maxAzs: 3 }],
    ['a fourth zone', { maxAzs: 4 }],
    ['a zone by name', { availabilityZones: ['a', 'b', 'd'].map(zone) }],
    ['no NAT gateways', { maxAzs: 2, natGateways: NatGateways.NONE }],
    ['a NAT gateway in each zone', { maxAzs: 2, natGateways: NatGateways.PER_ZONE }],
    ['no network ACLs', { maxAzs: 2, networkAcls: false }],
  ])('moves no subnet: %s', (_, props) => {
    expect(addresses(templateOf(props))).toMatchObject(addresses(before));
  });

  test('moves no subnet: a public tier that comes later', () => {
    const without = addresses(templateOf({ maxAzs: 2, publicTier: false }));
    expect(Object.keys(without)).toHaveLength(4);
    expect(addresses(before)).toMatchObject(without);
  });
});

describe('addresses', () => {
  test('are those that are given', () => {
    const template = templateOf({ ipAddresses: ec2.IpAddresses.cidr('192.168.16.0/20'), maxAzs: 2 });
    expect(subnetsOf(template)).toEqual({
      'Containers eu-west-1a': '192.168.16.0/23',
      'Containers eu-west-1b': '192.168.18.0/23',
      'Data eu-west-1a': '192.168.24.0/24',
      'Data eu-west-1b': '192.168.25.0/24',
      'Public eu-west-1a': '192.168.28.0/25',
      'Public eu-west-1b': '192.168.28.128/25',
    });
  });

  test('may come from IPAM in the deployment', () => {
    const ipAddresses = ec2.IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 18 });
    const template = templateOf({ ipAddresses, maxAzs: 2 });
    const vpc = only(template, 'AWS::EC2::VPC');
    expect(vpc.Properties).toMatchObject({ Ipv4IpamPoolId: 'ipam-pool-1', Ipv4NetmaskLength: 18 });
    const part = (index: number, bits: string) => ({
      'Fn::Select': [index, { 'Fn::Cidr': [{ 'Fn::GetAtt': [vpc.id, 'CidrBlock'] }, index + 1, bits] }],
    });
    expect(subnetsOf(template)).toEqual({
      'Containers eu-west-1a': part(0, '11'),
      'Containers eu-west-1b': part(1, '11'),
      'Data eu-west-1a': part(8, '10'),
      'Data eu-west-1b': part(9, '10'),
      'Public eu-west-1a': part(24, '9'),
      'Public eu-west-1b': part(25, '9'),
    });
    const rules = Object.values(template.findResources('AWS::EC2::NetworkAclEntry')).map(
      ({ Properties }) => Properties.CidrBlock,
    );
    expect(rules).toContainEqual({ 'Fn::GetAtt': [vpc.id, 'CidrBlock'] });
    expect(rules).toContainEqual(part(0, '13'));
    expect(rules).toContainEqual(part(2, '12'));
  });

  test('of Docker are warned of', () => {
    const { stack } = made({ ipAddresses: ec2.IpAddresses.cidr('172.17.0.0/20') });
    expect(warnings(stack)).toEqual([
      'the network 172.17.0.0/20 overlaps with 172.17.0.0/16, which Docker on instances and some services of AWS use themselves: choose other addresses, because they cannot be changed later. [ack: Annotation::cdk-containers:NetworkAddressesOfDocker]',
    ]);
  });
});

test('closes the default security group whatever the feature flags of the app say', () => {
  const { stack } = made({}, newApp({ ...ZONES, '@aws-cdk/aws-ec2:restrictDefaultSecurityGroup': false }));
  Template.fromStack(stack).resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
});

test('without CDK for the default security group there is no function, and no inline policy', () => {
  const template = templateOf({ restrictDefaultSecurityGroup: false });
  template.resourceCountIs('AWS::Lambda::Function', 0);
  template.resourceCountIs('Custom::VpcRestrictDefaultSG', 0);
  expectNothingInline(template);
});

test('a stack without an environment has the two zones of which it knows', () => {
  const stack = new Stack(newApp(), 'Agnostic');
  const network = new ContainerNetwork(stack, 'Network');
  expect(network.vpc.availabilityZones.every((each) => Token.isUnresolved(each))).toBe(true);
  expect(Object.values(Template.fromStack(stack).findResources('AWS::EC2::Subnet'))).toHaveLength(6);
});

test('all validators find nothing that is not explained', () => {
  const app = newApp({ ...ZONES, ...STRICT });
  made({ publicPorts: [ec2.Port.udp(53)], outboundPorts: [ec2.Port.tcp(587), ec2.Port.udp(123)] }, app);
  const ipAddresses = ec2.IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 20 });
  new ContainerNetwork(new Stack(app, 'Ipam'), 'Network', { ipAddresses, publicTier: false });
  const { open, acknowledged } = validate(app);
  expect(open).toEqual([]);
  expect([...new Set(acknowledged.map(({ rule }) => rule.replace(/^.*-/, '')))].sort()).toEqual([
    'CloudWatchLogGroupEncrypted',
    'VPC3',
    'VPCNoUnrestrictedRouteToIGW',
    // Zones by name: CDK's subnets explain that themselves.
    'W3010',
  ]);
});

function target({ GatewayId, NatGatewayId }: { GatewayId?: unknown; NatGatewayId?: unknown }): unknown {
  return NatGatewayId ?? GatewayId;
}
