import { Duration, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Routing } from '../../lib';
import { Fixture, only } from '../support/fixture';
import {
  HTTP,
  HTTPS,
  TCP,
  TCP_UDP,
  UDP,
  certificateOf,
  networked,
  targetGroup,
  tcp,
  tls,
  udp,
} from '../support/networked';
import { once, resourceOf } from '../support/resources';

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const { GRPC } = elbv2.ApplicationProtocolVersion;
const DEFAULTS = {
  HealthCheckProtocol: 'TCP',
  HealthCheckIntervalSeconds: 10,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 3,
};

const plain = once(() => targetGroup());

describe('a listener', () => {
  test('of TLS speaks TLS 1.2 and 1.3 only, with all its certificates', () => {
    const { template } = networked((fixture) => ({
      listeners: [
        {
          ...tls(fixture),
          certificates: [certificateOf(fixture, 'A'), certificateOf(fixture, 'B')],
          alpnPolicy: elbv2.AlpnPolicy.HTTP2_PREFERRED,
        },
      ],
    }));
    expect(only(template, LISTENER).Properties).toMatchObject({
      Protocol: 'TLS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      AlpnPolicy: ['HTTP2Preferred'],
      Certificates: [{ CertificateArn: expect.stringMatching(/A$/) }],
    });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::ListenerCertificate').Properties.Certificates).toEqual([
      { CertificateArn: expect.stringMatching(/B$/) },
    ]);
  });

  test('of TLS speaks what it is told', () => {
    const { template } = networked((fixture) => ({
      listeners: [{ ...tls(fixture), sslPolicy: elbv2.SslPolicy.TLS13_13 }],
    }));
    expect(only(template, LISTENER).Properties.SslPolicy).toBe('ELBSecurityPolicy-TLS13-1-3-2021-06');
  });

  test.each([
    [TCP, 'TCP'],
    [UDP, 'UDP'],
    [TCP_UDP, 'TCP_UDP'],
  ])('of %s has targets of the same protocol, and nothing of TLS', (protocol, expected) => {
    const { template } = networked({ listeners: [{ ...udp, protocol }] });
    expect(only(template, LISTENER).Properties).toMatchObject({ Protocol: expected });
    expect(only(template, LISTENER).Properties).not.toHaveProperty('SslPolicy');
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties.Protocol).toBe(expected);
  });

  test('of TLS decrypts, and encrypts again when asked', () => {
    expect(targetGroup(tls).Protocol).toBe('TCP');
    expect(targetGroup((fixture) => ({ ...tls(fixture), encryptTargets: true })).Protocol).toBe('TLS');
  });

  test('waits for silent connections as long as it is told', () => {
    const { template } = networked({ listeners: [{ ...tcp, tcpIdleTimeout: Duration.hours(1) }] });
    expect(only(template, LISTENER).Properties.ListenerAttributes).toEqual([
      { Key: 'tcp.idle_timeout.seconds', Value: '3600' },
    ]);
  });
});

describe('the target group of a listener', () => {
  test('has addresses for targets, and a port that never changes', () => {
    for (const targetPort of [80, 3000]) {
      expect(targetGroup(() => ({ ...tcp, targetPort }))).toMatchObject({
        TargetType: 'ip',
        Port: 80,
        Protocol: 'TCP',
      });
    }
  });

  test('has the attributes that ELB gives it, but for the time of leaving', () => {
    expect(plain().attributes).toEqual({ 'deregistration_delay.timeout_seconds': '30' });
  });

  test('has the attributes that it is given', () => {
    const given = {
      connectionTermination: true,
      preserveClientIp: true,
      proxyProtocolV2: true,
      stickySourceIp: true,
      deregistrationDelay: Duration.minutes(2),
    };
    expect(targetGroup(() => ({ ...tcp, ...given })).attributes).toEqual({
      'deregistration_delay.timeout_seconds': '120',
      'deregistration_delay.connection_termination.enabled': 'true',
      'preserve_client_ip.enabled': 'true',
      'proxy_protocol_v2.enabled': 'true',
      'stickiness.enabled': 'true',
      'stickiness.type': 'source_ip',
    });
  });

  test('lets tasks leave as the service says, unless the listener says it', () => {
    const delay = (own?: Duration) =>
      targetGroup(() => ({ ...tcp, deregistrationDelay: own }), { deregistrationDelay: Duration.seconds(5) })
        .attributes;
    expect([delay(), delay(Duration.seconds(0))]).toEqual([
      { 'deregistration_delay.timeout_seconds': '5' },
      { 'deregistration_delay.timeout_seconds': '0' },
    ]);
  });
});

