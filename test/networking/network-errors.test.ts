import {
  Duration,
  Token,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_route53 as route53,
} from 'aws-cdk-lib';
import { Routing } from '../../lib';
import type { NetworkRoutingOptions } from '../../lib/networking/routes/network-options';
import { expectFailure } from '../support/errors';
import { Fixture, only } from '../support/fixture';
import { TCP_UDP, TLS, UDP, certificateOf, networked, tcp, udp } from '../support/networked';
import { once } from '../support/resources';

type Wrong = [what: string, options: object | ((fixture: Fixture) => object), message: string | RegExp];

/** Only makes what values are made in; none of these get as far as a service. */
const fixture = once(() => new Fixture());
const make = (options: Wrong[1]) =>
  Routing.network({
    listeners: [tcp],
    ...(typeof options === 'function' ? options(fixture()) : options),
  } as NetworkRoutingOptions);
const listener = (more: object) => ({ listeners: [{ ...tcp, ...more }] });
const { DUAL_STACK, DUAL_STACK_WITHOUT_PUBLIC_IPV4 } = elbv2.IpAddressType;
const zoned = (name: string, zoneName = 'example.com') => ({
  domain: { name, zone: { zoneName, node: {} } as route53.IHostedZone },
});
const tlsOnly = (option: string) =>
  `${option} needs a TLS listener, got TCP on port 5432: leave it out, or use elbv2.Protocol.TLS`;

describe('Routing.network with wrong listeners', () => {
  test.each<Wrong>([
    [
      'there are none',
      { listeners: [] },
      'listeners must be between 1 and 5, got 0: ECS takes 5 target groups for a service',
    ],
    [
      'there are more than ECS has target groups for',
      { listeners: [1, 2, 3, 4, 5, 6].map((port) => ({ ...tcp, port })) },
      'listeners must be between 1 and 5, got 6: ECS takes 5 target groups for a service',
    ],
    ['nobody gives any', { listeners: undefined }, 'listeners must be given, got undefined'],
    ['one is no list', { listeners: tcp }, 'listeners must be a list, got something else: put it into brackets'],
    ['one is nothing', { listeners: [undefined] }, 'a listener must be given, got undefined'],
    ['a port is missing', listener({ port: undefined }), 'port of a listener must be given, got undefined'],
    ['a port is 0', listener({ port: 0 }), 'port of a listener must be between 1 and 65535, got 0'],
    ['a port is too high', listener({ port: 65536 }), 'port of a listener must be between 1 and 65535, got 65536'],
    ['a port is half', listener({ port: 80.5 }), 'port of a listener must be a whole number, got 80.5'],
    ['a port is a string', listener({ port: '5432' }), "port of a listener must be a whole number, got '5432'"],
    [
      'a port is known at deploy time only',
      listener({ port: Token.asNumber({ Ref: 'Port' }) }),
      'port of a listener must be a number, got a token: resources are named after it, so it must be known at synthesis',
    ],
    [
      'a target port is too high',
      listener({ targetPort: 70000 }),
      'targetPort of listener 5432 must be between 1 and 65535, got 70000',
    ],
    [
      'two have one port',
      { listeners: [tcp, { ...udp, port: 5432 }] },
      'ports of listeners must be unique, got 5432 twice: for TCP and UDP on one port use elbv2.Protocol.TCP_UDP',
    ],
    ...['HTTP', 'HTTPS', 'QUIC', 'tcp', undefined].map((protocol): Wrong => [
      `the protocol is ${protocol}`,
      listener({ protocol }),
      `protocol of listener 5432 must be one of TCP, TLS, UDP, TCP_UDP, got '${protocol}'`,
    ]),
    ...[undefined, []].map((certificates): Wrong => [
      'there is TLS without a certificate',
      listener({ protocol: TLS, certificates }),
      'a TLS listener must have a certificate, got none for port 5432: give certificates, or domain to have one made',
    ]),
    [
      'there is TLS with no certificate, said aloud, beside a domain',
      { ...listener({ protocol: TLS, certificates: [] }), ...zoned('app.example.com') },
      'a TLS listener must have a certificate, got none for port 5432: give certificates, or domain to have one made',
    ],
    [
      'a certificate is no list',
      (made) => listener({ protocol: TLS, certificates: certificateOf(made) }),
      'certificates of listener 5432 must be a list, got something else: put it into brackets',
    ],
    [
      'TCP has certificates',
      (made) => listener({ certificates: [certificateOf(made, 'Other')] }),
      tlsOnly('certificates'),
    ],
    ['TCP has a TLS policy', listener({ sslPolicy: elbv2.SslPolicy.TLS13_13 }), tlsOnly('sslPolicy')],
    ['TCP has ALPN', listener({ alpnPolicy: elbv2.AlpnPolicy.HTTP2_ONLY }), tlsOnly('alpnPolicy')],
    ['TCP encrypts again', listener({ encryptTargets: true }), tlsOnly('encryptTargets')],
    [
      'allowFrom is no list',
      listener({ allowFrom: ec2.Peer.anyIpv4() }),
      'allowFrom of listener 5432 must be a list, got something else: put it into brackets',
    ],
    ...[UDP, TCP_UDP].flatMap((protocol): Wrong[] => [
      [
        `${protocol} is on dual stack`,
        { ...listener({ protocol }), ipAddressType: DUAL_STACK },
        `a ${protocol} listener must be on IPv4, got dual stack for port 5432: ELB wants tasks with IPv6 addresses only behind it, so leave ipAddressType out`,
      ],
      [
        `${protocol} hides its clients`,
        listener({ protocol, preserveClientIp: false }),
        `preserveClientIp must be true on a ${protocol} listener, got false for port 5432: ELB always preserves it there`,
      ],
      [
        `${protocol} waits for silent connections`,
        listener({ protocol, tcpIdleTimeout: Duration.minutes(10) }),
        `tcpIdleTimeout needs a TCP listener, got ${protocol} on port 5432: ELB has fixed times for others, so leave it out`,
      ],
    ]),
    [
      'TLS sticks',
      listener({ protocol: TLS, certificates: [{}], stickySourceIp: true }),
      'stickySourceIp must be false on a TLS listener, got true for port 5432: ELB has no stickiness with TLS, so let the container decrypt behind elbv2.Protocol.TCP',
    ],
    [
      'TLS waits for silent connections',
      listener({ protocol: TLS, certificates: [{}], tcpIdleTimeout: Duration.minutes(10) }),
      'tcpIdleTimeout needs a TCP listener, got TLS on port 5432: ELB has fixed times for others, so leave it out',
    ],
    [
      'it waits too short',
      listener({ tcpIdleTimeout: Duration.seconds(59) }),
      'tcpIdleTimeout of listener 5432 must be between 60 and 6000 seconds, got 59 seconds',
    ],
    [
      'it waits too long',
      listener({ tcpIdleTimeout: Duration.seconds(6001) }),
      'tcpIdleTimeout of listener 5432 must be between 60 and 6000 seconds, got 6001 seconds',
    ],
    [
      'tasks leave too slowly',
      listener({ deregistrationDelay: Duration.hours(2) }),
      'deregistrationDelay must be between 0 and 3600 seconds, got 7200 seconds',
    ],
    [
      'its health check is too quick',
      listener({ healthCheck: { interval: Duration.seconds(4) } }),
      'healthCheck.interval must be between 5 and 300 seconds, got 4 seconds',
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => make(options), message);
  });
});

