import { Duration, aws_certificatemanager as acm, aws_ec2 as ec2, aws_route53 as route53 } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Routing } from '../../lib';
import type { HttpRoutingOptions } from '../../lib';
import { Fixture, newApp, only, warnings } from '../support/fixture';
import { all, attributesOf, bareService, idOf, lenientApp, once, resourceOf } from '../support/resources';

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const INGRESS = 'AWS::EC2::SecurityGroupIngress';

const certificateOf = ({ stack }: Fixture, id = 'Given') =>
  acm.Certificate.fromCertificateArn(stack, id, `arn:aws:acm:eu-west-1:111122223333:certificate/${id}`);
const zoneOf = ({ stack }: Fixture) => new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });

/** Every routing with a load balancer of its own: a new kind is a row here. */
const OWN: { name: string; make: (fixture: Fixture, options: HttpRoutingOptions) => Routing; port: number }[] = [
  { name: 'Routing.http', make: (_fixture, options) => Routing.http(options), port: 80 },
  {
    name: 'Routing.https',
    make: (fixture, options) => Routing.https({ certificates: [certificateOf(fixture)], ...options }),
    port: 443,
  },
  {
    name: 'Routing.domain',
    make: (fixture, options) => Routing.domain('app.example.com', { zone: zoneOf(fixture), ...options }),
    port: 443,
  },
];

/** A service behind a routing; a public plain one only warns. */
function routed(make: (fixture: Fixture) => Routing) {
  const fixture = new Fixture(lenientApp());
  const web = fixture.web({ routing: make(fixture) });
  return { fixture, web, template: fixture.template() };
}

describe.each(OWN)('$name', ({ make, port }) => {
  const made = (options: HttpRoutingOptions) => routed((fixture) => make(fixture, options));
  const plain = once(() => made({}));

  test('opens one port and answers 404 to what no rule wants', () => {
    expect(only(plain().template, LISTENER).Properties).toMatchObject({
      Port: port,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
  });

  test('has an explicit rule for the service', () => {
    const { template, web } = plain();
    expect(only(template, RULE).Properties).toMatchObject({
      ListenerArn: { Ref: idOf(web.routing.listener!) },
      Priority: 1,
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: idOf(web.targetGroup) } }],
    });
    expect(resourceOf(template, web.service).DependsOn).toContain(idOf(web.routing.listenerRule!));
  });

  test('drops headers that are not valid', () => {
    const { LoadBalancerAttributes } = only(plain().template, LOAD_BALANCER).Properties;
    expect(attributesOf(LoadBalancerAttributes)['routing.http.drop_invalid_header_fields.enabled']).toBe('true');
  });

  test.each([
    [undefined, 'true'],
    [true, 'true'],
    [false, undefined],
  ])('is protected from deletion unless told otherwise: %s', (deletionProtection, expected) => {
    const { LoadBalancerAttributes } = only(made({ deletionProtection }).template, LOAD_BALANCER).Properties;
    const value = attributesOf(LoadBalancerAttributes)['deletion_protection.enabled'];
    expect(value === 'false' ? undefined : value).toBe(expected);
  });

  test('is public in public subnets, open to everyone at its port and to nobody at another', () => {
    const { fixture, web, template } = plain();
    expect(only(template, LOAD_BALANCER).Properties).toMatchObject({
      Scheme: 'internet-facing',
      Subnets: fixture.vpc.publicSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    });
    const [group] = web.loadBalancer.connections.securityGroups;
    expect(resourceOf(template, group).Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: port, ToPort: port }),
    ]);
  });

  test('is open only to whom it is told', () => {
    const { web, template } = made({ allowFrom: [ec2.Peer.ipv4('198.51.100.0/24'), ec2.Peer.ipv4('10.1.0.0/16')] });
    const [group] = web.loadBalancer.connections.securityGroups;
    expect(resourceOf(template, group).Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '198.51.100.0/24', FromPort: port, ToPort: port }),
      expect.objectContaining({ CidrIp: '10.1.0.0/16', FromPort: port, ToPort: port }),
    ]);
  });

  test('is internal in private subnets, and closed', () => {
    const { fixture, web, template } = made({ internal: true });
    expect(only(template, LOAD_BALANCER).Properties).toMatchObject({
      Scheme: 'internal',
      Subnets: fixture.vpc.privateSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    });
    const [group] = web.loadBalancer.connections.securityGroups;
    expect(resourceOf(template, group).Properties).not.toHaveProperty('SecurityGroupIngress');
    const open = all(template, INGRESS).filter((rule) => rule.GroupId['Fn::GetAtt'][0] === idOf(group));
    expect(open).toEqual([]);
  });

  test('reaches the port of the tasks, and nothing else', () => {
    const { web, template } = plain();
    const [group] = web.loadBalancer.connections.securityGroups;
    expect(resourceOf(template, group).Properties).not.toHaveProperty('SecurityGroupEgress');
    expect(all(template, 'AWS::EC2::SecurityGroupEgress')).toEqual([
      expect.objectContaining({
        GroupId: { 'Fn::GetAtt': [idOf(group), 'GroupId'] },
        DestinationSecurityGroupId: { 'Fn::GetAtt': [idOf(web.connections.securityGroups[0]), 'GroupId'] },
        FromPort: 8080,
        ToPort: 8080,
      }),
    ]);
  });

  test('stands in the subnets that it is given', () => {
    const { fixture, template } = routed((given) =>
      make(given, { internal: true, loadBalancerSubnets: { subnets: [...given.vpc.publicSubnets].reverse() } }),
    );
    expect(only(template, LOAD_BALANCER).Properties.Subnets).toEqual(
      [...fixture.vpc.publicSubnets].reverse().map((subnet) => ({ Ref: idOf(subnet) })),
    );
  });

  test('can be opened from outside to a client', () => {
    const fixture = new Fixture();
    const web = fixture.web({ routing: make(fixture, { internal: true }) });
    const client = new ec2.SecurityGroup(fixture.stack, 'Client', { vpc: fixture.vpc });
    web.loadBalancer.connections.allowFrom(client, ec2.Port.tcp(port));
    const sources = all(fixture.template(), INGRESS).map((rule) => rule.SourceSecurityGroupId['Fn::GetAtt'][0]);
    expect(sources).toContain(idOf(client));
  });
});

