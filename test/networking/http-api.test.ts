import {
  Duration,
  Stack,
  Token,
  aws_apigatewayv2 as apigatewayv2,
  aws_apigatewayv2_authorizers as authorizers,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
} from 'aws-cdk-lib';
import { Routing } from '../../lib';
import type { HttpApiRoutingOptions } from '../../lib';
import { Fixture, Template, newApp, only, warnings } from '../support/fixture';
import { container, made, serve, zoneOf } from '../support/http-apis';
import { all, idOf, lenientApp, once, resourceOf, serviceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const API = 'AWS::ApiGatewayV2::Api';
const EGRESS = 'AWS::EC2::SecurityGroupEgress';
const INGRESS = 'AWS::EC2::SecurityGroupIngress';
const INTEGRATION = 'AWS::ApiGatewayV2::Integration';
const LINK = 'AWS::ApiGatewayV2::VpcLink';
const NAMESPACE = 'AWS::ServiceDiscovery::PrivateDnsNamespace';
const ROUTE = 'AWS::ApiGatewayV2::Route';
const STAGE = 'AWS::ApiGatewayV2::Stage';
const { GET, POST } = apigatewayv2.HttpMethod;

const plain = once(() => made());

const routesOf = (template: Template) => all(template, ROUTE).map(({ RouteKey }) => RouteKey);
describe('Routing.httpApi', () => {
  test('sends all requests through the link to where Cloud Map lists the tasks', () => {
    const { template, web } = plain();
    expect(only(template, INTEGRATION).Properties).toEqual({
      ApiId: { Ref: only(template, API).id },
      ConnectionType: 'VPC_LINK',
      ConnectionId: { Ref: only(template, LINK).id },
      IntegrationMethod: 'ANY',
      IntegrationType: 'HTTP_PROXY',
      IntegrationUri: { 'Fn::GetAtt': [only(template, 'AWS::ServiceDiscovery::Service').id, 'Arn'] },
      PayloadFormatVersion: '1.0',
    });
    expect(only(template, ROUTE).Properties).toEqual({
      ApiId: { Ref: only(template, API).id },
      RouteKey: '$default',
      AuthorizationType: 'AWS_IAM',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: only(template, INTEGRATION).id }]] },
    });
    expect(warnings(web)).toEqual([]);
  });

  test('has no load balancer, and a registry with address and port', () => {
    const { template, web } = plain();
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
    const namespace = { 'Fn::GetAtt': [only(template, NAMESPACE).id, 'Id'] };
    expect(only(template, 'AWS::ServiceDiscovery::Service').Properties).toEqual({
      DnsConfig: { DnsRecords: [{ TTL: 60, Type: 'SRV' }], NamespaceId: namespace, RoutingPolicy: 'MULTIVALUE' },
      HealthCheckCustomConfig: { FailureThreshold: 1 },
      NamespaceId: namespace,
    });
    expect(serviceOf(template).ServiceRegistries).toEqual([
      {
        ContainerName: 'app',
        ContainerPort: 8080,
        RegistryArn: { 'Fn::GetAtt': [idOf(web.routing.cloudMapService!), 'Arn'] },
      },
    ]);
    expect(only(template, NAMESPACE).Properties).toEqual({
      Name: expect.stringMatching(/^shop-web-[0-9a-f]{8}\.internal$/),
      Vpc: expect.anything(),
    });
  });

  test('lets the link reach the port of the tasks, and nothing else', () => {
    const { template, web } = plain();
    const [tasks] = web.connections.securityGroups;
    const groupIds = only(template, LINK).Properties.SecurityGroupIds;
    expect(groupIds).toHaveLength(1);
    const rule = { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, Description: 'API Gateway to the tasks' };
    const tasksId = { 'Fn::GetAtt': [idOf(tasks), 'GroupId'] };
    expect(all(template, INGRESS)).toEqual([{ ...rule, GroupId: tasksId, SourceSecurityGroupId: groupIds[0] }]);
    expect(all(template, EGRESS)).toEqual([{ ...rule, GroupId: groupIds[0], DestinationSecurityGroupId: tasksId }]);
    const own = template.toJSON().Resources[groupIds[0]['Fn::GetAtt'][0]].Properties;
    expect(own).not.toHaveProperty('SecurityGroupEgress');
    expect(own).not.toHaveProperty('SecurityGroupIngress');
  });

  test('puts the link into private subnets', () => {
    const { template, fixture } = plain();
    expect(only(template, LINK).Properties.SubnetIds).toEqual(
      fixture.vpc.privateSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    );
  });

  test('puts the link where it is told, and into isolated subnets where there are no others', () => {
    const told = made(({ vpc }) => ({ vpcLinkSubnets: { subnets: [vpc.publicSubnets[1]] } }));
    expect(only(told.template, LINK).Properties.SubnetIds).toEqual([{ Ref: idOf(told.fixture.vpc.publicSubnets[1]) }]);
    const { app, stack } = new Fixture(lenientApp());
    const other = new Stack(app, 'Isolated');
    const subnetType = ec2.SubnetType.PRIVATE_ISOLATED;
    const vpc = new ec2.Vpc(other, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'Data', subnetType }] });
    const taskDefinition = new ecs.FargateTaskDefinition(other, 'Task');
    taskDefinition.addContainer('main', container);
    const cluster = new ecs.Cluster(other, 'Cluster', { vpc });
    const service = new ecs.FargateService(other, 'Service', { cluster, taskDefinition, minHealthyPercent: 100 });
    Routing.httpApi().bind(other, { service, vpc, containerName: 'main', port: 80 });
    expect(only(Template.fromStack(other), LINK).Properties.SubnetIds).toHaveLength(vpc.isolatedSubnets.length);
    expect(stack.dependencies).toEqual([]);
  });

  test('is throttled, deploys by itself, and writes each request as JSON for a year', () => {
    const { template, web } = plain();
    const { AccessLogSettings, ...stage } = only(template, STAGE).Properties;
    expect(stage).toEqual({
      ApiId: { Ref: only(template, API).id },
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingBurstLimit: 500, ThrottlingRateLimit: 1000 },
      StageName: '$default',
    });
    expect(JSON.parse(AccessLogSettings.Format)).toMatchObject({
      requestId: '$context.requestId',
      ip: '$context.identity.sourceIp',
      status: '$context.status',
      integrationError: '$context.integrationErrorMessage',
      authorizerError: '$context.authorizer.error',
    });
    const logGroup = web.routing.accessLogGroup!;
    expect(AccessLogSettings.DestinationArn).toEqual({ 'Fn::GetAtt': [idOf(logGroup), 'Arn'] });
    expect(resourceOf(template, logGroup)).toMatchObject({
      Properties: { RetentionInDays: 365 },
      DeletionPolicy: 'Retain',
    });
  });

  test('tells all that it made', () => {
    const { web, template } = plain();
    const { httpApi, httpStage, httpRoutes, vpcLink, cloudMapService, domainName } = web.routing;
    expect([httpApi!, httpStage!, ...httpRoutes!, vpcLink!, cloudMapService!].map(idOf)).toEqual(
      [API, STAGE, ROUTE, LINK, 'AWS::ServiceDiscovery::Service'].map((type) => only(template, type).id),
    );
    expect(domainName).toBeUndefined();
    const { stack } = plain().fixture;
    expect(stack.resolve(web.url)).toEqual({ 'Fn::GetAtt': [only(template, API).id, 'ApiEndpoint'] });
  });

  test('lets a client in whom its routes grant it', () => {
    const fixture = new Fixture();
    const web = serve(fixture);
    const client = new iam.Role(fixture.stack, 'Client', { assumedBy: new iam.AccountRootPrincipal() });
    web.routing.httpRoutes![0].grantInvoke(client);
    const [policy] = all(fixture.template(), 'AWS::IAM::Policy');
    expect(policy.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Action: 'execute-api:Invoke', Effect: 'Allow' }),
    ]);
  });

  test('passes every validator', () => {
    const fixture = new Fixture(newApp(STRICT));
    const web = serve(fixture, { newApi: { domain: { name: 'api.example.com', zone: zoneOf(fixture) } } });
    const open = validate(fixture.app).open.filter(({ path }) => path.startsWith(`${web.node.path}/`));
    expect(open).toEqual([]);
  });
});

