import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ManagedPolicyRole } from '../../identity/private/managed-policy-role';
import { acknowledgeWildcards } from '../../identity/private/wildcards';
import { ContainersError, isToken } from '../../rules/errors';
import { WILDCARDS } from '../../rules/findings';
import { checkGiven } from '../../rules/given';
import { checkAccount, checkRegion } from '../../rules/registry';
import { repositoriesOf, ROOT, UPSTREAMS } from '../../rules/upstreams';
import { byEcr } from '../private/service-principal';
import type { PrivateEcrOptions, UpstreamKind, UpstreamTarget } from '../upstream';

/** A private registry of another region or account. */
export function privateEcr({ region, account, role }: PrivateEcrOptions): UpstreamKind {
  checkGiven('the region of Upstream.privateEcr', region);
  checkRegion('the region of Upstream.privateEcr', region);
  checkAccount('the account of Upstream.privateEcr', account);
  return {
    facts: UPSTREAMS.privateEcr,
    bind(scope, target) {
      const stack = Stack.of(scope);
      const owner = account ?? stack.account;
      if (owner === stack.account && region === stack.region) {
        throw new ContainersError(
          `the registry of Upstream.privateEcr must be of another region or account than the cache '${scope.node.path}', got its own, ${region}`,
        );
      }
      if (role && !isToken(role.env.account) && !isToken(stack.account) && role.env.account !== stack.account) {
        throw new ContainersError(
          `the role of Upstream.privateEcr must be of the account of the cache '${scope.node.path}', ${stack.account}, got one of ${role.env.account}`,
        );
      }
      return {
        upstreamRegistry: UPSTREAMS.privateEcr.registry,
        upstreamRegistryUrl: `${owner}.dkr.ecr.${region}.${stack.urlSuffix}`,
        role: role ?? (owner === stack.account ? undefined : newRole(scope, { region, account: owner }, target)),
      };
    },
  };
}

/**
 * What AWS documents for every repository, for those of the upstream and of the cache.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
 */
function newRole(
  scope: Construct,
  upstream: { readonly region: string; readonly account: string },
  { prefix, upstreamPrefix = ROOT }: UpstreamTarget,
): ManagedPolicyRole {
  const repositories = (namespace: string, place = {}) =>
    Stack.of(scope).formatArn({
      service: 'ecr',
      resource: 'repository',
      resourceName: repositoriesOf(namespace),
      ...place,
    });
  const cached = repositories(prefix);
  const role = new ManagedPolicyRole(scope, 'Role', {
    description: "How ECR reads another account's registry for the cache",
    assumedBy: byEcr('pullthroughcache.ecr.amazonaws.com'),
  });
  const read = [
    'ecr:BatchGetImage',
    'ecr:BatchImportUpstreamImage',
    'ecr:GetDownloadUrlForLayer',
    'ecr:GetImageCopyStatus',
  ];
  const write = ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'];
  const statements = [
    new iam.PolicyStatement({ actions: read, resources: [repositories(upstreamPrefix, upstream), cached] }),
    new iam.PolicyStatement({ actions: write, resources: [cached] }),
    new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
  ];
  statements.forEach((statement) => role.addToPrincipalPolicy(statement));
  acknowledgeWildcards(role, statements, WILDCARDS.cached);
  return role;
}
