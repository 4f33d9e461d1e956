import type { App } from 'aws-cdk-lib';
import {
  Duration,
  Stack,
  aws_apigatewayv2 as apigatewayv2,
  aws_apigatewayv2_authorizers as authorizers,
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_logs as logs,
  aws_route53 as route53,
  aws_servicediscovery as servicediscovery,
} from 'aws-cdk-lib';
import { Routing } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, Template, newApp, only, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { container, made, serve, zoneOf } from '../support/http-apis';
import { all, bareService, idOf, lenientApp, serviceOf } from '../support/resources';

const API = 'AWS::ApiGatewayV2::Api';
const DOMAIN = 'AWS::ApiGatewayV2::DomainName';
const EGRESS = 'AWS::EC2::SecurityGroupEgress';
const INGRESS = 'AWS::EC2::SecurityGroupIngress';
const INTEGRATION = 'AWS::ApiGatewayV2::Integration';
const LINK = 'AWS::ApiGatewayV2::VpcLink';
const NAMESPACE = 'AWS::ServiceDiscovery::PrivateDnsNamespace';
const ROUTE = 'AWS::ApiGatewayV2::Route';
const STAGE = 'AWS::ApiGatewayV2::Stage';

describe('an API of one service', () => {
  test('has a name with certificate and record, and answers under no other', () => {
    const { template, web } = made((fixture) => ({
      pathPrefix: '/v1',
      newApi: { domain: { name: 'api.example.com', zone: zoneOf(fixture) } },
    }));
    expect(only(template, API).Properties.DisableExecuteApiEndpoint).toBe(true);
    const certificate = only(template, 'AWS::CertificateManager::Certificate');
    expect(certificate.Properties).toMatchObject({ DomainName: 'api.example.com', ValidationMethod: 'DNS' });
    const domain = only(template, DOMAIN);
    expect(domain.Properties).toEqual({
      DomainName: 'api.example.com',
      DomainNameConfigurations: [
        { CertificateArn: { Ref: certificate.id }, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    });
    expect(only(template, 'AWS::ApiGatewayV2::ApiMapping').Properties).toMatchObject({
      ApiId: { Ref: only(template, API).id },
      DomainName: { Ref: domain.id },
      Stage: '$default',
    });
    expect(only(template, 'AWS::Route53::RecordSet').Properties).toMatchObject({
      Name: 'api.example.com.',
      Type: 'A',
      AliasTarget: {
        DNSName: { 'Fn::GetAtt': [domain.id, 'RegionalDomainName'] },
        HostedZoneId: { 'Fn::GetAtt': [domain.id, 'RegionalHostedZoneId'] },
      },
    });
    expect(web.url).toBe('https://api.example.com/v1');
    expect(idOf(web.routing.domainName!)).toBe(domain.id);
    expect(idOf(web.routing.certificate!)).toBe(certificate.id);
  });

  test('takes a certificate of the user', () => {
    const arn = 'arn:aws:acm:eu-west-1:111122223333:certificate/given';
    const { template } = made((fixture) => ({
      newApi: {
        domain: {
          name: 'api.example.com',
          zone: new route53.PrivateHostedZone(fixture.stack, 'Zone', { zoneName: 'example.com', vpc: fixture.vpc }),
          certificate: acm.Certificate.fromCertificateArn(fixture.stack, 'Given', arn),
        },
      },
    }));
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    expect(only(template, DOMAIN).Properties.DomainNameConfigurations).toMatchObject([{ CertificateArn: arn }]);
  });

  test('has the limits and the log group that it is given', () => {
    const { template } = made(({ stack }) => ({
      newApi: {
        throttle: { rateLimit: 20 },
        accessLogGroup: logs.LogGroup.fromLogGroupArn(
          stack,
          'Logs',
          'arn:aws:logs:eu-west-1:111122223333:log-group:api',
        ),
      },
    }));
    expect(only(template, STAGE).Properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingBurstLimit: 500, ThrottlingRateLimit: 20 },
      AccessLogSettings: { DestinationArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:api:*' },
    });
    const off = made(() => ({ newApi: { accessLogs: false } }));
    expect(only(off.template, STAGE).Properties).not.toHaveProperty('AccessLogSettings');
    expect(off.web.routing.accessLogGroup).toBeUndefined();
  });
});

describe('what services share', () => {
  /** An API, a link and a namespace of another stack. */
  function shared(app: App = newApp()) {
    const fixture = new Fixture(app);
    const { stack, vpc } = fixture;
    const api = new apigatewayv2.HttpApi(stack, 'Api');
    const vpcLinkSecurityGroup = new ec2.SecurityGroup(stack, 'LinkGroup', { vpc, allowAllOutbound: false });
    const vpcLink = new apigatewayv2.VpcLink(stack, 'Link', { vpc, securityGroups: [vpcLinkSecurityGroup] });
    const namespace = new servicediscovery.PrivateDnsNamespace(stack, 'Namespace', { vpc, name: 'shop.internal' });
    return { fixture, api, options: { api, vpcLink, vpcLinkSecurityGroup, namespace } };
  }

  test('stays where it is, and each service brings its routes and rules', () => {
    const { fixture, options } = shared();
    const stacks = ['Orders', 'Docs'].map((id) => {
      const stack = new Stack(fixture.app, id);
      serve(fixture, { ...options, pathPrefix: `/${id.toLowerCase()}` }, {}, stack);
      return stack;
    });
    for (const stack of stacks) {
      const template = Template.fromStack(stack);
      expectAcyclic(template);
      template.resourceCountIs(API, 0);
      template.resourceCountIs(LINK, 0);
      template.resourceCountIs(STAGE, 0);
      template.resourceCountIs(NAMESPACE, 0);
      template.resourceCountIs(ROUTE, 2);
      template.resourceCountIs(INGRESS, 1);
      template.resourceCountIs(EGRESS, 1);
    }
    expect(fixture.stack.dependencies).toEqual([]);
    const template = fixture.template();
    template.resourceCountIs(ROUTE, 0);
    template.resourceCountIs(EGRESS, 0);
    template.resourceCountIs(LINK, 1);
  });

  test('may be imported', () => {
    const fixture = new Fixture();
    const { stack, vpc } = fixture;
    const web = serve(fixture, {
      api: apigatewayv2.HttpApi.fromHttpApiAttributes(stack, 'Api', { httpApiId: 'a1' }),
      vpcLink: apigatewayv2.VpcLink.fromVpcLinkAttributes(stack, 'Link', { vpcLinkId: 'l1', vpc }),
      vpcLinkSecurityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'LinkGroup', 'sg-1'),
      paths: ['/orders'],
    });
    const template = fixture.template();
    expect(only(template, INTEGRATION).Properties).toMatchObject({ ApiId: 'a1', ConnectionId: 'l1' });
    expect(all(template, INGRESS)).toMatchObject([{ SourceSecurityGroupId: 'sg-1', FromPort: 8080 }]);
    expect(web.routing.url).toBeUndefined();
    const known = apigatewayv2.HttpApi.fromHttpApiAttributes(stack, 'Known', {
      httpApiId: 'a2',
      apiEndpoint: 'https://a2.example.com',
    });
    expect(serve(fixture, { api: known, pathPrefix: '/b' }, {}, stack, 'Other').url).toBe('https://a2.example.com/b');
  });

  test('has the authorizer of the API, unless the route has its own', () => {
    const fixture = new Fixture();
    const api = new apigatewayv2.HttpApi(fixture.stack, 'Api', {
      defaultAuthorizer: new authorizers.HttpJwtAuthorizer('Users', 'https://id.example.com', {
        jwtAudience: ['shop'],
      }),
    });
    serve(fixture, { api, paths: ['/a'], authorizationScopes: ['read'] });
    serve(fixture, { api, paths: ['/b'], authorizer: new authorizers.HttpIamAuthorizer() }, {}, fixture.stack, 'Other');
    const byKey = Object.fromEntries(all(fixture.template(), ROUTE).map((route) => [route.RouteKey, route]));
    expect(byKey['ANY /a']).toMatchObject({ AuthorizationType: 'JWT', AuthorizationScopes: ['read'] });
    expect(byKey['ANY /b']).toMatchObject({ AuthorizationType: 'AWS_IAM' });
  });

  test('is the namespace of the cluster when it has DNS names', () => {
    const fixture = new Fixture();
    fixture.cluster.addDefaultCloudMapNamespace({ name: 'shop.internal' });
    serve(fixture);
    const template = fixture.template();
    const { id } = only(template, NAMESPACE);
    expect(only(template, 'AWS::ServiceDiscovery::Service').Properties.NamespaceId).toEqual({
      'Fn::GetAtt': [id, 'Id'],
    });
  });

  test('is not the namespace of the cluster when it has no DNS names', () => {
    const fixture = new Fixture();
    fixture.cluster.addDefaultCloudMapNamespace({ name: 'shop', type: servicediscovery.NamespaceType.HTTP });
    serve(fixture);
    fixture.template().resourceCountIs(NAMESPACE, 1);
  });

  test('is the registry of a service, for all its routes of one port', () => {
    const { fixture, options } = shared();
    const routing = Routing.all([Routing.httpApi({ ...options, paths: ['/a'] }), Routing.httpApi({ paths: ['/b'] })]);
    const web = serve(fixture, {}, { routing });
    expect(serviceOf(fixture.template()).ServiceRegistries).toHaveLength(1);
    expect(web.routing.more![0].cloudMapService).toBe(web.routing.cloudMapService);
    expect(warnings(web)).toEqual([]);
  });
});

