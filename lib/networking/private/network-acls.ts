import { aws_ec2 as ec2, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FINDINGS } from '../../rules/findings';
import { LATTICE_CIDR } from '../../rules/lattice';
import { ANSWER_PORTS, NETWORK_ACL_RULES, portRuleNumber, portsKeepingClients } from '../../rules/networks';
import type { PortRange } from '../../rules/networks';

/** What the network ACLs of a network are about. */
export interface AclSettings {
  /** The addresses of the network, and of two of its tiers. */
  readonly cidrs: { readonly vpc: string; readonly containers: string; readonly data: string };
  readonly publicPorts: PortRange[];
  readonly outboundPorts: PortRange[];
}

type Direction = 'In' | 'Out';

/** One rule: who, or to whom, with what. Everything that has none is denied. */
interface Rule {
  readonly direction: Direction;
  readonly id: string;
  readonly number: number;
  readonly cidr: string;
  readonly traffic: ec2.AclTraffic;
}

const ANYWHERE = '0.0.0.0/0';

/** Load balancers and NAT gateways. */
export function publicRules({ cidrs, publicPorts, outboundPorts }: AclSettings): Rule[] {
  return [
    rule('In', 'Https', 100, ANYWHERE, tcp(443)),
    rule('In', 'Http', 110, ANYWHERE, tcp(80)),
    // What containers send out through NAT, and what they answer to load balancers.
    rule('In', 'Containers', 120, cidrs.containers, ec2.AclTraffic.allTraffic()),
    // Answers to NAT, and to load balancers that ask an identity provider.
    rule('In', 'Answers', 130, ANYWHERE, answers('tcp')),
    rule('In', 'PacketTooBig', 140, ANYWHERE, packetTooBig()),
    ...publicPorts.map((port) => portRule('In', port)),
    ...(hasUdp(outboundPorts) ? [rule('In', 'UdpAnswers', 150, ANYWHERE, answers('udp'))] : []),
    rule('Out', 'Containers', 100, cidrs.containers, ec2.AclTraffic.allTraffic()),
    rule('Out', 'Https', 110, ANYWHERE, tcp(443)),
    rule('Out', 'Answers', 120, ANYWHERE, answers('tcp')),
    ...outboundPorts.map((port) => portRule('Out', port)),
    ...(hasUdp(publicPorts) ? [rule('Out', 'UdpAnswers', 130, ANYWHERE, answers('udp'))] : []),
  ];
}

/** Containers, internal load balancers and interface endpoints. */
export function containerRules({ cidrs, publicPorts, outboundPorts }: AclSettings): Rule[] {
  const fromClients = portsKeepingClients(publicPorts);
  return [
    rule('In', 'Network', 100, cidrs.vpc, ec2.AclTraffic.allTraffic()),
    // S3 and DynamoDB answer from public addresses, also through gateway endpoints.
    rule('In', 'Answers', 110, ANYWHERE, answers('tcp', 'containers')),
    rule('In', 'PacketTooBig', 120, ANYWHERE, packetTooBig()),
    ...fromClients.map((port) => portRule('In', port)),
    ...(hasUdp(outboundPorts) ? [rule('In', 'UdpAnswers', 130, ANYWHERE, answers('udp', 'containers'))] : []),
    // VPC Lattice asks the ports of containers from link-local addresses; security groups decide which.
    rule('In', 'Lattice', 140, LATTICE_CIDR, ec2.AclTraffic.tcpPortRange(0, 65535)),
    rule('Out', 'Network', 100, cidrs.vpc, ec2.AclTraffic.allTraffic()),
    rule('Out', 'Https', 110, ANYWHERE, tcp(443)),
    ...outboundPorts.map((port) => portRule('Out', port)),
    ...(hasUdp(fromClients) ? [rule('Out', 'UdpAnswers', 120, ANYWHERE, answers('udp'))] : []),
    ...(hasTcp(fromClients) ? [rule('Out', 'Answers', 130, ANYWHERE, answers('tcp'))] : []),
    rule('Out', 'LatticeAnswers', 140, LATTICE_CIDR, answers('tcp')),
  ];
}

