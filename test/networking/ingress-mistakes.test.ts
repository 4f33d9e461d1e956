import {
  App,
  Duration,
  Stack,
  Token,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_route53 as route53,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import { Ingress, Routing, WebService } from '../../lib';
import type { IngressProps, RouteOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, only } from '../support/fixture';
import { RECORD, shared, zoneOf } from '../support/ingress';

/** What a compiler would find. */
const untyped = <T>(value: unknown) => value as T;

describe('a shared load balancer', () => {
  test.each<[string, (fixture: Fixture) => unknown, string | RegExp]>([
    ['it is told nothing', () => undefined, 'the properties of an Ingress must be given, got undefined'],
    ['its domain has no zone', () => ({ domain: { names: ['a.b'] } }), 'domain.zone must be given, got undefined'],
    [
      'a name is missing',
      () => ({ domain: { zone: {}, names: [undefined] } }),
      'a name of domain.names must be given, got undefined',
    ],
    [
      'a certificate is missing',
      () => ({ certificates: [undefined] }),
      'an ARN of certificates must be given, got undefined',
    ],
    ['clients are no list', () => ({ plainHttp: true, allowFrom: '10.0.0.0/8' }), /^allowFrom must be a list/],
    ['clients are null', () => ({ plainHttp: true, allowFrom: null }), /^allowFrom must be/],
    [
      'a client is a text',
      () => ({ plainHttp: true, allowFrom: ['10.0.0.0/8'] }),
      /^.*allowFrom.* must .*10\.0\.0\.0\/8/,
    ],
    [
      'logs go nowhere',
      ({ stack }) => ({
        plainHttp: true,
        accessLogs: false,
        accessLogsBucket: s3.Bucket.fromBucketName(stack, 'B', 'logs'),
      }),
      'accessLogsBucket needs access logs, got accessLogs: false: leave one of them out, as nothing would be written there',
    ],
    [
      'logs go to a bucket with a key',
      ({ stack }) => ({
        plainHttp: true,
        accessLogsBucket: new s3.Bucket(stack, 'B', { encryption: s3.BucketEncryption.KMS }),
      }),
      "accessLogsBucket must be encrypted with SSE-S3, which is all that load balancers deliver to, got 'Shop/B' with a key: use s3.BucketEncryption.S3_MANAGED",
    ],
  ])('fails when %s', (_what, props, message) => {
    const fixture = new Fixture();
    const given = props(fixture);
    const all = given && { vpc: fixture.vpc, ...(given as object) };
    expectFailure(() => new Ingress(fixture.stack, 'Ingress', untyped<IngressProps>(all)), message);
  });

  test('takes a name that is a token', () => {
    const fixture = new Fixture();
    const zone = zoneOf(fixture);
    const names = [Token.asString({ Ref: 'Name' }), 'example.com'];
    new Ingress(fixture.stack, 'Ingress', { vpc: fixture.vpc, domain: { zone, names } });
    fixture.template().resourceCountIs(RECORD, 2);
  });

  test('may have one name in two zones, and adds domains with any id', () => {
    const { fixture, ingress } = shared();
    const zone = new route53.PrivateHostedZone(fixture.stack, 'Inner', { zoneName: 'example.com', vpc: fixture.vpc });
    const certificate = { certificateArn: 'arn' } as never;
    ingress.addDomain('Certificate', { zone, names: ['example.com'], certificate });
    fixture.template().resourceCountIs(RECORD, 3);
  });

  test('fails when another one has the record', () => {
    const { fixture, zone } = shared();
    expectFailure(
      () => fixture.web({ routing: Routing.domain('example.com', { zone }) }),
      "the record 'example.com' of the zone 'Shop/Zone' must point to one load balancer, got 'Shop/Web' beside 'Shop/Ingress': use another name, or another zone",
    );
  });

  test('fails when the service is in another network', () => {
    const { fixture } = shared();
    const elsewhere = new ec2.Vpc(fixture.stack, 'Elsewhere', { restrictDefaultSecurityGroup: false });
    const ingress = new Ingress(fixture.stack, 'There', { vpc: elsewhere, plainHttp: true, internal: true });
    expectFailure(
      () => fixture.web({ routing: ingress.route({ paths: ['/*'] }) }),
      "the service 'Shop/Web' must be in the VPC of 'Shop/There' ('Shop/Elsewhere'), got 'Shop/Vpc': make an Ingress for each VPC",
    );
  });

  test('fails when the service is in another region', () => {
    const app = new App();
    const fixture = new Fixture(app);
    const inRegion = (region: string) => new Stack(app, region, { env: { account: '111122223333', region } });
    const vpc = ec2.Vpc.fromVpcAttributes(inRegion('eu-west-1'), 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a', 'b'],
      privateSubnetIds: ['s-1', 's-2'],
    });
    const ingress = new Ingress(inRegion('eu-central-1'), 'Ingress', { vpc, plainHttp: true, internal: true });
    expectFailure(
      () => fixture.web({ routing: ingress.route({ paths: ['/*'] }) }, inRegion('us-east-1')),
      /^the service 'us-east-1\/Web' must be in the region of 'eu-central-1\/Ingress', eu-central-1, got us-east-1/,
    );
  });
});

