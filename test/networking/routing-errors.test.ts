import { Stack, Token, aws_certificatemanager as acm, aws_ec2 as ec2, aws_route53 as route53 } from 'aws-cdk-lib';
import { EcsCluster, Routing } from '../../lib';
import { expectFailure, expectWrong } from '../support/errors';
import type { WrongInput } from '../support/errors';
import { Fixture, newApp } from '../support/fixture';

const zoneOf = ({ stack }: { stack: Stack }, zoneName = 'example.com') =>
  route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName });

/** A service in a VPC that is made as told. */
function inVpc(props: ec2.VpcProps, routing: (stack: Stack) => Routing) {
  const stack = new Stack(newApp(), 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false, ...props });
  const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
  return new Fixture().web({ cluster, routing: routing(stack) }, stack);
}

const subnets = (...types: ec2.SubnetType[]) => ({
  subnetConfiguration: types.map((subnetType) => ({ name: subnetType, subnetType })),
});
const { PUBLIC, PRIVATE_ISOLATED } = ec2.SubnetType;

describe('a load balancer without the subnets that it needs', () => {
  test('fails when it is public and there are no public subnets', () => {
    expectFailure(
      () => inVpc(subnets(PRIVATE_ISOLATED), () => Routing.http()),
      'a public load balancer needs public subnets, and the VPC has none: use `internal: true`, name loadBalancerSubnets, or use another VPC',
    );
  });

  const ONE_ZONE = 'a load balancer needs subnets in at least 2 availability zones, got 1: use a VPC with more zones';

  test.each([
    ['internal', 'by name', true, { availabilityZones: ['eu-west-1a'] }],
    ['public', 'by name', false, { availabilityZones: ['eu-west-1a'] }],
    ['internal', 'by number', true, { maxAzs: 1 }],
    ['public', 'by number', false, { maxAzs: 1 }],
  ])('fails when it is %s and the VPC has one availability zone, %s', (_scheme, _how, internal, zones) => {
    const both = subnets(PUBLIC, PRIVATE_ISOLATED);
    expectFailure(() => inVpc({ ...both, ...zones }, () => Routing.http({ internal })), ONE_ZONE);
  });

  test('fails when the subnets that it is given are in one availability zone', () => {
    const fixture = new Fixture();
    const loadBalancerSubnets = { subnets: [fixture.vpc.publicSubnets[0]] };
    expectFailure(() => fixture.web({ routing: Routing.http({ loadBalancerSubnets }) }), ONE_ZONE);
  });

  test('is fine with isolated subnets when it is internal', () => {
    expect(() => inVpc(subnets(PRIVATE_ISOLATED), () => Routing.http({ internal: true }))).not.toThrow();
  });
});

describe('a routing with wrong names or certificates', () => {
  const NAME = "lower case such as 'app.example.com' or '*.example.com'";
  const named =
    (name: string, zoneName?: string): WrongInput[1] =>
    (fixture) => ({
      routing: Routing.domain(name, { zone: zoneOf(fixture, zoneName) }),
    });

  test.each<WrongInput>([
    [
      'there is no certificate',
      () => ({ routing: Routing.https({ certificates: [] }) }),
      'certificates must have at least one certificate, got none: use Routing.domain to have one made',
    ],
    [
      'the name is not in the zone',
      named('app.example.org'),
      "the domain name must be 'example.com' or end with '.example.com', the name of its zone, got 'app.example.org'",
    ],
    [
      'the name ends like the zone, but is not in it',
      named('myexample.com'),
      "the domain name must be 'example.com' or end with '.example.com', the name of its zone, got 'myexample.com'",
    ],
    [
      'the name has upper-case letters',
      named('App.example.com'),
      `the domain name must be ${NAME}, got 'App.example.com'`,
    ],
    ['the name is empty', named(''), `the domain name must be ${NAME}, got ''`],
    [
      'the name is a URL',
      named('https://app.example.com'),
      `the domain name must be ${NAME}, got 'https://app.example.com'`,
    ],
    ['the name has one part', named('localhost'), `the domain name must be ${NAME}, got 'localhost'`],
    [
      'a part of the name ends with a hyphen',
      named('app-.example.com'),
      `the domain name must be ${NAME}, got 'app-.example.com'`,
    ],
    [
      'the name is too long',
      named(`${'a'.repeat(120)}.example.com`),
      /^the domain name must be .*, got 'a{120}\.example\.com'$/,
    ],
    [
      'a certificate is to be validated in a private zone, where nobody sees it',
      ({ stack, vpc }) => {
        const zone = new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: 'example.com' });
        return { routing: Routing.domain('app.example.com', { zone, internal: true }) };
      },
      "a certificate for 'app.example.com' cannot be validated in a private zone, because nobody outside sees it: pass certificate",
    ],
  ])('fails when %s', (_what, props, message) => {
    expectWrong(props, message);
  });

  test('is fine with the name of a zone that ends with a dot, as DNS writes it', () => {
    const fixture = new Fixture();
    expect(() => fixture.web(named('app.example.com', 'example.com.')(fixture))).not.toThrow();
  });

  test('is fine with names that are known at deploy time only', () => {
    const fixture = new Fixture();
    const name = Token.asString({ Ref: 'Name' });
    const certificate = acm.Certificate.fromCertificateArn(
      fixture.stack,
      'Certificate',
      'arn:aws:acm:eu-west-1:1:certificate/1',
    );
    fixture.web({ routing: Routing.domain(name, { zone: zoneOf(fixture), certificate }) });
    const template = fixture.template();
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: { 'Fn::Join': ['', [{ Ref: 'Name' }, '.']] } });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [{ Ref: 'Name' }] } }],
    });
  });

  test('is fine in a zone whose name is known at deploy time only', () => {
    const fixture = new Fixture();
    const props = named('app.example.com', Token.asString({ Ref: 'ZoneName' }))(fixture);
    expect(() => fixture.web(props)).not.toThrow();
  });
});