describe('the routes', () => {
  test.each<[string, HttpApiRoutingOptions, string[]]>([
    ['paths', { paths: ['/', '/orders/{id}'] }, ['ANY /', 'ANY /orders/{id}']],
    ['a prefix', { pathPrefix: '/docs' }, ['ANY /docs', 'ANY /docs/{proxy+}']],
    ['both', { paths: ['/a'], pathPrefix: '/b' }, ['ANY /a', 'ANY /b', 'ANY /b/{proxy+}']],
    ['methods', { paths: ['/a'], methods: [GET, POST] }, ['GET /a', 'POST /a']],
    ['methods alone', { methods: [GET] }, ['GET /', 'GET /{proxy+}']],
  ])('are those of %s', (_what, options, keys) => {
    const { template, web } = made(() => options);
    expect(routesOf(template).sort()).toEqual([...keys].sort());
    expect(web.routing.httpRoutes).toHaveLength(keys.length);
    template.resourceCountIs(INTEGRATION, 1);
  });

  test('have no OPTIONS where API Gateway answers it', () => {
    const corsPreflight = { allowOrigins: ['https://example.com'], allowMethods: [apigatewayv2.CorsHttpMethod.GET] };
    const { template } = made(() => ({ pathPrefix: '/a', newApi: { corsPreflight } }));
    const methods = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'];
    expect(routesOf(template).sort()).toEqual(methods.flatMap((each) => [`${each} /a`, `${each} /a/{proxy+}`]).sort());
    expect(only(template, API).Properties.CorsConfiguration).toEqual({
      AllowOrigins: ['https://example.com'],
      AllowMethods: ['GET'],
    });
    expect(routesOf(made(() => ({ methods: [GET], newApi: { corsPreflight } })).template)).toHaveLength(2);
  });

  test('are open only when told so', () => {
    const { template } = made(() => ({ authorizer: new apigatewayv2.HttpNoneAuthorizer() }));
    expect(only(template, ROUTE).Properties.AuthorizationType).toBe('NONE');
  });

  test('have the authorizer and the scopes that they are given', () => {
    const authorizer = new authorizers.HttpJwtAuthorizer('Users', 'https://id.example.com', { jwtAudience: ['shop'] });
    const { template } = made(() => ({ authorizer, authorizationScopes: ['orders.read'] }));
    expect(only(template, ROUTE).Properties).toMatchObject({
      AuthorizationType: 'JWT',
      AuthorizationScopes: ['orders.read'],
      AuthorizerId: { Ref: only(template, 'AWS::ApiGatewayV2::Authorizer').id },
    });
  });

  test('pass on what the integration is told', () => {
    const parameterMapping = new apigatewayv2.ParameterMapping().overwritePath(
      apigatewayv2.MappingValue.custom('/$request.path.proxy'),
    );
    const { template } = made(() => ({
      parameterMapping,
      secureServerName: 'tasks.example.com',
      timeout: Duration.millis(1500),
    }));
    expect(only(template, INTEGRATION).Properties).toMatchObject({
      RequestParameters: { 'overwrite:path': '/$request.path.proxy' },
      TlsConfig: { ServerNameToVerify: 'tasks.example.com' },
      TimeoutInMillis: 1500,
    });
  });

  test('lead to another port', () => {
    const { template, web } = made(() => ({ port: 9000 }));
    expect(serviceOf(template).ServiceRegistries).toMatchObject([{ ContainerName: 'app', ContainerPort: 9000 }]);
    expect(all(template, INGRESS)).toMatchObject([{ FromPort: 9000, ToPort: 9000 }]);
    expect(web.container.portMappings.map(({ containerPort }) => containerPort)).toEqual([8080, 9000]);
  });
});

test('tokens pass where CloudFormation may say it', () => {
  const throttle = { rateLimit: Token.asNumber({ Ref: 'Rate' }), burstLimit: Token.asNumber({ Ref: 'Burst' }) };
  const timeout = Duration.millis(Token.asNumber({ Ref: 'Timeout' }));
  const { template } = made(() => ({ timeout, newApi: { throttle } }));
  expect(only(template, STAGE).Properties.DefaultRouteSettings).toEqual({
    ThrottlingBurstLimit: { Ref: 'Burst' },
    ThrottlingRateLimit: { Ref: 'Rate' },
  });
  expect(only(template, INTEGRATION).Properties.TimeoutInMillis).toEqual({ Ref: 'Timeout' });
});
