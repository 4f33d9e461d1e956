import { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2, Fn, Validations } from 'aws-cdk-lib';
import type { aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { newAccessLogsBucket } from './access-logs';
import { addAlias } from './domain';
import { chooseLoadBalancerSubnets } from './load-balancer';
import { writeNetworkAccessLogs } from './network-access-logs';
import { isToken } from '../../rules/errors';
import { FINDINGS } from '../../rules/findings';
import { checkAddressCount } from '../../rules/network-load-balancers';
import type { NetworkRoutingOptions } from '../routes/network-options';
import type { RoutingTarget } from '../routing';

/** A Network Load Balancer and what belongs to it. */
export interface MadeNetworkLoadBalancer {
  readonly loadBalancer: elbv2.NetworkLoadBalancer;
  readonly elasticIps?: ec2.CfnEIP[];
  readonly accessLogsBucket?: s3.IBucket;
}

/** Makes a Network Load Balancer that nobody can reach yet. */
export function newNetworkLoadBalancer(
  scope: Construct,
  { vpc, crossZoneEnabled }: RoutingTarget,
  options: NetworkRoutingOptions,
  decrypts: boolean,
): MadeNetworkLoadBalancer {
  const internal = options.internal ?? false;
  // Without one from the beginning it can never have any.
  const securityGroup = new ec2.SecurityGroup(scope, 'LoadBalancerSecurityGroup', {
    vpc,
    description: 'Load balancer: in from its clients, out to its targets',
    allowAllOutbound: false,
  });
  const { elasticIps, ...place } = placeOf(scope, vpc, internal, options);
  const loadBalancer = new elbv2.NetworkLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    ...place,
    internetFacing: !internal,
    securityGroups: [securityGroup],
    deletionProtection: options.deletionProtection ?? true,
    crossZoneEnabled: options.crossZoneEnabled ?? crossZoneEnabled ?? true,
    ipAddressType: options.ipAddressType,
  });
  if (!internal) {
    // CDK forgets the way to the internet when subnets have addresses.
    loadBalancer.node.addDependency(selected(vpc, internal, options).internetConnectivityEstablished);
    Validations.of(securityGroup).acknowledge(...FINDINGS.publicLoadBalancer);
  }
  if (options.domain) {
    const dualStack = options.ipAddressType === elbv2.IpAddressType.DUAL_STACK;
    addAlias(scope, 'AliasRecord', { ...options.domain, dualStack }, loadBalancer);
  }
  return { loadBalancer, elasticIps, accessLogsBucket: writeLogs(scope, loadBalancer, options, decrypts) };
}

function writeLogs(
  scope: Construct,
  loadBalancer: elbv2.NetworkLoadBalancer,
  options: NetworkRoutingOptions,
  decrypts: boolean,
): s3.IBucket | undefined {
  if (!decrypts) Validations.of(loadBalancer).acknowledge(...FINDINGS.nothingToLog);
  if (!(options.accessLogs ?? decrypts)) return undefined;
  const bucket = options.accessLogsBucket ?? newAccessLogsBucket(scope);
  writeNetworkAccessLogs(loadBalancer, bucket);
  return bucket;
}

interface Place {
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly subnetMappings?: elbv2.SubnetMapping[];
  readonly elasticIps?: ec2.CfnEIP[];
}

/** Subnets, with an address in each where one is wanted. */
function placeOf(scope: Construct, vpc: ec2.IVpc, internal: boolean, options: NetworkRoutingOptions): Place {
  const vpcSubnets = chooseLoadBalancerSubnets(vpc, internal, options.loadBalancerSubnets);
  const { subnets } = selected(vpc, internal, options);
  const { allocationIds, privateAddresses } = options;
  if (privateAddresses) {
    checkAddressCount('privateAddresses', privateAddresses, subnets.length);
    return {
      subnetMappings: subnets.map((subnet, index) => ({ subnet, privateIpv4Address: at(privateAddresses, index) })),
    };
  }
  if (allocationIds) {
    checkAddressCount('allocationIds', allocationIds, subnets.length);
    return { subnetMappings: subnets.map((subnet, index) => ({ subnet, allocationId: at(allocationIds, index) })) };
  }
  if (!options.staticAddresses) return { vpcSubnets };
  const elasticIps = subnets.map((_, index) => new ec2.CfnEIP(scope, `ElasticIp${index + 1}`, { domain: 'vpc' }));
  return {
    elasticIps,
    subnetMappings: subnets.map((subnet, index) => ({ subnet, allocationId: elasticIps[index].attrAllocationId })),
  };
}

/** A parameter may hold all of them. */
function at(list: string[], index: number): string {
  return isToken(list) ? Fn.select(index, list) : list[index];
}

function selected(
  vpc: ec2.IVpc,
  internal: boolean,
  { loadBalancerSubnets }: NetworkRoutingOptions,
): ec2.SelectedSubnets {
  return vpc.selectSubnets(loadBalancerSubnets ?? (internal ? undefined : { subnetType: ec2.SubnetType.PUBLIC }));
}