describe('Routing.http', () => {
  test('warns when it is public', () => {
    const { web } = routed(() => Routing.http());
    expect(warnings(web)).toEqual([
      'Routing.http() of a public service sends everything unencrypted over the internet: use Routing.domain or Routing.https ' +
        '[ack: Annotation::cdk-containers:RoutingPublicHttp]',
    ]);
  });

  test('is silent when it is internal', () => {
    expect(warnings(routed(() => Routing.http({ internal: true })).web)).toEqual([]);
  });

  test('sends all paths to the service, under the name of the load balancer', () => {
    const { web, template } = routed(() => Routing.http({ internal: true }));
    expect(only(template, RULE).Properties.Conditions).toEqual([
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } },
    ]);
    expect(web.url).toBe(`http://${web.loadBalancer.loadBalancerDnsName}`);
    expect(only(template, LISTENER).Properties).toMatchObject({ Protocol: 'HTTP' });
  });
});

describe('HTTPS', () => {
  const https = (fixture: Fixture) =>
    Routing.https({ certificates: [certificateOf(fixture, 'A'), certificateOf(fixture, 'B')] });
  const domain = (fixture: Fixture) => Routing.domain('app.example.com', { zone: zoneOf(fixture) });

  test.each([
    ['Routing.https', https, true],
    ['Routing.domain', domain, true],
    ['Routing.https', https, false],
    ['Routing.domain', domain, false],
  ])('of %s speaks TLS 1.2 and 1.3 only, whatever the feature flag of CDK', (_name, make, flag) => {
    const fixture = new Fixture(newApp({ '@aws-cdk/aws-elasticloadbalancingv2:usePostQuantumTlsPolicy': flag }));
    fixture.web({ routing: make(fixture) });
    expect(only(fixture.template(), LISTENER).Properties).toMatchObject({
      Protocol: 'HTTPS',
      SslPolicy: expect.stringMatching(/^ELBSecurityPolicy-TLS13-1-2-(Res-)?(PQ-)?20\d\d-\d\d$/),
    });
  });

  test.each([
    ['Routing.https', https],
    ['Routing.domain', domain],
  ])('of %s opens no port 80 unless asked', (_name, make) => {
    const { template } = routed(make);
    expect(all(template, LISTENER).map((listener) => listener.Port)).toEqual([443]);
    expect(JSON.stringify(all(template, 'AWS::EC2::SecurityGroup'))).not.toContain('"FromPort":80,');
  });

  test('redirects from port 80 when asked, to whom it is open', () => {
    const allowFrom = [ec2.Peer.ipv4('198.51.100.0/24')];
    const { web, template } = routed((fixture) =>
      Routing.https({ certificates: [certificateOf(fixture)], redirectHttp: true, allowFrom }),
    );
    const [redirect] = all(template, LISTENER).filter((listener) => listener.Port === 80);
    expect(redirect.DefaultActions).toEqual([
      { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
    ]);
    const [group] = web.loadBalancer.connections.securityGroups;
    expect(resourceOf(template, group).Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '198.51.100.0/24', FromPort: 80, ToPort: 80 }),
      expect.objectContaining({ CidrIp: '198.51.100.0/24', FromPort: 443, ToPort: 443 }),
    ]);
  });

  test('of Routing.https has all certificates, the first one as the default', () => {
    const { web, template } = routed(https);
    const arn = (id: string) => [{ CertificateArn: `arn:aws:acm:eu-west-1:111122223333:certificate/${id}` }];
    expect(only(template, LISTENER).Properties.Certificates).toEqual(arn('A'));
    expect(all(template, 'AWS::ElasticLoadBalancingV2::ListenerCertificate')[0].Certificates).toEqual(arn('B'));
    expect(web.url).toBe(`https://${web.loadBalancer.loadBalancerDnsName}`);
  });
});

