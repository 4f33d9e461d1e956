import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import { zonesOfSubnets } from '../../rules/zones';

/** What stands in the subnets. */
type Placed = 'mount targets' | 'file servers' | 'file servers of Lustre';

/** The subnets of mount targets or file servers: a file system has one in each zone, and no second. */
export function oneSubnetPerZone(
  vpc: ec2.IVpc,
  chosen: ec2.SubnetSelection | undefined,
  who: Placed = 'mount targets',
  oneZone = false,
): ec2.ISubnet[] {
  if (!chosen && vpc.privateSubnets.length + vpc.isolatedSubnets.length === 0) {
    throw new ContainersError(
      `${who} need private subnets, and the VPC has none: name ${who === 'file servers of Lustre' ? 'vpcSubnet' : 'vpcSubnets'}, or use another VPC`,
    );
  }
  const { subnets } = vpc.selectSubnets(chosen);
  if (subnets.length === 0) {
    throw new ContainersError(
      `vpcSubnets must select at least one subnet for ${who}, got none: leave it out for the private subnets`,
    );
  }
  // CDK's own `onePerAz` has no effect on subnets that are listed.
  const zones = zonesOfSubnets(subnets);
  const all = subnets.filter((_, index) => zones[index] === undefined || zones.indexOf(zones[index]) === index);
  const named = chosen?.availabilityZones?.length ?? 1;
  if (oneZone && named > 1) {
    throw new ContainersError(
      `vpcSubnets.availabilityZones must have one zone when oneZone is true, got ${named}: choose one of them`,
    );
  }
  return oneZone ? all.slice(0, 1) : all;
}
