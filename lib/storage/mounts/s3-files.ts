import { isDeepStrictEqual } from 'node:util';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { s3FileSystemMount } from './s3-file-system';
import type { S3MountOptions } from './s3-file-system';
import { ContainersError } from '../../rules/errors';
import { checkBucket, checkPrefix } from '../../rules/s3-files';
import type { MountKind, MountTarget } from '../mount';
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
  const { directory, user, readOnly, directReads, vpc, ...rest } = options;
  // No prefix may be said in two ways.
  const fileSystem = { ...rest, prefix: rest.prefix || undefined };
  checkPrefix(fileSystem.prefix);
  checkBucket(factsOf(fileSystem.bucket));
  const source = (path: string, { container, service }: MountTarget): S3FileSystemParts => {
    const network = vpc ?? service?.cluster.vpc;
    if (!network) {
      throw new ContainersError(
        `Mount.s3Files must be bound with a service or have a vpc, got neither for '${path}': pass one of them`,
      );
    }
    checkBucket(factsOf(fileSystem.bucket, container));
    const props = { ...fileSystem, vpc: network };
    // By what is mounted, not where: another path must not replace it, and a task has one for all its mounts.
    const { taskDefinition } = container;
    const id = `S3Files${hash(container, [originOf(props.bucket), props.prefix ?? ''])}`;
    const known = taskDefinition.node.tryFindChild(id) as OwnFileSystem | undefined;
    if (known && !known.isLike(props)) {
      throw new ContainersError(
        `mounts of the bucket '${props.bucket.node.path}' in one task must have the same options of the file system, got others for '${path}': use an S3FileSystem`,
      );
    }
    return (known ?? new OwnFileSystem(taskDefinition, id, props)).parts;
  };
  return s3FileSystemMount(source, { directory, user, readOnly, directReads });
}

/** All that makes the file system, and not the mount. */
type Props = S3FileSystemOptions & { readonly vpc: ec2.IVpc };

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
    return [...names].every((name) => isDeepStrictEqual(this.props[name], other[name]));
  }
}
