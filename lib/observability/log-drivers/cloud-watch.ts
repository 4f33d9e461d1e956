import { aws_ecs as ecs } from 'aws-cdk-lib';
import type { aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import type { ContainerLogsKind } from '../container-logs';
import { newLogGroup } from '../log-group';

/** Options of `ContainerLogs.cloudWatch`. */
export interface CloudWatchLogsOptions {
  /**
   * How long lines are kept. Storage is cheap beside ingestion, and auditors ask for a year.
   * @default logs.RetentionDays.ONE_YEAR
   */
  readonly retention?: logs.RetentionDays;

  /**
   * A key of yours for the log group, about 1 USD a month. CloudWatch Logs gets the right to use it.
   * @default - encrypted with a key of CloudWatch Logs, free
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * A log group of yours; retention and encryption are then yours too.
   * @default - a new log group
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * What the names of streams begin with. In a log group of many services it tells whose they are.
   * @default - the name of the container
   */
  readonly streamPrefix?: string;
}

export function cloudWatchLogs(options: CloudWatchLogsOptions): ContainerLogsKind {
  return {
    bind(scope, containerName) {
      const logGroup = options.logGroup ?? newLogGroup(scope, 'LogGroup', options);
      return {
        logGroup,
        logDriver: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: options.streamPrefix ?? containerName }),
      };
    },
  };
}
