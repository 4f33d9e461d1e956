import type { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkSamePlace } from '../../rules/environments';
import { ContainersError, isToken } from '../../rules/errors';
import { checkGiven, checkOptions } from '../../rules/given';
import { coversHost } from '../../rules/load-balancers';
import { conditionsOf } from '../../rules/route-conditions';
import { rulesOf } from '../../rules/route-rules';
import { httpRoute } from '../private/http-target';
import type { Admit } from '../private/http-target';
import type { RouteTable } from '../private/route-table';
import { mapPort, targetOf } from '../private/targets';
import { areDifferent } from '../private/vpcs';
import type { RouteOptions } from '../route-options';
import type { RoutingKind, RoutingTarget } from '../routing';

/** A listener that many services have rules on. */
export interface SharedListener {
  readonly listener: elbv2.IApplicationListener;
  readonly encrypted: boolean;
  readonly table: RouteTable;
  /** True when it has rules that nobody here knows of. */
  readonly foreign: boolean;
  /** What the ids of target groups tell apart: a group that moves to another load balancer must be another group. */
  readonly id: string;
  /** Where it is, when that is known. */
  readonly place?: SharedPlace;
  /** Names that lead to it, as far as they are known. */
  readonly names: string[];
  /** True when its certificates are for these names only. */
  readonly namesOnly: boolean;
  /** What leads to it anyway. */
  readonly dnsName?: string;
  /** How its load balancer gets to the tasks, unless as the L2 does. */
  readonly admit?: Admit;
}

/** Where a load balancer stands. */
export interface SharedPlace {
  readonly ingress: Construct;
  readonly vpc: ec2.IVpc;
}

const OPTIONS: Record<keyof RouteOptions, true> = {
  hosts: true,
  paths: true,
  pathPrefix: true,
  headers: true,
  methods: true,
  query: true,
  sourceIps: true,
  priority: true,
  authentication: true,
  containerName: true,
  port: true,
  healthCheck: true,
  deregistrationDelay: true,
  stickinessCookieDuration: true,
  stickinessCookieName: true,
  slowStart: true,
  loadBalancingAlgorithmType: true,
  crossZoneEnabled: true,
  protocolVersion: true,
};

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html */
export function listenerRouting(shared: SharedListener, options: RouteOptions): RoutingKind {
  // A condition that is misspelt would open the route to everybody.
  checkGiven('the options of a route', options);
  checkOptions('a route', options, Object.keys(OPTIONS));
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
    bind(scope, service) {
      const target = targetOf(service, options);
      const automatic = priority === undefined;
      checkPlace(scope, target, shared.place);
      mapPort(target);
      shared.table.claim(scope.node.path, rules, automatic);
      warnOfStrangers(scope, shared, hosts);
      const { listener, encrypted, admit } = shared;
      const { authentication } = options;
      const targetGroupId = `TargetGroup-${shared.id}`;
      const settings = { listener, rules, encrypted, admit, authentication, targetGroupId, automatic };
      return { listener, ...httpRoute(scope, target, settings), url: url(shared, hosts, pathPrefix) };
    },
  };
}

/** A load balancer forwards to targets of its own network, account and region. */
function checkPlace(scope: Construct, { vpc }: RoutingTarget, place: SharedPlace | undefined): void {
  if (!place) return;
  const [here, there] = [Stack.of(scope), Stack.of(place.ingress)];
  checkSamePlace(`the service '${scope.node.path}'`, here, `'${place.ingress.node.path}'`, there);
  if (!areDifferent(vpc, place.vpc)) return;
  throw new ContainersError(
    `the service '${scope.node.path}' must be in the VPC of '${place.ingress.node.path}' ('${place.vpc.node.path}'), got '${vpc.node.path}': make an Ingress for each VPC`,
  );
}

/** A browser refuses a certificate that is not for the name, and finds no address without a record. */
function warnOfStrangers(scope: Construct, { names, namesOnly }: SharedListener, hosts: string[]): void {
  if (!namesOnly || hosts.length === 0) return;
  const validate = () => {
    const strangers = hosts.filter((host) => !isToken(host) && !coversHost(names, host));
    if (strangers.length === 0) return [];
    Validations.of(scope).addWarning(
      'cdk-containers:IngressHostUnknown',
      `the load balancer has certificates and records for ${names.join(', ')} only, so no client gets to ${strangers.join(', ')}: add the name with addDomain, or pass certificates. A wildcard is one label: '*.example.com' is not for 'a.b.example.com'.`,
    );
    return [];
  };
  // Names may be added later.
  scope.node.addValidation({ validate });
}

/** A URL is known when a host without wildcards is. */
function url({ encrypted, names, dnsName }: SharedListener, hosts: string[], prefix = ''): string | undefined {
  const known = hosts.length > 0 ? hosts : names.length > 0 || !dnsName ? names : [dnsName];
  const host = known.find((name) => isToken(name) || !/[*?]/.test(name));
  return host === undefined ? undefined : `${encrypted ? 'https' : 'http'}://${host}${prefix}`;
}