describe('Routing.domain', () => {
  test('makes a certificate, validates it in the zone and points the name to the load balancer', () => {
    const { fixture, web, template } = routed((given) => Routing.domain('app.example.com', { zone: zoneOf(given) }));
    const zone = { Ref: idOf(fixture.stack.node.findChild('Zone')) };
    expect(only(template, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({
      DomainName: 'app.example.com',
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: 'app.example.com', HostedZoneId: zone }],
    });
    expect(only(template, 'AWS::Route53::RecordSet').Properties).toMatchObject({
      Name: 'app.example.com.',
      Type: 'A',
      HostedZoneId: zone,
      AliasTarget: { HostedZoneId: { 'Fn::GetAtt': [idOf(web.loadBalancer), 'CanonicalHostedZoneID'] } },
    });
    expect(only(template, RULE).Properties.Conditions).toEqual([
      { Field: 'host-header', HostHeaderConfig: { Values: ['app.example.com'] } },
    ]);
    expect([web.url, web.routing.certificate]).toEqual(['https://app.example.com', expect.any(acm.Certificate)]);
  });

  test('takes the name of the zone itself, and a certificate of yours', () => {
    const { template } = routed((given) =>
      Routing.domain('example.com', { zone: zoneOf(given), certificate: certificateOf(given) }),
    );
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    expect(only(template, 'AWS::Route53::RecordSet').Properties.Name).toBe('example.com.');
  });
});

describe('Routing.domain with a wildcard', () => {
  test('serves all names, and so has no URL', () => {
    const { web, template } = routed((given) => Routing.domain('*.example.com', { zone: zoneOf(given) }));
    expect(only(template, 'AWS::Route53::RecordSet').Properties.Name).toBe('*.example.com.');
    expect(web.routing.url).toBeUndefined();
  });
});

describe('Routing.bind for a service of yours', () => {
  test('makes load balancer, rule and target group for a bare L2 service', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    const { vpc, stack } = fixture;
    const healthCheck: elbv2.HealthCheck = { path: '/ready', interval: Duration.seconds(15) };
    const target = { service, containerName: 'main', port: 3000, vpc, healthCheck };
    const made = Routing.http({ internal: true }).bind(stack, target);
    const template = fixture.template();
    expect(only(template, 'AWS::ECS::Service').Properties.LoadBalancers).toEqual([
      { ContainerName: 'main', ContainerPort: 3000, TargetGroupArn: { Ref: idOf(made.targetGroup!) } },
    ]);
    expect(resourceOf(template, made.targetGroup!).Properties).toMatchObject({
      HealthCheckPath: '/ready',
      HealthCheckIntervalSeconds: 15,
    });
  });
});
