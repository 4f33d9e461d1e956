import { aws_ecr as ecr } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import { checkWhole, ContainersError } from '../../rules/errors';
import type { RetentionKind } from '../retention';

export function expireUntagged(age: Duration): RetentionKind {
  if (age.isUnresolved()) {
    throw new ContainersError(
      'the age of expireUntagged must be known at synthesis, because it is text in the policy, got a token',
    );
  }
  if (!age.isUnresolved()) {
    checkWhole('the age of expireUntagged in days', age.toDays({ integral: false }), { min: 1, max: Infinity });
  }
  return {
    rules: [{ description: 'Expire images without a tag', tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: age }],
  };
}
