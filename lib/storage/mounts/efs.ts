import { aws_efs as efs, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';
import { checkDirectory, checkPosixUser } from '../../rules/file-systems';
import type { MountKind, PosixUser } from '../mount';
import { grantToTask } from '../private/grants';
import { placeAccessPoint, volumeName } from '../private/names';
import { connect } from '../private/network';
import { DEFAULT_USER, isRoot, nfs, PERMISSIONS } from '../private/nfs';
import { warnOfOtherUser } from '../private/users';
import type { DirectoryUsers } from '../private/users';

/** Options of `SharedFileSystem.mount`. */
export interface EfsMountOptions {
  /**
   * The directory of the file system that is mounted; made with the first mount, owned by `user`.
   * @default - the path of the mount
   */
  readonly directory?: string;

  /**
   * To whom all files belong, whoever writes them.
   * @default - the container's user when it is numeric, else 1000:1000
   */
  readonly user?: PosixUser;

  /**
   * Forbids writing: in the mount and in the permissions.
   * @default false
   */
  readonly readOnly?: boolean;

  /**
   * Mounts the root of the file system, without an access point: every directory of every service is in reach, files belong
   * to whoever writes them, and Security Hub's EFS.3 and EFS.4 have nothing to check. For tools that look after all of it.
   * A container that runs as root needs `user: '0'`.
   * @default false
   */
  readonly wholeFileSystem?: boolean;
}

/** A file system of which directories are mounted. */
export interface EfsSource {
  /** Where its access points stand. */
  readonly owner: Construct;
  readonly fileSystem: efs.IFileSystem;
  /** To whom each directory belongs, by its first mount. */
  readonly users: DirectoryUsers;
  readonly availabilityZones: string[];
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html */
export function efsMount(source: EfsSource, options: EfsMountOptions): MountKind {
  const { owner, fileSystem } = source;
  const { wholeFileSystem = false, readOnly = false } = options;
  if (options.directory !== undefined) checkDirectory(options.directory);
  checkPosixUser(options.user);
  if (wholeFileSystem && (options.directory !== undefined || options.user)) {
    throw new ContainersError(
      `wholeFileSystem must not be true with ${options.directory === undefined ? 'user' : 'directory'}, which only an access point has: leave one of the two out`,
    );
  }
  return {
    user: options.user,
    features: ['elasticFileSystem'],
    bind(scope, path, target) {
      const { container } = target;
      const directory = options.directory ?? path;
      if (!wholeFileSystem) checkDirectory(directory);
      const user = options.user ?? target.user ?? (wholeFileSystem ? undefined : DEFAULT_USER);
      const accessPoint = wholeFileSystem ? undefined : accessPointOf(source, scope, directory, user!);
      const volume = volumeName(scope, container.containerName, path);
      container.taskDefinition.addVolume({
        name: volume,
        efsVolumeConfiguration: {
          fileSystemId: fileSystem.fileSystemId,
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: accessPoint?.accessPointId, iam: 'ENABLED' },
        },
      });
      container.addMountPoints({ sourceVolume: volume, containerPath: path, readOnly });
      grantToTask(
        scope,
        target,
        new iam.PolicyStatement({
          actions: [
            'elasticfilesystem:ClientMount',
            ...(readOnly ? [] : ['elasticfilesystem:ClientWrite']),
            ...(isRoot(user) ? ['elasticfilesystem:ClientRootAccess'] : []),
          ],
          resources: [fileSystem.fileSystemArn],
          conditions: accessPoint && {
            StringEquals: { 'elasticfilesystem:AccessPointArn': accessPoint.accessPointArn },
          },
        }),
      );
      const { connections, mountTargetsAvailable: ready } = fileSystem;
      const { availabilityZones } = source;
      const place = fileSystem.env;
      connect(scope, { ...nfs(), path: owner.node.path, place, connections, ready, availabilityZones }, target);
    },
  };
}

/** Equal directories share an access point. It stands beside the file system, or in the stack that consumes it. */
function accessPointOf(
  { owner, fileSystem, users }: EfsSource,
  consumer: Construct,
  directory: string,
  user: PosixUser,
): efs.AccessPoint {
  warnOfOtherUser(consumer, users, directory, user);
  const { scope, id } = placeAccessPoint(owner, consumer, [directory, user.uid, user.gid]);
  return (
    (scope.node.tryFindChild(id) as efs.AccessPoint | undefined) ??
    new efs.AccessPoint(scope, id, {
      fileSystem,
      path: directory,
      posixUser: user,
      createAcl: { ownerUid: user.uid, ownerGid: user.gid, permissions: PERMISSIONS },
    })
  );
}
