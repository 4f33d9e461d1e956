import { checkPattern, ContainersError, isToken } from './errors';
import { checkGiven, checkList, checkOptions } from './given';

/**
 * Facts about Fargate profiles of EKS, November 2026.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html (selectors, wildcards, private subnets),
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_FargateProfileSelector.html (lengths of labels),
 * https://docs.aws.amazon.com/eks/latest/userguide/fargate-getting-started.html (path of the role),
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html (who assumes it),
 * https://docs.aws.amazon.com/general/latest/gr/eks.html (quotas, which AWS raises on request),
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ (what pods may have),
 * the schema of eksctl (no name begins with eks-).
 */
export const FARGATE_QUOTAS = { selectors: 5, labels: 5, profiles: 10 };
const LABEL_KEY = 127;
const LABEL_VALUE = 255;
const LABEL_PART = 63;
export const FARGATE_PODS_SERVICE = 'eks-fargate-pods.amazonaws.com';

/** The regions, by the start of their names, in which EKS has no Fargate. */
const WITHOUT_FARGATE = ['us-gov-'];

/** Which pods run on Fargate. */
interface Selector {
  readonly namespace: string;
  readonly labels?: { readonly [key: string]: string };
}

/** Fails unless they are selectors of which each names a namespace. */
export function checkSelectors(selectors: Selector[]): void {
  checkGiven('selectors', selectors);
  checkList('selectors', selectors);
  if (selectors.length === 0) {
    throw new ContainersError('selectors must be at least 1, got none: no pod would run on Fargate');
  }
  selectors.forEach((selector) => checkSelector(selector));
}

function checkSelector(selector: Selector): void {
  checkOptions('a selector', selector, ['namespace', 'labels']);
  checkGiven('the namespace of a selector', selector.namespace);
  checkPattern(
    'the namespace of a selector',
    selector.namespace,
    /^[a-z0-9*?](?:[a-z0-9*?-]{0,61}[a-z0-9*?])?$/,
    'up to 63 lower case letters, digits and hyphens, with * and ? for others',
  );
  if (selector.labels === undefined || isToken(selector.labels)) return;
  if (typeof selector.labels !== 'object' || selector.labels === null || Array.isArray(selector.labels)) {
    const { namespace } = selector;
    throw new ContainersError(
      `labels of the selector of '${namespace}' must be an object of strings, got something else: write { key: 'value' }`,
    );
  }
  Object.entries(selector.labels).forEach(([key, value]) => checkLabel(key, value));
}

function checkLabel(key: string, value: string): void {
  if (!isToken(key)) checkLabelKey(key);
  checkGiven(`the label '${key}' of a selector`, value);
  checkPattern(
    `the label '${key}' of a selector`,
    value,
    new RegExp(`^[A-Za-z0-9._*?-]{1,${LABEL_VALUE}}$`),
    `1 to ${LABEL_VALUE} letters, digits, '.', '_' and '-', with * and ? for others`,
  );
  checkLabelPart(`the label '${key}' of a selector`, value);
}

function checkLabelKey(key: string): void {
  checkPattern(
    'the key of a label of a selector',
    key,
    /^(?:[A-Za-z0-9.*?-]+\/)?[A-Za-z0-9._*?-]+$/,
    "a name such as 'app' or 'example.com/app', with * and ? for other characters",
  );
  if (key.length > LABEL_KEY) {
    throw new ContainersError(
      `the key of a label of a selector must have up to ${LABEL_KEY} characters, got ${key.length}: '${key}'`,
    );
  }
  checkLabelPart('the name in the key of a label of a selector', key.slice(key.lastIndexOf('/') + 1));
}

/** Kubernetes gives pods no longer ones, so that nothing would ever match. A * may stand for nothing. */
function checkLabelPart(name: string, text: string): void {
  const shortest = isToken(text) ? 0 : text.replace(/\*/g, '').length;
  if (shortest <= LABEL_PART) return;
  throw new ContainersError(`${name} must have up to ${LABEL_PART} characters, as labels of pods, got ${shortest}`);
}

/** Fails for a name that EKS keeps for itself, or that is no value of a label, which pods get. */
export function checkProfileName(name: string | undefined): void {
  checkPattern(
    'fargateProfileName',
    name,
    /^(?!eks-)[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/,
    "up to 63 letters, digits, '-' and '_', and not begin with 'eks-'",
  );
}

/** What AWS raises on request, when there is more of it. */
export function overQuota(selectors: Selector[], profiles: number): string | undefined {
  const { selectors: most, labels, profiles: mostProfiles } = FARGATE_QUOTAS;
  if (selectors.length > most) return `${selectors.length} selectors, and a profile has ${most}`;
  const labelled = selectors.find((selector) => Object.keys(selector.labels ?? {}).length > labels);
  if (labelled) {
    return `more than ${labels} labels in the selector of '${labelled.namespace}', and a selector has ${labels}`;
  }
  return profiles > mostProfiles ? `${profiles} profiles, and a cluster has ${mostProfiles}` : undefined;
}

/** True in a region that is known to have no Fargate for EKS. */
export function isWithoutFargate(region: string): boolean {
  return !isToken(region) && WITHOUT_FARGATE.some((start) => region.startsWith(start));
}

/** What is known of a role. */
export interface PodRoleFacts {
  readonly arn: string;
  readonly path?: string;
  /** Its trust policy, as JSON. */
  readonly trust?: string;
}

/** Fails for a role with which pods would never start. */
export function checkPodRole({ arn, path, trust }: PodRoleFacts): void {
  const [, ofArn] = (!isToken(arn) && /:role(\/.*)$/.exec(arn)) || [];
  const known = path ?? ofArn?.slice(0, ofArn.lastIndexOf('/') + 1);
  if (known !== undefined && !isToken(known) && known !== '/') {
    throw new ContainersError(
      `role must have no path, because EKS takes none for pods on Fargate, got ${known}: leave role out, or use one without`,
    );
  }
  if (trust !== undefined && !trust.includes(FARGATE_PODS_SERVICE)) {
    throw new ContainersError(
      `role must be one that ${FARGATE_PODS_SERVICE} may assume, got another: use a FargatePodRole; the roles of other nodes will not do`,
    );
  }
}
