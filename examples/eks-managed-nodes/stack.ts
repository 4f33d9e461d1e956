import { aws_eks_v2 as eks, aws_iam as iam, aws_sqs as sqs, CfnOutput, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  AddOn,
  ClusterAccess,
  EksCluster,
  KubernetesAccess,
  ManagedNodeGroup,
  NodeCapacity,
  NodeImage,
  PodIdentityRole,
} from '../../lib';
import { ExampleNetwork } from '../network';

/** A Kubernetes cluster with node groups of AWS: a steady one for all that must stay, a Spot one for what may be interrupted. */
export class EksManagedNodes extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const platform = iam.Role.fromRoleName(this, 'Platform', 'platform-engineers');
    const developers = iam.Role.fromRoleName(this, 'Developers', 'developers');

    const { cluster } = new EksCluster(this, 'K8s', { vpc, version: eks.KubernetesVersion.V1_36, admins: [platform] });
    new ClusterAccess(this, 'DeveloperAccess', {
      cluster,
      principal: developers,
      access: KubernetesAccess.edit({ namespaces: ['shop'] }),
    });

    new ManagedNodeGroup(this, 'General', {
      cluster,
      capacity: NodeCapacity.onDemand(['m7g.large']),
      minNodes: 2,
      maxNodes: 6,
      // AWS asks for it when a group is made. Taken out later, it leaves the number to an autoscaler.
      initialNodes: 2,
      addOns: [AddOn.coreDns()],
    });
    new ManagedNodeGroup(this, 'Interruptible', {
      cluster,
      capacity: NodeCapacity.spot(['m7g.large', 'm6g.large', 'c7g.large', 'r7g.large']),
      image: NodeImage.bottlerocket(),
      minNodes: 0,
      maxNodes: 20,
      initialNodes: 0,
      labels: { capacity: 'spot' },
      taints: [{ key: 'capacity', value: 'spot', effect: eks.TaintEffect.NO_SCHEDULE }],
    });

    const orders = sqs.Queue.fromQueueArn(this, 'Orders', this.formatArn({ service: 'sqs', resource: 'orders' }));
    // Pods with the service account `shop/orders` read the queue, and nobody else.
    const worker = new PodIdentityRole(this, 'OrdersRole', { cluster, namespace: 'shop', serviceAccount: 'orders' });
    orders.grantConsumeMessages(worker);

    new CfnOutput(this, 'ClusterName', { value: cluster.clusterName });
  }
}
