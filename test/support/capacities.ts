import type { Fixture } from './fixture';
import { newManaged, newPool, types } from './pools';
import { Capacity } from '../../lib';

export type Architecture = 'X86_64' | 'ARM64';

/** A kind of compute, and all that is different on it. */
export interface CapacityRow {
  readonly name: string;
  readonly capacity: (fixture: Fixture) => Capacity;
  /** The processors that it has. */
  readonly architectures: Architecture[];
  /** `CapacityProviderStrategy` of a service. */
  readonly strategy?: object[];
  /** Only what is outside AWS has one. */
  readonly launchType?: 'EXTERNAL';
  /** What a task definition is made for. */
  readonly compatibility: 'FARGATE' | 'EC2' | 'MANAGED_INSTANCES' | 'EXTERNAL';
  readonly networkMode: 'awsvpc' | 'bridge';
  /** Capacity providers of AWS that the cluster must have. */
  readonly fargate: boolean;
  /** False when tasks share the network of their machine: no subnets, no load balancer, no scaling. */
  readonly inVpc: boolean;
  /** Where ECS puts tasks, when it has a choice of instances. */
  readonly placement?: readonly object[];
  /** Roles of the instances, beside the two of the service. */
  readonly roles: number;
}

const BOTH: Architecture[] = ['X86_64', 'ARM64'];
const FARGATE = {
  architectures: BOTH,
  compatibility: 'FARGATE',
  networkMode: 'awsvpc',
  fargate: true,
  inVpc: true,
  roles: 0,
} as const;
const POOL = {
  compatibility: 'EC2',
  networkMode: 'awsvpc',
  fargate: false,
  inVpc: true,
  placement: [
    { Type: 'spread', Field: 'attribute:ecs.availability-zone' },
    { Type: 'binpack', Field: 'MEMORY' },
  ],
  roles: 1,
} as const;

/** A reference to a capacity provider, by the id of its construct. */
const provider = (id: string) => ({ Ref: expect.stringMatching(`^${id}CapacityProvider[0-9A-F]{8}$`) });

/** Every kind of compute: a new one is a row here, and every intent is tested on it. */
export const CAPACITIES: CapacityRow[] = [
  {
    ...FARGATE,
    name: 'Capacity.fargate()',
    capacity: () => Capacity.fargate(),
    strategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
  },
  {
    ...FARGATE,
    name: 'Capacity.fargateSpot()',
    capacity: () => Capacity.fargateSpot(),
    strategy: [
      { CapacityProvider: 'FARGATE', Base: 2, Weight: 0 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
    ],
  },
  {
    ...FARGATE,
    name: 'Capacity.fargateSpot() without On-Demand',
    capacity: () => Capacity.fargateSpot({ onDemandBase: 0 }),
    strategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
  },
  {
    ...POOL,
    name: 'an x86 InstancePool',
    capacity: (fixture) => newPool(fixture).capacity(),
    architectures: ['X86_64'],
    strategy: [{ CapacityProvider: provider('Pool'), Weight: 1 }],
  },
  {
    ...POOL,
    name: 'an ARM InstancePool',
    capacity: (fixture) => newPool(fixture, { instanceTypes: types('m7g.large') }).capacity(),
    architectures: ['ARM64'],
    strategy: [{ CapacityProvider: provider('Pool'), Weight: 1 }],
  },
  {
    ...POOL,
    name: 'Capacity.pools() with base and weights',
    capacity: (fixture) =>
      Capacity.pools([
        { pool: newPool(fixture, {}, 'Steady'), base: 2, weight: 0 },
        { pool: newPool(fixture, { spot: {}, instanceTypes: types('m7i.large', 'm6i.large', 'm5.large') }, 'Spare') },
      ]),
    architectures: ['X86_64'],
    strategy: [
      { CapacityProvider: provider('Steady'), Base: 2, Weight: 0 },
      { CapacityProvider: provider('Spare'), Weight: 1 },
    ],
    roles: 2,
  },
  {
    name: 'ManagedInstances',
    capacity: (fixture) => newManaged(fixture).capacity(),
    architectures: BOTH,
    strategy: [{ CapacityProvider: provider('Managed'), Weight: 1 }],
    compatibility: 'MANAGED_INSTANCES',
    networkMode: 'awsvpc',
    fargate: false,
    inVpc: true,
    roles: 2,
  },
  {
    name: 'Capacity.external()',
    capacity: () => Capacity.external(),
    architectures: BOTH,
    launchType: 'EXTERNAL',
    compatibility: 'EXTERNAL',
    networkMode: 'bridge',
    fargate: false,
    inVpc: false,
    roles: 0,
  },
];
