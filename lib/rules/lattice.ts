import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { checkOneOf } from './choices';
import { checkPattern, checkWhole, ContainersError, isToken } from './errors';
import { checkList } from './given';
import { checkHealthNumbers } from './load-balancers';

/**
 * Limits of VPC Lattice.
 *
 * Sources, November 2026: https://docs.aws.amazon.com/vpc-lattice/latest/ug/target-group-health-checks.html,
 * https://docs.aws.amazon.com/vpc-lattice/latest/ug/listener-rules.html,
 * https://docs.aws.amazon.com/vpc-lattice/latest/ug/listeners.html,
 * https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_HttpMatch.html.
 * Two listeners in a service and ten rules in a listener (five in older pages) are quotas that AWS raises.
 */
const HEALTH_CHECK = {
  interval: { min: 5, max: 300 },
  timeout: { min: 1, max: 120 },
  threshold: { min: 2, max: 10 },
};
const RULE_PRIORITY = { min: 1, max: 100 };
const HEADERS_PER_RULE = 5;
const PROTOCOL_VERSIONS = ['HTTP1', 'HTTP2', 'GRPC'];

/** Rules of a listener, beside its default action. */
export const RULES_PER_LISTENER = 10;

/** The last place among the rules of a listener, before which others find theirs. */
export const LAST_PRIORITY = RULE_PRIORITY.max;

/**
 * The addresses from which VPC Lattice asks its targets, in every region: link-local ones, which no network routes. The list
 * com.amazonaws.(region).vpc-lattice has them, and its id differs by region.
 *
 * Sources, November 2026: https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html (where the example has this
 * range), https://docs.aws.amazon.com/vpc-lattice/latest/ug/network-acls.html and
 * https://docs.aws.amazon.com/vpc-lattice/latest/ug/sharing.html.
 */
export const LATTICE_CIDR = '169.254.171.0/24';

/** Fails for a health check that VPC Lattice does not know. */
export function checkLatticeHealth(check: elbv2.HealthCheck | undefined): void {
  checkHealthNumbers(check, HEALTH_CHECK);
  checkPattern(
    'healthCheck.path',
    check?.path,
    /^\/[\x21-\x7e]{0,2047}$/,
    "a path that starts with '/' and has no spaces",
  );
  checkPattern(
    'healthCheck.healthyHttpCodes',
    check?.healthyHttpCodes,
    /^[2-5]\d\d(-[2-5]\d\d)?(,[2-5]\d\d(-[2-5]\d\d)?)*$/,
    "HTTP codes such as '200', '200,204' or '200-299'",
  );
  checkHealthProtocol(check);
}

function checkHealthProtocol(check: elbv2.HealthCheck | undefined): void {
  if (check?.healthyGrpcCodes !== undefined) {
    throw new ContainersError(
      'healthCheck.healthyGrpcCodes must be left out for VPC Lattice, which has no gRPC health checks: name a path that answers over HTTP/2, or leave healthCheck out',
    );
  }
  if (check?.protocol !== undefined && !['HTTP', 'HTTPS'].includes(check.protocol)) {
    throw new ContainersError(`healthCheck.protocol must be HTTP or HTTPS for VPC Lattice, got ${check.protocol}`);
  }
}

/** A header of a request, as a rule compares it. */
export interface HeaderMatch {
  readonly name: string;
  readonly exact?: string;
  readonly prefix?: string;
  readonly contains?: string;
}

/** What a rule compares with a request. */
export interface LatticeMatch {
  readonly path?: string;
  readonly pathPrefix?: string;
  readonly headers?: HeaderMatch[];
}

/** Fails for what VPC Lattice cannot compare. */
export function checkLatticeMatch({ path, pathPrefix, headers }: LatticeMatch): void {
  checkMatchedPath('path', path);
  checkMatchedPath('pathPrefix', pathPrefix);
  if (path !== undefined && pathPrefix !== undefined) {
    throw new ContainersError(
      `a route of VPC Lattice must have path or pathPrefix, got '${path}' and '${pathPrefix}': use Routing.all for both`,
    );
  }
  checkList('headers', headers);
  if (headers && !(headers.length >= 1 && headers.length <= HEADERS_PER_RULE)) {
    throw new ContainersError(
      `headers must have between 1 and ${HEADERS_PER_RULE} headers, got ${headers.length}: VPC Lattice takes no more in a rule`,
    );
  }
  headers?.forEach(checkHeader);
}

function checkMatchedPath(name: string, path: string | undefined): void {
  checkPattern(
    name,
    path,
    /^\/[a-zA-Z0-9@:%_+.~#?&/=-]{0,199}$/,
    "at most 200 characters that start with '/', without '*': VPC Lattice has no wildcards",
  );
}

function checkHeader(header: HeaderMatch): void {
  checkPattern(
    'the name of a header',
    header.name,
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/,
    '1 to 40 characters such as X-Tenant',
  );
  const given = (['exact', 'prefix', 'contains'] as const).filter((kind) => header[kind] !== undefined);
  if (given.length !== 1) {
    throw new ContainersError(
      `the header '${header.name}' must have one of exact, prefix and contains, got ${given.join(' and ') || 'none'}`,
    );
  }
  checkPattern(`${given[0]} of the header '${header.name}'`, header[given[0]], /^[^\n]{1,200}$/, '1 to 200 characters');
}

/** Fails for what VPC Lattice does not speak to tasks. */
export function checkLatticeProtocol(version: string | undefined): void {
  if (version === undefined || isToken(version)) return;
  checkOneOf('protocolVersion', version, PROTOCOL_VERSIONS);
}

/** The lowest number that matches wins. */
export function checkLatticePriority(priority: number | undefined): void {
  checkWhole('priority', priority, RULE_PRIORITY);
}
