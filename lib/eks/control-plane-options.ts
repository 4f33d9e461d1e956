import type { Duration } from 'aws-cdk-lib';
import type { ControlPlaneEgress } from './control-plane-egress';

/** Ports of nodes. */
export interface NodePortRange {
  /** The first port. */
  readonly min: number;

  /** The last port. */
  readonly max: number;
}

/** What few clusters change of their control plane. */
export interface ControlPlaneOptions {
  /**
   * Which way the control plane goes to webhooks and identity providers. `CUSTOMER_ROUTED` cannot be taken back: CloudFormation
   * would have to replace the cluster.
   * @default - EKS chooses: ControlPlaneEgress.AWS_MANAGED
   * @see https://docs.aws.amazon.com/eks/latest/userguide/control-plane-egress.html
   */
  readonly egress?: ControlPlaneEgress;

  /**
   * When EKS gives up a rollback of the version: whole minutes from 2 hours to 7 days.
   * @default - EKS chooses: 12 hours
   * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_RollbackConfig.html
   */
  readonly versionRollbackTimeout?: Duration;

  /**
   * Updates the version even where the checks of EKS say that the cluster is not ready.
   * @default false
   */
  readonly forceVersionUpdate?: boolean;

  /**
   * How long the events of Kubernetes are kept: 10 to 60 minutes. Less keeps the database of a busy cluster small.
   * From Kubernetes 1.31.
   * @default - EKS chooses: 1 hour
   * @see https://docs.aws.amazon.com/eks/latest/userguide/control-plane-configuration.html
   */
  readonly eventRetention?: Duration;

  /**
   * The ports of nodes that services of the type `NodePort` may have. From Kubernetes 1.31.
   * @default - EKS chooses: 30000 to 32767
   */
  readonly nodePorts?: NodePortRange;

  /**
   * How often horizontal pod autoscalers look at their metrics. From Kubernetes 1.31.
   * @default - EKS chooses: 15 seconds
   */
  readonly podAutoscalerSyncPeriod?: Duration;

  /**
   * How many pods that have ended are kept before the oldest are deleted. From Kubernetes 1.31.
   * @default - EKS chooses: 12500
   */
  readonly terminatedPodsKept?: number;

  /**
   * Fills nodes up before it uses emptier ones, which costs less; otherwise the scheduler spreads pods. From Kubernetes 1.31.
   * @default false
   */
  readonly packNodes?: boolean;

  /**
   * How much each resource counts when the scheduler compares nodes, from 1 to 100, such as `{ cpu: 1, memory: 2 }`. From
   * Kubernetes 1.31.
   * @default - EKS chooses: CPU and memory count the same
   */
  readonly schedulerWeights?: { [resource: string]: number };

  /**
   * Lets EKS install the types of the Kubernetes Gateway API and look after them. EKS Auto Mode only.
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-gateway-api.html
   */
  readonly gatewayApi?: boolean;

  /**
   * The id of the certificate authority that signs from now on. Its resource, `eks.CfnCertificateAuthority`, must have been
   * deployed before, and nodes and clients must trust it already.
   * @default - the one that signs now
   * @see https://docs.aws.amazon.com/eks/latest/userguide/certificate-authority-rotation.html
   */
  readonly activeCertificateAuthorityId?: string;
}
