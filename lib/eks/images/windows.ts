import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { checkOneOf } from '../../rules/choices';
import { ContainersError } from '../../rules/errors';
import { imageParameter, SMALLEST_DISK, WINDOWS_RELEASES, windowsVariant } from '../../rules/node-images';
import type { NodeImageKind } from '../node-image';

/** Windows Server, which EKS makes a node. */
export function windows(release: string = '2022', full: boolean = false): NodeImageKind {
  checkOneOf('release', release, WINDOWS_RELEASES);
  return {
    bind({ hardware, ownImage }) {
      if (ownImage) {
        throw new ContainersError(
          'an image of your own must be built on Amazon Linux 2023 or Bottlerocket, got NodeImage.windows(): how Windows joins is for EKS to say',
        );
      }
      const variant = windowsVariant(hardware, release, full);
      return {
        os: 'windows',
        amiType: variant.amiType,
        devices: { root: '/dev/sda1' },
        smallestDiskGiB: SMALLEST_DISK.windows,
        doubts: [],
        drivesFabricAdapters: false,
        undriven: () => [],
        machineImage: (version) =>
          ec2.MachineImage.fromSsmParameter(imageParameter(variant, version), { os: ec2.OperatingSystemType.WINDOWS }),
        settings: () => undefined,
        join() {
          throw new ContainersError(
            'image must be NodeImage.al2023() or NodeImage.bottlerocket() for nodes that join by themselves, got NodeImage.windows(): use a ManagedNodeGroup',
          );
        },
      };
    },
  };
}
