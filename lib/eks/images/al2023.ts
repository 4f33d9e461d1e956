import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import { al2023Variant, imageParameter, SMALLEST_DISK, undrivenTypes } from '../../rules/node-images';
import { effectName } from '../../rules/node-labels';
import { checkNodeConfig, checkUserDataSize } from '../../rules/node-settings';
import type { Settings } from '../../rules/node-settings';
import type { JoinRequest, NodeImageKind } from '../node-image';
import { coordinatesOf, serviceRange } from '../private/node-join';
import { nodeConfigs } from '../private/node-user-data';

/** Amazon Linux 2023, which nodeadm makes a node. */
export function al2023(nodeConfig: Settings = {}): NodeImageKind {
  const doubts = checkNodeConfig(nodeConfig);
  const hasSettings = Object.keys(nodeConfig).length > 0;
  return {
    bind({ hardware, ownImage }) {
      const variant = ownImage ? undefined : al2023Variant(hardware);
      return {
        os: 'al2023',
        amiType: variant?.amiType,
        devices: { root: '/dev/xvda' },
        smallestDiskGiB: SMALLEST_DISK.linux,
        doubts,
        // The plain image has no driver for them; those for accelerators have.
        drivesFabricAdapters: ownImage !== undefined || hardware.accelerator !== undefined,
        undriven: (types) => (variant ? undrivenTypes('al2023', types, hardware) : []),
        machineImage: (version) =>
          variant
            ? ec2.MachineImage.fromSsmParameter(imageParameter(variant, version), { os: ec2.OperatingSystemType.LINUX })
            : ownImage!,
        settings: () => (hasSettings && variant ? checkUserDataSize(nodeConfigs(nodeConfig)) : undefined),
        join: (request) => checkUserDataSize(nodeConfigs(joinSpec(request), ...(hasSettings ? [nodeConfig] : []))),
      };
    },
  };
}

/** @see https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/#clusterdetails */
function joinSpec({ cluster, serviceCidr, labels, taints }: JoinRequest): Settings {
  const range = serviceRange(cluster, serviceCidr);
  if (!range) {
    throw new ContainersError(
      'serviceCidr must be given, got none: Amazon Linux must know the range of the addresses of services, which the cluster does not say. EKS shows it as the service range of the cluster, or use NodeImage.bottlerocket()',
    );
  }
  const { name, endpoint, certificateAuthority } = coordinatesOf(cluster);
  const flags = [
    flag(
      'node-labels',
      Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ),
    flag(
      'register-with-taints',
      taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effectName(effect)}`),
    ),
  ].flat();
  return {
    cluster: { name, apiServerEndpoint: endpoint, certificateAuthority, cidr: range.cidr },
    ...(flags.length > 0 ? { kubelet: { flags } } : {}),
  };
}

function flag(name: string, values: string[]): string[] {
  return values.length > 0 ? [`--${name}=${values.join(',')}`] : [];
}
