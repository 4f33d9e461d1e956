import { aws_ec2 as ec2, Lazy, Token } from 'aws-cdk-lib';
import {
  checkNetworkMask,
  checkZones,
  cidrOf,
  maskOf,
  overlapsDocker,
  portRanges,
  portRuleNumber,
  portsKeepingClients,
  subnetBlock,
  tierBlock,
} from '../../lib/rules/networks';
import type { Tier } from '../../lib/rules/networks';
import { expectFailure } from '../support/errors';

const TIERS: Tier[] = ['Containers', 'Data', 'Public'];
const subnet = (tier: Tier, zone: number, zones: number, network = '10.0.0.0/16') =>
  cidrOf(network, subnetBlock(tier, zone, zones));

describe('the parts of a network', () => {
  test.each<[Tier, string, string[]]>([
    ['Containers', '10.0.0.0/17', ['10.0.0.0/19', '10.0.32.0/19', '10.0.64.0/19', '10.0.96.0/19']],
    ['Data', '10.0.128.0/18', ['10.0.128.0/20', '10.0.144.0/20', '10.0.160.0/20', '10.0.176.0/20']],
    ['Public', '10.0.192.0/19', ['10.0.192.0/21', '10.0.200.0/21', '10.0.208.0/21', '10.0.216.0/21']],
  ])('%s has %s, and in its zones %s', (tier, all, zones) => {
    expect(cidrOf('10.0.0.0/16', tierBlock(tier))).toBe(all);
    expect(zones.map((_, zone) => subnet(tier, zone, 4))).toEqual(zones);
  });

  test.each([2, 3, 4])('are the same for %d zones', (zones) => {
    for (const tier of TIERS) expect(subnet(tier, 1, zones)).toBe(subnet(tier, 1, 4));
  });

  test('are smaller for more than four zones', () => {
    expect([0, 4, 5].map((zone) => subnet('Containers', zone, 5))).toEqual([
      '10.0.0.0/20',
      '10.0.64.0/20',
      '10.0.80.0/20',
    ]);
    expect(subnet('Public', 5, 6)).toBe('10.0.212.0/22');
  });

  test.each([2, 3, 4, 5, 6])('do not overlap in %d zones', (zones) => {
    const blocks = TIERS.flatMap((tier) =>
      Array.from({ length: zones }, (_, zone) => range(subnet(tier, zone, zones))),
    );
    blocks.sort((one, other) => one.start - other.start);
    blocks.slice(1).forEach((block, index) => expect(block.start).toBeGreaterThanOrEqual(blocks[index].end));
    const tiers = TIERS.map((tier) => range(cidrOf('10.0.0.0/16', tierBlock(tier))));
    blocks.forEach(({ start, end }) => {
      expect(tiers.filter((tier) => tier.start <= start && end <= tier.end)).toHaveLength(1);
    });
  });

  test('count from the start of the network, whatever address names it, up to the highest ones', () => {
    expect(cidrOf('192.168.37.9/20', { bits: 1, index: 1 })).toBe('192.168.40.0/21');
    expect(cidrOf('255.255.0.0/16', { bits: 2, index: 3 })).toBe('255.255.192.0/18');
  });
});

function range(cidr: string) {
  const [address, mask] = cidr.split('/');
  const start = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { start, end: start + 2 ** (32 - Number(mask)) };
}

