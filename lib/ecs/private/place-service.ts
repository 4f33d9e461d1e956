import { aws_ecs as ecs, Validations } from 'aws-cdk-lib';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Dependable } from 'constructs';
import type { IDependable } from 'constructs';
import { ownCluster } from './clusters';
import { ContainersError, isToken } from '../../rules/errors';
import { FINDINGS } from '../../rules/findings';
import { resourcesOf } from '../../rules/resources';
import type { CapacityKind, CapacityServiceOptions } from '../capacity';

/**
 * Puts the creation of a service in the right order: after the provider associations of its cluster (ECS refuses
 * a strategy before, and deleting a provider in use hangs), the policies of its execution role, and the routes of its subnets.
 */
export function placeService(service: ecs.BaseService, options: CapacityServiceOptions, kind: CapacityKind): void {
  const { cluster, taskDefinition } = options;
  checkHomes(cluster, kind);
  const resource = service.node.defaultChild!;
  resource.node.addDependency(associationsOf(cluster));
  if (kind.platform.network) {
    // Until its subnets have a route, a task pulls no image, and the circuit breaker counts it as failed.
    resource.node.addDependency(cluster.vpc.selectSubnets(options.vpcSubnets).internetConnectivityEstablished);
  }
  if (taskDefinition.executionRole) resource.node.addDependency(taskDefinition.executionRole);
  const ownGroup = service.node.tryFindChild('SecurityGroup');
  if (ownGroup) {
    Validations.of(ownGroup).acknowledge(...FINDINGS.outboundOpen);
    shortenDescription(ownGroup.node.defaultChild as ec2.CfnSecurityGroup);
  }
  service.node.addValidation({ validate: () => missingProviders(cluster, kind) });
}

/** The L2 describes the group by its path, of which EC2 takes 255 characters. Shorter ones stay: another replaces the group. */
function shortenDescription(group: ec2.CfnSecurityGroup): void {
  const { groupDescription } = group;
  if (!isToken(groupDescription) && groupDescription.length > 255) {
    group.groupDescription = groupDescription.slice(-255);
  }
}

/** A pool belongs to one cluster; an imported cluster cannot be compared. */
function checkHomes(cluster: ecs.ICluster, kind: CapacityKind): void {
  const own = ownCluster(cluster);
  const stranger = kind.homes?.find((home) => own !== undefined && ownCluster(home.cluster) !== own);
  if (stranger) {
    throw new ContainersError(
      `cluster must be the one of '${stranger.path}' ('${stranger.cluster.node.path}'), got '${cluster.node.path}': instances join one cluster only`,
    );
  }
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
  const inCluster = resourcesOf<ecs.CfnClusterCapacityProviderAssociations>(cluster, type);
  if (inCluster.length > 0) return inCluster;
  // Of an imported cluster nobody knows, and looking through the app for each service would be quadratic.
  if (!ownCluster(cluster)) return [];
  // Somebody may have written the L1 elsewhere. Only then is the whole app worth a look.
  return resourcesOf<ecs.CfnClusterCapacityProviderAssociations>(cluster.node.root, type).filter((associations) =>
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
