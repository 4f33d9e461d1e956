import type { NetworkListenerOptions, NetworkRoutingOptions } from './network-options';
import { checkLogTarget } from '../../rules/access-logs';
import { ContainersError, isToken } from '../../rules/errors';
import { checkGiven } from '../../rules/given';
import { checkAccessLogs, checkAddresses, checkListeners } from '../../rules/network-load-balancers';
import { certificateOf, checkCertificate } from '../private/domain';
import { addNetworkListener } from '../private/network-listener';
import { newNetworkLoadBalancer } from '../private/network-load-balancer';
import { clientsOf } from '../private/peers';
import { checkDomainOptions } from '../private/single-name';
import type { RoutingKind } from '../routing';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/nlb.html */
export function networkRouting(options: NetworkRoutingOptions): RoutingKind {
  checkGiven('the options of Routing.network', options);
  const { listeners, internal, allowFrom } = options;
  checkListeners(listeners, options);
  const clients = clientsOf({ allowFrom, internal, dualStack: options.ipAddressType === 'dualstack' });
  checkAddresses(options);
  checkLogTarget(options.accessLogs, 'accessLogsBucket', options.accessLogsBucket);
  checkAccessLogs(options, listeners.some(isTls));
  const certified = namesToCertify(options);
  return {
    loadBalanced: true,
    bind(scope, target) {
      const { loadBalancer, ...made } = newNetworkLoadBalancer(scope, target, options, listeners.some(isTls));
      const certificate = certified && certificateOf(scope, certified);
      const pairs = listeners.map((listener) =>
        addNetworkListener(scope, loadBalancer, target, {
          ...listener,
          allowFrom: listener.allowFrom ?? clients,
          certificates: listener.certificates ?? (isTls(listener) && certificate ? [certificate] : undefined),
        }),
      );
      return {
        ...made,
        networkLoadBalancer: loadBalancer,
        networkListeners: pairs.map(({ listener }) => listener),
        networkTargetGroups: pairs.map(({ targetGroup }) => targetGroup),
        certificate,
        url: url(options, loadBalancer.loadBalancerDnsName),
      };
    },
  };
}

/** Checks the name, and says whether it needs a certificate. */
function namesToCertify({ domain, listeners }: NetworkRoutingOptions) {
  if (domain === undefined) return undefined;
  checkDomainOptions('domain', domain);
  const { name, zone, certificate } = domain;
  if (!listeners.some((listener) => isTls(listener) && listener.certificates === undefined)) {
    if (certificate === undefined) return undefined;
    throw new ContainersError(
      'domain.certificate needs a TLS listener without certificates of its own, got none: leave it out',
    );
  }
  const certified = { zone, names: [name], certificate };
  checkCertificate(certified);
  return certified;
}

function isTls({ protocol }: NetworkListenerOptions): boolean {
  return protocol === 'TLS';
}

/** Where clients find the first listener; a wildcard is no place. */
function url({ domain, listeners: [first] }: NetworkRoutingOptions, dnsName: string): string | undefined {
  const scheme = { TLS: 'tls', UDP: 'udp' }[first.protocol as string] ?? 'tcp';
  if (domain && !isToken(domain.name) && domain.name.startsWith('*.')) return undefined;
  return `${scheme}://${domain?.name ?? dnsName}:${first.port}`;
}
