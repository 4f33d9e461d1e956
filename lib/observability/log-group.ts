import { ArnFormat, aws_iam as iam, aws_logs as logs, Stack, Validations } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FINDINGS } from '../rules/findings';

/** What differs between the library's log groups. */
export interface LogGroupOptions {
  readonly retention?: logs.RetentionDays;
  readonly encryptionKey?: kms.IKey;
}

/** A log group that is kept for a year, retained with its stack, and readable with the key of the user's choice. */
export function newLogGroup(
  scope: Construct,
  id: string,
  { retention, encryptionKey }: LogGroupOptions,
): logs.LogGroup {
  if (encryptionKey) allowLogsToUse(scope, encryptionKey);
  const logGroup = new logs.LogGroup(scope, id, { retention: retention ?? logs.RetentionDays.ONE_YEAR, encryptionKey });
  if (!encryptionKey) Validations.of(logGroup).acknowledge(...FINDINGS.logGroupServiceKey);
  return logGroup;
}

/**
 * Lets CloudWatch Logs use a key, for log groups of this account and region only. Without it the log group cannot be
 * made; the L2 leaves it to the user. On an imported key it does nothing: its owner must have done it.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function allowLogsToUse(scope: Construct, key: kms.IKey): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`logs.${Stack.of(scope).region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': Stack.of(scope).formatArn({
            service: 'logs',
            resource: 'log-group',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
}
