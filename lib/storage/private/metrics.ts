import { aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** A metric of a file system, which is attached to its scope. */
export function fileSystemMetric(
  scope: Construct,
  namespace: 'AWS/EFS' | 'AWS/FSx',
  fileSystemId: string,
  metricName: string,
  options: cloudwatch.MetricOptions = {},
): cloudwatch.Metric {
  const dimensionsMap = { FileSystemId: fileSystemId };
  return new cloudwatch.Metric({ namespace, metricName, dimensionsMap, ...options }).attachTo(scope);
}
