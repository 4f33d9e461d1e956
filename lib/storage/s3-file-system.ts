import type { aws_ec2 as ec2, aws_iam as iam, aws_s3files as s3files } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Mount } from './mount';
import { s3FileSystemMount } from './mounts/s3-file-system';
import type { S3MountOptions, S3Source } from './mounts/s3-file-system';
import { newS3FileSystem } from './private/s3-file-system';
import type { S3FileSystemOptions } from './s3-file-system-options';

/** Properties of an `S3FileSystem`. */
export interface S3FileSystemProps extends S3FileSystemOptions {
  /** The network in which the file system is reached. */
  readonly vpc: ec2.IVpc;
}

/**
 * A bucket as files that many tasks share (Amazon S3 Files). What a task writes is in the bucket about a minute later, and
 * what changes in the bucket shows up in the files; in a conflict the bucket wins.
 *
 * Nobody mounts without an access point, and each mount grants its task role what it needs.
 *
 * Creates: `fileSystem` with a mount target in each zone and a policy, `role`, and `securityGroup`. Costs: by what is read and
 * written through it and what it holds; the objects as before. To delete it, wait until all writes are in the bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-files.html
 */
export class S3FileSystem extends Construct implements ec2.IConnectable {
  /** The file system. */
  public readonly fileSystem: s3files.CfnFileSystem;

  /** Where it is reached: one in each zone. */
  public readonly mountTargets: s3files.CfnMountTarget[];

  /** With what S3 Files reads and writes the bucket. */
  public readonly role: iam.IRole;

  /** The security group of the mount targets: closed in both directions until something mounts. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** Who may connect to the mount targets. */
  public readonly connections: ec2.Connections;

  private readonly source: S3Source;

  /**
   * @throws when the bucket is known not to be versioned, or a property is out of bounds
   */
  constructor(scope: Construct, id: string, props: S3FileSystemProps) {
    super(scope, id);
    const made = newS3FileSystem(this, props);
    this.fileSystem = made.fileSystem;
    this.mountTargets = made.mountTargets;
    this.role = made.role;
    this.securityGroup = made.securityGroup;
    this.connections = made.connections;
    this.source = made;
  }

  /**
   * Mounts it, or a directory of it, into a container: access point, permissions of the task role, network rule, and the
   * service waits for the mount targets. Traffic is always encrypted.
   *
   * @param path where the container sees it
   * @throws when path or directory are not absolute paths
   */
  public mount(path: string, options: S3MountOptions = {}): Mount {
    return Mount._of(
      path,
      s3FileSystemMount(() => this.source, options),
    );
  }
}
