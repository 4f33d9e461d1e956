import { Token } from 'aws-cdk-lib';
import {
  checkGateway,
  checkGatewayHealthProtocol,
  checkGatewaysOfCluster,
  checkGatewayZones,
  checkGrpcCodes,
  checkSameConnector,
} from '../../lib/rules/gateways';
import { expectFailure } from '../support/errors';

describe('checkGateway', () => {
  const header = (name: unknown, values: unknown = ['yes']) => ({ testTrafficHeader: { name, values } });

  test.each<[string, object]>([
    ['nothing', {}],
    ['a name', { gatewayName: 'Public-shop-1' }],
    ['the longest name', { gatewayName: 'x'.repeat(255) }],
    ['one load balancer', { maxLoadBalancers: 1 }],
    ['many load balancers', { maxLoadBalancers: 50 }],
    ['a header', header('X-Test', ['a b', '*'])],
    ['the longest header', header('x'.repeat(40), ['x'.repeat(128)])],
    ['tokens', { ...header(Token.asString({ Ref: 'A' }), [Token.asString({ Ref: 'B' })]) }],
  ])('takes %s', (_what, settings) => {
    expect(() => checkGateway(settings)).not.toThrow();
  });

  const NAME = "testTrafficHeader.name must be the name of a header of at most 40 characters, not 'Host'";
  const VALUE = 'a value of testTrafficHeader must be printable, of 1 to 128 characters';
  test.each<[string, object, string]>([
    [
      'a name of no string',
      { gatewayName: 5 },
      "gatewayName must be 1 to 255 letters, digits and hyphens, such as 'public-shop', got 5, which is no string",
    ],
    ['less than one load balancer', { maxLoadBalancers: -1 }, 'maxLoadBalancers must be at least 1, got -1'],
    ['no number of load balancers', { maxLoadBalancers: NaN }, 'maxLoadBalancers must be at least 1, got NaN'],
    ['a header without a name', header(undefined), 'testTrafficHeader.name must be given, got undefined'],
    ['a header with a space', header('X Test'), `${NAME}, got 'X Test'`],
    ['a header that is too long', header('x'.repeat(41)), `${NAME}, got '${'x'.repeat(41)}'`],
    ['the host', header('HOST'), `${NAME}, got 'HOST'`],
    [
      'values that are no list',
      header('X-Test', 'yes'),
      "testTrafficHeader.values must be a list, got 'yes': put it into brackets",
    ],
    [
      'no values',
      header('X-Test', []),
      'testTrafficHeader.values must have a value at least, got none: name what testers send',
    ],
    [
      'values that are none',
      header('X-Test', null),
      'testTrafficHeader.values must be a list, got something else: put it into brackets',
    ],
    ['a value that is too long', header('X-Test', ['x'.repeat(129)]), `${VALUE}, got '${'x'.repeat(129)}'`],
    ['a value of two lines', header('X-Test', ['a\nb']), `${VALUE}, got 'a\nb'`],
  ])('fails with %s', (_what, settings, message) => {
    expectFailure(() => checkGateway(settings), message);
  });
});

test('a cluster has five gateways at the most', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  expect(() => checkGatewaysOfCluster('Ecs', names)).not.toThrow();
  expectFailure(
    () => checkGatewaysOfCluster('Ecs', [...names, 'f']),
    /at most 5 gateways, got 6 for 'Ecs': 'a', .*'f':/,
  );
});

test('health is asked over HTTP, and answered by codes', () => {
  for (const protocol of [undefined, 'HTTP', 'HTTPS']) expect(() => checkGatewayHealthProtocol(protocol)).not.toThrow();
  for (const protocol of ['TCP', 'http', 'HTTPSX']) {
    expectFailure(
      () => checkGatewayHealthProtocol(protocol),
      `healthCheck.protocol must be HTTP or HTTPS, got '${protocol}'`,
    );
  }
  for (const codes of [undefined, '0', '12', '0,12', '0-99']) expect(() => checkGrpcCodes(codes)).not.toThrow();
  for (const codes of ['', '0,', '-1', '100']) {
    expectFailure(() => checkGrpcCodes(codes), /^healthCheck.healthyGrpcCodes must be/);
  }
});

test('one connector is the same for all routes', () => {
  expect(() => checkSameConnector('Web', 'a', 'a')).not.toThrow();
  expectFailure(() => checkSameConnector('Web', 'a', 'b'), /one port and one health check .* got two for 'Web'/);
});

describe('checkGatewayZones', () => {
  const zone = (index: number) => `{"Fn::Select":[${index},{"Fn::GetAZs":""}]}`;

  test.each<[string, string[], string[]]>([
    ['the same', ['a', 'b'], ['b', 'a']],
    ['fewer', ['a', 'b'], ['a']],
    ['unknown ones of the gateway', [], ['a']],
    ['unknown ones of the service', ['a', 'b'], []],
    ['the same by numbers', [zone(0), zone(1)], [zone(1)]],
    ['names beside numbers', ['a', 'b'], [zone(2)]],
    ['numbers beside names', [zone(0)], [zone(0), 'c']],
  ])('takes %s', (_what, has, tasks) => {
    expect(() => checkGatewayZones('Web', 'Gateway', has, tasks)).not.toThrow();
  });

  test('fails when the gateway lacks one', () => {
    expectFailure(
      () => checkGatewayZones('Web', 'Gateway', ['a', 'b'], ['a', 'c', 'd']),
      /^'Web' must run in the zones of 'Gateway' \(a, b\), got c, d too: /,
    );
    expectFailure(
      () => checkGatewayZones('Web', 'Gateway', [zone(0)], [zone(11)]),
      /\(zone 1 of the region\), got zone 12 of the region too: /,
    );
  });
});
