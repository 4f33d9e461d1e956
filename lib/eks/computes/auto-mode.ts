import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { nodeAddOns } from './node-groups';
import { NodeRole } from '../../identity/node-role';
import { checkOneOf } from '../../rules/choices';
import { checkUnique } from '../../rules/errors';
import { checkBoolean, checkList, checkOptions } from '../../rules/given';
import { checkMade } from '../../rules/self-managed-nodes';
import type { AutoModeOptions, ClusterComputeKind } from '../cluster-compute';
import { newNodeAccessEntry } from '../private/access-entry';

/** What EKS has built in: a table, because an enum is a value of another file. */
const POOLS = ['general-purpose', 'system'];

/** Nodes that EKS runs. */
export function autoMode(options: AutoModeOptions): ClusterComputeKind {
  checkOptions('ClusterCompute.autoMode', options, ['pools', 'nodeRole', 'nodeGroups']);
  const { nodeRole: role } = options;
  checkMade('nodeRole', role?.roleArn, role, 'a role such as new NodeRole(…)');
  const pools: string[] = options.pools ?? POOLS;
  checkList('pools', pools);
  pools.forEach((pool) => checkOneOf('pools', pool, POOLS));
  checkUnique('pools', pools);
  checkBoolean('nodeGroups', options.nodeGroups);
  const awaitsNodes = options.nodeGroups ?? false;
  return {
    bind(scope) {
      const builtIn = pools.length > 0;
      const nodeRole = options.nodeRole ?? newNodeRole(scope, builtIn);
      return {
        // EKS refuses a node role where it has no pool of its own to use it.
        autoMode: { pools, nodeRole: builtIn ? nodeRole : undefined },
        nodeRole,
        essentialAddOns: awaitsNodes ? nodeAddOns() : [],
        awaitsNodes,
        fargateOnly: false,
        furnish(cluster) {
          if (builtIn) return {};
          return { nodeAccessEntry: newNodeAccessEntry(scope, 'NodeAccess', { cluster, role: nodeRole, type: 'EC2' }) };
        },
      };
    },
  };
}

/**
 * Another role where EKS makes its access entry than where this library does: removing ours would shut out the nodes of a
 * role for which EKS had kept it.
 */
function newNodeRole(scope: Construct, builtIn: boolean): iam.IRole {
  return new NodeRole(scope, builtIn ? 'NodeRole' : 'NodeClassRole', { autoMode: true });
}
