import { aws_ecr as ecr } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import { checkList } from '../../rules/given';
import { checkKnown, checkTagPattern } from '../../rules/lifecycle';
import type { RetentionRule } from '../retention-rule';

/** What a rule does, beside which images it selects. */
type Deed = Pick<RetentionRule, 'description' | 'countType' | 'countNumber'>;

/**
 * A rule for all images, or one for each pattern: patterns in one rule must all match the same image.
 * @param name of the factory
 * @param deed what is done with them, given what they are called
 */
export function rulesFor(name: string, tags: string[] | undefined, deed: (images: string) => Deed): RetentionRule[] {
  if (tags === undefined) return [{ ...deed('images'), tagStatus: ecr.TagStatus.ANY }];
  checkKnown(`tags of ${name}`, tags);
  checkList(`tags of ${name}`, tags);
  if (tags.length === 0) {
    throw new ContainersError(
      `tags of ${name} must name at least one pattern such as 'v*', got an empty list: leave it out for all images`,
    );
  }
  return tags.map((pattern) => {
    checkTagPattern(`a tag pattern of ${name}`, pattern);
    return { ...deed(`images tagged ${pattern}`), tagStatus: ecr.TagStatus.TAGGED, tagPatterns: [pattern] };
  });
}
