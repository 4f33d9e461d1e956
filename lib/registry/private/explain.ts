import { checkPattern, checkUnique, ContainersError } from '../../rules/errors';
import { RetentionFate } from '../image-fate';
import type { ExampleImage, ImageFate } from '../image-fate';
import { RetentionCountType } from '../retention-rule';
import { patternsOf } from './lifecycle';
import type { LifecycleRule, LifecycleSelection } from './lifecycle';
import { matchesPattern } from './tag-patterns';

/** A tag that is known. @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html */
const TAG = /^\w[\w.-]{0,127}$/;

/** What the rules do to the images, when they are looked at once. */
export function explain(rules: LifecycleRule[], images: ExampleImage[]): ImageFate[] {
  checkImages(images);
  // Each rule marks images as if it were alone; the first one that selects an image decides, whether it marked it or not.
  const marked = new Map(rules.map((rule) => [rule, marks(rule.selection, images)]));
  return images.map((image) => {
    const rule = rules.find(({ selection }) => selects(selection, image));
    const decided = { name: image.name, rule: rule?.description };
    if (!rule || !marked.get(rule)!.includes(image)) return { ...decided, fate: RetentionFate.KEPT };
    const list = images.find(({ name }) => name === image.listedBy);
    if (list && list.archivedDaysAgo === undefined) {
      return { ...decided, fate: RetentionFate.KEPT, waitsFor: list.name };
    }
    return { ...decided, fate: rule.action.type === 'expire' ? RetentionFate.EXPIRED : RetentionFate.ARCHIVED };
  });
}

function selects(selection: LifecycleSelection, { tags = [], archivedDaysAgo }: ExampleImage): boolean {
  if ((selection.storageClass === 'archive') !== (archivedDaysAgo !== undefined)) return false;
  if (selection.tagStatus === 'any') return true;
  if (selection.tagStatus === 'untagged') return tags.length === 0;
  return patternsOf(selection).every((pattern) => tags.some((tag) => matchesPattern(pattern, tag)));
}

function marks(selection: LifecycleSelection, images: ExampleImage[]): ExampleImage[] {
  const { countType, countNumber } = selection;
  const selected = images.filter((image) => selects(selection, image));
  if (countType === RetentionCountType.IMAGE_COUNT_MORE_THAN) {
    // Of two of the same age the later one is newer, as in the examples of AWS.
    return selected
      .reverse()
      .sort((one, other) => one.pushedDaysAgo - other.pushedDaysAgo)
      .slice(countNumber);
  }
  return selected.filter((image) => daysOf(countType, image) > countNumber);
}

function daysOf(countType: string, { pushedDaysAgo, pulledDaysAgo, archivedDaysAgo }: ExampleImage): number {
  if (countType === RetentionCountType.SINCE_IMAGE_TRANSITIONED) return archivedDaysAgo!;
  return countType === RetentionCountType.SINCE_IMAGE_PULLED ? (pulledDaysAgo ?? pushedDaysAgo) : pushedDaysAgo;
}

function checkImages(images: ExampleImage[]): void {
  images.forEach((image) => {
    const { name, tags = [], pushedDaysAgo, pulledDaysAgo, archivedDaysAgo } = image;
    checkPattern('the name of an example', name, /./, 'a name');
    tags.forEach((tag) => {
      if (TAG.test(tag)) return;
      throw new ContainersError(`a tag of '${name}' must be a tag such as '1.4.2', without wildcards, got '${tag}'`);
    });
    checkDays(`pushedDaysAgo of '${name}'`, pushedDaysAgo, Infinity);
    if (pulledDaysAgo !== undefined) checkDays(`pulledDaysAgo of '${name}'`, pulledDaysAgo, pushedDaysAgo);
    if (archivedDaysAgo !== undefined) checkDays(`archivedDaysAgo of '${name}'`, archivedDaysAgo, pushedDaysAgo);
    checkListed(image, images);
  });
  checkUnique(
    'the names of examples',
    images.map(({ name }) => name),
  );
  checkUnique(
    'the tags of examples',
    images.flatMap(({ tags = [] }) => tags),
  );
}

function checkDays(name: string, days: number | undefined, max: number): void {
  if (typeof days === 'number' && days >= 0 && days <= max) return;
  const bounds = max === Infinity ? 'at least 0' : `between 0 and the ${max} days since its push`;
  throw new ContainersError(`${name} must be ${bounds}, got ${days}`);
}

/** Fails unless the manifest lists above it are examples too, and none of them is in itself. */
function checkListed(image: ExampleImage, images: ExampleImage[]): void {
  const above = [image.name];
  for (let { listedBy } = image; listedBy !== undefined;) {
    if (above.includes(listedBy)) {
      throw new ContainersError(
        `listedBy of '${image.name}' must not lead back, got '${[...above, listedBy].join("' in '")}'`,
      );
    }
    const list = images.find(({ name }) => name === listedBy);
    if (!list) {
      throw new ContainersError(`listedBy of '${image.name}' must be the name of an example, got '${listedBy}'`);
    }
    above.push(listedBy);
    ({ listedBy } = list);
  }
}