describe('the size of a network', () => {
  test('is known from its addresses, or from what it asks IPAM for', () => {
    expect(maskOf('10.1.0.0/20', undefined)).toBe(20);
    expect(maskOf(undefined, 18)).toBe(18);
    expect(maskOf('10.1.0.0/20', 18)).toBe(20);
  });

  test.each([
    ['nothing', undefined, undefined],
    ['a token', Lazy.string({ produce: () => '10.0.0.0/16' }), undefined],
    ['a netmask that is a token', undefined, Token.asNumber({ Ref: 'Mask' })],
    ['an address without a mask', '10.0.0.0', undefined],
  ])('fails when it is %s', (_, cidr, length) => {
    expectFailure(
      () => maskOf(cidr, length),
      'ipAddresses must say how many addresses the network has, got neither a CIDR such as 10.0.0.0/16 nor a netmask length: the subnets are laid out at synthesis',
    );
  });

  test.each([
    [16, 2],
    [22, 4],
    [16, 5],
    [21, 6],
  ])('may be /%d for %d zones', (mask, zones) => {
    expect(() => checkNetworkMask(mask, zones)).not.toThrow();
  });

  test('fails when load balancers have too few addresses', () => {
    expectFailure(
      () => checkNetworkMask(23, 3),
      'the mask of ipAddresses must be from /16 to /22 for 3 zones, got /23: its public subnets would have a /28, and load balancers need a /27',
    );
    expectFailure(() => checkNetworkMask(22, 5), /from \/16 to \/21 for 5 zones, got \/22: .* would have a \/28,/);
  });

  test.each([15, 0, 29, 33, NaN])('fails when no VPC has it: /%d', (mask) => {
    expectFailure(
      () => checkNetworkMask(mask, 3),
      `the mask of ipAddresses must be from /16 to /22 for 3 zones, got /${mask}`,
    );
  });

  test.each([
    ['172.17.0.0/16', true],
    ['172.17.128.0/20', true],
    ['172.16.0.0/16', false],
    ['172.18.0.0/16', false],
    ['10.17.0.0/16', false],
  ])('%s overlaps with Docker: %s', (cidr, overlaps) => {
    expect(overlapsDocker(cidr)).toBe(overlaps);
  });
});

describe('zones', () => {
  test('are counted', () => {
    expect(checkZones(undefined, undefined)).toBe(3);
    expect(checkZones(6, undefined)).toBe(6);
    expect(checkZones(undefined, ['a', 'b'])).toBe(2);
    expect(checkZones(undefined, [token(), token(), 'c'])).toBe(3);
  });

  test.each<[string, number | undefined, unknown, string]>([
    ['there is one', 1, undefined, 'maxAzs must be between 2 and 6, got 1'],
    ['there is none', 0, undefined, 'maxAzs must be between 2 and 6, got 0'],
    ['there are too many', 7, undefined, 'maxAzs must be between 2 and 6, got 7'],
    ['one is in pieces', 2.5, undefined, 'maxAzs must be a whole number, got 2.5'],
    [
      'nobody knows how many',
      Token.asNumber({ Ref: 'N' }),
      undefined,
      'maxAzs must be known at synthesis, got a token',
    ],
    [
      'they are said twice',
      3,
      ['a', 'b', 'c'],
      'maxAzs must be left out beside availabilityZones, got both: the zones are counted',
    ],
    ['the list has one', undefined, ['a'], 'the number of availabilityZones must be between 2 and 6, got 1'],
    ['the list is empty', undefined, [], 'the number of availabilityZones must be between 2 and 6, got 0'],
    ['one is named twice', undefined, ['a', 'b', 'a'], "availabilityZones must be unique, got 'a' twice"],
    ['there is no list', undefined, 'ab', "availabilityZones must be a list, got 'ab': put it into brackets"],
    [
      'the list is a token',
      undefined,
      Token.asList({ Ref: 'Zones' }),
      'availabilityZones must be a list of known length, got a token: name the zones, or use maxAzs',
    ],
  ])('fails when %s', (_, maxAzs, zones, message) => {
    expectFailure(() => checkZones(maxAzs, zones as string[]), message);
  });
});

