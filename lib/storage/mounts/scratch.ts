import { Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkPattern, checkWhole, ContainersError } from '../../rules/errors';
import type { MountKind } from '../mount';

/** Options of `Mount.scratch`. */
export interface ScratchOptions {
  /**
   * The most that it holds. It is counted in the task's memory.
   * @default Size.mebibytes(64)
   */
  readonly size?: Size;

  /**
   * Access mode in octal digits. `1777` lets every user write and nobody delete the files of others, as `/tmp` does.
   * @default '1777'
   */
  readonly mode?: string;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html */
export function scratchMount(options: ScratchOptions): MountKind {
  const size = options.size ?? Size.mebibytes(64);
  const mode = options.mode ?? '1777';
  if (!size.isUnresolved()) {
    checkWhole('the size of a scratch mount in MiB', size.toMebibytes({ rounding: SizeRoundingBehavior.NONE }), {
      min: 1,
      max: 122880,
    });
  }
  checkPattern('the mode of a scratch mount', mode, /^[0-7]{3,4}$/, "3 or 4 octal digits such as '1777'");
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
