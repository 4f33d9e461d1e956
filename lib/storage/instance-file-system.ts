import type { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { PosixUser } from './mount';
import type { DirectoryUsers } from './private/users';

/** A file system that instances mount when they start, because ECS itself cannot: FSx for Lustre and for NetApp ONTAP. */
export interface IInstanceFileSystem extends IConstruct, ec2.IConnectable {
  /** @internal */
  readonly _instanceFileSystem: InstanceFileSystem;
}

/** What an instance does with a file system. */
export interface InstanceFileSystem {
  /** The package with its client. */
  readonly packageName: string;
  /** The ports on which it serves clients. */
  readonly ports: ec2.Port[];
  /** True when it also opens connections to its clients. */
  readonly callsClients: boolean;
  /** To whom each directory belongs, by its first mount. */
  readonly users: DirectoryUsers;
  /** What is mounted, and where: known when the app is synthesized. */
  mounts(): InstanceMount[];
}

/** One line of `/etc/fstab`. */
export interface InstanceMount {
  readonly source: string;
  readonly directory: string;
  readonly type: string;
  readonly options: string;
}

/** Options of a mount of a file system that the instance has mounted. */
export interface InstanceMountOptions {
  /**
   * The directory of the file system that the container sees. It is made with the first mount.
   * @default - the path of the mount
   */
  readonly directory?: string;

  /**
   * To whom the directory belongs. A container that runs before this one sees to it, with the shell of the same image.
   * @default - the container's user when it is numeric, else it stays with whom it is with: root, when it is new
   */
  readonly user?: PosixUser;

  /**
   * Forbids writing.
   * @default false
   */
  readonly readOnly?: boolean;

  /**
   * Shows all of the file system instead of a directory, as it is: every directory of every service is in reach.
   * @default false
   */
  readonly wholeFileSystem?: boolean;

  /**
   * An image with a shell, for images that have none.
   * @default - the image of the container
   */
  readonly image?: ecs.ContainerImage;
}
