import type {
  aws_certificatemanager as acm,
  aws_elasticloadbalancingv2 as elbv2,
  aws_route53 as route53,
} from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError, isToken } from '../../rules/errors';
import { checkGiven, checkList } from '../../rules/given';
import { checkDomainName, checkNameInZone, coversHost } from '../../rules/load-balancers';
import { conditionsOf, hasConditions } from '../../rules/route-conditions';
import type { Condition } from '../../rules/route-conditions';
import { rulesOf } from '../../rules/route-rules';
import type { LoadBalancerOptions } from '../load-balancer-options';
import { addAlias, certificateOf, checkCertificate } from '../private/domain';
import { httpRoute } from '../private/http-target';
import { httpListener, httpsListener, isDualStack, newLoadBalancer } from '../private/load-balancer';
import { targetOf } from '../private/targets';
import type { RouteOptions } from '../route-options';
import type { RoutingConfig, RoutingKind, RoutingTarget } from '../routing';

/** Options of a load balancer that belongs to one service. Without conditions the service gets all requests for its name. */
export interface HttpRoutingOptions extends LoadBalancerOptions, RouteOptions {}

/** Options of `Routing.https`. */
export interface HttpsRoutingOptions extends HttpRoutingOptions {
  /** Certificates of the names under which the service is asked for; the first one is the default. */
  readonly certificates: elbv2.IListenerCertificate[];
}

/** Options of `Routing.domain`. */
export interface DomainRoutingOptions extends HttpRoutingOptions {
  /** The zone in which the name gets its alias record. */
  readonly zone: route53.IHostedZone;

  /**
   * A certificate of yours for the name.
   * @default - a new one, validated in the zone, which must then be public: an error if this app makes it private
   */
  readonly certificate?: acm.ICertificate;
}

export function httpRouting(options: HttpRoutingOptions): RoutingKind {
  return {
    loadBalanced: true,
    bind(scope, target) {
      const made = newLoadBalancer(scope, target.vpc, options);
      if (!options.internal) {
        Validations.of(scope).addWarning(
          'cdk-containers:RoutingPublicHttp',
          'Routing.http() of a public service sends everything unencrypted over the internet: use Routing.domain or Routing.https',
        );
      }
      const listener = httpListener(made.loadBalancer, options);
      const url = `http://${made.loadBalancer.loadBalancerDnsName}${options.pathPrefix ?? ''}`;
      return connect(scope, target, options, { ...made, listener, url });
    },
  };
}

export function httpsRouting(options: HttpsRoutingOptions): RoutingKind {
  checkGiven('certificates', options?.certificates);
  checkList('certificates', options.certificates);
  if (options.certificates.length === 0) {
    throw new ContainersError(
      'certificates must have at least one certificate, got none: use Routing.domain to have one made',
    );
  }
  return {
    loadBalanced: true,
    bind(scope, target) {
      const made = newLoadBalancer(scope, target.vpc, options);
      const listener = httpsListener(made.loadBalancer, options, options.certificates);
      const url = `https://${made.loadBalancer.loadBalancerDnsName}${options.pathPrefix ?? ''}`;
      return connect(scope, target, options, { ...made, listener, url });
    },
  };
}

export function domainRouting(name: string, options: DomainRoutingOptions): RoutingKind {
  checkGiven('the options of Routing.domain', options);
  checkGiven('the domain name', name);
  checkGiven('zone', options.zone);
  const domain = { zone: options.zone, names: [name], certificate: options.certificate };
  checkHosts(name, options.hosts);
  checkDomainName(name);
  checkNameInZone(name, options.zone.zoneName);
  checkCertificate(domain);
  return {
    loadBalanced: true,
    bind(scope, target) {
      const made = newLoadBalancer(scope, target.vpc, options);
      const certificate = certificateOf(scope, domain);
      const listener = httpsListener(made.loadBalancer, options, [certificate]);
      addAlias(scope, 'AliasRecord', { zone: options.zone, name, dualStack: isDualStack(options) }, made.loadBalancer);
      const url = name.startsWith('*.') ? undefined : `https://${name}${options.pathPrefix ?? ''}`;
      return connect(scope, target, options, { ...made, listener, certificate, url }, name);
    },
  };
}

/** Only its own name leads to the load balancer, and only that one is in its certificate. */
function checkHosts(name: string, hosts: string[] = []): void {
  checkList('hosts', hosts);
  const stranger = isToken(name) ? undefined : hosts.find((host) => !isToken(host) && !coversHost([name], host));
  if (stranger === undefined) return;
  throw new ContainersError(
    `hosts of Routing.domain must be covered by '${name}', got '${stranger}': use Ingress for several names`,
  );
}

function connect(
  scope: Construct,
  target: RoutingTarget,
  options: HttpRoutingOptions,
  made: RoutingConfig & { readonly listener: elbv2.IApplicationListener },
  host?: string,
): RoutingConfig {
  const conditions = { ...options, hosts: options.hosts ?? (host === undefined ? undefined : [host]) };
  const rules = rulesOf(hasConditions(conditions) ? conditionsOf(conditions) : EVERYTHING, options.priority ?? 1);
  const route = httpRoute(scope, targetOf(target, options), {
    listener: made.listener,
    rules,
    // Another scheme makes another load balancer, and so another group.
    targetGroupId: options.internal ? 'InternalTargetGroup' : undefined,
    encrypted: !made.url?.startsWith('http:'),
    authentication: options.authentication,
  });
  return { ...made, ...route };
}

const EVERYTHING: Condition[] = [{ field: 'path', values: ['/*'] }];
