import { Aws, aws_eks_v2 as eks, Stack } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { ownEntry } from './access-entries';
import { mergeAccess } from './access-merge';
import { entryHash, principalArn } from './access-principals';
import { clusterKey, identityOf } from '../../identity/private/cluster-key';
import { checkSamePlace } from '../../rules/environments';
import { ContainersError } from '../../rules/errors';
import { AUTO_NODE, checkPolicyCount } from '../../rules/kubernetes-access';
import type { AccessGrant, AccessParts } from '../kubernetes-access';

/** What a role of nodes is to EKS. */
export type NodeAccessType = 'EC2_LINUX' | 'HYBRID_LINUX' | 'EC2';

/** Whose entry it is. */
interface EntryOwner {
  readonly cluster: eks.ICluster;
  readonly principal: iam.IPrincipal;
}

/** What is known of an entry of this library. */
interface KnownEntry {
  readonly entry: eks.CfnAccessEntry;
  readonly parts: AccessParts;
}

/** The entries of people and programs, by stack; those of nodes, by app. */
const standard = new WeakMap<IConstruct, Map<string, KnownEntry>>();
const ofNodes = new WeakMap<IConstruct, Map<string, eks.CfnAccessEntry>>();

/** Gives an identity more access: one entry in each stack, made with the first. */
export function addAccess(
  owner: Construct,
  { cluster, principal }: EntryOwner,
  access: AccessParts,
): eks.CfnAccessEntry {
  checkPlace(owner, cluster);
  const stack = Stack.of(owner);
  const arn = principalArn(owner, principal);
  const entries = mapOf(standard, stack);
  const key = keyOf(owner, cluster, arn);
  const known = entries.get(key);
  const parts = mergeAccess(`the principal of '${owner.node.path}'`, known?.parts ?? NOTHING, access);
  checkPolicyCount(`the principal of '${owner.node.path}'`, parts.grants.length);
  const entry = known?.entry ?? newEntry(owner, cluster, arn);
  ownEntry(entry, owner);
  entries.set(key, { entry, parts });
  entry.accessPolicies = parts.grants.length > 0 ? parts.grants.map(policyOf) : undefined;
  entry.kubernetesGroups = parts.groups.length > 0 ? parts.groups : undefined;
  entry.username = parts.username;
  return entry;
}

/**
 * Lets nodes with a role join a cluster: one entry in an app, however many node constructs share the role.
 * @param id under which the nodes are told from others in errors
 */
export function newNodeAccessEntry(
  scope: Construct,
  id: string,
  props: { readonly cluster: eks.ICluster; readonly role: iam.IRole; readonly type: NodeAccessType },
): eks.CfnAccessEntry {
  const { cluster, role, type } = props;
  checkPlace(scope, cluster);
  const arn = principalArn(scope, role);
  const entries = mapOf(ofNodes, scope.node.root);
  const key = keyOf(scope, cluster, arn);
  const known = entries.get(key);
  if (known && known.type !== type) {
    throw new ContainersError(
      `the role '${role.node.path}' must join the cluster '${cluster.node.path}' as one type of node, got ${String(known.type)} and ${type} for '${scope.node.path}/${id}': use a role of its own`,
    );
  }
  const entry = known ?? newEntry(scope, cluster, arn, type);
  ownEntry(entry, scope);
  entries.set(key, entry);
  return entry;
}

const NOTHING: AccessParts = { grants: [], groups: [] };

function newEntry(scope: Construct, cluster: eks.ICluster, arn: string, type?: NodeAccessType): eks.CfnAccessEntry {
  const { clusterName } = cluster;
  return new eks.CfnAccessEntry(
    Stack.of(scope),
    `${type ? 'NodeAccess' : 'AccessEntry'}-${entryHash(scope, cluster, arn)}`,
    {
      clusterName,
      principalArn: arn,
      type,
      accessPolicies: type === 'EC2' ? [policyOf({ policy: AUTO_NODE })] : undefined,
    },
  );
}

function policyOf({ policy, namespaces }: AccessGrant): eks.CfnAccessEntry.AccessPolicyProperty {
  return {
    policyArn: `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/${policy}`,
    accessScope: namespaces ? { type: 'namespace', namespaces } : { type: 'cluster' },
  };
}

/** EKS makes entries in the account and region of the cluster only. */
function checkPlace(scope: Construct, cluster: eks.ICluster): void {
  checkSamePlace(`the cluster '${cluster.node.path}'`, cluster.env, `'${scope.node.path}'`, Stack.of(scope));
}

function keyOf(scope: Construct, cluster: eks.ICluster, arn: string): string {
  return `${clusterKey(cluster)} ${identityOf(scope, arn)}`;
}

function mapOf<T>(all: WeakMap<IConstruct, Map<string, T>>, scope: IConstruct): Map<string, T> {
  const found = all.get(scope) ?? new Map<string, T>();
  all.set(scope, found);
  return found;
}
