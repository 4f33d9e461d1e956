import { aws_ecr as ecr, CfnParameter, Stack } from 'aws-cdk-lib';
import type { aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Upstream } from '../../lib';
import { UPSTREAMS } from '../../lib/rules/upstreams';
import { cacheOf, HERE, importedSecret as imported, RULE, SECRET_ARN as ARN } from '../support/caches';
import { expectFailure } from '../support/errors';
import { newApp, only, Template, warnings } from '../support/fixture';

describe('Upstream', () => {
  test.each<[keyof typeof UPSTREAMS, (secret: secretsmanager.ISecret) => Upstream, unknown]>([
    [
      'dockerHub',
      (secret) => Upstream.dockerHub(secret),
      {
        EcrRepositoryPrefix: 'docker-hub',
        UpstreamRegistry: 'docker-hub',
        UpstreamRegistryUrl: 'registry-1.docker.io',
        CredentialArn: ARN,
      },
    ],
    [
      'ghcr',
      (secret) => Upstream.ghcr(secret),
      {
        EcrRepositoryPrefix: 'github',
        UpstreamRegistry: 'github-container-registry',
        UpstreamRegistryUrl: 'ghcr.io',
        CredentialArn: ARN,
      },
    ],
    [
      'gitlab',
      (secret) => Upstream.gitlab(secret),
      {
        EcrRepositoryPrefix: 'gitlab',
        UpstreamRegistry: 'gitlab-container-registry',
        UpstreamRegistryUrl: 'registry.gitlab.com',
        CredentialArn: ARN,
      },
    ],
    [
      'azure',
      (secret) => Upstream.azure('mine.azurecr.io', secret),
      {
        EcrRepositoryPrefix: 'azure',
        UpstreamRegistry: 'azure-container-registry',
        UpstreamRegistryUrl: 'mine.azurecr.io',
        CredentialArn: ARN,
      },
    ],
    [
      'chainguard',
      (secret) => Upstream.chainguard(secret),
      {
        EcrRepositoryPrefix: 'chainguard',
        UpstreamRegistry: 'chainguard',
        UpstreamRegistryUrl: 'cgr.dev',
        CredentialArn: ARN,
      },
    ],
    [
      'quay',
      () => Upstream.quay(),
      { EcrRepositoryPrefix: 'quay', UpstreamRegistry: 'quay', UpstreamRegistryUrl: 'quay.io' },
    ],
    [
      'kubernetes',
      () => Upstream.kubernetes(),
      { EcrRepositoryPrefix: 'kubernetes', UpstreamRegistry: 'k8s', UpstreamRegistryUrl: 'registry.k8s.io' },
    ],
    [
      'ecrPublic',
      () => Upstream.ecrPublic(),
      { EcrRepositoryPrefix: 'ecr-public', UpstreamRegistry: 'ecr-public', UpstreamRegistryUrl: 'public.ecr.aws' },
    ],
    [
      'privateEcr',
      () => Upstream.privateEcr({ region: 'us-east-1' }),
      {
        EcrRepositoryPrefix: 'ecr',
        UpstreamRegistry: 'ecr',
        UpstreamRegistryUrl: { 'Fn::Join': ['', ['111122223333.dkr.ecr.us-east-1.', { Ref: 'AWS::URLSuffix' }]] },
      },
    ],
  ])('%s becomes a rule', (name, upstream, expected) => {
    const { template, cache } = cacheOf((stack) => upstream(imported(stack)));
    expect(only(template(), RULE).Properties).toEqual(expected);
    expect(cache.prefix).toBe(UPSTREAMS[name].prefix);
    expect(cache.role).toBeUndefined();
    expect(warnings(cache)).toEqual([]);
  });

  test("is of use for a rule of one's own", () => {
    const stack = new Stack(newApp(), 'Shop', HERE);
    const { role, ...said } = Upstream.dockerHub(imported(stack)).bind(stack, { prefix: 'hub' });
    new ecr.CfnPullThroughCacheRule(stack, 'Rule', { ecrRepositoryPrefix: 'hub', ...said });
    expect(only(Template.fromStack(stack), RULE).Properties.CredentialArn).toBe(ARN);
    expect(role).toBeUndefined();
  });

  test.each([
    ['', "''"],
    ['https://mine.azurecr.io', "'https://mine.azurecr.io'"],
    ['mine.azurecr.io/', "'mine.azurecr.io/'"],
    ['Mine.azurecr.io', "'Mine.azurecr.io'"],
    ['azurecr.io', "'azurecr.io'"],
    ['mine.azurecr.cn', "'mine.azurecr.cn'"],
    ['mine.azurecr.io.example.com', "'mine.azurecr.io.example.com'"],
  ])('fails when the registry of Azure is %j', (url, got) => {
    const stack = new Stack(newApp(), 'Shop', HERE);
    expectFailure(
      () => Upstream.azure(url, imported(stack)),
      `the registryUrl of Upstream.azure must be the login server of a registry such as 'myregistry.azurecr.io', got ${got}`,
    );
  });

  test('takes registries of Azure with a hash, and tokens', () => {
    expect(cacheOf((stack) => Upstream.azure('mine-abc123.azurecr.io', imported(stack))).rule()).toMatchObject({
      UpstreamRegistryUrl: 'mine-abc123.azurecr.io',
    });
    const { template } = cacheOf((stack) => {
      return Upstream.azure(new CfnParameter(stack, 'Url').valueAsString, imported(stack));
    });
    expect(only(template(), RULE).Properties.UpstreamRegistryUrl).toEqual({ Ref: 'Url' });
  });

  test.each<[string, (secret: secretsmanager.ISecret) => Upstream]>([
    ['Docker Hub', (secret) => Upstream.dockerHub(secret)],
    ['GitHub Container Registry', (secret) => Upstream.ghcr(secret)],
    ['GitLab Container Registry', (secret) => Upstream.gitlab(secret)],
    ['Azure Container Registry', (secret) => Upstream.azure('mine.azurecr.io', secret)],
    ['Chainguard', (secret) => Upstream.chainguard(secret)],
  ])('fails when there is no secret for %s', (name, upstream) => {
    expectFailure(
      () => upstream(undefined as unknown as secretsmanager.ISecret),
      `the secret for ${name} must be one with username and accessToken, got undefined: it answers nobody without`,
    );
  });
});
