import type { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkPattern } from '../../rules/errors';
import type { MountKind, MountTarget } from '../mount';
import { Preparation } from '../private/preparation';
import { addNamedVolume } from '../private/task-definition';

/** Options of `Mount.shared`. */
export interface SharedMountOptions {
  /**
   * Forbids writing to this container.
   * @default false
   */
  readonly readOnly?: boolean;

  /**
   * Access mode in octal digits: '1777' for containers with different users. A container that runs before this one sets it.
   * @default - as it is: the directory belongs to this container's user when that is numeric, else to root or to whom the
   * image's VOLUME says
   */
  readonly mode?: string;

  /**
   * An image with a shell, for images that have none.
   * @default - the image of the container
   */
  readonly image?: ecs.ContainerImage;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html */
export function sharedMount(name: string, options: SharedMountOptions): MountKind {
  checkPattern(
    'the name of a shared mount',
    name,
    /^[A-Za-z0-9_-]{1,255}$/,
    '1 to 255 letters, digits, hyphens and underscores',
  );
  checkPattern('the mode of a shared mount', options.mode, /^[0-7]{3,4}$/, "3 or 4 octal digits such as '1777'");
  return {
    bind(_scope, path, target) {
      addNamedVolume(target.container.taskDefinition, { name });
      mountDirectory(target, name, path, options);
    },
  };
}

/** Shows an empty volume to a container, whose user may then write to it. */
export function mountDirectory(target: MountTarget, volume: string, path: string, options: SharedMountOptions): void {
  const { container, user } = target;
  const { readOnly = false, mode, image } = options;
  container.addMountPoints({ sourceVolume: volume, containerPath: path, readOnly });
  const owner = user && !readOnly && user.uid !== '0' ? user : undefined;
  if (owner || mode) Preparation.of(target, image).own(volume, path, owner, mode);
}
