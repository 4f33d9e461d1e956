import { AwsFailure } from './fake-aws';
import type { Operation } from './fake-aws';
import imageReply from './fixtures/image.json';
import indexManifest from './fixtures/index-manifest.json';
import { basic, CLEAN, DIGEST, found, Gate, index, none, status } from './gate';

const [AMD64, ARM64] = indexManifest.manifests.map(({ digest }) => digest);
const gate = new Gate();

describe('the image', () => {
  test('is asked for by its tag, with all forms that a manifest may have', async () => {
    await gate.passes(() => CLEAN);
    expect(gate.aws.inputs('BatchGetImage')).toEqual([
      {
        registryId: '111122223333',
        repositoryName: 'shop/web',
        imageIds: [{ imageTag: '1.4.2' }],
        acceptedMediaTypes: [
          'application/vnd.oci.image.index.v1+json',
          'application/vnd.docker.distribution.manifest.list.v2+json',
          'application/vnd.oci.image.manifest.v1+json',
          'application/vnd.docker.distribution.manifest.v2+json',
        ],
      },
    ]);
  });

  test('is asked for by its digest, in the registry of another account', async () => {
    const { Reason } = await gate.ask(basic, { Image: DIGEST, RegistryId: '444455556666' });
    expect(Reason).toMatch(`shop/web@${DIGEST} has 2 findings`);
    expect(gate.aws.inputs('BatchGetImage')[0]).toMatchObject({
      registryId: '444455556666',
      imageIds: [{ imageDigest: DIGEST }],
    });
    expect(gate.aws.inputs('DescribeImageScanFindings')[0].registryId).toBe('444455556666');
  });

  test('must be there', async () => {
    const failures = [
      { imageId: { imageTag: '1.4.2' }, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' },
    ];
    await gate.refuses(
      'shop/web:1.4.2 cannot be read from registry 111122223333 (ImageNotFound: Requested image not found): push it before it is deployed',
      () => CLEAN,
      {},
      { image: () => ({ images: [], failures }) },
    );
    expect(gate.aws.inputs('DescribeImageScanFindings')).toEqual([]);
  });

  test('must still be there when its scan is read', async () => {
    const { Reason, seconds } = await gate.ask(() => new AwsFailure('ImageNotFoundException'));
    expect(Reason).toBe(`${DIGEST}, which is shop/web:1.4.2, is not in the repository: push all of it`);
    expect(seconds).toBe(0);
  });

  test('must be in a repository that is there', async () => {
    const gone = new AwsFailure('RepositoryNotFoundException', "The repository 'shop/web' does not exist");
    const reason = "RepositoryNotFoundException: The repository 'shop/web' does not exist";
    await gate.refuses(reason, () => CLEAN, {}, { image: () => gone });
    await gate.refuses(reason, () => gone);
  });

  test.each<[string, unknown]>([
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['an index without images', {}],
    ['an index of images without digests', { manifests: [{ platform: { os: 'linux', architecture: 'arm64' } }] }],
  ])('must have a manifest that can be read, not %s', async (_what, content) => {
    await gate.refuses(
      'the manifest of shop/web:1.4.2 could not be read',
      () => CLEAN,
      {},
      { image: () => index(content) },
    );
  });

  test('must have a digest', async () => {
    const [{ imageManifest, imageManifestMediaType }] = imageReply.images;
    const images = [{ imageManifest, imageManifestMediaType }];
    await gate.refuses(
      'the manifest of shop/web:1.4.2 could not be read',
      () => CLEAN,
      {},
      { image: () => ({ images }) },
    );
  });
});

describe('an image for several platforms', () => {
  const image = () => index();

  test('is looked at for every platform, and not for what build tools attest', async () => {
    await gate.passes(() => CLEAN, {}, { image });
    expect(gate.aws.inputs('BatchGetImage')).toHaveLength(1);
    expect(gate.aws.inputs('DescribeImageScanFindings').map(({ imageId }) => imageId.imageDigest)).toEqual([
      AMD64,
      ARM64,
    ]);
  });

  test('is refused for what was found for one of them', async () => {
    const scan: Operation = ({ imageId }) =>
      imageId.imageDigest === ARM64 ? found({ name: 'CVE-1', severity: 'HIGH' }) : CLEAN;
    await gate.refuses(
      'shop/web:1.4.2 for linux/arm64 has 1 finding of severity HIGH or worse: CVE-1 HIGH in an unknown package',
      scan,
      {},
      { image },
    );
  });

  test('is refused when one of them has no scan', async () => {
    const scan: Operation = ({ imageId }) => (imageId.imageDigest === ARM64 ? status('UNSUPPORTED_IMAGE') : CLEAN);
    await gate.refuses(
      'shop/web:1.4.2 for linux/arm64 has no scan to judge it by: its status is UNSUPPORTED_IMAGE',
      scan,
      {},
      { image },
    );
    await gate.passes(scan, { DeployWithoutScan: 'true' }, { image });
  });

  test('is refused for a second one, when the first one may have no scan', async () => {
    const scan: Operation = ({ imageId }) =>
      imageId.imageDigest === AMD64 ? status('UNSUPPORTED_IMAGE') : found({ name: 'CVE-1', severity: 'HIGH' });
    expect((await gate.ask(scan, { DeployWithoutScan: 'true' }, { image })).Status).toBe('FAILED');
  });

  test('has one time for all of them', async () => {
    const { seconds } = await gate.ask(() => none(), { DeployWithoutScan: 'true' }, { image });
    expect(seconds).toBe(600);
  });

  test('must have one', async () => {
    const attested = { manifests: indexManifest.manifests.slice(2) };
    await gate.refuses(
      'shop/web:1.4.2 has no image for any platform',
      () => CLEAN,
      {},
      { image: () => index(attested) },
    );
    await gate.refuses(
      'shop/web:1.4.2 has no image for any platform',
      () => CLEAN,
      {},
      { image: () => index({ manifests: [] }) },
    );
  });

  test('is looked at without a platform too', async () => {
    const [{ platform, ...first }] = indexManifest.manifests;
    expect(platform).toEqual({ os: 'linux', architecture: 'amd64' });
    const scan = () => found({ name: 'CVE-1', severity: 'HIGH' });
    const { Reason } = await gate.ask(scan, {}, { image: () => index({ manifests: [first] }) });
    expect(Reason).toMatch(`shop/web:1.4.2 for ${AMD64} has 1 finding`);
  });

  test.each([
    { os: 'unknown', architecture: 'arm64' },
    { os: 'linux', architecture: 'unknown' },
  ])('is looked at for a platform that is half known: %j', async (platform) => {
    const manifests = [{ ...indexManifest.manifests[2], platform }];
    await gate.passes(() => CLEAN, {}, { image: () => index({ manifests }) });
    expect(gate.aws.inputs('DescribeImageScanFindings')).toHaveLength(1);
  });

  test('may have another index inside', async () => {
    const outer = { manifests: [{ mediaType: indexManifest.mediaType, digest: 'sha256:inner' }] };
    await gate.passes(
      () => CLEAN,
      {},
      { image: ({ imageIds }) => index(imageIds[0].imageTag ? outer : indexManifest) },
    );
    expect(gate.aws.inputs('BatchGetImage').map(({ imageIds }) => imageIds)).toEqual([
      [{ imageTag: '1.4.2' }],
      [{ imageDigest: 'sha256:inner' }],
    ]);
    expect(gate.aws.inputs('DescribeImageScanFindings')).toHaveLength(2);
  });
});
