import { aws_ecs as ecs } from 'aws-cdk-lib';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { AgentOptions } from './agent-options';
import type { Accelerator } from '../rules/hardware';
import { al2023 } from './images/al2023';
import { bottlerocket } from './images/bottlerocket';
import { customImage } from './images/custom';

/** What a pool asks of an image. */
export interface ImageRequest {
  readonly architecture: ec2.InstanceArchitecture;
  /** What the instance types have beside their CPU. */
  readonly accelerator?: Accelerator;
}

/** What the agent is told on top of the user's options. */
export interface AgentSettings extends AgentOptions {
  /** Drains an instance when Spot wants it back. */
  readonly spotDraining: boolean;
  /** Instances of a warm pool must not join before they serve. */
  readonly warmPool: boolean;
}

/** An image with all that is different between operating systems. */
export interface ImageParts {
  readonly machineImage: ec2.IMachineImage;
  /** What the L2 takes it for, when it writes the cluster into the user data. */
  readonly machineImageType: ecs.MachineImageType;
  readonly userData: ec2.UserData;
  /** The device of the operating system, and the one of images and containers when it is another. */
  readonly devices: { readonly root: string; readonly data?: string };
  /** Writes the settings into the user data, after the L2 wrote the cluster. */
  configureAgent(settings: AgentSettings): void;
}

/** What a kind of image does. */
export interface InstanceImageKind {
  bind(request: ImageRequest): ImageParts;
}

/**
 * The operating system of an `InstancePool`. Those of AWS are the newest that it published when you deploy, for the
 * processors and accelerators of the pool's instance types; older instances are replaced one after the other.
 */
export class InstanceImage {
  /**
   * Bottlerocket: made for containers only, with a read-only root, no shell and no package manager. It mounts no EFS file
   * system with encryption and IAM, as `SharedFileSystem` asks, and no Neuron devices.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-bottlerocket.html
   */
  public static bottlerocket(): InstanceImage {
    return InstanceImage._of(bottlerocket());
  }

  /**
   * Amazon Linux 2023, optimised for ECS. The default.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-optimized_AMI.html
   */
  public static al2023(): InstanceImage {
    return InstanceImage._of(al2023());
  }

  /**
   * An image of yours, built on one of the two. It must fit the processors of the pool. Its user data is that of the pool:
   * add yours to `pool.launchTemplate.userData`.
   * @param machineImage the image; `ec2.MachineImage.fromSsmParameter` needs no look-up
   * @param machineImageType what it is built on: the settings of the agent are written for that
   */
  public static of(
    machineImage: ec2.IMachineImage,
    machineImageType: ecs.MachineImageType = ecs.MachineImageType.AMAZON_LINUX_2,
  ): InstanceImage {
    return InstanceImage._of(customImage(machineImage, machineImageType));
  }

  /** @internal */
  public static _of(kind: InstanceImageKind): InstanceImage {
    return new InstanceImage(kind);
  }

  private constructor(private readonly kind: InstanceImageKind) {}

  /** @internal */
  public _bind(request: ImageRequest): ImageParts {
    return this.kind.bind(request);
  }
}
