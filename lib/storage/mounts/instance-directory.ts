import { checkInstanceDirectory } from '../../rules/containers';
import { ContainersError } from '../../rules/errors';
import { checkPosixUser } from '../../rules/file-systems';
import type { IInstanceFileSystem, InstanceMountOptions } from '../instance-file-system';
import type { MountKind } from '../mount';
import { mountDirectory } from './shared';
import { volumeName } from '../private/names';
import { warnOfOtherUser } from '../private/users';

/** @param root where the instance has mounted it: known at synthesis, or an error */
export function instanceDirectoryMount(
  fileSystem: IInstanceFileSystem,
  root: () => string,
  options: InstanceMountOptions,
): MountKind {
  const { wholeFileSystem = false, readOnly } = options;
  checkInstanceDirectory(options.directory);
  checkPosixUser(options.user);
  if (wholeFileSystem && (options.directory !== undefined || options.user)) {
    throw new ContainersError(
      `wholeFileSystem must not be true with ${options.directory === undefined ? 'user' : 'directory'}, which is about one directory: leave one of the two out`,
    );
  }
  return {
    user: options.user,
    features: ['instanceFileSystem'],
    instanceFileSystem: fileSystem,
    bind(scope, path, target) {
      const { container } = target;
      const name = volumeName(container, container.containerName, path);
      const sourcePath = wholeFileSystem ? root() : `${root()}${options.directory ?? path}`;
      container.taskDefinition.addVolume({ name, host: { sourcePath } });
      const user = wholeFileSystem ? undefined : (options.user ?? target.user);
      if (user && !readOnly) warnOfOtherUser(scope, fileSystem._instanceFileSystem.users, sourcePath, user);
      mountDirectory({ ...target, user }, name, path, { readOnly, image: options.image });
    },
  };
}
