import type { Duration, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { checkPattern, checkSeconds, checkWhole, ContainersError, isToken } from './errors';

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
const RULE_PRIORITY = { min: 1, max: 50000 };
const CONDITION_VALUES_PER_RULE = 5;

/** How the load balancer treats a service's tasks. */
export interface TargetBehaviour {
  readonly healthCheck?: elbv2.HealthCheck;
  readonly deregistrationDelay?: Duration;
  readonly stickinessCookieDuration?: Duration;
}

export function checkTargetBehaviour(behaviour: TargetBehaviour): void {
  const check = behaviour.healthCheck;
  checkSeconds('healthCheck.interval', check?.interval, HEALTH_CHECK.interval);
  checkSeconds('healthCheck.timeout', check?.timeout, HEALTH_CHECK.timeout);
  checkWhole('healthCheck.healthyThresholdCount', check?.healthyThresholdCount, HEALTH_CHECK.threshold);
  checkWhole('healthCheck.unhealthyThresholdCount', check?.unhealthyThresholdCount, HEALTH_CHECK.threshold);
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
  if (check?.port !== undefined && check.port !== 'traffic-port' && !isToken(check.port)) {
    checkPattern('healthCheck.port', check.port, /^\d{1,5}$/, "a number or 'traffic-port'");
    checkWhole('healthCheck.port', Number(check.port), { min: 1, max: 65535 });
  }
  if (check?.enabled === false) {
    throw new ContainersError(
      'healthCheck.enabled must be true for tasks, got false: ELB checks all targets that are addresses',
    );
  }
  checkTimeoutBelowInterval(check);
  checkSeconds('deregistrationDelay', behaviour.deregistrationDelay, DEREGISTRATION_DELAY);
  checkSeconds('stickinessCookieDuration', behaviour.stickinessCookieDuration, STICKINESS);
}

/** Health checks of a target group when the user says nothing: quick to bring a task in, slow to throw it out. */
export const DEFAULT_HEALTH = {
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
  codes: '200-399',
};

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

export function checkRulePriority(priority: number): void {
  checkWhole('priority', priority, RULE_PRIORITY);
}

/** A rule holds five condition values at the most. */
export function checkConditionValues(values: string[]): void {
  if (values.length === 0) {
    throw new ContainersError(
      "a route must have hosts, paths or pathPrefix, got none: use { paths: ['/*'] } for all requests",
    );
  }
  if (values.length > CONDITION_VALUES_PER_RULE) {
    throw new ContainersError(
      `a route must have at most ${CONDITION_VALUES_PER_RULE} hosts and paths together, got ${values.length}: split it into several services or use wildcards`,
    );
  }
}

/** A host name of a route: a domain name, `*` and `?` allowed. */
export function checkHost(name: string, host: string): void {
  checkPattern(
    name,
    host,
    /^(?=.{1,128}$)[a-z0-9*?]([a-z0-9*?-]*[a-z0-9*?])?(\.[a-z0-9*?]([a-z0-9*?-]*[a-z0-9*?])?)+$/,
    "a lower-case domain name such as 'app.example.com'",
  );
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

/** A path pattern of a route. */
export function checkPath(path: string): void {
  checkPattern(
    'a path of a route',
    path,
    /^\/[A-Za-z0-9_.$/~"'@:+&*?-]{0,127}$/,
    "at most 128 characters that start with '/', such as '/api/*'",
  );
}

/** A prefix ends without a slash, because the pattern for what is below it adds one. */
export function checkPathPrefix(prefix: string): void {
  checkPattern(
    'pathPrefix',
    prefix,
    /^(\/[^/*?]+)+$/,
    "a path without wildcards and without a slash at its end, such as '/docs'",
  );
}
