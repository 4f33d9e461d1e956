import { checkPattern, checkUnique, ContainersError, isToken } from './errors';
import { checkGiven, checkList } from './given';

/** What a policy of EKS is for. */
export type Purpose = 'people' | 'capability' | 'node' | 'service' | 'other';

/**
 * The access policies of EKS. A name that is missing is taken with a warning: AWS adds some.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html (November 2026)
 */
const ACCESS_POLICIES: Readonly<Record<string, Purpose>> = {
  AmazonEKSClusterAdminPolicy: 'people',
  AmazonEKSAdminPolicy: 'people',
  AmazonEKSAdminViewPolicy: 'people',
  AmazonEKSEditPolicy: 'people',
  AmazonEKSViewPolicy: 'people',
  AmazonEKSSecretReaderPolicy: 'people',
  AmazonEKSSecretAdminPolicy: 'people',
  AmazonEKSEventPolicy: 'people',
  AmazonEKSPodIdentityPolicy: 'people',
  AmazonEKSArgoCDClusterPolicy: 'capability',
  AmazonEKSArgoCDPolicy: 'capability',
  AmazonEKSACKPolicy: 'capability',
  AmazonEKSKROPolicy: 'capability',
  AmazonEKSAutoNodePolicy: 'node',
  AmazonEKSBlockStoragePolicy: 'service',
  AmazonEKSBlockStorageClusterPolicy: 'service',
  AmazonEKSLoadBalancingPolicy: 'service',
  AmazonEKSLoadBalancingClusterPolicy: 'service',
  AmazonEKSNetworkingPolicy: 'service',
  AmazonEKSNetworkingClusterPolicy: 'service',
  AmazonEKSComputePolicy: 'service',
  AmazonEKSComputeClusterPolicy: 'service',
  AmazonEKSHybridPolicy: 'service',
  AmazonEKSClusterInsightsPolicy: 'service',
  AmazonAIOpsAssistantPolicy: 'other',
  AIDevOpsAgentAccessPolicy: 'other',
  AmazonARCRegionSwitchScalingPolicy: 'other',
  AmazonEMRJobPolicy: 'other',
  AmazonSagemakerHyperpodClusterPolicy: 'other',
  AmazonSagemakerHyperpodControllerPolicy: 'other',
  AmazonSagemakerHyperpodSpacePolicy: 'other',
  AmazonSagemakerHyperpodSpaceTemplatePolicy: 'other',
  AmazonSagemakerHyperpodSystemNamespacePolicy: 'other',
  AmazonSagemakerHyperpodUserClusterPolicy: 'other',
};

/** The one that makes an administrator. */
export const CLUSTER_ADMIN = 'AmazonEKSClusterAdminPolicy';

/** The one of nodes that EKS Auto Mode starts. */
export const AUTO_NODE = 'AmazonEKSAutoNodePolicy';

/**
 * What an access entry can have.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html (November 2026)
 */
const POLICIES_OF_AN_ENTRY = 20;
const RESERVED = ['system:', 'eks:', 'aws:', 'amazon:', 'iam:'];

/** What a policy is for; undefined for one that this library does not know. */
export function purposeOf(policy: string): Purpose | undefined {
  return Object.hasOwn(ACCESS_POLICIES, policy) ? ACCESS_POLICIES[policy] : undefined;
}

/** Fails unless it is a policy that an identity can have. */
export function checkAccessPolicy(name: string): void {
  checkGiven('the name of an access policy', name);
  checkPattern(
    'the name of an access policy',
    name,
    /^[A-Za-z0-9]+$/,
    "a name without its ARN, such as 'AmazonEKSViewPolicy'",
  );
  const purpose = purposeOf(name);
  if (purpose !== 'service' && purpose !== 'node') return;
  throw new ContainersError(
    `the access policy must be one for people and programs, got '${name}', which EKS keeps for its own ${purpose === 'node' ? 'nodes' : 'services'}`,
  );
}