describe('Routing.network with wrong addresses, names or logs', () => {
  const ALLOCATIONS = ['eipalloc-0123456789abcdef0', 'eipalloc-0123456789abcdef1'];

  test.each<Wrong>([
    [
      'new Elastic IPs are wanted inside',
      { internal: true, staticAddresses: true },
      'staticAddresses needs a public load balancer, got an internal one: an Elastic IP is public, so use privateAddresses',
    ],
    [
      'Elastic IPs are wanted inside',
      { internal: true, allocationIds: ALLOCATIONS },
      'allocationIds needs a public load balancer, got an internal one: an Elastic IP is public, so use privateAddresses',
    ],
    [
      'private addresses are wanted outside',
      { privateAddresses: ['10.0.0.10', '10.0.1.10'] },
      'privateAddresses needs an internal load balancer, got a public one: use staticAddresses or allocationIds',
    ],
    [
      'addresses are both made and given',
      { staticAddresses: true, allocationIds: ALLOCATIONS },
      'staticAddresses makes new addresses and allocationIds names those that there are, got both: leave one of them out',
    ],
    [
      'an allocation id is an address',
      { allocationIds: ['203.0.113.5'] },
      "each of allocationIds must be an id such as 'eipalloc-0123456789abcdef0', got '203.0.113.5'",
    ],
    [
      'an allocation id is there twice',
      { allocationIds: [ALLOCATIONS[0], ALLOCATIONS[0]] },
      "allocationIds must be unique, got 'eipalloc-0123456789abcdef0' twice",
    ],
    [
      'allocation ids are no list',
      { allocationIds: 'eipalloc-0123456789abcdef0' },
      "allocationIds must be a list, got 'eipalloc-0123456789abcdef0': put it into brackets",
    ],
    ...['10.0.0', '10.0.0.256', '10.0.0.1.', '10.0.0.1/32', 'fd00::1', ''].map((address): Wrong => [
      `a private address is '${address}'`,
      { internal: true, privateAddresses: [address] },
      `each of privateAddresses must be an IPv4 address such as '10.0.1.10', got '${address}'`,
    ]),
    [
      'the addresses are of a kind that only Application Load Balancers have',
      { ipAddressType: DUAL_STACK_WITHOUT_PUBLIC_IPV4 },
      "ipAddressType of a Network Load Balancer must be one of ipv4, dualstack, got 'dualstack-without-public-ipv4'",
    ],
    ['allowFrom is no list', { allowFrom: {} }, 'allowFrom must be a list, got something else: put it into brackets'],
    [
      'the name is not in the zone',
      zoned('app.example.org'),
      "the domain name must be 'example.com' or end with '.example.com', the name of its zone, got 'app.example.org'",
    ],
    [
      'the name has upper-case letters',
      zoned('App.example.com'),
      /^the domain name must be .*, got 'App\.example\.com'$/,
    ],
    [
      'a certificate is to be validated in a private zone, where nobody sees it',
      ({ stack, vpc }) => {
        const zone = new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: 'example.com' });
        return { ...listener({ protocol: TLS }), domain: { name: 'app.example.com', zone } };
      },
      /^a certificate for 'app\.example\.com' cannot be validated in a private zone/,
    ],
    [
      'access logs are wanted of TCP',
      { accessLogs: true },
      'accessLogs needs a TLS listener, got none: Network Load Balancers log nothing else, so leave it out and use the flow logs of the VPC',
    ],
    [
      'a bucket is given for access logs of TCP',
      { accessLogsBucket: {} },
      'accessLogsBucket needs a TLS listener, got none: Network Load Balancers log nothing else, so leave it out and use the flow logs of the VPC',
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => make(options), message);
  });

  test.each<Wrong>([
    [
      'there are fewer allocation ids than subnets',
      { allocationIds: ALLOCATIONS.slice(1) },
      'allocationIds must be one for each subnet of the load balancer, got 1 for 2: add some, or name loadBalancerSubnets',
    ],
    [
      'there are more private addresses than subnets',
      { internal: true, privateAddresses: ['10.0.0.10', '10.0.1.10', '10.0.2.10'] },
      'privateAddresses must be one for each subnet of the load balancer, got 3 for 2: add some, or name loadBalancerSubnets',
    ],
    [
      'its subnets are in one availability zone',
      (made) => ({ loadBalancerSubnets: { subnets: [made.vpc.publicSubnets[0]] } }),
      'a load balancer needs subnets in at least 2 availability zones, got 1: use a VPC with more zones',
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => networked(options), message);
  });
});

