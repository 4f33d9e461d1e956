import { aws_ec2 as ec2, Tags, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkControlPlaneSubnets } from '../../rules/eks-clusters';
import { checkServiceCidr, checkServicesApart, checkSome, defaultServiceCidr } from '../../rules/eks-networks';
import { ContainersError, isToken } from '../../rules/errors';
import { checkRemoteNetworks } from '../../rules/hybrid-nodes';
import { checkSelection } from '../../rules/nodes';
import { isOfType, resourcesOf } from '../../rules/resources';
import type { EksClusterProps } from '../eks-cluster-props';
import { isIPv6 } from './cluster-checks';

/** Where a control plane stands. */
export interface ControlPlaneNetwork {
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly serviceIpv4Cidr?: string;
  /** Whether somebody has looked the VPC up, so that what is known of it is true. */
  readonly isKnown: boolean;
}

/** Chooses subnets and addresses, and refuses what EKS refuses. */
export function chooseNetwork(props: EksClusterProps): ControlPlaneNetwork {
  checkSelection(props.vpcSubnets);
  const wanted = props.vpcSubnets ?? defaultSubnets(props.vpc);
  const chosen = props.vpc.selectSubnets(wanted);
  const isKnown = !chosen.isPendingLookup;
  // Before it was looked up, a VPC has only subnets that CDK made up: any of them will do.
  const isMadeUp = !isKnown && chosen.subnets.length === 0;
  const vpcSubnets = isMadeUp ? { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } : wanted;
  if (isKnown) checkSubnets(props, chosen.subnets);
  checkDns(props.vpc as ec2.Vpc);
  return { vpcSubnets, isKnown, serviceIpv4Cidr: chooseAddresses(props, isKnown) };
}

