import type { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { checkMountPath, checkWindowsPath, normalPath } from '../rules/containers';
import type { Feature } from '../rules/platforms';
import { configFileMount, secretFileMount } from './mounts/config-file';
import type { ConfigFileOptions } from './mounts/config-file';
import { dockerMount } from './mounts/docker';
import type { DockerMountOptions } from './mounts/docker';
import { ebsMount } from './mounts/ebs';
import type { EbsMountOptions } from './mounts/ebs';
import { fsxWindowsMount } from './mounts/fsx-windows';
import type { FsxWindowsMountOptions } from './mounts/fsx-windows';
import { hostMount } from './mounts/host';
import type { HostMountOptions } from './mounts/host';
import { s3FilesMount } from './mounts/s3-files';
import type { S3FilesOptions } from './mounts/s3-files';
import { scratchMount } from './mounts/scratch';
import type { ScratchOptions } from './mounts/scratch';
import { sharedMount } from './mounts/shared';
import type { SharedMountOptions } from './mounts/shared';
import { checkTaskDefinition } from './private/task-definition';

/** A numeric POSIX user, as file systems know it. */
export interface PosixUser {
  /** Number of the user, `1000` for example. */
  readonly uid: string;
  /** Number of the user's group, `1000` for example. */
  readonly gid: string;
}

/** What a mount is bound to: a container of any `ecs.TaskDefinition`. */
export interface MountTarget {
  /** The container that sees the mount. */
  readonly container: ecs.ContainerDefinition;

  /** Who opens the connection to a file system: the service, or the security group of the task. */
  readonly client: ec2.IConnectable;

  /**
   * The service whose tasks these are. A volume of EBS needs it.
   * @default - none: another thing starts the tasks
   */
  readonly service?: ecs.BaseService;

  /**
   * What must not be created before the mount is ready.
   * @default - the service, if there is one
   */
  readonly dependent?: IConstruct;

  /**
   * The zones in which the tasks stand, to compare them with those of a file system.
   * @default - unknown: nothing is compared
   */
  readonly availabilityZones?: string[];

  /**
   * The image of the container, for the containers that prepare a mount.
   * @default - its name, without credentials of a private registry
   */
  readonly image?: ecs.ContainerImage;

  /**
   * The numeric user that the container runs as.
   * @default - unknown
   */
  readonly user?: PosixUser;
}

/** What a kind of mount does. */
export interface MountKind {
  /** Memory that the mount takes from the task's, in MiB. */
  readonly memoryMiB?: number;
  /** The user to whom the files belong, when the mount says so. */
  readonly user?: PosixUser;
  /** What it asks of the compute, when not all of it can mount it. */
  readonly features?: Feature[];
  /** True for what Windows mounts, and Linux does not. */
  readonly windows?: boolean;
  /** For a file, whose directory is what is mounted: the bytes of its text. */
  readonly fileBytes?: number;
  /** What instances must have mounted before. */
  readonly instanceFileSystem?: IConstruct;
  /** Fails when it cannot be at a path. */
  check?(path: string): void;
  bind(scope: Construct, path: string, target: MountTarget): void;
}

/**
 * Something that a container sees at a path. File systems make these (`uploads.mount('/srv/uploads')`), and
 * the static methods here. Each says on which compute it works: an intent on another one fails, and names an alternative.
 */
export class Mount {
  /**
   * An empty, writable directory, gone with the container: in memory (tmpfs), where it counts as memory of the task, or
   * with `onDisk` on the disk of the task. On every compute.
   *
   * Every container with a read-only root file system has one in memory at `/tmp` already.
   * @param path where the container sees it
   * @throws when the path is not absolute, or size or mode are not valid
   */
  public static scratch(path: string, options: ScratchOptions = {}): Mount {
    return Mount._of(path, scratchMount(options));
  }

  /**
   * A writable directory on the disk of the task that several of its containers see, each at a path of its choice: for
   * sockets, or for files that one writes and another ships. On every compute.
   * @param name what the containers know it by, in this task
   * @param path where this container sees it
   * @throws when name or path are not valid
   */
  public static shared(name: string, path: string, options: SharedMountOptions = {}): Mount {
    return Mount._of(path, sharedMount(name, options));
  }

  /**
   * A file with this text. A container that runs before this one writes it, with the shell of the same image unless
   * `image` names another. The directory of the file then holds such files only. On every compute.
   *
   * The text stands in the task definition, where everybody reads it who may describe tasks: for secrets there is `secretFile`.
   * @param path of the file, such as '/etc/app/config.yaml'
   * @param content all files of a container together at most 60 KiB, as JSON: a task definition has 64 KiB in all
   * @throws when the path is not absolute or has no directory, or the text is too long
   */
  public static configFile(path: string, content: string, options: ConfigFileOptions = {}): Mount {
    return Mount._of(path, configFileMount(content, options));
  }

  /**
   * A file with the value of a secret of Secrets Manager, one of its fields, or a parameter of Systems Manager, as it is when
   * the task starts. The same container writes it as for `configFile`; only the container's user may read it. On every compute.
   * @param path of the file, such as '/run/secrets/key.pem'
   * @throws when the path is not absolute or has no directory
   */
  public static secretFile(path: string, secret: ecs.Secret, options: ConfigFileOptions = {}): Mount {
    return Mount._of(path, secretFileMount(secret, options));
  }

  /**
   * A volume of EBS for each task of a service: encrypted, empty or from a snapshot, and deleted with the task. On Fargate,
   * Managed Instances, and pools that do not run Bottlerocket.
   *
   * A `container.user` that is not root may write by its group; the USER of an image alone may not.
   * @param path where the container sees it
   * @throws when size, type, IOPS and throughput do not go together, or the task has such a volume already
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html
   */
  public static ebs(path: string, options: EbsMountOptions): Mount {
    return Mount._of(path, ebsMount(options));
  }

  /**
   * The objects of a bucket as files (S3 Files): makes a file system with all that it needs, for this task alone. Several
   * services share an `S3FileSystem`. On Fargate and Managed Instances; pools on Amazon Linux warn.
   * @param path where the container sees it
   * @throws when the bucket is known not to be versioned, or an option is not valid
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/s3files-volumes.html
   */
  public static s3Files(path: string, options: S3FilesOptions): Mount {
    return Mount._of(path, s3FilesMount(options));
  }

  /**
   * A share of FSx for Windows File Server, on Windows instances that joined its domain. The instances connect to it, not
   * the tasks: open port 445 from the security group of the instances. On `InstancePool.fromCapacityProviderName` only.
   * @param path where the container sees it, such as 'C:\\data'
   * @throws when path, file system or domain are not valid
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/wfsx-volumes.html
   */
  public static fsxWindows(path: string, options: FsxWindowsMountOptions): Mount {
    return Mount._of(path, fsxWindowsMount(options));
  }

  /**
   * A directory of the instance itself, which all its tasks share and which goes with it. On instance pools and machines
   * of your own only.
   * @param path where the container sees it
   * @param sourcePath the directory on the instance; the root of Bottlerocket is read-only, so write elsewhere there
   * @throws when a path is not absolute
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
   */
  public static host(path: string, sourcePath: string, options: HostMountOptions = {}): Mount {
    return Mount._of(path, hostMount(sourcePath, options));
  }

  /**
   * A volume of Docker on the instance, by any of its drivers. On instance pools only.
   * @param path where the container sees it
   * @throws when the name of the volume is not valid, or it is shared without a name
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html
   */
  public static docker(path: string, options: DockerMountOptions = {}): Mount {
    return Mount._of(path, dockerMount(options));
  }

  /** @internal */
  public static _of(path: string, kind: MountKind): Mount {
    return new Mount(path, kind);
  }

  /** Where the container sees it. */
  public readonly path: string;

  private constructor(
    path: string,
    private readonly kind: MountKind,
  ) {
    (kind.windows ? checkWindowsPath : checkMountPath)(path ?? '');
    kind.check?.(path);
    this.path = normalPath(path);
  }

  /** @internal */
  public get _kind(): MountKind {
    return this.kind;
  }

  /**
   * Mounts it: volume, mount point, permissions and network rule. Intents call this; so can you, for a bare L2 service.
   * @param scope where new resources go: the consumer's stack
   * @throws when the task definition is for a compute that cannot mount it
   */
  public bind(scope: Construct, target: MountTarget): void {
    checkTaskDefinition(target.container.taskDefinition, this.path, this.kind.features ?? []);
    this.kind.bind(scope, this.path, target);
  }
}
