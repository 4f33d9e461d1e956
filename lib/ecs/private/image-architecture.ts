import { Validations } from 'aws-cdk-lib';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';

const DOCKER_PLATFORM = /^linux\/(amd64|arm64)/;

/**
 * An image for another processor starts with `exec format error`. Of a registry's image nobody knows before it runs;
 * of one that is built here, the L2 keeps what it was told.
 */
export function checkImageArchitecture(scope: Construct, image: ecs.ContainerImage, arm: boolean): void {
  const told = (image as unknown as { readonly props?: { readonly platform?: { readonly platform?: string } } }).props;
  if (!('directory' in image)) return;
  const wanted = arm ? 'LINUX_ARM64' : 'LINUX_AMD64';
  const platform = told?.platform?.platform;
  if (platform === undefined) {
    if (!arm) return;
    Validations.of(scope).addWarning(
      'cdk-containers:ImagePlatformUnstated',
      `the image is built for the processor of the machine that builds it, and the task runs on ARM64: say platform: Platform.${wanted} in ContainerImage.fromAsset.`,
    );
    return;
  }
  const [, processor] = DOCKER_PLATFORM.exec(platform) ?? [];
  if (processor !== undefined && (processor === 'arm64') !== arm) {
    throw new ContainersError(
      `the platform of the image must be that of the task (${arm ? 'ARM64' : 'X86_64'}), got '${platform}': build it for Platform.${wanted}, or change cpuArchitecture`,
    );
  }
}
