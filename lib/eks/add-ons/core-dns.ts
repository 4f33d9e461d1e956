import { checkReplicas } from '../../rules/add-ons';
import { checkBoolean, checkOptions } from '../../rules/given';
import type { AddOnKind } from '../add-on';
import type { AddOnOptions } from '../add-on-options';
import { addOnKind, checkAddOnOptions } from '../private/add-on-kind';

/** How many pods of CoreDNS there are. */
export interface CoreDnsScalingOptions {
  /**
   * At least.
   * @default - what EKS sets, 2
   */
  readonly minReplicas?: number;

  /**
   * At most.
   * @default - what EKS sets
   */
  readonly maxReplicas?: number;
}

/** Options of `AddOn.coreDns`. */
export interface CoreDnsOptions extends AddOnOptions {
  /**
   * How many pods there are, whatever the size of the cluster.
   * @default - what EKS sets, 2
   */
  readonly replicas?: number;

  /**
   * Lets EKS set how many pods there are, by the nodes and processors of the cluster.
   * @default - a fixed number
   * @see https://docs.aws.amazon.com/eks/latest/userguide/coredns-autoscaling.html
   */
  readonly scaling?: CoreDnsScalingOptions;

  /**
   * Has its pods run on Fargate: a `FargatePods` must then take those of `kube-system`.
   * @default - where it is known that the cluster has nothing else
   */
  readonly onFargate?: boolean;
}

export function coreDns(options: CoreDnsOptions): AddOnKind {
  checkAddOnOptions('coreDns', options, ['replicas', 'scaling', 'onFargate']);
  const { replicas, scaling, onFargate } = options;
  if (scaling !== undefined) checkOptions('scaling', scaling, ['minReplicas', 'maxReplicas']);
  checkBoolean('onFargate', onFargate);
  checkReplicas(replicas, scaling);
  return addOnKind({
    name: 'coredns',
    options,
    configuration: (_, { fargateOnly }) => ({
      replicaCount: replicas,
      autoScaling: scaling && {
        enabled: true,
        minReplicas: scaling.minReplicas,
        maxReplicas: scaling.maxReplicas,
      },
      computeType: (onFargate ?? fargateOnly) ? 'Fargate' : undefined,
    }),
  });
}
