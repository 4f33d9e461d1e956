import {
  aws_certificatemanager as acm,
  aws_cloudfront as cloudfront,
  aws_cloudfront_origins as origins,
  aws_ec2 as ec2,
  aws_route53 as route53,
  aws_secretsmanager as secretsmanager,
} from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { CloudFrontPeer, Ingress } from '../../lib';
import type { WebService } from '../../lib';
import { Fixture, newApp, only, warnings } from '../support/fixture';
import type { Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { all, attributesOf, idOf, once } from '../support/resources';
import { STRICT, validate } from '../support/validate';

// The patterns of docs/cloudfront.md, as they are written there.

const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const DISTRIBUTION = 'AWS::CloudFront::Distribution';
const ORIGIN_FACING = { 'Fn::FindInMap': ['CloudFrontOriginFacing', { Ref: 'AWS::Region' }, 'PrefixListId'] };
const HOST = 'app.example.com';

class Site extends Fixture {
  public readonly zone: route53.IHostedZone;
  public readonly edgeCertificate: acm.ICertificate;

  constructor(app: App) {
    super(app);
    const zone = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };
    this.zone = route53.HostedZone.fromHostedZoneAttributes(this.stack, 'Zone', zone);
    const arn = 'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000';
    this.edgeCertificate = acm.Certificate.fromCertificateArn(this.stack, 'EdgeCertificate', arn);
  }

  public certificate(...subjectAlternativeNames: string[]): acm.ICertificate {
    return new acm.Certificate(this.stack, 'OriginCertificate', {
      domainName: HOST,
      subjectAlternativeNames,
      validation: acm.CertificateValidation.fromDns(this.zone),
    });
  }

  public distribution(origin: cloudfront.IOrigin): cloudfront.Distribution {
    return new cloudfront.Distribution(this.stack, 'Edge', {
      domainNames: [HOST],
      certificate: this.edgeCertificate,
      defaultBehavior: {
        origin,
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
      },
    });
  }
}

interface Made {
  readonly site: Site;
  readonly ingress: Ingress;
  readonly web: WebService;
  readonly template: () => Template;
}

/** An internal load balancer as a VPC origin. */
function vpcOrigin(app = newApp(), allowFrom?: (site: Site) => ec2.IPeer[]): Made {
  const site = new Site(app);
  const ingress = new Ingress(site.stack, 'Ingress', {
    vpc: site.vpc,
    internal: true,
    certificates: [site.certificate()],
    allowFrom: allowFrom?.(site) ?? [CloudFrontPeer.originFacing(site.stack)],
  });
  const web = site.web({ routing: ingress.route({ hosts: [HOST] }) });
  site.distribution(
    origins.VpcOrigin.withApplicationLoadBalancer(ingress.loadBalancer, {
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
    }),
  );
  return { site, ingress, web, template: once(() => site.template()) };
}

/** A public load balancer with a locked door. */
function lockedOrigin(app = newApp()): Made {
  const site = new Site(app);
  const { stack, zone } = site;
  const key = new secretsmanager.Secret(stack, 'OriginKey', {
    generateSecretString: { passwordLength: 40, excludePunctuation: true },
  });
  const ingress = new Ingress(stack, 'Ingress', {
    vpc: site.vpc,
    domain: { zone, names: ['origin.example.com'] },
    certificates: [site.certificate()],
    allowFrom: [CloudFrontPeer.originFacing(stack)],
  });
  const header = key.secretValue.unsafeUnwrap();
  const routing = ingress.route({ hosts: [HOST], headers: { 'x-origin-key': [header] }, priority: 100 });
  const web = site.web({ routing });
  site.distribution(
    new origins.HttpOrigin('origin.example.com', {
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
      customHeaders: { 'x-origin-key': header },
    }),
  );
  return { site, ingress, web, template: once(() => site.template()) };
}

const INTERNAL = once(() => vpcOrigin());
const PUBLIC = once(() => lockedOrigin());
const PATTERNS: [string, () => Made][] = [
  ['a VPC origin', INTERNAL],
  ['a locked public origin', PUBLIC],
];

/** Who may connect to the load balancer: rules inside of its group, and beside it. */
function clientsOf(made: Made): any[] {
  const { ingress } = made;
  const template = made.template();
  const [group] = ingress.loadBalancer.connections.securityGroups;
  const inline = template.findResources('AWS::EC2::SecurityGroup')[idOf(group)].Properties.SecurityGroupIngress ?? [];
  const beside = all(template, 'AWS::EC2::SecurityGroupIngress');
  return [...inline, ...beside.filter(({ GroupId }) => JSON.stringify(GroupId).includes(idOf(group)))];
}

