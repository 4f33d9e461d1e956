import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import type { AgentSettings, ImageParts, ImageRequest, InstanceImageKind } from '../instance-image';

export function al2023(): InstanceImageKind {
  return { bind: (request) => amazonLinux(ecs.EcsOptimizedImage.amazonLinux2023(hardwareOf(request))) };
}

/** Everything about Amazon Linux but the image itself. */
export function amazonLinux(machineImage: ec2.IMachineImage): ImageParts {
  const userData = ec2.UserData.forLinux();
  return {
    machineImage,
    machineImageType: ecs.MachineImageType.AMAZON_LINUX_2,
    userData,
    devices: { root: '/dev/xvda' },
    configureAgent(settings) {
      const lines = Object.entries(variables(settings)).map(([name, value]) => `${name}=${value}`);
      if (lines.length === 0) return;
      userData.addCommands(`cat >> /etc/ecs/ecs.config <<'EOF'\n${lines.join('\n')}\nEOF`);
    },
  };
}

function hardwareOf({ architecture, accelerator }: ImageRequest): ecs.AmiHardwareType {
  const arm = architecture === ec2.InstanceArchitecture.ARM_64;
  if (arm && accelerator) {
    throw new ContainersError(
      `InstanceImage.al2023() must have x86 instance types with ${accelerator}, got ARM: AWS publishes no such image, use InstanceImage.bottlerocket()`,
    );
  }
  if (arm) return ecs.AmiHardwareType.ARM;
  if (accelerator === 'GPU') return ecs.AmiHardwareType.GPU;
  return accelerator ? ecs.AmiHardwareType.NEURON : ecs.AmiHardwareType.STANDARD;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
function variables(settings: AgentSettings): Record<string, string> {
  const given = {
    ECS_AWSVPC_BLOCK_IMDS: settings.allowInstanceMetadata ? undefined : 'true',
    ECS_DISABLE_PRIVILEGED: settings.allowPrivileged ? undefined : 'true',
    ECS_ENABLE_SPOT_INSTANCE_DRAINING: settings.spotDraining ? 'true' : undefined,
    ECS_IMAGE_CLEANUP_INTERVAL: seconds(settings.imageCleanupInterval),
    ECS_IMAGE_MINIMUM_CLEANUP_AGE: seconds(settings.imageMinimumAge),
    ECS_RESERVED_MEMORY: settings.reservedMemory?.toMebibytes().toString(),
    ECS_WARM_POOLS_CHECK: settings.warmPool ? 'true' : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function seconds(duration: AgentSettings['imageMinimumAge']): string | undefined {
  return duration && `${duration.toSeconds()}s`;
}
