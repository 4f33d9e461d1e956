import { checkUnique, checkWhole, ContainersError, isToken } from './errors';
import { checkList } from './given';

/**
 * Facts about networks and their limits, November 2026.
 *
 * Sources: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (size of a VPC; 172.17.0.0/16),
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html (/27 for load balancers),
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (rules of a network ACL),
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html (no region has more than six zones).
 */
const LONGEST_NETWORK_MASK = 28;
const SHORTEST_NETWORK_MASK = 16;
const LONGEST_PUBLIC_MASK = 27;
const ZONES = { min: 2, max: 6 };
const PORT = { min: 0, max: 65535 };
const DOCKER = '172.17.0.0/16';

/** A network ACL has 20 rules in each direction, of which one is the last, which denies. */
export const NETWORK_ACL_RULES = 19;

/**
 * Ports from which connections start, so on which answers arrive.
 *
 * Load balancers and NAT gateways use all from 1024, Linux 32768 to 60999, Windows 49152 to 65535, and the dynamic host
 * ports of ECS lie in between: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
 */
export const ANSWER_PORTS = { anyone: { from: 1024, to: 65535 }, containers: { from: 32768, to: 65535 } };

/** What a network is divided into. */
export type Tier = 'Containers' | 'Data' | 'Public';

/** A part of a network: the one at `index` of all parts whose mask is `bits` longer than the network's. */
export interface Block {
  readonly bits: number;
  readonly index: number;
}

/** Half for containers, a quarter for data, an eighth for what faces the internet, an eighth for what is yet to come. */
const TIERS: { readonly [tier in Tier]: Block } = {
  Containers: { bits: 1, index: 0 },
  Data: { bits: 2, index: 2 },
  Public: { bits: 3, index: 6 },
};

/** Each tier has places for four zones, or eight, so that a further zone moves no subnet. */
function placeBits(zones: number): number {
  return zones > 4 ? 3 : 2;
}

/** All subnets of a tier, those of further zones too. */
export function tierBlock(tier: Tier): Block {
  return TIERS[tier];
}

/** The subnet of a tier in one zone, counted from 0, of a network that is for as many `zones`. */
export function subnetBlock(tier: Tier, zone: number, zones: number): Block {
  const { bits, index } = TIERS[tier];
  const places = placeBits(zones);
  return { bits: bits + places, index: index * 2 ** places + zone };
}

/** The addresses of a part of a network. */
export function cidrOf(network: string, { bits, index }: Block): string {
  const { start, mask } = parse(network);
  const address = start + index * 2 ** (32 - mask - bits);
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
  return `${octets.join('.')}/${mask + bits}`;
}

function parse(cidr: string): { start: number; end: number; mask: number } {
  const [address, mask] = cidr.split('/');
  const size = 2 ** (32 - Number(mask));
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const start = number - (number % size);
  return { start, end: start + size - 1, mask: Number(mask) };
}

/** How long the mask of a network is, by its addresses or by what it asks IPAM for. */
export function maskOf(cidr: string | undefined, netmaskLength: number | undefined): number {
  const [, mask] = /^(?:\d{1,3}\.){3}\d{1,3}\/(\d{1,2})$/.exec(cidr ?? '') ?? [];
  const length = mask === undefined ? netmaskLength : Number(mask);
  if (length === undefined || isToken(length)) {
    throw new ContainersError(
      'ipAddresses must say how many addresses the network has, got neither a CIDR such as 10.0.0.0/16 nor a netmask length: the subnets are laid out at synthesis',
    );
  }
  return length;
}

/** Fails when the network is too small for its subnets: load balancers need a /27. */
export function checkNetworkMask(mask: number, zones: number): void {
  const longest = LONGEST_PUBLIC_MASK - TIERS.Public.bits - placeBits(zones);
  if (mask >= SHORTEST_NETWORK_MASK && mask <= longest) return;
  const allowed = `from /${SHORTEST_NETWORK_MASK} to /${longest} for ${zones} zones`;
  if (mask < SHORTEST_NETWORK_MASK || mask > LONGEST_NETWORK_MASK || Number.isNaN(mask)) {
    throw new ContainersError(`the mask of ipAddresses must be ${allowed}, got /${mask}`);
  }
  throw new ContainersError(
    `the mask of ipAddresses must be ${allowed}, got /${mask}: its public subnets would have a /${mask + LONGEST_PUBLIC_MASK - longest}, and load balancers need a /${LONGEST_PUBLIC_MASK}`,
  );
}

/** The addresses that Docker, and some services of AWS, use themselves. */
export function overlapsDocker(cidr: string): boolean {
  const [ours, docker] = [parse(cidr), parse(DOCKER)];
  return ours.start <= docker.end && docker.start <= ours.end;
}

