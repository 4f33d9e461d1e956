import type { aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import { al2023 } from './images/al2023';
import { bottlerocket } from './images/bottlerocket';
import { windows } from './images/windows';
import type { NodeTaint } from './node-options';
import { ContainersError } from '../rules/errors';
import { checkBoolean, checkGiven, checkOptions } from '../rules/given';
import type { Hardware } from '../rules/hardware';

/** What nodes ask of an image. */
export interface NodeImageRequest {
  readonly hardware: Hardware;
  /** The image of a user that is built on this one. */
  readonly ownImage?: ec2.IMachineImage;
}

/** What a node must be told to join, when EKS does not tell it. */
export interface JoinRequest {
  readonly cluster: eks.ICluster;
  /** The range of the addresses of services. */
  readonly serviceCidr?: string;
  readonly labels: { readonly [key: string]: string };
  readonly taints: NodeTaint[];
}

/** An image with all that is different between operating systems. */
export interface NodeImageParts {
  readonly os: 'al2023' | 'bottlerocket' | 'windows';
  /** What managed node groups call it; undefined for an image of the user's own. */
  readonly amiType?: string;
  /** The device of the operating system, and the one of images and containers when it is another. */
  readonly devices: { readonly root: string; readonly data?: string };
  /** What the disk of images and containers has at least. */
  readonly smallestDiskGiB: number;
  /** Settings that the operating system may not know. */
  readonly doubts: string[];
  /** Whether it has what Elastic Fabric Adapters need. */
  readonly drivesFabricAdapters: boolean;
  /** The instance types with a GPU for which it may have no driver. */
  undriven(types: string[]): string[];
  /** The image for a version of Kubernetes such as '1.36': the newest that AWS published when the stack is deployed. */
  machineImage(version: string): ec2.IMachineImage;
  /** User data that a managed node group merges with its own; undefined when there is nothing to say, or it would not merge. */
  settings(): string | undefined;
  /** The whole user data of nodes that join by themselves. */
  join(request: JoinRequest): string;
}

/** What a kind of image does. */
export interface NodeImageKind {
  bind(request: NodeImageRequest): NodeImageParts;
}

/** Settings of Amazon Linux. */
export interface Al2023NodeOptions {
  /**
   * What stands in the `spec` of a NodeConfig: `kubelet`, `containerd`, `instance`, `featureGates`. The cluster, and `labels` and
   * `taints` of the nodes, are there already.
   * @default - what AWS recommends
   * @see https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
   */
  readonly nodeConfig?: { readonly [key: string]: unknown };
}

/** Settings of Bottlerocket. */
export interface BottlerocketNodeOptions {
  /**
   * What stands below `settings`, such as `{ kubernetes: { 'max-pods': 50 } }`. The cluster, and `labels` and `taints` of the
   * nodes, are there already.
   * @default - what AWS recommends
   * @see https://bottlerocket.dev/en/os/latest/#/api/settings/
   */
  readonly settings?: { readonly [key: string]: unknown };

  /**
   * Cryptography by modules that are validated by FIPS 140.
   * @default false
   */
  readonly fips?: boolean;
}

/** A release of Windows Server. Its containers must be built for the same release. */
export enum WindowsNodeRelease {
  /** Windows Server 2019. */
  SERVER_2019 = '2019',
  /** Windows Server 2022. */
  SERVER_2022 = '2022',
  /** Windows Server 2025. */
  SERVER_2025 = '2025',
}

/** Settings of Windows. */
export interface WindowsNodeOptions {
  /**
   * The release.
   * @default WindowsNodeRelease.SERVER_2022
   */
  readonly release?: WindowsNodeRelease;

  /**
   * With a desktop. The image is larger, and there is more to attack.
   * @default false
   */
  readonly full?: boolean;
}

/**
 * The operating system of Kubernetes nodes. Images of AWS are chosen for the processor and the accelerator of the instance types:
 * GPUs and Neuron devices get their drivers.
 */
export class NodeImage {
  /**
   * Amazon Linux 2023, optimised for EKS. The default.
   * @throws when `nodeConfig` says what the nodes say themselves
   * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-optimized-ami.html
   */
  public static al2023(options: Al2023NodeOptions = {}): NodeImage {
    checkOptions('NodeImage.al2023', options, ['nodeConfig']);
    return NodeImage._of(al2023(options.nodeConfig));
  }

  /**
   * Bottlerocket: made for containers only, with a read-only root, no shell and no package manager.
   * @throws when `settings` say what the nodes say themselves
   * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-optimized-ami-bottlerocket.html
   */
  public static bottlerocket(options: BottlerocketNodeOptions = {}): NodeImage {
    checkOptions('NodeImage.bottlerocket', options, ['settings', 'fips']);
    checkBoolean('fips', options.fips);
    return NodeImage._of(bottlerocket(options.settings, options.fips));
  }

  /**
   * Windows Server, in managed node groups only. The cluster needs Linux nodes too, and Windows networking switched on in the
   * `vpc-cni` add-on; the role of the cluster needs the policy `AmazonEKSVPCResourceController`.
   * @throws when `release` is none that AWS has images of
   * @see https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html
   */
  public static windows(options: WindowsNodeOptions = {}): NodeImage {
    checkOptions('NodeImage.windows', options, ['release', 'full']);
    checkBoolean('full', options.full);
    return NodeImage._of(windows(options.release, options.full));
  }

  /**
   * An image of yours. It must fit the processors of the nodes and have the drivers for their accelerators; keeping it new is
   * yours too.
   * @param machineImage the image; `ec2.MachineImage.fromSsmParameter` needs no look-up
   * @param basis what it is built on, with the settings to start it with: `NodeImage.al2023()` or `NodeImage.bottlerocket()`
   * @throws when one of the two is missing, or something else; nodes fail with one that is built on `NodeImage.windows()`
   */
  public static of(machineImage: ec2.IMachineImage, basis: NodeImage): NodeImage {
    checkGiven('machineImage', machineImage);
    checkGiven('basis', basis);
    if (typeof basis._bind !== 'function') {
      throw new ContainersError('basis must be NodeImage.al2023() or NodeImage.bottlerocket(), got something else');
    }
    if (typeof machineImage.getImage !== 'function') {
      throw new ContainersError(
        "machineImage must be an image such as ec2.MachineImage.fromSsmParameter('/my/image'), got something else",
      );
    }
    return NodeImage._of({ bind: (request) => basis._bind({ ...request, ownImage: machineImage }) });
  }

  /** @internal */
  public static _of(kind: NodeImageKind): NodeImage {
    return new NodeImage(kind);
  }

  private constructor(private readonly kind: NodeImageKind) {}

  /** @internal */
  public _bind(request: NodeImageRequest): NodeImageParts {
    return this.kind.bind(request);
  }
}
