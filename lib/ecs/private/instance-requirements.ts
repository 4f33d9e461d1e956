import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { aws_autoscaling as autoscaling } from 'aws-cdk-lib';
import { checkWhole, ContainersError, isToken } from '../../rules/errors';
import { isArm } from '../../rules/hardware';
import { gibibytes, mebibytes } from '../../rules/sizes';

/**
 * Checks attributes by which EC2 chooses instance types.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirementsRequest.html
 */
export function checkRequirements(requirements: ec2.InstanceRequirementsConfig): void {
  const { allowedInstanceTypes, excludedInstanceTypes, cpuManufacturers = [] } = requirements;
  const r = requirements;
  checkWhole('requirements.vCpuCountMin', r.vCpuCountMin, { min: 0, max: Infinity });
  checkWhole('requirements.vCpuCountMax', r.vCpuCountMax, { min: 1, max: Infinity });
  checkWhole('requirements.memoryMin in MiB', mebibytes(r.memoryMin), { min: 0, max: Infinity });
  checkWhole('requirements.memoryMax in MiB', mebibytes(r.memoryMax), { min: 1, max: Infinity });
  const pairs: [string, number | undefined, number | undefined][] = [
    ['vCpuCount', r.vCpuCountMin, r.vCpuCountMax],
    ['memory', mebibytes(r.memoryMin), mebibytes(r.memoryMax)],
    ['acceleratorCount', r.acceleratorCountMin, r.acceleratorCountMax],
    ['acceleratorTotalMemory', mebibytes(r.acceleratorTotalMemoryMin), mebibytes(r.acceleratorTotalMemoryMax)],
    ['baselineEbsBandwidthMbps', r.baselineEbsBandwidthMbpsMin, r.baselineEbsBandwidthMbpsMax],
    ['memoryPerVCpu', gibibytes(r.memoryPerVCpuMin), gibibytes(r.memoryPerVCpuMax)],
    ['networkBandwidthGbps', r.networkBandwidthGbpsMin, r.networkBandwidthGbpsMax],
    ['networkInterfaceCount', r.networkInterfaceCountMin, r.networkInterfaceCountMax],
    ['totalLocalStorageGB', r.totalLocalStorageGBMin, r.totalLocalStorageGBMax],
  ];
  pairs.forEach(([name, min, max]) => checkOrder(name, min, max));
  if (
    r.spotMaxPricePercentageOverLowestPrice !== undefined &&
    r.maxSpotPriceAsPercentageOfOptimalOnDemandPrice !== undefined
  ) {
    throw new ContainersError(
      'requirements must not have both spotMaxPricePercentageOverLowestPrice and maxSpotPriceAsPercentageOfOptimalOnDemandPrice: keep one of them',
    );
  }
  const [byMaker, byType] = [architectureOfMakers(requirements), architectureOfTypes(requirements)];
  if (byMaker && byType && byMaker !== byType) {
    throw new ContainersError(
      `requirements.allowedInstanceTypes must be of cpuManufacturers, got ${allowedInstanceTypes?.join(', ')} (${byType}) and ${cpuManufacturers.join(', ')} (${byMaker}): no type would be left`,
    );
  }
  if (allowedInstanceTypes?.length && excludedInstanceTypes?.length) {
    throw new ContainersError(
      'requirements must not have both allowedInstanceTypes and excludedInstanceTypes: keep one of them',
    );
  }
  if (cpuManufacturers.includes(ec2.CpuManufacturer.AWS) && new Set(cpuManufacturers).size > 1) {
    throw new ContainersError(
      `requirements.cpuManufacturers must not mix Graviton with others, got ${cpuManufacturers.join(', ')}: an image is built for ARM or for x86, so make one for each`,
    );
  }
}

/** The architecture that is asked for; unknown when nothing says it. */
export function architectureOf(requirements: ec2.InstanceRequirementsConfig): ec2.InstanceArchitecture | undefined {
  return architectureOfMakers(requirements) ?? architectureOfTypes(requirements);
}

/** Graviton is ARM, all others are x86. */
function architectureOfMakers({
  cpuManufacturers,
}: ec2.InstanceRequirementsConfig): ec2.InstanceArchitecture | undefined {
  if (!cpuManufacturers?.length) return undefined;
  const arm = cpuManufacturers.includes(ec2.CpuManufacturer.AWS);
  return arm ? ec2.InstanceArchitecture.ARM_64 : ec2.InstanceArchitecture.X86_64;
}

