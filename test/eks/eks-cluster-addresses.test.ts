import { Fn, Stack, aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import { EksCluster } from '../../lib/eks/eks-cluster';
import type { EksClusterProps } from '../../lib/eks/eks-cluster-props';
import { clusterFacts } from '../../lib/eks/private/cluster-facts';
import { clusterIn, importedVpc, newEksCluster, ownVpc, VERSION } from '../support/eks-clusters';
import type { MakeVpc } from '../support/eks-clusters';
import { expectFailure } from '../support/errors';
import { only, Template } from '../support/fixture';
import { lenientApp } from '../support/resources';

describe('the addresses of services', () => {
  const rangeIn = (make: MakeVpc, props: Partial<EksClusterProps> = {}) =>
    clusterIn(props, make).KubernetesNetworkConfig.ServiceIpv4Cidr;
  const addresses = (cidr: string) => ownVpc({ ipAddresses: ec2.IpAddresses.cidr(cidr) });

  test.each([
    ['10.0.0.0/16', '172.20.0.0/16'],
    ['10.100.0.0/16', '172.20.0.0/16'],
    ['172.20.0.0/16', '10.100.0.0/16'],
    ['172.20.64.0/18', '10.100.0.0/16'],
    ['172.21.0.0/16', '172.20.0.0/16'],
  ])('in the VPC %s are %s', (cidr, expected) => {
    expect(rangeIn(addresses(cidr))).toBe(expected);
  });

  test('are known to others', () => {
    expect(clusterFacts(newEksCluster({}, ownVpc()).k8s.cluster).serviceCidr).toBe('172.20.0.0/16');
  });

  test('are known of an imported VPC with addresses, and left to EKS without', () => {
    expect(rangeIn(importedVpc({ vpcCidrBlock: '172.20.0.0/20' }))).toBe('10.100.0.0/16');
    expect(rangeIn(importedVpc())).toBeUndefined();
    expect(rangeIn(importedVpc({ vpcCidrBlock: Fn.importValue('Cidr') }))).toBeUndefined();
    expect(rangeIn(ownVpc({ ipAddresses: ipam() }))).toBeUndefined();
  });

  test('do not move when the VPC grows into them: that is an error', () => {
    const grown: MakeVpc = (stack) => {
      const vpc = ownVpc()(stack);
      new ec2.CfnVPCCidrBlock(vpc, 'More', { vpcId: vpc.vpcId, cidrBlock: '172.20.0.0/17' });
      return vpc;
    };
    expectFailure(
      () => newEksCluster({}, grown),
      'serviceIpv4Cidr must not overlap with the VPC, got 172.20.0.0/16 and 172.20.0.0/17: set it to a range that no connected network has, such as 10.100.0.0/16',
    );
    expect(rangeIn(grown, { serviceIpv4Cidr: '10.96.0.0/20' })).toBe('10.96.0.0/20');
  });

  test('may be a token', () => {
    const { k8s, stack } = newEksCluster({ serviceIpv4Cidr: Fn.importValue('Range') }, ownVpc());
    const { KubernetesNetworkConfig } = only(Template.fromStack(stack), 'AWS::EKS::Cluster').Properties;
    expect(KubernetesNetworkConfig.ServiceIpv4Cidr).toEqual({ 'Fn::ImportValue': 'Range' });
    expect(clusterFacts(k8s.cluster).version).toBe('1.36');
  });

  test.each([
    ['8.8.8.0/24', "serviceIpv4Cidr must be inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, got '8.8.8.0/24'"],
    ['172.31.0.0/11', /must have a mask from/],
    ['192.168.0.0/25', "serviceIpv4Cidr must have a mask from /12 to /24, got '192.168.0.0/25'"],
    ['8.8.8.0/28', /must have a mask from \/12 to \/24/],
    ['10.0.0.0/11', /must have a mask from \/12 to \/24/],
    ['172.16.0.0', /serviceIpv4Cidr must be an IPv4 CIDR block such as 10.80.0.0\/16, got '172.16.0.0'/],
    ['172.16.0.300/16', /must be an IPv4 CIDR block/],
    ['10.0.128.0/24', /must not overlap with the VPC, got 10.0.128.0\/24 and 10.0.0.0\/16/],
  ])('fails when serviceIpv4Cidr is %s', (serviceIpv4Cidr, message) => {
    expectFailure(() => newEksCluster({ serviceIpv4Cidr }, ownVpc()), message);
  });

  test('fails when it is a number', () => {
    expectFailure(
      () => newEksCluster({ serviceIpv4Cidr: 10 as unknown as string }, ownVpc()),
      /must be an IPv4 CIDR block/,
    );
  });
});

describe('hybrid nodes', () => {
  const remoteNodeNetworks = ['192.168.0.0/20', '192.168.16.0/20'];

  test('come from networks that are named', () => {
    const cluster = clusterIn({ remoteNodeNetworks, remotePodNetworks: ['10.200.0.0/16'] }, ownVpc());
    expect(cluster.RemoteNetworkConfig).toEqual({
      RemoteNodeNetworks: [{ Cidrs: remoteNodeNetworks }],
      RemotePodNetworks: [{ Cidrs: ['10.200.0.0/16'] }],
    });
  });

  test('need no network of pods, and networks may be tokens', () => {
    expect(clusterIn({ remoteNodeNetworks }, ownVpc()).RemoteNetworkConfig.RemotePodNetworks).toBeUndefined();
    const tokens = { remoteNodeNetworks: [Fn.importValue('A')], remotePodNetworks: Fn.split(',', Fn.importValue('B')) };
    expect(clusterIn(tokens, ownVpc()).RemoteNetworkConfig).toEqual({
      RemoteNodeNetworks: [{ Cidrs: [{ 'Fn::ImportValue': 'A' }] }],
      RemotePodNetworks: [{ Cidrs: { 'Fn::Split': [',', { 'Fn::ImportValue': 'B' }] } }],
    });
  });

  const many = Array.from({ length: 16 }, (_, index) => `192.168.${index}.0/24`);
  test.each([
    ['a network overlaps with the VPC', { remoteNodeNetworks: ['10.0.0.0/24'] }, /must not overlap with the VPC/],
    [
      'one overlaps with services',
      { remoteNodeNetworks: ['172.20.1.0/24'] },
      /must not overlap with the addresses of services/,
    ],
    [
      'two overlap',
      { remoteNodeNetworks: ['192.168.0.0/16', '192.168.1.0/24'] },
      /must not overlap with remoteNodeNetworks/,
    ],
    [
      'pods overlap with nodes',
      { remoteNodeNetworks, remotePodNetworks: ['192.168.1.0/24'] },
      /remotePodNetworks must not overlap with remoteNodeNetworks/,
    ],
    ['one is public', { remoteNodeNetworks: ['8.8.8.0/24'] }, /must be in one of/],
    ['there are sixteen', { remoteNodeNetworks: many }, /between 0 and 15, got 16/],
    [
      'there are none',
      { remoteNodeNetworks: [] },
      'remoteNodeNetworks must have at least one CIDR block, got an empty list: leave it out for none',
    ],
    [
      'there are none for pods',
      { remoteNodeNetworks, remotePodNetworks: [] },
      /remotePodNetworks must have at least one/,
    ],
    [
      'pods have networks and nodes none',
      { remotePodNetworks: ['192.168.0.0/20'] },
      'remotePodNetworks needs remoteNodeNetworks, which say where the hybrid nodes stand',
    ],
    ['a text stands for the list', { remoteNodeNetworks: '192.168.0.0/20' as unknown as string[] }, /must be a list/],
  ])('fails when %s', (_what, props, message) => {
    expectFailure(() => newEksCluster(props, ownVpc()), message);
  });
});

describe('IPv6', () => {
  const ipFamily = eks.IpFamily.IP_V6;
  const dualStack = ownVpc({ ipProtocol: ec2.IpProtocol.DUAL_STACK });

  test('works in subnets that have it, without addresses of services', () => {
    expect(clusterIn({ ipFamily }, dualStack).KubernetesNetworkConfig).toEqual({
      IpFamily: 'ipv6',
      ElasticLoadBalancing: { Enabled: false },
    });
  });

  test('is not judged in an imported VPC', () => {
    expect(clusterIn({ ipFamily }, importedVpc()).KubernetesNetworkConfig.IpFamily).toBe('ipv6');
  });

  test('takes sources with IPv6 addresses', () => {
    const cluster = clusterIn({ ipFamily, publicAccessFrom: ['2001:db8::/32'] }, dualStack);
    expect(cluster.ResourcesVpcConfig.PublicAccessCidrs).toEqual(['2001:db8::/32']);
  });

  test.each([
    [
      'the VPC has IPv4 only',
      ownVpc(),
      {},
      'an IPv6 cluster needs subnets with IPv6 addresses, and those of the VPC have none: make it with ipProtocol: ec2.IpProtocol.DUAL_STACK',
    ],
    [
      'services have IPv4 addresses',
      dualStack,
      { serviceIpv4Cidr: '172.20.0.0/16' },
      "serviceIpv4Cidr must be left out of an IPv6 cluster, whose services have IPv6 addresses, got '172.20.0.0/16'",
    ],
    [
      'nodes are hybrid',
      dualStack,
      { remoteNodeNetworks: ['192.168.0.0/20'] },
      'remoteNodeNetworks must be left out of an IPv6 cluster, because hybrid nodes know IPv4 only: make them a cluster of their own',
    ],
  ] as [string, MakeVpc, Partial<EksClusterProps>, string][])('fails when %s', (_what, make, props, message) => {
    expectFailure(() => newEksCluster({ ipFamily, ...props }, make), message);
  });

  test('fails when it is in China', () => {
    const stack = new Stack(lenientApp(), 'Shop', { env: { region: 'cn-north-1' } });
    const vpc = dualStack(stack);
    expectFailure(
      () => new EksCluster(stack, 'K8s', { vpc, version: VERSION, ipFamily }),
      'ipFamily must be eks.IpFamily.IP_V4 in China, where EKS has no IPv6, got the region cn-north-1',
    );
    new EksCluster(stack, 'Four', { vpc, version: VERSION });
  });
});

/** Addresses that are known in the deployment only. */
function ipam(): ec2.IIpAddresses {
  return ec2.IpAddresses.awsIpamAllocation({
    ipv4IpamPoolId: 'pool-1',
    ipv4NetmaskLength: 18,
    defaultSubnetIpv4NetmaskLength: 24,
  });
}
