import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { areDifferent, nameOf } from '../../networking/private/vpcs';
import { ContainersError } from '../../rules/errors';
import { checkOptions } from '../../rules/given';

/** The network of a cluster: as given, or as the cluster knows it; undefined if neither does. */
export function networkOf(cluster: eks.ICluster, given: ec2.IVpc | undefined): ec2.IVpc | undefined {
  if (given !== undefined && typeof given?.selectSubnets !== 'function') {
    throw new ContainersError(`vpc must be an ec2.IVpc, got ${typeof given}: import it, or leave it out`);
  }
  const known = orUndefined(() => cluster.vpc);
  if (given && known && areDifferent(given, known)) {
    throw new ContainersError(`vpc must be that of the cluster, ${nameOf(known)}, got ${nameOf(given)}: leave it out`);
  }
  return given ?? known;
}

/** Fails for what selects no subnets, which would select the private ones without a word. */
export function checkSelection(vpcSubnets: ec2.SubnetSelection | undefined): void {
  if (vpcSubnets === undefined) return;
  const known: (keyof ec2.SubnetSelection)[] = ['subnetType', 'availabilityZones', 'subnetGroupName', 'onePerAz'];
  checkOptions('vpcSubnets', vpcSubnets, [...known, 'subnetFilters', 'subnets']);
}

/** The security group that EKS made for the cluster; undefined if an imported cluster does not say which it is. */
export function clusterGroupOf(cluster: eks.ICluster): string | undefined {
  return orUndefined(() => cluster.clusterSecurityGroupId);
}

/** The same, imported in the scope of who talks about it, so that its rules stand there: the cluster may be in another stack. */
export function clusterGroupsIn(scope: Construct, cluster: eks.ICluster): ec2.ISecurityGroup[] {
  const id = clusterGroupOf(cluster);
  return id === undefined ? [] : [ec2.SecurityGroup.fromSecurityGroupId(scope, 'ClusterSecurityGroup', id)];
}

/** Imported clusters throw what they were not told. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
