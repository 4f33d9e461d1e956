import type { aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AddOn } from './add-on';
import type { AutoModePool } from './auto-mode-pool';
import { autoMode } from './computes/auto-mode';
import { fargateOnly } from './computes/fargate-only';
import { nodeGroups } from './computes/node-groups';

/** How EKS Auto Mode runs nodes. */
export interface AutoModeOptions {
  /**
   * The node pools that are built in. With an empty list there are only those that you apply to the cluster yourself; the role
   * of the nodes is then for their node class, which names it (`role.roleName`).
   * @default - both
   */
  readonly pools?: AutoModePool[];

  /**
   * The identity of the nodes. It cannot be changed as long as there are built-in pools.
   * @default - a `NodeRole` for Auto Mode
   */
  readonly nodeRole?: iam.IRole;

  /**
   * Whether the cluster has managed or self-managed nodes, too: they need the network plugin and its companions, which Auto
   * Mode's own nodes have built in.
   * @default false
   */
  readonly nodeGroups?: boolean;
}

/** Where a cluster is made. */
export interface ClusterComputeRequest {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
}

/** What belongs to a cluster, and comes after it. */
export interface ClusterFurniture {
  /** Add-ons wait for it. */
  readonly systemPods?: eks.CfnFargateProfile;
  readonly systemPodsRole?: iam.IRole;
  readonly nodeAccessEntry?: eks.CfnAccessEntry;
}

/** What a kind of compute is. */
export interface ClusterComputeParts {
  /** Of EKS Auto Mode. */
  readonly autoMode?: { readonly pools: string[]; readonly nodeRole?: iam.IRole };
  /** What Auto Mode's nodes run as. */
  readonly nodeRole?: iam.IRole;
  /** Add-ons without which nothing runs. */
  readonly essentialAddOns: AddOn[];
  /** Whether nodes come that somebody else makes: they wait for the add-ons, and need a name server. */
  readonly awaitsNodes: boolean;
  readonly fargateOnly: boolean;
  /** Makes what belongs to the cluster. */
  furnish?(cluster: eks.ICluster): ClusterFurniture;
}

/** What a kind of compute does. */
export interface ClusterComputeKind {
  bind(scope: Construct, request: ClusterComputeRequest): ClusterComputeParts;
}

/**
 * What the pods of a cluster run on: a value for `compute` of an `EksCluster`.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-compute.html
 */
export class ClusterCompute {
  /**
   * Nodes of your own: `ManagedNodeGroup`, `SelfManagedNodes`, Karpenter, hybrid nodes. The cluster gets the network plugin,
   * `kube-proxy` and the agent of Pod Identity, before nodes start; give the first group of nodes `AddOn.coreDns()`.
   */
  public static nodeGroups(): ClusterCompute {
    return new ClusterCompute(nodeGroups());
  }

  /**
   * EKS Auto Mode: AWS starts, updates and replaces the nodes, and has network, DNS, load balancers and disks built in. It
   * costs about 12 % on top of the On-Demand price of the instances.
   *
   * EKS makes the access entry of the node role when it has built-in pools; without them it is made here.
   *
   * @throws when a pool is named twice or is none that EKS has
   * @see https://docs.aws.amazon.com/eks/latest/userguide/automode.html
   */
  public static autoMode(options: AutoModeOptions = {}): ClusterCompute {
    return new ClusterCompute(autoMode(options));
  }

  /**
   * No nodes at all: CoreDNS runs on Fargate, in a profile for the namespace `kube-system`. All other pods need `FargatePods`.
   * The network plugin and `kube-proxy` run on nodes only, and Fargate has its own.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/fargate.html
   */
  public static fargateOnly(): ClusterCompute {
    return new ClusterCompute(fargateOnly());
  }

  private constructor(private readonly kind: ClusterComputeKind) {}

  /** @internal */
  public _bind(scope: Construct, request: ClusterComputeRequest): ClusterComputeParts {
    return this.kind.bind(scope, request);
  }
}
