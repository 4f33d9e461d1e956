import { aws_ec2 as ec2, Fn } from 'aws-cdk-lib';
import { ContainersError, isToken } from '../../rules/errors';
import { checkNetworkMask, cidrOf, maskOf, subnetBlock, tierBlock } from '../../rules/networks';
import type { Block, Tier } from '../../rules/networks';

/** Where everything in a network is. */
export interface AddressPlan {
  /** What the VPC asks for the addresses of its subnets. */
  readonly ipAddresses: ec2.IIpAddresses;
  /** The addresses of the network, when they are known before the deployment. */
  readonly cidr?: string;
  /** All addresses of a tier. */
  tier(tier: Tier, vpcCidr: string): string;
  /** The addresses of a tier in one zone. */
  subnet(tier: Tier, zone: number, vpcCidr: string): string;
}

/**
 * Divides a network. CDK would place one subnet after the other, so that one more zone, or one more tier, moves all that follow,
 * and CloudFormation replaces what is moved. Here each has its place.
 */
export function planAddresses(given: ec2.IIpAddresses | undefined, zones: number): AddressPlan {
  const ipAddresses = given ?? ec2.IpAddresses.cidr('10.0.0.0/16');
  if (typeof ipAddresses.allocateVpcCidr !== 'function') {
    throw new ContainersError(`ipAddresses must be such as ec2.IpAddresses.cidr('10.0.0.0/16'), got ${String(given)}`);
  }
  const options = ipAddresses.allocateVpcCidr();
  const { cidrBlock, ipv4NetmaskLength } = options;
  const mask = maskOf(cidrBlock, ipv4NetmaskLength);
  checkNetworkMask(mask, zones);
  const cidr = isToken(cidrBlock) ? undefined : cidrBlock;
  const cidrIn = (vpcCidr: string, block: Block) => (cidr ? cidrOf(cidr, block) : selected(vpcCidr, mask, block));
  const subnet = (tier: Tier, zone: number, vpcCidr: string) => cidrIn(vpcCidr, subnetBlock(tier, zone, zones));
  return {
    cidr,
    subnet,
    tier: (tier, vpcCidr) => cidrIn(vpcCidr, tierBlock(tier)),
    ipAddresses: {
      allocateVpcCidr: () => options,
      allocateSubnetsCidr: ({ requestedSubnets, vpcCidr }) => ({
        allocatedSubnets: requestedSubnets.map(({ configuration }, index) => {
          const zone = requestedSubnets.slice(0, index).filter((other) => other.configuration === configuration).length;
          return { cidr: subnet(configuration.name as Tier, zone, vpcCidr) };
        }),
      }),
    },
  };
}

/** The same of a network whose addresses are known in the deployment only. */
function selected(vpcCidr: string, mask: number, { bits, index }: Block): string {
  return Fn.select(index, Fn.cidr(vpcCidr, index + 1, `${32 - mask - bits}`));
}
