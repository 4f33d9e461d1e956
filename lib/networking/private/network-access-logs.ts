import { Aws, aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2, aws_s3 as s3 } from 'aws-cdk-lib';
import { turnOnAccessLogs } from './access-logs';
import { ofThisAccount } from '../../identity/private/managed-policy-role';

/**
 * Turns the access logs of a Network Load Balancer on. CloudWatch Logs delivers them, to keys of customers too.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html
 */
export function writeNetworkAccessLogs(loadBalancer: elbv2.NetworkLoadBalancer, bucket: s3.IBucket): void {
  const source = Stack.of(loadBalancer).formatArn({ service: 'logs', resource: '*' });
  const principals = [ofThisAccount('delivery.logs.amazonaws.com', source)];
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({ principals, actions: ['s3:GetBucketAcl'], resources: [bucket.bucketArn] }),
  );
  const { policyDependable } = bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      principals,
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
      conditions: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
    }),
  );
  bucket.encryptionKey?.addToResourcePolicy(
    new iam.PolicyStatement({
      principals,
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
    }),
  );
  turnOnAccessLogs(loadBalancer, bucket, policyDependable);
}
