import { Fn } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import { clusterFacts } from './cluster-facts';
import type { ClusterFacts } from './cluster-facts';
import { checkPattern, ContainersError, isToken } from '../../rules/errors';
import { isOfType } from '../../rules/resources';

/** Where a cluster is found. */
export interface ClusterCoordinates {
  readonly name: string;
  readonly endpoint: string;
  readonly certificateAuthority: string;
}

/** What a node that joins by itself must know of its cluster. Fails when an imported one does not tell it. */
export function coordinatesOf(cluster: eks.ICluster): ClusterCoordinates {
  return {
    name: cluster.clusterName,
    endpoint: attribute(() => cluster.clusterEndpoint, 'clusterEndpoint'),
    certificateAuthority: attribute(() => cluster.clusterCertificateAuthorityData, 'clusterCertificateAuthorityData'),
  };
}

/** An attribute that the L2 of an imported cluster throws for when it was not given. */
export function attribute<T>(read: () => T, name: string): T {
  try {
    const value = read();
    if (value !== undefined) return value;
  } catch {
    // Said better below.
  }
  throw new ContainersError(
    `cluster must be imported with ${name} for these nodes, got one without: add it to fromClusterAttributes`,
  );
}

/** A range of the addresses of services, and what kind of addresses these are. */
export interface ServiceRange {
  readonly cidr: string;
  readonly ipv6: boolean;
}

const IPV4 = /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;
const IPV6 = /^(?=[0-9a-f:]*:)[0-9a-f:]+::\/\d{1,3}$/i;

/** The range of the addresses of services; undefined when neither the user nor the cluster says it. */
export function serviceRange(cluster: eks.ICluster, given: string | undefined): ServiceRange | undefined {
  if (given !== undefined && !isToken(given)) {
    checkPattern(
      'serviceCidr',
      IPV6.test(given) ? undefined : given,
      IPV4,
      "a range such as '10.100.0.0/16' or 'fd12:3456:789a::/108'",
    );
    checkRange(given, clusterFacts(cluster));
    return { cidr: given, ipv6: IPV6.test(given) };
  }
  const facts = clusterFacts(cluster);
  const ipv6 = facts.ipv6 ?? false;
  const cidr = given ?? facts.serviceCidr ?? (ipv6 ? ownIpv6Range(cluster) : undefined);
  return cidr === undefined ? undefined : { cidr, ipv6 };
}

/** Nodes with another one would ask a name server that is not there. */
function checkRange(given: string, { ipv6, serviceCidr: ofCluster }: ClusterFacts): void {
  if (ipv6 && !IPV6.test(given)) {
    throw new ContainersError(
      `serviceCidr must be a range of IPv6 addresses in an IPv6 cluster, got ${given}: EKS shows it as the service range of the cluster`,
    );
  }
  if (ofCluster === undefined || isToken(ofCluster) || given === ofCluster) return;
  throw new ContainersError(`serviceCidr must be that of the cluster, ${ofCluster}, got ${given}: leave it out`);
}

/** EKS chooses it, so that only the resource can tell. */
function ownIpv6Range(cluster: eks.ICluster): string | undefined {
  const resource = cluster.node.defaultChild;
  if (!isOfType(resource, 'AWS::EKS::Cluster')) return undefined;
  return (resource as eks.CfnCluster).attrKubernetesNetworkConfigServiceIpv6Cidr;
}

/** Where EKS puts the DNS of a cluster: the tenth address. */
export function dnsAddress({ cidr, ipv6 }: ServiceRange): string {
  if (ipv6) return `${Fn.select(0, Fn.split('/', cidr))}a`;
  return Fn.join('.', [...[0, 1, 2].map((index) => Fn.select(index, Fn.split('.', cidr))), '10']);
}
