import { aws_eks_v2 as eks, Stack } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { clusterKey, clusterNameKey, identityOf } from './cluster-key';
import { factsOfAddOn } from '../../rules/add-ons';
import { ContainersError } from '../../rules/errors';
import type { ServiceAccount } from '../../rules/pod-identity';
import { resourcesOf } from '../../rules/resources';

/** Who has which service accounts in each app. */
const claims = new WeakMap<IConstruct, Map<string, Construct>>();

/**
 * Fails when a service account has a role already. Associations that others made are found when the app is synthesized.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
 */
export function claimServiceAccount(owner: Construct, cluster: eks.ICluster, account: ServiceAccount): void {
  const { root } = owner.node;
  const taken = claims.get(root) ?? new Map<string, Construct>();
  claims.set(root, taken);
  const key = accountKey(owner, clusterKey(cluster), account);
  const other = taken.get(key);
  if (other) throw new ContainersError(twice(account, cluster, other, owner));
  taken.set(key, owner);
  owner.node.addValidation({
    validate: () => [
      ...resourcesOf<eks.CfnPodIdentityAssociation>(root, eks.CfnPodIdentityAssociation.CFN_RESOURCE_TYPE_NAME)
        .filter((each) => !isClaimed(each, taken))
        .filter((each) => accountKey(each, clusterNameKey(each, each.clusterName), each) === key)
        .map((each) => twice(account, cluster, each, owner)),
      ...addOnsWith(owner, key, account).map((each) => twice(account, cluster, each, owner)),
    ],
  });
}

/**
 * The add-ons that have an association of their own for a service account. Where the vendor of one puts it is known of some;
 * of the others it is when they have the same role.
 */
function addOnsWith(owner: Construct, key: string, { serviceAccount }: ServiceAccount): eks.CfnAddon[] {
  return resourcesOf<eks.CfnAddon>(owner.node.root, eks.CfnAddon.CFN_RESOURCE_TYPE_NAME).filter((addOn) => {
    const { podIdentityAssociations, namespaceConfig }: AddOnJson = Stack.of(addOn).resolve({
      podIdentityAssociations: addOn.podIdentityAssociations,
      namespaceConfig: addOn.namespaceConfig,
    });
    const namespace = namespaceConfig?.namespace ?? factsOfAddOn(addOn.addonName)?.namespace;
    const cluster = clusterNameKey(addOn, addOn.clusterName);
    return (podIdentityAssociations ?? []).some((each) => {
      if (typeof namespace !== 'string') {
        return (
          isOwn(addOn, owner, each.roleArn) && each.serviceAccount === serviceAccount && key.startsWith(`${cluster}/`)
        );
      }
      return accountKey(addOn, cluster, { namespace, serviceAccount: String(each.serviceAccount) }) === key;
    });
  });
}

interface AddOnJson {
  readonly podIdentityAssociations?: { readonly serviceAccount?: unknown; readonly roleArn?: unknown }[];
  readonly namespaceConfig?: { readonly namespace?: unknown };
}

/** True for the ARN of a role that associates itself. */
function isOwn(scope: IConstruct, owner: Construct, roleArn: unknown): boolean {
  const own = 'roleArn' in owner ? (Stack.of(scope).resolve(owner.roleArn) as unknown) : undefined;
  return own !== undefined && JSON.stringify(own) === JSON.stringify(roleArn);
}

function accountKey(scope: IConstruct, cluster: string, { namespace, serviceAccount }: ServiceAccount): string {
  return [cluster, identityOf(scope, namespace), identityOf(scope, serviceAccount)].join('/');
}

function isClaimed(association: IConstruct, taken: Map<string, Construct>): boolean {
  const owners = new Set(taken.values());
  return association.node.scopes.some((scope) => owners.has(scope as Construct));
}

function twice(account: ServiceAccount, cluster: eks.ICluster, one: IConstruct, other: IConstruct): string {
  return `the service account '${account.serviceAccount}' of the namespace '${account.namespace}' in the cluster '${cluster.node.path}' must have one role, got '${one.node.path}' and '${other.node.path}': let both share one`;
}
