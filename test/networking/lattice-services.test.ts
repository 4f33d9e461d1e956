import {
  Duration,
  Stack,
  Token,
  aws_certificatemanager as acm,
  aws_iam as iam,
  aws_logs as logs,
  aws_route53 as route53,
  aws_vpclattice as vpclattice,
} from 'aws-cdk-lib';
import { Routing } from '../../lib';
import type { NewLatticeServiceOptions } from '../../lib';
import { Fixture, Template, only } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { arnOf, made } from '../support/lattice';
import { all, bareService, idOf, lenientApp, serviceOf } from '../support/resources';

const ASSOCIATION = 'AWS::VpcLattice::ServiceNetworkServiceAssociation';
const LISTENER = 'AWS::VpcLattice::Listener';
const POLICY = 'AWS::VpcLattice::AuthPolicy';
const RULE = 'AWS::VpcLattice::Rule';
const SERVICE = 'AWS::VpcLattice::Service';
const SUBSCRIPTION = 'AWS::VpcLattice::AccessLogSubscription';
const LISTENER_ARN = 'arn:aws:vpc-lattice:eu-west-1:111122223333:service/svc-1/listener/listener-1';

/** A service that is made as told. */
const serving = (newService: (fixture: Fixture) => NewLatticeServiceOptions) =>
  made((fixture) => ({ newService: newService(fixture) }));

describe('a new service', () => {
  test('has a name with certificate and record', () => {
    const { template, web } = serving(({ stack }) => ({
      domain: {
        name: 'orders.example.com',
        zone: new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' }),
      },
    }));
    const certificate = only(template, 'AWS::CertificateManager::Certificate');
    expect(certificate.Properties).toMatchObject({ DomainName: 'orders.example.com', ValidationMethod: 'DNS' });
    expect(only(template, SERVICE).Properties).toMatchObject({
      CustomDomainName: 'orders.example.com',
      CertificateArn: { Ref: certificate.id },
    });
    const { id } = only(template, SERVICE);
    expect(only(template, 'AWS::Route53::RecordSet').Properties).toMatchObject({
      Name: 'orders.example.com.',
      Type: 'A',
      AliasTarget: {
        DNSName: { 'Fn::GetAtt': [id, 'DnsEntry.DomainName'] },
        HostedZoneId: { 'Fn::GetAtt': [id, 'DnsEntry.HostedZoneId'] },
      },
    });
    expect(web.url).toBe('https://orders.example.com');
    expect(idOf(web.routing.certificate!)).toBe(certificate.id);
  });

  test('takes a certificate of the user, and needs none without HTTPS', () => {
    const arn = 'arn:aws:acm:eu-west-1:111122223333:certificate/given';
    const privateZone = ({ stack, vpc }: Fixture) =>
      new route53.PrivateHostedZone(stack, 'Zone', { zoneName: 'example.com', vpc });
    const given = serving((fixture) => ({
      domain: {
        name: 'orders.example.com',
        zone: privateZone(fixture),
        certificate: acm.Certificate.fromCertificateArn(fixture.stack, 'Given', arn),
      },
    }));
    expect(only(given.template, SERVICE).Properties.CertificateArn).toBe(arn);
    const unencrypted = serving((fixture) => ({
      encrypted: false,
      listenerPort: 8080,
      domain: { name: 'orders.example.com', zone: privateZone(fixture) },
    }));
    expect(only(unencrypted.template, SERVICE).Properties).not.toHaveProperty('CertificateArn');
    expect(only(unencrypted.template, LISTENER).Properties).toMatchObject({ Protocol: 'HTTP', Port: 8080 });
    expect(unencrypted.web.url).toBe('http://orders.example.com:8080');
  });

  test('is in the networks that it is given', () => {
    const arn = 'arn:aws:vpc-lattice:eu-west-1:444455556666:servicenetwork/sn-1';
    const { template } = serving(({ stack }) => ({
      serviceNetworks: [new vpclattice.CfnServiceNetwork(stack, 'Network')],
      serviceNetworkArns: [arn],
    }));
    const service = arnOf(template, SERVICE);
    expect(all(template, ASSOCIATION)).toEqual([
      { ServiceIdentifier: service, ServiceNetworkIdentifier: { Ref: 'Network' } },
      { ServiceIdentifier: service, ServiceNetworkIdentifier: arn },
    ]);
  });

  test('lets in whom it is told', () => {
    const statement = new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions: ['vpc-lattice-svcs:Invoke'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } },
    });
    const { template } = serving(() => ({ authPolicy: new iam.PolicyDocument({ statements: [statement] }) }));
    expect(only(template, POLICY).Properties.Policy.Statement).toMatchObject([
      { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } } },
    ]);
    const open = serving(() => ({ unauthenticated: true }));
    expect(only(open.template, SERVICE).Properties.AuthType).toBe('NONE');
    open.template.resourceCountIs(POLICY, 0);
  });

  test('has the log group that it is given, or none', () => {
    const arn = 'arn:aws:logs:eu-west-1:111122223333:log-group:lattice';
    const given = serving(({ stack }) => ({ accessLogGroup: logs.LogGroup.fromLogGroupArn(stack, 'Logs', arn) }));
    expect(only(given.template, SUBSCRIPTION).Properties.DestinationArn).toBe(`${arn}:*`);
    const off = serving(() => ({ accessLogs: false }));
    off.template.resourceCountIs(SUBSCRIPTION, 0);
    expect(off.web.routing.accessLogGroup).toBeUndefined();
  });
});

