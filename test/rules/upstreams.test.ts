import { Upstream } from '../../lib';
import { UPSTREAMS } from '../../lib/rules/upstreams';
import type { UpstreamFacts } from '../../lib/rules/upstreams';

const all = Object.values<UpstreamFacts>(UPSTREAMS);

describe('the table of upstreams', () => {
  test('has the registries of CloudFormation, each once', () => {
    expect(all.map(({ registry }) => registry).sort()).toEqual([
      'azure-container-registry',
      'chainguard',
      'docker-hub',
      'ecr',
      'ecr-public',
      'github-container-registry',
      'gitlab-container-registry',
      'k8s',
      'quay',
    ]);
  });

  test('gives each a prefix of its own, which ECR takes', () => {
    expect(new Set(all.map(({ prefix }) => prefix)).size).toBe(all.length);
    all.forEach(({ prefix }) => expect(prefix).toMatch(/^[a-z-]{2,30}$/));
  });

  test('asks for a secret where AWS does', () => {
    expect(all.filter(({ secret }) => secret).map(({ prefix }) => prefix)).toEqual([
      'docker-hub',
      'github',
      'gitlab',
      'azure',
      'chainguard',
    ]);
  });

  test('has a factory for each', () => {
    const factories = Object.getOwnPropertyNames(Upstream).filter((name) => name in UPSTREAMS);
    expect(factories.sort()).toEqual(Object.keys(UPSTREAMS).sort());
  });
});
