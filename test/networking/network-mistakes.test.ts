import { Routing } from '../../lib';
import type { NetworkRoutingOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { tcp } from '../support/networked';

// What JavaScript lets pass.
test.each([undefined, null])('Routing.network fails with %p for options', (options) => {
  expectFailure(
    () => Routing.network(options as unknown as NetworkRoutingOptions),
    `the options of Routing.network must be given, got ${options}`,
  );
});

describe('Routing.network', () => {
  test.each<[what: string, options: object, message: string]>([
    [
      'a bucket is given for no access logs',
      { accessLogs: false, accessLogsBucket: {} },
      'accessLogsBucket needs access logs, got accessLogs: false: leave one of them out, as nothing would be written there',
    ],
    [
      'allowFrom is null',
      { allowFrom: null },
      'allowFrom must be a list of peers, got null: leave it out, or give an empty list for nobody',
    ],
    [
      'allowFrom of a listener has an address',
      { listeners: [{ ...tcp, allowFrom: ['192.0.2.0/24'] }] },
      "each of allowFrom of listener 5432 must be a peer such as ec2.Peer.ipv4('192.0.2.0/24') or a security group, got '192.0.2.0/24'",
    ],
    [
      'the domain is its name only',
      { domain: 'app.example.com' },
      'the options of domain must be an object with name, zone, certificate, got no object',
    ],
    [
      'the domain is null',
      { domain: null },
      'the options of domain must be an object with name, zone, certificate, got no object',
    ],
    ['the domain has no zone', { domain: { name: 'app.example.com' } }, 'domain.zone must be given, got undefined'],
    [
      'the zone is its name only',
      { domain: { name: 'app.example.com', zone: 'example.com' } },
      "domain.zone must be a hosted zone, got 'example.com': look it up or import it",
    ],
    ['the domain has no name', { domain: { zone: {} } }, 'domain.name must be given, got undefined'],
    [
      'nothing needs the certificate of the domain',
      { domain: { name: 'app.example.com', zone: { zoneName: 'example.com', node: {} }, certificate: {} } },
      'domain.certificate needs a TLS listener without certificates of its own, got none: leave it out',
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => Routing.network({ listeners: [tcp], ...options } as NetworkRoutingOptions), message);
  });
});
