import { aws_ecr as ecr, aws_iam as iam, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { encryptionOf } from './private/encryption';
import { lifecyclePolicyText } from './private/lifecycle';
import { mutabilityOf } from './private/mutability';
import { checkOnlyOne } from './private/only-one';
import { pullStatements } from './private/pull-access';
import { newTemplateRole } from './private/template-role';
import type { RepositoryTemplateOptions } from './repository-template-options';
import { Retention } from './retention';
import { checkOneOf } from '../rules/choices';
import { checkUnique, ContainersError } from '../rules/errors';
import { checkList } from '../rules/given';
import { checkLength } from '../rules/registry-limits';
import { checkResourceTags } from '../rules/resource-tags';
import { namespaceOf } from '../rules/upstreams';

/** For whom ECR makes repositories. */
export enum AppliedFor {
  /** The first pull of an image through a cache. */
  PULL_THROUGH_CACHE = 'PULL_THROUGH_CACHE',

  /** The first replica of another registry's repository. */
  REPLICATION = 'REPLICATION',

  /** The first push to a name that there is not. */
  CREATE_ON_PUSH = 'CREATE_ON_PUSH',
}

/** Properties of a `RepositoryTemplate`. */
export interface RepositoryTemplateProps extends RepositoryTemplateOptions {
  /**
   * What the names of the repositories start with: `team` is for `team/web` and not for `teams`. `ROOT` is for all that no
   * longer prefix matches.
   */
  readonly prefix: string;

  /** For whom ECR makes the repositories. */
  readonly appliedFor: AppliedFor[];

  /**
   * What it is for, up to 256 characters.
   * @default - none
   */
  readonly description?: string;

  /**
   * Tags that may be moved to another image, `*` allowed. Every other tag stays with its image.
   *
   * A cache can not follow an upstream whose tag moves, `latest` or `1.29`, when the tag is not among them.
   * @default - all tags for a template that is for caches only, otherwise none
   */
  readonly mutableTags?: string[];

  /**
   * Which images are kept, first rule first.
   * @default - `Retention.expireUntagged(Duration.days(7))`: tagged images are never deleted
   */
  readonly retention?: Retention[];
}

/**
 * What the repositories are like that ECR makes by itself: for caches, for replicas, for pushes to new names.
 *
 * It changes no repository that there is already. A prefix has one template in an account and region, which
 * `PullThroughCache` and `ReplicationTarget` make for themselves.
 *
 * Creates: `template`; with KMS or tags also `role`. Costs nothing.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
 */
export class RepositoryTemplate extends Construct {
  /** The template. */
  public readonly template: ecr.CfnRepositoryCreationTemplate;

  /** What ECR makes repositories with that have a key or tags; otherwise it has a role of its own. */
  public readonly role?: iam.IRole;

  /** What the names of the repositories start with, or `ROOT`. */
  public readonly prefix: string;

  /**
   * @throws when the prefix is none, `appliedFor` names nobody, or a rule of `retention` can never act; at synthesis when
   * the prefix has another template
   */
  constructor(scope: Construct, id: string, props: RepositoryTemplateProps) {
    super(scope, id);
    const { appliedFor, encryptionKey, retention = [Retention.expireUntagged(Duration.days(7))] } = props;
    this.prefix = namespaceOf('prefix', props.prefix, { min: 1, max: 256 });
    checkAppliedFor(appliedFor);
    checkResourceTags(props.resourceTags);
    const resourceTags = Object.entries(props.resourceTags ?? {}).map(([key, value]) => ({ key, value }));
    const encryptionConfiguration = encryptionOf(this, props.encryption, encryptionKey);
    const anyMutable =
      props.mutableTags === undefined && appliedFor.every((each) => each === AppliedFor.PULL_THROUGH_CACHE);

    const role =
      encryptionConfiguration || resourceTags.length > 0
        ? newTemplateRole(this, {
            prefix: this.prefix,
            encryptionKey,
            tags: resourceTags.length > 0,
            replicas: appliedFor.includes(AppliedFor.REPLICATION),
          })
        : undefined;
    checkLength('description', props.description, 256);
    this.role = role;
    this.template = new ecr.CfnRepositoryCreationTemplate(this, 'Template', {
      prefix: this.prefix,
      appliedFor,
      description: props.description,
      ...(anyMutable ? { imageTagMutability: 'MUTABLE' } : mutabilityOf(props.mutableTags)),
      lifecyclePolicy: retention.length > 0 ? lifecyclePolicyText(retention) : undefined,
      repositoryPolicy: props.allowPullFrom && policyText(this, pullStatements(this, props.allowPullFrom)),
      encryptionConfiguration,
      resourceTags: resourceTags.length > 0 ? resourceTags : undefined,
      customRoleArn: role?.roleArn,
    });
    // Without its permissions the first pull would fail.
    if (role) this.template.node.addDependency(role);
    checkOnlyOne<ecr.CfnRepositoryCreationTemplate>(this.template, {
      type: this.template.cfnResourceType,
      prefixOf: ({ prefix }) => prefix,
      change: 'make one that says all of it, or give one of them another prefix',
    });
  }
}

function checkAppliedFor(appliedFor: AppliedFor[]): void {
  checkList('appliedFor', appliedFor);
  appliedFor.forEach((use) => checkOneOf('an entry of appliedFor', use, Object.values(AppliedFor)));
  if (appliedFor.length === 0) {
    throw new ContainersError(
      'appliedFor must name for whom ECR makes repositories, got none: name PULL_THROUGH_CACHE, REPLICATION or CREATE_ON_PUSH',
    );
  }
  checkUnique('appliedFor', appliedFor);
}

function policyText(scope: Construct, statements: iam.PolicyStatement[]): string {
  return Stack.of(scope).toJsonString(new iam.PolicyDocument({ statements }));
}
