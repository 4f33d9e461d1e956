import { aws_ecr as ecr, Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import type {
  aws_cloudwatch as cloudwatch,
  aws_ecs as ecs,
  aws_events as events,
  aws_iam as iam,
  aws_kms as kms,
  aws_signer as signer,
} from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import type { ImageFindings, ImageFindingsOptions } from './image-findings';
import type { ImageGate, ImageGateOptions } from './image-gate';
import { encryptionOf } from './private/encryption';
import { mergedPolicyText } from './private/lifecycle';
import { mutabilityOf } from './private/mutability';
import { RepositoryBase } from './private/repository-base';
import { checkRepository } from './private/repository-kind';
import type { OnPushOptions } from './push-options';
import { Retention } from './retention';
import { ContainersError } from '../rules/errors';
import { checkRepositoryName } from '../rules/registry';

/** Who may pull from a repository beside its own account, for `allowPullFrom`. */
export interface PullFromOptions {
  /**
   * Ids of accounts. Each decides by its own policies who of it may pull.
   * @default - none
   */
  readonly accounts?: string[];

  /**
   * The id of an organization, such as `o-a1b2c3d4e5`: everybody in its accounts whom their own policies let pull.
   * @default - none
   */
  readonly organization?: string;

  /**
   * Lambda functions of these accounts too, in the repository's region; of the own account if none are named. Of an
   * organization by `aws:SourceOrgID`.
   * @default false
   */
  readonly lambda?: boolean;
}

/** A private repository, whoever made it. */
export interface IContainerRepository extends IConstruct {
  /** @internal */
  readonly _repository: ecr.IRepository;

  /** The profile with which ECR signs what is pushed, if it does. */
  readonly signingProfile?: signer.ISigningProfile;

  /**
   * An image of this repository for a container; the task's execution role gets the right to pull it.
   * @param tagOrDigest a tag such as `1.4.2`, or a digest such as `sha256:…`
   */
  image(tagOrDigest: string): ecs.ContainerImage;

  /** Lets someone pull images. */
  grantPull(grantee: iam.IGrantable): iam.Grant;

  /** Lets someone push images, a build for example, and have them signed if there is a `signingProfile`. */
  grantPush(grantee: iam.IGrantable): iam.Grant;

  /** Lets someone describe the repository and its images. */
  grantRead(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets other accounts, an organization or Lambda functions pull, by the policy of the repository. They need no right
   * to a key: ECR decrypts.
   * @throws when nobody is named, and for an imported repository, whose policy stands elsewhere
   */
  allowPullFrom(options: PullFromOptions): void;

  /** A rule for each image that was pushed. Needs no CloudTrail trail. */
  onPush(id: string, options?: OnPushOptions): events.Rule;

  /**
   * Sends what scans find to a topic. The rules stand here, so that the topic of a stack that needs this one is a cycle: make
   * an `ImageFindings` over there then. It also takes an id of yours; here they are counted.
   */
  onFindings(options?: ImageFindingsOptions): ImageFindings;

  /** A check that lets an image into a deployment only when its scan found nothing severe. Made in the service's stack. */
  gate(scope: Construct, id: string, options: ImageGateOptions): ImageGate;

  /**
   * How often images were pulled. Sum over 5 minutes.
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-repository-metrics.html
   */
  metricPulls(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}

/** Properties of `ContainerRepository.fromRepository`. */
export interface FromRepositoryProps {
  /** The repository, made by you or imported. */
  readonly repository: ecr.IRepository;

  /**
   * The profile with which ECR signs what is pushed to it.
   * @default - not signed
   */
  readonly signingProfile?: signer.ISigningProfile;
}

/** Properties of a `ContainerRepository`. */
export interface ContainerRepositoryProps {
  /**
   * Its name. Names decide which rules of `RegistrySettings` reach it, so that some like `shop/web` make sense.
   * @default - CloudFormation makes one
   */
  readonly repositoryName?: string;

  /**
   * Which images are kept, first rule first; a rule for all images must be the last one. Rules that are added to the
   * L2 with `repository.addLifecycleRule` come after them.
   * @default - `Retention.expireUntagged(Duration.days(7))`: tagged images are never deleted
   */
  readonly retention?: Retention[];

  /**
   * Tags that may be moved to another image, `*` allowed. Every other tag stays with its image.
   *
   * Security Hub's ECR.2, Control Tower's CT.ECR.PR.3 and Checkov's CKV_AWS_51 want all tags immutable: a deployment
   * by a mutable tag is not repeatable.
   * @default - none
   */
  readonly mutableTags?: string[];

  /**
   * How images are encrypted: `KMS_DSSE` twice, as some authorities ask for. It can not be changed later without a
   * new repository.
   * @default - `KMS` with an `encryptionKey`, otherwise `AES_256` with a key of ECR, free
   */
  readonly encryption?: ecr.RepositoryEncryption;

  /**
   * A key of yours for the images, about 1 USD a month. Security Hub's ECR.5 and Checkov's CKV_AWS_136 ask for it.
   * @default - AES-256 with a key of ECR, or a key of AWS when `encryption` says KMS
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The profile with which ECR signs what is pushed: `signingProfile` of the `RegistrySettings`, whose rules must
   * reach this repository. ECR signs with the identity of who pushes, so `grantPush` lets them sign.
   * @default - not signed
   */
  readonly signingProfile?: signer.ISigningProfile;

  /**
   * What happens to the repository when it leaves the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Deletes all images with the repository. Only with `removalPolicy: RemovalPolicy.DESTROY`.
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
export class ContainerRepository extends RepositoryBase {
  /**
   * A repository of somebody else with everything that this class does around one: images, grants, events, gates.
   *
   * Creates nothing by itself.
   */
  public static fromRepository(scope: Construct, id: string, props: FromRepositoryProps): IContainerRepository {
    checkRepository(props.repository);
    class Imported extends RepositoryBase {
      /** @internal */
      public readonly _repository = props.repository;
      public readonly signingProfile = props.signingProfile;
    }
    return new Imported(scope, id);
  }

  /** The repository. */
  public readonly repository: ecr.Repository;
  /** @internal */
  public readonly _repository: ecr.IRepository;
  public readonly signingProfile?: signer.ISigningProfile;

  /**
   * @throws when a rule of `retention` can never act, a tag pattern is not one, or a key comes with `AES_256`
   */
  constructor(scope: Construct, id: string, props: ContainerRepositoryProps = {}) {
    super(scope, id);
    const { repositoryName, retention = [Retention.expireUntagged(Duration.days(7))] } = props;
    checkRepositoryName('repositoryName', repositoryName);
    if (props.emptyOnDelete && props.removalPolicy !== RemovalPolicy.DESTROY) {
      throw new ContainersError(
        `emptyOnDelete must come with removalPolicy: RemovalPolicy.DESTROY, got ${props.removalPolicy ?? 'none'}: what is retained keeps its images`,
      );
    }
    mergedPolicyText(retention);
    this.signingProfile = props.signingProfile;

    this.repository = new ecr.Repository(this, 'Repository', {
      repositoryName,
      imageScanOnPush: true,
      removalPolicy: props.removalPolicy,
      emptyOnDelete: props.emptyOnDelete,
    });
    this._repository = this.repository;
    const resource = this.repository.node.defaultChild as ecr.CfnRepository;
    const { imageTagMutability, imageTagMutabilityExclusionFilters } = mutabilityOf(props.mutableTags);
    resource.imageTagMutability = imageTagMutability;
    resource.imageTagMutabilityExclusionFilters = imageTagMutabilityExclusionFilters;
    // The L2 has no KMS_DSSE.
    resource.encryptionConfiguration = encryptionOf(this, props.encryption, props.encryptionKey);
    // The L2 has no archive. Its own rules come after ours, and are judged with them.
    const ofL2 = resource.lifecyclePolicy;
    resource.lifecyclePolicy = Lazy.any({
      produce: () => policyOf(retention, this.repository.stack.resolve(ofL2)),
    });
  }
}

function policyOf(
  retention: Retention[],
  ofL2?: ecr.CfnRepository.LifecyclePolicyProperty,
): ecr.CfnRepository.LifecyclePolicyProperty | undefined {
  const lifecyclePolicyText = mergedPolicyText(retention, ofL2?.lifecyclePolicyText);
  return lifecyclePolicyText === undefined ? undefined : { lifecyclePolicyText };
}
