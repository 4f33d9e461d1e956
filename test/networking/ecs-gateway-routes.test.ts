import { Duration, Token, aws_ec2 as ec2, aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Capacity, EcsGateway, Routing } from '../../lib';
import type { GatewayRouteOptions, WebServiceProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, only, warnings } from '../support/fixture';
import { made, routed } from '../support/gateways';
import { bareService, idOf, lenientApp, resourceOf, serviceOf } from '../support/resources';

describe('a route of a gateway', () => {
  test('connects the service at a named port, to gateways of the same access only', () => {
    const { connector, template, service, properties } = routed();
    expect(connector).toEqual({
      PortName: 'port-8080',
      Filters: { AccessTypes: ['PUBLIC'] },
      HealthCheck: {
        HealthCheckPath: '/health',
        HealthCheckIntervalSeconds: 10,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 3,
        Matcher: { HttpCode: '200-399' },
      },
    });
    expect(only(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0].PortMappings).toEqual([
      { ContainerPort: 8080, Name: 'port-8080', Protocol: 'tcp' },
    ]);
    expect(properties.HealthCheckGracePeriodSeconds).toBe(60);
    expect(properties.LoadBalancers).toEqual([]);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 0);
    expect(service.routing).toEqual({});
    expect(() => service.url).toThrow("'Shop/Web' has no url, because its routing makes none");
  });

  test('comes after the association', () => {
    const { template, service, gateway } = routed();
    expect(resourceOf(template, service.service).DependsOn).toContain(idOf(gateway.associations[0]));
  });

  test('of an internal gateway stays inside', () => {
    expect(routed({}, {}, { internal: true }).connector.Filters).toEqual({ AccessTypes: ['PRIVATE'] });
  });

  test('leaves the way to the tasks to ECS', () => {
    const { template, service } = routed();
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    expect(resourceOf(template, service.connections.securityGroups[0]).Properties.SecurityGroupIngress).toBeUndefined();
  });

  test('keeps a grace period that was given', () => {
    const { properties } = routed({}, { healthCheckGracePeriod: Duration.seconds(5) });
    expect(properties.HealthCheckGracePeriodSeconds).toBe(5);
  });

  test('checks health as told', () => {
    const { connector } = routed({
      healthCheck: {
        path: '/ready',
        port: '9090',
        protocol: elbv2.Protocol.HTTPS,
        interval: Duration.seconds(30),
        timeout: Duration.seconds(20),
        healthyThresholdCount: 4,
        unhealthyThresholdCount: 5,
        healthyHttpCodes: '204',
      },
    });
    expect(connector.HealthCheck).toEqual({
      HealthCheckPath: '/ready',
      HealthCheckPort: 9090,
      HealthCheckProtocol: 'HTTPS',
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 20,
      HealthyThresholdCount: 4,
      UnhealthyThresholdCount: 5,
      Matcher: { HttpCode: '204' },
    });
  });

  test.each<[string, elbv2.HealthCheck, object]>([
    ['the port of the traffic', { path: '/', port: 'traffic-port' }, { HealthCheckPath: '/' }],
    [
      'a port that is a token',
      { path: '/', port: Token.asString({ Ref: 'Port' }) },
      { HealthCheckPort: { Ref: 'Port' } },
    ],
    ['codes of gRPC', { path: '/', healthyGrpcCodes: '0,12' }, { Matcher: { GrpcCode: '0,12' } }],
  ])('checks health with %s', (_what, healthCheck, expected) => {
    const { HealthCheck } = routed({ healthCheck }).connector;
    expect(HealthCheck).toMatchObject(expected);
    expect(HealthCheck.HealthCheckPort).toEqual((expected as { HealthCheckPort?: object }).HealthCheckPort);
  });

  test('leads to a sidecar', () => {
    const { fixture, gateway } = made();
    const service = bareService(fixture);
    service.taskDefinition.addContainer('proxy', {
      image: IMAGE,
      portMappings: [{ containerPort: 9000, name: 'edge' }],
    });
    const target = { service, containerName: 'main', port: 3000, vpc: fixture.vpc, healthCheck: { path: '/' } };
    gateway.route({ containerName: 'proxy', port: 9000 }).bind(fixture.stack, target);
    expect(serviceOf(fixture.template()).GatewayConnectors).toMatchObject([{ PortName: 'edge' }]);
  });

  test('warns when nobody named a path for the health check', () => {
    const { fixture, gateway } = made();
    fixture.web({ routing: gateway.route(), healthCheck: undefined });
    expect(warnings(fixture.stack)).toEqual([expect.stringContaining('cdk-containers:HealthCheckPathDefault')]);
    expect(warnings(routed().fixture.stack)).toEqual([]);
  });

  test('goes with one of another gateway: one connector for both', () => {
    const { fixture, gateway } = made();
    const inside = new EcsGateway(fixture.stack, 'Inside', {
      vpc: fixture.vpc,
      clusters: [fixture.cluster],
      internal: true,
    });
    const web = fixture.web({ routing: Routing.all([gateway.route(), inside.route()]) });
    const template = fixture.template();
    expect(serviceOf(template).GatewayConnectors).toMatchObject([
      { PortName: 'port-8080', Filters: { AccessTypes: ['PRIVATE', 'PUBLIC'] } },
    ]);
    expect(resourceOf(template, web.service).DependsOn).toEqual(
      expect.arrayContaining([gateway, inside].map(({ associations }) => idOf(associations[0]))),
    );
    expect(warnings(fixture.stack)).toEqual([]);
  });

  test('goes with a load balancer of the service', () => {
    const { fixture, gateway } = made();
    fixture.web({ routing: Routing.all([Routing.http({ internal: true }), gateway.route()]) });
    const service = serviceOf(fixture.template());
    expect(service.LoadBalancers).toHaveLength(1);
    expect(service.GatewayConnectors).toHaveLength(1);
  });

  test('may be taken before the cluster is added', () => {
    const { fixture, gateway } = made({ clusters: [] });
    const web = fixture.web({ routing: gateway.route() });
    const association = gateway.addCluster(fixture.cluster);
    expect(resourceOf(fixture.template(), web.service).DependsOn).toContain(idOf(association));
  });

  test('fails when nobody adds the cluster', () => {
    const { fixture, gateway } = made({ clusters: [] });
    fixture.web({ routing: gateway.route() });
    expect(() => fixture.template()).toThrow(
      "the cluster 'Shop/Ecs/Cluster' must be associated with the gateway 'Shop/Gateway' for a route to its services, got none: add it with addCluster",
    );
  });

  const NOT_HERE =
    "must be left out with EcsGateway.route, got one for 'Shop/Web/Service': ECS makes the target groups, and takes a port and a health check only, so use an Ingress for it";
  test.each<[string, Partial<WebServiceProps>]>([
    ['deregistrationDelay', { deregistrationDelay: Duration.seconds(1) }],
    ['stickinessCookieDuration', { stickinessCookieDuration: Duration.hours(1) }],
    ['slowStart', { slowStart: Duration.minutes(1) }],
    ['crossZoneEnabled', { crossZoneEnabled: false }],
    ['protocolVersion', { protocolVersion: elbv2.ApplicationProtocolVersion.GRPC }],
    ['stickinessCookieName', { stickinessCookieName: 'session' }],
    [
      'loadBalancingAlgorithmType',
      { loadBalancingAlgorithmType: elbv2.TargetGroupLoadBalancingAlgorithmType.WEIGHTED_RANDOM },
    ],
  ])('fails when the service has %s', (name, web) => {
    expectFailure(() => routed({}, web), `${name} ${NOT_HERE}`);
  });

  test.each<[string, GatewayRouteOptions, string | RegExp]>([
    ['the container is unknown', { containerName: 'proxy' }, /^containerName must be a container of/],
    ['the port is out of bounds', { port: 0 }, 'port must be between 1 and 65535, got 0'],
    ['the path is none', { healthCheck: { path: 'x' } }, /^healthCheck.path must be a path/],
    [
      'the protocol is none of HTTP',
      { healthCheck: { protocol: elbv2.Protocol.TCP } },
      "healthCheck.protocol must be HTTP or HTTPS, got 'TCP'",
    ],
    [
      'the codes of gRPC are none',
      { healthCheck: { healthyGrpcCodes: 'OK' } },
      "healthCheck.healthyGrpcCodes must be gRPC codes such as '0', '0,12' or '0-5', got 'OK'",
    ],
    [
      'codes of two kinds are given',
      { healthCheck: { healthyHttpCodes: '200', healthyGrpcCodes: '0' } },
      "healthCheck must have healthyHttpCodes or healthyGrpcCodes, got '200' and '0': leave out those that the container does not answer with",
    ],
    [
      'there are hosts, which ECS makes',
      { hosts: ['a.example.com'] } as object,
      'the options of EcsGateway.route must be an object with containerName, port, healthCheck, got hosts',
    ],
    [
      'the interval is out of bounds',
      { healthCheck: { interval: Duration.seconds(301) } },
      'healthCheck.interval must be between 5 and 300 seconds, got 301 seconds',
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => routed(options), message);
  });

  test('leaves what it cannot follow to routes beside it', () => {
    const { fixture, gateway } = made({}, new Fixture(lenientApp()));
    const routing = Routing.all([Routing.http({ internal: true }), gateway.route()]);
    fixture.web({ routing, deregistrationDelay: Duration.seconds(5) });
    const template = fixture.template();
    expect(serviceOf(template).GatewayConnectors).toHaveLength(1);
    expect(JSON.stringify(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties)).toContain(
      '{"Key":"deregistration_delay.timeout_seconds","Value":"5"}',
    );
  });

  test('fails when the options are null', () => {
    expectFailure(
      () => made().gateway.route(null as unknown as GatewayRouteOptions),
      'the options of EcsGateway.route must be given, got null',
    );
  });

  test('fails when a service takes two that differ', () => {
    const { fixture, gateway } = made();
    const message =
      "a service must have one port and one health check for all of its gateways, got two for 'Shop/Web/Service': ECS takes one connector for a service, so give the routes the same options, or use an Ingress for one of them";
    expectFailure(
      () => fixture.web({ routing: Routing.all([gateway.route(), gateway.route({ port: 9090 })]) }),
      message,
    );
  });

  test('fails when the tasks share the network of an instance', () => {
    const { fixture, gateway } = made();
    const { stack, cluster, vpc } = fixture;
    const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Task');
    taskDefinition.addContainer('main', { image: IMAGE, memoryLimitMiB: 64 });
    cluster.addCapacity('Instances', { instanceType: new ec2.InstanceType('t3.small') });
    const service = new ecs.Ec2Service(stack, 'Bare', { cluster, taskDefinition });
    expectFailure(
      () => gateway.route().bind(stack, { service, containerName: 'main', port: 80, vpc }),
      "the network mode must be awsvpc for a route of an EcsGateway, got bridge for 'Shop/Bare': use a capacity with it",
    );
  });

  test('fails on instances outside of AWS', () => {
    const { fixture, gateway } = made();
    expectFailure(
      () => fixture.web({ routing: gateway.route(), capacity: Capacity.external(), scaling: undefined }),
      /load balancer/,
    );
  });
});
