import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { ContainerNetwork } from '../../lib';
import {
  ANY_PORTS,
  DATABASE,
  Firewall,
  INTERNET,
  LATTICE,
  LINUX_PORTS,
  LOAD_BALANCER,
  REPLICA,
  TASK,
  TASK_ELSEWHERE,
} from '../support/firewall';
import type { Party, Protocol, Tier } from '../support/firewall';
import { newApp, Template, warnings } from '../support/fixture';
import { graphOf } from '../support/graph';

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

  test('let VPC Lattice ask containers on any port, from any it has', () => {
    for (const port of [80, 443, 8080, 50051]) {
      for (const latticePort of ANY_PORTS) expect(firewall.connects(LATTICE, TASK, port, latticePort)).toBe(true);
    }
  });

  test('let containers ask VPC Lattice by HTTPS', () => {
    for (const taskPort of LINUX_PORTS) expect(firewall.connects(TASK, LATTICE, 443, taskPort)).toBe(true);
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
    ['VPC Lattice to a container by UDP', LATTICE, TASK, 'udp', 8080],
    ['VPC Lattice to a database', LATTICE, DATABASE, 'tcp', 5432],
    ['a container to VPC Lattice on a low port', TASK, LATTICE, 'tcp', 22],
    ['a container to VPC Lattice by UDP', TASK, LATTICE, 'udp', 50000],
    ['a neighbour of VPC Lattice to a container', { address: '169.254.172.20' }, TASK, 'tcp', 8080],
    ['a container to a neighbour of VPC Lattice', TASK, { address: '169.254.170.2' }, 'tcp', 50000],
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
  test('are 19 rules', () => {
    const counted = (tier: Tier) => [false, true].map((egress) => firewall.rules(tier, egress).length);
    expect(counted('Public')).toEqual([5, 3]);
    expect(counted('Container')).toEqual([4, 3]);
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
    template.resourceCountIs('AWS::EC2::NetworkAclEntry', 21);
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
  });

  // CloudFormation makes what is new before it deletes what is gone, and a number can be there once only.
  test.each([
    [ec2.Port.tcp(5060), ec2.Port.tcpRange(5060, 5070)],
    [ec2.Port.udp(5060), ec2.Port.udpRange(5060, 5070)],
    [ec2.Port.tcp(20), ec2.Port.tcp(15020)],
  ])('keep a rule that keeps its number: from %s to %s', (before, after) => {
    const all = [before, after].map((port) => {
      const { template } = new Firewall({ publicPorts: [port], outboundPorts: [port] });
      const entries = Object.entries(template.findResources('AWS::EC2::NetworkAclEntry'));
      return entries.map(([id, { Properties }]) => [id, Properties.Egress, Properties.RuleNumber]);
    });
    expect(all[1]).toEqual(all[0]);
  });
});

// A listener for both on one port: a load balancer keeps the addresses of clients there for TCP too.
describe('publicPorts of TCP and UDP', () => {
  const firewall = new Firewall({
    publicPorts: [ec2.Port.tcpRange(5000, 5100), ec2.Port.udp(5060), ec2.Port.udpRange(5090, 5110), ec2.Port.tcp(25)],
  });

  test('let clients reach containers by both where both are named', () => {
    for (const port of [5060, 5090, 5100]) {
      for (const clientPort of ANY_PORTS) {
        for (const protocol of ['tcp', 'udp'] as const) {
          expect(firewall.connects(INTERNET, LOAD_BALANCER, port, clientPort, protocol)).toBe(true);
          expect(firewall.connects(INTERNET, TASK, port, clientPort, protocol)).toBe(true);
        }
      }
    }
  });

  test('let nothing else in, and nothing to data', () => {
    for (const port of [25, 443, 5000, 5059, 5061, 5089, 5101]) {
      expect(firewall.passes(INTERNET, TASK, 'tcp', port)).toBe(false);
    }
    expect(firewall.passes(INTERNET, TASK, 'udp', 5061)).toBe(false);
    expect(firewall.passes(INTERNET, DATABASE, 'tcp', 5060)).toBe(false);
  });

  test('let no answers out by TCP where they have no port in common', () => {
    const apart = new Firewall({ publicPorts: [ec2.Port.tcp(5060), ec2.Port.udp(5061)] });
    expect(apart.passes(INTERNET, TASK, 'tcp', 5060)).toBe(false);
    expect(apart.leaves(TASK, INTERNET, 'tcp', 50000)).toBe(false);
    expect(apart.connects(INTERNET, TASK, 5061, 50000, 'udp')).toBe(true);
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

  test('may be none without NAT gateways', () => {
    expect(() => new Firewall({ publicTier: false, publicPorts: [], outboundPorts: [] })).not.toThrow();
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
    // Two tiers have them.
    expect(warnings(new Firewall({ outboundPorts: ports(17) }).stack)).toHaveLength(2);
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
