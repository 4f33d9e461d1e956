import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { NetworkListenerOptions, NetworkRoutingOptions } from './network-options';
import { isToken } from '../../rules/errors';
import { checkList } from '../../rules/given';
import { checkDomainName, checkNameInZone } from '../../rules/load-balancers';
import { checkAccessLogs, checkAddresses, checkListeners } from '../../rules/network-load-balancers';
import { certificateOf, checkCertificate } from '../private/domain';
import { addNetworkListener } from '../private/network-listener';
import { newNetworkLoadBalancer } from '../private/network-load-balancer';
import type { RoutingKind } from '../routing';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/nlb.html */
export function networkRouting(options: NetworkRoutingOptions): RoutingKind {
  const { listeners } = options;
  checkListeners(listeners, options);
  checkList('allowFrom', options.allowFrom);
  checkAddresses(options);
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
          allowFrom: listener.allowFrom ?? options.allowFrom ?? everyone(options),
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
  if (!domain) return undefined;
  checkDomainName(domain.name);
  checkNameInZone(domain.name, domain.zone.zoneName);
  if (!listeners.some((listener) => isTls(listener) && listener.certificates === undefined)) return undefined;
  const certified = { zone: domain.zone, names: [domain.name] };
  checkCertificate(certified);
  return certified;
}

function isTls({ protocol }: NetworkListenerOptions): boolean {
  return protocol === 'TLS';
}

function everyone({ internal, ipAddressType }: NetworkRoutingOptions): ec2.IPeer[] {
  if (internal) return [];
  return [ec2.Peer.anyIpv4(), ...(ipAddressType === 'dualstack' ? [ec2.Peer.anyIpv6()] : [])];
}

/** Where clients find the first listener; a wildcard is no place. */
function url({ domain, listeners: [first] }: NetworkRoutingOptions, dnsName: string): string | undefined {
  const scheme = { TLS: 'tls', UDP: 'udp' }[first.protocol as string] ?? 'tcp';
  if (domain && !isToken(domain.name) && domain.name.startsWith('*.')) return undefined;
  return `${scheme}://${domain?.name ?? dnsName}:${first.port}`;
}
