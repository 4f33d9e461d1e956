import { aws_ec2 as ec2, aws_kms as kms, aws_logs as logs, Stack, Token } from 'aws-cdk-lib';
import { ContainerNetwork, NatGateways } from '../../lib';
import type { ContainerNetworkProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, Template } from '../support/fixture';

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

test('zones that are tokens pass', () => {
  const { vpc } = make({ availabilityZones: ['A', 'B'].map((name) => Token.asString({ Ref: name })) });
  Template.fromStack(Stack.of(vpc)).hasResourceProperties('AWS::EC2::Subnet', { AvailabilityZone: { Ref: 'B' } });
});
