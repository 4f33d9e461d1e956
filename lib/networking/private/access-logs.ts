import { Aws, aws_iam as iam, aws_s3 as s3, Duration, Validations } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { ContainersError } from '../../rules/errors';
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
  turnOnAccessLogs(loadBalancer, bucket, letWriteAccessLogs(bucket));
}

/** ELB tests that it can write when the attribute is set. */
export function turnOnAccessLogs(
  loadBalancer: elbv2.ApplicationLoadBalancer | elbv2.NetworkLoadBalancer,
  bucket: s3.IBucket,
  written: IDependable | undefined,
): void {
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
  if (written) loadBalancer.node.defaultChild!.node.addDependency(written);
}

/** Lets the load balancers of this account write, and says what must be there before they do. */
export function letWriteAccessLogs(bucket: s3.IBucket): IDependable | undefined {
  if (bucket.encryptionKey) {
    throw new ContainersError(
      `accessLogsBucket must be encrypted with SSE-S3, which is all that load balancers deliver to, got '${bucket.node.path}' with a key: use s3.BucketEncryption.S3_MANAGED`,
    );
  }
  // ELB puts the account of the load balancer into the path, so no other account can write here.
  return bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
    }),
  ).policyDependable;
}
