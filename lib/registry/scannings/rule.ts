import type { aws_ecr as ecr } from 'aws-cdk-lib';

/** Scans the repositories that one of the filters reaches. */
export function scanningRule(
  scanFrequency: 'SCAN_ON_PUSH' | 'CONTINUOUS_SCAN',
  filters: string[],
): ecr.CfnRegistryScanningConfiguration.ScanningRuleProperty {
  return { scanFrequency, repositoryFilters: filters.map((filter) => ({ filter, filterType: 'WILDCARD' })) };
}
