import type { aws_ecs as ecs } from 'aws-cdk-lib';
import { bytesOfFile, checkFile, directoryOf } from '../../rules/containers';
import { checkPattern, ContainersError, isToken } from '../../rules/errors';
import type { MountKind } from '../mount';
import { Preparation } from '../private/preparation';

/** Options of `Mount.configFile` and `Mount.secretFile`. */
export interface ConfigFileOptions {
  /**
   * Access mode in octal digits.
   * @default - '444' for text; '400' for a secret whose container has a numeric `user`, to whom the file then belongs,
   * else '444'
   */
  readonly mode?: string;

  /**
   * An image with a shell, for images that have none.
   * @default - the image of the container
   */
  readonly image?: ecs.ContainerImage;
}

export function configFileMount(content: string, options: ConfigFileOptions): MountKind {
  return fileMount(content, options);
}

export function secretFileMount(secret: ecs.Secret, options: ConfigFileOptions): MountKind {
  return fileMount(secret, options, true);
}

/** ECS brings no files into a container: another one writes them before. */
function fileMount(content: string | ecs.Secret, options: ConfigFileOptions, secret = false): MountKind {
  checkPattern('mode', options.mode, /^0?[0-7]{3}$/, "3 octal digits such as '444'");
  return {
    fileBytes: typeof content === 'string' && !isToken(content) ? bytesOfFile(content) : 0,
    check(path) {
      if (secret && typeof (content as Partial<ecs.Secret> | undefined)?.grantRead !== 'function') {
        throw new ContainersError(
          `secret must be an ecs.Secret, got ${typeof content} for '${path}': use ecs.Secret.fromSecretsManager(…) or fromSsmParameter(…)`,
        );
      }
      checkFile(path, secret ? '' : (content as string));
    },
    bind(_scope, path, target) {
      const owner = secret ? target.user : undefined;
      const mode = options.mode ?? (owner ? '400' : '444');
      Preparation.of(target, options.image).write(directoryOf(path), path, content, mode, owner);
    },
  };
}
