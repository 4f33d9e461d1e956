import { Stack, aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { newApp } from './fixture';
import { KarpenterInfrastructure } from '../../lib/eks/karpenter-infrastructure';
import type { KarpenterInfrastructureProps } from '../../lib/eks/karpenter-infrastructure';
import { LoadBalancerControllerInfrastructure } from '../../lib/eks/load-balancer-controller-infrastructure';
import type { LoadBalancerControllerInfrastructureProps } from '../../lib/eks/load-balancer-controller-infrastructure';

/** What is asked of IAM; without a context there is nothing in the request. */
export type Ask = [what: string, action: string, resource: string, context?: Record<string, string | string[]>];

/** A stack with a VPC and a bare cluster of nodes. */
export function clusterHome(app: App) {
  const stack = new Stack(app, 'Home');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
  const cluster = new eks.Cluster(stack, 'Cluster', {
    version: eks.KubernetesVersion.V1_35,
    vpc,
    defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
    defaultCapacity: 0,
  });
  return { stack, vpc, cluster };
}

/** A cluster of this app, with Karpenter in the same stack. */
export function ownKarpenter(
  props: (made: ReturnType<typeof clusterHome>) => Partial<KarpenterInfrastructureProps> = () => ({}),
) {
  const made = clusterHome(newApp());
  const karpenter = new KarpenterInfrastructure(made.stack, 'Karpenter', { cluster: made.cluster, ...props(made) });
  return { ...made, karpenter, resolve: (value: unknown) => made.stack.resolve(value) };
}

/** Karpenter for a cluster that knows nothing but its name. */
export function namedKarpenter(props: Partial<KarpenterInfrastructureProps> = {}) {
  const { stack, cluster } = namedCluster();
  const karpenter = new KarpenterInfrastructure(stack, 'Karpenter', { cluster, ...props });
  return { stack, cluster, karpenter };
}

/** A cluster that knows nothing but its name, and what else a test says. */
export function namedCluster(attributes: Partial<eks.ClusterAttributes> = {}) {
  const stack = new Stack(newApp(), 'Shop');
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', ...attributes });
  return { stack, cluster };
}

const OIDC = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC';

/** An imported cluster that knows its network and its provider. */
export function networkedCluster(stack: Stack, clusterName = 'shop'): eks.ICluster {
  return eks.Cluster.fromClusterAttributes(stack, `Cluster-${clusterName}`, {
    clusterName,
    vpc: ec2.Vpc.fromVpcAttributes(stack, `Vpc-${clusterName}`, {
      vpcId: 'vpc-0123',
      availabilityZones: ['a', 'b'],
    }),
    openIdConnectProvider: iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(stack, `Oidc-${clusterName}`, OIDC),
  });
}

/** The controller for such a cluster. */
export function loadBalancerController(props: Partial<LoadBalancerControllerInfrastructureProps> = {}) {
  const stack = new Stack(newApp(), 'Shop');
  const cluster = networkedCluster(stack);
  return { stack, cluster, controller: new LoadBalancerControllerInfrastructure(stack, 'Lbc', { cluster, ...props }) };
}

/** What another stack tells. */
export function outputOf(name: string) {
  return { 'Fn::GetStackOutput': expect.objectContaining({ OutputName: expect.stringContaining(name) }) };
}