test('a service beside a load balancer has what the load balancer wants', () => {
  const fixture = new Fixture();
  const web = fixture.web({
    container,
    slowStart: Duration.seconds(30),
    routing: Routing.all([Routing.http({ internal: true }), Routing.httpApi()]),
  });
  const template = fixture.template();
  expect(web.routing.more![0].httpApi).toBeDefined();
  expect(serviceOf(template).LoadBalancers).toHaveLength(1);
  expect(serviceOf(template).ServiceRegistries).toHaveLength(1);
});

test('a service beside a load balancer may speak to it what API Gateway does not', () => {
  const fixture = new Fixture();
  const arn = 'arn:aws:acm:eu-west-1:111122223333:certificate/given';
  const certificates = [acm.Certificate.fromCertificateArn(fixture.stack, 'Given', arn)];
  const routing = Routing.all([Routing.https({ internal: true, certificates }), Routing.httpApi({ port: 9000 })]);
  fixture.web({ container, protocolVersion: elbv2.ApplicationProtocolVersion.HTTP2, routing });
  expect(all(fixture.template(), 'AWS::ElasticLoadBalancingV2::TargetGroup')).toMatchObject([
    { ProtocolVersion: 'HTTP2' },
  ]);
});

test('a grace period is for a load balancer beside it, whichever is first', () => {
  const { template } = made();
  expect(serviceOf(template)).not.toHaveProperty('HealthCheckGracePeriodSeconds');
  const api = Routing.httpApi();
  const balanced = Routing.http({ internal: true });
  for (const routing of [Routing.all([api, balanced]), Routing.all([balanced, api])]) {
    const fixture = new Fixture(lenientApp());
    fixture.web({ container, routing, healthCheckGracePeriod: Duration.seconds(90) });
    expect(serviceOf(fixture.template()).HealthCheckGracePeriodSeconds).toBe(90);
  }
});

test('a grace period is for nobody when there are only APIs', () => {
  const routing = Routing.all([Routing.httpApi({ pathPrefix: '/a' }), Routing.httpApi({ pathPrefix: '/b' })]);
  expectFailure(
    () => new Fixture(lenientApp()).web({ container, routing, healthCheckGracePeriod: Duration.seconds(90) }),
    'healthCheckGracePeriod needs a load balancer, got a routing without one: leave it out',
  );
});

test('a container without a health check is warned of, for nobody else asks how it is', () => {
  const { web } = made(undefined, { container: { image: IMAGE } }, new Fixture(lenientApp()));
  expect(warnings(web)).toEqual([
    expect.stringMatching(/^the container 'app' has no healthCheck, .*cdk-containers:HttpApiTasksUnchecked]$/),
  ]);
});

test('a bare service takes the routing too', () => {
  const fixture = new Fixture(lenientApp());
  const service = bareService(fixture);
  const { stack, vpc } = fixture;
  const config = Routing.httpApi().bind(stack, { service, vpc, containerName: 'main', port: 3000 });
  expect(service.cloudMapService).toBe(config.cloudMapService);
  expect(all(fixture.template(), INGRESS)).toMatchObject([{ FromPort: 3000 }]);
});
