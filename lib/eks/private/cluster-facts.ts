import { CfnResource } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import { markFargateOnly } from '../../identity/private/fargate-only';
import { isToken } from '../../rules/errors';

/** What is known of a cluster at synthesis: much of one that is made in this app, little of an imported one. */
export interface ClusterFacts {
  /** Such as '1.36'. */
  readonly version?: string;
  /** Whether EKS Auto Mode runs it. */
  readonly autoMode?: boolean;
  /** The role of EKS Auto Mode's own nodes. */
  readonly autoModeRoleArn?: string;
  readonly ipv6?: boolean;
  /** The range of the addresses of services. */
  readonly serviceCidr?: string;
  /** Whether nodes from outside AWS may join. */
  readonly hybrid?: boolean;
  /** Whether the network plugin has an identity of its own, so that nodes need none for it. */
  readonly networkingIdentity?: boolean;
  /** Whether its network plugin gives pods on Windows addresses. */
  readonly windows?: boolean;
  /** Whether it has nothing but Fargate. */
  readonly fargateOnly?: boolean;
}

/** What an EksCluster knows of its L2. */
const known = new WeakMap<eks.ICluster, Partial<ClusterFacts>>();

/** Remembers what a template does not say. */
export function describeCluster(cluster: eks.ICluster, facts: Partial<ClusterFacts>): void {
  if (facts.fargateOnly) markFargateOnly(cluster);
  known.set(cluster, { ...known.get(cluster), ...facts });
}

/** What is known of a cluster, whoever made it. */
export function clusterFacts(cluster: eks.ICluster): ClusterFacts {
  return { ...resourceFacts(cluster), ...known.get(cluster) };
}

function resourceFacts(cluster: eks.ICluster): ClusterFacts {
  const resource = cluster.node.defaultChild;
  if (!resource || !CfnResource.isCfnResource(resource) || resource.cfnResourceType !== 'AWS::EKS::Cluster') {
    return { ipv6: cluster.ipFamily && String(cluster.ipFamily) === 'ipv6' };
  }
  const { version, computeConfig, kubernetesNetworkConfig, remoteNetworkConfig } = resource as eks.CfnCluster;
  const compute = computeConfig as eks.CfnCluster.ComputeConfigProperty | undefined;
  const network = kubernetesNetworkConfig as eks.CfnCluster.KubernetesNetworkConfigProperty | undefined;
  return {
    version: version === undefined || isToken(version) ? undefined : version,
    autoMode: Boolean(compute?.enabled),
    autoModeRoleArn: compute?.nodeRoleArn,
    ipv6: network?.ipFamily === 'ipv6',
    serviceCidr: network?.serviceIpv4Cidr,
    hybrid: remoteNetworkConfig !== undefined,
  };
}
