import { Construct } from 'constructs';
import { AddOn } from '../add-on';
import type { ClusterComputeKind } from '../cluster-compute';
import { newSystemPods } from '../private/fargate-profile';

/** No nodes: the only pods that every cluster needs are CoreDNS. */
export function fargateOnly(): ClusterComputeKind {
  return {
    bind: (scope, { vpc, vpcSubnets }) => ({
      essentialAddOns: [AddOn.coreDns()],
      awaitsNodes: false,
      fargateOnly: true,
      furnish(cluster) {
        const home = new Construct(scope, 'SystemPods');
        const { profile, role } = newSystemPods(home, 'Profile', { cluster, vpc, vpcSubnets });
        return { systemPods: profile, systemPodsRole: role };
      },
    }),
  };
}