describe('the health check of a listener', () => {
  const healthOf = (group: any) =>
    Object.fromEntries(Object.entries(group).filter(([key]) => /^Health|^Unhealthy|^Matcher/.test(key)));
  const health = (...args: Parameters<typeof targetGroup>) => healthOf(targetGroup(...args));
  const { interval, ...rest } = { interval: Duration.seconds(30), path: '/health', healthyHttpCodes: '200-599' };
  const overHttp = {
    ...DEFAULTS,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: 30,
  };
  const ofService = { healthCheck: { interval, ...rest } };

  test('opens a connection', () => {
    expect(healthOf(plain())).toEqual(DEFAULTS);
  });

  test('is that of the service for the port of the service', () => {
    expect(health(() => tcp, ofService)).toEqual({ ...overHttp, Matcher: { HttpCode: '200-599' } });
    expect(health(() => ({ ...tcp, targetPort: 8080 }), ofService)).toMatchObject(overHttp);
  });

  test('has the times of the service for another port, which knows no path', () => {
    const listener = () => ({ ...tcp, targetPort: 5432 });
    const times = { healthyThresholdCount: 4, unhealthyThresholdCount: 5, timeout: Duration.seconds(20) };
    expect(health(listener, { healthCheck: { ...ofService.healthCheck, ...times } })).toEqual({
      HealthCheckProtocol: 'TCP',
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 20,
      HealthyThresholdCount: 4,
      UnhealthyThresholdCount: 5,
    });
  });

  test('asks the port of the service about UDP on another port', () => {
    expect(health(() => udp, {})).toEqual({ ...DEFAULTS, HealthCheckPort: '8080' });
    expect(health(() => udp, ofService)).toMatchObject({ ...overHttp, HealthCheckPort: '8080' });
    for (const [port, asked] of [
      ['traffic-port', '8080'],
      ['9000', '9000'],
    ]) {
      expect(health(() => udp, { healthCheck: { path: '/health', port } }).HealthCheckPort).toBe(asked);
    }
  });

  test('of its own goes before that of the service', () => {
    const own = { protocol: HTTPS, path: '/ready', port: '9000' };
    expect(health(() => ({ ...tcp, healthCheck: own }), ofService)).toEqual({
      ...DEFAULTS,
      HealthCheckProtocol: 'HTTPS',
      HealthCheckPath: '/ready',
      HealthCheckPort: '9000',
    });
    expect(health(() => ({ ...tcp, healthCheck: {} }), ofService)).toEqual(DEFAULTS);
    expect(health(() => ({ ...tcp, healthCheck: { healthyHttpCodes: '204' } })).HealthCheckProtocol).toBe('HTTP');
    expect(health(() => ({ ...tcp, healthCheck: { protocol: HTTP } })).HealthCheckProtocol).toBe('HTTP');
  });

  test('opens a connection beside gRPC, whose path is a method', () => {
    const fixture = new Fixture();
    const grpc = { path: '/grpc.health.v1.Health/Check', healthyGrpcCodes: '0', interval };
    const web = fixture.web({
      protocolVersion: GRPC,
      healthCheck: grpc,
      routing: Routing.all([
        Routing.https({ internal: true, certificates: [certificateOf(fixture)] }),
        Routing.network({ internal: true, listeners: [tcp] }),
      ]),
    });
    const [group] = web.routing.more![0].networkTargetGroups!;
    expect(healthOf(resourceOf(fixture.template(), group).Properties)).toEqual({
      ...DEFAULTS,
      HealthCheckIntervalSeconds: 30,
    });
  });

  test('may be ignored for a while by ECS', () => {
    const { template } = networked({}, { healthCheckGracePeriod: Duration.minutes(5) });
    expect(only(template, 'AWS::ECS::Service').Properties.HealthCheckGracePeriodSeconds).toBe(300);
  });
});