describe('a route', () => {
  test.each<[string, unknown, string | RegExp]>([
    ['it is told nothing', undefined, 'the options of a route must be given, got undefined'],
    [
      'a condition is misspelt',
      { hosts: ['a.example.com'], path: ['/x'] },
      /^the options of a route must be an object with hosts, .*, got path$/,
    ],
    ['its guard is misspelt', { hosts: ['a.example.com'], authentification: {} }, /got authentification$/],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => shared().ingress.route(untyped<RouteOptions>(options)), message);
  });

  test('fails when two have the same token for a priority', () => {
    const { web } = shared();
    const priority = Token.asNumber({ Ref: 'Priority' });
    web('One', { hosts: ['a.example.com'], priority });
    expectFailure(
      () => web('Other', { hosts: ['b.example.com'], priority }),
      /must have different priorities, got the same token for both .*: give one of them another `priority`$/,
    );
  });

  test('fails with a priority that is free for all of its rules', () => {
    const { web } = shared();
    web('One', { hosts: ['a.example.com'], priority: 100 });
    web('Two', { hosts: ['b.example.com'], priority: 97 });
    const hosts = Array.from({ length: 15 }, (_, index) => `h${index}.example.com`);
    expectFailure(() => web('Many', { hosts, priority: 100 }), /`priority: 94`, which is free$/);
    expect(() => web('Again', { hosts, priority: 94 })).not.toThrow();
  });

  test.each<[string, Partial<RouteOptions>, string]>([
    [
      'HTTP codes for gRPC',
      { protocolVersion: elbv2.ApplicationProtocolVersion.GRPC, healthCheck: { healthyHttpCodes: '200' } },
      "healthCheck.healthyHttpCodes must be left out with gRPC, got '200': use healthyGrpcCodes, or give the route a healthCheck of its own",
    ],
    [
      'gRPC codes for HTTP',
      { healthCheck: { healthyGrpcCodes: '0' } },
      "healthCheck.healthyGrpcCodes must be left out without gRPC, got '0': use healthyHttpCodes, or give the route a healthCheck of its own",
    ],
    [
      'codes that gRPC does not have',
      { protocolVersion: elbv2.ApplicationProtocolVersion.GRPC, healthCheck: { healthyGrpcCodes: '200' } },
      "healthCheck.healthyGrpcCodes must be codes of gRPC from 0 to 99 such as '12', '0,1' or '0-5', got '200'",
    ],
    [
      'a cookie without other zones',
      { stickinessCookieDuration: Duration.hours(1), crossZoneEnabled: false },
      'stickinessCookieDuration needs crossZoneEnabled, got false: a client may come in by any zone, so leave one of them out',
    ],
  ])('fails with %s', (_what, options, message) => {
    expectFailure(() => shared().web('Web', { hosts: ['a.example.com'], ...options }), message);
  });

  test.each<[string, RouteOptions, RegExp]>([
    ['its prefix', { pathPrefix: '/docs' }, /^http:\/\/.*\/docs$/],
    ['a host', { hosts: ['a.example.com'] }, /^http:\/\/a\.example\.com$/],
  ])('has the URL of a load balancer without names for %s', (_what, route, url) => {
    const fixture = new Fixture();
    const ingress = new Ingress(fixture.stack, 'Ingress', { vpc: fixture.vpc, plainHttp: true, internal: true });
    expect(fixture.web({ routing: ingress.route(route) }).url).toMatch(url);
  });

  test('fails when it leads to the mark of the load balancer', () => {
    const { fixture, ingress } = shared();
    const securityGroups = [ingress.targetSecurityGroup];
    expectFailure(
      () => fixture.web({ routing: ingress.route({ hosts: ['a.example.com'] }), securityGroups }),
      "securityGroups must not have 'Shop/Ingress/TargetSecurityGroup', got it for 'Shop/Web/Service': routes add it themselves, and it lets nobody in",
    );
  });
});

describe('Routing', () => {
  test.each([undefined, {}, 'https'])('fails when the routing of a service is %s', (routing) => {
    const fixture = new Fixture();
    const props = {
      cluster: fixture.cluster,
      container: { image: IMAGE },
      port: 80,
      routing: untyped<Routing>(routing),
    };
    expectFailure(() => new WebService(fixture.stack, 'Web', props), /^routing must be a Routing such as/);
  });

  test('of a domain has its prefix in the URL', () => {
    const fixture = new Fixture();
    const web = fixture.web({
      routing: Routing.domain('a.example.com', { zone: zoneOf(fixture), pathPrefix: '/docs' }),
    });
    expect(web.url).toBe('https://a.example.com/docs');
    expect(only(fixture.template(), RECORD).Properties.Name).toBe('a.example.com.');
  });

  test('of a domain fails with hosts of others', () => {
    const zone = zoneOf(new Fixture());
    expectFailure(
      () => Routing.domain('a.example.com', { zone, hosts: ['b.example.com'] }),
      "hosts of Routing.domain must be covered by 'a.example.com', got 'b.example.com': use Ingress for several names",
    );
    expect(() => Routing.domain('*.example.com', { zone, hosts: ['b.example.com'] })).not.toThrow();
    expectFailure(
      () => Routing.domain('a.example.com', { zone, hosts: untyped('a.example.com') }),
      "hosts must be a list, got 'a.example.com': put it into brackets",
    );
  });

  test.each<[string, () => unknown, string]>([
    ['https without options', () => Routing.https(untyped(undefined)), 'certificates must be given, got undefined'],
    [
      'domain without options',
      () => Routing.domain('a.b', untyped(undefined)),
      'the options of Routing.domain must be given, got undefined',
    ],
    ['domain without a zone', () => Routing.domain('a.b', untyped({})), 'zone must be given, got undefined'],
  ])('fails as %s', (_what, make, message) => {
    expectFailure(make, message);
  });
});