/** Databases and file systems: containers reach them, and they each other in other zones. */
export function dataRules({ cidrs }: AclSettings): Rule[] {
  return (['In', 'Out'] as const).flatMap((direction) => [
    rule(direction, 'Containers', 100, cidrs.containers, ec2.AclTraffic.allTraffic()),
    rule(direction, 'Data', 110, cidrs.data, ec2.AclTraffic.allTraffic()),
  ]);
}

/** A network ACL of some subnets. */
export function newNetworkAcl(
  scope: Construct,
  id: string,
  { vpc, subnets, rules }: { readonly vpc: ec2.IVpc; readonly subnets: ec2.ISubnet[]; readonly rules: Rule[] },
): ec2.NetworkAcl {
  const acl = new ec2.NetworkAcl(scope, id, { vpc });
  Validations.of(acl).acknowledge(...FINDINGS.networkAcls);
  const entries = rules.map((each) =>
    acl.addEntry(`${each.direction}${each.id}`, {
      direction: each.direction === 'In' ? ec2.TrafficDirection.INGRESS : ec2.TrafficDirection.EGRESS,
      ruleNumber: each.number,
      cidr: ec2.AclCidr.ipv4(each.cidr),
      traffic: each.traffic,
    }),
  );
  const others = new Set(acl.node.children);
  subnets.forEach((subnet) => subnet.associateNetworkAcl('Association', acl));
  // A network ACL denies what it has no rules for: subnets in use get it when it is complete.
  const associations = acl.node.children.filter((child) => !others.has(child));
  associations.forEach((association) => association.node.addDependency(...entries));
  warnOfRules(acl, rules);
  return acl;
}

function warnOfRules(acl: ec2.NetworkAcl, rules: Rule[]): void {
  const most = Math.max(...(['In', 'Out'] as const).map((direction) => countOf(rules, direction)));
  if (most <= NETWORK_ACL_RULES) return;
  Validations.of(acl).addWarning(
    'cdk-containers:NetworkAclRules',
    `the network ACL has ${most} rules in one direction, and AWS allows ${NETWORK_ACL_RULES} beside the last one unless the quota of the account is raised: name ranges of ports instead.`,
  );
}

function countOf(rules: Rule[], direction: Direction): number {
  return rules.filter((each) => each.direction === direction).length;
}

function rule(direction: Direction, id: string, number: number, cidr: string, traffic: ec2.AclTraffic): Rule {
  return { direction, id, number, cidr, traffic };
}

/** Its id follows from its number: CloudFormation makes a rule of another id before it deletes this one, whose number would be taken. */
function portRule(direction: Direction, port: PortRange): Rule {
  const number = portRuleNumber(port);
  return rule(direction, `Rule${number}`, number, ANYWHERE, portTraffic(port.protocol, port));
}

function portTraffic(protocol: 'tcp' | 'udp', { from, to }: { readonly from: number; readonly to: number }) {
  return protocol === 'tcp' ? ec2.AclTraffic.tcpPortRange(from, to) : ec2.AclTraffic.udpPortRange(from, to);
}

function tcp(port: number): ec2.AclTraffic {
  return ec2.AclTraffic.tcpPort(port);
}

function answers(protocol: 'tcp' | 'udp', who: keyof typeof ANSWER_PORTS = 'anyone'): ec2.AclTraffic {
  return portTraffic(protocol, ANSWER_PORTS[who]);
}

/**
 * Fragmentation needed: without it, large packets of a connection vanish where a link takes smaller ones only.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html#path_mtu_discovery
 */
function packetTooBig(): ec2.AclTraffic {
  return ec2.AclTraffic.icmp({ type: 3, code: 4 });
}

function hasTcp(ports: PortRange[]): boolean {
  return ports.some(({ protocol }) => protocol === 'tcp');
}

function hasUdp(ports: PortRange[]): boolean {
  return ports.some(({ protocol }) => protocol === 'udp');
}
