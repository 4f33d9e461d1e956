import { Lazy, Token } from 'aws-cdk-lib';
import { cachedImageName } from '../../lib/rules/images';
import { UPSTREAMS } from '../../lib/rules/upstreams';
import { expectFailure } from '../support/errors';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const HUB = { namespace: 'docker-hub', upstream: UPSTREAMS.dockerHub };
const QUAY = { namespace: 'quay', upstream: UPSTREAMS.quay };

type Cache = Parameters<typeof cachedImageName>[1];

describe('cachedImageName', () => {
  test.each<[string, Cache, string, string]>([
    ['library/nginx:1.29', HUB, 'docker-hub/library/nginx', ':1.29'],
    [`library/nginx@${DIGEST}`, HUB, 'docker-hub/library/nginx', `@${DIGEST}`],
    ['grafana/grafana:12.0.0_x-Y', HUB, 'docker-hub/grafana/grafana', ':12.0.0_x-Y'],
    ['nginx:latest', { ...HUB, upstreamPrefix: 'library' }, 'docker-hub/nginx', ':latest'],
    ['library/nginx:1', { ...HUB, namespace: 'ROOT' }, 'library/nginx', ':1'],
    ['nginx:1', QUAY, 'quay/nginx', ':1'],
    [`nginx:${'x'.repeat(128)}`, QUAY, 'quay/nginx', `:${'x'.repeat(128)}`],
    ['pause:3.10', { ...QUAY, namespace: 'ROOT' }, 'pause', ':3.10'],
    ['a.team/b__c/d--e:1', QUAY, 'quay/a.team/b__c/d--e', ':1'],
    [
      'example.com/nginx:1',
      { namespace: 'chainguard', upstream: UPSTREAMS.chainguard },
      'chainguard/example.com/nginx',
      ':1',
    ],
    ['a/b:1', { ...QUAY, namespace: 'deep/er' }, 'deep/er/a/b', ':1'],
  ])('finds %s', (image, cache, repository, suffix) => {
    expect(cachedImageName(image, cache)).toEqual({ repository, suffix });
  });

  test('takes tokens in each part', () => {
    const token = (name: string) => Lazy.string({ produce: () => name });
    const [name, tag] = [token('library/nginx'), Token.asString({ Ref: 'Tag' })];
    expect(cachedImageName(`${name}:${tag}`, HUB)).toEqual({ repository: `docker-hub/${name}`, suffix: `:${tag}` });
    expect(cachedImageName(`library/nginx@${tag}`, HUB).suffix).toBe(`@${tag}`);
    expect(cachedImageName(`library/nginx:${tag}`, { ...HUB, namespace: name }).repository).toBe(
      `${name}/library/nginx`,
    );
    expectFailure(
      () => cachedImageName(name, HUB),
      `the image must have a tag or a digest, because without it is latest, which moves, got '${name}': write 'library/nginx:1.29' for example`,
    );
  });

  const WITHOUT = 'because without it is latest, which moves, got';
  const EXAMPLE = "write 'library/nginx:1.29' for example";
  const NAME = "must be 2 to 256 lower case letters, digits, '.', '_', '-' and '/' such as 'team/shop', got";
  const TAG = "the tag of the image must be one such as '1.4.2', got";
  const BYTES = "the digest of the image must be 'sha256:' and 64 hexadecimal digits, got";
  const host = (image: string, better: string): [string, Cache, string] => [
    image,
    HUB,
    `the image must be named without its registry, got '${image}': write '${better}'`,
  ];

  test.each<[string, Cache, string]>([
    [
      'team/app:1',
      { ...HUB, upstreamPrefix: 'team' },
      "the image must be named without upstreamPrefix, got 'team/app:1': write 'app:1'",
    ],
    ['', HUB, `the image must have a tag or a digest, ${WITHOUT} '': ${EXAMPLE}`],
    ['library/nginx', HUB, `the image must have a tag or a digest, ${WITHOUT} 'library/nginx': ${EXAMPLE}`],
    ['sha256', QUAY, `the image must have a tag or a digest, ${WITHOUT} 'sha256': ${EXAMPLE}`],
    [
      `library/nginx:1@${DIGEST}`,
      HUB,
      `the image must have a tag or a digest, not both, got 'library/nginx:1@${DIGEST}': leave one of them out, the digest names exactly one image`,
    ],
    [
      'nginx:1.29',
      HUB,
      "the image must have its namespace on Docker Hub, which only docker leaves out, got 'nginx:1.29': write 'library/nginx:1.29' for an official image",
    ],
    [
      'nginx:1',
      { ...HUB, namespace: 'ROOT' },
      "the image must have its namespace on Docker Hub, which only docker leaves out, got 'nginx:1': write 'library/nginx:1' for an official image",
    ],
    [
      'nginx:1',
      { ...HUB, upstreamPrefix: 'ROOT' },
      "the image must have its namespace on Docker Hub, which only docker leaves out, got 'nginx:1': write 'library/nginx:1' for an official image",
    ],
    host('docker.io/library/nginx:1', 'library/nginx:1'),
    host('registry-1.docker.io/library/nginx', 'library/nginx'),
    host('index.docker.io/library/nginx:1', 'library/nginx:1'),
    host('ghcr.io/org/app:1', 'org/app:1'),
    host('cgr.dev/example.com/app:1', 'example.com/app:1'),
    host('quay.io/a/b:1', 'a/b:1'),
    host('gcr.io/a/b:1', 'a/b:1'),
    host('mcr.microsoft.com/a/b:1', 'a/b:1'),
    host('localhost/a/b:1', 'a/b:1'),
    host('host:5000/a/b:1', 'a/b:1'),
    host('mine.azurecr.io/a:1', 'a:1'),
    host('111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1', 'docker-hub/library/nginx:1'),
    host('111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b:1', 'a/b:1'),
    ['Library/Nginx:1', HUB, `the repository of the image ${NAME} 'docker-hub/Library/Nginx'`],
    ['/nginx:1', HUB, `the repository of the image ${NAME} 'docker-hub//nginx'`],
    ['a//b:1', HUB, `the repository of the image ${NAME} 'docker-hub/a//b'`],
    ['library/nginx/:1', HUB, `the repository of the image ${NAME} 'docker-hub/library/nginx/'`],
    ['library/*:1', HUB, `the repository of the image ${NAME} 'docker-hub/library/*'`],
    [':1', QUAY, `the repository of the image ${NAME} 'quay/'`],
    [`a/${'x'.repeat(250)}:1`, QUAY, `the repository of the image ${NAME} 'quay/a/${'x'.repeat(250)}'`],
    ['library/nginx:', HUB, `${TAG} ''`],
    ['library/nginx@', HUB, `${BYTES} ''`],
    ['library/nginx:-1', HUB, `${TAG} '-1'`],
    ['library/nginx:1 ', HUB, `${TAG} '1 '`],
    ['library/nginx:1\n', HUB, `${TAG} '1\n'`],
    ['library/nginx@sha256:0123', HUB, `${BYTES} 'sha256:0123'`],
    [`library/nginx@${DIGEST}\n`, HUB, `${BYTES} '${DIGEST}\n'`],
    [`library/nginx@${DIGEST.toUpperCase()}`, HUB, `${BYTES} '${DIGEST.toUpperCase()}'`],
    [`a/b:${'x'.repeat(129)}`, QUAY, `${TAG} '${'x'.repeat(129)}'`],
    [`library/nginx:${DIGEST}`, HUB, `the repository of the image ${NAME} 'docker-hub/library/nginx:sha256'`],
    ['library/nginx@1.29', HUB, `${BYTES} '1.29'`],
  ])('fails when it is %j', (image, cache, message) => {
    expectFailure(() => cachedImageName(image, cache), message);
  });

  test('fails when it is nothing', () => {
    expectFailure(
      () => cachedImageName(undefined as unknown as string, QUAY),
      `the image must have a tag or a digest, ${WITHOUT} 'undefined': ${EXAMPLE}`,
    );
  });
});
