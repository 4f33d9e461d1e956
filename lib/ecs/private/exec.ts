import { aws_ecs as ecs, aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_logs as logs } from 'aws-cdk-lib';

/**
 * Turns ECS Exec on, with what the session needs and no more. The L2 grants log permissions by name patterns, or on
 * every log group when the cluster says nothing; this grants them on the log group that is written to.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
export function allowExec(
  service: ecs.BaseService,
  taskRole: iam.IRole,
  ownLogGroup: logs.ILogGroup | undefined,
): void {
  (service.node.defaultChild as ecs.CfnService).enableExecuteCommand = true;
  const config = service.cluster.executeCommandConfiguration;
  const audit = config?.logConfiguration;
  const logGroup = audit ? audit.cloudWatchLogGroup : ownLogGroup;
  const allow = (actions: string[], resource: string) =>
    taskRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));

  allow(CHANNELS, '*');
  if (logGroup && config?.logging !== ecs.ExecuteCommandLogging.NONE) {
    allow(['logs:DescribeLogGroups'], '*');
    allow(['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], logGroup.logGroupRef.logGroupArn);
  }
  if (audit?.s3Bucket) {
    const arn = `arn:${Stack.of(service).partition}:s3:::${audit.s3Bucket.bucketRef.bucketName}`;
    allow(['s3:GetBucketLocation', 's3:GetEncryptionConfiguration'], arn);
    allow(['s3:PutObject'], `${arn}/${audit.s3KeyPrefix ? `${audit.s3KeyPrefix}/` : ''}*`);
  }
  if (config?.kmsKey) allow(['kms:Decrypt', 'kms:GenerateDataKey'], config.kmsKey.keyRef.keyArn);
}

const CHANNELS = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];