/** Fails unless there are enough zones for a failure of one; says for how many zones the network is. */
export function checkZones(maxAzs: number | undefined, availabilityZones: string[] | undefined): number {
  if (availabilityZones === undefined) {
    const zones = maxAzs ?? 3;
    if (isToken(zones)) throw new ContainersError('maxAzs must be known at synthesis, got a token');
    checkWhole('maxAzs', zones, ZONES);
    return zones;
  }
  if (maxAzs !== undefined) {
    throw new ContainersError('maxAzs must be left out beside availabilityZones, got both: the zones are counted');
  }
  checkList('availabilityZones', availabilityZones);
  if (isToken(availabilityZones)) {
    throw new ContainersError(
      'availabilityZones must be a list of known length, got a token: name the zones, or use maxAzs',
    );
  }
  checkWhole('the number of availabilityZones', availabilityZones.length, ZONES);
  checkUnique('availabilityZones', availabilityZones);
  return availabilityZones.length;
}

/** Fails for a zone that the region has not; knows nothing of zones that are tokens, or not looked up yet. */
export function checkZonesOfRegion(availabilityZones: string[], ofRegion: string[]): void {
  const known = ofRegion.filter((zone) => !isToken(zone) && !zone.startsWith('dummy'));
  const foreign = availabilityZones.find((zone) => !isToken(zone) && !known.includes(zone));
  if (known.length === 0 || foreign === undefined) return;
  throw new ContainersError(
    `availabilityZones must be of the stack's region, which has ${known.join(', ')}, got ${String(foreign)}: name some of these`,
  );
}

/** Some TCP or UDP ports. */
export interface PortRange {
  readonly protocol: 'tcp' | 'udp';
  readonly from: number;
  readonly to: number;
}

/** What a port of CDK is in a rule of a security group. */
interface SecurityGroupPort {
  toRuleJson(): { readonly ipProtocol?: string; readonly fromPort?: number; readonly toPort?: number };
}

/** The ports as ranges. Fails unless they are TCP or UDP, known, and each named once. */
export function portRanges(name: string, ports: SecurityGroupPort[] = []): PortRange[] {
  checkList(name, ports);
  const ranges = ports.map((port) => portRange(name, port));
  checkEachApart(name, ranges);
  return ranges;
}

/**
 * The public ports on which containers see the addresses of clients: a Network Load Balancer always keeps them for UDP, and for
 * the TCP half of a listener that takes both on one port.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation
 */
export function portsKeepingClients(publicPorts: PortRange[]): PortRange[] {
  const of = (protocol: 'tcp' | 'udp') => publicPorts.filter((port) => port.protocol === protocol);
  const both = of('tcp').flatMap((tcp) => of('udp').flatMap((udp) => common(tcp, udp)));
  checkEachApart('publicPorts', both);
  return [...of('udp'), ...both];
}

/** The TCP ports that UDP has too. */
function common(tcp: PortRange, udp: PortRange): PortRange[] {
  const [from, to] = [Math.max(tcp.from, udp.from), Math.min(tcp.to, udp.to)];
  return from <= to ? [{ protocol: 'tcp', from, to }] : [];
}

function portRange(name: string, port: SecurityGroupPort): PortRange {
  if (typeof port?.toRuleJson !== 'function') {
    throw new ContainersError(`${name} must be ports such as ec2.Port.tcp(5432), got ${String(port)}`);
  }
  const { ipProtocol, fromPort = NaN, toPort = NaN } = port.toRuleJson();
  if (ipProtocol !== 'tcp' && ipProtocol !== 'udp') {
    throw new ContainersError(`${name} must be TCP or UDP ports such as ec2.Port.tcp(5432), got ${String(port)}`);
  }
  if (isToken(fromPort) || isToken(toPort)) {
    throw new ContainersError(`${name} must be known at synthesis, because rules are numbered by port, got a token`);
  }
  checkWhole(`a port of ${name}`, fromPort, PORT);
  checkWhole(`a port of ${name}`, toPort, { min: fromPort, max: PORT.max });
  return { protocol: ipProtocol, from: fromPort, to: toPort };
}

function checkEachApart(name: string, ranges: PortRange[]): void {
  ranges.forEach((range, index) => ranges.slice(0, index).forEach((other) => checkApart(name, other, range)));
}

function checkApart(name: string, one: PortRange, other: PortRange): void {
  const got = `got ${shown(one)} and ${shown(other)}`;
  if (one.protocol === other.protocol && one.from <= other.to && other.from <= one.to) {
    throw new ContainersError(`${name} must not overlap, ${got}: name each port once`);
  }
  if (portRuleNumber(one) === portRuleNumber(other)) {
    throw new ContainersError(
      `${name} must have rule numbers of their own, ${got}, which share ${portRuleNumber(one)}: add one of them with addEntry of the network ACLs`,
    );
  }
}

function shown({ protocol, from, to }: PortRange): string {
  return from === to ? `${protocol} ${from}` : `${protocol} ${from}-${to}`;
}

/**
 * The number of a port's rule. It depends on the port alone: a rule that moved when another port is added would have to be
 * replaced, and its new number may be taken. Numbers end at 32766.
 */
export function portRuleNumber({ protocol, from }: PortRange): number {
  return (protocol === 'tcp' ? 1000 : 16000) + (from % 15000);
}
