import { Lazy } from 'aws-cdk-lib';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import { checkFeature, PLATFORMS } from '../../rules/platforms';
import type { Feature } from '../../rules/platforms';

/** Fails when a task definition is for a compute that cannot mount it. Of instances it does not say what they run. */
export function checkTaskDefinition(task: ecs.TaskDefinition, path: string, features: Feature[]): void {
  const platforms = [
    task.isFargateCompatible && { name: 'Fargate', platform: PLATFORMS.fargate },
    task.isManagedInstancesCompatible && { name: 'Managed Instances', platform: PLATFORMS.managedInstances },
    task.isExternalCompatible && { name: 'external machines', platform: PLATFORMS.external },
    task.isEc2Compatible && { name: 'EC2', platform: { ...PLATFORMS.importedInstances, instanceFileSystem: true } },
  ];
  for (const each of platforms) {
    if (!each) continue;
    for (const feature of features) {
      checkFeature(`a task definition for ${each.name}`, each.platform, feature, `one at '${path}'`);
    }
  }
}

/** The volumes that have names of the user's, by task definition: the L2 keeps its list to itself. */
const named = new WeakMap<ecs.TaskDefinition, Map<string, string>>();

/** Adds a volume whose name several mounts of a task may have, once. */
export function addNamedVolume(task: ecs.TaskDefinition, volume: ecs.Volume): void {
  const known = named.get(task) ?? new Map<string, string>();
  named.set(task, known);
  const description = JSON.stringify(task.stack.resolve(volume));
  if (!known.has(volume.name)) {
    task.addVolume(volume);
  } else if (known.get(volume.name) !== description) {
    throw new ContainersError(
      `volumes of a task must have different names, got two different ones of the name '${volume.name}': rename one`,
    );
  }
  known.set(volume.name, description);
}

/** Adds a volume of a kind that the L2 does not know: it would drop the configuration in silence. */
export function addVolume(
  task: ecs.TaskDefinition,
  name: string,
  configuration: ecs.CfnTaskDefinition.VolumeProperty,
): void {
  task.addVolume({ name });
  const resource = task.node.defaultChild as ecs.CfnTaskDefinition;
  const others = resource.volumes;
  resource.volumes = Lazy.uncachedAny({
    produce: (context) =>
      (context.resolve(others) as ecs.CfnTaskDefinition.VolumeProperty[]).map((volume) =>
        volume.name === name ? { ...volume, ...configuration } : volume,
      ),
  });
}
