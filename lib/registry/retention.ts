import type { aws_ecr as ecr, Duration } from 'aws-cdk-lib';
import { expireUntagged } from './retentions/expire-untagged';
import { keepLast } from './retentions/keep-last';

/** Options of `Retention.keepLast`. */
export interface KeepLastOptions {
  /**
   * Patterns of the tags that count, `*` allowed, each pattern by itself: two patterns keep `count` images each.
   * @default - all images that no rule before this one selects
   */
  readonly tags?: string[];
}

/** What a kind of retention compiles to, before priorities are given. */
export interface RetentionKind {
  readonly rules: ecr.LifecycleRule[];
}

/**
 * Which images a repository keeps. A list of these becomes the repository's lifecycle policy, first rule first.
 * An image that an earlier rule selects is never touched by a later one, also when the earlier one keeps it.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export class Retention {
  /**
   * Deletes images that lost their last tag, after a while.
   * @param age how long they stay after their push, at least a day, whole days
   */
  public static expireUntagged(age: Duration): Retention {
    return Retention._of(expireUntagged(age));
  }

  /**
   * Keeps the newest images and deletes the others.
   *
   * Deletes also what a service still runs if more than `count` images were pushed since.
   * @param count how many, at least 1
   */
  public static keepLast(count: number, options: KeepLastOptions = {}): Retention {
    return Retention._of(keepLast(count, options));
  }

  /** @internal */
  public static _of(kind: RetentionKind): Retention {
    return new Retention(kind);
  }

  private constructor(private readonly kind: RetentionKind) {}

  /** The lifecycle rules, without priorities. For repositories of your own: `repository.addLifecycleRule(rule)`. */
  public bind(): ecr.LifecycleRule[] {
    return this.kind.rules;
  }
}