/** `m7g.*` and `m7g.large` say their processor, `m*` does not. */
function architectureOfTypes({
  allowedInstanceTypes = [],
}: ec2.InstanceRequirementsConfig): ec2.InstanceArchitecture | undefined {
  const exact = allowedInstanceTypes.filter((type) => /^[a-z]+\d[a-z0-9-]*\./.test(type));
  const architectures = new Set(exact.map(architectureOfType));
  if (architectures.size > 1) {
    throw new ContainersError(
      `requirements.allowedInstanceTypes must all have the same processor architecture, got ${allowedInstanceTypes.join(', ')}: an image is built for ARM or for x86, so make one for each`,
    );
  }
  return [...architectures].at(0);
}

/** The L2 throws on types such as `p6-b200` and `u-6tb1`. */
function architectureOfType(type: string): ec2.InstanceArchitecture {
  return isArm(type) ? ec2.InstanceArchitecture.ARM_64 : ec2.InstanceArchitecture.X86_64;
}

/** What Auto Scaling wants of the same attributes; the L2 has this for Managed Instances only. */
export function autoScalingRequirements(
  requirements: ec2.InstanceRequirementsConfig,
): autoscaling.CfnAutoScalingGroup.InstanceRequirementsProperty {
  const r = requirements;
  return {
    vCpuCount: { min: r.vCpuCountMin, max: r.vCpuCountMax },
    memoryMiB: { min: mebibytes(r.memoryMin), max: mebibytes(r.memoryMax) },
    acceleratorCount: range(r.acceleratorCountMin, r.acceleratorCountMax),
    acceleratorManufacturers: r.acceleratorManufacturers,
    acceleratorNames: r.acceleratorNames,
    acceleratorTotalMemoryMiB: range(mebibytes(r.acceleratorTotalMemoryMin), mebibytes(r.acceleratorTotalMemoryMax)),
    acceleratorTypes: r.acceleratorTypes,
    allowedInstanceTypes: r.allowedInstanceTypes,
    bareMetal: r.bareMetal,
    baselineEbsBandwidthMbps: range(r.baselineEbsBandwidthMbpsMin, r.baselineEbsBandwidthMbpsMax),
    burstablePerformance: r.burstablePerformance,
    // Without a manufacturer EC2 finds ARM and x86, and one image runs on one of them.
    cpuManufacturers: r.cpuManufacturers?.length ? r.cpuManufacturers : manufacturersOf(architectureOf(r)),
    excludedInstanceTypes: r.excludedInstanceTypes,
    instanceGenerations: r.instanceGenerations,
    localStorage: r.localStorage,
    localStorageTypes: r.localStorageTypes,
    maxSpotPriceAsPercentageOfOptimalOnDemandPrice: r.maxSpotPriceAsPercentageOfOptimalOnDemandPrice,
    memoryGiBPerVCpu: range(gibibytes(r.memoryPerVCpuMin), gibibytes(r.memoryPerVCpuMax)),
    networkBandwidthGbps: range(r.networkBandwidthGbpsMin, r.networkBandwidthGbpsMax),
    networkInterfaceCount: range(r.networkInterfaceCountMin, r.networkInterfaceCountMax),
    onDemandMaxPricePercentageOverLowestPrice: r.onDemandMaxPricePercentageOverLowestPrice,
    requireHibernateSupport: r.requireHibernateSupport,
    spotMaxPricePercentageOverLowestPrice: r.spotMaxPricePercentageOverLowestPrice,
    totalLocalStorageGb: range(r.totalLocalStorageGBMin, r.totalLocalStorageGBMax),
  };
}

function manufacturersOf(architecture: ec2.InstanceArchitecture | undefined): ec2.CpuManufacturer[] {
  const arm = architecture === ec2.InstanceArchitecture.ARM_64;
  return arm ? [ec2.CpuManufacturer.AWS] : [ec2.CpuManufacturer.INTEL, ec2.CpuManufacturer.AMD];
}

function range(min: number | undefined, max: number | undefined): { min?: number; max?: number } | undefined {
  return min === undefined && max === undefined ? undefined : { min, max };
}

function checkOrder(name: string, min: number | undefined, max: number | undefined): void {
  if (min === undefined || max === undefined || isToken(min) || isToken(max) || min <= max) return;
  throw new ContainersError(`requirements.${name} must have a maximum of at least its minimum, got ${min} and ${max}`);
}
