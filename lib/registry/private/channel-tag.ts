import { CfnResource, Stack } from 'aws-cdk-lib';
import type { aws_ecr as ecr } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { matchesPattern } from './tag-patterns';
import { ContainersError, isToken } from '../../rules/errors';
import { checkTag } from '../../rules/registry-limits';
import type { IContainerRepository } from '../container-repository';

/** Fails for a tag that is none, and for one that is known to stay with its image. */
export function checkChannelTag(tag: string, repository: IContainerRepository): void {
  checkTag('channelTag', tag, "a tag such as 'stable'");
  const made = repository._repository.node.defaultChild;
  if (!isCfnRepository(made) || mayMove(tag, made)) return;
  throw new ContainersError(
    `channelTag must be a tag that may move, got '${tag}', which is immutable in '${repository.node.path}': add it to mutableTags there`,
  );
}

function isCfnRepository(construct: IConstruct | undefined): construct is ecr.CfnRepository {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::ECR::Repository';
}

/** True unless it is known that it may not. */
function mayMove(tag: string, repository: ecr.CfnRepository): boolean {
  const known: { mutability?: unknown; filters?: unknown } = Stack.of(repository).resolve({
    mutability: repository.imageTagMutability,
    filters: repository.imageTagMutabilityExclusionFilters,
  });
  const { mutability = 'MUTABLE', filters = [] } = known;
  if (isToken(tag) || typeof mutability !== 'string' || !Array.isArray(filters)) return true;
  const patterns = filters.map((filter) => filter.imageTagMutabilityExclusionFilterValue as unknown);
  if (!patterns.every((pattern) => typeof pattern === 'string')) return true;
  const excluded = patterns.some((pattern) => matchesPattern(pattern, tag));
  return mutability.startsWith('IMMUTABLE') === excluded;
}
