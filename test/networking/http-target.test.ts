import { Duration, aws_certificatemanager as acm, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Routing } from '../../lib';
import type { WebServiceProps } from '../../lib';
import { expectWrong } from '../support/errors';
import type { WrongInput } from '../support/errors';
import { Fixture, warnings } from '../support/fixture';
import { all, attributesOf, idOf, lenientApp, once } from '../support/resources';

const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const { GRPC, HTTP2 } = elbv2.ApplicationProtocolVersion;

const https = ({ stack }: Fixture) => {
  const arn = 'arn:aws:acm:eu-west-1:111122223333:certificate/given';
  return Routing.https({ internal: true, certificates: [acm.Certificate.fromCertificateArn(stack, 'Given', arn)] });
};

/** The target group of a web service. */
function targetGroup(props: Partial<WebServiceProps>, routing?: (fixture: Fixture) => Routing): any {
  const fixture = new Fixture(lenientApp());
  const web = fixture.web(routing ? { routing: routing(fixture), ...props } : props);
  const properties = all(fixture.template(), TARGET_GROUP)[0];
  return { ...properties, attributes: attributesOf(properties.TargetGroupAttributes), warnings: warnings(web) };
}

/** The target group of a service that says nothing but the path of its health check. */
const plain = once(() => targetGroup({}));

describe('the target group of a service', () => {
  test('has a health check that brings tasks in quickly and throws them out slowly', () => {
    expect(targetGroup({ healthCheck: { path: '/health' } })).toMatchObject({
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: '200-399' },
      warnings: [],
    });
  });

  test('has the health check that it is given', () => {
    expect(
      targetGroup({
        healthCheck: {
          path: '/ready?deep=1',
          port: '8080',
          interval: Duration.seconds(30),
          timeout: Duration.seconds(20),
          healthyThresholdCount: 4,
          unhealthyThresholdCount: 5,
          healthyHttpCodes: '200,204',
        },
      }),
    ).toMatchObject({
      HealthCheckPath: '/ready?deep=1',
      HealthCheckPort: '8080',
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 20,
      HealthyThresholdCount: 4,
      UnhealthyThresholdCount: 5,
      Matcher: { HttpCode: '200,204' },
    });
  });

  test('keeps the default of what is given as undefined', () => {
    const healthCheck = { path: '/health', interval: undefined, timeout: undefined, healthyHttpCodes: undefined };
    expect(targetGroup({ healthCheck })).toMatchObject({
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      Matcher: { HttpCode: '200-399' },
    });
  });

  test.each([undefined, {}, { interval: Duration.seconds(20) }])(
    'asks for / and warns without a path',
    (healthCheck) => {
      const made = targetGroup({ healthCheck });
      expect(made).toMatchObject({ HealthCheckPath: '/', Matcher: { HttpCode: '200-399' } });
      expect(made.warnings).toEqual([
        expect.stringMatching(
          /^healthCheck\.path was not given, .*ALLOWED_HOSTS.*cdk-containers:HealthCheckPathDefault]$/,
        ),
      ]);
    },
  );

  test('lets the load balancer reach another port that its health check asks', () => {
    const fixture = new Fixture();
    const web = fixture.web({ healthCheck: { path: '/health', port: '9000' } });
    const template = fixture.template();
    const groupOf = (connectable: ec2.IConnectable) => ({
      'Fn::GetAtt': [idOf(connectable.connections.securityGroups[0]), 'GroupId'],
    });
    expect(all(template, 'AWS::EC2::SecurityGroupIngress')).toContainEqual(
      expect.objectContaining({
        GroupId: groupOf(web),
        SourceSecurityGroupId: groupOf(web.loadBalancer),
        FromPort: 9000,
      }),
    );
    expect(all(template, 'AWS::EC2::SecurityGroupEgress')).toContainEqual(
      expect.objectContaining({ GroupId: groupOf(web.loadBalancer), FromPort: 9000 }),
    );
  });

  test('lets leaving tasks finish their requests for 30 seconds, unless told otherwise', () => {
    const delay = (props: Partial<WebServiceProps>) =>
      targetGroup(props).attributes['deregistration_delay.timeout_seconds'];
    expect(delay({})).toBe('30');
    expect(delay({ deregistrationDelay: Duration.seconds(0) })).toBe('0');
    expect(delay({ deregistrationDelay: Duration.minutes(2) })).toBe('120');
  });

  test('sticks to a task only when asked', () => {
    expect(plain().attributes['stickiness.enabled']).toBe('false');
    expect(targetGroup({ stickinessCookieDuration: Duration.hours(1) }).attributes).toMatchObject({
      'stickiness.enabled': 'true',
      'stickiness.type': 'lb_cookie',
      'stickiness.lb_cookie.duration_seconds': '3600',
    });
  });

  test('has addresses for targets, and a port that never changes', () => {
    for (const port of [80, 3000]) {
      expect(targetGroup({ port })).toMatchObject({ TargetType: 'ip', Port: 80, Protocol: 'HTTP' });
    }
    expect(plain()).not.toHaveProperty('Name');
  });

  test('speaks gRPC behind HTTPS, with the health check of gRPC', () => {
    const made = targetGroup({ protocolVersion: GRPC, healthCheck: { healthyGrpcCodes: '0' } }, https);
    expect(made).toMatchObject({ ProtocolVersion: 'GRPC', Matcher: { GrpcCode: '0' }, HealthCheckIntervalSeconds: 10 });
    expect(made).not.toHaveProperty('HealthCheckPath');
    expect(made.warnings).toEqual([]);
  });

  test('speaks HTTP/2 behind HTTPS', () => {
    expect(targetGroup({ protocolVersion: HTTP2 }, https).ProtocolVersion).toBe('HTTP2');
  });
});

