import { Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { HybridCredentials } from '../identity/hybrid-credentials';
import { HybridNodeRole } from '../identity/hybrid-node-role';
import { checkClusterOf } from '../identity/private/checks';
import { clusterKey } from '../identity/private/cluster-key';
import { checkSamePlace } from '../rules/environments';
import { ContainersError } from '../rules/errors';
import { newNodeAccessEntry } from './private/access-entry';
import { checkClusterOfHybridNodes } from './private/hybrid-cluster';

/** Properties of `HybridNodes`. */
export interface HybridNodesProps {
  /** The cluster that the nodes join, which knows their networks: of this app, or an imported one. */
  readonly cluster: eks.ICluster;

  /**
   * How the nodes get credentials. Left out beside `role`, which says it.
   * @default HybridCredentials.systemsManager()
   */
  readonly credentials?: HybridCredentials;

  /**
   * The identity of the nodes, for one with a path or a boundary. It must be of this cluster.
   * @default - a `HybridNodeRole`
   */
  readonly role?: HybridNodeRole;
}

/**
 * Nodes outside AWS: your machines in a data centre or at the edge join a cluster of EKS, and run its pods.
 *
 * This is the side of AWS: who the nodes are, and that the cluster lets them in. The machines, their connection to the VPC with
 * routes both ways, and a network plugin such as Cilium are yours. EKS opens the security group of the cluster to
 * `remoteNodeNetworks` and `remotePodNetworks` by itself.
 *
 * Creates: `role` and `accessEntry`.
 * Costs: each vCPU of a machine by the hour, while it is in the cluster.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-overview.html
 */
export class HybridNodes extends Construct {
  /** The identity of the nodes. */
  public readonly role: HybridNodeRole;

  /** What lets the nodes into the cluster. */
  public readonly accessEntry: eks.CfnAccessEntry;

  /**
   * What `nodeadm init` on each machine is given, as an object to write as YAML. It holds tokens and no secret: with Systems
   * Manager, the operator puts what the activation gave in the place of `ACTIVATION_CODE` and `ACTIVATION_ID`; with IAM Roles
   * Anywhere, the name in the certificate in that of `NODE_NAME`. Settings of kubelet and containerd can stand beside.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-nodeadm.html
   */
  public readonly nodeConfig: { readonly [key: string]: unknown };

  /**
   * With Systems Manager, what an operator runs to get the code with which machines register, for 24 hours; none with IAM Roles
   * Anywhere. It holds tokens. CloudFormation makes no activations.
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-activation-managed-nodes.html
   */
  public readonly activationCommand?: string;

  /**
   * @throws when the cluster is known to have no remote networks, to be IPv6, or to let nobody in by access entries, or when
   * the role is of another cluster
   */
  constructor(scope: Construct, id: string, props: HybridNodesProps) {
    super(scope, id);
    checkClusterOf(props);
    const { cluster, credentials } = props;
    checkSamePlace(`the cluster '${cluster.node.path}'`, cluster.env, `'${this.node.path}'`, Stack.of(this));
    checkClusterOfHybridNodes(this, cluster);
    if (props.role) checkRole(cluster, props.role, credentials);

    this.role =
      props.role ??
      new HybridNodeRole(this, 'Role', { cluster, credentials: credentials ?? HybridCredentials.systemsManager() });
    this.accessEntry = newNodeAccessEntry(this, 'AccessEntry', { cluster, role: this.role, type: 'HYBRID_LINUX' });
    this.activationCommand = this.role.activationCommand;
    this.nodeConfig = {
      apiVersion: 'node.eks.aws/v1alpha1',
      kind: 'NodeConfig',
      spec: {
        cluster: { name: cluster.clusterName, region: Stack.of(this).region },
        hybrid: this.role._nodeConfig,
      },
    };
  }
}

function checkRole(cluster: eks.ICluster, role: HybridNodeRole, credentials: HybridCredentials | undefined): void {
  if (credentials) {
    throw new ContainersError('credentials must be left out beside role, which has its own, got both');
  }
  if (role._cluster && clusterKey(role._cluster) === clusterKey(cluster)) return;
  throw new ContainersError(
    `role must be a HybridNodeRole of the cluster '${cluster.node.path}', got ${role._cluster ? `one of '${role._cluster.node.path}'` : 'another role'}: make one for it`,
  );
}