describe('Routing.network with what is known at deploy time only', () => {
  test('takes it as it is', () => {
    const reference = (name: string) => Token.asString({ Ref: name });
    const { template, web } = networked(({ stack }) => ({
      listeners: [{ ...tcp, targetPort: Token.asNumber({ Ref: 'Port' }), healthCheck: { path: reference('Path') } }],
      allocationIds: [reference('One'), reference('Two')],
      domain: {
        name: reference('Name'),
        zone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
          hostedZoneId: 'Z1',
          zoneName: reference('Zone'),
        }),
      },
    }));
    const { SubnetMappings } = only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    expect(SubnetMappings.map(({ AllocationId }: any) => AllocationId)).toEqual([{ Ref: 'One' }, { Ref: 'Two' }]);
    expect(only(template, 'AWS::Route53::RecordSet').Properties.Name).toEqual({
      'Fn::Join': ['', [{ Ref: 'Name' }, '.']],
    });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: { Ref: 'Path' },
    });
    expect(only(template, 'AWS::ECS::Service').Properties.LoadBalancers[0].ContainerPort).toEqual({ Ref: 'Port' });
    expect(web.url).toMatch(/^tcp:\/\/\$\{Token\[.*\]\}:5432$/);
  });

  test('takes addresses that are one parameter', () => {
    const { template } = networked({ internal: true, privateAddresses: Token.asList({ Ref: 'Addresses' }) });
    const { SubnetMappings } = only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
    expect(SubnetMappings.map(({ PrivateIPv4Address }: any) => PrivateIPv4Address)).toEqual(
      [0, 1].map((index) => ({ 'Fn::Select': [index, { Ref: 'Addresses' }] })),
    );
  });
});
