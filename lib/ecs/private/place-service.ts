import { aws_ecs as ecs, CfnResource, Validations } from 'aws-cdk-lib';
import { Dependable } from 'constructs';
import type { IConstruct, IDependable } from 'constructs';
import { FINDINGS } from '../../rules/findings';
import type { CapacityKind, CapacityServiceOptions } from '../capacity';

/**
 * Puts the creation of a service in the right order: after the provider associations of its cluster (ECS refuses
 * a strategy before, and deleting a provider in use hangs) and after the policies of its execution role.
 */
export function placeService(
  service: ecs.BaseService,
  { cluster, taskDefinition }: CapacityServiceOptions,
  kind: CapacityKind,
): void {
  const resource = service.node.defaultChild!;
  resource.node.addDependency(associationsOf(cluster));
  if (taskDefinition.executionRole) resource.node.addDependency(taskDefinition.executionRole);
  const ownGroup = service.node.tryFindChild('SecurityGroup');
  if (ownGroup) Validations.of(ownGroup).acknowledge(...FINDINGS.outboundOpen);
  service.node.addValidation({ validate: () => missingProviders(cluster, kind) });
}

/** The L2 makes its associations at synthesis, so they are looked for when dependencies are resolved. */
function associationsOf(cluster: ecs.ICluster): IDependable {
  const associations: IDependable = {};
  Dependable.implement(associations, {
    get dependencyRoots() {
      return findAssociations(cluster);
    },
  });
  return associations;
}

function findAssociations(cluster: ecs.ICluster): ecs.CfnClusterCapacityProviderAssociations[] {
  const type = ecs.CfnClusterCapacityProviderAssociations.CFN_RESOURCE_TYPE_NAME;
  const inCluster = ofType<ecs.CfnClusterCapacityProviderAssociations>(cluster, type);
  if (inCluster.length > 0) return inCluster;
  // Of an imported cluster nobody knows, and looking through the app for each service would be quadratic.
  if (!ownCluster(cluster)) return [];
  // Somebody may have written the L1 elsewhere. Only then is the whole app worth a look.
  return ofType<ecs.CfnClusterCapacityProviderAssociations>(cluster.node.root, type).filter((associations) =>
    [cluster.clusterName, cluster.clusterArn].includes(associations.cluster),
  );
}

/** Says what a cluster of this app lacks; an imported cluster cannot be judged. */
function missingProviders(cluster: ecs.ICluster, kind: CapacityKind): string[] {
  const own = ownCluster(cluster);
  if (!own) return [];
  const associated = new Set([
    ...(own.capacityProviders ?? []),
    ...findAssociations(cluster).flatMap((found) => found.capacityProviders),
  ]);
  return kind.providers
    .filter((provider) => !associated.has(provider))
    .map(
      (provider) =>
        `the cluster '${cluster.node.path}' must have the capacity provider ${provider} for ${kind.name}, got ${[...associated].join(', ') || 'none'}: ` +
        'make it with EcsCluster, or set enableFargateCapacityProviders to true',
    );
}

/** The L1 of a cluster that this app makes; none of an imported one. */
function ownCluster(cluster: ecs.ICluster): ecs.CfnCluster | undefined {
  return ofType<ecs.CfnCluster>(cluster, ecs.CfnCluster.CFN_RESOURCE_TYPE_NAME).at(0);
}

function ofType<T extends CfnResource>(scope: IConstruct, type: string): T[] {
  return scope.node
    .findAll()
    .filter((child): child is T => CfnResource.isCfnResource(child) && child.cfnResourceType === type);
}