describe('a service with a wrong target', () => {
  const health = (healthCheck: elbv2.HealthCheck) => () => ({ healthCheck: { path: '/health', ...healthCheck } });
  const CODES = "HTTP codes from 200 to 499 such as '200', '200,204' or '200-299'";
  const PATH = "a path that starts with '/' and has no spaces";
  const seconds = (value: number) => Duration.seconds(value);

  test.each<WrongInput>([
    [
      'the interval is too short',
      health({ interval: seconds(2) }),
      'healthCheck.interval must be between 5 and 300 seconds, got 2 seconds',
    ],
    [
      'the interval is too long',
      health({ interval: seconds(301) }),
      'healthCheck.interval must be between 5 and 300 seconds, got 301 seconds',
    ],
    [
      'the interval is no whole second',
      health({ interval: Duration.millis(7500) }),
      'healthCheck.interval must be between 5 and 300 seconds, got 7.5 seconds',
    ],
    [
      'the timeout is too short',
      health({ timeout: seconds(1) }),
      'healthCheck.timeout must be between 2 and 120 seconds, got 1 seconds',
    ],
    [
      'the timeout is too long',
      health({ timeout: seconds(121) }),
      'healthCheck.timeout must be between 2 and 120 seconds, got 121 seconds',
    ],
    [
      'the timeout is as long as the interval',
      health({ timeout: seconds(20), interval: seconds(20) }),
      'healthCheck.timeout must be shorter than healthCheck.interval, got 20 and 20 seconds',
    ],
    [
      'the timeout is longer than the default interval',
      health({ timeout: seconds(11) }),
      'healthCheck.timeout must be shorter than healthCheck.interval, got 11 and 10 seconds',
    ],
    [
      'the interval is as short as the default timeout',
      health({ interval: seconds(5) }),
      'healthCheck.timeout must be shorter than healthCheck.interval, got 5 and 5 seconds',
    ],
    [
      'a healthy task is believed at once',
      health({ healthyThresholdCount: 1 }),
      'healthCheck.healthyThresholdCount must be between 2 and 10, got 1',
    ],
    [
      'an unhealthy task is never believed',
      health({ unhealthyThresholdCount: 11 }),
      'healthCheck.unhealthyThresholdCount must be between 2 and 10, got 11',
    ],
    [
      'a threshold is no whole number',
      health({ healthyThresholdCount: 2.5 }),
      'healthCheck.healthyThresholdCount must be a whole number, got 2.5',
    ],
    ['the path has no slash', health({ path: 'health' }), `healthCheck.path must be ${PATH}, got 'health'`],
    ['the path is empty', health({ path: '' }), `healthCheck.path must be ${PATH}, got ''`],
    ['the path has a space', health({ path: '/a b' }), `healthCheck.path must be ${PATH}, got '/a b'`],
    [
      'the codes are no codes',
      health({ healthyHttpCodes: 'ok' }),
      `healthCheck.healthyHttpCodes must be ${CODES}, got 'ok'`,
    ],
    [
      'the codes are those of errors',
      health({ healthyHttpCodes: '500' }),
      `healthCheck.healthyHttpCodes must be ${CODES}, got '500'`,
    ],
    [
      'the port is no number',
      health({ port: 'http' }),
      "healthCheck.port must be a number or 'traffic-port', got 'http'",
    ],
    ['the port is too high', health({ port: '70000' }), 'healthCheck.port must be between 1 and 65535, got 70000'],
    [
      'the check is off, which ELB refuses for addresses',
      health({ enabled: false }),
      'healthCheck.enabled must be true for tasks, got false: ELB checks all targets that are addresses',
    ],
    [
      'the grace period is no whole second',
      () => ({ healthCheckGracePeriod: Duration.millis(500) }),
      'healthCheckGracePeriod must be between 0 and 2147483647 seconds, got 0.5 seconds',
    ],
    [
      'the deregistration delay is too long',
      () => ({ deregistrationDelay: Duration.hours(2) }),
      'deregistrationDelay must be between 0 and 3600 seconds, got 7200 seconds',
    ],
    [
      'the cookie lasts no time',
      () => ({ stickinessCookieDuration: seconds(0) }),
      'stickinessCookieDuration must be between 1 and 604800 seconds, got 0 seconds',
    ],
    [
      'the cookie lasts too long',
      () => ({ stickinessCookieDuration: Duration.days(8) }),
      'stickinessCookieDuration must be between 1 and 604800 seconds, got 691200 seconds',
    ],
    [
      'gRPC is behind plain HTTP',
      () => ({ protocolVersion: GRPC }),
      'protocolVersion must not be GRPC on a plain HTTP listener, because ELB wants HTTPS in front of it: use Routing.domain or Routing.https',
    ],
    [
      'HTTP/2 is behind plain HTTP, which ELB refuses',
      () => ({ protocolVersion: HTTP2 }),
      'protocolVersion must not be HTTP2 on a plain HTTP listener, because ELB wants HTTPS in front of it: use Routing.domain or Routing.https',
    ],
    [
      'there is a grace period and no load balancer, which ECS refuses',
      () => ({ routing: Routing.none(), healthCheckGracePeriod: seconds(60) }),
      'healthCheckGracePeriod needs a load balancer, got a routing without one: leave it out',
    ],
  ])('fails when %s', (_what, props, message) => {
    expectWrong(props, message);
  });
});
