import { Duration, aws_certificatemanager as acm, aws_iam as iam, aws_route53 as route53 } from 'aws-cdk-lib';
import { Routing } from '../../lib';
import type { LatticeRoutingOptions, WebServiceProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture } from '../support/fixture';

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
      'stickinessCookieDuration must be left out with Routing.lattice, which cannot follow it: leave it out, or use a load balancer',
      { stickinessCookieDuration: Duration.hours(1) },
    ],
  ])('fails when %s', (_what, options, message, props = {}) => {
    const fixture = new Fixture();
    expectFailure(() => fixture.web({ routing: Routing.lattice(options(fixture)), ...props }), message);
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
});
