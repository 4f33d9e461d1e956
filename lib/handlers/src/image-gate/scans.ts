import { DescribeImageScanFindingsCommand } from '@aws-sdk/client-ecr';
import type { DescribeImageScanFindingsCommandOutput } from '@aws-sdk/client-ecr';
import { findingsOf } from './findings';
import type { Finding } from './findings';
import type { Search } from './image-gate';
import { Refusal } from '../shared/custom-resource';
import { isNamed, patiently } from '../shared/patience';

const POLL = 10_000;

/** What was found in an image, or why nothing was looked for. */
interface Scan {
  readonly findings: Finding[];
  readonly unscanned?: string;
}

/** Waits for the scan of an image, and reads all of it. */
export async function scanOf(search: Search, digest: string, what: string): Promise<Scan> {
  const { clock, deadline } = search;
  const start = clock.now();
  for (;;) {
    const page = await describePage(search, digest, what);
    const state = stateOf(page);
    if (page && state === undefined) return { findings: await allFindings(search, digest, what, page) };
    if (state?.final) return { findings: [], unscanned: state.text };
    if (clock.now() + POLL > deadline) {
      const waited = `waited ${Math.round((clock.now() - start) / 1_000)} seconds for it`;
      return { findings: [], unscanned: `${state?.text}; ${waited}` };
    }
    await clock.sleep(POLL);
  }
}

/** Why there is nothing to read yet, or ever; undefined when there is. */
function stateOf(page?: DescribeImageScanFindingsCommandOutput): { text: string; final: boolean } | undefined {
  if (!page) return { text: 'ECR knows of none, so see whether scanning is on for this repository', final: false };
  const { status, description } = page.imageScanStatus ?? {};
  const text = `its status is ${status}${description ? ` (${description})` : ''}`;
  if (status === 'IN_PROGRESS' || status === 'PENDING') return { text, final: false };
  if (status !== 'COMPLETE' && status !== 'ACTIVE') return { text, final: true };
  // Amazon Inspector says ACTIVE, and even COMPLETE, before it has a result: https://github.com/aws/aws-sdk/issues/289
  const { imageScanCompletedAt, findings, enhancedFindings } = page.imageScanFindings ?? {};
  const hasResult = imageScanCompletedAt !== undefined || findings?.length || enhancedFindings?.length;
  return hasResult ? undefined : { text: `${text}, without a result`, final: false };
}

async function allFindings(
  search: Search,
  digest: string,
  what: string,
  first: DescribeImageScanFindingsCommandOutput,
): Promise<Finding[]> {
  const findings = findingsOf(first.imageScanFindings, what);
  for (let next = first.nextToken; next;) {
    const page = await describePage(search, digest, what, next);
    if (!page) throw new Refusal(`the scan of ${what} was gone before it was read to the end`);
    findings.push(...findingsOf(page.imageScanFindings, what));
    next = page.nextToken;
  }
  return findings;
}

/** Undefined when there is no scan. */
async function describePage(
  { ecr, clock, deadline, repository }: Search,
  imageDigest: string,
  what: string,
  nextToken?: string,
): Promise<DescribeImageScanFindingsCommandOutput | undefined> {
  try {
    const command = new DescribeImageScanFindingsCommand({
      ...repository,
      imageId: { imageDigest },
      nextToken,
      maxResults: 1_000,
    });
    return await patiently(clock, deadline, () => ecr.send(command));
  } catch (error) {
    if (isNamed(error, 'ScanNotFoundException')) return undefined;
    if (isNamed(error, 'ImageNotFoundException')) {
      throw new Refusal(`${imageDigest}, which is ${what}, is not in the repository: push all of it`);
    }
    throw error;
  }
}
