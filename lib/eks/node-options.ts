import type { aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam, aws_kms as kms, Size } from 'aws-cdk-lib';
import type { AddOn } from './add-on';
import type { NodeCapacity } from './node-capacity';
import type { NodeImage } from './node-image';

/** Keeps pods away that do not tolerate it. */
export interface NodeTaint {
  /** The name, such as `dedicated` or `example.com/gpu`. */
  readonly key: string;

  /**
   * The value.
   * @default - none
   */
  readonly value?: string;

  /** What happens to pods that do not tolerate it. */
  readonly effect: eks.TaintEffect;
}

/** What all EC2 nodes have in common, whoever starts them. */
export interface NodeOptions {
  /** The cluster that they join: of this app, or an imported one. */
  readonly cluster: eks.ICluster;

  /** Which instances, and how they are paid for. */
  readonly capacity: NodeCapacity;

  /**
   * What runs on them.
   * @default NodeImage.al2023()
   */
  readonly image?: NodeImage;

  /**
   * How many nodes there are at least.
   * @default 2, or `maxNodes` if that is less
   */
  readonly minNodes?: number;

  /** How many nodes there are at most, however much an autoscaler asks for. */
  readonly maxNodes: number;

  /**
   * Labels of the Kubernetes nodes, by which pods choose them.
   * @default - those that Kubernetes and EKS set
   */
  readonly labels?: { [key: string]: string };

  /**
   * Taints of the Kubernetes nodes, which keep pods away.
   * @default - none
   */
  readonly taints?: NodeTaint[];

  /**
   * The VPC, when the cluster is imported without one.
   * @default - that of the cluster
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Where the nodes stand.
   * @default - the private subnets, or the isolated ones of a VPC that has no others
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The identity of the nodes.
   * @default - a `NodeRole`
   */
  readonly role?: iam.IRole;

  /**
   * Lets operators open a shell on a node with Session Manager. A role of yours must allow it itself.
   * @default false
   */
  readonly allowSessions?: boolean;

  /**
   * Gives the network plugin the identity of the nodes, and with it every pod that reaches the metadata of its node. It is better
   * to give the `vpc-cni` add-on an identity of its own, as an `EksCluster` does. A role of yours must allow it itself.
   * @default - true, unless the cluster is known to have an identity for its network plugin
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html
   */
  readonly allowNetworking?: boolean;

  /**
   * Security groups on top of that of the cluster, which lets nodes and control plane talk with each other.
   * @default - that of the cluster only
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The size of the disk that images and containers share. It is encrypted gp3.
   * @default Size.gibibytes(30), 50 for Windows
   */
  readonly volumeSize?: Size;

  /**
   * The key of the disks. Its policy gets what EC2 Auto Scaling needs.
   * @default - the key of AWS for EBS, or the one that the account has set
   */
  readonly volumeEncryptionKey?: kms.IKey;

  /**
   * Metrics of the instances each minute, which costs a little for each instance.
   * @default true
   */
  readonly detailedMonitoring?: boolean;

  /**
   * How many hops answers of the instance metadata travel: 1 keeps pods from it, and with it from the role of the node; 2 lets
   * them in.
   * @default 1
   * @see https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
   */
  readonly metadataHopLimit?: number;

  /**
   * The placement group of the instances.
   * @default - none
   */
  readonly placementGroup?: ec2.IPlacementGroup;

  /**
   * Elastic Fabric Adapters for training on several instances: one zone, and instance types that have them.
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/node-efa.html
   */
  readonly elasticFabricAdapter?: boolean;

  /**
   * Add-ons that need nodes to run on, such as `AddOn.coreDns()`: made after them.
   * @default - none
   */
  readonly addOns?: AddOn[];
}
