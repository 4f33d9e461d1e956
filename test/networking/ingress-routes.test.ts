import {
  Duration,
  Stack,
  Token,
  aws_certificatemanager as acm,
  aws_elasticloadbalancingv2 as elbv2,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Ingress, Routing } from '../../lib';
import type { RouteOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, Template, only, warnings } from '../support/fixture';
import { RULE, shared, zoneOf } from '../support/ingress';
import { bareService } from '../support/resources';

describe('routes', () => {
  test('have rule and target group in the stack of the service, which waits for the load balancer', () => {
    const { fixture, web } = shared();
    const consumer = new Stack(fixture.app, 'Consumer');
    web('Api', { hosts: ['api.example.com'] }, consumer);
    const template = Template.fromStack(consumer);
    template.resourceCountIs(RULE, 1);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 1);
    fixture.template().resourceCountIs(RULE, 0);
    expect(consumer.dependencies).toContain(fixture.stack);
    expect(fixture.stack.dependencies).toEqual([]);
  });

  test.each<[string, RouteOptions, string | undefined]>([
    ['a host', { hosts: ['api.example.com'] }, 'https://api.example.com'],
    ['a prefix on the domain', { pathPrefix: '/docs' }, 'https://example.com/docs'],
    ['a host and a prefix', { hosts: ['a.example.com'], pathPrefix: '/docs' }, 'https://a.example.com/docs'],
    ['a wildcard', { hosts: ['*.example.com'] }, undefined],
  ])('have a URL for %s', (_what, options, url) => {
    expect(shared().web('Web', options).routing.url).toBe(url);
  });

  test('reach another port, and a sidecar', () => {
    const { fixture, ingress, web } = shared();
    const api = web('Api', { hosts: ['api.example.com'], port: 9090, healthCheck: { path: '/ready' } });
    api.taskDefinition.addContainer('proxy', { image: IMAGE });
    const target = { service: api.service, vpc: fixture.vpc, containerName: 'app', port: 8080 };
    ingress
      .route({ hosts: ['proxy.example.com'], containerName: 'proxy', port: 8443, healthCheck: { path: '/p' } })
      .bind(new Construct(fixture.stack, 'Proxy'), target);
    const { LoadBalancers: balancers } = only(fixture.template(), 'AWS::ECS::Service').Properties;
    expect(balancers.map(({ ContainerName, ContainerPort }: any) => [ContainerName, ContainerPort])).toEqual([
      ['app', 9090],
      ['proxy', 8443],
    ]);
    const [{ PortMappings: app }, { PortMappings: proxy }] = only(fixture.template(), 'AWS::ECS::TaskDefinition')
      .Properties.ContainerDefinitions;
    expect(app).toEqual([
      { ContainerPort: 8080, Protocol: 'tcp' },
      { ContainerPort: 9090, Protocol: 'tcp' },
    ]);
    expect(proxy).toEqual([{ ContainerPort: 8443, Protocol: 'tcp' }]);
  });

  test('may differ from the service in how tasks are treated', () => {
    const { fixture, ingress } = shared();
    fixture.web({
      deregistrationDelay: Duration.seconds(10),
      routing: ingress.route({
        hosts: ['api.example.com'],
        stickinessCookieDuration: Duration.hours(1),
        stickinessCookieName: 'session',
        slowStart: Duration.seconds(60),
      }),
    });
    const { TargetGroupAttributes } = only(fixture.template(), 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties;
    expect(Object.fromEntries(TargetGroupAttributes.map(({ Key, Value }: any) => [Key, Value]))).toEqual({
      'deregistration_delay.timeout_seconds': '10',
      'slow_start.duration_seconds': '60',
      'stickiness.app_cookie.cookie_name': 'session',
      'stickiness.app_cookie.duration_seconds': '3600',
      'stickiness.enabled': 'true',
      'stickiness.type': 'app_cookie',
    });
  });

  test('speak gRPC', () => {
    const { fixture, ingress } = shared();
    fixture.web({
      routing: ingress.route({ hosts: ['grpc.example.com'], protocolVersion: elbv2.ApplicationProtocolVersion.GRPC }),
      healthCheck: undefined,
    });
    expect(only(fixture.template(), 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      ProtocolVersion: 'GRPC',
    });
  });

  test('of a service are several, each with a target group, all of which scaling looks at', () => {
    const { fixture, ingress } = shared();
    const web = fixture.web({
      routing: Routing.all([
        ingress.route({ hosts: ['a.example.com'] }),
        ingress.route({ hosts: ['b.example.com'], port: 9090 }),
        Routing.http({ internal: true, port: 9091 }),
      ]),
    });
    const template = fixture.template();
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 3);
    expect(web.url).toBe('https://a.example.com');
    expect(web.routing.more?.map(({ url }) => url !== undefined)).toEqual([true, true]);
    expect(web.loadBalancer).toBe(web.routing.more![1].loadBalancer);
  });

  test('warn of hosts for which there is neither certificate nor record', () => {
    const { fixture, web } = shared();
    web('Deep', { hosts: ['a.b.example.com'] });
    expect(() => fixture.template()).toThrow(
      'has certificates and records for example.com, *.example.com only, so no client gets to a.b.example.com',
    );
  });

  test('do not warn of hosts that are covered, or may be', () => {
    const { fixture, ingress, web } = shared();
    web('Api', { hosts: ['api.example.com', '*.example.com'] });
    const own = new Ingress(fixture.stack, 'Own', {
      vpc: fixture.vpc,
      certificates: [acm.Certificate.fromCertificateArn(fixture.stack, 'C', 'arn:aws:acm:eu-west-1:1:certificate/1')],
    });
    fixture.web({ routing: own.route({ hosts: ['elsewhere.org'] }) }, fixture.stack, 'Elsewhere');
    web('Later', { hosts: ['later.org'] });
    ingress.addDomain('Later', { zone: zoneOf(fixture, 'later.org', 'LaterZone'), names: ['later.org'] });
    fixture.template();
    expect(warnings(fixture.app).join()).not.toContain('IngressHostUnknown');
  });

  test('fails when a value is known at deployment only, and no priority is given', () => {
    const host = Token.asString({ Ref: 'Host' });
    const { web } = shared();
    expectFailure(
      () => web('Token', { hosts: [host] }),
      'a route with a value that is known at deployment only must give its priority, got none: it is made of the conditions as they are now',
    );
    expect(() => web('Given', { hosts: [host], priority: 7 })).not.toThrow();
  });

  test('fails when the container does not exist', () => {
    const { web } = shared();
    expectFailure(
      () => web('Api', { hosts: ['api.example.com'], containerName: 'proxy' }),
      "containerName must be a container of 'Shop/Api/TaskDefinition', got 'proxy': add it to the task definition first, and then bind the route",
    );
  });

  test('fails when a service has more of them than ECS takes', () => {
    const { fixture, ingress } = shared();
    const routes = [1, 2, 3, 4, 5, 6].map((id) => ingress.route({ hosts: [`h${id}.example.com`] }));
    expectFailure(
      () => fixture.web({ routing: Routing.all(routes) }),
      "a service must have at most 5 target groups, got 6 for 'Shop/Web/Service': let several hosts or paths share a route, or run the container as two services",
    );
  });

  test('fails when the load balancer would have more target groups than AWS allows', () => {
    const { fixture, ingress } = shared();
    const service = () => bareService(new Fixture());
    const target = { containerName: 'main', port: 3000, vpc: fixture.vpc, healthCheck: { path: '/' } };
    const hosts = (id: number) => ({ hosts: [`h${id}.example.com`], priority: id });
    let bare = service();
    const bind = (id: number) => {
      if (id % 5 === 1) bare = service();
      ingress.route(hosts(id)).bind(new Stack(bare.stack, `S${id}`), { ...target, service: bare });
    };
    for (let id = 1; id <= 100; id++) bind(id);
    expect(() => bind(101)).toThrow("a load balancer must have at most 100 target groups, got 101 on 'Shop/Ingress'");
  });
});

describe('Routing.all', () => {
  test.each<[string, Routing[], string]>([
    ['it is empty', [], 'none'],
    ['one leads nowhere', [Routing.http({ internal: true }), Routing.none()], 'Routing.none() at index 1'],
  ])('fails when %s', (_what, routings, got) => {
    expectFailure(
      () => Routing.all(routings),
      `Routing.all must have routings that lead to the service, got ${got}: for no way at all use Routing.none()`,
    );
  });

  test('keeps the ids of the first routing, so that a second one can come later', () => {
    const one = new Fixture();
    const route = Routing.http({ internal: true });
    one.web({ routing: route });
    const two = new Fixture();
    two.web({ routing: Routing.all([route, Routing.http({ internal: true, port: 9090 })]) });
    const ids = Object.keys(one.template().toJSON().Resources);
    expect(Object.keys(two.template().toJSON().Resources)).toEqual(expect.arrayContaining(ids));
  });
});
