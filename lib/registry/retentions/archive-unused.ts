import type { Duration } from 'aws-cdk-lib';
import { expiryFromArchive } from './expire-archived';
import { checkOptions } from '../../rules/given';
import { wholeDays } from '../../rules/lifecycle';
import { rulesFor } from '../private/retention-rules';
import type { RetentionKind } from '../retention';
import { RetentionCountType } from '../retention-rule';

/** Options of `Retention.archiveUnused`. */
export interface ArchiveUnusedOptions {
  /**
   * Deletes them after so long in the archive, at least 90 days, which are billed in any case.
   * @default - they stay in the archive
   */
  readonly expireAfter?: Duration;

  /**
   * Patterns of the tags that it is for, `*` allowed: images that match one of them.
   * @default - all images that no rule before this one selects
   */
  readonly tags?: string[];
}

export function archiveUnused(age: Duration, options: ArchiveUnusedOptions): RetentionKind {
  checkOptions('archiveUnused', options, ['expireAfter', 'tags']);
  const { expireAfter, tags } = options;
  const days = wholeDays('the age of archiveUnused', age);
  const archive = rulesFor('archiveUnused', tags, (images) => ({
    description: `Archive ${images} not pulled for ${days} days`,
    countType: RetentionCountType.SINCE_IMAGE_PULLED,
    countNumber: days,
  }));
  if (expireAfter === undefined) return { rules: archive };
  return { rules: [...archive, ...expiryFromArchive('the expireAfter of archiveUnused', expireAfter, tags)] };
}
