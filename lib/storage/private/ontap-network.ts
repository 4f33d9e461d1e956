import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';

/** The route tables of all subnets in which clients may stand. */
export function routeTablesOf(vpc: ec2.IVpc): string[] {
  if (vpc.privateSubnets.length + vpc.isolatedSubnets.length === 0) {
    throw new ContainersError(
      'routeTableIds must be given for a VPC without private subnets, got none: name those of the subnets in which the instances stand',
    );
  }
  const ids = [...vpc.privateSubnets, ...vpc.isolatedSubnets].map(({ routeTable }) => routeTable.routeTableId);
  if (ids.some((id) => !id)) {
    throw new ContainersError(
      'routeTableIds must be given for a VPC that is imported without them, got none: name those of the subnets in which the instances stand',
    );
  }
  return [...new Set(ids)];
}
