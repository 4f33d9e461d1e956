import { checkPattern, isToken } from './errors';

/** A registry that ECR can cache. */
export interface UpstreamFacts {
  /** How users call it. */
  readonly name: string;
  /** As CloudFormation spells it. */
  readonly registry: string;
  /** Where it is; every customer of the others has an own one. */
  readonly url?: string;
  /** What its images start with in the cache, unless told otherwise. */
  readonly prefix: string;
  /** True when it answers with credentials only. */
  readonly secret?: boolean;
  /** True when all images have a namespace, also those that docker pulls without one. */
  readonly namespaced?: boolean;
}

/**
 * What ECR caches. The spelling is that of `UpstreamRegistry` in CloudFormation, rule W3030 of CloudFormation Validate 1.14.
 *
 * Source, November 2026: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export const UPSTREAMS = {
  dockerHub: {
    name: 'Docker Hub',
    registry: 'docker-hub',
    url: 'registry-1.docker.io',
    prefix: 'docker-hub',
    secret: true,
    namespaced: true,
  },
  ghcr: {
    name: 'GitHub Container Registry',
    registry: 'github-container-registry',
    url: 'ghcr.io',
    prefix: 'github',
    secret: true,
  },
  gitlab: {
    name: 'GitLab Container Registry',
    registry: 'gitlab-container-registry',
    url: 'registry.gitlab.com',
    prefix: 'gitlab',
    secret: true,
  },
  azure: {
    name: 'Azure Container Registry',
    registry: 'azure-container-registry',
    prefix: 'azure',
    secret: true,
  },
  chainguard: { name: 'Chainguard', registry: 'chainguard', url: 'cgr.dev', prefix: 'chainguard', secret: true },
  quay: { name: 'Quay', registry: 'quay', url: 'quay.io', prefix: 'quay' },
  kubernetes: { name: 'Kubernetes', registry: 'k8s', url: 'registry.k8s.io', prefix: 'kubernetes' },
  ecrPublic: { name: 'ECR Public', registry: 'ecr-public', url: 'public.ecr.aws', prefix: 'ecr-public' },
  privateEcr: { name: 'ECR', registry: 'ecr', prefix: 'ecr' },
} as const satisfies { [key: string]: UpstreamFacts };

/** Rules in one account and region, November 2026: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
export const CACHE_RULES = 50;

/** Every repository that no longer prefix matches. */
export const ROOT = 'ROOT';

const PART = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*';

/**
 * Fails unless repositories can stand in it, as the schemas of CloudFormation say; tokens pass. ECR puts a `/` behind it in
 * any case, so that one here makes no difference.
 */
export function namespaceOf(
  name: string,
  value: string,
  longest: { readonly min: number; readonly max: number },
): string {
  const { min, max } = longest;
  checkPattern(
    name,
    value,
    new RegExp(`^(?=.{${min},${max}}$)(${PART}(/${PART})*/?|${ROOT})$`),
    `'${ROOT}' or ${min} to ${max} lower case letters, digits, '.', '_', '-' and '/' such as 'team/shop'`,
  );
  return isToken(value) ? value : value.replace(/\/$/, '');
}

/** Fails unless it can be a repository of a cache, for which ECR takes more names than it does from people; tokens pass. */
export function checkCachedRepository(name: string, value: string): void {
  checkPattern(
    name,
    value,
    new RegExp(`^(?=.{2,256}$)${PART}(/${PART})*$`),
    "2 to 256 lower case letters, digits, '.', '_', '-' and '/' such as 'team/shop'",
  );
}

/** What the names of a namespace's repositories match. */
export function repositoriesOf(namespace: string, repository = '*'): string {
  return namespace === ROOT ? repository : `${namespace}/${repository}`;
}

/** Fails unless it is a login server of Azure; tokens pass. */
export function checkAzureUrl(url: string): void {
  checkPattern(
    'the registryUrl of Upstream.azure',
    url,
    /^[a-z0-9]+(-[a-z0-9]+)*\.azurecr\.io$/,
    "the login server of a registry such as 'myregistry.azurecr.io'",
  );
}

/** The role that ECR has for itself may read secrets of these names only. */
export const SECRET_PREFIX = 'ecr-pullthroughcache/';
