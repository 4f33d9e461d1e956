import { checkPattern, ContainersError, isToken } from './errors';
import type { Hardware } from './hardware';

/**
 * Facts about the images that AWS publishes for nodes, November 2026. Amazon Linux 2 is none of them any more.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html#AmazonEKS-Type-Nodegroup-amiType (types),
 * https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html, retrieve-ami-id-bottlerocket.html and
 * retrieve-windows-ami-id.html (parameters), https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-optimized-ami.html
 * (drivers), https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html (default sizes of disks).
 */

/** One image of AWS. */
export interface ImageVariant {
  /** What managed node groups call it. */
  readonly amiType: string;
  /** Where AWS publishes the newest id for a version of Kubernetes, which stands for `*`. */
  readonly parameter: string;
}

/** `x86`, `ARM GPU` and the like. */
type HardwareName = 'x86' | 'x86 GPU' | 'x86 Neuron' | 'ARM' | 'ARM GPU' | 'ARM Neuron';
type Variants = { readonly [hardware in HardwareName]?: ImageVariant };

const al2023 = (amiType: string, flavor: string): ImageVariant => ({
  amiType: `AL2023_${amiType}`,
  parameter: `/aws/service/eks/optimized-ami/*/amazon-linux-2023/${flavor}/recommended/image_id`,
});

const AL2023: Variants = {
  x86: al2023('x86_64_STANDARD', 'x86_64/standard'),
  'x86 GPU': al2023('x86_64_NVIDIA', 'x86_64/nvidia'),
  'x86 Neuron': al2023('x86_64_NEURON', 'x86_64/neuron'),
  ARM: al2023('ARM_64_STANDARD', 'arm64/standard'),
  'ARM GPU': al2023('ARM_64_NVIDIA', 'arm64/nvidia'),
};

const bottlerocket = (amiType: string, flavor: string): ImageVariant => ({
  amiType: `BOTTLEROCKET_${amiType}`,
  parameter: `/aws/service/bottlerocket/aws-k8s-*${flavor}/latest/image_id`,
});

/** The plain image has the driver of Neuron in it. */
const BOTTLEROCKET: Variants = {
  x86: bottlerocket('x86_64', '/x86_64'),
  'x86 GPU': bottlerocket('x86_64_NVIDIA', '-nvidia/x86_64'),
  'x86 Neuron': bottlerocket('x86_64', '/x86_64'),
  ARM: bottlerocket('ARM_64', '/arm64'),
  'ARM GPU': bottlerocket('ARM_64_NVIDIA', '-nvidia/arm64'),
};

const BOTTLEROCKET_FIPS: Variants = {
  x86: bottlerocket('x86_64_FIPS', '-fips/x86_64'),
  'x86 GPU': bottlerocket('x86_64_NVIDIA_FIPS', '-nvidia-fips/x86_64'),
  'x86 Neuron': bottlerocket('x86_64_FIPS', '-fips/x86_64'),
  ARM: bottlerocket('ARM_64_FIPS', '-fips/arm64'),
  'ARM GPU': bottlerocket('ARM_64_NVIDIA_FIPS', '-nvidia-fips/arm64'),
};

export const WINDOWS_RELEASES = ['2019', '2022', '2025'];

/** What an image needs at least, in GiB. */
export const SMALLEST_DISK = { linux: 20, windows: 50 };

/** What a node gets when nobody says more, in GiB. */
export const USUAL_DISK = { linux: 30, windows: 50 };

/** Amazon Linux 2023 for some hardware. */
export function al2023Variant(hardware: Hardware): ImageVariant {
  return variantFor('NodeImage.al2023()', AL2023, hardware);
}

/** Bottlerocket for some hardware. */
export function bottlerocketVariant(hardware: Hardware, fips: boolean): ImageVariant {
  return variantFor('NodeImage.bottlerocket()', fips ? BOTTLEROCKET_FIPS : BOTTLEROCKET, hardware);
}

/** Windows, which runs on plain x86 only. */
export function windowsVariant(hardware: Hardware, release: string, full: boolean): ImageVariant {
  const kind = full ? 'Full' : 'Core';
  const variant = {
    amiType: `WINDOWS_${kind.toUpperCase()}_${release}_x86_64`,
    parameter: `/aws/service/ami-windows-latest/Windows_Server-${release}-English-${kind}-EKS_Optimized-*/image_id`,
  };
  return variantFor('NodeImage.windows()', { x86: variant }, hardware);
}

function variantFor(image: string, variants: Variants, { arm, accelerator }: Hardware): ImageVariant {
  const name = [arm ? 'ARM' : 'x86', ...(accelerator ? [accelerator] : [])].join(' ') as HardwareName;
  const variant = variants[name];
  if (variant) return variant;
  throw new ContainersError(
    `${image} must have instance types with ${Object.keys(variants).join(', ')}, got ${name}: AWS publishes no such image, ` +
      'choose other instance types, or another image',
  );
}

/** Where AWS publishes the newest id of an image for a version of Kubernetes. */
export function imageParameter({ parameter }: ImageVariant, version: string): string {
  if (version === undefined || isToken(version)) {
    throw new ContainersError(
      `the version of the cluster must be known at synthesis to choose the image of its nodes, got ${version === undefined ? 'none' : 'a token'}: say it`,
    );
  }
  checkPattern('the version of the cluster', version, /^1\.\d{2}$/, "such as '1.36'");
  return parameter.replace('*', version);
}

/** Families whose GPUs the images of AWS drive; all of Neuron are driven. */
const DRIVEN = {
  'al2023 x86': 'p6-b300 p6-b200 p5 p5e p5en p4d p4de p3 p3dn g7e gr6 g6 g6e g6f gr6f g5 g4dn',
  'al2023 ARM': 'p6e-gb200 p6e-gb300 g5g',
  'bottlerocket x86': 'p6-b300 p6-b200 p5 p5e p5en p4d p4de p3 p3dn g7e gr6 g6 g6e g6f gr6f g5 g4dn',
  'bottlerocket ARM': 'g5g',
} as const;

/** The instance types with a GPU for which AWS does not name the image as one that drives it. */
export function undrivenTypes(os: 'al2023' | 'bottlerocket', types: string[], { arm }: Hardware): string[] {
  const driven = DRIVEN[`${os} ${arm ? 'ARM' : 'x86'}`].split(' ');
  const family = (type: string) => type.split('.')[0];
  return types.filter((type) => /^(g|gr|p)\d/.test(type) && !driven.includes(family(type)));
}
