import { aws_logs as logs, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FINDINGS } from '../../rules/findings';

/** Whether requests are written down, and where. */
export interface AccessLogOptions {
  readonly accessLogs?: boolean;
  readonly accessLogGroup?: logs.ILogGroup;
}

/** A log group for requests, of the user's or new; none when it is not wanted. */
export function accessLogGroupOf(scope: Construct, options: AccessLogOptions): logs.ILogGroup | undefined {
  if (!(options.accessLogs ?? true)) return undefined;
  if (options.accessLogGroup) return options.accessLogGroup;
  const logGroup = new logs.LogGroup(scope, 'AccessLogGroup', { retention: logs.RetentionDays.ONE_YEAR });
  Validations.of(logGroup).acknowledge(...FINDINGS.logGroupServiceKey);
  return logGroup;
}
