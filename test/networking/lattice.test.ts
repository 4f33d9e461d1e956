import {
  Duration,
  aws_ec2 as ec2,
  Token,
  aws_elasticloadbalancingv2 as elbv2,
  aws_route53 as route53,
  aws_vpclattice as vpclattice,
} from 'aws-cdk-lib';
import { Routing } from '../../lib';
import type { LatticeRoutingOptions, WebServiceProps, InfrastructureRole } from '../../lib';
import { Fixture, newApp, only, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { arnOf, made } from '../support/lattice';
import { allowing, expectNothingInline, statementsOf } from '../support/policies';
import { all, idOf, lenientApp, once, resourceOf, serviceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const LISTENER = 'AWS::VpcLattice::Listener';
const POLICY = 'AWS::VpcLattice::AuthPolicy';
const RULE = 'AWS::VpcLattice::Rule';
const SERVICE = 'AWS::VpcLattice::Service';
const SUBSCRIPTION = 'AWS::VpcLattice::AccessLogSubscription';
const TARGETS = 'AWS::VpcLattice::TargetGroup';
const { GRPC, HTTP2 } = elbv2.ApplicationProtocolVersion;

const plain = once(() => made());

describe('Routing.lattice', () => {
  test('has a rule for all requests, and 404 for what no rule wants', () => {
    const { template } = plain();
    const listenerArn = arnOf(template, LISTENER);
    expect(only(template, LISTENER).Properties).toEqual({
      ServiceIdentifier: arnOf(template, SERVICE),
      Protocol: 'HTTPS',
      DefaultAction: { FixedResponse: { StatusCode: 404 } },
    });
    expect(only(template, RULE).Properties).toEqual({
      ListenerIdentifier: listenerArn,
      ServiceIdentifier: { 'Fn::Select': [1, { 'Fn::Split': ['/', listenerArn] }] },
      Priority: 100,
      Match: { HttpMatch: { PathMatch: { Match: { Prefix: '/' }, CaseSensitive: true } } },
      Action: { Forward: { TargetGroups: [{ TargetGroupIdentifier: arnOf(template, TARGETS) }] } },
    });
  });

  test('has ECS register the tasks, after there is a rule and a permission', () => {
    const { template, web } = plain();
    expect(serviceOf(template).VpcLatticeConfigurations).toEqual([
      {
        PortName: 'port-8080',
        RoleArn: { 'Fn::GetAtt': [idOf((web.routing.infrastructureRole as InfrastructureRole).role), 'Arn'] },
        TargetGroupArn: arnOf(template, TARGETS),
      },
    ]);
    expect(only(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0].PortMappings).toEqual([
      { ContainerPort: 8080, Name: 'port-8080', Protocol: 'tcp' },
    ]);
    const [policy] = (web.routing.infrastructureRole as InfrastructureRole).policies;
    expect(resourceOf(template, web.service).DependsOn).toEqual(
      expect.arrayContaining([only(template, RULE).id, idOf(policy)]),
    );
    expectAcyclic(template);
  });

  test('lets ECS register tasks in this target group, and in no other', () => {
    const { template } = plain();
    expect(allowing(template, 'WebInfrastructureRole', 'vpc-lattice:RegisterTargets')).toMatchObject([
      { Resource: arnOf(template, TARGETS) },
    ]);
    const open = statementsOf(template, 'WebInfrastructureRole').filter(({ Resource }) => Resource === '*');
    expect(open.flatMap(({ Action }) => Action)).toEqual([
      'ec2:DescribeInstances',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
    ]);
    expectNothingInline(template);
  });

  test('lets VPC Lattice reach the port of the tasks, and nobody else', () => {
    const { template, web } = plain();
    const [tasks] = web.connections.securityGroups;
    expect(resourceOf(template, tasks).Properties.SecurityGroupIngress).toEqual([
      {
        CidrIp: '169.254.171.0/24',
        Description: 'VPC Lattice to the tasks',
        FromPort: 8080,
        IpProtocol: 'tcp',
        ToPort: 8080,
      },
    ]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('is asked at a port that is known at deploy time only', () => {
    const { template } = made(() => ({ healthCheck: { path: '/health', port: Token.asString({ Ref: 'Port' }) } }));
    expect(all(template, 'AWS::EC2::SecurityGroupIngress')).toMatchObject([
      { FromPort: { Ref: 'Port' }, ToPort: { Ref: 'Port' }, CidrIp: '169.254.171.0/24' },
    ]);
    expect(only(template, TARGETS).Properties.Config.HealthCheck.Port).toEqual({ Ref: 'Port' });
  });

  test('takes the prefix list of the region instead, and the port of the health check too', () => {
    const { template, web } = made(({ stack }) => ({
      prefixList: ec2.PrefixList.fromPrefixListId(stack, 'Lattice', 'pl-1'),
      healthCheck: { path: '/health', port: '9000' },
    }));
    const GroupId = { 'Fn::GetAtt': [idOf(web.connections.securityGroups[0]), 'GroupId'] };
    expect(all(template, 'AWS::EC2::SecurityGroupIngress')).toMatchObject([
      { GroupId, SourcePrefixListId: 'pl-1', FromPort: 8080, ToPort: 8080 },
      { GroupId, SourcePrefixListId: 'pl-1', FromPort: 9000, ToPort: 9000 },
    ]);
    expect(only(template, TARGETS).Properties.Config.HealthCheck.Port).toBe(9000);
  });

  test('lets in signed requests of this account only', () => {
    const { template } = plain();
    expect(only(template, SERVICE).Properties).toEqual({ AuthType: 'AWS_IAM' });
    const arn = arnOf(template, SERVICE);
    expect(only(template, POLICY).Properties).toEqual({
      ResourceIdentifier: arn,
      Policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: { 'Fn::Join': ['', expect.arrayContaining([{ Ref: 'AWS::AccountId' }, ':root'])] } },
            Action: 'vpc-lattice-svcs:Invoke',
            Resource: { 'Fn::Join': ['', [arn, '/*']] },
          },
        ],
      },
    });
  });

  test('writes each request for a year', () => {
    const { template, web } = plain();
    const logGroup = web.routing.accessLogGroup!;
    expect(only(template, SUBSCRIPTION).Properties).toEqual({
      ResourceIdentifier: arnOf(template, SERVICE),
      DestinationArn: { 'Fn::GetAtt': [idOf(logGroup), 'Arn'] },
    });
    expect(resourceOf(template, logGroup).Properties.RetentionInDays).toBe(365);
  });

  test('checks tasks as a load balancer does, at a port that never changes', () => {
    const { template, fixture } = plain();
    expect(only(template, TARGETS).Properties).toEqual({
      Type: 'IP',
      Config: {
        VpcIdentifier: fixture.stack.resolve(fixture.vpc.vpcId),
        Protocol: 'HTTP',
        ProtocolVersion: 'HTTP1',
        Port: 80,
        HealthCheck: {
          Enabled: true,
          Path: '/health',
          Protocol: 'HTTP',
          ProtocolVersion: 'HTTP1',
          Matcher: { HttpCode: '200-399' },
          HealthCheckIntervalSeconds: 10,
          HealthCheckTimeoutSeconds: 5,
          HealthyThresholdCount: 2,
          UnhealthyThresholdCount: 3,
        },
      },
    });
  });

  test('gives new tasks a minute, unless told otherwise', () => {
    expect(serviceOf(plain().template).HealthCheckGracePeriodSeconds).toBe(60);
    const { template } = made(undefined, { healthCheckGracePeriod: Duration.seconds(0) });
    expect(serviceOf(template).HealthCheckGracePeriodSeconds).toBe(0);
  });

  test('tells where clients find it, and all that it made', () => {
    const { template, web, fixture } = plain();
    expect(fixture.stack.resolve(web.url)).toEqual({
      'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [only(template, SERVICE).id, 'DnsEntry.DomainName'] }]],
    });
    const { latticeService, latticeListener, latticeRule, latticeTargetGroup } = web.routing;
    expect([latticeService!, latticeListener!, latticeRule!, latticeTargetGroup!].map(idOf)).toEqual(
      [SERVICE, LISTENER, RULE, TARGETS].map((type) => only(template, type).id),
    );
    expect(web.routing.certificate).toBeUndefined();
    expect(warnings(web)).toEqual([]);
  });

  test('passes every validator', () => {
    const fixture = new Fixture(newApp(STRICT));
    const zone = new route53.PublicHostedZone(fixture.stack, 'Zone', { zoneName: 'example.com' });
    const network = new vpclattice.CfnServiceNetwork(fixture.stack, 'Network', { authType: 'AWS_IAM' });
    const newService = { domain: { name: 'orders.example.com', zone }, serviceNetworks: [network] };
    const headers = [{ name: 'X-Tenant', exact: 'one' }];
    const web = fixture.web({ routing: Routing.lattice({ newService, headers, method: 'GET', path: '/orders' }) });
    const { open, acknowledged } = validate(fixture.app);
    const ours = (path: string) => path.startsWith(`${web.node.path}/`);
    expect(open.filter(({ path }) => ours(path))).toEqual([]);
    expect(acknowledged.filter(({ path }) => path.includes('InfrastructureRole'))).toHaveLength(1);
  });
});

describe('the rule', () => {
  test.each<[string, LatticeRoutingOptions, object]>([
    ['a path', { path: '/orders' }, { PathMatch: { Match: { Exact: '/orders' }, CaseSensitive: true } }],
    ['a prefix', { pathPrefix: '/orders/' }, { PathMatch: { Match: { Prefix: '/orders/' }, CaseSensitive: true } }],
    ['a method alone', { method: 'GET' }, { Method: 'GET' }],
    [
      'headers',
      {
        headers: [
          { name: 'X-Tenant', exact: 'one' },
          { name: 'X-Version', prefix: 'v2', caseSensitive: true },
          { name: 'User-Agent', contains: 'Mobile' },
        ],
      },
      {
        HeaderMatches: [
          { Name: 'X-Tenant', Match: { Exact: 'one' } },
          { Name: 'X-Version', Match: { Prefix: 'v2' }, CaseSensitive: true },
          { Name: 'User-Agent', Match: { Contains: 'Mobile' } },
        ],
      },
    ],
    [
      'all of them',
      { pathPrefix: '/a', method: 'POST', headers: [{ name: 'X-Tenant', exact: 'one' }] },
      {
        Method: 'POST',
        PathMatch: { Match: { Prefix: '/a' }, CaseSensitive: true },
        HeaderMatches: [{ Name: 'X-Tenant', Match: { Exact: 'one' } }],
      },
    ],
  ])('compares %s', (_what, options, match) => {
    const { template } = made(() => ({ ...options, priority: 7 }));
    expect(only(template, RULE).Properties).toMatchObject({ Priority: 7 });
    expect(only(template, RULE).Properties.Match.HttpMatch).toEqual(match);
  });
});

describe('the health check', () => {
  const health = (options: LatticeRoutingOptions, props: Partial<WebServiceProps> = {}) => {
    const { template, web } = made(() => options, props, new Fixture(lenientApp()));
    const { HealthCheck, ProtocolVersion } = only(template, TARGETS).Properties.Config;
    return { ...HealthCheck, version: ProtocolVersion, warnings: warnings(web) };
  };

  test('is what the route says, before what the service says', () => {
    const healthCheck = {
      path: '/ready',
      port: 'traffic-port',
      interval: Duration.seconds(30),
      timeout: Duration.seconds(20),
      healthyThresholdCount: 4,
      unhealthyThresholdCount: 5,
      healthyHttpCodes: '200',
      protocol: elbv2.Protocol.HTTPS,
    };
    const checked = health({ healthCheck });
    expect(checked).toMatchObject({
      Path: '/ready',
      Protocol: 'HTTPS',
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 20,
      HealthyThresholdCount: 4,
      UnhealthyThresholdCount: 5,
      Matcher: { HttpCode: '200' },
    });
    expect(checked).not.toHaveProperty('Port');
  });

  test('asks for / and warns without a path', () => {
    const checked = health({}, { healthCheck: undefined });
    expect(checked.Path).toBe('/');
    expect(checked.warnings).toEqual([
      expect.stringMatching(
        /^healthCheck\.path was not given, so VPC Lattice.*cdk-containers:HealthCheckPathDefault]$/,
      ),
    ]);
  });

  test('speaks the HTTP/2 of the tasks', () => {
    expect(health({ protocolVersion: HTTP2 })).toMatchObject({ version: 'HTTP2', ProtocolVersion: 'HTTP2' });
  });

  test('is off for gRPC, unless a path is named', () => {
    const off = health({ protocolVersion: GRPC }, { healthCheck: undefined });
    expect(off).toEqual({ Enabled: false, version: 'GRPC', warnings: [] });
    expect(health({ protocolVersion: GRPC })).toMatchObject({ Enabled: true, ProtocolVersion: 'HTTP2' });
    expect(health({ healthCheck: { enabled: false } })).toMatchObject({ Enabled: false });
  });
});
