import { aws_eks_v2 as eks, Stack, Validations } from 'aws-cdk-lib';
import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { clusterNameKey, identityOf } from '../../identity/private/cluster-key';
import { inOnePlace } from '../../rules/environments';
import { isToken } from '../../rules/errors';
import { CLUSTER_ADMIN } from '../../rules/kubernetes-access';
import { isOfType, resourcesOf } from '../../rules/resources';

/** Who asked for an entry of this library: it stands beside them. */
const owners = new WeakMap<IConstruct, IConstruct[]>();

/** Remembers for whom an entry is, and looks for others of the same identity when the app is synthesized. */
export function ownEntry(entry: eks.CfnAccessEntry, owner: IConstruct): void {
  const known = owners.get(entry);
  owners.set(entry, [...(known ?? []), owner]);
  if (!known) entry.node.addValidation({ validate: () => [...conflictsOf(entry), ...entriesOfEks(entry)] });
}

/** True when somebody may do everything in a cluster, as far as this app knows. */
export function hasAdministrator(cluster: eks.ICluster): boolean {
  const resource = cluster.node.defaultChild;
  if (isOfType(resource, 'AWS::EKS::Cluster')) {
    const access: unknown = Stack.of(resource).resolve((resource as eks.CfnCluster).accessConfig);
    // What CloudFormation does when nothing is said.
    const { bootstrapClusterCreatorAdminPermissions = true } = (access ?? {}) as AccessJson;
    if (bootstrapClusterCreatorAdminPermissions !== false) return true;
  }
  return entriesIn(cluster).some((entry) => isOf(entry, cluster) && makesAdministrator(entry));
}

function entriesIn({ node }: IConstruct): eks.CfnAccessEntry[] {
  return resourcesOf<eks.CfnAccessEntry>(node.root, eks.CfnAccessEntry.CFN_RESOURCE_TYPE_NAME);
}

function isOf(entry: eks.CfnAccessEntry, cluster: eks.ICluster): boolean {
  if (identityOf(entry, entry.clusterName) !== identityOf(cluster, cluster.clusterName)) return false;
  return !isLiteral(entry) || inOnePlace(entry, cluster) !== false;
}

function makesAdministrator(entry: eks.CfnAccessEntry): boolean {
  const policies: unknown = Stack.of(entry).resolve(entry.accessPolicies) ?? [];
  return (policies as PolicyJson[]).some(
    ({ policyArn, accessScope }) =>
      JSON.stringify(policyArn ?? '').includes(CLUSTER_ADMIN) && accessScope?.type === 'cluster',
  );
}

interface AccessJson {
  readonly bootstrapClusterCreatorAdminPermissions?: unknown;
}

interface PolicyJson {
  readonly policyArn?: unknown;
  readonly accessScope?: { readonly type?: unknown };
}

/** Errors for other entries of the same identity; a warning where it is not known whether they meet. */
function conflictsOf(entry: eks.CfnAccessEntry): string[] {
  const all = entriesIn(entry);
  const mine = all.indexOf(entry);
  return all.flatMap((other, index) => {
    // Of two that are both checked, the later one reports.
    const isReported = other === entry || (owners.has(other) && index > mine);
    if (isReported || keyOf(other) !== keyOf(entry)) return [];
    const names = `${namesOf(other)} and ${namesOf(entry)}`;
    const meet = isLiteral(entry) ? inOnePlace(other, entry) : true;
    if (meet) {
      return [
        `an identity must have one access entry in a cluster, got ${names}: say all of it by ClusterAccess in one stack, or give one of them another role`,
      ];
    }
    if (meet === undefined) {
      Validations.of(entry).addWarning(
        'cdk-containers:AccessEntryOwner',
        `${names} are for one identity in clusters of one name, and where their stacks go is not known: an identity has one access entry in a cluster, so give both stacks an env, or acknowledge this if they are different clusters.`,
      );
    }
    return [];
  });
}

/** Where the role stands to which EKS gives an entry, by what it makes that for. */
const MADE_BY_EKS: { readonly [type: string]: (resource: CfnResource) => RoleOfEks } = {
  'AWS::EKS::Nodegroup': (resource) => {
    const { clusterName, nodeRole } = resource as eks.CfnNodegroup;
    return { clusterName, role: nodeRole };
  },
  'AWS::EKS::FargateProfile': (resource) => {
    const { clusterName, podExecutionRoleArn } = resource as eks.CfnFargateProfile;
    return { clusterName, role: podExecutionRoleArn };
  },
  // EKS Auto Mode, for its built-in pools.
  'AWS::EKS::Cluster': (resource) => {
    const { computeConfig, ref } = resource as eks.CfnCluster;
    const { nodePools, nodeRoleArn } = (computeConfig ?? {}) as eks.CfnCluster.ComputeConfigProperty;
    return { clusterName: ref, role: nodePools?.length ? nodeRoleArn : undefined };
  },
};

interface RoleOfEks {
  readonly clusterName: string;
  readonly role?: string;
}

/**
 * Errors for roles to which EKS gives an entry itself, when it makes what has them.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
 */
function entriesOfEks(entry: eks.CfnAccessEntry): string[] {
  const cluster = clusterNameKey(entry, entry.clusterName);
  const principal = identityOf(entry, entry.principalArn);
  return Object.entries(MADE_BY_EKS).flatMap(([type, read]) => {
    const theirs = resourcesOf(entry.node.root, type).find((each) => {
      const { clusterName, role } = read(each);
      return (
        role !== undefined && identityOf(each, role) === principal && clusterNameKey(each, clusterName) === cluster
      );
    });
    if (!theirs) return [];
    return [
      `an identity must have one access entry in a cluster, got ${namesOf(entry)} for the role of '${theirs.node.path}', to which EKS gives one itself: take another role, or make no entry`,
    ];
  });
}

function keyOf(entry: eks.CfnAccessEntry): string {
  return `${identityOf(entry, entry.clusterName)} ${identityOf(entry, entry.principalArn)}`;
}

/** A cluster that is known by its name has others of the same name in other places. */
function isLiteral({ clusterName }: eks.CfnAccessEntry): boolean {
  return !isToken(clusterName);
}

function namesOf(entry: eks.CfnAccessEntry): string {
  return (owners.get(entry) ?? [entry]).map(({ node }) => `'${node.path}'`).join(', ');
}
