import { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkStrategy } from '../../rules/capacity-providers';
import { checkUnique, ContainersError } from '../../rules/errors';
import { checkFits, checkZones, networkBoundTypes, tooSmallTypes } from '../../rules/instances';
import type { Instances, InstanceNeeds } from '../../rules/instances';
import { PLATFORMS } from '../../rules/platforms';
import type { Platform } from '../../rules/platforms';
import { instanceSize } from '../../rules/task-size';
import { knownZones } from '../../rules/zones';
import type { CapacityKind, CapacityWarning } from '../capacity';
import type { IInstancePool } from '../instance-pool';
import { serviceSettings } from '../private/service-settings';

/** One pool of `Capacity.pools`. */
export interface PoolStrategyItem {
  /** The pool. */
  readonly pool: IInstancePool;

  /**
   * Tasks that are placed on this pool first. Only one pool may have some.
   * @default 0
   */
  readonly base?: number;

  /**
   * This pool's part of the tasks above the base.
   * @default 1
   */
  readonly weight?: number;
}

export function instancePools(items: PoolStrategyItem[]): CapacityKind {
  const strategy = items.map(({ pool, base = 0, weight = 1 }) => ({
    capacityProvider: pool.capacityProviderName,
    base,
    weight,
  }));
  checkStrategy(strategy);
  for (const names of [items.map(({ pool }) => pool.node.path), strategy.map((item) => item.capacityProvider)]) {
    checkUnique('pools', names);
  }
  const known = items.flatMap(({ pool }) => pool._instances ?? []);
  if (new Set(known.map(({ arm }) => arm)).size > 1) {
    throw new ContainersError(
      `pools must all have the same processor architecture, got ${known.map(({ path, arm }) => `'${path}' (${arm ? 'ARM64' : 'X86_64'})`).join(', ')}: a task is built for one of them`,
    );
  }
  return {
    name: `the instance pool${items.length > 1 ? 's' : ''} ${items.map(({ pool }) => `'${pool.node.path}'`).join(', ')}`,
    platform: platformOf(known),
    compatibility: ecs.Compatibility.EC2,
    networkMode: ecs.NetworkMode.AWS_VPC,
    arm: known.at(0)?.arm,
    providers: [],
    homes: items.flatMap(({ pool }) => pool._home ?? []),
    sizeOf: instanceSize,
    checkTask(needs) {
      const [mount] = needs.instanceMounts ?? [];
      if (mount && known.length < items.length) {
        throw new ContainersError(
          `mounts must have no FSx for Lustre or NetApp ONTAP on pools of which one is imported, got one at '${mount.path}': nobody knows what its instances mount, so leave that pool out`,
        );
      }
      return known.flatMap((instances) => checkInstances(instances, needs));
    },
    createService(scope, id, options) {
      checkZones(known, knownZones(options.cluster.vpc.selectSubnets(options.vpcSubnets).subnets));
      const service = new ecs.Ec2Service(scope, id, {
        ...serviceSettings(
          { ...options, cluster: withInstances(options.cluster) },
          strategy.map(({ base, ...item }) => (base === 0 ? item : { ...item, base })),
        ),
        // Into all zones first; then onto few instances, so that the others can go.
        placementStrategies: [
          ecs.PlacementStrategy.spreadAcross(ecs.BuiltInAttributes.AVAILABILITY_ZONE),
          ecs.PlacementStrategy.packedByMemory(),
        ],
      });
      // The L2 writes the default here and not on Fargate: for CloudFormation a service that moves would be another one.
      (service.node.defaultChild as ecs.CfnService).schedulingStrategy = undefined;
      return service;
    },
  };
}

/** What all the pools can do. */
function platformOf(known: Instances[]): Platform {
  if (known.some(({ bottlerocket }) => bottlerocket)) return PLATFORMS.bottlerocket;
  return known.length > 0 ? PLATFORMS.instances : PLATFORMS.importedInstances;
}

/** Of pools that are imported the cluster knows nothing, and the L2 takes it for one without instances. */
function withInstances(cluster: ecs.ICluster): ecs.ICluster {
  return cluster.hasEc2Capacity ? cluster : Object.create(cluster, { hasEc2Capacity: { value: true } });
}

/** Fails when the task fits nowhere; says what else is not as good as it looks. */
export function checkInstances(instances: Instances, needs: InstanceNeeds): CapacityWarning[] {
  checkFits(instances, needs);
  const warnings: CapacityWarning[] = [];
  const small = tooSmallTypes(instances, needs);
  if (small.length > 0 && small.length < instances.types.length) {
    warnings.push({
      id: 'PoolTypeTooSmall',
      message: `the task does not fit ${small.join(', ')} of '${instances.path}': such an instance may be started and stay empty. Leave the type out, or make the task smaller.`,
    });
  }
  const [bound] = networkBoundTypes(instances, needs);
  if (bound) {
    const way =
      bound.trunked === bound.tasks
        ? 'use larger tasks or another instance type'
        : `turn on the account setting awsvpcTrunking and say so with awsvpcTrunking (${bound.trunked} tasks), or use larger tasks`;
    warnings.push({
      id: 'PoolNetworkInterfaces',
      message: `${bound.type} of '${instances.path}' has network interfaces for ${bound.tasks} tasks, and room for ${bound.fitting}: the rest of each instance is paid for and idle; ${way}.`,
    });
  }
  return warnings;
}
