import { aws_eks_v2 as eks, aws_iam as iam, CfnOutput, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AddOn, EksCluster, HybridNodes, ManagedNodeGroup, NodeCapacity } from '../../lib';
import { ExampleNetwork } from '../network';

/** A control plane in AWS, with nodes in your own data centre beside those of EC2. */
export class EksHybrid extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const platform = iam.Role.fromRoleName(this, 'Platform', 'platform-engineers');

    const { cluster } = new EksCluster(this, 'K8s', {
      vpc,
      version: eks.KubernetesVersion.V1_36,
      admins: [platform],
      remoteNodeNetworks: ['192.168.64.0/18'],
      remotePodNetworks: ['192.168.128.0/17'],
    });
    new ManagedNodeGroup(this, 'Cloud', {
      cluster,
      capacity: NodeCapacity.onDemand(['m7g.large']),
      maxNodes: 4,
      initialNodes: 2,
      addOns: [AddOn.coreDns()],
    });
    new HybridNodes(this, 'DataCentre', { cluster });

    new CfnOutput(this, 'ClusterName', { value: cluster.clusterName });
  }
}
