import { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkUnique, ContainersError } from '../../rules/errors';
import type { IInstanceFileSystem } from '../../storage/instance-file-system';
import { mountCommands } from '../../storage/private/instances';
import type { ImageParts } from '../instance-image';

/** Lets instances mount file systems when they start, before their agent joins the cluster. */
export function mountFileSystems(image: ImageParts, fileSystems: IInstanceFileSystem[]): void {
  if (fileSystems.length === 0) return;
  checkUnique(
    'fileSystems',
    fileSystems.map(({ node }) => node.path),
  );
  if (image.machineImageType === ecs.MachineImageType.BOTTLEROCKET) {
    throw new ContainersError(
      `fileSystems must be empty with InstanceImage.bottlerocket(), got ${fileSystems.map(({ node }) => `'${node.path}'`).join(', ')}: it has no package manager and no client for them, so use InstanceImage.al2023()`,
    );
  }
  image.userData.addCommands(...mountCommands(fileSystems));
}
