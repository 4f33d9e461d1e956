import { Resource } from 'aws-cdk-lib';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { isToken } from '../../rules/errors';

/** True for two networks that are known to differ: both made in this app, or both known by their ids. */
export function areDifferent(one: ec2.IVpc, other: ec2.IVpc): boolean {
  const kind = kindOf(one);
  return kind !== 'unknown' && kind === kindOf(other) && one.vpcId !== other.vpcId;
}

function kindOf(vpc: ec2.IVpc): 'own' | 'given' | 'unknown' {
  if (Resource.isOwnedResource(vpc)) return 'own';
  return isToken(vpc.vpcId) ? 'unknown' : 'given';
}

/** For messages. */
export function nameOf({ vpcId, node }: ec2.IVpc): string {
  return isToken(vpcId) ? `'${node.path}'` : vpcId;
}
