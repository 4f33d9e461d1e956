import { Duration, aws_ec2 as ec2, aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Routing, Scaling, ScalingPolicy } from '../../lib';
import type { WebServiceProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture } from '../support/fixture';
import { TCP, TCP_UDP, UDP, networked, tcp, tls, toTasks, udp, ways } from '../support/networked';
import { bareService, containerOf, idOf, resourceOf } from '../support/resources';

const { HTTP1 } = elbv2.ApplicationProtocolVersion;

describe('security groups', () => {
  const inbound = ({ template, group }: ReturnType<typeof networked>) =>
    (resourceOf(template, group).Properties.SecurityGroupIngress ?? []).map(
      (rule: any) => `${rule.CidrIp ?? rule.CidrIpv6} ${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort}`,
    );
  const office = ec2.Peer.ipv4('198.51.100.0/24');
  const vpn = ec2.Peer.ipv4('10.1.0.0/16');

  test('let everyone to the listeners of a public load balancer, by their protocols, and nothing out but to the tasks', () => {
    const made = networked({ listeners: [tcp, udp, { port: 53, protocol: TCP_UDP }] });
    expect(inbound(made)).toEqual([
      '0.0.0.0/0 tcp 5432-5432',
      '0.0.0.0/0 udp 514-514',
      '0.0.0.0/0 tcp 53-53',
      '0.0.0.0/0 udp 53-53',
    ]);
    expect(resourceOf(made.template, made.group).Properties).not.toHaveProperty('SecurityGroupEgress');
  });

  test('let everyone in over IPv6 too on dual stack', () => {
    expect(inbound(networked({ ipAddressType: elbv2.IpAddressType.DUAL_STACK }))).toEqual([
      '0.0.0.0/0 tcp 5432-5432',
      '::/0 tcp 5432-5432',
    ]);
  });

  test('let nobody to an internal load balancer', () => {
    expect(inbound(networked({ internal: true }))).toEqual([]);
  });

  test.each([true, false])('let those in who are named, for all listeners or for one: internal %s', (internal) => {
    const listeners = [tcp, { ...udp, allowFrom: [office, vpn] }, { port: 9000, protocol: TCP, allowFrom: [] }];
    expect(inbound(networked({ internal, allowFrom: [office], listeners }))).toEqual([
      '198.51.100.0/24 tcp 5432-5432',
      '198.51.100.0/24 udp 514-514',
      '10.1.0.0/16 udp 514-514',
    ]);
  });

  test.each<[string, Parameters<typeof networked>, string[]]>([
    ['TCP', [{}], ['tcp 8080']],
    ['UDP, which its health check does not use', [{ listeners: [udp] }], ['tcp 8080', 'udp 5140']],
    ['both', [{ listeners: [{ ...udp, protocol: TCP_UDP }] }], ['tcp 5140', 'udp 5140']],
    [
      'TCP with a health check elsewhere',
      [{ listeners: [{ ...tcp, healthCheck: { port: '9000' } }] }],
      ['tcp 8080', 'tcp 9000'],
    ],
    [
      'UDP with its health check on the same port',
      [{ listeners: [{ ...udp, healthCheck: { port: 'traffic-port' } }] }],
      ['tcp 5140', 'udp 5140'],
    ],
    ['two listeners for one port', [{ listeners: [tcp, { port: 9000, protocol: TCP }] }], ['tcp 8080']],
    ['TLS', [(fixture) => ({ listeners: [tls(fixture)] })], ['tcp 8080']],
    ['TCP with the addresses of clients', [{ listeners: [{ ...tcp, preserveClientIp: true }] }], ['tcp 8080']],
  ])('let the load balancer to the tasks by %s', (_what, args, ports) => {
    expect(ways(networked(...args).template)).toEqual(toTasks(...ports));
  });

  test('can be opened from outside to a client', () => {
    const fixture = new Fixture();
    const web = fixture.web({ routing: Routing.network({ internal: true, listeners: [tcp] }) });
    const client = new ec2.SecurityGroup(fixture.stack, 'Client', { vpc: fixture.vpc });
    web.routing.networkLoadBalancer!.connections.allowFrom(client, ec2.Port.tcp(5432));
    expect(ways(fixture.template())).toContainEqual(
      expect.stringMatching(/^Client\w* > WebLoadBalancer in tcp 5432-5432$/),
    );
  });
});

