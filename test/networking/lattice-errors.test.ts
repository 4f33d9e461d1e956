import {
  Duration,
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_logs as logs,
  aws_route53 as route53,
} from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2, aws_vpclattice as vpclattice } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Routing } from '../../lib';
import type { DomainOptions, LatticeRoutingOptions, WebServiceProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, newApp, warnings } from '../support/fixture';
import { bareService } from '../support/resources';

const LISTENER_ARN = 'arn:aws:vpc-lattice:eu-west-1:111122223333:service/svc-1/listener/listener-1';

describe('a wrong route of VPC Lattice', () => {
  const zoneOf = ({ stack }: Fixture) => new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });

  test.each<[string, (fixture: Fixture) => LatticeRoutingOptions, string, Partial<WebServiceProps>?]>([
    [
      'a listener is given and a service described',
      () => ({ listenerArn: LISTENER_ARN, newService: {}, priority: 1 }),
      'a route of VPC Lattice must have one of listener, listenerArn and newService, got listenerArn and newService',
    ],
    [
      'a shared listener gets no priority',
      () => ({ listenerArn: LISTENER_ARN }),
      'a route on a shared listener must give its priority, got none: its other rules may be invisible here, so ask its owner for a free one',
    ],
    [
      'the ARN is that of a load balancer',
      () => ({ listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/a/b/c', priority: 1 }),
      "listenerArn must be the ARN of a listener of VPC Lattice, got 'arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/a/b/c'",
    ],
    [
      'a key is that of other routes',
      () => ({ paths: ['/orders'] }) as object,
      'the options of Routing.lattice must be an object with listener, listenerArn, newService, priority, path, pathPrefix, method, headers, infrastructureRole, prefixList, containerName, port, healthCheck, protocolVersion, got paths',
    ],
    [
      'VPC Lattice does not speak the protocol',
      () => ({ protocolVersion: 'HTTP3' as elbv2.ApplicationProtocolVersion }),
      "protocolVersion must be one of HTTP1, HTTP2, GRPC, got 'HTTP3'",
    ],
    [
      'VPC Lattice does not speak the protocol of the service',
      () => ({}),
      "protocolVersion must be one of HTTP1, HTTP2, GRPC, got 'HTTP3'",
      { protocolVersion: 'HTTP3' as elbv2.ApplicationProtocolVersion },
    ],
    ['the priority is too high', () => ({ priority: 101 }), 'priority must be between 1 and 100, got 101'],
    ['the priority is none', () => ({ priority: 0 }), 'priority must be between 1 and 100, got 0'],
    ['the method is small', () => ({ method: 'get' }), "method must be a method in capitals such as 'GET', got 'get'"],
    [
      'an option of the service is misspelt',
      () => ({ newService: { unauthorised: true } as object }),
      'the options of newService must be an object with encrypted, listenerPort, domain, serviceNetworks, serviceNetworkArns, authPolicy, unauthenticated, accessLogs, accessLogGroup, got unauthorised',
    ],
    [
      'the port of the listener is none',
      () => ({ newService: { listenerPort: 0 } }),
      'newService.listenerPort must be between 1 and 65535, got 0',
    ],
    [
      'a log group is given for no access logs',
      ({ stack }) => ({ newService: { accessLogs: false, accessLogGroup: new logs.LogGroup(stack, 'Log') } }),
      'accessLogGroup needs access logs, got accessLogs: false: leave one of them out, as nothing would be written there',
    ],
    [
      'the domain has no zone',
      () => ({ newService: { domain: { name: 'a.example.com' } as DomainOptions } }),
      'newService.domain.zone must be given, got undefined',
    ],
    [
      'the options are null',
      () => null as unknown as LatticeRoutingOptions,
      'the options of Routing.lattice must be given, got null',
    ],
    [
      'networks are no list',
      () => ({ newService: { serviceNetworkArns: 'sn-1' as unknown as string[] } }),
      "newService.serviceNetworkArns must be a list, got 'sn-1': put it into brackets",
    ],
    [
      'nobody would look at the policy',
      () => ({ newService: { unauthenticated: true, authPolicy: new iam.PolicyDocument() } }),
      'newService.authPolicy must be left out when unauthenticated is true, got one: VPC Lattice would not look at it',
    ],
    [
      'a certificate has no HTTPS',
      (fixture) => ({
        newService: {
          encrypted: false,
          domain: {
            name: 'a.example.com',
            zone: zoneOf(fixture),
            certificate: acm.Certificate.fromCertificateArn(
              fixture.stack,
              'Given',
              'arn:aws:acm:eu-west-1:1:certificate/a',
            ),
          },
        },
      }),
      'newService.domain.certificate needs HTTPS, got encrypted false: leave one of them out',
    ],
    [
      'the name is of another zone',
      (fixture) => ({ newService: { encrypted: false, domain: { name: 'a.example.org', zone: zoneOf(fixture) } } }),
      "the domain name must be 'example.com' or end with '.example.com', the name of its zone, got 'a.example.org'",
    ],
    [
      'the zone of a new certificate is private',
      ({ stack, vpc }) => ({
        newService: {
          domain: {
            name: 'a.example.com',
            zone: new route53.PrivateHostedZone(stack, 'Zone', { zoneName: 'example.com', vpc }),
          },
        },
      }),
      "a certificate for 'a.example.com' cannot be validated in a private zone, because nobody outside sees it: pass certificate",
    ],
    [
      'the health check is too slow',
      () => ({ healthCheck: { path: '/', interval: Duration.seconds(301) } }),
      'healthCheck.interval must be between 5 and 300 seconds, got 301 seconds',
    ],
    [
      'the service wants stickiness',
      () => ({}),
      "stickinessCookieDuration must be left out with Routing.lattice, got one for 'Shop/Web/Service': VPC Lattice has no such setting, so use a load balancer for it",
      { stickinessCookieDuration: Duration.hours(1) },
    ],
  ])('fails when %s', (_what, options, message, props = {}) => {
    const fixture = new Fixture();
    expectFailure(() => fixture.web({ routing: Routing.lattice(options(fixture)), ...props }), message);
  });

  test('fails when the tasks share the network of an instance', () => {
    const { stack, cluster, vpc } = new Fixture();
    const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Task');
    taskDefinition.addContainer('main', { image: IMAGE, memoryLimitMiB: 64 });
    cluster.addCapacity('Instances', { instanceType: new ec2.InstanceType('t3.small') });
    const service = new ecs.Ec2Service(stack, 'Bare', { cluster, taskDefinition });
    expectFailure(
      () => Routing.lattice().bind(stack, { service, containerName: 'main', port: 80, vpc }),
      "the network mode must be awsvpc for a route of VPC Lattice, got bridge for 'Shop/Bare': use a capacity with it",
    );
  });

  test('fails when two services want one place of a listener', () => {
    const fixture = new Fixture();
    const listener = fixture.web({ routing: Routing.lattice() }).routing.latticeListener!;
    const at = (priority: number, id: string) =>
      fixture.web({ routing: Routing.lattice({ listener, priority }) }, fixture.stack, id);
    at(1, 'First');
    expectFailure(
      () => at(1, 'Second'),
      "priority must be free on its listener, got 1 for 'Shop/Second', which 'Shop/First' has already: take 2, for example",
    );
    expectFailure(() => at(100, 'Third'), /got 100 for 'Shop\/Third', which 'Shop\/Web' has already/);
  });

  test.each<[string, (listener: vpclattice.CfnListener) => LatticeRoutingOptions]>([
    ['attribute', ({ attrArn }) => ({ listenerArn: attrArn })],
    ['reference', ({ ref }) => ({ listenerArn: ref })],
    ['construct', (listener) => ({ listener })],
  ])('fails when two services want one place of a listener that the second knows by its %s', (_what, by) => {
    const fixture = new Fixture();
    const listener = fixture.web({ routing: Routing.lattice() }).routing.latticeListener!;
    fixture.web({ routing: Routing.lattice({ listener, priority: 5 }) }, fixture.stack, 'First');
    const routing = Routing.lattice({ priority: 5, ...by(listener) });
    expectFailure(
      () => fixture.web({ routing }, fixture.stack, 'Second'),
      /^priority must be free on its listener, got 5/,
    );
    const other = fixture.web({ routing: Routing.lattice() }, fixture.stack, 'Other').routing.latticeListener!;
    const elsewhere = Routing.lattice({ priority: 5, listener: other });
    expect(() => fixture.web({ routing: elsewhere }, fixture.stack, 'Third')).not.toThrow();
  });

  test('fails when two services want one place of a listener of others', () => {
    const fixture = new Fixture();
    const at = (id: string, listenerArn: string, priority: number) =>
      fixture.web({ routing: Routing.lattice({ listenerArn, priority }) }, fixture.stack, id);
    at('First', LISTENER_ARN, 5);
    expectFailure(
      () => at('Second', LISTENER_ARN, 5),
      "priority must be free on its listener, got 5 for 'Shop/Second', which 'Shop/First' has already: take 1, for example",
    );
    expect(() => at('Third', LISTENER_ARN, 6)).not.toThrow();
    expect(() => at('Fourth', `${LISTENER_ARN}0`, 5)).not.toThrow();
    // Other apps count for themselves.
    const other = new Fixture();
    expect(() => other.web({ routing: Routing.lattice({ listenerArn: LISTENER_ARN, priority: 5 }) })).not.toThrow();
  });

  test('warns of more than ten rules on a listener, once', () => {
    const fixture = new Fixture(newApp());
    const service = bareService(fixture);
    const { stack, vpc } = fixture;
    const bind = (priority: number) =>
      Routing.lattice({ listenerArn: LISTENER_ARN, priority, healthCheck: { path: '/' } }).bind(
        new Construct(stack, `Route${priority}`),
        { service, vpc, containerName: 'main', port: 3000 },
      );
    for (let priority = 1; priority <= 10; priority++) bind(priority);
    expect(warnings(stack)).toEqual([]);
    bind(11);
    bind(12);
    expect(warnings(stack)).toEqual([
      expect.stringMatching(
        /^the listener of 'Shop\/Route11' has more than 10 rules of this app, which is what VPC Lattice takes unless.*cdk-containers:LatticeRules]$/,
      ),
    ]);
  });
});
