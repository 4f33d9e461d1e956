import { BatchGetImageCommand } from '@aws-sdk/client-ecr';
import type { Search } from './image-gate';
import { Refusal } from '../shared/custom-resource';
import { patiently } from '../shared/patience';

/** What is scanned: an image for one platform. */
interface PlatformImage {
  readonly digest: string;
  /** As in `linux/arm64`, if there are others. */
  readonly platform?: string;
}

interface Manifest {
  readonly mediaType?: string;
  readonly digest?: string;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** The image of a tag or digest or, where that is an index of several platforms, which nobody scans, all of them. */
export async function imagesOf(search: Search, image: string, name: string): Promise<PlatformImage[]> {
  const found = await imageOf(search, image, name);
  const content = parse(found.imageManifest);
  if (!Array.isArray(content?.manifests)) {
    const digest = found.imageId?.imageDigest;
    if (!digest || !content || INDEXES.includes(found.imageManifestMediaType ?? '')) throw unreadable(name);
    return [{ digest }];
  }
  const images: PlatformImage[] = [];
  for (const { digest, mediaType = '', platform } of content.manifests.filter(isRunnable)) {
    if (!digest) throw unreadable(name);
    const shown = platform ? `${platform.os}/${platform.architecture}` : digest;
    if (INDEXES.includes(mediaType)) images.push(...(await imagesOf(search, digest, name)));
    else images.push({ digest, platform: shown });
  }
  if (images.length === 0) throw new Refusal(`${name} has no image for any platform`);
  return images;
}

/** What build tools attest stands in the index as an image for an unknown platform, which no container runs. */
function isRunnable({ platform }: Manifest): boolean {
  return !(platform?.os === 'unknown' && platform.architecture === 'unknown');
}

async function imageOf({ ecr, clock, deadline, repository }: Search, image: string, name: string) {
  const { images = [], failures = [] } = await patiently(clock, deadline, () =>
    ecr.send(
      new BatchGetImageCommand({
        ...repository,
        imageIds: [image.startsWith('sha256:') ? { imageDigest: image } : { imageTag: image }],
        acceptedMediaTypes: [...INDEXES, ...MANIFESTS],
      }),
    ),
  );
  if (images.length > 0) return images[0];
  const why = failures.map(({ failureCode, failureReason }) => `${failureCode}: ${failureReason}`).join(', ');
  throw new Refusal(
    `${name} cannot be read from registry ${repository.registryId} (${why}): push it before it is deployed`,
  );
}

function parse(text = ''): { readonly manifests?: Manifest[] } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(name: string): Refusal {
  return new Refusal(`the manifest of ${name} could not be read`);
}
