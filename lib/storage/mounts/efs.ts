import { aws_ec2 as ec2, aws_efs as efs, aws_iam as iam, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { checkDirectory, checkPosixUser } from '../../rules/file-systems';
import { FINDINGS } from '../../rules/findings';
import type { MountKind, MountTarget, PosixUser } from '../mount';
import { hash, volumeName } from '../private/names';

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
}

const DEFAULT_USER: PosixUser = { uid: '1000', gid: '1000' };
/** Only the owner writes, the group reads, nobody else sees a thing. */
const PERMISSIONS = '750';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html */
export function efsMount(
  owner: Construct,
  fileSystem: efs.IFileSystem,
  users: Map<string, PosixUser>,
  options: EfsMountOptions,
): MountKind {
  if (options.directory !== undefined) checkDirectory(options.directory);
  checkPosixUser(options.user);
  return {
    user: options.user,
    feature: 'elasticFileSystem',
    bind(scope, path, target) {
      const directory = options.directory ?? path;
      checkDirectory(directory);
      const user = options.user ?? target.user ?? DEFAULT_USER;
      warnOfOtherUser(scope, users, directory, user);
      const accessPoint = accessPointOf(owner, scope, fileSystem, directory, user);
      const { container } = target;
      const volume = volumeName(scope, container.containerName, path);
      container.taskDefinition.addVolume({
        name: volume,
        efsVolumeConfiguration: {
          fileSystemId: fileSystem.fileSystemId,
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: accessPoint.accessPointId, iam: 'ENABLED' },
        },
      });
      container.addMountPoints({ sourceVolume: volume, containerPath: path, readOnly: options.readOnly ?? false });
      container.taskDefinition.taskRole.addToPrincipalPolicy(
        new iam.PolicyStatement({
          actions: [
            'elasticfilesystem:ClientMount',
            ...(options.readOnly ? [] : ['elasticfilesystem:ClientWrite']),
            // Without it EFS treats root as nobody, who may not write the files of root.
            ...([user.uid, user.gid].includes('0') ? ['elasticfilesystem:ClientRootAccess'] : []),
          ],
          resources: [fileSystem.fileSystemArn],
          conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': accessPoint.accessPointArn } },
        }),
      );
      openNfs(fileSystem, target);
    },
  };
}

/** EFS makes a directory with the first mount and gives it to that mount's user: others may not write, or not read. */
function warnOfOtherUser(scope: Construct, users: Map<string, PosixUser>, directory: string, user: PosixUser): void {
  const first = users.get(directory) ?? user;
  users.set(directory, first);
  if (first.uid === user.uid) return;
  Validations.of(scope).addWarning(
    'cdk-containers:MountDirectoryOfOtherUser',
    `the directory '${directory}' belongs to ${first.uid}:${first.gid} by another mount, got ${user.uid}:${user.gid} for this one, who may not write to it: ` +
      'give all mounts of a directory the same user',
  );
}

/** Equal directories share an access point. It stands beside the file system, or in the stack that consumes it. */
function accessPointOf(
  owner: Construct,
  consumer: Construct,
  fileSystem: efs.IFileSystem,
  directory: string,
  user: PosixUser,
): efs.AccessPoint {
  const together = Stack.of(owner) === Stack.of(consumer);
  const scope = together ? owner : consumer;
  // Nothing of the path above the stack: an app that moves into a stage keeps its access points.
  const origin = together
    ? ''
    : owner.node.path.slice(Stack.of(owner).node.path.length - Stack.of(owner).node.id.length);
  const id = `AccessPoint${hash(scope, [origin, directory, user.uid, user.gid])}`;
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

/** Opens port 2049 from the client's side, and lets the dependent wait for the rule and for the mount targets. */
function openNfs(fileSystem: efs.IFileSystem, { client, dependent }: MountTarget): void {
  client.connections.allowToDefaultPort(fileSystem, 'NFS');
  const open = client.connections.securityGroups.filter((group) => group.allowAllOutbound);
  open.forEach((group) => Validations.of(group).acknowledge(...FINDINGS.outboundOpen));
  if (!dependent) return;
  // The L1 alone: waiting with a whole service would make its security group wait for a rule that names it.
  const waiting = dependent.node.defaultChild ?? dependent;
  waiting.node.addDependency(fileSystem.mountTargetsAvailable, ...rulesBetween(client, fileSystem));
}

function rulesBetween(client: ec2.IConnectable, fileSystem: ec2.IConnectable): IConstruct[] {
  const from = client.connections.securityGroups.map((group) => group.securityGroupId);
  const to = fileSystem.connections.securityGroups.map((group) => group.securityGroupId);
  return [...client.connections.securityGroups, ...fileSystem.connections.securityGroups]
    .flatMap((group) => group.node.children)
    .filter(
      (child) =>
        CfnResource.isCfnResource(child) &&
        child.cfnResourceType === ec2.CfnSecurityGroupIngress.CFN_RESOURCE_TYPE_NAME,
    )
    .filter((child) => {
      const rule = child as ec2.CfnSecurityGroupIngress;
      return to.includes(rule.groupId ?? '') && from.includes(rule.sourceSecurityGroupId ?? '');
    });
}
