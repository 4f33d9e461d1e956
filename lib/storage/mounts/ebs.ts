import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import type { aws_iam as iam, aws_kms as kms, Size } from 'aws-cdk-lib';
import { InfrastructureRole } from '../../identity/infrastructure-role';
import { keyOf } from '../../identity/private/keys';
import { ContainersError, isToken } from '../../rules/errors';
import { gibibytes, mebibytes } from '../../rules/sizes';
import { checkVolume } from '../../rules/volumes';
import type { MountKind } from '../mount';
import { byArn } from '../private/keys';
import { volumeName } from '../private/names';

/** Options of `Mount.ebs`. The names are those of `ecs.ServiceManagedVolume`. */
export interface EbsMountOptions {
  /**
   * How large each volume is.
   * @default - that of the snapshot; without one it must be given
   */
  readonly size?: Size;

  /**
   * What it is made of. `STANDARD` is for instances only.
   * @default ec2.EbsDeviceVolumeType.GP3
   */
  readonly volumeType?: ec2.EbsDeviceVolumeType;

  /**
   * Operations a second, for GP3, IO1 and IO2.
   * @default - 3000 for GP3, for the two others it must be given
   */
  readonly iops?: number;

  /**
   * MiB a second, for GP3 only.
   * @default 125
   */
  readonly throughput?: number;

  /**
   * What each volume starts with.
   * @default - empty
   */
  readonly snapshotId?: string;

  /**
   * How fast the blocks of the snapshot are fetched, 100 to 300 MiB a second, paid for by its size.
   * @default - when they are read first
   */
  readonly volumeInitializationRate?: Size;

  /**
   * A key of yours for the volumes, about 1 USD a month. Its policy must let this account use it.
   * @default - the account's key of EBS, free. A key that the cluster has for volumes must be named here too: only then may
   * ECS use it
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How the volume is formatted. That of a snapshot must be named when it is not XFS.
   * @default ecs.FileSystemType.XFS
   */
  readonly fileSystemType?: ecs.FileSystemType;

  /**
   * With what ECS makes the volumes: a role that `ecs.amazonaws.com` may assume, with permissions of its own.
   * @default - a new `InfrastructureRole` with those it needs for this volume
   */
  readonly infrastructureRole?: iam.IRole;

  /**
   * Forbids writing.
   * @default false
   */
  readonly readOnly?: boolean;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html */
export function ebsMount(options: EbsMountOptions): MountKind {
  const { size, volumeType = ec2.EbsDeviceVolumeType.GP3, encryptionKey, snapshotId } = options;
  checkVolume({
    volumeType,
    sizeGiB: known('size', size, gibibytes),
    snapshotId,
    iops: options.iops,
    throughput: options.throughput,
    initializationMiB: known('volumeInitializationRate', options.volumeInitializationRate, mebibytes),
    fileSystemType: options.fileSystemType,
  });
  return {
    features: [
      'elasticBlockStore',
      ...(volumeType === ec2.EbsDeviceVolumeType.STANDARD ? (['magneticVolume'] as const) : []),
    ],
    bind(_scope, path, { container, service }) {
      const { taskDefinition } = container;
      if (!service) {
        throw new ContainersError(
          `Mount.ebs must be bound with the service, which makes the volumes of its tasks, got none for '${path}': pass service to bind`,
        );
      }
      if (taskDefinition.node.tryFindChild('EbsVolume')) {
        throw new ContainersError(
          `a task must have one Mount.ebs at the most, got another one at '${path}': use a larger volume, or a file system`,
        );
      }
      const volume = new ecs.ServiceManagedVolume(taskDefinition, 'EbsVolume', {
        name: volumeName(container, container.containerName, path),
        managedEBSVolume: {
          role: options.infrastructureRole ?? newRole(taskDefinition, options),
          encrypted: true,
          kmsKeyId: encryptionKey && byArn(keyOf(encryptionKey)),
          volumeType,
          size,
          snapShotId: snapshotId,
          iops: options.iops,
          throughput: options.throughput,
          fileSystemType: options.fileSystemType,
          volumeInitializationRate: options.volumeInitializationRate,
          tagSpecifications: [{ propagateTags: ecs.EbsPropagatedTagSource.SERVICE }],
        },
      });
      taskDefinition.addVolume(volume);
      volume.mountIn(container, { containerPath: path, readOnly: options.readOnly ?? false });
      service.addVolume(volume);
      // Until the last volume is gone ECS needs its permissions.
      service.node.defaultChild!.node.addDependency(volume.role);
    },
  };
}

/** The L2 compares it with bounds when it is given. */
function known(name: string, value: Size | undefined, to: (size: Size) => number): number | undefined {
  const number = value && to(value);
  if (isToken(number)) {
    throw new ContainersError(`${name} must be known when the app is synthesized, got a token: write it out`);
  }
  return number;
}

function newRole(task: ecs.TaskDefinition, { encryptionKey, snapshotId }: EbsMountOptions): InfrastructureRole {
  const role = new InfrastructureRole(task, 'InfrastructureRole');
  role.allowVolumes({ encryptionKey, snapshotId });
  return role;
}
