import { Stack, Validations } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { clusterFacts } from './cluster-facts';
import { isToken } from '../../rules/errors';
import { checkHybridCluster, isWithoutHybridNodes } from '../../rules/hybrid-nodes';
import { isOfType } from '../../rules/resources';

/** Fails for a cluster that is known to let no node from outside AWS in, and warns where one may not reach it. */
export function checkClusterOfHybridNodes(scope: Construct, cluster: eks.ICluster): void {
  const resource = cluster.node.defaultChild;
  const made = isOfType(resource, 'AWS::EKS::Cluster') ? (resource as eks.CfnCluster) : undefined;
  const { remoteNodeNetworks, remotePodNetworks } = known<eks.CfnCluster.RemoteNetworkConfigProperty>(
    made?.remoteNetworkConfig,
  );
  const { hybrid, ipv6, serviceCidr } = clusterFacts(cluster);
  checkHybridCluster(cluster.node.path, {
    hybrid,
    ipv6,
    serviceCidr,
    authenticationMode: known<eks.CfnCluster.AccessConfigProperty>(made?.accessConfig).authenticationMode,
    nodes: cidrsOf(remoteNodeNetworks),
    pods: cidrsOf(remotePodNetworks),
  });
  warnOfEndpoint(scope, known<eks.CfnCluster.ResourcesVpcConfigProperty>(made?.resourcesVpcConfig));
  warnOfRegion(scope);
}

/** A part of a template, as far as it is known. */
function known<T extends object>(value: unknown): Partial<T> {
  return value === undefined || isToken(value) ? {} : (value as Partial<T>);
}

function cidrsOf(networks: unknown): string[] {
  if (isToken(networks) || !Array.isArray(networks)) return [];
  const lists = networks.map((network) => known<eks.CfnCluster.RemoteNodeNetworkProperty>(network).cidrs);
  return lists.flatMap((cidrs) => (isToken(cidrs) ? [] : (cidrs ?? [])));
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-cluster-update.html */
function warnOfEndpoint(
  scope: Construct,
  { endpointPublicAccess, endpointPrivateAccess }: Partial<eks.CfnCluster.ResourcesVpcConfigProperty>,
): void {
  if (endpointPublicAccess !== true || endpointPrivateAccess !== true) return;
  Validations.of(scope).addWarning(
    'cdk-containers:HybridNodesEndpoint',
    `the endpoint of the cluster of '${scope.node.path}' is public and private: outside the VPC its name leads to the public addresses, over which nodes may not get in. Make it one of the two.`,
  );
}

function warnOfRegion(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (!isWithoutHybridNodes(region)) return;
  Validations.of(scope).addWarning(
    'cdk-containers:HybridNodesRegion',
    `EKS was not known to have hybrid nodes in ${region} when this library was made: use another region, or acknowledge this if they have come.`,
  );
}
