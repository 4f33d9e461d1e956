/**
 * How ECR applies a lifecycle policy, read from its text as AWS documents it. Shares nothing with the library.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html (November 2026)
 */

export interface ModelImage {
  readonly name: string;
  readonly tags?: string[];
  readonly pushedDaysAgo: number;
  readonly pulledDaysAgo?: number;
  readonly archivedDaysAgo?: number;
  readonly listedBy?: string;
}

export interface ModelFate {
  readonly fate: 'kept' | 'archived' | 'expired';
  /** The description of the rule that the image belongs to. */
  readonly rule?: string;
  readonly waitsFor?: string;
}

export interface ModelRule {
  readonly rulePriority: number;
  readonly description?: string;
  readonly selection: {
    readonly tagStatus: 'tagged' | 'untagged' | 'any';
    readonly tagPatternList?: string[];
    readonly tagPrefixList?: string[];
    readonly storageClass?: 'standard' | 'archive';
    readonly countType: string;
    readonly countNumber: number;
  };
  readonly action: { readonly type: 'expire' | 'transition' };
}

/** What one run does to each image, by its name. */
export function evaluate(policy: string | { rules: ModelRule[] }, images: ModelImage[]): { [name: string]: ModelFate } {
  const { rules }: { rules: ModelRule[] } = typeof policy === 'string' ? JSON.parse(policy) : policy;
  const fates: { [name: string]: ModelFate } = {};
  for (const image of images) fates[image.name] = { fate: 'kept' };

  const claimed = new Set<string>();
  for (const rule of rules.slice().sort((a, b) => a.rulePriority - b.rulePriority)) {
    // (b) The whole repository, whatever rules before this one did.
    const candidates = images.filter((image) => inClass(rule, image) && tagged(rule, image));
    const doomed = chosen(rule, candidates);
    for (const image of candidates) {
      // (c) The first rule whose tags match decides, also when it keeps. (e) Only rules of one class meet here.
      if (claimed.has(image.name)) continue;
      claimed.add(image.name);
      fates[image.name] = { fate: 'kept', rule: rule.description };
      if (!doomed.has(image.name)) continue;
      // (d) A manifest list has to go first.
      const list = images.filter((other) => other.name === image.listedBy && other.archivedDaysAgo === undefined);
      fates[image.name] =
        list.length > 0
          ? { fate: 'kept', rule: rule.description, waitsFor: list[0].name }
          : { fate: rule.action.type === 'expire' ? 'expired' : 'archived', rule: rule.description };
    }
  }
  return fates;
}

/** (a) A rule without a storage class is for standard storage. */
function inClass(rule: ModelRule, image: ModelImage): boolean {
  const here = image.archivedDaysAgo === undefined ? 'standard' : 'archive';
  return here === (rule.selection.storageClass ?? 'standard');
}

/** (a) Of a list of patterns or prefixes, each must match some tag. */
function tagged({ selection }: ModelRule, { tags = [] }: ModelImage): boolean {
  switch (selection.tagStatus) {
    case 'any':
      return true;
    case 'untagged':
      return tags.length === 0;
    case 'tagged': {
      for (const pattern of selection.tagPatternList ?? []) if (!tags.some((tag) => like(tag, pattern))) return false;
      for (const prefix of selection.tagPrefixList ?? []) if (!tags.some((tag) => tag.startsWith(prefix))) return false;
      return true;
    }
  }
}

function chosen({ selection }: ModelRule, images: ModelImage[]): Set<string> {
  const { countNumber } = selection;
  const older = (days: (image: ModelImage) => number) =>
    new Set(images.filter((image) => days(image) > countNumber).map((image) => image.name));
  switch (selection.countType) {
    case 'sinceImagePushed':
      return older((image) => image.pushedDaysAgo);
    case 'sinceImagePulled':
      return older((image) => (image.pulledDaysAgo === undefined ? image.pushedDaysAgo : image.pulledDaysAgo));
    case 'sinceImageTransitioned':
      return older((image) => image.archivedDaysAgo ?? NaN);
    case 'imageCountMoreThan':
      // An image is too many when at least so many are younger; of two that are equal, the one that stands later is.
      return new Set(
        images
          .filter((image, index) => {
            const younger = images.filter(
              (other, at) =>
                other.pushedDaysAgo < image.pushedDaysAgo ||
                (other.pushedDaysAgo === image.pushedDaysAgo && at > index),
            );
            return younger.length >= countNumber;
          })
          .map((image) => image.name),
      );
    default:
      throw new Error(`ECR knows no countType ${selection.countType}`);
  }
}

/** `*` stands for any characters, none too. */
export function like(tag: string, pattern: string): boolean {
  if (pattern === '') return tag === '';
  if (pattern[0] === '*') return like(tag, pattern.slice(1)) || (tag !== '' && like(tag.slice(1), pattern));
  return tag[0] === pattern[0] && like(tag.slice(1), pattern.slice(1));
}
