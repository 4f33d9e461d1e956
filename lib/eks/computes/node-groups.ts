import { AddOn } from '../add-on';
import type { ClusterComputeKind } from '../cluster-compute';

/** Nodes that somebody else makes. */
export function nodeGroups(): ClusterComputeKind {
  return {
    bind: () => ({ essentialAddOns: nodeAddOns(), awaitsNodes: true, fargateOnly: false }),
  };
}

/** What nodes need before they start; Auto Mode's have it built in. */
export function nodeAddOns(): AddOn[] {
  return [AddOn.vpcCni(), AddOn.kubeProxy(), AddOn.podIdentityAgent()];
}
