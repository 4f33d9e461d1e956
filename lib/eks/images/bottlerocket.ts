import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { bottlerocketVariant, imageParameter, SMALLEST_DISK, undrivenTypes } from '../../rules/node-images';
import { effectName } from '../../rules/node-labels';
import { checkBottlerocketSettings, checkUserDataSize } from '../../rules/node-settings';
import type { Settings } from '../../rules/node-settings';
import type { JoinRequest, NodeImageKind } from '../node-image';
import type { NodeTaint } from '../node-options';
import { coordinatesOf, dnsAddress, serviceRange } from '../private/node-join';
import { toml } from '../private/node-user-data';

/** Bottlerocket, which reads its settings from user data. */
export function bottlerocket(settings: Settings = {}, fips: boolean = false): NodeImageKind {
  const doubts = checkBottlerocketSettings(settings);
  const own = Object.keys(settings).length > 0 ? toml(settings) : undefined;
  return {
    bind({ hardware, ownImage }) {
      const variant = ownImage ? undefined : bottlerocketVariant(hardware, fips);
      return {
        os: 'bottlerocket',
        amiType: variant?.amiType,
        devices: { root: '/dev/xvda', data: '/dev/xvdb' },
        smallestDiskGiB: SMALLEST_DISK.linux,
        doubts,
        drivesFabricAdapters: true,
        undriven: (types) => (variant ? undrivenTypes('bottlerocket', types, hardware) : []),
        machineImage: (version) =>
          variant
            ? ec2.MachineImage.fromSsmParameter(imageParameter(variant, version), { os: ec2.OperatingSystemType.LINUX })
            : ownImage!,
        settings: () => (own !== undefined && variant ? checkUserDataSize(own) : undefined),
        join: (request) => {
          const kubernetes = { ...joinSettings(request), ...(settings.kubernetes as Settings | undefined) };
          return checkUserDataSize(toml({ ...settings, kubernetes }));
        },
      };
    },
  };
}

/** @see https://bottlerocket.dev/en/os/latest/#/api/settings/kubernetes/ */
function joinSettings({ cluster, serviceCidr, labels, taints }: JoinRequest): Settings {
  const { name, endpoint, certificateAuthority } = coordinatesOf(cluster);
  const range = serviceRange(cluster, serviceCidr);
  return {
    'cluster-name': name,
    'api-server': endpoint,
    'cluster-certificate': certificateAuthority,
    // It would ask EKS, which nodes without a way to it cannot.
    'cluster-dns-ip': range && dnsAddress(range),
    'node-labels': Object.keys(labels).length > 0 ? labels : undefined,
    'node-taints': taints.length > 0 ? taintsByKey(taints) : undefined,
  };
}

/** Each key with all that it says: `dedicated = ["gpu:NoSchedule"]`. */
function taintsByKey(taints: NodeTaint[]): Settings {
  const byKey = new Map<string, string[]>();
  for (const { key, value = '', effect } of taints) {
    byKey.set(key, [...(byKey.get(key) ?? []), `${value}:${effectName(effect)}`]);
  }
  return Object.fromEntries(byKey);
}
