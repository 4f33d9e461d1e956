import { aws_ecr as ecr } from 'aws-cdk-lib';
import { checkPattern, checkWhole, ContainersError, isToken } from '../../rules/errors';
import type { KeepLastOptions, RetentionKind } from '../retention';

/** A tag pattern may have four wildcards. @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
const TAG_PATTERN = /^(?=.{1,128}$)[^*]*(\*[^*]*){0,4}$/;

export function keepLast(count: number, options: KeepLastOptions): RetentionKind {
  if (isToken(count)) {
    throw new ContainersError(
      'the count of keepLast must be known at synthesis, because it is text in the policy, got a token',
    );
  }
  checkWhole('the count of keepLast', count, { min: 1, max: Infinity });
  if (options.tags === undefined) {
    return {
      rules: [{ description: `Keep the last ${count} images`, tagStatus: ecr.TagStatus.ANY, maxImageCount: count }],
    };
  }
  if (options.tags.length === 0) {
    throw new ContainersError(
      "tags of keepLast must name at least one pattern such as 'v*', got an empty list: leave it out for all images",
    );
  }
  // One rule for each pattern: patterns in one rule must all match the same image.
  return {
    rules: options.tags.map((pattern) => {
      checkPattern('a tag pattern of keepLast', pattern, TAG_PATTERN, '1 to 128 characters with at most 4 wildcards');
      return {
        description: `Keep the last ${count} images tagged ${pattern}`,
        tagStatus: ecr.TagStatus.TAGGED,
        tagPatternList: [pattern],
        maxImageCount: count,
      };
    }),
  };
}
