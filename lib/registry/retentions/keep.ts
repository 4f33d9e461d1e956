import { ContainersError } from '../../rules/errors';
import { FOREVER_DAYS } from '../../rules/lifecycle';
import { rulesFor } from '../private/retention-rules';
import type { RetentionKind } from '../retention';
import { RetentionCountType } from '../retention-rule';

export function keep(tags: string[]): RetentionKind {
  if (!tags?.length) {
    throw new ContainersError(
      "the tags of keep must name at least one pattern such as 'v*', got none: an image that no rule selects stays anyway",
    );
  }
  return {
    rules: rulesFor('keep', tags, (images) => ({
      description: `Keep ${images}`,
      countType: RetentionCountType.SINCE_IMAGE_PUSHED,
      countNumber: FOREVER_DAYS,
    })),
    archiveRules: rulesFor('keep', tags, (images) => ({
      description: `Keep archived ${images}`,
      countType: RetentionCountType.SINCE_IMAGE_TRANSITIONED,
      countNumber: FOREVER_DAYS,
    })),
  };
}
