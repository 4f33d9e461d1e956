import { Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkPattern, checkWhole, ContainersError } from '../../rules/errors';
import type { MountKind } from '../mount';
import { mountDirectory } from './shared';
import { volumeName } from '../private/names';

/** Options of `Mount.scratch`. */
export interface ScratchOptions {
  /**
   * The most that it holds in memory. It is counted in the task's memory.
   * @default - Size.mebibytes(64); on disk as much as the task has: `ephemeralStorage` on Fargate
   */
  readonly size?: Size;

  /**
   * Access mode in octal digits. `1777` lets every user write and nobody delete the files of others, as `/tmp` does.
   * @default - '1777' in memory; on disk the directory belongs to the container's user when that is numeric, else to root
   * or to whom the image's VOLUME says
   */
  readonly mode?: string;

  /**
   * Uses the disk of the task instead of its memory: for more than fits there. A container that runs before this one sets
   * owner and mode, with the shell of the same image, unless neither is needed.
   * @default false
   */
  readonly onDisk?: boolean;

  /**
   * An image with a shell, for images that have none, when `onDisk` is true.
   * @default - the image of the container
   */
  readonly image?: ecs.ContainerImage;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html */
export function scratchMount(options: ScratchOptions): MountKind {
  checkPattern('the mode of a scratch mount', options.mode, /^[0-7]{3,4}$/, "3 or 4 octal digits such as '1777'");
  return options.onDisk ? onDisk(options) : inMemory(options);
}

function inMemory(options: ScratchOptions): MountKind {
  const { size = Size.mebibytes(64), mode = '1777' } = options;
  if (!size.isUnresolved()) {
    checkWhole('the size of a scratch mount in MiB', size.toMebibytes({ rounding: SizeRoundingBehavior.NONE }), {
      min: 1,
      max: 122880,
    });
  }
  if (options.image) {
    throw new ContainersError('image must be left out unless onDisk is true: memory needs nobody to make it ready');
  }
  return {
    memoryMiB: size.isUnresolved() ? 0 : size.toMebibytes(),
    bind(_scope, path, { container }) {
      if (!container.linuxParameters) {
        throw new ContainersError(
          `a container with a scratch mount must have linuxParameters, got none for '${path}': pass new ecs.LinuxParameters(…) to addContainer`,
        );
      }
      // The L2's enum has a bare `mode`, but the option needs its value.
      const withMode: string = `mode=${mode}`;
      container.linuxParameters.addTmpfs({
        containerPath: path,
        size: size.toMebibytes(),
        mountOptions: [withMode as ecs.TmpfsMountOption],
      });
    },
  };
}

function onDisk({ size, mode, image }: ScratchOptions): MountKind {
  if (size) {
    throw new ContainersError(
      `size must be left out when onDisk is true, got ${size.toString()}: the disk of a task has one size for all, which is ephemeralStorage on Fargate`,
    );
  }
  return {
    bind(_scope, path, target) {
      const { container } = target;
      const name = volumeName(container, container.containerName, path);
      container.taskDefinition.addVolume({ name });
      // Everybody writes there.
      mountDirectory(target, name, path, { mode: mode ?? (path === '/tmp' ? '1777' : undefined), image });
    },
  };
}
