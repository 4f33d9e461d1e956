import { isDeepStrictEqual } from 'node:util';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { s3FileSystemMount } from './s3-file-system';
import type { S3MountOptions } from './s3-file-system';
import { ContainersError } from '../../rules/errors';
import { checkBucket, checkPrefix } from '../../rules/s3-files';
import type { MountKind } from '../mount';
import { hash, originOf } from '../private/names';
import { factsOf } from '../private/s3-bucket';
import { newS3FileSystem } from '../private/s3-file-system';
import type { S3FileSystemParts } from '../private/s3-file-system';
import type { S3FileSystemOptions } from '../s3-file-system-options';

/** Options of `Mount.s3Files`. */
export interface S3FilesOptions extends S3FileSystemOptions, S3MountOptions {
  /**
   * The network in which the file system is reached.
   * @default - that of the service
   */
  readonly vpc?: ec2.IVpc;
}

/** A file system for one task, below whose definition it stands. */
export function s3FilesMount(options: S3FilesOptions): MountKind {
  checkPrefix(options.prefix);
  checkBucket(factsOf(options.bucket));
  return s3FileSystemMount((path, { container, service }) => {
    const vpc = options.vpc ?? service?.cluster.vpc;
    if (!vpc) {
      throw new ContainersError(
        `Mount.s3Files must be bound with a service or have a vpc, got neither for '${path}': pass one of them`,
      );
    }
    checkBucket(factsOf(options.bucket, container));
    // By what is mounted, not where: another path must not replace it, and a task has one for all its mounts.
    const { taskDefinition } = container;
    const id = `S3Files${hash(container, [originOf(options.bucket), options.prefix ?? ''])}`;
    const known = taskDefinition.node.tryFindChild(id) as OwnFileSystem | undefined;
    if (known && !known.isLike({ ...options, vpc })) {
      throw new ContainersError(
        `mounts of the bucket '${options.bucket.node.path}' in one task must have the same options of the file system, got others for '${path}': use an S3FileSystem`,
      );
    }
    return (known ?? new OwnFileSystem(taskDefinition, id, { ...options, vpc })).parts;
  }, options);
}

/** All that makes the file system, and not the mount. */
type Props = S3FileSystemOptions & { readonly vpc: ec2.IVpc };
const OF_THE_MOUNT = ['directory', 'user', 'readOnly', 'directReads'];

/** The file system of a task, which others do not share. */
class OwnFileSystem extends Construct {
  public readonly parts: S3FileSystemParts;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: Props,
  ) {
    super(scope, id);
    this.parts = newS3FileSystem(this, props);
  }

  public isLike(other: Props): boolean {
    const names = new Set([...Object.keys(this.props), ...Object.keys(other)]) as Set<keyof Props>;
    return [...names].every((name) => OF_THE_MOUNT.includes(name) || isDeepStrictEqual(this.props[name], other[name]));
  }
}
