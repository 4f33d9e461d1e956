import type { Duration } from 'aws-cdk-lib';
import { checkPattern, checkSeconds, checkWhole, ContainersError, isToken } from './errors';
import { checkGiven, checkList } from './given';

/**
 * Facts about hybrid nodes of EKS, November 2026.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-cluster-create.html (authentication, IPv4, endpoint),
 * https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-networking.html (addresses; EKS adds the inbound rules of the
 * cluster's security group itself since June 2025),
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteNodeNetwork.html (sizes of blocks),
 * https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-overview.html (regions),
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateActivation.html (registrations),
 * https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_CreateProfile.html (duration of sessions),
 * https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_SourceData.html (size of a bundle).
 */
const BLOCKS = 15;
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];
const REGISTRATIONS = { min: 1, max: 1000 };
const SESSION_SECONDS = { min: 900, max: 43200 };
const BUNDLE_CHARACTERS = 8000;
const WITHOUT_HYBRID = ['us-gov-', 'cn-'];

/** The networks outside AWS, and those that they must leave alone. */
export interface RemoteNetworks {
  readonly nodes?: string[];
  readonly pods?: string[];
  readonly serviceCidr?: string;
  readonly vpcCidrs?: string[];
}

/** Fails for networks that EKS does not take; tokens pass. */
export function checkRemoteNetworks({ nodes = [], pods = [], serviceCidr, vpcCidrs = [] }: RemoteNetworks): void {
  checkBlocks('remoteNodeNetworks', nodes);
  checkBlocks('remotePodNetworks', pods);
  const remote = [...named('remoteNodeNetworks', nodes), ...named('remotePodNetworks', pods)];
  const ours = [...named('the addresses of services', serviceCidr ? [serviceCidr] : []), ...named('the VPC', vpcCidrs)];
  remote.forEach((block, index) => [...ours, ...remote.slice(0, index)].forEach((other) => checkApart(block, other)));
}

interface Block {
  readonly of: string;
  readonly cidr: string;
}

function named(of: string, cidrs: string[]): Block[] {
  return cidrs.filter((cidr) => !isToken(cidr)).map((cidr) => ({ of, cidr }));
}

function checkBlocks(name: string, cidrs: string[]): void {
  checkList(name, cidrs);
  checkWhole(`the number of blocks of ${name}`, cidrs.length, { min: 0, max: BLOCKS });
  cidrs.forEach((cidr) => checkBlock(name, cidr));
}

function checkBlock(name: string, cidr: string): void {
  if (isToken(cidr)) return;
  checkGiven(`a block of ${name}`, cidr);
  checkPattern(
    `a block of ${name}`,
    cidr,
    /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\/)|(?=\/))){4}\/(?:[89]|[12]\d|3[0-2])$/,
    'addresses of IPv4 such as 10.80.0.0/16, from /8 to /32',
  );
  const { start, end } = range(cidr);
  if (PRIVATE.map(range).some((network) => network.start <= start && end <= network.end)) return;
  throw new ContainersError(`a block of ${name} must be in one of ${PRIVATE.join(', ')}, got ${cidr}`);
}

function checkApart(block: Block, other: Block): void {
  const [one, two] = [range(block.cidr), range(other.cidr)];
  if (one.start > two.end || two.start > one.end) return;
  throw new ContainersError(
    `${block.of} must not overlap with ${other.of}, got ${block.cidr} and ${other.cidr}: packets would find two ways`,
  );
}

function range(cidr: string): { start: number; end: number } {
  const [address, mask] = cidr.split('/');
  const size = 2 ** (32 - Number(mask));
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const start = number - (number % size);
  return { start, end: start + size - 1 };
}

/** What is known of a cluster. */
export interface HybridCluster extends RemoteNetworks {
  readonly hybrid?: boolean;
  readonly ipv6?: boolean;
  readonly authenticationMode?: string;
}

