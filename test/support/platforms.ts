import { Size, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Fixture } from './fixture';
import { newManaged, newPool, types } from './pools';
import { Capacity, InstanceImage, InstancePool } from '../../lib';
import type { IInstanceFileSystem } from '../../lib';
import type { PLATFORMS } from '../../lib/rules/platforms';

export type Platform = keyof typeof PLATFORMS;

interface PlatformRow {
  /** How messages call it. */
  readonly name: string;
  readonly make: (fixture: Fixture, fileSystems?: IInstanceFileSystem[]) => Capacity;
}

/** Each platform as a capacity with all that it can have. */
export const PLATFORM_CAPACITIES: Record<Platform, PlatformRow> = {
  fargate: { name: 'Capacity.fargate()', make: () => Capacity.fargate() },
  fargateSpot: { name: 'Capacity.fargateSpot()', make: () => Capacity.fargateSpot() },
  instances: {
    name: "the instance pool 'Shop/Pool'",
    make: (fixture, fileSystems) => anyPool(fixture, InstanceImage.al2023(), fileSystems),
  },
  importedInstances: {
    name: "the instance pool 'Shop/Pool'",
    make: ({ stack }) => InstancePool.fromCapacityProviderName(stack, 'Pool', 'theirs').capacity(),
  },
  bottlerocket: {
    name: "the instance pool 'Shop/Pool'",
    make: (fixture) => anyPool(fixture, InstanceImage.bottlerocket()),
  },
  managedInstances: {
    name: "the managed instances 'Shop/Managed'",
    make: (fixture) => newManaged(fixture, WITH_GPUS).capacity(),
  },
  external: { name: 'Capacity.external()', make: () => Capacity.external() },
};

const WITH_GPUS = {
  requirements: { vCpuCountMin: 2, memoryMin: Size.gibibytes(4), acceleratorTypes: [ec2.AcceleratorType.GPU] },
};

function anyPool(fixture: Fixture, image: InstanceImage, fileSystems?: IInstanceFileSystem[]): Capacity {
  const agent = { allowPrivileged: true };
  return newPool(fixture, { image, instanceTypes: types('g6.xlarge'), agent, fileSystems }).capacity();
}
