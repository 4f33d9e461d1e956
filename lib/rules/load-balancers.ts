import type { Duration, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { checkPattern, checkSeconds, checkWhole, ContainersError, isToken } from './errors';
import type { Range } from './errors';

/**
 * Limits of Application Load Balancer target groups and rules.
 *
 * Source: ELBv2 schema in aws-cdk-lib 2.276.0 (November 2026), and
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const HEALTH_CHECK = {
  interval: { min: 5, max: 300 },
  timeout: { min: 2, max: 120 },
  threshold: { min: 2, max: 10 },
};
const DEREGISTRATION_DELAY = { min: 0, max: 3600 };
const STICKINESS = { min: 1, max: 604800 };
const GRACE_PERIOD = { min: 0, max: 2147483647 };
const SLOW_START = { min: 30, max: 900 };
/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html */
const TARGET_GROUPS_PER_SERVICE = 5;

/** How the load balancer treats a service's tasks. */
export interface TargetBehaviour {
  readonly healthCheck?: elbv2.HealthCheck;
  readonly deregistrationDelay?: Duration;
  readonly stickinessCookieDuration?: Duration;
  readonly stickinessCookieName?: string;
  readonly slowStart?: Duration;
  readonly loadBalancingAlgorithmType?: elbv2.TargetGroupLoadBalancingAlgorithmType;
  readonly crossZoneEnabled?: boolean;
  readonly protocolVersion?: elbv2.ApplicationProtocolVersion;
}

export function checkTargetBehaviour(behaviour: TargetBehaviour): void {
  const check = behaviour.healthCheck;
  checkHealthNumbers(check, HEALTH_CHECK);
  checkPattern(
    'healthCheck.path',
    check?.path,
    /^\/[\x21-\x7e]{0,1023}$/,
    "a path that starts with '/' and has no spaces",
  );
  checkPattern(
    'healthCheck.healthyHttpCodes',
    check?.healthyHttpCodes,
    /^[2-4]\d\d(-[2-4]\d\d)?(,[2-4]\d\d(-[2-4]\d\d)?)*$/,
    "HTTP codes from 200 to 499 such as '200', '200,204' or '200-299'",
  );
  if (check?.enabled === false) {
    throw new ContainersError(
      'healthCheck.enabled must be true for tasks, got false: ELB checks all targets that are addresses',
    );
  }
  checkSeconds('deregistrationDelay', behaviour.deregistrationDelay, DEREGISTRATION_DELAY);
  checkSeconds('stickinessCookieDuration', behaviour.stickinessCookieDuration, STICKINESS);
  checkCookieName(behaviour);
  checkSlowStart(behaviour);
  checkCodes(behaviour);
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/disable-cross-zone.html
  if (behaviour.stickinessCookieDuration !== undefined && behaviour.crossZoneEnabled === false) {
    throw new ContainersError(
      'stickinessCookieDuration needs crossZoneEnabled, got false: a client may come in by any zone, so leave one of them out',
    );
  }
}

/** A gRPC service answers with codes of gRPC, any other one with those of HTTP. */
function checkCodes({ healthCheck, protocolVersion }: TargetBehaviour): void {
  const grpc = protocolVersion === 'GRPC';
  const wrong = grpc ? 'healthyHttpCodes' : 'healthyGrpcCodes';
  if (healthCheck?.[wrong] !== undefined) {
    throw new ContainersError(
      `healthCheck.${wrong} must be left out ${grpc ? 'with' : 'without'} gRPC, got '${healthCheck[wrong]}': use ${grpc ? 'healthyGrpcCodes' : 'healthyHttpCodes'}, or give the route a healthCheck of its own`,
    );
  }
  checkPattern(
    'healthCheck.healthyGrpcCodes',
    healthCheck?.healthyGrpcCodes,
    /^\d{1,2}(-\d{1,2})?(,\d{1,2}(-\d{1,2})?)*$/,
    "codes of gRPC from 0 to 99 such as '12', '0,1' or '0-5'",
  );
}

/** ELB's own cookies begin with AWSALB. */
function checkCookieName({ stickinessCookieName, stickinessCookieDuration }: TargetBehaviour): void {
  checkPattern(
    'stickinessCookieName',
    stickinessCookieName,
    /^(?!AWSALB)[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/,
    "the name of a cookie that does not begin with 'AWSALB', which is ELB's own",
  );
  if (stickinessCookieName !== undefined && stickinessCookieDuration === undefined) {
    throw new ContainersError(
      'stickinessCookieName needs stickinessCookieDuration, got none: say how long a client stays with its task',
    );
  }
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
function checkSlowStart({ slowStart, loadBalancingAlgorithmType: algorithm }: TargetBehaviour): void {
  // None, said aloud.
  if (slowStart && !slowStart.isUnresolved?.() && slowStart.toSeconds?.({ integral: false }) === 0) return;
  checkSeconds('slowStart', slowStart, SLOW_START);
  if (slowStart && algorithm !== undefined && algorithm !== 'round_robin') {
    throw new ContainersError(
      `slowStart needs loadBalancingAlgorithmType ROUND_ROBIN, got ${algorithm}: leave one of them out`,
    );
  }
}

/** Fails when a service would be in more target groups than ECS takes. */
export function checkTargetGroupCount(service: string, count: number): void {
  if (count <= TARGET_GROUPS_PER_SERVICE) return;
  throw new ContainersError(
    `a service must have at most ${TARGET_GROUPS_PER_SERVICE} target groups, got ${count} for '${service}': let several hosts or paths share a route, or run the container as two services`,
  );
}

/** Health checks of a target group when the user says nothing: quick to bring a task in, slow to throw it out. */
export const DEFAULT_HEALTH = {
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
  codes: '200-399',
};

/** Bounds of a health check. */
export interface HealthCheckLimits {
  readonly interval: Range;
  readonly timeout: Range;
  readonly threshold: Range;
}

/** Fails for times, counts and a port that are out of bounds, or contradict each other. */
export function checkHealthNumbers(check: elbv2.HealthCheck | undefined, limits: HealthCheckLimits): void {
  checkSeconds('healthCheck.interval', check?.interval, limits.interval);
  checkSeconds('healthCheck.timeout', check?.timeout, limits.timeout);
  checkWhole('healthCheck.healthyThresholdCount', check?.healthyThresholdCount, limits.threshold);
  checkWhole('healthCheck.unhealthyThresholdCount', check?.unhealthyThresholdCount, limits.threshold);
  if (check?.port !== undefined && check.port !== 'traffic-port' && !isToken(check.port)) {
    checkPattern('healthCheck.port', check.port, /^\d{1,5}$/, "a number or 'traffic-port'");
    checkWhole('healthCheck.port', Number(check.port), { min: 1, max: 65535 });
  }
  checkTimeoutBelowInterval(check);
}

function checkTimeoutBelowInterval(check: elbv2.HealthCheck | undefined): void {
  if (check?.interval?.isUnresolved() || check?.timeout?.isUnresolved()) return;
  const interval = check?.interval?.toSeconds() ?? DEFAULT_HEALTH.intervalSeconds;
  const timeout = check?.timeout?.toSeconds() ?? DEFAULT_HEALTH.timeoutSeconds;
  if (timeout >= interval) {
    throw new ContainersError(
      `healthCheck.timeout must be shorter than healthCheck.interval, got ${timeout} and ${interval} seconds`,
    );
  }
}

/** ECS refuses a grace period where no load balancer judges. */
export function checkGracePeriod(period: Duration | undefined, hasTargetGroup: boolean): void {
  checkSeconds('healthCheckGracePeriod', period, GRACE_PERIOD);
  if (period && !hasTargetGroup) {
    throw new ContainersError('healthCheckGracePeriod needs a load balancer, got a routing without one: leave it out');
  }
}

/** A name for an alias record and a certificate. */
export function checkDomainName(name: string): void {
  checkPattern(
    'the domain name',
    name,
    /^(?=.{1,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "lower case such as 'app.example.com' or '*.example.com'",
  );
}

/** The alias record of a name lives in its zone. */
export function checkNameInZone(name: string, zoneName: string): void {
  if (isToken(name) || isToken(zoneName)) return;
  const zone = zoneName.replace(/\.$/, '');
  if (name !== zone && !name.endsWith(`.${zone}`)) {
    throw new ContainersError(
      `the domain name must be '${zone}' or end with '.${zone}', the name of its zone, got '${name}'`,
    );
  }
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#load-balancer-attributes */
const IDLE_TIMEOUT = { min: 1, max: 4000 };
const CLIENT_KEEP_ALIVE = { min: 60, max: 604800 };

export function checkConnectionTimes(idleTimeout: Duration | undefined, clientKeepAlive: Duration | undefined): void {
  checkSeconds('idleTimeout', idleTimeout, IDLE_TIMEOUT);
  checkSeconds('clientKeepAlive', clientKeepAlive, CLIENT_KEEP_ALIVE);
}

/** Of one load balancer. AWS raises the others on request, but not that of target groups. */
export const QUOTAS = { rules: 100, targetGroups: 100, certificates: 25 };

/** True when a certificate for one of the names is good for the host, in which a wildcard stands for one label. */
export function coversHost(names: string[], host: string): boolean {
  return names.some(
    (name) => name === host || (name.startsWith('*.') && name.slice(1) === host.slice(host.indexOf('.'))),
  );
}