/** Fails for a cluster that nodes from outside AWS cannot join. */
export function checkHybridCluster(path: string, cluster: HybridCluster): void {
  if (cluster.ipv6) {
    throw new ContainersError(
      `the cluster '${path}' must use IPv4, because hybrid nodes know no other, got IPv6: make them a cluster of their own`,
    );
  }
  if (cluster.hybrid === false) {
    throw new ContainersError(
      `the cluster '${path}' must have remoteNodeNetworks, the addresses of the nodes outside AWS, got none: set them on the cluster, with remotePodNetworks if its pods are reached`,
    );
  }
  if (cluster.authenticationMode === 'CONFIG_MAP') {
    throw new ContainersError(
      `the authentication mode of the cluster '${path}' must be API or API_AND_CONFIG_MAP, got CONFIG_MAP: hybrid nodes join by an access entry`,
    );
  }
  checkRemoteNetworks(cluster);
}

/** True in a region that is known to have no hybrid nodes. */
export function isWithoutHybridNodes(region: string): boolean {
  return !isToken(region) && WITHOUT_HYBRID.some((start) => region.startsWith(start));
}

/** Fails unless an activation may be used as often. */
export function checkRegistrationLimit(registrationLimit: number | undefined): void {
  checkWhole('registrationLimit', registrationLimit, REGISTRATIONS);
}

/** How nodes prove who they are with a certificate. */
export interface CertificateTrust {
  readonly trustAnchorArn?: unknown;
  readonly certificateAuthority?: { readonly certificateAuthorityArn: string };
  readonly certificateBundle?: string;
  readonly nodeNameAttribute?: string;
  readonly sessionDuration?: Duration;
}

/** Fails unless it is said once whom to trust, and without a secret. */
export function checkCertificateTrust(trust: CertificateTrust): void {
  const kinds = ['trustAnchorArn', 'certificateAuthority', 'certificateBundle'] as const;
  const given = kinds.filter((kind) => trust[kind] !== undefined && trust[kind] !== null);
  if (given.length !== 1) {
    throw new ContainersError(
      `rolesAnywhere must have exactly one of ${kinds.join(', ')}, got ${given.join(' and ') || 'none'}`,
    );
  }
  checkPattern(
    'trustAnchorArn',
    trust.trustAnchorArn as string | undefined,
    /^arn:aws[a-z-]*:rolesanywhere:[a-z0-9-]+:\d{12}:trust-anchor\/.+$/,
    'the ARN of a trust anchor of IAM Roles Anywhere',
  );
  const { certificateAuthority } = trust;
  if (certificateAuthority !== undefined && typeof certificateAuthority?.certificateAuthorityArn !== 'string') {
    throw new ContainersError(
      `certificateAuthority must be an acmpca.ICertificateAuthority, got ${typeof certificateAuthority}: use CertificateAuthority.fromCertificateAuthorityArn(…)`,
    );
  }
  checkBundle(trust.certificateBundle);
  checkPattern(
    'nodeNameAttribute',
    trust.nodeNameAttribute,
    /^x509(?:Subject|SAN)\/[A-Za-z0-9./]+$/,
    "an attribute of certificates such as 'x509Subject/CN' or 'x509SAN/Name/CN'",
  );
  if (trust.sessionDuration !== undefined) checkGiven('sessionDuration', trust.sessionDuration);
  checkSeconds('sessionDuration', trust.sessionDuration, SESSION_SECONDS);
}

function checkBundle(bundle: string | undefined): void {
  if (bundle === undefined || bundle === null || isToken(bundle)) return;
  // The bundle itself is not told: it may be what must stay secret.
  if (typeof bundle !== 'string' || !bundle.includes('-----BEGIN CERTIFICATE-----')) {
    throw new ContainersError(
      'certificateBundle must be certificates in PEM, got something else: give the text of the file, which begins with -----BEGIN CERTIFICATE-----',
    );
  }
  if (bundle.includes('PRIVATE KEY')) {
    throw new ContainersError(
      'certificateBundle must be certificates alone, got a private key too: anybody who reads the template would have it, so take it out and replace it',
    );
  }
  if (bundle.length > BUNDLE_CHARACTERS) {
    throw new ContainersError(
      `certificateBundle must have up to ${BUNDLE_CHARACTERS} characters, got ${bundle.length}: name only the authorities that sign for nodes`,
    );
  }
}
