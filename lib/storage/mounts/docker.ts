import { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkPattern, ContainersError } from '../../rules/errors';
import type { MountKind } from '../mount';
import { volumeName } from '../private/names';
import { addNamedVolume } from '../private/task-definition';

/** Options of `Mount.docker`. The names are those of `ecs.DockerVolumeConfiguration`. */
export interface DockerMountOptions {
  /**
   * The name of the volume on the instance. A shared one must have a name.
   * @default - by container and path
   */
  readonly volumeName?: string;

  /**
   * `SHARED` keeps the volume after the task, for others on the same instance that use its name.
   * @default ecs.Scope.TASK
   */
  readonly scope?: ecs.Scope;

  /**
   * Makes a shared volume when there is none.
   * @default true
   */
  readonly autoprovision?: boolean;

  /**
   * The driver of Docker.
   * @default 'local'
   */
  readonly driver?: string;

  /**
   * Options of the driver.
   * @default - none
   */
  readonly driverOpts?: { [key: string]: string };

  /**
   * Metadata of the volume.
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Forbids writing.
   * @default false
   */
  readonly readOnly?: boolean;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html */
export function dockerMount(options: DockerMountOptions): MountKind {
  const { scope = ecs.Scope.TASK } = options;
  const shared = scope === ecs.Scope.SHARED;
  checkPattern(
    'volumeName',
    options.volumeName,
    /^[A-Za-z0-9_-]{1,255}$/,
    '1 to 255 letters, digits, hyphens and underscores',
  );
  if (shared && options.volumeName === undefined) {
    throw new ContainersError(
      'volumeName must be given with Scope.SHARED, got none: other tasks find the volume by its name',
    );
  }
  if (!shared && options.autoprovision !== undefined) {
    throw new ContainersError(
      `autoprovision must be left out without Scope.SHARED, got ${options.autoprovision}: Docker always makes the volume of a task`,
    );
  }
  return {
    features: ['dockerVolume'],
    bind(_scope, path, { container }) {
      const name = options.volumeName ?? volumeName(container, container.containerName, path);
      addNamedVolume(container.taskDefinition, {
        name,
        dockerVolumeConfiguration: {
          scope,
          autoprovision: shared ? (options.autoprovision ?? true) : undefined,
          driver: options.driver ?? 'local',
          driverOpts: options.driverOpts,
          labels: options.labels,
        },
      });
      container.addMountPoints({ sourceVolume: name, containerPath: path, readOnly: options.readOnly ?? false });
    },
  };
}
