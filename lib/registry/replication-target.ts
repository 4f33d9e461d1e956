import { aws_iam as iam, Stack, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RegistrySettings } from './registry-settings';
import { AppliedFor, RepositoryTemplate } from './repository-template';
import type { RepositoryTemplateOptions } from './repository-template-options';
import type { Retention } from './retention';
import { checkSamePlace } from '../rules/environments';
import { checkUnique, ContainersError, isToken } from '../rules/errors';
import { checkGiven, checkList } from '../rules/given';
import { checkAccount, checkRepositoryPrefix } from '../rules/registry';
import { ROOT } from '../rules/upstreams';

/** Properties of a `ReplicationTarget`. */
export interface ReplicationTargetProps extends RepositoryTemplateOptions {
  /** The settings of the registry that gets the replicas: its policy lets the sources in. */
  readonly registry: RegistrySettings;

  /** The accounts whose registries replicate to this one. */
  readonly sourceAccounts: string[];

  /**
   * What the names of the repositories start with that may come, such as `shop/`.
   * @default - all
   */
  readonly prefixes?: string[];

  /**
   * Which replicas are kept, first rule first. Replication copies images, and neither deletes them nor brings the rules of
   * their repository.
   * @default - `Retention.expireUntagged(Duration.days(7))`: tagged images are never deleted
   */
  readonly retention?: Retention[];

  /**
   * Tags that may be moved to another image, `*` allowed: those of the source that move.
   * @default - none
   */
  readonly mutableTags?: string[];
}

/**
 * The far end of a replication between accounts, in a stack of the account and region that gets the images: it lets them in, and
 * says what their repositories are like. The near end is `replication` of the other account's `RegistrySettings`.
 *
 * Replication starts with the next push: what was pushed before does not come. What is not let in fails without a word to who
 * pushed.
 *
 * Creates: `templates`, and a statement in the policy of `registry`. Costs: 0.10 USD a GB and month for the replicas, and the
 * transfer between regions.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html
 */
export class ReplicationTarget extends Construct {
  /** What the repositories of replicas are like, one for each prefix. */
  public readonly templates: RepositoryTemplate[];

  /**
   * @throws when an account is none, the own one or named twice, a prefix is none, or the settings are of another registry
   */
  constructor(scope: Construct, id: string, props: ReplicationTargetProps) {
    super(scope, id);
    const { registry, sourceAccounts, prefixes, ...options } = props;
    const stack = Stack.of(this);
    const registryName = `the registry '${registry.node.path}'`;
    checkSamePlace(registryName, Stack.of(registry), `the replication target '${this.node.path}'`, stack);
    checkAccounts(sourceAccounts, stack.account);
    checkPrefixes(this, prefixes);

    registry.addToRegistryPolicy(
      new iam.PolicyStatement({
        principals: sourceAccounts.map((account) => new iam.AccountPrincipal(account)),
        actions: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
        resources: (prefixes ?? ['']).map((prefix) =>
          stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: `${prefix}*` }),
        ),
      }),
    );
    this.templates = (prefixes ?? [ROOT]).map(
      (prefix) =>
        new RepositoryTemplate(this, prefix === ROOT ? 'Template' : `Template-${prefix.replace(/\/$/, '')}`, {
          ...options,
          prefix,
          appliedFor: [AppliedFor.REPLICATION],
        }),
    );
  }
}

function checkAccounts(accounts: string[], own: string): void {
  checkGiven('sourceAccounts', accounts);
  checkList('sourceAccounts', accounts);
  if (accounts.length === 0) {
    throw new ContainersError(
      'sourceAccounts must have the accounts that replicate to this one, got none: within an account no policy is needed, so that a RepositoryTemplate is enough',
    );
  }
  accounts.forEach((account) => checkAccount('an account of sourceAccounts', account));
  checkUnique('sourceAccounts', accounts);
  if (accounts.includes(own)) {
    throw new ContainersError(
      `sourceAccounts must have other accounts, got the own one, ${own}: leave it out, within an account replication needs no policy`,
    );
  }
}

function checkPrefixes(scope: Construct, prefixes: string[] | undefined): void {
  if (!prefixes) return;
  checkList('prefixes', prefixes);
  if (prefixes.length === 0) {
    throw new ContainersError("prefixes must have one such as 'shop/', got none: leave it out for all repositories");
  }
  if (prefixes.some(isToken)) {
    throw new ContainersError(
      'prefixes must be known at synthesis, because templates are named after them, got a token',
    );
  }
  prefixes.forEach((prefix) => checkRepositoryPrefix('a prefix of prefixes', prefix));
  checkUnique(
    'prefixes',
    prefixes.map((prefix) => prefix.replace(/\/?$/, '/')),
  );
  const open = prefixes.filter((prefix) => !prefix.endsWith('/'));
  if (open.length === 0) return;
  Validations.of(scope).addWarning(
    'cdk-containers:ReplicationPrefixOpen',
    `the prefix '${open[0]}' lets in repositories such as '${open[0]}-web' too, which get none of the settings here: a template is for '${open[0]}/…' only. Write '${open[0]}/'.`,
  );
}
