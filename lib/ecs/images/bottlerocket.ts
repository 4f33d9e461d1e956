import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import type { AgentSettings, ImageParts, ImageRequest, InstanceImageKind } from '../instance-image';

export function bottlerocket(): InstanceImageKind {
  return {
    bind(request) {
      const { architecture } = request;
      return bottlerocketLinux(new ecs.BottleRocketImage({ variant: variantOf(request), architecture }));
    },
  };
}

/** Everything about Bottlerocket but the image itself. */
export function bottlerocketLinux(machineImage: ec2.IMachineImage): ImageParts {
  const userData = ec2.UserData.custom('');
  return {
    machineImage,
    machineImageType: ecs.MachineImageType.BOTTLEROCKET,
    userData,
    devices: { root: '/dev/xvda', data: '/dev/xvdb' },
    configureAgent(settings) {
      // The L2 has just written `[settings.ecs]` with the cluster: a second table of that name is not TOML.
      userData.addCommands(...ecsSettings(settings));
      if (settings.warmPool) userData.addCommands('[settings.autoscaling]', 'should-wait = true');
    },
  };
}

function variantOf({ accelerator }: ImageRequest): ecs.BottlerocketEcsVariant {
  if (accelerator === 'Neuron') {
    throw new ContainersError(
      'InstanceImage.bottlerocket() must not have instance types with Neuron, because it has no driver for ECS: use InstanceImage.al2023()',
    );
  }
  return accelerator ? ecs.BottlerocketEcsVariant.AWS_ECS_2_NVIDIA : ecs.BottlerocketEcsVariant.AWS_ECS_2;
}

/** @see https://bottlerocket.dev/en/os/latest/#/api/settings/ecs/ */
function ecsSettings(settings: AgentSettings): string[] {
  const given = {
    'allow-privileged-containers': settings.allowPrivileged ?? false,
    'awsvpc-block-imds': !settings.allowInstanceMetadata,
    'enable-spot-instance-draining': settings.spotDraining,
    'image-cleanup-wait': seconds(settings.imageCleanupInterval),
    'image-cleanup-age': seconds(settings.imageMinimumAge),
    'reserved-memory': settings.reservedMemory?.toMebibytes(),
  };
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
}

function seconds(duration: AgentSettings['imageMinimumAge']): string | undefined {
  return duration && `${duration.toSeconds()}s`;
}
