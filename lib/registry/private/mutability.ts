import type { aws_ecr as ecr } from 'aws-cdk-lib';
import { checkPattern, checkUnique, ContainersError } from '../../rules/errors';
import { checkList } from '../../rules/given';

/** Which tags may move, as CloudFormation says it. */
export interface Mutability {
  readonly imageTagMutability: string;
  readonly imageTagMutabilityExclusionFilters?: ecr.CfnRepository.ImageTagMutabilityExclusionFilterProperty[];
}

/** All tags stay with their image but those named. */
export function mutabilityOf(mutableTags: string[] = []): Mutability {
  checkList('mutableTags', mutableTags);
  checkMutableTags(mutableTags);
  if (mutableTags.length === 0) return { imageTagMutability: 'IMMUTABLE' };
  return {
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: mutableTags.map((tag) => ({
      imageTagMutabilityExclusionFilterType: 'WILDCARD',
      imageTagMutabilityExclusionFilterValue: tag,
    })),
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html */
function checkMutableTags(tags: string[]): void {
  tags.forEach((tag) =>
    checkPattern(
      'a tag of mutableTags',
      tag,
      /^(?=.{1,128}$)[\w.-]*(\*[\w.-]*){0,2}$/,
      "1 to 128 letters, digits, '.', '_' and '-' with at most 2 wildcards '*'",
    ),
  );
  checkUnique('mutableTags', tags);
  if (tags.length > 5) throw new ContainersError(`mutableTags must have at most 5 entries, got ${tags.length}`);
}
