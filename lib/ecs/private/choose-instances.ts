import { aws_ec2 as ec2, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { INSTANCE_TYPES } from '../../rules/capacity-providers';
import { ContainersError, isToken } from '../../rules/errors';
import { acceleratorOf, commonHardware } from '../../rules/hardware';
import type { Accelerator } from '../../rules/hardware';
import type { Instances } from '../../rules/instances';
import type { PoolSpotOptions } from '../instance-pool-props';
import { architectureOf, checkRequirements } from './instance-requirements';
import { mebibytes } from '../../rules/sizes';

/** What a user says about the kind of instances. */
export interface InstanceWishes {
  readonly instanceTypes?: ec2.InstanceType[];
  readonly requirements?: ec2.InstanceRequirementsConfig;
  readonly spot?: PoolSpotOptions;
}

/** What follows from it. */
export interface InstanceChoice {
  readonly architecture: ec2.InstanceArchitecture;
  readonly accelerator?: Accelerator;
  /** The type, when there is one and all of it On-Demand. */
  readonly onlyType?: ec2.InstanceType;
  readonly limits: Pick<Instances, 'types' | 'arm' | 'drivesGpus' | 'maxCpuUnits' | 'maxMemoryMiB'>;
}

/** Checks that instance types go with each other, and says what one image must be made for. */
export function chooseInstances(scope: Construct, wishes: InstanceWishes): InstanceChoice {
  const { instanceTypes, requirements } = wishes;
  if ((instanceTypes === undefined) === (requirements === undefined)) {
    throw new ContainersError(
      `either instanceTypes or requirements must be given, got ${instanceTypes ? 'both' : 'none'}: a list is exact, requirements let EC2 choose`,
    );
  }
  return requirements ? chosenByAttributes(requirements) : chosenByName(scope, instanceTypes!, wishes.spot);
}

function chosenByName(
  scope: Construct,
  instanceTypes: ec2.InstanceType[],
  spot: PoolSpotOptions | undefined,
): InstanceChoice {
  const types = instanceTypes.map(String);
  const { arm, accelerator } = commonHardware(types, INSTANCE_TYPES, 'a pool');
  if (spot && types.length < SPOT_TYPES) {
    Validations.of(scope).addWarning(
      'cdk-containers:PoolSpotTypes',
      `a pool with Spot has ${types.length} instance type${types.length > 1 ? 's' : ''} (${types.join(', ')}): when AWS wants that capacity back, nothing takes its place. ` +
        `Name ${SPOT_TYPES} or more, or use requirements.`,
    );
  }
  return {
    architecture: arm ? ec2.InstanceArchitecture.ARM_64 : ec2.InstanceArchitecture.X86_64,
    accelerator,
    onlyType: types.length === 1 && !spot ? instanceTypes[0] : undefined,
    limits: { types, arm, drivesGpus: accelerator === 'GPU' },
  };
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-best-practices.html#be-instance-type-flexible */
const SPOT_TYPES = 3;

function chosenByAttributes(requirements: ec2.InstanceRequirementsConfig): InstanceChoice {
  checkRequirements(requirements);
  const { acceleratorCountMin, allowedInstanceTypes = [] } = requirements;
  if ([acceleratorCountMin, ...allowedInstanceTypes].some(isToken)) {
    throw new ContainersError(
      'requirements.acceleratorCountMin and allowedInstanceTypes must be known now, got a token: the image depends on them',
    );
  }
  const architecture = architectureOf(requirements) ?? ec2.InstanceArchitecture.X86_64;
  const accelerator = acceleratorWanted(requirements);
  return {
    architecture,
    accelerator,
    limits: {
      ...attributeLimits(requirements),
      arm: architecture === ec2.InstanceArchitecture.ARM_64,
      drivesGpus: accelerator === 'GPU',
    },
  };
}

/** The most that a type chosen by attributes can have. */
export function attributeLimits(
  requirements: ec2.InstanceRequirementsConfig,
): Pick<Instances, 'types' | 'maxCpuUnits' | 'maxMemoryMiB'> {
  const { vCpuCountMax, memoryMax } = requirements;
  return {
    types: [],
    maxCpuUnits: vCpuCountMax === undefined || isToken(vCpuCountMax) ? undefined : vCpuCountMax * 1024,
    maxMemoryMiB: memoryMax?.isUnresolved() ? undefined : mebibytes(memoryMax),
  };
}

function acceleratorWanted(requirements: ec2.InstanceRequirementsConfig): Accelerator | undefined {
  const { acceleratorTypes = [], acceleratorManufacturers = [], acceleratorNames = [] } = requirements;
  const others = [
    ...acceleratorManufacturers.filter((maker) => !['nvidia', 'amazon-web-services'].includes(maker)),
    ...acceleratorTypes.filter((type) => ['fpga', 'media'].includes(type)),
    ...acceleratorNames.filter((name) => /^(radeon|vu9p|u30|gaudi)/.test(name)),
  ];
  if (others.length > 0) {
    throw new ContainersError(
      `requirements must ask for accelerators of NVIDIA or AWS, got ${others.join(', ')}: ECS publishes images for these only`,
    );
  }
  const byType = new Set((requirements.allowedInstanceTypes ?? []).map(acceleratorOf));
  if (byType.size > 1) {
    throw new ContainersError(
      `requirements.allowedInstanceTypes must all have the same kind of accelerator, or none, got ${requirements.allowedInstanceTypes!.join(', ')}: their images differ`,
    );
  }
  const kinds = new Set(
    [...acceleratorTypes, ...acceleratorManufacturers, ...acceleratorNames]
      .map((said): Accelerator => (/^(inference$|amazon|inferentia|trainium)/.test(said) ? 'Neuron' : 'GPU'))
      .concat([...byType].flatMap((kind) => kind ?? [])),
  );
  if (kinds.size > 1) {
    throw new ContainersError(
      `requirements must ask for one kind of accelerator, got ${[...kinds].join(', ')}: their images differ, make a pool for each`,
    );
  }
  const [kind] = kinds;
  return kind ?? ((requirements.acceleratorCountMin ?? 0) > 0 ? 'GPU' : undefined);
}

/** What is known of Managed Instances, whose types ECS chooses. */
export function managedLimits(
  requirements: ec2.InstanceRequirementsConfig | undefined,
): Pick<Instances, 'types' | 'arm' | 'drivesGpus' | 'maxCpuUnits' | 'maxMemoryMiB'> {
  // Without a word of GPUs, ECS chooses among types for general purposes.
  if (!requirements) return { types: [], drivesGpus: false };
  const architecture = architectureOf(requirements);
  return {
    ...attributeLimits(requirements),
    drivesGpus: isToken(requirements.acceleratorCountMin) ? undefined : acceleratorWanted(requirements) === 'GPU',
    arm: architecture && architecture === ec2.InstanceArchitecture.ARM_64,
  };
}
