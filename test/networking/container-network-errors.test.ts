import { aws_ec2 as ec2, aws_kms as kms, aws_logs as logs, Duration, Stack, Token } from 'aws-cdk-lib';
import { ContainerNetwork, NatGateways } from '../../lib';
import type { ContainerNetworkProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, Template } from '../support/fixture';
import { made } from '../support/networks';

function make(props: object): ContainerNetwork {
  return new ContainerNetwork(new Stack(newApp(), 'Shop'), 'Network', props as ContainerNetworkProps);
}

const firehose = () =>
  ec2.FlowLogDestination.toFirehose({
    deliveryStreamRef: {
      deliveryStreamName: 'flows',
      deliveryStreamArn: 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/flows',
    },
    env: { account: '111122223333', region: 'eu-west-1' },
  } as never);

test.each<[string, () => object, string | RegExp]>([
  ['it has one zone', () => ({ maxAzs: 1 }), 'maxAzs must be between 2 and 6, got 1'],
  [
    'a list of zones names one twice',
    () => ({ availabilityZones: ['eu-west-1a', 'eu-west-1a'] }),
    "availabilityZones must be unique, got 'eu-west-1a' twice",
  ],
  [
    'it is too small',
    () => ({ ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/24') }),
    'the mask of ipAddresses must be from /16 to /22 for 3 zones, got /24: its public subnets would have a /29, and load balancers need a /27',
  ],
  [
    'it is too small for its zones',
    () => ({ ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/22'), maxAzs: 5 }),
    /^the mask of ipAddresses must be from \/16 to \/21 for 5 zones, got \/22: /,
  ],
  [
    'it is larger than a VPC',
    () => ({ ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/8') }),
    'the mask of ipAddresses must be from /16 to /22 for 3 zones, got /8',
  ],
  [
    'IPAM is asked for too little',
    () => ({
      ipAddresses: ec2.IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 24 }),
    }),
    /, got \/24: /,
  ],
  [
    'NAT gateways have no public tier',
    () => ({ publicTier: false, natGateways: NatGateways.ONE }),
    'natGateways must be NatGateways.NONE without a public tier, got ONE: NAT gateways need an internet gateway',
  ],
  [
    'public ports have no public tier',
    () => ({ publicTier: false, publicPorts: [ec2.Port.tcp(25)] }),
    'publicPorts must be left out without a public tier, got some: nothing outside reaches them',
  ],
  [
    'a NAT provider has nothing to do',
    () => ({ natGateways: NatGateways.NONE, natGatewayProvider: ec2.NatProvider.gateway() }),
    'natGatewayProvider must be left out with NatGateways.NONE, got one: it would have nothing to do',
  ],
  ['NAT is misspelt', () => ({ natGateways: 'none' }), "natGateways must be one of NONE, ONE, PER_ZONE, got 'none'"],
  ['NAT is a number', () => ({ natGateways: 0 }), "natGateways must be one of NONE, ONE, PER_ZONE, got '0'"],
  [
    'nothing leads out to ports',
    () => ({ natGateways: NatGateways.NONE, outboundPorts: [ec2.Port.tcp(587)] }),
    'outboundPorts must be left out without NAT gateways, got some: containers reach nothing outside, so use addEntry of containerNetworkAcl for other ways out',
  ],
  [
    'ports have no public tier to lead out',
    () => ({ publicTier: false, outboundPorts: [ec2.Port.udp(123)] }),
    /^outboundPorts must be left out without NAT gateways/,
  ],
  [
    'a NAT provider is a name',
    () => ({ natGatewayProvider: 'gateway' }),
    'natGatewayProvider must be one such as ec2.NatProvider.gateway(), got gateway',
  ],
  [
    'a NAT provider is nothing',
    () => ({ natGatewayProvider: null }),
    'natGatewayProvider must be one such as ec2.NatProvider.gateway(), got null',
  ],
  [
    'NAT gateways have too few addresses',
    () => ({
      natGateways: NatGateways.PER_ZONE,
      natGatewayProvider: ec2.NatProvider.gateway({ eipAllocationIds: ['eipalloc-0123456789abcdef0'] }),
    }),
    'eipAllocationIds of natGatewayProvider must be one for each NAT gateway, got fewer: name one for NatGateways.ONE, and one for each zone for NatGateways.PER_ZONE',
  ],
  [
    'addresses are a text',
    () => ({ ipAddresses: '10.0.0.0/16' }),
    "ipAddresses must be such as ec2.IpAddresses.cidr('10.0.0.0/16'), got 10.0.0.0/16",
  ],
  ['the public tier is a word', () => ({ publicTier: 'no' }), "publicTier must be true or false, got 'no'"],
  ['the public tier is null', () => ({ publicTier: null }), 'publicTier must be true or false, got null'],
  ['network ACLs are a number', () => ({ networkAcls: 0 }), 'networkAcls must be true or false, got 0'],
  ['flow logs are a word', () => ({ flowLogs: 'no' }), "flowLogs must be true or false, got 'no'"],
  [
    'the default security group is a word',
    () => ({ restrictDefaultSecurityGroup: 'false' }),
    "restrictDefaultSecurityGroup must be true or false, got 'false'",
  ],
  [
    'options of flow logs are null',
    () => ({ flowLogOptions: null }),
    'the options of flowLogOptions must be an object with trafficType, destination, retention, encryptionKey, logFormat, maxAggregationInterval, got no object',
  ],
  [
    'an option of flow logs is misspelt',
    () => ({ flowLogOptions: { traffic: ec2.FlowLogTrafficType.REJECT } }),
    /^the options of flowLogOptions must be an object with .*, got traffic$/,
  ],
  [
    'a property is misspelt',
    () => ({ natGateway: 'NONE' }),
    'the options of a ContainerNetwork must be an object with ipAddresses, maxAzs, availabilityZones, natGateways, natGatewayProvider, publicPorts, outboundPorts, flowLogOptions, publicTier, networkAcls, flowLogs, restrictDefaultSecurityGroup, got natGateway',
  ],
  ['it is null', () => null as never, /^the options of a ContainerNetwork must be an object with .*, got no object$/],
  [
    'public ports overlap',
    () => ({ publicPorts: [ec2.Port.tcpRange(1, 30), ec2.Port.tcp(25)] }),
    'publicPorts must not overlap, got tcp 1-30 and tcp 25: name each port once',
  ],
  [
    'outbound ports are everything',
    () => ({ outboundPorts: [ec2.Port.allTraffic()] }),
    'outboundPorts must be TCP or UDP ports such as ec2.Port.tcp(5432), got ALL TRAFFIC',
  ],
  [
    'there is nothing to have options for',
    () => ({ flowLogs: false, flowLogOptions: { retention: logs.RetentionDays.ONE_DAY } }),
    'flowLogOptions must be left out when flowLogs is false, got both: nothing is written down',
  ],
  [
    'a destination has a retention',
    () => ({ flowLogOptions: { destination: firehose(), retention: logs.RetentionDays.ONE_DAY } }),
    'flowLogOptions must have retention and encryptionKey only for a log group of the network, got a destination too: set them there',
  ],
  [
    'a destination has a key',
    () => ({
      flowLogOptions: { destination: firehose(), encryptionKey: kms.Key.fromKeyArn(new Stack(), 'Key', KEY) },
    }),
    /^flowLogOptions must have retention and encryptionKey only/,
  ],
])('fails when %s', (_, props, message) => {
  expectFailure(() => make(props()), message);
});

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000';

test('fails when a zone is not of the region', () => {
  expectFailure(
    () => made({ availabilityZones: ['eu-west-1a', 'us-east-1a'] }),
    "availabilityZones must be of the stack's region, which has eu-west-1a, eu-west-1b, eu-west-1c, eu-west-1d, got us-east-1a: name some of these",
  );
});

test('zones pass before those of the region were looked up, and in a stack without an environment', () => {
  const availabilityZones = ['eu-west-1a', 'eu-west-1b'];
  expect(made({ availabilityZones }, newApp()).network.vpc.availabilityZones).toEqual(availabilityZones);
  expect(make({ availabilityZones }).vpc.availabilityZones).toEqual(availabilityZones);
});

test('what CDK says of other mistakes stays as it is', () => {
  const natGatewayProvider = ec2.NatProvider.gateway();
  const failing = (configureNat: () => never) => () =>
    make({ natGatewayProvider: Object.assign(natGatewayProvider, { configureNat }) });
  expect(
    failing(() => {
      throw new Error('no such gateway');
    }),
  ).toThrow(new Error('no such gateway'));
  expect(failing(() => Duration.seconds(-1) as never)).toThrow(/^Duration amounts cannot be negative/);
});

test('zones that are tokens pass', () => {
  const { vpc } = make({ availabilityZones: ['A', 'B'].map((name) => Token.asString({ Ref: name })) });
  Template.fromStack(Stack.of(vpc)).hasResourceProperties('AWS::EC2::Subnet', { AvailabilityZone: { Ref: 'B' } });
});
