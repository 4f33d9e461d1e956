import { Aws, aws_iam as iam, aws_s3 as s3, Duration, Validations } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FINDINGS } from '../../rules/findings';

/** How long access logs are kept: as long as container logs. */
const KEPT_DAYS = 365;

/** A bucket that load balancers can write to: SSE-S3, because they deliver to no other encryption. */
export function newAccessLogsBucket(scope: Construct): s3.Bucket {
  const bucket = new s3.Bucket(scope, 'AccessLogs', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [{ expiration: Duration.days(KEPT_DAYS), noncurrentVersionExpiration: Duration.days(30) }],
  });
  Validations.of(bucket).acknowledge(...FINDINGS.accessLogBucket);
  return bucket;
}

/**
 * Turns access logs on. The L2's `logAccessLogs` needs a known region for the accounts of old; this writes the
 * policy for the service principal, which is the same in every region.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export function writeAccessLogs(loadBalancer: elbv2.ApplicationLoadBalancer, bucket: s3.IBucket): void {
  // ELB puts the account of the load balancer into the path, so no other account can write here.
  const written = bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
    }),
  );
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
  // ELB tests that it can write when the attribute is set.
  if (written.policyDependable) loadBalancer.node.defaultChild!.node.addDependency(written.policyDependable);
}
