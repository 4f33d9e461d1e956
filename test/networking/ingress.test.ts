import { Stack, Token, aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Ingress } from '../../lib';
import type { RouteOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, Template, only } from '../support/fixture';
import { all, bareService, idOf, resourceOf } from '../support/resources';

const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

/** The load balancer of another team, which comes from another stack. */
function theirs(encrypted?: boolean) {
  const fixture = new Fixture();
  const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(fixture.stack, 'Theirs', {
    listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/theirs/1/2',
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(fixture.stack, 'Group', 'sg-theirs'),
  });
  return { fixture, listener, ingress: Ingress.fromListener(fixture.stack, 'Ingress', { listener, encrypted }) };
}

/** The rule of a service that takes a route, and its URL. */
function routed(options: RouteOptions, encrypted?: boolean) {
  const { fixture, ingress } = theirs(encrypted);
  const web = fixture.web({ routing: ingress.route({ priority: 5, ...options }) });
  const template = fixture.template();
  return { fixture, web, template, rule: only(template, RULE).Properties };
}

const hosts = (...values: unknown[]) => ({ Field: 'host-header', HostHeaderConfig: { Values: values } });
const paths = (...values: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { Values: values } });

describe('Ingress.fromListener', () => {
  test('makes nothing by itself', () => {
    const { fixture, listener, ingress } = theirs();
    expect(ingress.listener).toBe(listener);
    expect(ingress.node.children).toEqual([]);
    fixture.template().resourceCountIs(RULE, 0);
  });

  test('puts rule and target group where the service is', () => {
    const { fixture, ingress } = theirs();
    const consumer = new Stack(fixture.app, 'Consumer');
    fixture.web({ routing: ingress.route({ hosts: ['a.example.com'], priority: 9 }) }, consumer);
    const template = Template.fromStack(consumer);
    template.resourceCountIs(RULE, 1);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 1);
    fixture.template().resourceCountIs(RULE, 0);
  });

  test('makes neither load balancer nor listener', () => {
    const { template, web } = routed({ paths: ['/*'] });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 0);
    expect(() => web.loadBalancer).toThrow("'Shop/Web' has no loadBalancer, because its routing makes none");
  });

  test('lets the load balancer in at the port of the service', () => {
    const { template, web } = routed({ paths: ['/*'] });
    expect(all(template, 'AWS::EC2::SecurityGroupIngress')).toEqual([
      expect.objectContaining({
        GroupId: { 'Fn::GetAtt': [idOf(web.connections.securityGroups[0]), 'GroupId'] },
        SourceSecurityGroupId: 'sg-theirs',
        FromPort: 8080,
        ToPort: 8080,
      }),
    ]);
  });

  test('routes to a bare L2 service', () => {
    const { fixture, ingress } = theirs();
    const service = bareService(fixture);
    const { vpc, stack } = fixture;
    const target = { service, containerName: 'main', port: 3000, vpc, healthCheck: { path: '/health' } };
    const made = ingress.route({ paths: ['/*'], priority: 2 }).bind(stack, target);
    expect(resourceOf(fixture.template(), service).DependsOn).toContain(idOf(made.listenerRule!));
  });
});

