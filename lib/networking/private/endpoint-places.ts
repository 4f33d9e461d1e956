import type { aws_ec2 as ec2, CfnResource } from 'aws-cdk-lib';
import type { Visitor } from './endpoint-access';
import { referencesIn } from './references';
import { subnetsOf } from './workload-resources';
import { ContainersError } from '../../rules/errors';
import { zonesOfSubnets } from '../../rules/zones';

/** The subnets in which workloads run: all that are not public where one does not say. */
export function placesOf(vpc: ec2.IVpc, visitors: Visitor[]): ec2.ISubnet[] {
  const closed = [...vpc.isolatedSubnets, ...vpc.privateSubnets];
  const all = closed.length > 0 ? closed : vpc.publicSubnets;
  const places = visitors.map(({ resources: { services, instances } }) =>
    [...services, ...instances].flatMap((resource) => subnetsIn(vpc, resource)),
  );
  const said = places.length > 0 && places.every((subnets) => subnets.length > 0);
  return said ? [...new Set(places.flat())] : all;
}

/** The subnets of a workload with no way out of the VPC, as far as it says where it is. */
export function isolatedPlacesOf(vpc: ec2.IVpc, visitor: Visitor): ec2.ISubnet[] {
  return placesOf(vpc, [visitor]).filter((subnet) => vpc.isolatedSubnets.includes(subnet));
}

/** The subnets of a VPC in which something runs; none where it does not say. */
function subnetsIn(vpc: ec2.IVpc, resource: CfnResource): ec2.ISubnet[] {
  const subnets = subnetsOf(resource);
  const stranger = subnets.find((subnet) => typeof subnet !== 'string' && subnet.vpcId !== vpc.vpcId);
  if (stranger) {
    throw new ContainersError(
      `workloads must be in the VPC '${vpc.node.path}', got '${resource.node.path}' in subnets of another: endpoints are for one VPC, so give the other its own`,
    );
  }
  const known = [...vpc.isolatedSubnets, ...vpc.privateSubnets, ...vpc.publicSubnets];
  return known.filter(({ subnetId }) =>
    // As a list, because subnets of an import may be one token.
    [subnetId, ...referencesIn(resource, [subnetId])].some((one) => subnets.some((other) => one === other)),
  );
}

/** The subnets of interface endpoints: EC2 takes one in each zone. CDK's own `onePerAz` has no effect on subnets that are listed. */
export function onePerZone(subnets: ec2.ISubnet[]): ec2.ISubnet[] {
  const zones = zonesOfSubnets(subnets);
  return subnets.filter((_, index) => zones[index] === undefined || zones.indexOf(zones[index]) === index);
}
