import { ContainersError, isToken } from './errors';
import { checkDigest, checkTag } from './registry-limits';
import { checkCachedRepository, repositoriesOf, ROOT, UPSTREAMS } from './upstreams';
import type { UpstreamFacts } from './upstreams';

/** What a cache calls an image. */
export interface CachedImageName {
  /** The repository in the cache. */
  readonly repository: string;
  /** `:` and a tag, or `@` and a digest. */
  readonly suffix: string;
}

/** Where an image of an upstream is in the cache; fails unless it is named in full, and without the registry. */
export function cachedImageName(
  image: string,
  cache: { readonly namespace: string; readonly upstream: UpstreamFacts; readonly upstreamPrefix?: string },
): CachedImageName {
  const wrong = (must: string, change: string) =>
    new ContainersError(`the image must ${must}, got '${image}': ${change}`);
  const [, name, tag, digest] = /^([^@]*?)(?::([^:/@]*))?(?:@([^]*))?$/.exec(image ?? '')!;
  const [first, ...others] = name.split('/');
  if (others.length > 0 && isHost(first)) {
    throw wrong('be named without its registry', `write '${image.slice(first.length + 1)}'`);
  }
  if (tag === undefined && digest === undefined) {
    throw wrong(
      'have a tag or a digest, because without it is latest, which moves',
      "write 'library/nginx:1.29' for example",
    );
  }
  if (tag !== undefined && digest !== undefined) {
    throw wrong('have a tag or a digest, not both', 'leave one of them out, the digest names exactly one image');
  }
  checkTag('the tag of the image', tag, "one such as '1.4.2'");
  checkDigest('the digest of the image', digest);
  const { upstreamPrefix } = cache;
  if (upstreamPrefix !== undefined && name.startsWith(`${upstreamPrefix}/`)) {
    throw wrong('be named without upstreamPrefix', `write '${image.slice(upstreamPrefix.length + 1)}'`);
  }
  if (cache.upstream.namespaced && (cache.upstreamPrefix ?? ROOT) === ROOT && others.length === 0 && !isToken(name)) {
    throw wrong(
      `have its namespace on ${cache.upstream.name}, which only docker leaves out`,
      `write 'library/${image}' for an official image`,
    );
  }
  const repository = repositoriesOf(cache.namespace, name);
  checkCachedRepository('the repository of the image', repository);
  return { repository, suffix: tag === undefined ? `@${digest}` : `:${tag}` };
}

/** Not everything with a dot: organizations of Chainguard and Quay have dots too. */
function isHost(part: string): boolean {
  return (
    part.includes(':') || HOSTS.some((host) => host === part) || /\.(azurecr\.io|amazonaws\.com(\.cn)?)$/.test(part)
  );
}

const HOSTS = [
  ...Object.values<UpstreamFacts>(UPSTREAMS).map(({ url }) => url),
  'docker.io',
  'gcr.io',
  'index.docker.io',
  'localhost',
  'mcr.microsoft.com',
];
