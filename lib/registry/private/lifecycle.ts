import { checkWhole, ContainersError } from '../../rules/errors';
import { checkList } from '../../rules/given';
import { checkTagPattern, LIFECYCLE_POLICY, unknownError } from '../../rules/lifecycle';
import type { Retention } from '../retention';
import { RetentionCountType } from '../retention-rule';
import type { RetentionRule } from '../retention-rule';
import { matchesPattern } from './tag-patterns';

/** Which tags a rule selects, as ECR reads it. */
interface TagSelection {
  readonly tagStatus: string;
  readonly tagPatternList?: string[];
  readonly tagPrefixList?: string[];
}

/** Which images a rule selects. */
export interface LifecycleSelection extends TagSelection {
  readonly storageClass?: string;
  readonly countType: string;
  readonly countUnit?: string;
  readonly countNumber: number;
}

/** A rule as ECR reads it, without its priority. */
export interface LifecycleRule {
  readonly description?: string;
  readonly selection: LifecycleSelection;
  readonly action: { readonly type: string; readonly targetStorageClass?: string };
}

/** The checked text of a lifecycle policy. */
export function lifecyclePolicyText(retention: Retention[]): string {
  const text = mergedPolicyText(retention);
  if (text !== undefined) return text;
  throw new ContainersError('retention must have an entry for a policy, got an empty list: leave the policy out');
}

/**
 * The checked text of a lifecycle policy, with rules of the L2 after those of `retention`, and before its rule for all
 * images. Nothing when there are no rules.
 * @param addedText the policy that the L2 made of `addLifecycleRule`
 */
export function mergedPolicyText(retention: Retention[], addedText?: string): string | undefined {
  const rules = checkedRules(retention, addedText);
  if (rules.length === 0) return undefined;
  const text = JSON.stringify({ rules: rules.map((rule, index) => ({ rulePriority: index + 1, ...rule })) });
  if (text.length > LIFECYCLE_POLICY.characters) {
    throw new ContainersError(
      `retention must compile to at most ${LIFECYCLE_POLICY.characters} characters, got ${text.length}: use fewer or shorter patterns`,
    );
  }
  return text;
}

/** The rules of a policy, in the order of their priorities. Each can act. */
export function checkedRules(retention: Retention[], addedText?: string): LifecycleRule[] {
  const own = rulesOf(retention);
  checkAnyLast(own);
  const rules = anyLast([...own, ...addedRules(addedText)]);
  if (rules.length > LIFECYCLE_POLICY.rules) {
    throw new ContainersError(
      `retention must compile to at most ${LIFECYCLE_POLICY.rules} rules, got ${rules.length}: each pattern of tags is one`,
    );
  }
  rules.forEach((rule, index) => {
    checkCanAct(rule, rules.slice(0, index), own);
    checkCount(rule, own);
  });
  return rules;
}

/** The patterns that a rule asks for, of which each must match some tag. */
export function patternsOf({ tagPatternList, tagPrefixList = [] }: TagSelection): string[] {
  return tagPatternList ?? tagPrefixList.map((prefix) => `${prefix}*`);
}

function rulesOf(retention: Retention[]): LifecycleRule[] {
  checkList('retention', retention);
  const deletesArchived = retention.some(({ _kind }) => _kind.rules.some(isOfArchive));
  return retention
    .flatMap(({ _kind }) => [..._kind.rules, ...(deletesArchived ? (_kind.archiveRules ?? []) : [])])
    .map(render);
}

function isOfArchive({ countType }: RetentionRule): boolean {
  return countType === RetentionCountType.SINCE_IMAGE_TRANSITIONED;
}

function render(rule: RetentionRule): LifecycleRule {
  const { description, tagStatus, tagPatterns, countType, countNumber } = rule;
  return {
    description,
    selection: {
      tagStatus,
      ...(tagPatterns && { tagPatternList: tagPatterns }),
      // ECR takes 'standard' for granted, and refused a policy that said it: cloudposse/terraform-aws-ecr#159.
      ...(isOfArchive(rule) && { storageClass: 'archive' }),
      countType,
      ...(countType !== RetentionCountType.IMAGE_COUNT_MORE_THAN && { countUnit: 'days' }),
      countNumber,
    },
    action:
      countType === RetentionCountType.SINCE_IMAGE_PULLED
        ? { type: 'transition', targetStorageClass: 'archive' }
        : { type: 'expire' },
  };
}

