import type { Duration } from 'aws-cdk-lib';
import { checkOptions } from '../../rules/given';
import { wholeDays } from '../../rules/lifecycle';
import { rulesFor } from '../private/retention-rules';
import type { RetentionKind } from '../retention';
import { RetentionCountType } from '../retention-rule';

/** Options of `Retention.expireOlderThan`. */
export interface ExpireOlderThanOptions {
  /**
   * Patterns of the tags that it is for, `*` allowed: images that match one of them.
   * @default - all images that no rule before this one selects
   */
  readonly tags?: string[];
}

export function expireOlderThan(age: Duration, options: ExpireOlderThanOptions): RetentionKind {
  checkOptions('expireOlderThan', options, ['tags']);
  const days = wholeDays('the age of expireOlderThan', age);
  return {
    rules: rulesFor('expireOlderThan', options.tags, (images) => ({
      description: `Expire ${images} ${days} days after their push`,
      countType: RetentionCountType.SINCE_IMAGE_PUSHED,
      countNumber: days,
    })),
  };
}
