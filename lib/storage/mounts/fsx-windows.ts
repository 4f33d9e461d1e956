import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { checkPattern } from '../../rules/errors';
import type { MountKind } from '../mount';
import { volumeName } from '../private/names';
import { addVolume } from '../private/task-definition';

/** Options of `Mount.fsxWindows`. */
export interface FsxWindowsMountOptions {
  /** The file system of FSx for Windows File Server, in the network of the instances. */
  readonly fileSystemId: string;

  /**
   * The share, and a directory of it.
   * @default 'share'
   */
  readonly directory?: string;

  /** Who mounts it: a secret with `username`, without its domain, and `password`. The execution role may read it. */
  readonly credentials: secretsmanager.ISecret;

  /** The domain of the Active Directory that the instances joined, such as 'corp.example.com'. */
  readonly domain: string;

  /**
   * Forbids writing.
   * @default false
   */
  readonly readOnly?: boolean;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/wfsx-volumes.html */
export function fsxWindowsMount(options: FsxWindowsMountOptions): MountKind {
  const { fileSystemId, directory = 'share', credentials, domain, readOnly = false } = options;
  checkPattern(
    'fileSystemId',
    fileSystemId,
    /^fs-[0-9a-f]{8,}$/,
    "the id of a file system such as 'fs-0123456789abcdef0'",
  );
  checkPattern(
    'directory',
    directory,
    /^[^\\/:*?"<>|]+([\\/][^\\/:*?"<>|]+)*$/,
    "a share such as 'share' or 'share\\data'",
  );
  checkPattern('domain', domain, /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, "a full domain name such as 'corp.example.com'");
  return {
    windows: true,
    features: ['windowsFileServer'],
    bind(_scope, path, { container }) {
      const { taskDefinition } = container;
      const volume = volumeName(container, container.containerName, path);
      addVolume(taskDefinition, volume, {
        fSxWindowsFileServerVolumeConfiguration: {
          fileSystemId,
          rootDirectory: directory,
          authorizationConfig: { credentialsParameter: credentials.secretArn, domain },
        },
      });
      container.addMountPoints({ sourceVolume: volume, containerPath: path, readOnly });
      const executionRole = taskDefinition.obtainExecutionRole();
      credentials.grantRead(executionRole);
      executionRole.addToPrincipalPolicy(
        new iam.PolicyStatement({
          actions: ['fsx:DescribeFileSystems'],
          resources: [
            Stack.of(container).formatArn({ service: 'fsx', resource: 'file-system', resourceName: fileSystemId }),
          ],
        }),
      );
    },
  };
}
