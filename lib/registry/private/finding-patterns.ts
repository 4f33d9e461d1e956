import type { aws_ecr as ecr, aws_events as events } from 'aws-cdk-lib';
import { ScanType } from '../scan-type';
import { Severity } from '../severity';

/**
 * What says that an image was scanned. Inspector puts the ARN where ECR puts the name.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html
 */
const SCANS = {
  [ScanType.BASIC]: {
    source: 'aws.ecr',
    detailType: 'ECR Image Scan',
    status: 'COMPLETE',
    repository: ({ repositoryName }: ecr.IRepository) => repositoryName,
  },
  [ScanType.ENHANCED]: {
    source: 'aws.inspector2',
    detailType: 'Inspector2 Scan',
    status: 'INITIAL_SCAN_COMPLETE',
    repository: ({ repositoryArn }: ecr.IRepository) => repositoryArn,
  },
};

/** This severity and worse, worst first; the lowest takes in what has no severity too, under the names that are given. */
function fromWorst(min: Severity, unrated: string[]): string[] {
  const worstFirst = Object.values(Severity);
  const rated = worstFirst.slice(0, worstFirst.indexOf(min) + 1);
  return [...rated, ...(min === Severity.INFORMATIONAL ? unrated : [])];
}

/**
 * The counts of a scan that matter. What has no severity ECR counts by itself, Inspector in the total only; of low ones its
 * documentation shows no count either, but each is an event of its own.
 */
export function countsFrom(min: Severity): string[] {
  return fromWorst(min, ['UNDEFINED', 'TOTAL']);
}

/**
 * An image was scanned, and something that counts was found. One pattern does for both kinds of scanning: no service sends
 * an event with the source, type, status and kind of repository name of the other.
 */
export function scanPattern(repository: ecr.IRepository, types: ScanType[], min: Severity): events.EventPattern {
  const scans = types.map((type) => SCANS[type]);
  return {
    source: scans.map((scan) => scan.source),
    detailType: scans.map((scan) => scan.detailType),
    detail: {
      'scan-status': scans.map((scan) => scan.status),
      'repository-name': scans.map((scan) => scan.repository(repository)),
      'finding-severity-counts': anyOf(countsFrom(min).map((count) => ({ [count]: [{ numeric: ['>', 0] }] }))),
    },
  };
}

/** EventBridge takes `$or` with less than two alternatives for the name of a field. */
function anyOf(alternatives: object[]): object {
  return alternatives.length > 1 ? { $or: alternatives } : alternatives[0];
}

/**
 * Inspector found a vulnerability in an image, or knows more of it.
 * @see https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
 */
export function findingPattern(
  repository: ecr.IRepository,
  min: Severity,
  fixAvailableOnly: boolean,
): events.EventPattern {
  return {
    source: ['aws.inspector2'],
    detailType: ['Inspector2 Finding'],
    detail: {
      // The delegated administrator of Inspector hears of repositories of all accounts, which may have this name too.
      awsAccountId: [repository.env.account],
      type: ['PACKAGE_VULNERABILITY'],
      status: ['ACTIVE'],
      severity: fromWorst(min, ['UNTRIAGED']),
      fixAvailable: fixAvailableOnly ? ['YES'] : undefined,
      resources: { details: { awsEcrContainerImage: { repositoryName: [repository.repositoryName] } } },
    },
  };
}