describe('a listener of others', () => {
  test('of another stack gets a rule in the stack of the service', () => {
    const fixture = new Fixture();
    const owner = fixture.web({ routing: Routing.lattice() });
    const consumer = new Stack(fixture.app, 'Consumer');
    const listener = owner.routing.latticeListener!;
    const routing = Routing.lattice({ listener, priority: 10, pathPrefix: '/docs/' });
    const web = fixture.web({ routing }, consumer);
    const template = Template.fromStack(consumer);
    expectAcyclic(template);
    [SERVICE, LISTENER, POLICY, SUBSCRIPTION].forEach((type) => template.resourceCountIs(type, 0));
    const { Priority, ListenerIdentifier } = only(template, RULE).Properties;
    expect(Priority).toBe(10);
    expect(JSON.stringify(ListenerIdentifier)).toContain(idOf(listener));
    expect(fixture.stack.dependencies).toEqual([]);
    fixture.template().resourceCountIs(RULE, 1);
    expect(web.routing.url).toBeUndefined();
    expect(web.routing.latticeListener).toBeUndefined();
  });

  test('may be known by its ARN only', () => {
    const { template } = made(() => ({ listenerArn: LISTENER_ARN, priority: 3 }));
    expect(only(template, RULE).Properties).toMatchObject({
      ListenerIdentifier: LISTENER_ARN,
      ServiceIdentifier: 'svc-1',
      Priority: 3,
      Match: { HttpMatch: { PathMatch: { Match: { Prefix: '/' } } } },
    });
  });

  test('may be a token', () => {
    const { template } = made(() => ({ listenerArn: Token.asString({ Ref: 'Arn' }), priority: 3 }));
    expect(only(template, RULE).Properties.ServiceIdentifier).toEqual({
      'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'Arn' }] }],
    });
  });
});

test('ECS may have a role of the user', () => {
  const arn = 'arn:aws:iam::111122223333:role/ecs-lattice';
  const { template, web } = made(({ stack }) => ({ infrastructureRole: iam.Role.fromRoleArn(stack, 'Role', arn) }));
  expect(serviceOf(template).VpcLatticeConfigurations).toMatchObject([{ RoleArn: arn }]);
  expect(web.node.tryFindChild('InfrastructureRole')).toBeUndefined();
});

test('a service may have several ways, and each registers its port', () => {
  const fixture = new Fixture();
  const web = fixture.web({
    slowStart: Duration.seconds(30),
    routing: Routing.all([
      Routing.lattice(),
      Routing.lattice({ port: 9000, listenerArn: LISTENER_ARN, priority: 1 }),
      Routing.http({ internal: true }),
    ]),
  });
  const template = fixture.template();
  expectAcyclic(template);
  expect(serviceOf(template)).toMatchObject({
    HealthCheckGracePeriodSeconds: 60,
    VpcLatticeConfigurations: [{ PortName: 'port-8080' }, { PortName: 'port-9000' }],
    LoadBalancers: [{ ContainerPort: 8080 }],
  });
  expect(web.routing.more).toHaveLength(2);
});

test('a bare service takes the routing too', () => {
  const fixture = new Fixture(lenientApp());
  const { stack, vpc } = fixture;
  const service = bareService(fixture);
  Routing.lattice().bind(stack, { service, vpc, containerName: 'main', port: 3000 });
  const template = fixture.template();
  expect(serviceOf(template).VpcLatticeConfigurations).toMatchObject([{ PortName: 'port-3000' }]);
  expect(serviceOf(template).HealthCheckGracePeriodSeconds).toBe(60);
});
