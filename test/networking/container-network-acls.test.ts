import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { ContainerNetwork } from '../../lib';
import type { ContainerNetworkProps } from '../../lib';
import { newApp, Template, warnings } from '../support/fixture';
import { graphOf } from '../support/graph';

type Protocol = 'tcp' | 'udp' | 'icmp';
type Tier = 'Public' | 'Container' | 'Data';

/** Somebody with an address, in a subnet of a tier or outside. */
interface Party {
  readonly address: string;
  readonly tier?: Tier;
}

const INTERNET: Party = { address: '198.51.100.7' };
const LOAD_BALANCER: Party = { address: '10.0.192.10', tier: 'Public' };
const TASK: Party = { address: '10.0.0.10', tier: 'Container' };
const TASK_ELSEWHERE: Party = { address: '10.0.70.10', tier: 'Container' };
const DATABASE: Party = { address: '10.0.128.10', tier: 'Data' };
const REPLICA: Party = { address: '10.0.176.10', tier: 'Data' };

/** The network ACLs of a template, as the VPC applies them to each packet: no state, the lowest number that matches decides. */
class Firewall {
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
const ANY_PORTS = [1024, 3389, 32767, 65535];
const LINUX_PORTS = [32768, 49153, 60999, 65535];

describe('the network ACLs', () => {
  const firewall = new Firewall();

  test.each([443, 80])('let clients reach load balancers on port %d', (port) => {
    for (const clientPort of ANY_PORTS) {
      expect(firewall.connects(INTERNET, LOAD_BALANCER, port, clientPort)).toBe(true);
    }
  });

  test('let load balancers reach containers on any port', () => {
    for (const port of [80, 443, 3000, 8080, 32768]) {
      for (const clientPort of ANY_PORTS) {
        expect(firewall.connects(LOAD_BALANCER, TASK, port, clientPort)).toBe(true);
        expect(firewall.connects(LOAD_BALANCER, TASK_ELSEWHERE, port, clientPort)).toBe(true);
      }
    }
    expect(firewall.connects(LOAD_BALANCER, TASK, 53, 40000, 'udp')).toBe(true);
  });

  test('let load balancers ask identity providers', () => {
    for (const clientPort of ANY_PORTS) {
      expect(firewall.connects(LOAD_BALANCER, INTERNET, 443, clientPort)).toBe(true);
    }
  });

  test('let containers out through NAT by HTTPS', () => {
    for (const taskPort of LINUX_PORTS) {
      for (const natPort of ANY_PORTS) expect(firewall.connectsOut(443, taskPort, natPort)).toBe(true);
    }
  });

  // Gateway endpoints lead to public addresses, past the public subnets.
  test('let containers reach S3 through a gateway endpoint', () => {
    for (const taskPort of LINUX_PORTS) expect(firewall.connects(TASK, INTERNET, 443, taskPort)).toBe(true);
  });

  test('let containers reach each other, endpoints, databases and file systems', () => {
    for (const taskPort of LINUX_PORTS) {
      expect(firewall.connects(TASK, TASK_ELSEWHERE, 443, taskPort)).toBe(true);
      for (const port of [5432, 3306, 6379, 2049, 988]) {
        expect(firewall.connects(TASK, DATABASE, port, taskPort)).toBe(true);
      }
    }
    expect(firewall.connects(TASK, TASK_ELSEWHERE, 4789, 50000, 'udp')).toBe(true);
  });

  test('let databases reach their replicas in other zones', () => {
    expect(firewall.connects(DATABASE, REPLICA, 5432, 40000)).toBe(true);
  });

  test('let routers say that a packet is too big', () => {
    expect(firewall.enters(LOAD_BALANCER, INTERNET, 'icmp', 4)).toBe(true);
    expect(firewall.enters(TASK, INTERNET, 'icmp', 4)).toBe(true);
    expect(firewall.enters(TASK, INTERNET, 'icmp', 1)).toBe(false);
    expect(firewall.enters(DATABASE, INTERNET, 'icmp', 4)).toBe(false);
  });

  test.each<[string, Party, Party, Protocol, number]>([
    ['the internet to a container', INTERNET, TASK, 'tcp', 8080],
    ['the internet to a container by SSH', INTERNET, TASK, 'tcp', 22],
    ['the internet to a container by HTTPS', INTERNET, TASK, 'tcp', 443],
    ['the internet to a container by UDP', INTERNET, TASK, 'udp', 50000],
    ['the internet to a database', INTERNET, DATABASE, 'tcp', 5432],
    ['the internet to a database, as an answer', INTERNET, DATABASE, 'tcp', 50000],
    ['the internet to a load balancer by SSH', INTERNET, LOAD_BALANCER, 'tcp', 22],
    ['the internet to a load balancer by UDP', INTERNET, LOAD_BALANCER, 'udp', 443],
    ['a load balancer to a database', LOAD_BALANCER, DATABASE, 'tcp', 5432],
    ['a load balancer to the internet by mail', LOAD_BALANCER, INTERNET, 'tcp', 25],
    ['a load balancer to the internet by UDP', LOAD_BALANCER, INTERNET, 'udp', 53],
    ['a container to the internet by mail', TASK, INTERNET, 'tcp', 25],
    ['a container to the internet by HTTP', TASK, INTERNET, 'tcp', 80],
    ['a container to the internet on a high port', TASK, INTERNET, 'tcp', 50000],
    ['a container to the internet by DNS', TASK, INTERNET, 'udp', 53],
    ['a database to the internet', DATABASE, INTERNET, 'tcp', 443],
    ['a database to a load balancer', DATABASE, LOAD_BALANCER, 'tcp', 443],
  ])('stop %s', (_, source, destination, protocol, port) => {
    expect(firewall.passes(source, destination, protocol, port)).toBe(false);
  });

  test('of load balancers do not count on those for data', () => {
    expect(firewall.enters(LOAD_BALANCER, DATABASE, 'tcp', 22)).toBe(false);
    expect(firewall.leaves(LOAD_BALANCER, DATABASE, 'tcp', 988)).toBe(false);
    expect(firewall.enters(DATABASE, LOAD_BALANCER, 'tcp', 5432)).toBe(false);
    expect(firewall.leaves(DATABASE, LOAD_BALANCER, 'tcp', 443)).toBe(false);
  });

  // Each rule is in the docs with its reason: a further one needs a reason too.
  test('are 17 rules', () => {
    const counted = (tier: Tier) => [false, true].map((egress) => firewall.rules(tier, egress).length);
    expect(counted('Public')).toEqual([5, 3]);
    expect(counted('Container')).toEqual([3, 2]);
    expect(counted('Data')).toEqual([2, 2]);
  });

  test.each(['Public', 'Container', 'Data'])(
    'belong to all subnets of the tier, once they are complete: %s',
    (tier) => {
      const [id] = Object.keys(firewall.template.findResources('AWS::EC2::NetworkAcl')).filter((each) =>
        each.startsWith(`Network${tier}NetworkAcl`),
      );
      const associations = Object.entries(
        firewall.template.findResources('AWS::EC2::SubnetNetworkAclAssociation', {
          Properties: { NetworkAclId: { Ref: id } },
        }),
      );
      const subnets = associations.map(([, { Properties }]) => Properties.SubnetId.Ref).sort();
      expect(subnets.map((each) => each.replace(/Subnet[0-9A-F]{8}$/, ''))).toEqual(
        [1, 2].map((number) => `NetworkVpc${tier.replace('Container', 'Containers')}Subnet${number}`),
      );
      const graph = graphOf(firewall.template);
      const entries = Object.keys(
        firewall.template.findResources('AWS::EC2::NetworkAclEntry', { Properties: { NetworkAclId: { Ref: id } } }),
      );
      for (const [association] of associations) {
        expect([...graph.get(association)!]).toEqual(expect.arrayContaining(entries));
      }
    },
  );

  test('take rules of the user', () => {
    const stack = new Stack(newApp(), 'Shop');
    const network = new ContainerNetwork(stack, 'Network');
    network.containerNetworkAcl.addEntry('FromOffice', {
      ruleNumber: 200,
      cidr: ec2.AclCidr.ipv4('172.16.0.0/16'),
      traffic: ec2.AclTraffic.tcpPort(8080),
    });
    network.dataNetworkAcl.addEntry('FromOffice', {
      ruleNumber: 200,
      cidr: ec2.AclCidr.ipv4('172.16.0.0/16'),
      traffic: ec2.AclTraffic.tcpPort(5432),
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::NetworkAclEntry', 19);
    expect(network.publicNetworkAcl.node.path).toBe('Shop/Network/PublicNetworkAcl');
  });
});

describe('publicPorts', () => {
  const firewall = new Firewall({ publicPorts: [ec2.Port.tcp(25), ec2.Port.tcpRange(500, 510), ec2.Port.udp(53)] });

  test('let clients reach load balancers by TCP, and containers not', () => {
    for (const port of [25, 500, 510]) {
      expect(firewall.connects(INTERNET, LOAD_BALANCER, port, 50000)).toBe(true);
      expect(firewall.passes(INTERNET, TASK, 'tcp', port)).toBe(false);
    }
    expect(firewall.passes(INTERNET, LOAD_BALANCER, 'tcp', 511)).toBe(false);
    expect(firewall.passes(TASK, INTERNET, 'tcp', 25)).toBe(false);
  });

  // A load balancer keeps the addresses of clients for UDP.
  test('let clients reach load balancers and containers by UDP', () => {
    for (const clientPort of ANY_PORTS) {
      expect(firewall.connects(INTERNET, LOAD_BALANCER, 53, clientPort, 'udp')).toBe(true);
      expect(firewall.connects(INTERNET, TASK, 53, clientPort, 'udp')).toBe(true);
    }
    expect(firewall.passes(INTERNET, TASK, 'udp', 54)).toBe(false);
    expect(firewall.passes(INTERNET, DATABASE, 'udp', 53)).toBe(false);
  });

  test('open nothing for UDP when they have none', () => {
    const tcp = new Firewall({ publicPorts: [ec2.Port.tcp(25)] });
    expect(tcp.passes(LOAD_BALANCER, INTERNET, 'udp', 50000)).toBe(false);
    expect(tcp.passes(TASK, INTERNET, 'udp', 50000)).toBe(false);
  });

  test('are numbered by port, whatever else there is', () => {
    const numbers = (each: Firewall) => each.rules('Public', false).map(({ RuleNumber }) => RuleNumber);
    expect(numbers(firewall)).toEqual([100, 110, 120, 130, 140, 1025, 1500, 16053]);
    const without = new Firewall({ publicPorts: [ec2.Port.udp(53)] });
    expect(numbers(without)).toEqual([100, 110, 120, 130, 140, 16053]);
    const ids = (each: Firewall) => Object.keys(each.template.findResources('AWS::EC2::NetworkAclEntry'));
    expect(ids(firewall)).toEqual(expect.arrayContaining(ids(without)));
    expect(ids(firewall)).toContainEqual(expect.stringMatching(/^NetworkPublicNetworkAclInTcp500To510/));
  });
});

describe('outboundPorts', () => {
  const firewall = new Firewall({ outboundPorts: [ec2.Port.tcp(587), ec2.Port.udp(123)] });

  test('let containers out through NAT', () => {
    for (const taskPort of LINUX_PORTS) {
      for (const natPort of ANY_PORTS) {
        expect(firewall.connectsOut(587, taskPort, natPort)).toBe(true);
        expect(firewall.connectsOut(123, taskPort, natPort, 'udp')).toBe(true);
      }
    }
    expect(firewall.connectsOut(588, 40000, 40000)).toBe(false);
  });

  test('let nobody in', () => {
    expect(firewall.passes(INTERNET, LOAD_BALANCER, 'tcp', 587)).toBe(false);
    expect(firewall.passes(INTERNET, LOAD_BALANCER, 'udp', 123)).toBe(false);
    expect(firewall.passes(INTERNET, TASK, 'udp', 123)).toBe(false);
    expect(firewall.passes(INTERNET, TASK, 'udp', 5000)).toBe(false);
  });

  test('open nothing for UDP when they have none', () => {
    const tcp = new Firewall({ outboundPorts: [ec2.Port.tcp(587)] });
    expect(tcp.passes(INTERNET, LOAD_BALANCER, 'udp', 50000)).toBe(false);
    expect(tcp.passes(INTERNET, TASK, 'udp', 50000)).toBe(false);
  });

  test('stay when the network has no public tier: something else may lead out', () => {
    const { template } = new Firewall({ publicTier: false, outboundPorts: [ec2.Port.tcp(587)] });
    template.hasResourceProperties('AWS::EC2::NetworkAclEntry', { Egress: true, RuleNumber: 1587 });
  });
});

describe('the number of rules', () => {
  const ports = (count: number) => Array.from({ length: count }, (_, index) => ec2.Port.tcp(100 + 2 * index));

  test('is warned of when AWS allows fewer', () => {
    expect(warnings(new Firewall({ publicPorts: ports(14) }).stack)).toEqual([]);
    expect(warnings(new Firewall({ publicPorts: ports(15) }).stack)).toEqual([
      'the network ACL has 20 rules in one direction, and AWS allows 19 beside the last one unless the quota of the account is raised: name ranges of ports instead. [ack: Annotation::cdk-containers:NetworkAclRules]',
    ]);
  });

  test('is that of one direction', () => {
    expect(warnings(new Firewall({ outboundPorts: ports(16) }).stack)).toEqual([]);
    expect(warnings(new Firewall({ outboundPorts: ports(17) }).stack)).toHaveLength(1);
  });
});

test('left out, all pass', () => {
  const { template, network } = new Firewall({ networkAcls: false, publicPorts: [ec2.Port.tcp(25)] });
  for (const type of ['NetworkAcl', 'NetworkAclEntry', 'SubnetNetworkAclAssociation']) {
    template.resourceCountIs(`AWS::EC2::${type}`, 0);
  }
  for (const name of ['publicNetworkAcl', 'containerNetworkAcl', 'dataNetworkAcl'] as const) {
    expect(() => network[name]).toThrow(`'Shop/Network' has no ${name}, because its properties ask for none`);
  }
});
