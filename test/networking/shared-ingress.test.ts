import {
  Duration,
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_wafv2 as wafv2,
} from 'aws-cdk-lib';
import { Ingress } from '../../lib';
import type { Template } from '../support/fixture';
import { Fixture, only, warnings } from '../support/fixture';
import { LISTENER, RECORD, shared, zoneOf } from '../support/ingress';
import { all, idOf, resourceOf } from '../support/resources';

const attributes = (template: Template): Record<string, unknown> =>
  Object.fromEntries(
    only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.LoadBalancerAttributes.map(
      ({ Key, Value }: { Key: string; Value: unknown }) => [Key, Value],
    ),
  );

describe('a shared load balancer', () => {
  test('speaks HTTPS only, and answers 404 to what no route names', () => {
    const { fixture, ingress } = shared();
    const template = fixture.template();
    const listener = only(template, LISTENER);
    expect(listener.Properties).toMatchObject({
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
      Certificates: [{ CertificateArn: { Ref: only(template, 'AWS::CertificateManager::Certificate').id } }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
    expect(idOf(ingress.listener)).toBe(listener.id);
    expect(ingress.loadBalancer.listeners).toEqual([ingress.listener]);
  });

  test('has one certificate and a record for each name', () => {
    const { fixture } = shared();
    const template = fixture.template();
    expect(only(template, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({
      DomainName: 'example.com',
      SubjectAlternativeNames: ['*.example.com'],
      ValidationMethod: 'DNS',
    });
    expect(all(template, RECORD).map(({ Name, Type }) => [Name, Type])).toEqual([
      ['example.com.', 'A'],
      ['*.example.com.', 'A'],
    ]);
  });

  test('takes certificates of the user, after the one of the domain', () => {
    const fixture = new Fixture();
    const zone = zoneOf(fixture);
    const arn = (id: number) => `arn:aws:acm:eu-west-1:111122223333:certificate/${id}`;
    const [mine, other] = [1, 2].map((id) => acm.Certificate.fromCertificateArn(fixture.stack, `C${id}`, arn(id)));
    new Ingress(fixture.stack, 'Ingress', {
      vpc: fixture.vpc,
      domain: { zone, names: ['example.com'], certificate: mine },
      certificates: [other],
    });
    const template = fixture.template();
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    expect(only(template, LISTENER).Properties.Certificates).toEqual([{ CertificateArn: arn(1) }]);
    expect(only(template, 'AWS::ElasticLoadBalancingV2::ListenerCertificate').Properties.Certificates).toEqual([
      { CertificateArn: arn(2) },
    ]);
  });

  test('has no way in from port 80, unless it redirects', () => {
    const { fixture } = shared({ redirectHttp: true });
    const [redirect] = all(fixture.template(), LISTENER);
    expect(redirect).toMatchObject({
      Port: 80,
      DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443' } }],
    });
    shared().fixture.template().resourcePropertiesCountIs(LISTENER, { Port: 80 }, 0);
  });

  test('is protected, drops invalid headers and writes access logs', () => {
    const { fixture, ingress } = shared();
    expect(attributes(fixture.template())).toEqual({
      'deletion_protection.enabled': 'true',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': { Ref: idOf(ingress.accessLogsBucket!) },
    });
  });

  test('is set as it is told', () => {
    const { fixture, ingress } = shared({
      accessLogs: false,
      deletionProtection: false,
      idleTimeout: Duration.seconds(120),
      clientKeepAlive: Duration.minutes(2),
      desyncMitigationMode: elbv2.DesyncMitigationMode.STRICTEST,
    });
    expect(attributes(fixture.template())).toEqual({
      'deletion_protection.enabled': 'false',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'idle_timeout.timeout_seconds': '120',
      'client_keep_alive.seconds': '120',
      'routing.http.desync_mitigation_mode': 'strictest',
    });
    expect(ingress.accessLogsBucket).toBeUndefined();
  });

  test('stands inside the network when told so, closed until somebody is let in', () => {
    const { fixture, ingress } = shared({ internal: true });
    ingress.connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.9.0.0/16'));
    const template = fixture.template();
    expect(only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties).toMatchObject({
      Scheme: 'internal',
      Subnets: fixture.vpc.privateSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    });
    const [group] = ingress.loadBalancer.connections.securityGroups;
    expect(resourceOf(template, group).Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '10.9.0.0/16', FromPort: 443, ToPort: 443 }),
    ]);
  });

  test('lets in whom it is told to', () => {
    const { fixture, ingress } = shared({
      redirectHttp: true,
      allowFrom: [ec2.Peer.ipv4('192.0.2.0/24'), ec2.Peer.prefixList('pl-1')],
    });
    const [group] = ingress.loadBalancer.connections.securityGroups;
    const template = fixture.template();
    expect(
      resourceOf(template, group).Properties.SecurityGroupIngress.map(({ CidrIp, FromPort }: any) => [
        CidrIp,
        FromPort,
      ]),
    ).toEqual([
      ['192.0.2.0/24', 80],
      ['192.0.2.0/24', 443],
    ]);
    expect(
      all(template, 'AWS::EC2::SecurityGroupIngress').map(({ SourcePrefixListId: list, FromPort }) => [list, FromPort]),
    ).toEqual([
      ['pl-1', 80],
      ['pl-1', 443],
    ]);
  });

  test('takes a web ACL', () => {
    const fixture = new Fixture();
    const webAcl = new wafv2.CfnWebACL(fixture.stack, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'acl', sampledRequestsEnabled: true },
    });
    const domain = { zone: zoneOf(fixture), names: ['example.com'] };
    const ingress = new Ingress(fixture.stack, 'Ingress', { vpc: fixture.vpc, domain, webAcl });
    expect(only(fixture.template(), 'AWS::WAFv2::WebACLAssociation').Properties).toEqual({
      ResourceArn: { Ref: idOf(ingress.loadBalancer) },
      WebACLArn: { 'Fn::GetAtt': [idOf(webAcl), 'Arn'] },
    });
    shared().fixture.template().resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
  });

  test('speaks IPv6 too: records, and the way in', () => {
    const { fixture, ingress } = shared({ ipAddressType: elbv2.IpAddressType.DUAL_STACK });
    const template = fixture.template();
    expect(all(template, RECORD).map(({ Type }) => Type)).toEqual(['A', 'AAAA', 'A', 'AAAA']);
    const [group] = ingress.loadBalancer.connections.securityGroups;
    expect(resourceOf(template, group).Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0' }),
      expect.objectContaining({ CidrIpv6: '::/0' }),
    ]);
  });

  test('asks clients for certificates', () => {
    const fixture = new Fixture();
    const trustStore = elbv2.TrustStore.fromTrustStoreArn(
      fixture.stack,
      'Trust',
      'arn:aws:elasticloadbalancing:eu-west-1:1:truststore/a/1',
    );
    new Ingress(fixture.stack, 'Ingress', {
      vpc: fixture.vpc,
      domain: { zone: zoneOf(fixture), names: ['example.com'] },
      mutualAuthentication: { mutualAuthenticationMode: elbv2.MutualAuthenticationMode.VERIFY, trustStore },
    });
    expect(only(fixture.template(), LISTENER).Properties.MutualAuthentication).toMatchObject({ Mode: 'verify' });
  });

  test('gets more domains later, each with a certificate', () => {
    const { fixture, ingress, web } = shared();
    const zone = zoneOf(fixture, 'example.org', 'Org');
    ingress.addDomain('Org', { zone, names: ['example.org'] });
    const routed = web('Other', { hosts: ['example.org'] });
    const template = fixture.template();
    expect(all(template, RECORD).map(({ Name, HostedZoneId }) => [Name, HostedZoneId])).toContainEqual([
      'example.org.',
      'ZOrg',
    ]);
    const certificates = template.findResources('AWS::CertificateManager::Certificate', {
      Properties: { DomainName: 'example.org' },
    });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::ListenerCertificate').Properties).toEqual({
      Certificates: [{ CertificateArn: { Ref: Object.keys(certificates)[0] } }],
      ListenerArn: { Ref: idOf(ingress.listener) },
    });
    expect(routed.url).toBe('https://example.org');
    expect(warnings(fixture.app).join()).not.toContain('IngressHostUnknown');
  });

  test('speaks plain HTTP where that is said, with records and no certificate', () => {
    const { fixture, ingress, web } = shared({ plainHttp: true, internal: true });
    expect(web('Api', { hosts: ['api.example.com'] }).url).toBe('http://api.example.com');
    ingress.addDomain('Org', { zone: zoneOf(fixture, 'example.org', 'Org'), names: ['example.org'] });
    const template = fixture.template();
    expect(only(template, LISTENER).Properties).toMatchObject({ Port: 80, Protocol: 'HTTP' });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourceCountIs(RECORD, 3);
    expect(warnings(fixture.app).join()).not.toContain('IngressPublicHttp');
  });

  test('warns when plain HTTP goes over the internet', () => {
    const { fixture } = shared({ plainHttp: true });
    expect(warnings(fixture.app).join()).toContain('cdk-containers:IngressPublicHttp');
  });

  test('warns of more certificates than it holds', () => {
    const fixture = new Fixture();
    const certificates = Array.from({ length: 27 }, (_, index) =>
      acm.Certificate.fromCertificateArn(fixture.stack, `C${index}`, `arn:aws:acm:eu-west-1:1:certificate/${index}`),
    );
    const make = (id: string, count: number) =>
      new Ingress(fixture.stack, id, { vpc: fixture.vpc, certificates: certificates.slice(0, count) });
    expect(warnings(make('Full', 26))).toEqual([]);
    expect(warnings(make('Over', 27)).join()).toContain('cdk-containers:IngressCertificates');
  });
});