describe('ports', () => {
  test('are ranges', () => {
    expect(portRanges('publicPorts')).toEqual([]);
    expect(portRanges('publicPorts', [ec2.Port.allTcp(), ec2.Port.udpRange(5000, 5100), ec2.Port.udp(25)])).toEqual([
      { protocol: 'tcp', from: 0, to: 65535 },
      { protocol: 'udp', from: 5000, to: 5100 },
      { protocol: 'udp', from: 25, to: 25 },
    ]);
  });

  test('have rule numbers of their own, which depend on nothing else', () => {
    expect(portRuleNumber({ protocol: 'tcp', from: 25, to: 30 })).toBe(1025);
    expect(portRuleNumber({ protocol: 'udp', from: 25, to: 25 })).toBe(16025);
    expect(portRuleNumber({ protocol: 'tcp', from: 14999, to: 14999 })).toBe(15999);
    expect(portRuleNumber({ protocol: 'udp', from: 44999, to: 65535 })).toBe(30999);
    expect(portRuleNumber({ protocol: 'tcp', from: 65535, to: 65535 })).toBe(6535);
  });

  test('keep the addresses of clients for UDP, and for what TCP has in common with it', () => {
    const ports = [ec2.Port.tcpRange(10, 20), ec2.Port.udp(15), ec2.Port.udpRange(20, 30), ec2.Port.tcp(31)];
    expect(portsKeepingClients(portRanges('publicPorts', ports))).toEqual([
      { protocol: 'udp', from: 15, to: 15 },
      { protocol: 'udp', from: 20, to: 30 },
      { protocol: 'tcp', from: 15, to: 15 },
      { protocol: 'tcp', from: 20, to: 20 },
    ]);
  });

  test('fails when what they have in common shares a rule number', () => {
    const ports = [ec2.Port.tcpRange(20, 30), ec2.Port.udp(25), ec2.Port.tcp(15025), ec2.Port.udpRange(15020, 15030)];
    expectFailure(
      () => portsKeepingClients(portRanges('publicPorts', ports)),
      'publicPorts must have rule numbers of their own, got tcp 25 and tcp 15025, which share 1025: add one of them with addEntry of the network ACLs',
    );
  });

  test.each<[string, unknown, string]>([
    ['numbers', [443], 'publicPorts must be ports such as ec2.Port.tcp(5432), got 443'],
    ['nothing', [undefined], 'publicPorts must be ports such as ec2.Port.tcp(5432), got undefined'],
    ['no list', ec2.Port.tcp(1), 'publicPorts must be a list, got something else: put it into brackets'],
    [
      'neither TCP nor UDP',
      [ec2.Port.allIcmp()],
      'publicPorts must be TCP or UDP ports such as ec2.Port.tcp(5432), got ALL ICMP',
    ],
    [
      'everything',
      [ec2.Port.allTraffic()],
      'publicPorts must be TCP or UDP ports such as ec2.Port.tcp(5432), got ALL TRAFFIC',
    ],
    [
      'a token',
      [ec2.Port.tcp(Token.asNumber({ Ref: 'Port' }))],
      'publicPorts must be known at synthesis, because rules are numbered by port, got a token',
    ],
    [
      'a range with a token',
      [ec2.Port.tcpRange(1, Token.asNumber({ Ref: 'Port' }))],
      'publicPorts must be known at synthesis, because rules are numbered by port, got a token',
    ],
    ['too high', [ec2.Port.tcp(70000)], 'a port of publicPorts must be between 0 and 65535, got 70000'],
    ['backwards', [ec2.Port.tcpRange(20, 10)], 'a port of publicPorts must be between 20 and 65535, got 10'],
    ['no number', [ec2.Port.tcp(NaN)], 'a port of publicPorts must be between 0 and 65535, got NaN'],
    [
      'named twice',
      [ec2.Port.tcp(25), ec2.Port.tcp(25)],
      'publicPorts must not overlap, got tcp 25 and tcp 25: name each port once',
    ],
    [
      'in two ranges',
      [ec2.Port.udpRange(1, 10), ec2.Port.tcp(1), ec2.Port.udpRange(10, 20)],
      'publicPorts must not overlap, got udp 1-10 and udp 10-20: name each port once',
    ],
    [
      'of one rule number',
      [ec2.Port.tcp(20), ec2.Port.tcp(15020)],
      'publicPorts must have rule numbers of their own, got tcp 20 and tcp 15020, which share 1020: add one of them with addEntry of the network ACLs',
    ],
  ])('fails when they are %s', (_, ports, message) => {
    expectFailure(() => portRanges('publicPorts', ports as ec2.Port[]), message);
  });
});

function token(): string {
  return Lazy.string({ produce: () => 'a' });
}
