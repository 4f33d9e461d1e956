import {
  Duration,
  Stack,
  Token,
  aws_apigatewayv2 as apigatewayv2,
  aws_apigatewayv2_integrations as integrations,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_logs as logs,
  aws_route53 as route53,
  aws_servicediscovery as servicediscovery,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Capacity, Routing } from '../../lib';
import type { DomainOptions, HttpApiRoutingOptions, WebServiceProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, newApp } from '../support/fixture';
import { serve, zoneOf } from '../support/http-apis';
import { bareService } from '../support/resources';

const { GET, POST } = apigatewayv2.HttpMethod;

describe('a wrong HTTP API', () => {
  type Wrong = [string, (fixture: Fixture) => HttpApiRoutingOptions, string, Partial<WebServiceProps>?];
  const apiOf = ({ stack }: Fixture) => new apigatewayv2.HttpApi(stack, 'Api');
  const groupOf = ({ stack }: Fixture) => ec2.SecurityGroup.fromSecurityGroupId(stack, 'LinkGroup', 'sg-1');
  const linkOf = ({ stack, vpc }: Fixture) =>
    apigatewayv2.VpcLink.fromVpcLinkAttributes(stack, 'Link', { vpcLinkId: 'l1', vpc });
  const named = (name: string) => (fixture: Fixture) => ({ newApi: { domain: { name, zone: zoneOf(fixture) } } });

  test.each<Wrong>([
    [
      'an API is given and a new one described',
      (fixture) => ({ api: apiOf(fixture), newApi: {} }),
      'api and newApi must not be given together, got both: what newApi says of a new API, the owner of api says there',
    ],
    [
      'a key is misspelt',
      () => ({ path: '/orders' }) as object,
      'the options of Routing.httpApi must be an object with api, newApi, paths, pathPrefix, methods, authorizer, authorizationScopes, vpcLink, vpcLinkSecurityGroup, vpcLinkSubnets, namespace, parameterMapping, secureServerName, timeout, containerName, port, got path',
    ],
    [
      'an option of a new API is misspelt',
      () => ({ newApi: { accesslogs: false } as object }),
      'the options of newApi must be an object with domain, corsPreflight, throttle, accessLogs, accessLogGroup, got accesslogs',
    ],
    [
      'a log group is given for no access logs',
      ({ stack }) => ({ newApi: { accessLogs: false, accessLogGroup: new logs.LogGroup(stack, 'Log') } }),
      'accessLogGroup needs access logs, got accessLogs: false: leave one of them out, as nothing would be written there',
    ],
    [
      'the domain is its name only',
      () => ({ newApi: { domain: 'api.example.com' as unknown as DomainOptions } }),
      'the options of newApi.domain must be an object with name, zone, certificate, got no object',
    ],
    [
      'the options are null',
      () => null as unknown as HttpApiRoutingOptions,
      'the options of Routing.httpApi must be given, got null',
    ],
    [
      'there is a grace period and no load balancer, which ECS refuses',
      () => ({}),
      'healthCheckGracePeriod needs a load balancer, got a routing without one: leave it out',
      { healthCheckGracePeriod: Duration.seconds(90) },
    ],
    [
      'a link comes without its security group',
      (fixture) => ({ vpcLink: linkOf(fixture) }),
      'vpcLinkSecurityGroup must be given with vpcLink, got none: the tasks let in this security group and nobody else',
    ],
    [
      'a security group comes without its link',
      (fixture) => ({ vpcLinkSecurityGroup: groupOf(fixture) }),
      'vpcLinkSecurityGroup must be left out without vpcLink, got one: a new link has a security group of its own',
    ],
    [
      'a link gets other subnets',
      (fixture) => ({ vpcLink: linkOf(fixture), vpcLinkSecurityGroup: groupOf(fixture), vpcLinkSubnets: {} }),
      'vpcLinkSubnets must be left out with vpcLink, got some: a link keeps its subnets',
    ],
    [
      'the namespace has no DNS names',
      ({ stack }) => ({ namespace: new servicediscovery.HttpNamespace(stack, 'Names', { name: 'shop' }) }),
      expect.stringMatching(
        /^namespace must be one with DNS names, got '.*' without: API Gateway finds tasks of ECS by SRV records only, so use a PrivateDnsNamespace, or leave namespace out$/,
      ) as unknown as string,
    ],
    [
      'scopes come without who checks them',
      () => ({ authorizationScopes: ['read'] }),
      'authorizationScopes needs an authorizer that checks tokens, got none: pass a HttpJwtAuthorizer',
    ],
    [
      'the name is of another zone',
      named('api.example.org'),
      "the domain name must be 'example.com' or end with '.example.com', the name of its zone, got 'api.example.org'",
    ],
    [
      'the name is in capitals',
      named('API.example.com'),
      "the domain name must be lower case such as 'app.example.com' or '*.example.com', got 'API.example.com'",
    ],
    [
      'the name is many',
      named('*.example.com'),
      "newApi.domain.name must be one name, got '*.example.com': behind any name stands a load balancer only",
    ],
    [
      'the zone of a new certificate is private',
      ({ stack, vpc }) => ({
        newApi: {
          domain: {
            name: 'api.example.com',
            zone: new route53.PrivateHostedZone(stack, 'Zone', { zoneName: 'example.com', vpc }),
          },
        },
      }),
      "a certificate for 'api.example.com' cannot be validated in a private zone, because nobody outside sees it: pass certificate",
    ],
    [
      'the service speaks gRPC',
      () => ({}),
      'protocolVersion must be HTTP1 with Routing.httpApi, because API Gateway speaks HTTP/1.1 to tasks, got GRPC: use a load balancer',
      { protocolVersion: elbv2.ApplicationProtocolVersion.GRPC },
    ],
    [
      'the service has a health check of a load balancer',
      () => ({}),
      "healthCheck must be left out with Routing.httpApi, got one for 'Shop/Web/Service': API Gateway has no such setting, so use a load balancer for it",
      { healthCheck: { path: '/health' } },
    ],
    [
      'the service has a deregistration delay',
      () => ({}),
      "deregistrationDelay must be left out with Routing.httpApi, got one for 'Shop/Web/Service': API Gateway has no such setting, so use a load balancer for it",
      { deregistrationDelay: Duration.seconds(0) },
    ],
    [
      'the container is not there',
      () => ({ containerName: 'proxy' }),
      "containerName must be a container of 'Shop/Web/TaskDefinition', got 'proxy': add it to the task definition first, and then bind the route",
    ],
    ['the port is none', () => ({ port: 70000 }), 'port must be between 1 and 65535, got 70000'],
    [
      'the machines are outside of AWS',
      () => ({}),
      'routing must be Routing.none() on Capacity.external(), got one with a load balancer: ECS attaches no load balancer to machines outside AWS, so use another capacity for it',
      { capacity: Capacity.external() },
    ],
  ])('fails when %s', (_what, options, message, props = {}) => {
    const fixture = new Fixture();
    expect(() => serve(fixture, options(fixture), props)).toThrow(
      expect.objectContaining({ name: 'ContainersError', message }),
    );
  });

  test('fails when the link is in another network', () => {
    const stack = new Stack(newApp(), 'Shop');
    const vpcOf = (id: string, vpcId = id) =>
      ec2.Vpc.fromVpcAttributes(stack, id, { vpcId, availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: vpcOf('vpc-1') });
    const service = bareService({ stack, cluster } as Fixture);
    const vpcLinkSecurityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
    const linkIn = (vpc: ec2.IVpc, id: string) => {
      const scope = new Construct(stack, id);
      const vpcLink = apigatewayv2.VpcLink.fromVpcLinkAttributes(scope, 'Link', { vpcLinkId: 'l1', vpc });
      const target = { service, vpc: cluster.vpc, containerName: 'main', port: 3000 };
      return Routing.httpApi({ vpcLink, vpcLinkSecurityGroup }).bind(scope, target);
    };
    expectFailure(
      () => linkIn(vpcOf('vpc-2'), 'Other'),
      'vpcLink must be in the VPC of the service (vpc-1), got one in vpc-2: an API may have several links, so make one there',
    );
    expect(() => linkIn(cluster.vpc, 'Own')).not.toThrow();
    expect(() => linkIn(vpcOf('Unknown', Token.asString({ Ref: 'Vpc' })), 'Token')).not.toThrow();
  });

  test('fails when two services want one route of an API', () => {
    const fixture = new Fixture();
    const api = apiOf(fixture);
    serve(fixture, { api, pathPrefix: '/docs' });
    expectFailure(
      () => serve(fixture, { api, paths: ['/docs'] }, {}, fixture.stack, 'Other'),
      "a route must be new to its API, got 'ANY /docs' for 'Shop/Other', which goes to 'Shop/Web' already: give one of them another path or method",
    );
    const other = new apigatewayv2.HttpApi(fixture.stack, 'OtherApi');
    expect(() => serve(fixture, { api: other, paths: ['/docs'] }, {}, fixture.stack, 'Third')).not.toThrow();
  });

  test('fails when two services want one route of an API that is imported twice', () => {
    const fixture = new Fixture();
    const api = apiOf(fixture);
    const importedAs = (id: string, httpApiId: string) =>
      apigatewayv2.HttpApi.fromHttpApiAttributes(fixture.stack, id, { httpApiId });
    const at = (id: string, httpApiId: string) =>
      serve(fixture, { api: importedAs(`${id}Api`, httpApiId), paths: ['/o'] }, {}, fixture.stack, id);
    at('First', 'a1');
    expectFailure(
      () => at('Second', 'a1'),
      "a route must be new to its API, got 'ANY /o' for 'Shop/Second', which goes to 'Shop/First' already: give one of them another path or method",
    );
    expect(() => at('Third', 'a2')).not.toThrow();
    serve(fixture, { api, paths: ['/o'] }, {}, fixture.stack, 'Own');
    expectFailure(() => at('Fourth', api.apiId), /^a route must be new to its API, got 'ANY \/o' for 'Shop\/Fourth'/);
    // Other apps count for themselves.
    const other = new Fixture();
    const theirs = apigatewayv2.HttpApi.fromHttpApiAttributes(other.stack, 'Api', { httpApiId: 'a1' });
    expect(() => serve(other, { api: theirs, paths: ['/o'] })).not.toThrow();
  });

  test('fails when the API has the route itself', () => {
    const fixture = new Fixture();
    const api = apiOf(fixture);
    const integration = new integrations.HttpUrlIntegration('Url', 'https://example.com');
    api.addRoutes({ path: '/docs', methods: [GET], integration });
    expectFailure(
      () => serve(fixture, { api, paths: ['/docs'], methods: [POST, GET] }),
      /^a route must be new to its API, got 'GET \/docs' for 'Shop\/Web', which goes to 'Shop\/Api\/GET--docs\/Resource' already/,
    );
  });

  test('fails when another port or registry is listed already', () => {
    const fixture = new Fixture();
    const routing = Routing.all([Routing.httpApi(), Routing.httpApi({ port: 9000 })]);
    expectFailure(
      () => serve(fixture, {}, { routing }),
      "a service must have at most one registry in Cloud Map, which is what ECS takes, got another than that of port 9000 of 'app' for 'Shop/Web/Service': remove it, or reach this port with a load balancer",
    );
    const { stack, vpc } = fixture;
    const service = bareService(fixture);
    const namespace = new servicediscovery.PrivateDnsNamespace(stack, 'Names', { vpc, name: 'a.internal' });
    service.associateCloudMapService({ service: namespace.createService('Registry', {}) });
    expectFailure(
      () => Routing.httpApi().bind(stack, { service, vpc, containerName: 'main', port: 3000 }),
      /^a service must have at most one registry in Cloud Map/,
    );
  });
});
