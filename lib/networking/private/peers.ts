import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { checkPeers } from '../../rules/peers';

/** Who may connect to an entry point. */
export interface ClientsOptions {
  /** Those who are named; an empty list is nobody. */
  readonly allowFrom?: ec2.IPeer[];
  /** Without names, nobody may connect to an internal one, or to one whose security group somebody else looks after. */
  readonly internal?: boolean;
  readonly dualStack?: boolean;
}

/** Those who are named, or else everyone if it is public. */
export function clientsOf({ allowFrom, internal = false, dualStack = false }: ClientsOptions): ec2.IPeer[] {
  checkPeers('allowFrom', allowFrom);
  if (allowFrom !== undefined) return allowFrom;
  if (internal) return [];
  return [ec2.Peer.anyIpv4(), ...(dualStack ? [ec2.Peer.anyIpv6()] : [])];
}