describe('a route', () => {
  test.each<[string, RouteOptions, object[]]>([
    ['hosts', { hosts: ['app.example.com', '*.example.com'] }, [hosts('app.example.com', '*.example.com')]],
    ['paths', { paths: ['/api/*', '/v?/x'] }, [paths('/api/*', '/v?/x')]],
    ['a prefix: the path itself and all below it', { pathPrefix: '/docs' }, [paths('/docs', '/docs/*')]],
    ['paths and a prefix', { paths: ['/robots.txt'], pathPrefix: '/docs' }, [paths('/robots.txt', '/docs', '/docs/*')]],
    [
      'hosts and a prefix: both must match',
      { hosts: ['example.com'], pathPrefix: '/docs' },
      [hosts('example.com'), paths('/docs', '/docs/*')],
    ],
  ])('matches %s', (_what, options, conditions) => {
    const { rule, web } = routed(options);
    expect(rule).toMatchObject({
      Priority: 5,
      Conditions: conditions,
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: idOf(web.targetGroup) } }],
    });
  });

  test('matches headers, methods, query and addresses, each as a condition of its own', () => {
    const { rule } = routed({
      headers: { 'X-Tenant': ['a*', 'b'] },
      methods: ['GET'],
      query: { version: ['2'] },
      sourceIps: ['192.0.2.0/24'],
    });
    expect(rule.Conditions).toEqual([
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Tenant', Values: ['a*', 'b'] } },
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'version', Value: '2' }] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } },
    ]);
  });

  test('takes as many rules as its values need, from its priority on', () => {
    const { fixture, ingress } = theirs();
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name}.example.com`);
    const web = fixture.web({ routing: ingress.route({ hosts: many, priority: 40 }) });
    const rules = all(fixture.template(), RULE);
    expect(rules.map(({ Priority }) => Priority)).toEqual([40, 41]);
    expect(rules.map(({ Conditions }) => Conditions)).toEqual([
      [hosts(...many.slice(0, 5))],
      [hosts(...many.slice(5))],
    ]);
    expect(web.routing.listenerRules).toHaveLength(2);
    expect(web.routing.listenerRule).toBe(web.routing.listenerRules![0]);
    const target = { TargetGroupArn: { Ref: idOf(web.targetGroup) }, Type: 'forward' };
    expect(rules.map(({ Actions }) => Actions)).toEqual([[target], [target]]);
  });

  test.each<[string, RouteOptions, boolean | undefined, string | undefined]>([
    ['a host', { hosts: ['app.example.com'] }, undefined, 'https://app.example.com'],
    ['a host of a plain listener', { hosts: ['app.example.com'] }, false, 'http://app.example.com'],
    ['a host and a prefix', { hosts: ['example.com'], pathPrefix: '/docs' }, true, 'https://example.com/docs'],
    ['a host beside a wildcard', { hosts: ['*.example.com', 'a.example.com'] }, true, 'https://a.example.com'],
    ['wildcards alone', { hosts: ['*.example.com'] }, true, undefined],
    ['paths alone', { paths: ['/api/*'] }, true, undefined],
  ])('has a URL for %s', (_what, options, encrypted, url) => {
    expect(routed(options, encrypted).web.routing.url).toBe(url);
  });

  test('takes tokens', () => {
    const { rule } = routed({
      hosts: [Token.asString({ Ref: 'Host' })],
      priority: Token.asNumber({ Ref: 'Priority' }),
    });
    expect(rule).toMatchObject({ Priority: { Ref: 'Priority' }, Conditions: [hosts({ Ref: 'Host' })] });
  });

  test.each([1, 50000])('has a priority of %i when told so', (priority) => {
    expect(routed({ paths: ['/*'], priority }).rule.Priority).toBe(priority);
  });

  const HOST = "a lower-case domain name such as 'app.example.com'";
  const PATH = "at most 128 characters that start with '/', such as '/api/*'";
  const PREFIX = "a path without wildcards and without a slash at its end, such as '/docs'";
  const any = { paths: ['/*'] };

  test.each<[string, RouteOptions, string]>([
    [
      'nothing is to match',
      {},
      "a route must have hosts, paths, pathPrefix or another condition, got none: use { paths: ['/*'] } for all requests",
    ],
    [
      'the lists are empty',
      { hosts: [], paths: [] },
      "a route must have hosts, paths, pathPrefix or another condition, got none: use { paths: ['/*'] } for all requests",
    ],
    [
      'a host has upper-case letters',
      { hosts: ['App.example.com'] },
      `a host of a route must be ${HOST}, got 'App.example.com'`,
    ],
    ['a host has a path', { hosts: ['example.com/docs'] }, `a host of a route must be ${HOST}, got 'example.com/docs'`],
    ['a path has no slash', { paths: ['api/*'] }, `a path of a route must be ${PATH}, got 'api/*'`],
    ['a path has a space', { paths: ['/a b'] }, `a path of a route must be ${PATH}, got '/a b'`],
    [
      'a path is too long',
      { paths: [`/${'a'.repeat(128)}`] },
      `a path of a route must be ${PATH}, got '/${'a'.repeat(128)}'`,
    ],
    ['a prefix ends with a slash', { pathPrefix: '/docs/' }, `pathPrefix must be ${PREFIX}, got '/docs/'`],
    ['a prefix is the root', { pathPrefix: '/' }, `pathPrefix must be ${PREFIX}, got '/'`],
    ['a prefix has a wildcard', { pathPrefix: '/docs/*' }, `pathPrefix must be ${PREFIX}, got '/docs/*'`],
    ['the priority is 0', { ...any, priority: 0 }, 'priority must be between 1 and 50000, got 0'],
    ['the priority is too high', { ...any, priority: 60000 }, 'priority must be between 1 and 50000, got 60000'],
    ['the priority is no whole number', { ...any, priority: 1.5 }, 'priority must be a whole number, got 1.5'],
    [
      'the priority is left out',
      { ...any, priority: undefined },
      'a route on a listener of others must give its priority, got none: its other rules are invisible here, so ask its owner for a free one',
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => theirs().ingress.route({ priority: 5, ...options }), message);
  });

  test('fails when gRPC goes to a plain listener', () => {
    const { fixture, ingress } = theirs(false);
    const protocolVersion = elbv2.ApplicationProtocolVersion.GRPC;
    expectFailure(
      () => fixture.web({ protocolVersion, routing: ingress.route({ ...any, priority: 5 }) }),
      'protocolVersion must not be GRPC on a plain HTTP listener, because ELB wants HTTPS in front of it: use Routing.domain or Routing.https',
    );
  });
});
