import { Stack, Validations } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { clusterFacts } from './cluster-facts';
import { IrsaRole } from '../../identity/irsa-role';
import { PodIdentityRole } from '../../identity/pod-identity-role';
import { checkSamePlace } from '../../rules/environments';
import { ContainersError } from '../../rules/errors';

/** Who a controller is in the cluster. */
export interface ControllerOptions {
  readonly cluster: eks.ICluster;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly irsa?: boolean;
}

/** What a controller is called in its warnings. */
export interface ControllerName {
  /** `Karpenter`, `LoadBalancerController`: the first part of their ids. */
  readonly id: string;
  /** What Auto Mode does instead. */
  readonly builtIn: string;
}

/** The identity of a controller, and the service account that the chart is to make for it. */
export interface ControllerIdentity {
  readonly role: PodIdentityRole | IrsaRole;
  readonly serviceAccount: { readonly [key: string]: unknown };
}

/**
 * Makes the role of a controller, as the child `ControllerRole`.
 * @throws when the cluster is in another account or region, or has nothing but Fargate and `irsa` is not true
 */
export function controllerIdentity(
  scope: Construct,
  options: ControllerOptions,
  controller: ControllerName,
): ControllerIdentity {
  const { cluster, namespace, serviceAccount: name, irsa } = options;
  const { autoMode, fargateOnly } = clusterFacts(cluster);
  checkSamePlace(`the cluster '${cluster.node.path}'`, cluster.env, `'${scope.node.path}'`, Stack.of(scope));
  if (fargateOnly && !irsa) {
    throw new ContainersError(
      `irsa must be true for '${cluster.node.path}', which has nothing but Fargate, where there is no Pod Identity, got ${String(irsa)}: set it, or give the cluster nodes`,
    );
  }
  if (autoMode) warnOfAutoMode(scope, cluster, controller);
  const account = { create: true, name };
  if (irsa) {
    const role = new IrsaRole(scope, 'ControllerRole', { cluster, namespace, serviceAccount: name });
    return { role, serviceAccount: { ...account, annotations: role.annotations } };
  }
  const role = new PodIdentityRole(scope, 'ControllerRole', { cluster, namespace, serviceAccount: name });
  return { role, serviceAccount: account };
}

function warnOfAutoMode(scope: Construct, cluster: eks.ICluster, controller: ControllerName): void {
  Validations.of(scope).addWarning(
    `cdk-containers:${controller.id}OnAutoMode`,
    `'${cluster.node.path}' is a cluster with EKS Auto Mode, which ${controller.builtIn} by itself: leave '${scope.node.path}' out, unless both are to work side by side, as while you move from one to the other.`,
  );
}
