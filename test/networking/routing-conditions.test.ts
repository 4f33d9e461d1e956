import { Duration, SecretValue, aws_certificatemanager as acm, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Authentication, Routing } from '../../lib';
import type { HttpsRoutingOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, only } from '../support/fixture';
import { RULE, shared, zoneOf } from '../support/ingress';
import { all, idOf } from '../support/resources';

/** A load balancer of one service, whose route says more than its name. */
function own(options: Partial<HttpsRoutingOptions> = {}) {
  const fixture = new Fixture();
  const arn = 'arn:aws:acm:eu-west-1:111122223333:certificate/1';
  const certificates = [acm.Certificate.fromCertificateArn(fixture.stack, 'Certificate', arn)];
  const web = fixture.web({ routing: Routing.https({ certificates, ...options }) });
  return { fixture, web, template: fixture.template() };
}

const users = Authentication.oidc({
  issuer: 'https://idp.example.com',
  authorizationEndpoint: 'https://idp.example.com/authorize',
  tokenEndpoint: 'https://idp.example.com/token',
  userInfoEndpoint: 'https://idp.example.com/userinfo',
  clientId: 'client',
  clientSecret: SecretValue.secretsManager('client-secret'),
});

describe("a service's own load balancer", () => {
  test('takes all requests', () => {
    expect(only(own().template, RULE).Properties).toMatchObject({
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    });
  });

  test('takes those that it is told to', () => {
    const { template } = own({ hosts: ['app.example.com'], methods: ['GET'], priority: 7 });
    expect(only(template, RULE).Properties).toMatchObject({
      Priority: 7,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['app.example.com'] } },
        { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
      ],
    });
  });

  test('takes as many rules as its values need', () => {
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example.com`);
    expect(all(own({ hosts }).template, RULE).map(({ Priority }) => Priority)).toEqual([1, 2]);
  });

  test('adds conditions to its name', () => {
    const fixture = new Fixture();
    const routing = Routing.domain('app.example.com', { zone: zoneOf(fixture), sourceIps: ['192.0.2.0/24'] });
    fixture.web({ routing });
    expect(only(fixture.template(), RULE).Properties.Conditions).toEqual([
      { Field: 'host-header', HostHeaderConfig: { Values: ['app.example.com'] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } },
    ]);
  });

  test('is set as it is told', () => {
    const { template } = own({ idleTimeout: Duration.seconds(90), sslPolicy: elbv2.SslPolicy.TLS13_13 });
    expect(
      only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.LoadBalancerAttributes,
    ).toContainEqual({
      Key: 'idle_timeout.timeout_seconds',
      Value: '90',
    });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener').Properties.SslPolicy).toBe(elbv2.SslPolicy.TLS13_13);
  });
});

describe('authentication', () => {
  const wanted = (group: string) => [
    expect.objectContaining({ Type: 'authenticate-oidc', Order: 1 }),
    { Type: 'forward', Order: 2, TargetGroupArn: { Ref: group } },
  ];

  test('stands before the service on its own load balancer', () => {
    const { template, web } = own({ authentication: users });
    expect(only(template, RULE).Properties.Actions).toEqual(wanted(idOf(web.targetGroup)));
  });

  test('stands before the service in each rule of a shared one', () => {
    const { fixture, ingress } = shared();
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example.com`);
    const web = fixture.web({ routing: ingress.route({ hosts, authentication: users }) });
    const rules = all(fixture.template(), RULE);
    expect(rules).toHaveLength(2);
    for (const { Actions } of rules) expect(Actions).toEqual(wanted(idOf(web.targetGroup)));
  });

  test('fails on plain HTTP', () => {
    expectFailure(
      () => new Fixture().web({ routing: Routing.http({ internal: true, authentication: users }) }),
      'authentication must not be used on a plain HTTP listener, because ELB wants HTTPS for it: give the load balancer a certificate',
    );
  });
});
