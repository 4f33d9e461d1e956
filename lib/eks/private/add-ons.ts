import { Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IDependable } from 'constructs';
import { watchAddOn } from './add-on-checks';
import { clusterFacts } from './cluster-facts';
import type { ClusterFacts } from './cluster-facts';
import { checkClusterOf } from '../../identity/private/checks';
import { checkSamePlace } from '../../rules/environments';
import { checkUnique, ContainersError } from '../../rules/errors';
import { checkGiven, checkList } from '../../rules/given';
import type { AddOn } from '../add-on';

/** When add-ons are made, and for what. */
export interface NewAddOnsOptions {
  /** What they wait for, such as nodes. */
  readonly after?: IDependable[];
}

/**
 * Makes the add-ons of nodes or of a cluster, and gives them back by their names. Each stands in a child that is named after it,
 * so that others may come and go.
 */
export function newAddOns(
  scope: Construct,
  cluster: eks.ICluster,
  addOns: AddOn[] | undefined,
  options: NewAddOnsOptions = {},
): { [name: string]: eks.CfnAddon } {
  checkAddOns(addOns);
  const made = (addOns ?? []).map((addOn): [string, eks.CfnAddon] => {
    const home = new Construct(scope, `AddOn-${addOn._kind.name}`);
    return [addOn._kind.name, newAddOn(home, cluster, addOn, options)];
  });
  const all = Object.fromEntries(made);
  const agent = all['eks-pod-identity-agent'] as eks.CfnAddon | undefined;
  // Pods that find no agent use the role of their node, and do not ask again.
  const clients = made.flatMap(([, addon]) => (addon.podIdentityAssociations === undefined ? [] : addon));
  if (agent) clients.forEach((client) => client.node.addDependency(agent));
  return all;
}

/** Makes one add-on. */
export function newAddOn(
  scope: Construct,
  cluster: eks.ICluster,
  addOn: AddOn,
  { after = [] }: NewAddOnsOptions,
): eks.CfnAddon {
  checkClusterOf({ cluster });
  checkSamePlace(`the cluster '${cluster.node.path}'`, cluster.env, `'${scope.node.path}'`, Stack.of(scope));
  const { ipv6, fargateOnly } = clusterFacts(cluster);
  const addon = addOn._kind.bind(scope, { cluster, ipv6, fargateOnly });
  // Nodes in the list may wait for the cluster, whose add-ons come before them.
  addon.node.addDependency(...after);
  watchAddOn(addon, cluster);
  return addon;
}

/**
 * Whether an add-on must come after nodes that are made with it. EKS Auto Mode starts nodes for pods that wait, and Fargate does
 * so too.
 */
export function needsNodes(addOn: AddOn, { autoMode, fargateOnly }: ClusterFacts): boolean {
  return addOn._kind.needsNodes && !autoMode && !fargateOnly;
}

/** Fails for what is no add-on, and for one that is named twice. */
export function checkAddOns(addOns: AddOn[] | undefined): void {
  checkList('addOns', addOns);
  (addOns ?? []).forEach((addOn) => checkAddOn('addOns', addOn));
  checkUnique(
    'addOns',
    (addOns ?? []).map((addOn) => addOn._kind.name),
  );
}

/** Fails for what is no add-on. */
export function checkAddOn(name: string, addOn: AddOn): void {
  checkGiven(name === 'addOns' ? 'an add-on in addOns' : name, addOn);
  if (typeof (addOn as Partial<AddOn>)._kind?.bind === 'function') return;
  const given = typeof addOn === 'string' ? `'${String(addOn)}'` : 'something else';
  throw new ContainersError(
    `${name} must be made by AddOn, got ${given}: use AddOn.coreDns() or the like, or AddOn.of(name)`,
  );
}
