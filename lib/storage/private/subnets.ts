import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';

/** Subnets of mount targets: a file system has one in each zone, and no second. */
export function oneSubnetPerZone(
  vpc: ec2.IVpc,
  chosen: ec2.SubnetSelection | undefined,
  oneZone = false,
): ec2.ISubnet[] {
  if (!chosen && vpc.privateSubnets.length + vpc.isolatedSubnets.length === 0) {
    throw new ContainersError(
      'mount targets need private subnets, and the VPC has none: name vpcSubnets, or use another VPC',
    );
  }
  const { subnets } = vpc.selectSubnets(chosen);
  if (subnets.length === 0) {
    throw new ContainersError(
      'vpcSubnets must select at least one subnet for a mount target, got none: leave it out for the private subnets',
    );
  }
  // CDK's own `onePerAz` has no effect on subnets that are listed.
  const first = new Map<string, ec2.ISubnet>();
  for (const subnet of subnets) {
    if (!first.has(subnet.availabilityZone)) first.set(subnet.availabilityZone, subnet);
  }
  const all = [...first.values()];
  const named = chosen?.availabilityZones?.length ?? 1;
  if (oneZone && named > 1) {
    throw new ContainersError(
      `vpcSubnets.availabilityZones must have one zone when oneZone is true, got ${named}: choose one of them`,
    );
  }
  return oneZone ? all.slice(0, 1) : all;
}
