import type { aws_iam as iam, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { privateEcr } from './upstreams/private-ecr';
import { registry } from './upstreams/registry';
import { checkAzureUrl, UPSTREAMS } from '../rules/upstreams';
import type { UpstreamFacts } from '../rules/upstreams';

/** Options of `Upstream.privateEcr`. */
export interface PrivateEcrOptions {
  /** The region of the registry. */
  readonly region: string;

  /**
   * The account of the registry.
   * @default - the account of the cache
   */
  readonly account?: string;

  /**
   * What ECR reads the other account's registry with; `pullthroughcache.ecr.amazonaws.com` must be allowed to assume it.
   * @default - one that may read that registry and write to this cache, when `account` is not known to be the cache's
   */
  readonly role?: iam.IRole;
}

/** What an upstream is bound to. */
export interface UpstreamTarget {
  /** What the repositories of the cache start with, or `ROOT`. */
  readonly prefix: string;

  /**
   * What the repositories of the upstream start with.
   * @default - all of them
   */
  readonly upstreamPrefix?: string;
}

/** What a rule says of its upstream. */
export interface UpstreamConfig {
  /** The registry, as CloudFormation spells it. */
  readonly upstreamRegistry: string;

  /** Where it is. */
  readonly upstreamRegistryUrl: string;

  /**
   * The secret with the credentials.
   * @default - it answers without
   */
  readonly credentialArn?: string;

  /**
   * What ECR reads it with.
   * @default - the role that ECR has for itself
   */
  readonly role?: iam.IRole;
}

/** What a kind of upstream does. */
export interface UpstreamKind {
  readonly facts: UpstreamFacts;
  bind(scope: Construct, target: UpstreamTarget): UpstreamConfig;
}

/**
 * Where the images of a `PullThroughCache` come from.
 *
 * The secrets hold JSON with the keys `username` and `accessToken`. They are yours: their names start with
 * `ecr-pullthroughcache/`, because the role of ECR reads no others, and they are in the account and region of the cache.
 * A key of your own for them is not documented to work, so that one is a warning.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export class Upstream {
  /**
   * Docker Hub. Official images are in the namespace `library`.
   * @param secret a user name and an access token
   */
  public static dockerHub(secret: secretsmanager.ISecret): Upstream {
    return new Upstream(registry(UPSTREAMS.dockerHub, secret));
  }

  /**
   * The registry of GitHub, `ghcr.io`.
   * @param secret a user name and a personal access token that may read packages
   */
  public static ghcr(secret: secretsmanager.ISecret): Upstream {
    return new Upstream(registry(UPSTREAMS.ghcr, secret));
  }

  /**
   * The registry of GitLab.com; those of other installations are not supported.
   * @param secret a user name and an access token that may read the registry
   */
  public static gitlab(secret: secretsmanager.ISecret): Upstream {
    return new Upstream(registry(UPSTREAMS.gitlab, secret));
  }

  /**
   * A registry of Azure.
   * @param registryUrl its login server, `<name>.azurecr.io`
   * @param secret the name and a password of a token
   */
  public static azure(registryUrl: string, secret: secretsmanager.ISecret): Upstream {
    checkAzureUrl(registryUrl);
    return new Upstream(registry({ ...UPSTREAMS.azure, url: registryUrl }, secret));
  }

  /**
   * The registry of Chainguard, `cgr.dev`.
   * @param secret the identity and the token of a pull token
   */
  public static chainguard(secret: secretsmanager.ISecret): Upstream {
    return new Upstream(registry(UPSTREAMS.chainguard, secret));
  }

  /** What is public on Quay, `quay.io`. */
  public static quay(): Upstream {
    return new Upstream(registry(UPSTREAMS.quay));
  }

  /** The images of Kubernetes, `registry.k8s.io`. */
  public static kubernetes(): Upstream {
    return new Upstream(registry(UPSTREAMS.kubernetes));
  }

  /** ECR's own public gallery, `public.ecr.aws`, without limits of anonymous pulls. */
  public static ecrPublic(): Upstream {
    return new Upstream(registry(UPSTREAMS.ecrPublic));
  }

  /**
   * A private ECR registry of another region or account.
   *
   * One of another account must let this one in, by the policy of its registry or of its repositories:
   * `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`, `ecr:BatchImportUpstreamImage` and `ecr:GetImageCopyStatus` for the
   * account of the cache.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
   */
  public static privateEcr(options: PrivateEcrOptions): Upstream {
    return new Upstream(privateEcr(options));
  }

  private constructor(private readonly kind: UpstreamKind) {}

  /** @internal */
  public get _kind(): UpstreamKind {
    return this.kind;
  }

  /**
   * What a rule says of the upstream; for a `CfnPullThroughCacheRule` of your own.
   * @throws when the secret can not be read by ECR, or the registry is the cache itself
   */
  public bind(scope: Construct, target: UpstreamTarget): UpstreamConfig {
    return this.kind.bind(scope, target);
  }
}
