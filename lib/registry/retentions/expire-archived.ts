import type { Duration } from 'aws-cdk-lib';
import { checkOptions } from '../../rules/given';
import { ARCHIVE_DAYS, wholeDays } from '../../rules/lifecycle';
import { rulesFor } from '../private/retention-rules';
import type { RetentionKind } from '../retention';
import { RetentionCountType } from '../retention-rule';
import type { RetentionRule } from '../retention-rule';

/** Options of `Retention.expireArchived`. */
export interface ExpireArchivedOptions {
  /**
   * Patterns of the tags that it is for, `*` allowed: images that match one of them.
   * @default - all images in the archive that no rule for the archive before this one selects
   */
  readonly tags?: string[];
}

export function expireArchived(age: Duration, options: ExpireArchivedOptions): RetentionKind {
  checkOptions('expireArchived', options, ['tags']);
  return { rules: expiryFromArchive('the age of expireArchived', age, options.tags) };
}

/** @param name of the age */
export function expiryFromArchive(name: string, age: Duration, tags: string[] | undefined): RetentionRule[] {
  const days = wholeDays(name, age, ARCHIVE_DAYS);
  return rulesFor('expireArchived', tags, (images) => ({
    description: `Expire ${images} after ${days} days in the archive`,
    countType: RetentionCountType.SINCE_IMAGE_TRANSITIONED,
    countNumber: days,
  }));
}
