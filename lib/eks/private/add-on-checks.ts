import { Validations } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks, CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { clusterFacts } from './cluster-facts';
import { clusterNameKey } from '../../identity/private/cluster-key';
import { factsOfAddOn } from '../../rules/add-ons';
import { resourcesOf } from '../../rules/resources';

/** What is watched: of two that are the same, one speaks. */
const watched = new WeakSet<IConstruct>();

/** Looks at an add-on when all of the app is there. */
export function watchAddOn(addon: eks.CfnAddon, cluster: eks.ICluster): void {
  watched.add(addon);
  addon.node.addValidation({
    validate() {
      warnOfIdleness(addon, cluster);
      return twinsOf(addon);
    },
  });
}

/** Fails for an add-on that a cluster has twice, whoever made the other: EKS refuses the second one. */
function twinsOf(addon: eks.CfnAddon): string[] {
  const all = resourcesOf<eks.CfnAddon>(addon.node.root, 'AWS::EKS::Addon');
  return all
    .filter((other) => other !== addon && other.addonName === addon.addonName && isSameCluster(addon, other))
    .filter((other) => !watched.has(other) || all.indexOf(other) < all.indexOf(addon))
    .map(
      (other) =>
        `a cluster must have the add-on '${addon.addonName}' once, got '${other.node.path}' and '${addon.node.path}': remove one of them`,
    );
}

/** Resources that name their cluster. */
type OfCluster = CfnResource & { readonly clusterName: string };

function isSameCluster(one: OfCluster, other: OfCluster): boolean {
  return clusterNameKey(one, one.clusterName) === clusterNameKey(other, other.clusterName);
}

/** Warns of what finds nothing to do, unless nodes join that need it. */
function warnOfIdleness(addon: eks.CfnAddon, cluster: eks.ICluster): void {
  const { builtIntoAutoMode, daemon } = factsOfAddOn(addon.addonName) ?? {};
  const { autoMode, fargateOnly } = clusterFacts(cluster);
  if (autoMode && builtIntoAutoMode) {
    if (isJoined(addon) || (!daemon && isAny(addon, 'AWS::EKS::FargateProfile'))) return;
    Validations.of(addon).addWarning(
      'cdk-containers:AddOnBuiltIn',
      `EKS Auto Mode has what the add-on '${addon.addonName}' does, and no other nodes join the cluster '${cluster.node.path}' in this app: leave it out, unless they join elsewhere.`,
    );
    return;
  }
  if (!fargateOnly || !daemon || isJoined(addon)) return;
  Validations.of(addon).addWarning(
    'cdk-containers:AddOnWithoutNodes',
    `the add-on '${addon.addonName}' runs on nodes of EC2, and none join the cluster '${cluster.node.path}' in this app, which has Fargate only: leave it out, unless they join elsewhere.`,
  );
}

const NODE_ENTRIES = ['EC2_LINUX', 'EC2_WINDOWS', 'HYBRID_LINUX'];

/** True when nodes join the cluster that are not those of Auto Mode. */
function isJoined(addon: eks.CfnAddon): boolean {
  const isOfNodes = ({ type }: CfnResource & { readonly type?: string }) => NODE_ENTRIES.includes(type ?? '');
  return isAny(addon, 'AWS::EKS::Nodegroup') || isAny(addon, 'AWS::EKS::AccessEntry', isOfNodes);
}

/** True when the cluster of the add-on has such a resource. */
function isAny(addon: eks.CfnAddon, type: string, matches: (resource: OfCluster) => boolean = () => true): boolean {
  return resourcesOf<OfCluster>(addon.node.root, type).some((each) => matches(each) && isSameCluster(addon, each));
}
