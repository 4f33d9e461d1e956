import { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { ContainersError, isToken } from '../../rules/errors';
import {
  checkConditionValues,
  checkHost,
  checkPath,
  checkPathPrefix,
  checkRulePriority,
} from '../../rules/load-balancers';
import { httpRoute } from '../private/http-target';
import type { RoutingKind } from '../routing';

/** Which requests go to a service. All that is given must hold. */
export interface RouteOptions {
  /**
   * Host names, `*` and `?` allowed; one of them must match.
   * @default - any host
   */
  readonly hosts?: string[];

  /**
   * Paths, `*` and `?` allowed; one of them must match.
   * @default - any path
   */
  readonly paths?: string[];

  /**
   * A path and all below it: `/docs` is `/docs` and `/docs/*`.
   * @default - any path
   */
  readonly pathPrefix?: string;

  /**
   * Place among the rules of the listener, from 1 to 50000; the lowest that matches wins.
   * @default - none: on a listener of others it must be given
   */
  readonly priority?: number;
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html */
export function listenerRouting(
  listener: elbv2.IApplicationListener,
  encrypted: boolean,
  options: RouteOptions,
): RoutingKind {
  const hosts = options.hosts ?? [];
  const prefix = options.pathPrefix;
  if (prefix !== undefined) checkPathPrefix(prefix);
  const paths = [...(options.paths ?? []), ...(prefix === undefined ? [] : [prefix, `${prefix}/*`])];
  hosts.forEach((host) => checkHost('a host of a route', host));
  paths.forEach(checkPath);
  checkConditionValues([...hosts, ...paths]);
  const { priority } = options;
  if (priority === undefined) {
    throw new ContainersError(
      'a route on a listener of others must give its priority, got none: its other rules are invisible here, so ask its owner for a free one',
    );
  }
  checkRulePriority(priority);
  return {
    loadBalanced: true,
    bind(scope, target) {
      const route = httpRoute(scope, target, {
        listener,
        priority,
        encrypted,
        conditions: [
          ...(hosts.length ? [elbv2.ListenerCondition.hostHeaders(hosts)] : []),
          ...(paths.length ? [elbv2.ListenerCondition.pathPatterns(paths)] : []),
        ],
      });
      return { listener, ...route, url: url(encrypted, hosts, prefix) };
    },
  };
}

/** A URL is known when a host without wildcards is. */
function url(encrypted: boolean, hosts: string[], prefix = ''): string | undefined {
  const host = hosts.find((candidate) => isToken(candidate) || !/[*?]/.test(candidate));
  return host === undefined ? undefined : `${encrypted ? 'https' : 'http'}://${host}${prefix}`;
}
