import { aws_ecr as ecr, aws_iam as iam, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { cachedImage } from './private/cached-image';
import { checkOnlyOne, inSameRegistry } from './private/only-one';
import { AppliedFor, RepositoryTemplate } from './repository-template';
import type { RepositoryTemplateOptions } from './repository-template-options';
import { Retention } from './retention';
import type { Upstream } from './upstream';
import { acknowledgeWildcards } from '../identity/private/wildcards';
import { ContainersError } from '../rules/errors';
import { WILDCARDS } from '../rules/findings';
import { cachedImageName } from '../rules/images';
import { CACHE_RULES, namespaceOf, repositoriesOf, ROOT } from '../rules/upstreams';

/** Properties of a `PullThroughCache`. */
export interface PullThroughCacheProps extends RepositoryTemplateOptions {
  /** Where the images come from. */
  readonly upstream: Upstream;

  /**
   * What the repositories of the cache start with, 2 to 30 characters; `ROOT` for all that no other cache matches.
   * @default - by the upstream: `docker-hub`, `github`, `gitlab`, `azure`, `chainguard`, `quay`, `kubernetes`, `ecr-public` or `ecr`
   */
  readonly prefix?: string;

  /**
   * What the repositories of the upstream start with, in place of `prefix`. AWS documents it for private ECR registries.
   * @default - any
   */
  readonly upstreamPrefix?: string;

  /**
   * Which images are kept, first rule first. Images with a tag stay, because ECR can not tell which of them something
   * still runs. What was pulled by its digest has none: it leaves too, and comes again with its next pull.
   * @default - `Retention.expireUntagged(Duration.days(30))`
   */
  readonly retention?: Retention[];

  /**
   * Set it to false if a `RepositoryTemplate` of yours has this prefix. With none, repositories are never cleaned up.
   * @default true
   */
  readonly createTemplate?: boolean;
}

/**
 * Images of another registry, kept in this one: pulled once, scanned, near, there when the other one is not, and without its
 * limits. When a tag is pulled again, ECR asks the upstream about once in 24 hours whether it moved.
 *
 * CloudFormation can not change a rule and keep its prefix: with another upstream, secret or role, give it another prefix. What
 * was cached stays when the cache is deleted. Other accounts in `allowPullFrom` pull what is cached already.
 *
 * Creates: `rule` and `template`; for a private registry of another account also `role`. Costs: 0.10 USD a GB and month for what
 * is cached.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export class PullThroughCache extends Construct {
  /** The rule. */
  public readonly rule: ecr.CfnPullThroughCacheRule;

  /** What the cached repositories are like; none with `createTemplate: false`. */
  public readonly template?: RepositoryTemplate;

  /** What ECR reads a private registry of another account with. */
  public readonly role?: iam.IRole;

  /** What the repositories of the cache start with, or `ROOT`. */
  public readonly prefix: string;

  private readonly props: PullThroughCacheProps;

  /**
   * @throws when the prefix is none, or the upstream's secret or registry can not be read by ECR; at synthesis when the prefix
   * has another cache
   */
  constructor(scope: Construct, id: string, props: PullThroughCacheProps) {
    super(scope, id);
    this.props = props;
    const { upstream, upstreamPrefix } = props;
    this.prefix = namespaceOf('prefix', props.prefix ?? upstream._kind.facts.prefix, LENGTH);
    const ofUpstream = upstreamPrefix === undefined ? undefined : namespaceOf('upstreamPrefix', upstreamPrefix, LENGTH);
    checkRootPrefix(this.prefix, ofUpstream);
    const source = upstream.bind(this, { prefix: this.prefix, upstreamPrefix: ofUpstream });
    this.role = source.role;
    this.template = this.newTemplate(props);
    this.rule = new ecr.CfnPullThroughCacheRule(this, 'Rule', {
      ecrRepositoryPrefix: this.prefix,
      upstreamRegistry: source.upstreamRegistry,
      upstreamRegistryUrl: source.upstreamRegistryUrl,
      upstreamRepositoryPrefix: ofUpstream,
      credentialArn: source.credentialArn,
      customRoleArn: source.role?.roleArn,
    });
    // What is pulled before there is a template is never cleaned up.
    if (this.template) this.rule.node.addDependency(this.template);
    if (this.role) this.rule.node.addDependency(this.role);
    checkOnlyOne<ecr.CfnPullThroughCacheRule>(this.rule, {
      type: this.rule.cfnResourceType,
      prefixOf: ({ ecrRepositoryPrefix }) => ecrRepositoryPrefix,
      change: 'give one of them another prefix',
    });
    this.node.addValidation({ validate: () => this.warnOfMany() });
  }

  /**
   * An image of the upstream for a container, such as `library/nginx:1.29`; the task's execution role gets the right to pull it,
   * to cache it, and to do so with no other. The service waits for the cache.
   *
   * @param name as the upstream calls it, without registry and `upstreamPrefix`, with a tag or `@` and a digest
   * @throws when the name has no tag and no digest, names its registry or the `upstreamPrefix`, or on Docker Hub has no
   * namespace
   */
  public image(name: string): ecs.ContainerImage {
    const { upstream, upstreamPrefix } = this.props;
    const cache = { namespace: this.prefix, upstream: upstream._kind.facts, upstreamPrefix };
    const { repository, suffix } = cachedImageName(name, cache);
    const { account, region, urlSuffix } = Stack.of(this);
    return cachedImage({
      imageName: `${account}.dkr.ecr.${region}.${urlSuffix}/${repository}${suffix}`,
      rule: this.rule,
      grant: (executionRole) => this.grant(executionRole, repository),
    });
  }

  /**
   * Lets someone pull every image of the upstream through this cache: nodes of a cluster, instances, builds. With the prefix
   * `ROOT` that is every repository of the registry.
   *
   * Nodes of EKS with the AWS managed policy `AmazonEC2ContainerRegistryReadOnly` pull what is cached, and can cache nothing.
   */
  public grantPull(grantee: iam.IGrantable): iam.Grant {
    const grant = this.grant(grantee, repositoriesOf(this.prefix));
    acknowledgeWildcards(grantee.grantPrincipal as iam.IRole, grant.principalStatements, WILDCARDS.cached);
    return grant;
  }

  /** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html */
  private grant(grantee: iam.IGrantable, resourceName: string): iam.Grant {
    const repositories = Stack.of(this).formatArn({ service: 'ecr', resource: 'repository', resourceName });
    // Whoever pulls first makes the repository, and its tags with it: those of another template may be any.
    const { resourceTags = {}, createTemplate = true } = this.props;
    const tags = Object.keys(resourceTags).length > 0 || !createTemplate ? ['ecr:TagResource'] : [];
    const pull = iam.Grant.addToPrincipal({ grantee, actions: [...PULL, ...tags], resourceArns: [repositories] });
    const authorization = { grantee, actions: ['ecr:GetAuthorizationToken'], resourceArns: ['*'] };
    return pull.combine(iam.Grant.addToPrincipal(authorization));
  }

  private newTemplate(props: PullThroughCacheProps): RepositoryTemplate | undefined {
    const { createTemplate = true, retention, encryption, encryptionKey, allowPullFrom, resourceTags } = props;
    const options = { retention, encryption, encryptionKey, allowPullFrom, resourceTags };
    if (createTemplate) {
      return new RepositoryTemplate(this, 'Template', {
        ...options,
        prefix: this.prefix,
        appliedFor: [AppliedFor.PULL_THROUGH_CACHE],
        retention: retention ?? [Retention.expireUntagged(Duration.days(30))],
      });
    }
    const [lost] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
    if (lost === undefined) return undefined;
    throw new ContainersError(
      `${lost} must be left out with createTemplate: false, got one: give it to the RepositoryTemplate of the prefix '${this.prefix}'`,
    );
  }

  private warnOfMany(): string[] {
    const rules = inSameRegistry(this.rule);
    if (rules.indexOf(this.rule) === CACHE_RULES) {
      Validations.of(this).addWarning(
        'cdk-containers:CacheRules',
        `the account and region has ${rules.length} caches in this app, and AWS allows ${CACHE_RULES}: let one cache serve more images, or use another account.`,
      );
    }
    return [];
  }
}

/** Of a prefix; that of a template may be longer. */
const LENGTH = { min: 2, max: 30 };

const PULL = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:BatchImportUpstreamImage',
  'ecr:CreateRepository',
  'ecr:GetDownloadUrlForLayer',
];

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private-wildcards.html */
function checkRootPrefix(prefix: string, upstreamPrefix: string | undefined): void {
  if (prefix !== ROOT || upstreamPrefix === undefined || upstreamPrefix === ROOT) return;
  throw new ContainersError(
    `upstreamPrefix must be left out with the prefix '${ROOT}', got '${upstreamPrefix}': give the cache a prefix of its own`,
  );
}
