import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';

/** Subnets of mount targets: a file system has one in each zone, and no second. */
export function oneSubnetPerZone(
  vpc: ec2.IVpc,
  chosen: ec2.SubnetSelection | undefined,
  oneZone = false,
): { readonly subnets: ec2.ISubnet[]; readonly vpcSubnets: ec2.SubnetSelection } {
  if (!chosen && vpc.privateSubnets.length + vpc.isolatedSubnets.length === 0) {
    throw new ContainersError(
      'mount targets need private subnets, and the VPC has none: name vpcSubnets, or use another VPC',
    );
  }
  const all = vpc.selectSubnets({ ...chosen, onePerAz: true });
  const availabilityZones = oneZone ? all.availabilityZones.slice(0, 1) : undefined;
  // The L2 of EFS takes zones for a file system of one zone, and nothing else.
  const vpcSubnets = availabilityZones ? { availabilityZones } : { ...chosen, onePerAz: true };
  const { subnets } = vpc.selectSubnets(vpcSubnets);
  if (subnets.length === 0) {
    throw new ContainersError(
      'vpcSubnets must select at least one subnet for a mount target, got none: leave it out for the private subnets',
    );
  }
  if (oneZone && (subnets.length > 1 || (chosen?.availabilityZones?.length ?? 1) > 1)) {
    throw new ContainersError(
      `vpcSubnets must select one private subnet when oneZone is true, got ${Math.max(subnets.length, chosen?.availabilityZones?.length ?? 1)}: name one of availabilityZones, in a VPC with one private subnet there`,
    );
  }
  return { subnets, vpcSubnets };
}
