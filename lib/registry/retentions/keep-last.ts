import { checkWhole } from '../../rules/errors';
import { checkGiven, checkOptions } from '../../rules/given';
import { checkKnown } from '../../rules/lifecycle';
import { rulesFor } from '../private/retention-rules';
import type { RetentionKind } from '../retention';
import { RetentionCountType } from '../retention-rule';

/** Options of `Retention.keepLast`. */
export interface KeepLastOptions {
  /**
   * Patterns of the tags that count, each with a `*`, each by itself: two patterns keep `count` images each.
   * @default - all images count, also those that a rule before this one selects; it deletes those that none does
   */
  readonly tags?: string[];
}

export function keepLast(count: number, options: KeepLastOptions): RetentionKind {
  checkGiven('the count of keepLast', count);
  checkKnown('the count of keepLast', count);
  checkOptions('keepLast', options, ['tags']);
  checkWhole('the count of keepLast', count, { min: 1, max: Infinity });
  return {
    rules: rulesFor('keepLast', options.tags, (images) => ({
      description: `Keep the last ${count} ${images}`,
      countType: RetentionCountType.IMAGE_COUNT_MORE_THAN,
      countNumber: count,
    })),
  };
}
