import type { aws_autoscaling as autoscaling, aws_eks_v2 as eks, Duration } from 'aws-cdk-lib';
import type { NodeOptions } from './node-options';

/** In which order nodes go and come when they are updated. */
export enum NodeUpdateStrategy {
  /** New nodes first, so that there is never less capacity: it takes some more for a while. */
  DEFAULT = 'DEFAULT',

  /**
   * Old nodes first, so that there is never more capacity: for GPUs and reservations, of which there are no more. Pods wait
   * for the new nodes.
   */
  MINIMAL = 'MINIMAL',
}

/** What is done about a node that is broken. */
export enum NodeRepairAction {
  /** Nothing. */
  NO_ACTION = 'NoAction',

  /** It starts again. */
  REBOOT = 'Reboot',

  /** Another one takes its place. */
  REPLACE = 'Replace',
}

/** What is done about one way in which nodes break. */
export interface NodeRepairOverride {
  /**
   * The condition that the node monitoring agent reports, such as `AcceleratedHardwareReady`.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/node-health-nma.html
   */
  readonly condition: string;

  /** The reason that the node monitoring agent gives, such as `NvidiaXID64Error`. */
  readonly reason: string;

  /** How long it must last: whole minutes. */
  readonly waitTime: Duration;

  /** What is done then. */
  readonly action: NodeRepairAction;
}

/**
 * How broken nodes are repaired.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/node-repair.html
 */
export interface NodeRepairOptions {
  /**
   * Repairs nodes.
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * How many nodes are repaired at once, as a count.
   * @default - EKS decides
   */
  readonly maxParallelRepairs?: number;

  /**
   * How many nodes are repaired at once, in percent of those that are broken.
   * @default - EKS decides
   */
  readonly maxParallelRepairsPercent?: number;

  /**
   * No node is repaired while more than these are broken, as a count: then something else is wrong.
   * @default - 20 % of a group of more than five nodes
   */
  readonly maxUnhealthyNodes?: number;

  /**
   * No node is repaired while more than these are broken, in percent of the group.
   * @default - 20 of a group of more than five nodes
   */
  readonly maxUnhealthyNodesPercent?: number;

  /**
   * What is done otherwise than EKS does it. Only `eks-node-monitoring-agent`, an add-on, tells conditions beside `Ready`.
   * @default - none
   */
  readonly overrides?: NodeRepairOverride[];
}

/**
 * Instances that have booted, and wait for the group to grow.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/warm-pools-managed-node-groups.html
 */
export interface NodeWarmPoolOptions {
  /**
   * Set it to false to take a warm pool away: without the property, EKS keeps the one that there is.
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * How many wait at least.
   * @default 0
   */
  readonly minSize?: number;

  /**
   * How many there are at most, those that wait and those that are nodes together.
   * @default - `maxNodes`
   */
  readonly maxPreparedCapacity?: number;

  /**
   * How they wait: stopped ones cost their disks only. Bottlerocket does not hibernate.
   * @default autoscaling.PoolState.STOPPED
   */
  readonly state?: autoscaling.PoolState;

  /**
   * Nodes go back to wait when the group shrinks, instead of being terminated. Not with Bottlerocket.
   * @default false
   */
  readonly reuseOnScaleIn?: boolean;
}

/** Properties of a `ManagedNodeGroup`. */
export interface ManagedNodeGroupProps extends NodeOptions {
  /**
   * How many nodes there are at the start, from `minNodes` to `maxNodes`. From then on the number belongs to an autoscaler, so
   * leave this as it is: each change sets the number of nodes, and removing it does nothing.
   *
   * Without it the template has no desired size, which AWS does not promise to accept for a new group: its reference asks for
   * all three sizes or none. If the first deployment is refused for that, give it.
   * @default - nothing is said, EKS decides
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-eks-nodegroup-scalingconfig.html
   */
  readonly initialNodes?: number;

  /**
   * How many nodes are updated at once, as a count: 1 to 100, and no more than `maxNodes`.
   * @default 1, unless there is a `maxUnavailablePercent`
   */
  readonly maxUnavailable?: number;

  /**
   * How many nodes are updated at once, in percent, but never more than 100 nodes.
   * @default - `maxUnavailable` says it
   */
  readonly maxUnavailablePercent?: number;

  /**
   * In which order nodes go and come when they are updated.
   * @default NodeUpdateStrategy.DEFAULT
   * @see https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
   */
  readonly updateStrategy?: NodeUpdateStrategy;

  /**
   * Ends pods that do not leave a node in 15 minutes of an update, against their disruption budgets. Without it the update
   * fails, and is rolled back.
   * @default false
   */
  readonly forceUpdate?: boolean;

  /**
   * How broken nodes are repaired.
   * @default - as EKS does it
   */
  readonly repair?: NodeRepairOptions;

  /**
   * Keeps instances warm, for pods that cannot wait until one has booted. Costs their disks at least.
   * @default - none
   */
  readonly warmPool?: NodeWarmPoolOptions;

  /**
   * The version of Kubernetes of the nodes, for when they follow the cluster in a deployment of their own: never newer than the
   * cluster, and at most three minor versions older.
   *
   * EKS refuses a deployment that changes this or `releaseVersion` and something else of the group. Without it nodes have the
   * version that the cluster had when the group was made.
   * @default - that of the cluster when the group is made
   * @see https://docs.aws.amazon.com/eks/latest/userguide/update-managed-node-group.html
   */
  readonly version?: eks.KubernetesVersion;

  /**
   * The release of the image of AWS, such as `1.36.1-20261105` of Amazon Linux, for when nodes must only change with a
   * deployment of yours. Raising it replaces the nodes one after the other; it cannot be lowered.
   * @default - the newest when the group is made or `version` changes
   * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-linux-ami-versions.html
   */
  readonly releaseVersion?: string;

  /**
   * The range of the addresses of services, for an image of yours built on Amazon Linux: EKS tells it to its own images, and to
   * those of nobody else.
   * @default - what the cluster says, where it does
   */
  readonly serviceCidr?: string;

  /**
   * The name of the group. A change of instance types, image, capacity, subnets or role replaces the group, and two groups
   * cannot have one name: with a name, such a deployment fails until the name changes too.
   * @default - a name that CloudFormation makes
   */
  readonly nodegroupName?: string;
}