function defaultSubnets(vpc: ec2.IVpc): ec2.SubnetSelection {
  if (vpc.privateSubnets.length > 0) return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  if (vpc.isolatedSubnets.length > 0) return { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  throw new ContainersError(
    'the control plane needs private subnets, and the VPC has none: use a VPC with private subnets',
  );
}

function checkSubnets(props: EksClusterProps, subnets: ec2.ISubnet[]): void {
  const isList = subnets.some(({ subnetId }) => isToken([subnetId]) && !isToken(subnetId));
  if (isList) return;
  checkControlPlaneSubnets(subnets);
  const open = new Set(props.vpc.publicSubnets.map(({ subnetId }) => subnetId));
  if (subnets.every(({ subnetId }) => open.has(subnetId))) {
    throw new ContainersError(
      'vpcSubnets must have private subnets, because the API is reached over them from the VPC, got public ones only: leave it out for the private subnets',
    );
  }
  const own = subnets.flatMap((subnet) => resourcesOf<ec2.CfnSubnet>(subnet, ec2.CfnSubnet.CFN_RESOURCE_TYPE_NAME));
  const hasIPv6 = own.some(({ ipv6CidrBlock, ipv6NetmaskLength }) => ipv6CidrBlock ?? ipv6NetmaskLength);
  if (!isIPv6(props) || own.length === 0 || hasIPv6) return;
  throw new ContainersError(
    'an IPv6 cluster needs subnets with IPv6 addresses, and those of the VPC have none: make it with ipProtocol: ec2.IpProtocol.DUAL_STACK',
  );
}

/** Without them, nodes do not find the private endpoint. */
function checkDns({ dnsHostnamesEnabled, dnsSupportEnabled }: Partial<ec2.Vpc>): void {
  if (dnsHostnamesEnabled !== false && dnsSupportEnabled !== false) return;
  throw new ContainersError(
    'the VPC must have DNS support and DNS host names, because nodes find the API by its private name: leave out enableDnsSupport and enableDnsHostnames',
  );
}

function chooseAddresses(props: EksClusterProps, isKnown: boolean): string | undefined {
  const { vpc, serviceIpv4Cidr, remoteNodeNetworks, remotePodNetworks } = props;
  checkServiceCidr(serviceIpv4Cidr);
  checkSome('remoteNodeNetworks', remoteNodeNetworks);
  checkSome('remotePodNetworks', remotePodNetworks);
  if (isIPv6(props)) checkNoIPv4(props);
  const vpcCidrs = isKnown ? cidrsOf(vpc) : [];
  const services = serviceIpv4Cidr ?? (isIPv6(props) ? undefined : isKnown ? defaultOf(vpcCidrs) : UNTIL_KNOWN);
  checkServicesApart(services, vpcCidrs);
  checkRemoteNetworks({
    nodes: known(remoteNodeNetworks),
    pods: known(remotePodNetworks),
    serviceCidr: services,
    vpcCidrs,
  });
  if (!remotePodNetworks || remoteNodeNetworks) return services;
  throw new ContainersError('remotePodNetworks needs remoteNodeNetworks, which say where the hybrid nodes stand');
}

/** Nodes of this app must be told one, or the app would end before the CDK CLI looks the VPC up. */
const UNTIL_KNOWN = defaultServiceCidr('0.0.0.0/32');

function checkNoIPv4({ serviceIpv4Cidr, remoteNodeNetworks }: EksClusterProps): void {
  if (serviceIpv4Cidr !== undefined) {
    throw new ContainersError(
      `serviceIpv4Cidr must be left out of an IPv6 cluster, whose services have IPv6 addresses, got '${serviceIpv4Cidr}'`,
    );
  }
  if (!remoteNodeNetworks) return;
  throw new ContainersError(
    'remoteNodeNetworks must be left out of an IPv6 cluster, because hybrid nodes know IPv4 only: make them a cluster of their own',
  );
}

/** It never changes with what is added to the VPC: another range would replace the cluster. */
function defaultOf([first]: string[]): string | undefined {
  return first === undefined ? undefined : defaultServiceCidr(first);
}

function known(cidrs: string[] | undefined): string[] | undefined {
  return isToken(cidrs) ? undefined : cidrs;
}

/** The addresses of a VPC, the first ones first; none of a VPC of which nobody knows them. */
function cidrsOf(vpc: ec2.IVpc): string[] {
  const resource = vpc.node.defaultChild;
  const first = isOfType(resource, ec2.CfnVPC.CFN_RESOURCE_TYPE_NAME)
    ? (resource as ec2.CfnVPC).cidrBlock
    : cidrOfImported(vpc);
  if (first === undefined || isToken(first)) return [];
  const more = resourcesOf<ec2.CfnVPCCidrBlock>(vpc, ec2.CfnVPCCidrBlock.CFN_RESOURCE_TYPE_NAME);
  const others = more.map(({ cidrBlock }) => cidrBlock).filter((cidr) => cidr !== undefined && !isToken(cidr));
  return [first, ...(others as string[])];
}

function cidrOfImported(vpc: ec2.IVpc): string | undefined {
  try {
    return vpc.vpcCidrBlock;
  } catch {
    // It was imported without.
    return undefined;
  }
}

const LOAD_BALANCERS = 'https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html';

/** CDK's cluster tags private and public subnets of this app; says of the others once what it says of each. */
export function tellOfSubnets(scope: Construct, vpc: ec2.IVpc, isKnown: boolean): void {
  if (vpc.privateSubnets.length === 0) vpc.isolatedSubnets.filter(isOwn).forEach(tagInternal);
  const foreign = [...vpc.privateSubnets, ...vpc.publicSubnets].filter((subnet) => !isOwn(subnet));
  if (!isKnown || foreign.length === 0) return;
  Validations.of(scope).addWarning(
    'cdk-containers:ClusterSubnetTags',
    `the VPC is imported, so nobody tags its subnets here, and load balancers of Kubernetes find subnets by their tags: give private subnets kubernetes.io/role/internal-elb = 1, and public ones kubernetes.io/role/elb = 1 (${LOAD_BALANCERS}), then acknowledge this.`,
  );
}

function isOwn(subnet: ec2.ISubnet): boolean {
  return ec2.Subnet.isVpcSubnet(subnet);
}

function tagInternal(subnet: ec2.ISubnet): void {
  Tags.of(subnet).add('kubernetes.io/role/internal-elb', '1');
}
