import type { Duration } from 'aws-cdk-lib';
import type { ExampleImage, ImageFate } from './image-fate';
import { explain } from './private/explain';
import { checkedRules, lifecyclePolicyText } from './private/lifecycle';
import type { RetentionRule } from './retention-rule';
import { archiveUnused } from './retentions/archive-unused';
import type { ArchiveUnusedOptions } from './retentions/archive-unused';
import { expireArchived } from './retentions/expire-archived';
import type { ExpireArchivedOptions } from './retentions/expire-archived';
import { expireOlderThan } from './retentions/expire-older-than';
import type { ExpireOlderThanOptions } from './retentions/expire-older-than';
import { expireUntagged } from './retentions/expire-untagged';
import { keep } from './retentions/keep';
import { keepLast } from './retentions/keep-last';
import type { KeepLastOptions } from './retentions/keep-last';

/** What a kind of retention compiles to, before priorities are given. */
export interface RetentionKind {
  readonly rules: RetentionRule[];

  /** Rules that are needed only where another value deletes from the archive. */
  readonly archiveRules?: RetentionRule[];
}

/**
 * Which images a repository keeps. A list of these becomes the repository's lifecycle policy, first rule first.
 * An image that an earlier rule selects is never touched by a later one, also when the earlier one keeps it. Images that
 * no rule selects stay. `Retention.explain` shows what a list does to images that you describe.
 *
 * ECR looks within 24 hours, does not know which images are in use, and brings nothing back that it deleted.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export class Retention {
  /**
   * Deletes images that lost their last tag, after a while. Not those that a manifest list still names.
   * @param age how long they stay after their push, at least a day, whole days
   */
  public static expireUntagged(age: Duration): Retention {
    return Retention._of(expireUntagged(age));
  }

  /**
   * Keeps the newest images and deletes the others.
   *
   * Deletes also what a service still runs if more than `count` images were pushed since. For all images it counts
   * untagged ones too, such as each platform of an image for several.
   * @param count how many, at least 1
   */
  public static keepLast(count: number, options: KeepLastOptions = {}): Retention {
    return Retention._of(keepLast(count, options));
  }

  /**
   * Keeps images with such tags, whatever the rules after it say: put it first.
   *
   * ECR has no rule that keeps. This one selects the images, so that no later rule reaches them, and would delete them
   * a hundred years (36,500 days) after their push.
   * @param tags patterns, `*` allowed: images that match one of them
   */
  public static keep(tags: string[]): Retention {
    return Retention._of(keep(tags));
  }

  /**
   * Deletes images a while after their push, also those that are in use: `archiveUnused` looks at pulls.
   *
   * Without `tags` it deletes every image of that age that no rule before it selects, the newest one too.
   * @param age how long they stay after their push, at least a day, whole days
   */
  public static expireOlderThan(age: Duration, options: ExpireOlderThanOptions = {}): Retention {
    return Retention._of(expireOlderThan(age, options));
  }

  /**
   * Moves images that nobody pulled for a while to the archive. Nobody can pull them from there until they are restored,
   * which takes up to 20 minutes. With `expireAfter` it is the only way to delete by the last pull.
   *
   * Never reaches what a rule before it selects, such as `keepLast` with `tags`. Images that were never pulled count from
   * their push.
   *
   * Costs: the archive is as dear as standard storage, 0.10 USD a GB and month, up to 150 TB; above, 0.07 USD. Each image
   * is billed for 90 days at least, and a restored GB is 0.03 USD. To save money, delete.
   * @param age how long after their last pull, at least a day, whole days
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive_restore_image.html
   */
  public static archiveUnused(age: Duration, options: ArchiveUnusedOptions = {}): Retention {
    return Retention._of(archiveUnused(age, options));
  }

  /**
   * Deletes images a while after they moved to the archive. For those that `archiveUnused` moves, `expireAfter` there is
   * shorter.
   * @param age how long they stay in the archive, at least 90 days, whole days
   */
  public static expireArchived(age: Duration, options: ExpireArchivedOptions = {}): Retention {
    return Retention._of(expireArchived(age, options));
  }

  /**
   * The lifecycle policy as ECR reads it, for repositories of your own:
   * `cfnRepository.lifecyclePolicy = { lifecyclePolicyText: Retention.policyText([…]) }`.
   * @throws when the list is empty, has a rule that can never act or one for all images that is not the last, or makes
   * more than 50 rules
   */
  public static policyText(retention: Retention[]): string {
    return lifecyclePolicyText(retention);
  }

  /**
   * What becomes of images under a list of retentions the next time that ECR looks, by the rules that AWS documents. Use
   * it in a test, before a change of `retention` deletes what it should not. Needs no AWS account.
   * @returns a fate for each image, in their order
   * @throws as `policyText`, and when an image can not be: a name or tag twice, days that are no number or before the push
   */
  public static explain(retention: Retention[], images: ExampleImage[]): ImageFate[] {
    return explain(checkedRules(retention), images);
  }

  /** @internal */
  public static _of(kind: RetentionKind): Retention {
    return new Retention(kind);
  }

  private constructor(private readonly kind: RetentionKind) {}

  /** @internal */
  public get _kind(): RetentionKind {
    return this.kind;
  }

  /** The rules, without priorities. A list of retentions becomes a policy with `Retention.policyText`. */
  public bind(): RetentionRule[] {
    return [...this.kind.rules, ...(this.kind.archiveRules ?? [])];
  }
}
