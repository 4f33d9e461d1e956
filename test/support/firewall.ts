import { Stack } from 'aws-cdk-lib';
import { newApp, Template } from './fixture';
import { ContainerNetwork } from '../../lib';
import type { ContainerNetworkProps } from '../../lib';

export type Protocol = 'tcp' | 'udp' | 'icmp';
export type Tier = 'Public' | 'Container' | 'Data';

/** Somebody with an address, in a subnet of a tier or outside. */
export interface Party {
  readonly address: string;
  readonly tier?: Tier;
}

export const INTERNET: Party = { address: '198.51.100.7' };
export const LOAD_BALANCER: Party = { address: '10.0.192.10', tier: 'Public' };
export const TASK: Party = { address: '10.0.0.10', tier: 'Container' };
export const TASK_ELSEWHERE: Party = { address: '10.0.70.10', tier: 'Container' };
export const LATTICE: Party = { address: '169.254.171.20' };
export const DATABASE: Party = { address: '10.0.128.10', tier: 'Data' };
export const REPLICA: Party = { address: '10.0.176.10', tier: 'Data' };

/** The network ACLs of a template, as the VPC applies them to each packet: no state, the lowest number that matches decides. */
export class Firewall {
  public readonly template: Template;
  public readonly stack: Stack;
  public readonly network: ContainerNetwork;

  constructor(props: ContainerNetworkProps = {}) {
    const app = newApp({ '@aws-cdk/core:strictCfnValidateErrors': false });
    this.stack = new Stack(app, 'Shop');
    this.network = new ContainerNetwork(this.stack, 'Network', { restrictDefaultSecurityGroup: false, ...props });
    this.template = Template.fromStack(this.stack);
  }

  public rules(tier: Tier, egress: boolean): any[] {
    return Object.values(this.template.findResources('AWS::EC2::NetworkAclEntry'))
      .map(({ Properties }) => Properties)
      .filter(
        ({ NetworkAclId, Egress }) => NetworkAclId.Ref.startsWith(`Network${tier}NetworkAcl`) && Egress === egress,
      )
      .sort((one, other) => one.RuleNumber - other.RuleNumber);
  }

  /** A packet leaves the subnet of one and enters that of the other. */
  public passes(source: Party, destination: Party, protocol: Protocol, port: number): boolean {
    return this.leaves(source, destination, protocol, port) && this.enters(destination, source, protocol, port);
  }

  public leaves({ tier }: Party, to: Party, protocol: Protocol, port: number): boolean {
    return !tier || this.allows(this.rules(tier, true), to, protocol, port);
  }

  public enters({ tier }: Party, source: Party, protocol: Protocol, port: number): boolean {
    return !tier || this.allows(this.rules(tier, false), source, protocol, port);
  }

  /** A connection: what goes there, and the answers to the port from which it came. */
  public connects(client: Party, server: Party, port: number, clientPort: number, protocol: Protocol = 'tcp'): boolean {
    return this.passes(client, server, protocol, port) && this.passes(server, client, protocol, clientPort);
  }

  /** A connection out through a NAT gateway, which stands where load balancers stand and has ports of its own. */
  public connectsOut(port: number, taskPort: number, natPort: number, protocol: Protocol = 'tcp'): boolean {
    const nat = LOAD_BALANCER;
    return (
      this.leaves(TASK, INTERNET, protocol, port) &&
      this.enters(nat, TASK, protocol, port) &&
      this.connects(nat, INTERNET, port, natPort, protocol) &&
      this.leaves(nat, TASK, protocol, taskPort) &&
      this.enters(TASK, INTERNET, protocol, taskPort)
    );
  }

  private allows(rules: any[], remote: Party, protocol: Protocol, port: number): boolean {
    const numbers = { tcp: 6, udp: 17, icmp: 1 };
    const rule = rules.find(
      ({ Protocol: number, CidrBlock, PortRange, Icmp }) =>
        (number === -1 || number === numbers[protocol]) &&
        contains(CidrBlock, remote.address) &&
        (!PortRange || (PortRange.From <= port && port <= PortRange.To)) &&
        (!Icmp || (Icmp.Type === 3 && Icmp.Code === port)),
    );
    return rule?.RuleAction === 'allow';
  }
}

function contains(cidr: string, address: string): boolean {
  const number = (each: string) => each.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const [start, mask] = cidr.split('/');
  return (
    Math.floor(number(start) / 2 ** (32 - Number(mask))) === Math.floor(number(address) / 2 ** (32 - Number(mask)))
  );
}

/** From which ports load balancers, NAT gateways and clients start connections, and from which containers do. */
export const ANY_PORTS = [1024, 3389, 32767, 65535];
export const LINUX_PORTS = [32768, 49153, 60999, 65535];
