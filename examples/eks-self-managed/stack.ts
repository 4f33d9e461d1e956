import { aws_eks_v2 as eks, aws_iam as iam, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AddOn, EksCluster, NodeCapacity, NodeImage, SelfManagedNodes } from '../../lib';
import { ExampleNetwork } from '../network';

/** Nodes of your own Auto Scaling groups: On-Demand and Spot in one group, and how each instance starts is yours to say. */
export class EksSelfManaged extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const platform = iam.Role.fromRoleName(this, 'Platform', 'platform-engineers');
    const { cluster } = new EksCluster(this, 'K8s', {
      vpc,
      version: eks.KubernetesVersion.V1_36,
      admins: [platform],
      // An instance of this size has addresses for 29 pods; with a prefix for each of them there are more.
      addOns: [AddOn.vpcCni({ prefixDelegation: true })],
    });

    new SelfManagedNodes(this, 'General', {
      cluster,
      capacity: NodeCapacity.mixed(['m7i.large', 'm7a.large', 'm6i.large'], { onDemandBase: 2, onDemandPercent: 25 }),
      image: NodeImage.al2023({ nodeConfig: { kubelet: { config: { maxPods: 50 } } } }),
      minNodes: 2,
      maxNodes: 12,
      maxInstanceLifetime: Duration.days(14),
      addOns: [AddOn.coreDns()],
    });
    new SelfManagedNodes(this, 'Batch', {
      cluster,
      capacity: NodeCapacity.spot(['c7g.xlarge', 'c6g.xlarge', 'c8g.xlarge']),
      image: NodeImage.bottlerocket(),
      minNodes: 0,
      maxNodes: 30,
      labels: { workload: 'batch' },
      taints: [{ key: 'workload', value: 'batch', effect: eks.TaintEffect.NO_SCHEDULE }],
    });

    new CfnOutput(this, 'ClusterName', { value: cluster.clusterName });
  }
}
