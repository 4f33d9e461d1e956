import type { aws_ecr as ecr } from 'aws-cdk-lib';

/** What a rule counts, in the words of ECR. It also says which images the rule sees, and what it does. */
export enum RetentionCountType {
  /** Images in standard storage: those beyond the newest ones are deleted. */
  IMAGE_COUNT_MORE_THAN = 'imageCountMoreThan',

  /** Days since the push, of images in standard storage: the older ones are deleted. */
  SINCE_IMAGE_PUSHED = 'sinceImagePushed',

  /** Days since the last pull, or the push if there was none, of images in standard storage: they move to the archive. */
  SINCE_IMAGE_PULLED = 'sinceImagePulled',

  /** Days in the archive, of images there: the older ones are deleted. */
  SINCE_IMAGE_TRANSITIONED = 'sinceImageTransitioned',
}

/**
 * A rule of a lifecycle policy, before it has a priority.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export interface RetentionRule {
  /** What it does, in a sentence that no other rule of a policy has. */
  readonly description: string;

  /** Which images it selects. */
  readonly tagStatus: ecr.TagStatus;

  /**
   * The patterns of tags that it selects, `*` allowed. Each must match some tag of an image.
   * @default - none: only for `TagStatus.TAGGED`
   */
  readonly tagPatterns?: string[];

  /** What it counts. */
  readonly countType: RetentionCountType;

  /** How many images or days, above which it acts. */
  readonly countNumber: number;
}
