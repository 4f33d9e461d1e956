import { aws_iam as iam, aws_s3files as s3files, Stack, Validations } from 'aws-cdk-lib';
import type { aws_s3 as s3, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { keyOf } from '../../identity/private/keys';
import { acknowledgeWildcards } from '../../identity/private/wildcards';
import { isToken } from '../../rules/errors';
import { checkDirectory, checkPosixUser } from '../../rules/file-systems';
import { WILDCARDS } from '../../rules/findings';
import type { MountKind, MountTarget, PosixUser } from '../mount';
import { grantToTask } from '../private/grants';
import { placeAccessPoint, volumeName } from '../private/names';
import { connect } from '../private/network';
import { DEFAULT_USER, isRoot, nfs, PERMISSIONS } from '../private/nfs';
import { addVolume } from '../private/task-definition';
import { warnOfOtherUser } from '../private/users';
import type { DirectoryUsers } from '../private/users';

/** Options of `S3FileSystem.mount`. */
export interface S3MountOptions {
  /**
   * The directory that is mounted; made with the first mount, owned by `user`.
   * @default - all of the file system; objects that others put there belong to root, so only root writes beside them
   */
  readonly directory?: string;

  /**
   * To whom all files belong that tasks write.
   * @default - the container's user when it is numeric, else 1000:1000
   */
  readonly user?: PosixUser;

  /**
   * Forbids writing: in the mount and in the permissions.
   * @default false
   */
  readonly readOnly?: boolean;

  /**
   * Lets large files be read from the bucket itself, which is faster and costs less: the task role then may read the objects
   * of the mounted directory.
   * @default true
   */
  readonly directReads?: boolean;
}

/** An S3 file system of which directories are mounted. */
export interface S3Source {
  readonly owner: Construct;
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  readonly fileSystem: s3files.CfnFileSystem;
  readonly connections: ec2.Connections;
  readonly ready: IDependable;
  /** To whom each directory belongs, by its first mount. */
  readonly users: DirectoryUsers;
  readonly availabilityZones: string[];
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/s3files-volumes.html */
export function s3FileSystemMount(
  sourceOf: (path: string, target: MountTarget) => S3Source,
  options: S3MountOptions,
): MountKind {
  const { directory, readOnly = false, directReads = true } = options;
  if (directory !== undefined) checkDirectory(directory);
  checkPosixUser(options.user);
  return {
    user: options.user,
    features: ['s3Files'],
    bind(scope, path, target) {
      const { container } = target;
      const source = sourceOf(path, target);
      const { isEc2Compatible } = container.taskDefinition;
      const user = options.user ?? target.user ?? DEFAULT_USER;
      const asRoot = isRoot(user);
      if (directory === undefined && !readOnly && !asRoot) warnOfRoot(scope, path, user);
      if (isEc2Compatible) warnOfInstances(scope, path);
      const accessPointArn = accessPointOf(source, scope, directory, user).attrAccessPointArn;
      const fileSystemArn = source.fileSystem.attrFileSystemArn;
      const volume = volumeName(scope, container.containerName, path);
      addVolume(container.taskDefinition, volume, { s3FilesVolumeConfiguration: { fileSystemArn, accessPointArn } });
      container.addMountPoints({ sourceVolume: volume, containerPath: path, readOnly });
      grantToTask(
        scope,
        target,
        new iam.PolicyStatement({
          actions: [
            's3files:ClientMount',
            ...(readOnly ? [] : ['s3files:ClientWrite']),
            ...(asRoot ? ['s3files:ClientRootAccess'] : []),
          ],
          resources: [fileSystemArn],
          conditions: { StringEquals: { 's3files:AccessPointArn': accessPointArn } },
        }),
      );
      // The objects of a directory that is not known yet cannot be named.
      if (directReads && !isToken(directory)) {
        allowReads(source, directory, (statement) => grantToTask(scope, target, statement));
      }
      const { account, region } = Stack.of(source.owner);
      connect(scope, { ...nfs(), ...source, path: source.owner.node.path, place: { account, region } }, target);
    },
  };
}

/** The objects of the mounted directory, and no others. */
function allowReads(
  { bucket, prefix }: S3Source,
  directory: string | undefined,
  grant: (statement: iam.PolicyStatement) => iam.IRole | iam.ManagedPolicy,
): void {
  const objects = `${prefix}${directory === undefined ? '' : `${directory.slice(1)}/`}*`;
  const read = new iam.PolicyStatement({
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    resources: [bucket.arnForObjects(objects)],
  });
  const holder = grant(read);
  acknowledgeWildcards(holder, [read], WILDCARDS.s3FilesReads);
  if (!bucket.encryptionKey) return;
  grant(
    new iam.PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [keyOf(bucket.encryptionKey).keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Stack.of(holder).region}.amazonaws.com` } },
    }),
  );
}

/** Equal directories share an access point. */
function accessPointOf(
  { owner, fileSystem, users }: S3Source,
  consumer: Construct,
  directory: string | undefined,
  user: PosixUser,
): s3files.CfnAccessPoint {
  if (directory !== undefined) warnOfOtherUser(consumer, users, directory, user);
  const { scope, id } = placeAccessPoint(owner, consumer, [directory ?? '/', user.uid, user.gid]);
  return (
    (scope.node.tryFindChild(id) as s3files.CfnAccessPoint | undefined) ??
    new s3files.CfnAccessPoint(scope, id, {
      fileSystemId: fileSystem.attrFileSystemId,
      posixUser: { uid: user.uid, gid: user.gid },
      rootDirectory:
        directory === undefined
          ? { path: '/' }
          : {
              path: directory,
              creationPermissions: { ownerUid: user.uid, ownerGid: user.gid, permissions: PERMISSIONS },
            },
    })
  );
}

function warnOfRoot(scope: Construct, path: string, user: PosixUser): void {
  Validations.of(scope).addWarning(
    'cdk-containers:MountOwnedByRoot',
    `the mount at '${path}' is the root of an S3 file system, where root owns what it finds, got the user ${user.uid}:${user.gid}, who may read there and not write: ` +
      "give it a directory or readOnly, or let both container.user and the mount's user be root",
  );
}

function warnOfInstances(scope: Construct, path: string): void {
  Validations.of(scope).addWarning(
    'cdk-containers:MountS3FilesOnInstances',
    `the mount at '${path}' is an S3 file system on EC2 instances, where AWS said in August 2026 that the task fails to start, and later that it works: ` +
      'try it with your images, or use Fargate or ManagedInstances',
  );
}
