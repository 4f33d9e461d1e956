import { Duration, Token, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import {
  checkAccessLogs,
  checkAddressCount,
  checkAddresses,
  checkDatagramHealth,
  checkListeners,
  checkNetworkHealth,
  takesDatagrams,
} from '../../lib/rules/network-load-balancers';
import type { ListenerFacts } from '../../lib/rules/network-load-balancers';
import { expectFailure } from '../support/errors';

const { HTTP, HTTPS, TCP, TLS, UDP, TCP_UDP } = elbv2.Protocol;
const token = Token.asString({ Ref: 'Parameter' });
const number = Token.asNumber({ Ref: 'Parameter' });
const listener = (more: Partial<ListenerFacts> = {}): ListenerFacts => ({ port: 5432, protocol: 'TCP', ...more });

/** The wrong ones are in test/networking/network-errors.test.ts, as a user meets them. */
describe('listeners', () => {
  test.each<[string, ListenerFacts[], object?]>([
    ['one', [listener()]],
    ['five', [1, 2, 3, 4, 65535].map((port) => listener({ port }))],
    ['TLS with a certificate', [listener({ protocol: TLS, certificates: [{}], encryptTargets: true })]],
    ['TLS with a domain', [listener({ protocol: TLS })], { domain: {} }],
    ['TLS that does not stick', [listener({ protocol: TLS, certificates: [{}], stickySourceIp: false })]],
    [
      'TLS on dual stack',
      [listener({ protocol: TLS, certificates: [{}] }), listener({ port: 1 })],
      { ipAddressType: 'dualstack' },
    ],
    ['UDP on IPv4', [listener({ protocol: UDP, preserveClientIp: true })], { ipAddressType: 'ipv4' }],
    ['TCP that hides its clients', [listener({ preserveClientIp: false })]],
    ['the shortest wait', [listener({ tcpIdleTimeout: Duration.seconds(60) })]],
    ['the longest wait', [listener({ tcpIdleTimeout: Duration.seconds(6000) })]],
    ['tokens', [listener({ targetPort: number, tcpIdleTimeout: Duration.seconds(number) })]],
  ])('are fine: %s', (_what, listeners, surroundings = {}) => {
    expect(() => checkListeners(listeners, surroundings)).not.toThrow();
  });

  test('take datagrams when UDP is in their protocol', () => {
    expect([TCP, TLS, UDP, TCP_UDP].map(takesDatagrams)).toEqual([false, false, true, true]);
  });
});

describe('health checks', () => {
  test.each<[string, elbv2.HealthCheck | undefined]>([
    ['none', undefined],
    ['all by default', {}],
    ['a path', { path: '/health' }],
    ['a path over HTTPS', { path: '/health', protocol: HTTPS, healthyHttpCodes: '200-599,401' }],
    ['codes over HTTP', { protocol: HTTP, healthyHttpCodes: '503' }],
    ['a connection', { protocol: TCP, port: '9000', interval: Duration.seconds(5), timeout: Duration.seconds(2) }],
    ['tokens', { path: token, healthyHttpCodes: token, port: token }],
  ])('are fine: %s', (_what, check) => {
    expect(() => checkNetworkHealth(check)).not.toThrow();
  });

  test.each<[string, elbv2.HealthCheck, string]>([
    ['it is over UDP', { protocol: UDP }, "healthCheck.protocol must be one of TCP, HTTP, HTTPS, got 'UDP'"],
    [
      'a path has no HTTP',
      { protocol: TCP, path: '/health' },
      'healthCheck.path needs a check by HTTP, got healthCheck.protocol TCP: leave one of them out',
    ],
    [
      'codes have no HTTP',
      { protocol: TCP, healthyHttpCodes: '200' },
      'healthCheck.healthyHttpCodes needs a check by HTTP, got healthCheck.protocol TCP: leave one of them out',
    ],
    [
      'codes are those of gRPC',
      { healthyGrpcCodes: '12' },
      'healthCheck.healthyGrpcCodes needs an Application Load Balancer, got Routing.network: leave it out, or use Routing.domain or Routing.https',
    ],
    ...['600', '199', 'ok', ''].map((healthyHttpCodes): [string, elbv2.HealthCheck, string] => [
      `the codes are '${healthyHttpCodes}'`,
      { healthyHttpCodes },
      `healthCheck.healthyHttpCodes must be HTTP codes from 200 to 599 such as '200', '200,204' or '200-399', got '${healthyHttpCodes}'`,
    ]),
    [
      'too many answers are waited for',
      { healthyThresholdCount: 11 },
      'healthCheck.healthyThresholdCount must be between 2 and 10, got 11',
    ],
    [
      'the timeout is as long as the interval',
      { interval: Duration.seconds(5) },
      'healthCheck.timeout must be shorter than healthCheck.interval, got 5 and 5 seconds',
    ],
    ['the port is no number', { port: 'syslog' }, "healthCheck.port must be a number or 'traffic-port', got 'syslog'"],
    [
      'it is off',
      { enabled: false },
      'healthCheck.enabled must be true for tasks, got false: ELB checks all targets that are addresses',
    ],
  ])('fails when %s', (_what, check, message) => {
    expectFailure(() => checkNetworkHealth(check), message);
  });

  test('of datagrams need a port', () => {
    for (const port of ['9000', 'traffic-port', token]) expect(() => checkDatagramHealth(53, { port })).not.toThrow();
  });

  test('fails when datagrams have none', () => {
    expectFailure(
      () => checkDatagramHealth(53, { path: '/health' }),
      "a UDP listener must have healthCheck.port, got none for port 53: name a port that answers TCP or HTTP, or 'traffic-port' if the same one does",
    );
  });
});

describe('addresses', () => {
  test.each([
    ['none', {}],
    ['none inside', { internal: true, staticAddresses: false }],
    ['new ones', { staticAddresses: true }],
    ['new ones, but not, beside given ones', { staticAddresses: false, allocationIds: ['eipalloc-01234567'] }],
    ['given ones', { allocationIds: ['eipalloc-01234567', 'eipalloc-0123456789abcdef0', token] }],
    ['private ones', { internal: true, privateAddresses: ['10.0.0.10', '192.168.255.1', token] }],
  ])('are fine: %s', (_what, options) => {
    expect(() => checkAddresses(options)).not.toThrow();
  });

  test.each(['10.0.0', '10.0.0.256', '10.0.0.1.', '.10.0.0.1', '10.0.0.1/32', '10..0.1'])(
    'fails when one is %s',
    (one) => {
      expectFailure(
        () => checkAddresses({ internal: true, privateAddresses: [one] }),
        `each of privateAddresses must be an IPv4 address such as '10.0.1.10', got '${one}'`,
      );
    },
  );

  test('are one for each subnet', () => {
    expect(() => checkAddressCount('allocationIds', ['a', 'b'], 2)).not.toThrow();
    expect(() => checkAddressCount('allocationIds', Token.asList({ Ref: 'Ids' }), 2)).not.toThrow();
  });

  test.each([1, 3])('fails when they are 2 for %s subnets', (subnets) => {
    expectFailure(
      () => checkAddressCount('allocationIds', ['a', 'b'], subnets),
      `allocationIds must be one for each subnet of the load balancer, got 2 for ${subnets}: add some, or name loadBalancerSubnets`,
    );
  });
});

describe('access logs', () => {
  test.each([
    [{}, false],
    [{ accessLogs: false }, false],
    [{ accessLogs: true, accessLogsBucket: {} }, true],
  ])('are fine: %j, with TLS %s', (options, decrypts) => {
    expect(() => checkAccessLogs(options, decrypts)).not.toThrow();
  });

  test.each(['accessLogs', 'accessLogsBucket'])('fails when there is no TLS, but %s', (option) => {
    expectFailure(
      () => checkAccessLogs({ [option]: true }, false),
      `${option} needs a TLS listener, got none: Network Load Balancers log nothing else, so leave it out and use the flow logs of the VPC`,
    );
  });
});