describe('the ports of the container', () => {
  const ports = (listeners: Parameters<typeof Routing.network>[0]['listeners'], props: Partial<WebServiceProps> = {}) =>
    containerOf(networked({ listeners }, props).template).PortMappings.map(
      ({ ContainerPort, Protocol = 'tcp' }: any) => `${ContainerPort} ${Protocol}`,
    );

  test('are mapped by the protocol that reaches them', () => {
    expect(ports([tcp])).toEqual(['8080 tcp']);
    expect(ports([{ ...tcp, targetPort: 5432 }])).toEqual(['8080 tcp', '5432 tcp']);
    expect(ports([udp])).toEqual(['8080 tcp', '5140 udp']);
  });

  test('are mapped once, as ECS wants it', () => {
    expect(ports([{ port: 53, protocol: TCP_UDP }])).toEqual(['8080 tcp']);
    expect(ports([{ port: 53, protocol: TCP_UDP, targetPort: 53 }])).toEqual(['8080 tcp', '53 tcp']);
    expect(ports([{ port: 53, protocol: UDP, healthCheck: { port: '9000' } }])).toEqual(['8080 udp']);
    const healthCheck = { port: '9000' };
    expect(
      ports([
        { port: 53, protocol: UDP, targetPort: 53, healthCheck },
        { port: 54, protocol: TCP_UDP, targetPort: 53 },
      ]),
    ).toEqual(['8080 tcp', '53 udp']);
  });

  test('stay as a bare service has mapped them', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    const container = service.taskDefinition.defaultContainer!;
    container.addPortMappings({ containerPort: 53, protocol: ecs.Protocol.UDP, name: 'dns' });
    Routing.network({ internal: true, listeners: [{ port: 53, protocol: UDP, targetPort: 53 }] }).bind(fixture.stack, {
      service,
      containerName: 'main',
      port: 3000,
      vpc: fixture.vpc,
    });
    expect(containerOf(fixture.template()).PortMappings).toEqual([
      { ContainerPort: 3000, Protocol: 'tcp' },
      { ContainerPort: 53, Protocol: 'udp', Name: 'dns' },
    ]);
  });

  test.each([
    ['TCP before UDP', [TCP, UDP]],
    ['UDP before TCP', [UDP, TCP]],
  ])('fails when one is reached by both in two ways: %s', (_what, protocols) => {
    const listeners = protocols.map((protocol, index) => ({
      port: 53 + index,
      protocol,
      healthCheck: { port: '9000' },
    }));
    expectFailure(
      () => networked({ listeners }),
      "port 8080 of container 'app' must be reached by TCP or by UDP, got both: ECS takes one mapping for a port, so use elbv2.Protocol.TCP_UDP or another targetPort",
    );
  });
});

describe('a service that its routing does not suit', () => {
  const needsHttp = (option: string) =>
    `${option} must be left out with Routing.network, got one for 'Shop/Web/Service': a Network Load Balancer does not know of requests, so use Routing.domain or Routing.https for it`;

  test.each<[string, Partial<WebServiceProps>, string]>([
    ['slow start', { slowStart: Duration.seconds(30) }, needsHttp('slowStart')],
    ['cookies', { stickinessCookieDuration: Duration.hours(1) }, needsHttp('stickinessCookieDuration')],
    ['the name of a cookie', { stickinessCookieName: 'session' }, needsHttp('stickinessCookieName')],
    ['a version of HTTP', { protocolVersion: HTTP1 }, needsHttp('protocolVersion')],
    [
      'a way to choose tasks for requests',
      { loadBalancingAlgorithmType: elbv2.TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN },
      needsHttp('loadBalancingAlgorithmType'),
    ],
    [
      'codes of gRPC',
      { healthCheck: { healthyGrpcCodes: '0' } },
      'healthCheck.healthyGrpcCodes needs an Application Load Balancer, got Routing.network: leave it out, or use Routing.domain or Routing.https',
    ],
    [
      'a long time of leaving',
      { deregistrationDelay: Duration.hours(2) },
      'deregistrationDelay must be between 0 and 3600 seconds, got 7200 seconds',
    ],
    [
      'scaling on requests',
      {
        scaling: Scaling.between({ minTasks: 2, maxTasks: 4, policies: [ScalingPolicy.requestsPerTask(500)] }),
      },
      'ScalingPolicy.requestsPerTask needs a load balancer, got a service without one: use another policy or another routing, or give Scaling.bind its targetGroups',
    ],
    [
      'another container that there is not',
      { routing: Routing.network({ listeners: [{ ...tcp, containerName: 'proxy' }] }) },
      "containerName must be a container of 'Shop/Web/TaskDefinition', got 'proxy': add it to the task definition first, and then bind the route",
    ],
  ])('fails when it has %s', (_what, props, message) => {
    expectFailure(() => networked({}, props), message);
  });

  test('fails when UDP arrives on its port, and nothing says what to check', () => {
    expectFailure(
      () => networked({ listeners: [{ port: 53, protocol: UDP }] }, { healthCheck: { path: '/health' } }),
      "a UDP listener must have healthCheck.port, got none for port 53: name a port that answers TCP or HTTP, or 'traffic-port' if the same one does",
    );
  });

  test('is fine beside HTTP routes, which it suits', () => {
    const fixture = new Fixture();
    const web = fixture.web({
      slowStart: Duration.seconds(30),
      routing: Routing.all([
        Routing.network({ internal: true, listeners: [{ ...tcp, targetPort: 5432 }] }),
        Routing.http({ internal: true }),
      ]),
    });
    expect(idOf(web.routing.networkTargetGroups![0])).toMatch(/^WebTargetGroup5432/);
  });
});
