import type {
  aws_autoscaling as autoscaling,
  aws_eks_v2 as eks,
  aws_sns as sns,
  aws_sqs as sqs,
  Duration,
} from 'aws-cdk-lib';
import type { NodeOptions } from './node-options';

/** Properties of `SelfManagedNodes`. */
export interface SelfManagedNodesProps extends NodeOptions {
  /**
   * The version of Kubernetes that the nodes run: that of the cluster, or up to three before it. An imported cluster does not
   * tell its own, so it must be given there, unless the image is your own.
   * @default - that of the cluster
   * @see https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
   */
  readonly version?: eks.KubernetesVersion;

  /**
   * The range of the addresses of services, which nodes must be told and an imported cluster does not say:
   * `aws eks describe-cluster --name … --query cluster.kubernetesNetworkConfig`.
   * @default - that of the cluster, where it is known
   */
  readonly serviceCidr?: string;

  /**
   * How long a node that Auto Scaling stops may take to be drained: for a smaller group, a newer image, an older node, or Spot.
   * Somebody in the cluster must do it: AWS Node Termination Handler in queue mode, which reads `interruptionQueue` with what
   * `grantDrain` gives. Without it every node that leaves waits for this time to be up. From 30 seconds to 2 hours.
   * @default - nodes do not wait: kubelet tells their pods to end when the instance shuts down
   * @see https://github.com/aws/aws-node-termination-handler
   */
  readonly drainTimeout?: Duration;

  /**
   * A queue that the drainer of the cluster reads already, such as the `interruptionQueue` of other nodes; one of yours must
   * let `events.amazonaws.com` send. Goes with `drainTimeout`.
   * @default - a new one, with `drainTimeout`
   */
  readonly interruptionQueue?: sqs.IQueue;

  /**
   * Lets Cluster Autoscaler find the group, and tells it the labels, taints and disks of nodes that are not there, so that it
   * can start the first one. Turn it off where something else scales the group.
   * @default true
   * @see https://docs.aws.amazon.com/eks/latest/best-practices/cas.html
   */
  readonly clusterAutoscaler?: boolean;

  /**
   * Instances that are started beforehand and wait, stopped unless told otherwise, and join when the group takes them. On-Demand
   * only.
   * @default - none
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
   */
  readonly warmPool?: autoscaling.WarmPoolOptions;

  /**
   * After how long a node is replaced by a new one, one day to a year.
   * @default - never; a deployment replaces nodes with an older image
   */
  readonly maxInstanceLifetime?: Duration;

  /**
   * Who hears of instances that start, stop and fail.
   * @default - nobody
   */
  readonly notificationTopic?: sns.ITopic;
}
