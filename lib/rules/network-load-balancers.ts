import type { Duration, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { checkOneOf } from './choices';
import { checkPattern, checkSeconds, checkUnique, checkWhole, ContainersError, isToken } from './errors';
import { checkGiven, checkList } from './given';
import { checkTargetBehaviour } from './load-balancers';
import { checkPeers } from './peers';

/**
 * Limits of Network Load Balancers. A load balancer has 50 listeners at the most, but a service 5 target groups.
 *
 * Sources (November 2026): https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/nlb.html and
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html
 */
const LISTENERS = { min: 1, max: 5 };
const PORT = { min: 1, max: 65535 };
const TCP_IDLE_TIMEOUT = { min: 60, max: 6000 };

/** QUIC is not among them: ELB refuses it on load balancers with security groups, and these always have one. */
const PROTOCOLS = ['TCP', 'TLS', 'UDP', 'TCP_UDP'];
const HEALTH_CHECK_PROTOCOLS = ['TCP', 'HTTP', 'HTTPS'];
const ADDRESS_TYPES = ['ipv4', 'dualstack'];

/** What only a listener that decrypts can have. */
const OF_TLS = ['certificates', 'sslPolicy', 'alpnPolicy', 'encryptTargets'] as const;

/** What a listener of a Network Load Balancer says of itself. */
export interface ListenerFacts {
  readonly port: number;
  readonly protocol: string;
  readonly targetPort?: number;
  readonly certificates?: unknown[];
  readonly sslPolicy?: unknown;
  readonly alpnPolicy?: unknown;
  readonly encryptTargets?: boolean;
  readonly allowFrom?: unknown[];
  readonly healthCheck?: elbv2.HealthCheck;
  readonly deregistrationDelay?: Duration;
  readonly preserveClientIp?: boolean;
  readonly stickySourceIp?: boolean;
  readonly tcpIdleTimeout?: Duration;
}

/** What listeners must agree with. */
export interface ListenerSurroundings {
  readonly ipAddressType?: string;
  readonly domain?: unknown;
}

export function checkListeners(listeners: ListenerFacts[], surroundings: ListenerSurroundings): void {
  checkGiven('listeners', listeners);
  checkList('listeners', listeners);
  if (listeners.length < LISTENERS.min || listeners.length > LISTENERS.max) {
    throw new ContainersError(
      `listeners must be between ${LISTENERS.min} and ${LISTENERS.max}, got ${listeners.length}: ECS takes ${LISTENERS.max} target groups for a service`,
    );
  }
  if (surroundings.ipAddressType !== undefined) {
    checkOneOf('ipAddressType of a Network Load Balancer', surroundings.ipAddressType, ADDRESS_TYPES);
  }
  listeners.forEach((listener) => checkListener(listener, surroundings));
  const ports = listeners.map(({ port }) => String(port));
  const twice = ports.find((port, index) => ports.indexOf(port) !== index);
  if (twice !== undefined) {
    throw new ContainersError(
      `ports of listeners must be unique, got ${twice} twice: for TCP and UDP on one port use elbv2.Protocol.TCP_UDP`,
    );
  }
}

function checkListener(listener: ListenerFacts, { ipAddressType, domain }: ListenerSurroundings): void {
  checkGiven('a listener', listener);
  const { port, protocol } = listener;
  checkGiven('port of a listener', port);
  if (isToken(port)) {
    throw new ContainersError(
      'port of a listener must be a number, got a token: resources are named after it, so it must be known at synthesis',
    );
  }
  checkWhole('port of a listener', port, PORT);
  checkOneOf(`protocol of listener ${port}`, protocol, PROTOCOLS);
  checkWhole(`targetPort of listener ${port}`, listener.targetPort, PORT);
  checkPeers(`allowFrom of listener ${port}`, listener.allowFrom);
  checkTls(listener, domain !== undefined);
  checkFlows(listener, ipAddressType);
  checkSeconds(`tcpIdleTimeout of listener ${port}`, listener.tcpIdleTimeout, TCP_IDLE_TIMEOUT);
  checkNetworkHealth(listener.healthCheck);
  checkTargetBehaviour({ deregistrationDelay: listener.deregistrationDelay });
}

function checkTls(listener: ListenerFacts, hasDomain: boolean): void {
  const { port, protocol, certificates } = listener;
  checkList(`certificates of listener ${port}`, certificates);
  if (protocol === 'TLS') {
    if ((certificates ?? []).length > 0 || (hasDomain && certificates === undefined)) return;
    throw new ContainersError(
      `a TLS listener must have a certificate, got none for port ${port}: give certificates, or domain to have one made`,
    );
  }
  const foreign = OF_TLS.find((option) => listener[option] !== undefined);
  if (foreign === undefined) return;
  throw new ContainersError(
    `${foreign} needs a TLS listener, got ${protocol} on port ${port}: leave it out, or use elbv2.Protocol.TLS`,
  );
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html */
function checkFlows(listener: ListenerFacts, ipAddressType: string | undefined): void {
  const { port, protocol } = listener;
  const datagrams = takesDatagrams(protocol);
  if (datagrams && ipAddressType === 'dualstack') {
    throw new ContainersError(
      `a ${protocol} listener must be on IPv4, got dual stack for port ${port}: ELB wants tasks with IPv6 addresses only behind it, so leave ipAddressType out`,
    );
  }
  if (datagrams && listener.preserveClientIp === false) {
    throw new ContainersError(
      `preserveClientIp must be true on a ${protocol} listener, got false for port ${port}: ELB always preserves it there`,
    );
  }
  if (protocol === 'TLS' && listener.stickySourceIp) {
    throw new ContainersError(
      `stickySourceIp must be false on a TLS listener, got true for port ${port}: ELB has no stickiness with TLS, so let the container decrypt behind elbv2.Protocol.TCP`,
    );
  }
  if (protocol !== 'TCP' && listener.tcpIdleTimeout) {
    throw new ContainersError(
      `tcpIdleTimeout needs a TCP listener, got ${protocol} on port ${port}: ELB has fixed times for others, so leave it out`,
    );
  }
}

/** True for a protocol in which UDP is. */
export function takesDatagrams(protocol: string): boolean {
  return protocol === 'UDP' || protocol === 'TCP_UDP';
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html */
export function checkNetworkHealth(check: elbv2.HealthCheck | undefined): void {
  if (!check) return;
  const { healthyHttpCodes, healthyGrpcCodes, ...shared } = check;
  checkTargetBehaviour({ healthCheck: shared });
  checkPattern(
    'healthCheck.healthyHttpCodes',
    healthyHttpCodes,
    /^[2-5]\d\d(-[2-5]\d\d)?(,[2-5]\d\d(-[2-5]\d\d)?)*$/,
    "HTTP codes from 200 to 599 such as '200', '200,204' or '200-399'",
  );
  if (check.protocol !== undefined) checkOneOf('healthCheck.protocol', check.protocol, HEALTH_CHECK_PROTOCOLS);
  if (healthyGrpcCodes !== undefined) {
    throw new ContainersError(
      'healthCheck.healthyGrpcCodes needs an Application Load Balancer, got Routing.network: leave it out, or use Routing.domain or Routing.https',
    );
  }
  const http = (['path', 'healthyHttpCodes'] as const).find((option) => check[option] !== undefined);
  if (check.protocol === 'TCP' && http) {
    throw new ContainersError(
      `healthCheck.${http} needs a check by HTTP, got healthCheck.protocol TCP: leave one of them out`,
    );
  }
}

/** Nobody hears whether a datagram arrived, so its check goes elsewhere. */
export function checkDatagramHealth(port: number, check: elbv2.HealthCheck): void {
  if (check.port !== undefined) return;
  throw new ContainersError(
    `a UDP listener must have healthCheck.port, got none for port ${port}: name a port that answers TCP or HTTP, or 'traffic-port' if the same one does`,
  );
}

const OCTET = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = new RegExp(`^(${OCTET}\\.){3}${OCTET}$`);

/** The addresses that somebody wants for a load balancer. */
export interface AddressFacts {
  readonly internal?: boolean;
  readonly staticAddresses?: boolean;
  readonly allocationIds?: string[];
  readonly privateAddresses?: string[];
}

export function checkAddresses(options: AddressFacts): void {
  const { internal, staticAddresses, allocationIds, privateAddresses } = options;
  checkAddressList(
    'allocationIds',
    allocationIds,
    /^eipalloc-([0-9a-f]{8}|[0-9a-f]{17})$/,
    "an id such as 'eipalloc-0123456789abcdef0'",
  );
  checkAddressList('privateAddresses', privateAddresses, IPV4, "an IPv4 address such as '10.0.1.10'");
  if (internal) {
    const elastic = staticAddresses ? 'staticAddresses' : allocationIds && 'allocationIds';
    if (!elastic) return;
    throw new ContainersError(
      `${elastic} needs a public load balancer, got an internal one: an Elastic IP is public, so use privateAddresses`,
    );
  }
  if (privateAddresses) {
    throw new ContainersError(
      'privateAddresses needs an internal load balancer, got a public one: use staticAddresses or allocationIds',
    );
  }
  if (staticAddresses && allocationIds) {
    throw new ContainersError(
      'staticAddresses makes new addresses and allocationIds names those that there are, got both: leave one of them out',
    );
  }
}

function checkAddressList(name: string, values: string[] | undefined, pattern: RegExp, allowed: string): void {
  if (isToken(values)) return;
  checkList(name, values);
  values?.forEach((value) => checkPattern(`each of ${name}`, value, pattern, allowed));
  checkUnique(name, values ?? []);
}

/** One address stands in one subnet. */
export function checkAddressCount(name: string, given: string[], subnets: number): void {
  if (isToken(given) || given.length === subnets) return;
  throw new ContainersError(
    `${name} must be one for each subnet of the load balancer, got ${given.length} for ${subnets}: add some, or name loadBalancerSubnets`,
  );
}

/** There is nothing to log without TLS. */
export function checkAccessLogs(
  { accessLogs, accessLogsBucket }: { readonly accessLogs?: boolean; readonly accessLogsBucket?: unknown },
  decrypts: boolean,
): void {
  const asked = accessLogs ? 'accessLogs' : accessLogsBucket !== undefined && 'accessLogsBucket';
  if (decrypts || !asked) return;
  throw new ContainersError(
    `${asked} needs a TLS listener, got none: Network Load Balancers log nothing else, so leave it out and use the flow logs of the VPC`,
  );
}
