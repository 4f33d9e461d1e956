import { checkPattern, ContainersError } from '../../rules/errors';
import type { MountKind } from '../mount';
import { volumeName } from '../private/names';

/** Options of `Mount.host`. */
export interface HostMountOptions {
  /**
   * Forbids writing.
   * @default false
   */
  readonly readOnly?: boolean;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html */
export function hostMount(sourcePath: string, { readOnly = false }: HostMountOptions): MountKind {
  checkPattern(
    'sourcePath',
    sourcePath,
    /^(?!.*\/\.\.?(\/|$))\/[^:\n]*$/,
    "an absolute path on the instance, without ':', '.' and '..'",
  );
  return {
    feature: 'hostDirectory',
    bind(scope, path, { container }) {
      const { isFargateCompatible, isManagedInstancesCompatible } = container.taskDefinition;
      if (isFargateCompatible || isManagedInstancesCompatible) {
        throw new ContainersError(
          `Mount.host must be on a task definition for EC2 or external machines, got one for Fargate or Managed Instances at '${path}': use a file system or Mount.scratch`,
        );
      }
      const volume = volumeName(scope, container.containerName, path);
      container.taskDefinition.addVolume({ name: volume, host: { sourcePath } });
      container.addMountPoints({ sourceVolume: volume, containerPath: path, readOnly });
    },
  };
}
