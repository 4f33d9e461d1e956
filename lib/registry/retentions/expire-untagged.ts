import { aws_ecr as ecr } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import { checkWhole } from '../../rules/errors';
import type { RetentionKind } from '../retention';

export function expireUntagged(age: Duration): RetentionKind {
  if (!age.isUnresolved()) {
    checkWhole('the age of expireUntagged in days', age.toDays({ integral: false }), { min: 1, max: Infinity });
  }
  return {
    rules: [{ description: 'Expire images without a tag', tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: age }],
  };
}