/** The L2 checks little of what it is given. */
function addedRules(text: string | undefined): LifecycleRule[] {
  if (text === undefined) return [];
  const { rules }: { rules: (LifecycleRule & { readonly rulePriority: number })[] } = JSON.parse(text);
  return rules
    .sort((one, other) => one.rulePriority - other.rulePriority)
    .map(({ rulePriority, ...rule }) => {
      const { countNumber, tagPatternList, tagPrefixList } = rule.selection;
      if (typeof countNumber !== 'number') throw unknownError('the count or age of addLifecycleRule');
      checkWhole('the count or age of addLifecycleRule', countNumber, { min: 1, max: Infinity });
      [...(tagPatternList ?? []), ...(tagPrefixList ?? [])].forEach((tag) =>
        checkTagPattern('a tag pattern or prefix of addLifecycleRule', tag),
      );
      return rule;
    });
}

/** Rules of another storage class do not matter to a rule, so their order among each other is free. */
function anyLast(rules: LifecycleRule[]): LifecycleRule[] {
  return [...rules.filter((rule) => !isForAll(rule)), ...rules.filter(isForAll)];
}

function isForAll({ selection }: LifecycleRule): boolean {
  return selection.tagStatus === 'any';
}

function checkAnyLast(rules: LifecycleRule[]): void {
  rules.filter(isForAll).forEach((rule) => {
    const next = rules.slice(rules.indexOf(rule) + 1).find((later) => inSameClass(later, rule));
    if (!next) return;
    throw new ContainersError(
      `a rule of retention for all images must be the last one, got ${called(rule)} before ${called(next)}: move it to the end`,
    );
  });
}

/** A tag is on one image at a time, so that there are never too many with it. */
function checkCount(rule: LifecycleRule, own: LifecycleRule[]): void {
  const [tag] = patternsOf(rule.selection).filter((pattern) => !pattern.includes('*'));
  if (tag === undefined || rule.selection.countType !== RetentionCountType.IMAGE_COUNT_MORE_THAN) return;
  throw new ContainersError(
    `a rule of ${own.includes(rule) ? 'retention' : 'addLifecycleRule'} that counts images must have a pattern with '*', got '${tag}' in ${called(rule)}: ` +
      'one image at most has this tag, and the rule could never act, use Retention.keep to protect it',
  );
}

/** An image belongs to the first rule of its storage class that selects it, so a rule needs images that none before it does. */
function checkCanAct(rule: LifecycleRule, before: LifecycleRule[], own: LifecycleRule[]): void {
  const earlier = before.filter((one) => inSameClass(one, rule));
  const parts = isForAll(rule) ? [NO_TAG, SOME_TAG] : [rule.selection];
  const takers = parts.map((part) => earlier.find(({ selection }) => selectsAllOf(selection, part)));
  if (!takers.every((taker) => taker !== undefined)) return;
  const [name, advice] = own.includes(rule)
    ? ['retention', 'remove it or move it to the front']
    : ['addLifecycleRule', 'remove it or make it one of retention'];
  throw new ContainersError(
    `a rule of ${name} must not select only what an earlier one does, got ${called(rule)} after ` +
      `${[...new Set(takers)].map(called).join(' and ')}: it could never act, ${advice}`,
  );
}

const NO_TAG: TagSelection = { tagStatus: 'untagged' };
const SOME_TAG: TagSelection = { tagStatus: 'tagged', tagPatternList: ['*'] };

/** True when the first rule selects every image that the second one does. */
function selectsAllOf(first: TagSelection, second: TagSelection): boolean {
  if (first.tagStatus === 'any') return true;
  const narrow = patternsOf(second);
  return (
    first.tagStatus === second.tagStatus &&
    patternsOf(first).every((wide) => narrow.some((pattern) => matchesPattern(wide, pattern)))
  );
}

function inSameClass(one: LifecycleRule, other: LifecycleRule): boolean {
  return one.selection.storageClass === other.selection.storageClass;
}

function called({ description, selection }: LifecycleRule): string {
  return `'${description ?? [selection.tagStatus, ...patternsOf(selection)].join(' ')}'`;
}
