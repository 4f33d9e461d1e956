import {
  Duration,
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_route53 as route53,
} from 'aws-cdk-lib';
import { Ingress } from '../../lib';
import type { IngressProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, only } from '../support/fixture';
import { RECORD, shared, zoneOf } from '../support/ingress';

describe('a shared load balancer', () => {
  const plain = { domain: undefined };
  test.each<[string, (fixture: Fixture) => Partial<IngressProps>, string]>([
    [
      'it has neither names nor certificates',
      () => plain,
      'an Ingress must have domain or certificates, got neither: HTTPS needs a certificate; for plain HTTP inside the network set plainHttp',
    ],
    [
      'its certificates are none',
      () => ({ ...plain, certificates: [] }),
      'an Ingress must have domain or certificates, got neither: HTTPS needs a certificate; for plain HTTP inside the network set plainHttp',
    ],
    [
      'it has no names',
      (fixture) => ({ domain: { zone: zoneOf(fixture, 'example.com', 'Other'), names: [] } }),
      "domain.names must have at least one name, got none: use ['example.com'] for the zone itself",
    ],
    [
      'a name is no list',
      (fixture) => ({
        domain: { zone: zoneOf(fixture, 'example.com', 'Other'), names: 'example.com' as unknown as string[] },
      }),
      "domain.names must be a list, got 'example.com': put it into brackets",
    ],
    [
      'a name is not in the zone',
      (fixture) => ({ domain: { zone: zoneOf(fixture, 'example.com', 'Other'), names: ['example.org'] } }),
      "the domain name must be 'example.com' or end with '.example.com', the name of its zone, got 'example.org'",
    ],
    [
      'a name comes twice',
      (fixture) => ({
        domain: { zone: zoneOf(fixture, 'example.com', 'Other'), names: ['example.com', 'example.com'] },
      }),
      "the record 'example.com' of the zone 'Shop/Other' must point to one load balancer, got 'Shop/Ingress' beside 'Shop/Ingress': use another name, or another zone",
    ],
    [
      'plain HTTP has certificates',
      (fixture) => ({
        ...plain,
        plainHttp: true,
        certificates: [acm.Certificate.fromCertificateArn(fixture.stack, 'C', 'arn:aws:acm:eu-west-1:1:certificate/1')],
      }),
      'certificates must be left out with plainHttp, got some: leave plainHttp out for HTTPS',
    ],
    [
      'plain HTTP has a certificate for its names',
      (fixture) => ({
        plainHttp: true,
        domain: {
          zone: zoneOf(fixture, 'example.com', 'Other'),
          names: ['example.com'],
          certificate: acm.Certificate.fromCertificateArn(fixture.stack, 'C', 'arn:aws:acm:eu-west-1:1:certificate/1'),
        },
      }),
      'domain.certificate must be left out with plain HTTP, got one: nobody would see it',
    ],
    [
      'plain HTTP redirects to HTTPS',
      () => ({ ...plain, plainHttp: true, redirectHttp: true }),
      'redirectHttp needs a certificate, got a listener for plain HTTP: leave it out, or use HTTPS',
    ],
    [
      'it waits too long',
      () => ({ idleTimeout: Duration.seconds(4001) }),
      'idleTimeout must be between 1 and 4000 seconds, got 4001 seconds',
    ],
    [
      'clients stay too short',
      () => ({ clientKeepAlive: Duration.seconds(59) }),
      'clientKeepAlive must be between 60 and 604800 seconds, got 59 seconds',
    ],
    ['there is no network', () => ({ vpc: undefined as unknown as ec2.IVpc }), 'vpc must be given, got undefined'],
  ])('fails when %s', (_what, props, message) => {
    const fixture = new Fixture();
    const domain = { zone: zoneOf(fixture), names: ['example.com'] };
    expectFailure(
      () => new Ingress(fixture.stack, 'Ingress', { vpc: fixture.vpc, domain, ...props(fixture) }),
      message,
    );
  });

  test('fails when a certificate would be validated in a private zone', () => {
    const fixture = new Fixture();
    const zone = new route53.PrivateHostedZone(fixture.stack, 'Private', {
      zoneName: 'corp.internal',
      vpc: fixture.vpc,
    });
    const domain = { zone, names: ['corp.internal'] };
    expectFailure(
      () => new Ingress(fixture.stack, 'Ingress', { vpc: fixture.vpc, internal: true, domain }),
      "a certificate for 'corp.internal' cannot be validated in a private zone, because nobody outside sees it: pass certificate",
    );
    new Ingress(fixture.stack, 'Plain', { vpc: fixture.vpc, internal: true, domain, plainHttp: true });
    fixture.template().resourceCountIs(RECORD, 1);
  });
});

describe('the listener of others', () => {
  test('gets names with a certificate and records', () => {
    const fixture = new Fixture();
    const loadBalancer = elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(fixture.stack, 'Lb', {
      loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/theirs/1',
      securityGroupId: 'sg-1',
      loadBalancerDnsName: 'theirs.elb.amazonaws.com',
      loadBalancerCanonicalHostedZoneId: 'Z32O12XQLNTSW2',
    });
    const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(fixture.stack, 'Listener', {
      listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/theirs/1/2',
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(fixture.stack, 'Group', 'sg-1'),
    });
    const domain = { zone: zoneOf(fixture), names: ['shop.example.com'] };
    const ingress = Ingress.fromListener(fixture.stack, 'Theirs', { listener, loadBalancer, domain });
    const web = fixture.web({ routing: ingress.route({ paths: ['/*'], priority: 3 }) });
    expect(web.url).toBe('https://shop.example.com');
    const template = fixture.template();
    expect(only(template, RECORD).Properties).toMatchObject({
      Name: 'shop.example.com.',
      AliasTarget: { DNSName: 'dualstack.theirs.elb.amazonaws.com' },
    });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerCertificate', 1);
  });

  test('fails when names have nothing to point at', () => {
    const fixture = new Fixture();
    const listener = shared().ingress.listener;
    const domain = { zone: zoneOf(fixture), names: ['example.com'] };
    expectFailure(
      () => Ingress.fromListener(fixture.stack, 'Theirs', { listener, domain }),
      'domain needs loadBalancer, got none: its records must point somewhere',
    );
  });

  test('fails when there is none', () => {
    expectFailure(
      () =>
        Ingress.fromListener(new Fixture().stack, 'Theirs', {
          listener: undefined as unknown as elbv2.IApplicationListener,
        }),
      'listener must be given, got undefined',
    );
  });
});
