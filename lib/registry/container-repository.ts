import { aws_ecr as ecr, aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import type { aws_iam as iam, aws_kms as kms, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Retention } from './retention';
import { checkPattern, ContainersError } from '../rules/errors';

/** Properties of a `ContainerRepository`. */
export interface ContainerRepositoryProps {
  /**
   * Which images are kept, first rule first; a rule for all images must be the last one.
   * @default - `Retention.expireUntagged(Duration.days(7))`: tagged images are never deleted
   */
  readonly retention?: Retention[];

  /**
   * Tags that may be moved to another image, `*` allowed. Every other tag stays with its image.
   *
   * Security Hub's ECR.2 and Control Tower's CT.ECR.PR.3 want all tags immutable: a deployment by a
   * mutable tag is not repeatable.
   * @default - none
   */
  readonly mutableTags?: string[];

  /**
   * A key of yours for the images, about 1 USD a month.
   * @default - AES-256 with a key of ECR, free
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the repository when it leaves the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Deletes all images with the repository. Needs `removalPolicy: RemovalPolicy.DESTROY` to matter.
   * @default false
   */
  readonly emptyOnDelete?: boolean;
}

/**
 * A private ECR repository: scanned on push, immutable tags, encrypted, cleaned up, retained.
 *
 * A service cannot start before its image exists: push to the repository first, in an earlier stack or
 * deployment than the service's.
 *
 * Creates: `repository`. Costs: 0.10 USD a GB and month.
 */
export class ContainerRepository extends Construct {
  /** The repository. */
  public readonly repository: ecr.Repository;

  /**
   * @throws when a rule of `retention` can never act, or a tag pattern is not one
   */
  constructor(scope: Construct, id: string, props: ContainerRepositoryProps = {}) {
    super(scope, id);
    const mutable = props.mutableTags ?? [];
    mutable.forEach((tag) =>
      checkPattern(
        'a tag of mutableTags',
        tag,
        /^(?=.{1,128}$)[^*]*(\*[^*]*){0,2}$/,
        '1 to 128 characters with at most 2 wildcards',
      ),
    );
    if (mutable.length > 5) throw new ContainersError(`mutableTags must have at most 5 entries, got ${mutable.length}`);

    this.repository = new ecr.Repository(this, 'Repository', {
      imageScanOnPush: true,
      imageTagMutability: mutable.length ? ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION : ecr.TagMutability.IMMUTABLE,
      imageTagMutabilityExclusionFilters: mutable.length
        ? mutable.map((tag) => ecr.ImageTagMutabilityExclusionFilter.wildcard(tag))
        : undefined,
      encryption: props.encryptionKey ? ecr.RepositoryEncryption.KMS : ecr.RepositoryEncryption.AES_256,
      encryptionKey: props.encryptionKey,
      removalPolicy: props.removalPolicy,
      emptyOnDelete: props.emptyOnDelete,
      lifecycleRules: lifecycleRules(props.retention ?? [Retention.expireUntagged(Duration.days(7))]),
    });
  }

  /**
   * An image of this repository for a container; the task's execution role gets the right to pull it.
   * @param tagOrDigest a tag such as `1.4.2`, or a digest such as `sha256:…`
   */
  public image(tagOrDigest: string): ecs.ContainerImage {
    checkPattern(
      'the tag of an image',
      tagOrDigest,
      /^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/,
      "a tag such as '1.4.2' or a digest such as 'sha256:…'",
    );
    return ecs.ContainerImage.fromEcrRepository(this.repository, tagOrDigest);
  }

  /** Lets someone pull images. */
  public grantPull(grantee: iam.IGrantable): iam.Grant {
    return this.repository.grantPull(grantee);
  }

  /** Lets someone push images, a build for example. */
  public grantPush(grantee: iam.IGrantable): iam.Grant {
    return this.repository.grantPush(grantee);
  }
}

/** Gives the rules their priorities, and refuses those that could never act. */
function lifecycleRules(retention: Retention[]): ecr.LifecycleRule[] {
  const rules = retention.flatMap((rule) => rule.bind());
  if (rules.length > 50) throw new ContainersError(`retention must compile to at most 50 rules, got ${rules.length}`);
  const any = rules.findIndex((rule) => rule.tagStatus === ecr.TagStatus.ANY);
  if (any !== -1 && any !== rules.length - 1) {
    throw new ContainersError(
      `a rule of retention for all images must be the last one, got '${rules[any].description}' before '${rules[any + 1].description}': move it to the end`,
    );
  }
  rules.forEach((rule, index) => {
    const before = rules.slice(0, index).find((earlier) => selectsAllOf(earlier, rule));
    if (!before) return;
    throw new ContainersError(
      `a rule of retention must not select only what an earlier one does, got '${rule.description}' after '${before.description}': ` +
        'it could never act, remove it or move it to the front',
    );
  });
  return rules.map((rule, index) => ({ ...rule, rulePriority: index + 1 }));
}

/** True when the first rule selects every image that the second one does: `*` in a pattern stands for any characters. */
function selectsAllOf(first: ecr.LifecycleRule, second: ecr.LifecycleRule): boolean {
  const [wide, narrow] = [first.tagPatternList?.[0], second.tagPatternList?.[0]];
  if (wide === undefined || narrow === undefined) return first.tagStatus === second.tagStatus;
  const literals = wide.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`).test(narrow);
}
