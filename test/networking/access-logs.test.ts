import { Stack, Token, aws_s3 as s3 } from 'aws-cdk-lib';
import { Routing } from '../../lib';
import type { HttpRoutingOptions } from '../../lib';
import { Fixture, Template, only } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { all, attributesOf, idOf, resourceOf } from '../support/resources';

const BUCKET = 'AWS::S3::Bucket';
const POLICY = 'AWS::S3::BucketPolicy';

function logged(options: (fixture: Fixture) => HttpRoutingOptions = () => ({}), fixture = new Fixture()) {
  const web = fixture.web({ routing: Routing.http({ internal: true, ...options(fixture) }) });
  const template = fixture.template();
  const { LoadBalancerAttributes } = only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
  return { fixture, web, template, attributes: attributesOf(LoadBalancerAttributes) };
}

describe('access logs', () => {
  test('are written in a stack that knows neither account nor region', () => {
    const { fixture, template, attributes } = logged();
    expect(Token.isUnresolved(fixture.stack.account) && Token.isUnresolved(fixture.stack.region)).toBe(true);
    expect(attributes).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': { Ref: only(template, BUCKET).id },
    });
  });

  test('go to a bucket that is private, versioned, encrypted as load balancers need it, and stays', () => {
    const bucket = only(logged().template, BUCKET);
    expect(bucket.DeletionPolicy).toBe('Retain');
    expect(bucket.Properties).toEqual({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [{ Status: 'Enabled', ExpirationInDays: 365, NoncurrentVersionExpiration: { NoncurrentDays: 30 } }],
      },
    });
  });

  test('are written by load balancers of this account only, and read over TLS only', () => {
    const { template } = logged();
    const arn = { 'Fn::GetAtt': [only(template, BUCKET).id, 'Arn'] };
    expect(only(template, POLICY).Properties.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:*',
        Resource: [arn, { 'Fn::Join': ['', [arn, '/*']] }],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [arn, '/AWSLogs/', { Ref: 'AWS::AccountId' }, '/*']] },
      },
    ]);
  });

  test('are allowed before the load balancer tries to write', () => {
    const { web, template } = logged();
    expect(resourceOf(template, web.loadBalancer).DependsOn).toContain(only(template, POLICY).id);
  });

  test('go to the bucket of the user', () => {
    const { fixture, web, template, attributes } = logged(({ stack }) => ({
      accessLogsBucket: new s3.Bucket(stack, 'Theirs', { encryption: s3.BucketEncryption.S3_MANAGED }),
    }));
    const theirs = idOf(fixture.stack.node.findChild('Theirs'));
    template.resourceCountIs(BUCKET, 1);
    expect(attributes['access_logs.s3.bucket']).toEqual({ Ref: theirs });
    expect(JSON.stringify(only(template, POLICY).Properties)).toContain(
      'logdelivery.elasticloadbalancing.amazonaws.com',
    );
    expect(web.routing.accessLogsBucket).toBe(fixture.stack.node.findChild('Theirs'));
  });

  test('go to an imported bucket, whose policy is the concern of its owner', () => {
    const { template, attributes } = logged(({ stack }) => ({
      accessLogsBucket: s3.Bucket.fromBucketName(stack, 'Theirs', 'central-logs'),
    }));
    expect(attributes).toMatchObject({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'central-logs' });
    template.resourceCountIs(BUCKET, 0);
    template.resourceCountIs(POLICY, 0);
  });

  test('of several services share a bucket', () => {
    const fixture = new Fixture();
    const accessLogsBucket = new s3.Bucket(fixture.stack, 'Theirs');
    for (const id of ['One', 'Two']) {
      fixture.web({ routing: Routing.http({ internal: true, accessLogsBucket }) }, fixture.stack, id);
    }
    const template = fixture.template();
    expectAcyclic(template);
    const writes = only(template, POLICY).Properties.PolicyDocument.Statement;
    expect(writes.filter((statement: any) => statement.Action === 's3:PutObject')).toHaveLength(1);
  });

  test('go to a bucket of another stack without a cycle', () => {
    const fixture = new Fixture();
    const accessLogsBucket = new s3.Bucket(fixture.stack, 'Theirs');
    const consumer = new Stack(fixture.app, 'Consumer');
    fixture.web({ routing: Routing.http({ internal: true, accessLogsBucket }) }, consumer);
    expectAcyclic(Template.fromStack(consumer));
    expect(fixture.stack.dependencies).toEqual([]);
    expect(all(fixture.template(), POLICY)).toHaveLength(1);
  });

  test('are off when told so', () => {
    const { web, template, attributes } = logged(() => ({ accessLogs: false }));
    expect(attributes).not.toHaveProperty(['access_logs.s3.enabled']);
    template.resourceCountIs(BUCKET, 0);
    expect(web.routing.accessLogsBucket).toBeUndefined();
  });
});
