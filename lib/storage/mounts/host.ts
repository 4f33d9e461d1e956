import { checkHostPath } from '../../rules/containers';
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
  checkHostPath('sourcePath', sourcePath);
  return {
    features: ['hostDirectory'],
    bind(_scope, path, { container }) {
      const volume = volumeName(container, container.containerName, path);
      container.taskDefinition.addVolume({ name: volume, host: { sourcePath } });
      container.addMountPoints({ sourceVolume: volume, containerPath: path, readOnly });
    },
  };
}