/** Fails for an empty list, which must never become the whole cluster. */
export function checkNamespaces(namespaces: string[] | undefined): void {
  if (namespaces === undefined) return;
  checkGiven('namespaces', namespaces);
  checkList('namespaces', namespaces);
  if (isToken(namespaces)) return;
  if (namespaces.length === 0) {
    throw new ContainersError(
      'namespaces must have at least one name, got none: leave namespaces out for the whole cluster',
    );
  }
  for (const namespace of namespaces) {
    checkGiven('a namespace', namespace);
    checkPattern(
      'a namespace',
      namespace,
      /^(?=.{1,63}$)[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?$/,
      "1 to 63 lower case letters, digits, '-', and * for some of them, and must not begin or end with '-'",
    );
  }
  checkUnique('namespaces', namespaces);
}

/** Fails for names that Kubernetes or EKS keep for themselves. */
export function checkGroups(groups: string[]): void {
  checkGiven('groups', groups);
  checkList('groups', groups);
  if (isToken(groups)) return;
  if (groups.length === 0) throw new ContainersError('groups must have at least one name, got none');
  for (const group of groups) {
    checkGiven('a group', group);
    checkPattern('a group', group, /^\S+$/, "a name without spaces, such as 'devs'");
    checkReserved('a group', group, 'bind a group of your own, or use KubernetesAccess.clusterAdmin()');
  }
  checkUnique('groups', groups);
}

/** Fails for a name that EKS refuses. */
export function checkUsername(username: string | undefined): void {
  if (username === undefined) return;
  checkGiven('username', username);
  checkPattern('username', username, /^\S+$/, "a name without spaces, such as 'dev:{{SessionName}}'");
  checkReserved('username', username, 'choose another one');
  if (isToken(username) || !/^[^:]*\{\{SessionName/.test(username)) return;
  throw new ContainersError(
    `username must have a colon before {{SessionName}}, got '${username}': write 'dev:{{SessionName}}'`,
  );
}

function checkReserved(what: string, name: string, change: string): void {
  const prefix = isToken(name) ? undefined : RESERVED.find((each) => name.startsWith(each));
  if (prefix === undefined) return;
  throw new ContainersError(`${what} must not start with '${prefix}', which is reserved, got '${name}': ${change}`);
}

/** Fails for more policies than one entry can have. */
export function checkPolicyCount(principal: string, count: number): void {
  if (count <= POLICIES_OF_AN_ENTRY) return;
  throw new ContainersError(
    `${principal} must have at most ${POLICIES_OF_AN_ENTRY} access policies in a cluster, got ${count}: use groups and roles of Kubernetes`,
  );
}

/** What stands in a text for what is not known at synthesis. */
export const UNKNOWN = '<token>';

/**
 * Fails unless it is an identity that EKS knows.
 * @param arn with `UNKNOWN` for its tokens
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
export function checkPrincipalArn(arn: string): void {
  const [head, , service, , account, ...rest] = arn.split(':');
  const resource = rest.join(':');
  if (head.startsWith(UNKNOWN) || resource.startsWith(UNKNOWN)) return;
  const change =
    head === 'arn' && service === 'sts'
      ? OF_A_SESSION
      : reasonAgainst(service === 'iam' && isAccount(account) ? resource : '');
  if (change === undefined) return;
  throw new ContainersError(`principal must be an IAM role or user, got '${arn}': ${change}`);
}

function isAccount(account: string): boolean {
  return /^\d{12}$/.test(account) || account.includes(UNKNOWN);
}

const OF_A_SESSION = 'a session ends, so name the role of which it is one';

function reasonAgainst(resource: string): string | undefined {
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  if (resource === 'root') return 'it is not everybody in the account, so name the roles';
  if (resource.startsWith('group/')) return 'groups do not sign in, so name a role';
  if (!/^(role|user)\/./.test(resource) || name === '') {
    return "name it by an ARN such as 'arn:aws:iam::111122223333:role/devs'";
  }
  if (resource.includes('*')) return 'EKS has no wildcards here, so make a ClusterAccess for each';
  if (resource.startsWith('role/aws-service-role/') || name.startsWith('AWSServiceRoleFor')) {
    return 'access entries do not support service-linked roles, so name another role';
  }
  if (name.startsWith('AWSReservedSSO_') && !resource.startsWith('role/aws-reserved/sso.amazonaws.com/')) {
    return 'a role of IAM Identity Center has a path, so use ClusterAccess.ssoRole(…)';
  }
  return undefined;
}

/** The role that IAM Identity Center makes in an account for a permission set. */
export interface SsoRoleName {
  readonly roleName: string;
  readonly identityCenterRegion?: string;
  readonly account?: string;
}

/** Its resource in an ARN: there is no region in it for us-east-1. */
export function ssoRoleResource({ roleName, identityCenterRegion, account }: SsoRoleName): string {
  checkGiven('roleName', roleName);
  checkPattern(
    'roleName',
    roleName,
    /^AWSReservedSSO_[\w+=,.@-]{1,32}_[0-9a-f]{16}$/,
    "the name of a role such as 'AWSReservedSSO_Devs_0123456789abcdef', which IAM shows",
  );
  checkPattern('identityCenterRegion', identityCenterRegion, /^[a-z]+(-[a-z]+)+-\d$/, "a region such as 'eu-west-1'");
  checkPattern('account', account, /^\d{12}$/, 'an account of 12 digits');
  const region =
    identityCenterRegion === undefined || identityCenterRegion === 'us-east-1' ? '' : `${identityCenterRegion}/`;
  return `role/aws-reserved/sso.amazonaws.com/${region}${roleName}`;
}