describe.each(PATTERNS)('%s', (_name, make) => {
  test('lets nobody in but CloudFront, and nobody on another port than 443', () => {
    expect(clientsOf(make())).toEqual([
      expect.objectContaining({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, SourcePrefixListId: ORIGIN_FACING }),
    ]);
    const types = ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress'];
    const rules = types
      .flatMap((type) => all(make().template(), type))
      .map((rule) => ({ ...rule, SecurityGroupEgress: [] }));
    expect(JSON.stringify(rules)).not.toMatch(/Cidr(Ip|Ipv6)"/);
  });

  test('answers 404 to what no route names', () => {
    const listener = only(make().template(), 'AWS::ElasticLoadBalancingV2::Listener').Properties;
    expect(listener).toMatchObject({
      Port: 443,
      Protocol: 'HTTPS',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
  });

  test('is asked over HTTPS with all that the viewer sent, and nothing is cached', () => {
    const { DefaultCacheBehavior } = only(make().template(), DISTRIBUTION).Properties.DistributionConfig;
    expect(DefaultCacheBehavior).toMatchObject({
      ViewerProtocolPolicy: 'redirect-to-https',
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
    });
  });

  test('can be deployed', () => {
    expectAcyclic(make().template());
    expect(warnings(make().ingress)).toEqual([]);
    expect(warnings(make().web)).toEqual([]);
  });
});

describe('a VPC origin', () => {
  test('is an internal load balancer that CloudFront reaches by its ARN', () => {
    const { ingress } = INTERNAL();
    const template = INTERNAL().template();
    expect(only(template, BALANCER).Properties.Scheme).toBe('internal');
    const origin = only(template, 'AWS::CloudFront::VpcOrigin');
    expect(origin.Properties.VpcOriginEndpointConfig).toMatchObject({
      Arn: { Ref: idOf(ingress.loadBalancer) },
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
    });
    const { Origins } = only(template, DISTRIBUTION).Properties.DistributionConfig;
    expect(Origins).toHaveLength(1);
    expect(Origins[0].VpcOriginConfig).toEqual({ VpcOriginId: { 'Fn::GetAtt': [origin.id, 'Id'] } });
    expect(Origins[0]).not.toHaveProperty('CustomOriginConfig');
  });

  test('has no name that leads to the load balancer', () => {
    INTERNAL().template().resourceCountIs('AWS::Route53::RecordSet', 0);
  });

  test('can be narrowed to the security group that CloudFront made', () => {
    const made = vpcOrigin(newApp(), () => [ec2.Peer.securityGroupId('sg-0123456789abcdef0')]);
    expect(clientsOf(made)).toEqual([
      expect.objectContaining({ FromPort: 443, ToPort: 443, SourceSecurityGroupId: 'sg-0123456789abcdef0' }),
    ]);
  });

  test('can have both doors open, while one takes the place of the other', () => {
    const made = vpcOrigin(newApp(), ({ stack }) => [
      CloudFrontPeer.originFacing(stack),
      ec2.Peer.securityGroupId('sg-0123456789abcdef0'),
    ]);
    expect(clientsOf(made)).toHaveLength(2);
  });

  test('lets nobody in when nobody is named', () => {
    expect(clientsOf(vpcOrigin(newApp(), () => []))).toEqual([]);
  });
});

describe('a locked public origin', () => {
  /** The reference to the secret, in the rule and in the distribution. */
  const header = ({ template }: Made) => ({
    'Fn::Join': [
      '',
      ['{{resolve:secretsmanager:', { Ref: only(template(), 'AWS::SecretsManager::Secret').id }, ':SecretString:::}}'],
    ],
  });

  test('forwards only what has the header', () => {
    const template = PUBLIC().template();
    const rules = all(template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(rules).toHaveLength(1);
    expect(rules[0].Conditions).toHaveLength(2);
    expect(rules[0].Conditions).toEqual(
      expect.arrayContaining([
        { Field: 'host-header', HostHeaderConfig: { Values: [HOST] } },
        {
          Field: 'http-header',
          HttpHeaderConfig: { HttpHeaderName: 'x-origin-key', Values: [header(PUBLIC())] },
        },
      ]),
    );
  });

  test('gets the header from CloudFront, and over HTTPS', () => {
    const template = PUBLIC().template();
    const { Origins } = only(template, DISTRIBUTION).Properties.DistributionConfig;
    expect(Origins).toEqual([
      expect.objectContaining({
        DomainName: 'origin.example.com',
        CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
        OriginCustomHeaders: [{ HeaderName: 'x-origin-key', HeaderValue: header(PUBLIC()) }],
      }),
    ]);
  });

  test('has a certificate for both names, and a record for its own only', () => {
    const template = PUBLIC().template();
    expect(all(template, 'AWS::Route53::RecordSet').map(({ Name }) => Name)).toEqual(['origin.example.com.']);
    const names = all(template, 'AWS::CertificateManager::Certificate').map(({ DomainName }) => DomainName);
    expect(names.sort()).toEqual([HOST, 'origin.example.com']);
  });

  test('is public, and drops headers that are no headers', () => {
    const { Scheme, LoadBalancerAttributes } = only(PUBLIC().template(), BALANCER).Properties;
    expect(Scheme).toBe('internet-facing');
    expect(attributesOf(LoadBalancerAttributes)).toMatchObject({
      'routing.http.drop_invalid_header_fields.enabled': 'true',
    });
  });
});

test('no validator finds anything in the load balancer of a locked public origin', () => {
  const { site } = lockedOrigin(newApp(STRICT));
  // The distribution, the secret and the VPC are those of the user.
  const users = ['Edge', 'OriginKey', 'Vpc'].map((id) => `Shop/${id}`);
  const { open } = validate(site.app);
  expect(open.filter(({ path }) => !users.some((user) => path.startsWith(user)))).toEqual([]);
});
