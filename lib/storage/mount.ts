import type { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { checkMountPath, normalPath } from '../rules/containers';
import type { Feature } from '../rules/platforms';
import { hostMount } from './mounts/host';
import type { HostMountOptions } from './mounts/host';
import { scratchMount } from './mounts/scratch';
import type { ScratchOptions } from './mounts/scratch';

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
   * What must not be created before the mount is ready: the service.
   * @default - nothing waits
   */
  readonly dependent?: IConstruct;

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
  readonly feature?: Feature;
  bind(scope: Construct, path: string, target: MountTarget): void;
}

/**
 * Something that a container sees at a path. File systems make these (`uploads.mount('/srv/uploads')`), and
 * the static methods here.
 */
export class Mount {
  /**
   * An empty, writable directory in memory (tmpfs), gone with the container. It counts as memory of the task.
   *
   * Every container with a read-only root file system has one at `/tmp` already.
   * @param path where the container sees it
   * @throws when the path is not absolute, or size or mode are not valid
   */
  public static scratch(path: string, options: ScratchOptions = {}): Mount {
    return Mount._of(path, scratchMount(options));
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
    checkMountPath(path);
    this.path = normalPath(path);
  }

  /** @internal */
  public get _memoryMiB(): number {
    return this.kind.memoryMiB ?? 0;
  }

  /** @internal */
  public get _feature(): Feature | undefined {
    return this.kind.feature;
  }

  /** @internal */
  public get _user(): PosixUser | undefined {
    return this.kind.user;
  }

  /**
   * Mounts it: volume, mount point, permissions and network rule. Intents call this; so can you, for a bare L2 service.
   * @param scope where new resources go: the consumer's stack
   */
  public bind(scope: Construct, target: MountTarget): void {
    this.kind.bind(scope, this.path, target);
  }
}
