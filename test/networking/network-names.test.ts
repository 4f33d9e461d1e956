import {
  aws_certificatemanager as acm,
  aws_elasticloadbalancingv2 as elbv2,
  aws_kms as kms,
  aws_route53 as route53,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import { Routing } from '../../lib';
import { Fixture, only } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { TLS, certificateOf, networked, tcp, tls } from '../support/networked';
import { all, idOf, once, resourceOf } from '../support/resources';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const SERVICE = 'AWS::ECS::Service';
const BUCKET = 'AWS::S3::Bucket';
const RECORD = 'AWS::Route53::RecordSet';

const zoneOf = ({ stack }: Fixture) => new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
const domainOf = (fixture: Fixture, name = 'mqtt.example.com') => ({ name, zone: zoneOf(fixture) });

const plain = once(() => networked());

describe('the name of the load balancer', () => {
  test('is an alias record, and the certificate of TLS listeners that have none', () => {
    const { fixture, template, web, loadBalancer } = networked((made) => ({
      listeners: [{ port: 8883, protocol: TLS }, { ...tls(made), port: 8884 }, tcp],
      domain: domainOf(made),
    }));
    const zone = { Ref: idOf(fixture.stack.node.findChild('Zone')) };
    expect(only(template, RECORD).Properties).toMatchObject({
      Name: 'mqtt.example.com.',
      Type: 'A',
      HostedZoneId: zone,
      AliasTarget: { HostedZoneId: { 'Fn::GetAtt': [idOf(loadBalancer), 'CanonicalHostedZoneID'] } },
    });
    const certificate = only(template, 'AWS::CertificateManager::Certificate');
    expect(certificate.Properties).toMatchObject({
      DomainName: 'mqtt.example.com',
      DomainValidationOptions: [{ DomainName: 'mqtt.example.com', HostedZoneId: zone }],
    });
    const arnOf = (listener: elbv2.NetworkListener) => resourceOf(template, listener).Properties.Certificates;
    expect(web.routing.networkListeners!.map(arnOf)).toEqual([
      [{ CertificateArn: { Ref: certificate.id } }],
      [{ CertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/Given' }],
      undefined,
    ]);
    expect(web.routing.certificate).toBeInstanceOf(acm.Certificate);
    expect(web.url).toBe('tls://mqtt.example.com:8883');
  });

  test('has a certificate of yours, and then may be in a private zone', () => {
    const { template, web } = networked((made) => ({
      listeners: [{ port: 8883, protocol: TLS }],
      domain: {
        name: 'mqtt.example.com',
        zone: new route53.PrivateHostedZone(made.stack, 'Zone', { zoneName: 'example.com', vpc: made.vpc }),
        certificate: certificateOf(made),
      },
    }));
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    expect(only(template, 'AWS::ElasticLoadBalancingV2::Listener').Properties.Certificates).toEqual([
      { CertificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/Given' },
    ]);
    expect(web.routing.certificate!.certificateArn).toMatch(/Given$/);
  });

  test('needs no certificate without TLS, and then may be in a private zone', () => {
    const { template, web } = networked(({ stack, vpc }) => {
      const zone = new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: 'example.com' });
      return { internal: true, domain: { name: 'db.example.com', zone } };
    });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    expect(web.routing.certificate).toBeUndefined();
    expect(web.url).toBe('tcp://db.example.com:5432');
  });

  test('has records for both kinds of addresses when there are both', () => {
    const { template } = networked((fixture) => ({
      ipAddressType: elbv2.IpAddressType.DUAL_STACK,
      domain: domainOf(fixture),
    }));
    expect(all(template, RECORD).map(({ Type }) => Type)).toEqual(['A', 'AAAA']);
    expect(only(template, LOAD_BALANCER).Properties.IpAddressType).toBe('dualstack');
  });

  test('is no URL when it is a wildcard', () => {
    expect(networked((fixture) => ({ domain: domainOf(fixture, '*.example.com') })).web.routing.url).toBeUndefined();
  });
});

describe('access logs', () => {
  const logged = (bucket?: (fixture: Fixture) => s3.IBucket) =>
    networked((fixture) => ({ listeners: [tls(fixture)], accessLogsBucket: bucket?.(fixture) }));
  const pseudo = (name: string) => ({ Ref: `AWS::${name}` });
  const onlyOurs = {
    StringEquals: { 'aws:SourceAccount': pseudo('AccountId') },
    ArnLike: {
      'aws:SourceArn': {
        'Fn::Join': ['', ['arn:', pseudo('Partition'), ':logs:', pseudo('Region'), ':', pseudo('AccountId'), ':*']],
      },
    },
  };

  test('of TLS are delivered for this account only, before anybody tries', () => {
    const { template, loadBalancer, attributes, web } = logged();
    const { id } = only(template, BUCKET);
    const policy = only(template, 'AWS::S3::BucketPolicy');
    const arn = { 'Fn::GetAtt': [id, 'Arn'] };
    expect(attributes).toMatchObject({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': { Ref: id } });
    expect(policy.Properties.PolicyDocument.Statement.slice(1)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: 's3:GetBucketAcl',
        Resource: arn,
        Condition: onlyOurs,
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [arn, '/AWSLogs/', pseudo('AccountId'), '/*']] },
        Condition: {
          ...onlyOurs,
          StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', ...onlyOurs.StringEquals },
        },
      },
    ]);
    expect(resourceOf(template, loadBalancer).DependsOn).toContain(policy.id);
    expect(web.routing.accessLogsBucket).toBe(web.node.findChild('AccessLogs'));
  });

  test('may be encrypted with a key of yours', () => {
    const { template, web, fixture } = logged(
      ({ stack }) => new s3.Bucket(stack, 'Theirs', { encryptionKey: new kms.Key(stack, 'Key') }),
    );
    const { Statement } = resourceOf(template, fixture.stack.node.findChild('Key') as kms.Key).Properties.KeyPolicy;
    expect(Statement[1]).toEqual({
      Effect: 'Allow',
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Resource: '*',
      Condition: onlyOurs,
    });
    template.resourceCountIs(BUCKET, 1);
    expect(web.routing.accessLogsBucket).toBe(fixture.stack.node.findChild('Theirs'));
  });

  test('go to an imported bucket, whose policy is the concern of its owner', () => {
    const { template, attributes } = logged(({ stack }) => s3.Bucket.fromBucketName(stack, 'Theirs', 'central-logs'));
    expect(attributes['access_logs.s3.bucket']).toBe('central-logs');
    template.resourceCountIs('AWS::S3::BucketPolicy', 0);
  });

  test('are not there without TLS, of which alone there are any, and when told so', () => {
    const off = networked((fixture) => ({ listeners: [tls(fixture)], accessLogs: false }));
    for (const { template, attributes, web } of [plain(), off]) {
      expect(attributes).not.toHaveProperty(['access_logs.s3.enabled']);
      template.resourceCountIs(BUCKET, 0);
      expect(web.routing.accessLogsBucket).toBeUndefined();
    }
  });
});

describe('Routing.all with Routing.network', () => {
  test('serves HTTP beside it, with what only HTTP knows', () => {
    const fixture = new Fixture();
    const web = fixture.web({
      routing: Routing.all([
        Routing.https({ internal: true, certificates: [certificateOf(fixture)] }),
        Routing.network({ internal: true, listeners: [{ ...tcp, targetPort: 5432 }] }),
      ]),
    });
    const template = fixture.template();
    expectAcyclic(template);
    expect(only(template, SERVICE).Properties.LoadBalancers.map((each: any) => each.ContainerPort)).toEqual([
      8080, 5432,
    ]);
    expect(web.url).toMatch(/^https:/);
    expect(web.routing.more![0].networkListeners).toHaveLength(1);
    expect(all(template, LOAD_BALANCER).map(({ Type }) => Type)).toEqual(['application', 'network']);
  });
});
