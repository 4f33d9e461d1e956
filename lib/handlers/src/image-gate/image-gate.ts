import type { ECRClient } from '@aws-sdk/client-ecr';
import { refused, SEVERITIES } from './findings';
import type { Finding, Policy } from './findings';
import { imagesOf } from './images';
import { scanOf } from './scans';
import type { Clock } from '../shared/clock';
import { isRollingBack, Refusal } from '../shared/custom-resource';
import type { CustomResourceEvent } from '../shared/custom-resource';

export interface ImageGateProperties {
  readonly RegistryId: string;
  readonly RepositoryName: string;
  /** A tag or a digest. */
  readonly Image: string;
  /** The lowest severity that is refused. */
  readonly Refuse: string;
  readonly FixAvailableOnly: string;
  readonly DeployWithoutScan: string;
  readonly Allow?: string[];
  readonly TimeoutSeconds: string;
}

/** Where an image is, and how long there is time. */
export interface Search {
  readonly ecr: ECRClient;
  readonly clock: Clock;
  readonly deadline: number;
  readonly repository: { readonly registryId: string; readonly repositoryName: string };
}

/** Fails with a text for the reader of the stack's events unless the image may be deployed. */
export async function imageGate(
  { RequestType, StackId, ResourceProperties }: CustomResourceEvent<ImageGateProperties>,
  ecr: ECRClient,
  clock: Clock,
): Promise<void> {
  if (RequestType === 'Delete') return;
  // What a rollback goes back to did run already.
  if (await isRollingBack(clock, StackId)) return console.log('passed: the stack is rolling back');

  const { RegistryId, RepositoryName, Image, Refuse, Allow = [], TimeoutSeconds } = ResourceProperties;
  const policy: Policy = {
    refuse: Refuse,
    fixAvailableOnly: ResourceProperties.FixAvailableOnly === 'true',
    allow: Allow,
  };
  if (!SEVERITIES.includes(Refuse)) throw new Refusal(`Refuse must be one of ${SEVERITIES}, got ${Refuse}`);
  const search: Search = {
    ecr,
    clock,
    deadline: clock.now() + Number(TimeoutSeconds) * 1_000,
    repository: { registryId: RegistryId, repositoryName: RepositoryName },
  };
  const name = `${RepositoryName}${Image.startsWith('sha256:') ? '@' : ':'}${Image}`;
  for (const { digest, platform } of await imagesOf(search, Image, name)) {
    const what = platform ? `${name} for ${platform}` : name;
    const { findings, unscanned } = await scanOf(search, digest, what);
    if (unscanned !== undefined) {
      const text = `${what} has no scan to judge it by: ${unscanned}`;
      if (ResourceProperties.DeployWithoutScan !== 'true') throw new Refusal(text);
      console.log(`passed, because of deployWithoutScan: ${text}`);
    }
    const bad = refused(findings, policy);
    if (bad.length > 0) throw new Refusal(refusal(what, bad, policy));
    console.log(`passed: ${what} with ${findings.length} findings, none of which is refused`);
  }
}

const SHOWN = 20;

function refusal(what: string, bad: Finding[], { refuse, fixAvailableOnly }: Policy): string {
  const listed = bad.slice(0, SHOWN).map(({ id, severity, in: packageName }) => `${id} ${severity} in ${packageName}`);
  const more = bad.length > SHOWN ? [`and ${bad.length - SHOWN} more`] : [];
  const fixes =
    fixAvailableOnly && bad.some(({ enhanced }) => !enhanced)
      ? ' (all that was found counts, because basic scanning does not know which have a fix)'
      : '';
  const count = bad.length === 1 ? '1 finding' : `${bad.length} findings`;
  return `${what} has ${count} of severity ${refuse} or worse${fixes}: ${[...listed, ...more].join(', ')}`;
}
