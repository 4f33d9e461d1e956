import { isIPv4, isIPv6 } from 'node:net';
import { ContainersError, isToken } from './errors';
import { checkList } from './given';

/**
 * Facts about the addresses of EKS clusters, November 2026.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html (services),
 * https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html (no reserved addresses for the public endpoint).
 */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const CARRIER = '100.64.0.0/10';
const NEVER_PUBLIC = [...PRIVATE, CARRIER, '0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'];
const NEVER_PUBLIC_V6 = /^(f[cdef]|::1\/)/i;
const SERVICE_MASK = { min: 12, max: 24 };

/** What EKS takes for services when nobody says anything: the one that does not overlap with the VPC. */
const SERVICE_DEFAULTS = ['172.20.0.0/16', '10.100.0.0/16'];

interface Block {
  readonly start: number;
  readonly end: number;
  readonly mask: number;
}

/** An IPv4 block; undefined for what is none. */
function parse(cidr: string): Block | undefined {
  const [, address, mask] = /^([\d.]+)\/(\d{1,2})$/.exec(cidr) ?? [];
  if (address === undefined || !isIPv4(address) || Number(mask) > 32) return undefined;
  const size = 2 ** (32 - Number(mask));
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const start = number - (number % size);
  return { start, end: start + size - 1, mask: Number(mask) };
}

function parsed(name: string, cidr: string): Block {
  const block = typeof cidr === 'string' ? parse(cidr) : undefined;
  if (block) return block;
  throw new ContainersError(`${name} must be an IPv4 CIDR block such as 10.80.0.0/16, got '${String(cidr)}'`);
}

/** An address as people write it. */
function written(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function isInside(inner: Block, outer: string): boolean {
  const { start, end } = parse(outer)!;
  return inner.start >= start && inner.end <= end;
}

function isIPv6Block(cidr: string): boolean {
  const [address, mask, more] = cidr.split('/');
  return more === undefined && isIPv6(address) && /^\d{1,3}$/.test(mask ?? '') && Number(mask) <= 128;
}

/** True for two IPv4 blocks that share addresses. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parse(one), parse(other)];
  return a !== undefined && b !== undefined && a.start <= b.end && b.start <= a.end;
}

/** The range of services: the first default that the VPC leaves free, so that it never moves. */
export function defaultServiceCidr(vpcCidr: string): string {
  return SERVICE_DEFAULTS.find((cidr) => !overlap(cidr, vpcCidr)) ?? SERVICE_DEFAULTS[0];
}

/** Fails for a range of services that EKS refuses. Tokens pass. */
export function checkServiceCidr(cidr: string | undefined): void {
  if (cidr === undefined || isToken(cidr)) return;
  const block = parsed('serviceIpv4Cidr', cidr);
  if (block.mask < SERVICE_MASK.min || block.mask > SERVICE_MASK.max) {
    throw new ContainersError(
      `serviceIpv4Cidr must have a mask from /${SERVICE_MASK.min} to /${SERVICE_MASK.max}, got '${cidr}'`,
    );
  }
  const first = `${written(block.start)}/${block.mask}`;
  if (cidr !== first) {
    throw new ContainersError(
      `serviceIpv4Cidr must begin with the first address of its block, got '${cidr}': use ${first}`,
    );
  }
  if (PRIVATE.some((outer) => isInside(block, outer))) return;
  throw new ContainersError(`serviceIpv4Cidr must be inside ${inWords(PRIVATE)}, got '${cidr}'`);
}

/** Fails when services would have addresses of the VPC. Tokens pass. */
export function checkServicesApart(services: string | undefined, vpcCidrs: string[]): void {
  if (services === undefined || isToken(services)) return;
  const common = vpcCidrs.find((cidr) => overlap(cidr, services));
  if (common === undefined) return;
  throw new ContainersError(
    `serviceIpv4Cidr must not overlap with the VPC, got ${services} and ${common}: set it to a range that no connected network has, such as 10.100.0.0/16`,
  );
}

/** Fails for a list of networks with nothing in it. */
export function checkSome(name: string, cidrs: string[] | undefined): void {
  checkList(name, cidrs);
  if (cidrs?.length !== 0) return;
  throw new ContainersError(`${name} must have at least one CIDR block, got an empty list: leave it out for none`);
}

/** Fails for sources that never reach a public endpoint. Tokens pass. */
export function checkPublicSources(cidrs: string[] | undefined, ipv6: boolean): void {
  checkList('publicAccessFrom', cidrs);
  if (cidrs === undefined || isToken(cidrs)) return;
  if (cidrs.length === 0) {
    throw new ContainersError(
      'publicAccessFrom must name at least one CIDR block, got an empty list, which EKS takes for everybody: leave it out to keep the endpoint private',
    );
  }
  cidrs.filter((cidr) => !isToken(cidr)).forEach((cidr) => checkPublicSource(cidr, ipv6));
}

function checkPublicSource(cidr: string, ipv6: boolean): void {
  const isV6 = typeof cidr === 'string' && isIPv6Block(cidr);
  const block = typeof cidr === 'string' ? parse(cidr) : undefined;
  if (!isV6 && !block) {
    throw new ContainersError(`publicAccessFrom must be CIDR blocks such as 203.0.113.0/24, got '${String(cidr)}'`);
  }
  if (isV6 && !ipv6) {
    throw new ContainersError(
      `publicAccessFrom must be IPv4 CIDR blocks, because the endpoint of an IPv4 cluster has no IPv6 addresses, got '${cidr}'`,
    );
  }
  const reserved = block ? NEVER_PUBLIC.some((outer) => isInside(block, outer)) : NEVER_PUBLIC_V6.test(cidr);
  if (!reserved) return;
  throw new ContainersError(
    `publicAccessFrom must be public addresses, got '${cidr}', which nobody on the internet has: what is in the VPC, or connected with it, uses the private endpoint anyway`,
  );
}

/** True for a list that lets everybody in. */
export function isEverybody(cidrs: string[]): boolean {
  return cidrs.some((cidr) => !isToken(cidr) && cidr.endsWith('/0'));
}

function inWords(cidrs: string[]): string {
  return `${cidrs.slice(0, -1).join(', ')} or ${cidrs.at(-1)}`;
}
