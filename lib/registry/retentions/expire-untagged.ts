import { aws_ecr as ecr } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import { wholeDays } from '../../rules/lifecycle';
import type { RetentionKind } from '../retention';
import { RetentionCountType } from '../retention-rule';

export function expireUntagged(age: Duration): RetentionKind {
  return {
    rules: [
      {
        description: 'Expire images without a tag',
        tagStatus: ecr.TagStatus.UNTAGGED,
        countType: RetentionCountType.SINCE_IMAGE_PUSHED,
        countNumber: wholeDays('the age of expireUntagged', age),
      },
    ],
  };
}
