import { Capacity } from '../../lib';

/** Every kind of compute: a new one is a row here, and every intent is tested on it. */
export const CAPACITIES: { name: string; capacity: () => Capacity; strategy: object[] }[] = [
  {
    name: 'Capacity.fargate()',
    capacity: () => Capacity.fargate(),
    strategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
  },
  {
    name: 'Capacity.fargateSpot()',
    capacity: () => Capacity.fargateSpot(),
    strategy: [
      { CapacityProvider: 'FARGATE', Base: 2, Weight: 0 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
    ],
  },
  {
    name: 'Capacity.fargateSpot() without On-Demand',
    capacity: () => Capacity.fargateSpot({ onDemandBase: 0 }),
    strategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
  },
];
