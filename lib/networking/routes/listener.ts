import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError, isToken } from '../../rules/errors';
import { coversHost } from '../../rules/load-balancers';
import { conditionsOf } from '../../rules/route-conditions';
import { rulesOf } from '../../rules/route-rules';
import { httpRoute } from '../private/http-target';
import type { Admit } from '../private/http-target';
import type { RouteTable } from '../private/route-table';
import { targetOf } from '../private/targets';
import type { RouteOptions } from '../route-options';
import type { RoutingKind } from '../routing';

/** A listener that many services have rules on. */
export interface SharedListener {
  readonly listener: elbv2.IApplicationListener;
  readonly encrypted: boolean;
  readonly table: RouteTable;
  /** True when it has rules that nobody here knows of. */
  readonly foreign: boolean;
  /** Names that lead to it, as far as they are known. */
  readonly names: string[];
  /** True when its certificates are for these names only. */
  readonly namesOnly: boolean;
  /** How its load balancer gets to the tasks, unless as the L2 does. */
  readonly admit?: Admit;
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html */
export function listenerRouting(shared: SharedListener, options: RouteOptions): RoutingKind {
  const { hosts = [], pathPrefix, priority } = options;
  const conditions = conditionsOf(options);
  if (shared.foreign && priority === undefined) {
    throw new ContainersError(
      'a route on a listener of others must give its priority, got none: its other rules are invisible here, so ask its owner for a free one',
    );
  }
  const rules = rulesOf(conditions, priority);
  return {
    loadBalanced: true,
    bind(scope, target) {
      shared.table.claim(scope.node.path, rules, priority === undefined);
      warnOfStrangers(scope, shared, hosts);
      const { listener, encrypted, admit } = shared;
      const { authentication } = options;
      const made = httpRoute(scope, targetOf(target, options), { listener, rules, encrypted, admit, authentication });
      return { listener, ...made, url: url(shared, hosts, pathPrefix) };
    },
  };
}

/** A browser refuses a certificate that is not for the name, and finds no address without a record. */
function warnOfStrangers(scope: Construct, { names, namesOnly }: SharedListener, hosts: string[]): void {
  const strangers = namesOnly ? hosts.filter((host) => !isToken(host) && !coversHost(names, host)) : [];
  if (strangers.length === 0) return;
  Validations.of(scope).addWarning(
    'cdk-containers:IngressHostUnknown',
    `the load balancer has certificates and records for ${names.join(', ')} only, so no client gets to ${strangers.join(', ')}: add the name with addDomain, or pass certificates. A wildcard is one label: '*.example.com' is not for 'a.b.example.com'.`,
  );
}

/** A URL is known when a host without wildcards is. */
function url({ encrypted, names }: SharedListener, hosts: string[], prefix = ''): string | undefined {
  const host = (hosts.length > 0 ? hosts : names).find((name) => isToken(name) || !/[*?]/.test(name));
  return host === undefined ? undefined : `${encrypted ? 'https' : 'http'}://${host}${prefix}`;
}
