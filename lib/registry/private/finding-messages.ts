import { aws_events as events } from 'aws-cdk-lib';
import type { aws_ecr as ecr } from 'aws-cdk-lib';
import { countsFrom } from './finding-patterns';
import type { Severity } from '../severity';

/*
 * One line of text each. A field that an event does not have leaves nothing behind, and EventBridge escapes no values: so
 * each has its label, only the first tag is shown, and descriptions, which may hold quotes, are left out.
 */

/** What a scan counted. */
export function scanMessage(repository: ecr.IRepository, min: Severity): events.RuleTargetInput {
  const counts = countsFrom(min).map((count) => `${count}=${detail(`finding-severity-counts.${count}`)}`);
  return message(repository, 'image-digest', 'image-tags', `scanned: ${counts.join(' ')}`);
}

/** A vulnerability. Its title starts with its id. */
export function findingMessage(repository: ecr.IRepository): events.RuleTargetInput {
  const image = 'resources[0].details.awsEcrContainerImage';
  const text = `${detail('severity')} vulnerability ${detail('title')}, fix available: ${detail('fixAvailable')}, ${detail('packageVulnerabilityDetails.sourceUrl')}`;
  return message(repository, `${image}.imageHash`, `${image}.imageTags`, text);
}

function message(repository: ecr.IRepository, digest: string, tags: string, text: string): events.RuleTargetInput {
  const { account, region } = events.EventField;
  return events.RuleTargetInput.fromText(
    `${repository.repositoryName}@${detail(digest)} (tag: ${detail(`${tags}[0]`)}) in ${account} ${region} ${text}`,
  );
}

function detail(path: string): string {
  return events.EventField.fromPath(`$.detail.${path}`);
}
