import { aws_events as events, Stack } from 'aws-cdk-lib';
import type { aws_ecr as ecr } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkSamePlace } from '../../rules/environments';
import { checkUnique, ContainersError } from '../../rules/errors';
import { checkList } from '../../rules/given';
import { checkTag } from '../../rules/registry-limits';
import type { OnPushOptions } from '../push-options';

/** A rule for what ECR itself says of a push: the L2's `onCloudTrailImagePushed` is silent without a trail of CloudTrail. */
export function pushRule(
  scope: Construct,
  id: string,
  repository: ecr.IRepository,
  options: OnPushOptions = {},
): events.Rule {
  const { imageTags, target, ...rest } = options;
  checkList('imageTags', imageTags);
  if (imageTags?.length === 0) {
    throw new ContainersError('imageTags must have at least one entry, got none: leave it out for all tags');
  }
  imageTags?.forEach((tag) =>
    checkTag('an entry of imageTags', tag, "a whole tag such as '1.4.2' (patterns are for eventPattern)"),
  );
  checkUnique('imageTags', imageTags ?? []);
  checkRulePlace(scope, repository);

  const rule = new events.Rule(scope, id, rest);
  rule.addEventPattern({
    source: ['aws.ecr'],
    detailType: ['ECR Image Action'],
    detail: {
      'action-type': ['PUSH'],
      result: ['SUCCESS'],
      'repository-name': [repository.repositoryName],
      'image-tag': imageTags,
    },
  });
  rule.addTarget(target);
  return rule;
}

/** Events of a repository arise in its own account and region only. */
export function checkRulePlace(scope: Construct, repository: ecr.IRepository): void {
  checkSamePlace(`the repository '${repository.node.path}'`, repository.env, 'its rules', Stack.of(scope));
}
