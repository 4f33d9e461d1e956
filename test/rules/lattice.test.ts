import { aws_elasticloadbalancingv2 as elbv2, Duration, Token } from 'aws-cdk-lib';
import { checkLatticeHealth, checkLatticeMatch, checkLatticePriority } from '../../lib/rules/lattice';
import type { LatticeMatch } from '../../lib/rules/lattice';
import { expectFailure } from '../support/errors';

const CODES = "HTTP codes such as '200', '200,204' or '200-299'";
const PATH = "a path that starts with '/' and has no spaces";
const seconds = (value: number) => Duration.seconds(value);

describe('a health check of VPC Lattice', () => {
  test.each<elbv2.HealthCheck | undefined>([
    undefined,
    {},
    { path: '/', port: 'traffic-port', healthyHttpCodes: '200-299,503' },
    { path: '/a?b=c', port: '65535', interval: seconds(300), timeout: seconds(120) },
    { interval: seconds(5), timeout: seconds(1), healthyThresholdCount: 2, unhealthyThresholdCount: 10 },
    { enabled: false, protocol: elbv2.Protocol.HTTP },
    { path: Token.asString({ Ref: 'P' }), port: Token.asString({ Ref: 'P' }) },
    { interval: Duration.seconds(Token.asNumber({ Ref: 'I' })), timeout: seconds(100) },
    { interval: seconds(5), timeout: Duration.seconds(Token.asNumber({ Ref: 'T' })) },
  ])('may be %p', (check) => {
    expect(() => checkLatticeHealth(check)).not.toThrow();
  });

  test.each<[elbv2.HealthCheck, string]>([
    [{ interval: seconds(4) }, 'healthCheck.interval must be between 5 and 300 seconds, got 4 seconds'],
    [{ interval: seconds(301) }, 'healthCheck.interval must be between 5 and 300 seconds, got 301 seconds'],
    [{ timeout: seconds(0) }, 'healthCheck.timeout must be between 1 and 120 seconds, got 0 seconds'],
    [{ timeout: seconds(121) }, 'healthCheck.timeout must be between 1 and 120 seconds, got 121 seconds'],
    [{ timeout: seconds(10) }, 'healthCheck.timeout must be shorter than healthCheck.interval, got 10 and 10 seconds'],
    [{ interval: seconds(5) }, 'healthCheck.timeout must be shorter than healthCheck.interval, got 5 and 5 seconds'],
    [{ healthyThresholdCount: 1 }, 'healthCheck.healthyThresholdCount must be between 2 and 10, got 1'],
    [{ unhealthyThresholdCount: 11 }, 'healthCheck.unhealthyThresholdCount must be between 2 and 10, got 11'],
    [{ path: 'health' }, `healthCheck.path must be ${PATH}, got 'health'`],
    [{ path: '/a b' }, `healthCheck.path must be ${PATH}, got '/a b'`],
    [{ healthyHttpCodes: 'ok' }, `healthCheck.healthyHttpCodes must be ${CODES}, got 'ok'`],
    [{ port: 'http' }, "healthCheck.port must be a number or 'traffic-port', got 'http'"],
    [{ port: '0' }, 'healthCheck.port must be between 1 and 65535, got 0'],
    [{ protocol: elbv2.Protocol.TCP }, 'healthCheck.protocol must be HTTP or HTTPS for VPC Lattice, got TCP'],
    [
      { healthyGrpcCodes: '0' },
      'healthCheck.healthyGrpcCodes must be left out for VPC Lattice, which has no gRPC health checks: name a path that answers over HTTP/2, or leave healthCheck out',
    ],
  ])('fails when it is %p', (check, message) => {
    expectFailure(() => checkLatticeHealth(check), message);
  });
});

describe('what a rule compares', () => {
  const MATCHED = "at most 200 characters that start with '/', without '*': VPC Lattice has no wildcards";
  const header = { name: 'X-Tenant', exact: 'one' };

  test.each<LatticeMatch>([
    {},
    { path: '/' },
    { path: '/a/b?c=d' },
    { pathPrefix: `/${'a'.repeat(199)}` },
    { pathPrefix: Token.asString({ Ref: 'P' }) },
    { headers: [header, { name: 'a', prefix: 'b' }, { name: 'a', contains: 'b c' }, header, header] },
    { headers: [{ name: Token.asString({ Ref: 'N' }), exact: Token.asString({ Ref: 'V' }) }] },
  ])('may be %p', (match) => {
    expect(() => checkLatticeMatch(match)).not.toThrow();
  });

  test.each<[string, LatticeMatch, string]>([
    ['the path has no slash', { path: 'a' }, `path must be ${MATCHED}, got 'a'`],
    ['the path is empty', { path: '' }, `path must be ${MATCHED}, got ''`],
    ['the prefix has a wildcard', { pathPrefix: '/a/*' }, `pathPrefix must be ${MATCHED}, got '/a/*'`],
    ['the path is too long', { path: `/${'a'.repeat(200)}` }, `path must be ${MATCHED}, got '/${'a'.repeat(200)}'`],
    [
      'path and prefix are both there',
      { path: '/a', pathPrefix: '/b' },
      "a route of VPC Lattice must have path or pathPrefix, got '/a' and '/b': use Routing.all for both",
    ],
    [
      'headers are none',
      { headers: [] },
      'headers must have between 1 and 5 headers, got 0: VPC Lattice takes no more in a rule',
    ],
    [
      'headers are six',
      { headers: Array.from({ length: 6 }, () => header) },
      'headers must have between 1 and 5 headers, got 6: VPC Lattice takes no more in a rule',
    ],
    [
      'headers are no list',
      { headers: header as unknown as [] },
      'headers must be a list, got something else: put it into brackets',
    ],
    [
      'the name of a header has a space',
      { headers: [{ name: 'X Tenant', exact: 'a' }] },
      "the name of a header must be 1 to 40 characters such as X-Tenant, got 'X Tenant'",
    ],
    [
      'a header is not compared',
      { headers: [{ name: 'X-Tenant' }] },
      "the header 'X-Tenant' must have one of exact, prefix and contains, got none",
    ],
    [
      'a header is compared twice',
      { headers: [{ name: 'X-Tenant', exact: 'a', contains: 'b' }] },
      "the header 'X-Tenant' must have one of exact, prefix and contains, got exact and contains",
    ],
    [
      'a header is compared with nothing',
      { headers: [{ name: 'X-Tenant', prefix: '' }] },
      "prefix of the header 'X-Tenant' must be 1 to 200 characters, got ''",
    ],
  ])('fails when %s', (_what, match, message) => {
    expectFailure(() => checkLatticeMatch(match), message);
  });
});

test('a priority is a whole number, and tokens pass', () => {
  [undefined, 1, 100, Token.asNumber({ Ref: 'P' })].forEach((priority) => {
    expect(() => checkLatticePriority(priority)).not.toThrow();
  });
  expectFailure(() => checkLatticePriority(1.5), 'priority must be a whole number, got 1.5');
});
