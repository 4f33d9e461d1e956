import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { clusterFacts } from './cluster-facts';
import { allowIpv6Networking } from './ipv6-networking';
import { NodeRole } from '../../identity/node-role';

/** For which nodes a role is. */
export interface NewNodeRoleOptions {
  readonly cluster: eks.ICluster;
  readonly allowSessions?: boolean;
  readonly allowNetworking?: boolean;
}

/** A role for nodes of a cluster, which serves the network plugin unless that is known to have an identity of its own. */
export function newNodeRole(scope: Construct, id: string, options: NewNodeRoleOptions): NodeRole {
  const { networkingIdentity, ipv6 } = clusterFacts(options.cluster);
  const { allowSessions, allowNetworking = !networkingIdentity } = options;
  const role = new NodeRole(scope, id, { allowSessions, allowNetworking: allowNetworking && !ipv6 });
  if (allowNetworking && ipv6) allowIpv6Networking(role);
  return role;
}
