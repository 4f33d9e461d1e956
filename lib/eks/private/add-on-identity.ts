import type { aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkIsRole } from '../../identity/private/checks';
import { ManagedPolicyRole } from '../../identity/private/managed-policy-role';
import { podsOf } from '../../identity/private/pod-identity';
import { checkAddOnServiceAccount } from '../../rules/add-ons';
import { checkUnique, ContainersError } from '../../rules/errors';
import { checkGiven, checkList } from '../../rules/given';
import type { AddOnIdentity } from '../add-on-options';

/** A service account and its role. */
export interface Association {
  readonly serviceAccount: string;
  readonly role: iam.IRole;
  /** What must be there before its pods start, when the role is made here. */
  readonly made?: ManagedPolicyRole;
}

/** A role that pods of an add-on assume. */
export function newAddOnRole(scope: Construct, id: string, cluster: eks.ICluster, name: string): ManagedPolicyRole {
  const description = `What the add-on ${name} may do`;
  return new ManagedPolicyRole(scope, id, { description, assumedBy: podsOf(cluster) });
}

/** The role of a service account: that of the user, or one that is made. */
export function associate(
  scope: Construct,
  cluster: eks.ICluster,
  name: string,
  { serviceAccount, role, managedPolicies = [], statements = [] }: AddOnIdentity,
): Association {
  if (role) return { serviceAccount, role };
  const made = newAddOnRole(scope, `Role-${serviceAccount}`, cluster, name);
  managedPolicies.forEach((policy) => made.addManagedPolicy(policy));
  statements.forEach((statement) => made.addToPrincipalPolicy(statement));
  return { serviceAccount, role: made, made };
}

/** Fails for identities that say nothing, or two things. */
export function checkIdentities(name: string, identities: AddOnIdentity[] | undefined): void {
  checkList(`the identities of the add-on '${name}'`, identities);
  identities?.forEach((identity) => {
    checkGiven(`an identity of the add-on '${name}'`, identity);
    checkAddOnServiceAccount(identity.serviceAccount);
    const { serviceAccount, role, managedPolicies, statements } = identity;
    checkIsRole(`role of '${serviceAccount}'`, role);
    checkList(`managedPolicies of '${serviceAccount}'`, managedPolicies);
    checkList(`statements of '${serviceAccount}'`, statements);
    managedPolicies?.forEach((policy) => checkKind(serviceAccount, 'managedPolicies', policy?.managedPolicyArn));
    statements?.forEach((statement) => checkKind(serviceAccount, 'statements', statement?.toStatementJson));
    const policies = (managedPolicies?.length ?? 0) + (statements?.length ?? 0);
    if (role ? policies === 0 : policies > 0) return;
    throw new ContainersError(
      `the identity of '${serviceAccount}' must have either a role, or managedPolicies and statements for one, got ${role ? 'both' : 'neither'}`,
    );
  });
  checkUnique(
    `the service accounts of the add-on '${name}'`,
    (identities ?? []).map(({ serviceAccount }) => serviceAccount),
  );
}

const KINDS = {
  managedPolicies: 'policies such as iam.ManagedPolicy.fromAwsManagedPolicyName(…)',
  statements: 'of type iam.PolicyStatement',
};

/** Fails for the name or the JSON of a policy, of which nothing would come into the template. */
function checkKind(serviceAccount: string, name: keyof typeof KINDS, mark: unknown): void {
  if (mark !== undefined) return;
  throw new ContainersError(`${name} of '${serviceAccount}' must be ${KINDS[name]}, got something else`);
}

const roles = new WeakMap<eks.CfnAddon, { readonly [serviceAccount: string]: iam.IRole }>();

export function rememberRoles(addon: eks.CfnAddon, associations: Association[]): void {
  roles.set(addon, Object.fromEntries(associations.map(({ serviceAccount, role }) => [serviceAccount, role])));
}

/** The roles of several add-ons, of those that have some: by add-on and service account. */
export function rolesOfAddOns(addOns: { readonly [name: string]: eks.CfnAddon }): AddOnRoles {
  const all = Object.entries(addOns).map(([name, addon]) => [name, rolesOf(addon)] as const);
  return Object.fromEntries(all.filter(([, found]) => Object.keys(found).length > 0));
}

/** By add-on and service account. */
type AddOnRoles = { readonly [addOn: string]: { readonly [serviceAccount: string]: iam.IRole } };

/** The roles of an add-on by their service accounts. */
export function rolesOf(addon: eks.CfnAddon): { readonly [serviceAccount: string]: iam.IRole } {
  return roles.get(addon) ?? {};
}
