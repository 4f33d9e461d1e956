import { ContainersError } from './errors';

/**
 * How many Elastic Fabric Adapters instance types have where it is more than one, by the last card; November 2026.
 *
 * Sources: `vpc.amazonaws.com/efa` in https://karpenter.sh/docs/reference/instance-types/ (generated from DescribeInstanceTypes,
 * 2026-08-21), and https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html: one adapter for each network card.
 */
const ADAPTERS: { readonly [count: number]: string } = {
  2:
    'c6in.32xlarge c6in.metal c8gb.48xlarge c8gb.metal-48xl c8gn.48xlarge c8gn.metal-48xl c8ib.96xlarge c8ib.metal-96xl ' +
    'c8in.96xlarge c8in.metal-96xl g6e.24xlarge g7.48xlarge g7e.24xlarge hpc6id.32xlarge hpc7a.12xlarge hpc7a.24xlarge ' +
    'hpc7a.48xlarge hpc7a.96xlarge hpc8a.96xlarge m6idn.32xlarge m6idn.metal m6in.32xlarge m6in.metal m8gb.48xlarge ' +
    'm8gb.metal-48xl m8gn.48xlarge m8gn.metal-48xl m8ib.96xlarge m8ib.metal-96xl m8idb.96xlarge m8idb.metal-96xl ' +
    'm8idn.96xlarge m8idn.metal-96xl m8in.96xlarge m8in.metal-96xl r6idn.32xlarge r6idn.metal r6in.32xlarge r6in.metal ' +
    'r8gb.48xlarge r8gb.metal-48xl r8gn.48xlarge r8gn.metal-48xl r8ib.96xlarge r8ib.metal-96xl r8idb.96xlarge ' +
    'r8idb.metal-96xl r8idn.96xlarge r8idn.metal-96xl r8in.96xlarge r8in.metal-96xl u7in-16tb.224xlarge ' +
    'u7in-24tb.224xlarge u7in-32tb.224xlarge',
  4: 'g6e.48xlarge g7e.48xlarge p4d.24xlarge p4de.24xlarge',
  8: 'p6-b200.48xlarge trn1.32xlarge',
  16: 'p5en.48xlarge trn1n.32xlarge trn2.48xlarge',
  32: 'p5.48xlarge p5e.48xlarge',
};

/** Types of which nobody says how their cards are laid out. */
const UNKNOWN = /^(p6-b300|p6e-|trn3)/;

/** Smaller than any that has an adapter. */
const SMALL = /\.(nano|micro|small|medium|large|xlarge|2xlarge|3xlarge)$/;

/**
 * How many adapters each of some instance types has; 1 for those that are not in the table.
 * @throws when they differ, because the launch template lists them, or one is too small to have any
 */
export function fabricAdapters(types: string[]): number {
  const small = types.find((type) => SMALL.test(type));
  if (small !== undefined) {
    throw new ContainersError(
      `capacity must have instance types with an Elastic Fabric Adapter, got ${small}: choose a larger one, or leave out elasticFabricAdapter`,
    );
  }
  const counts = new Set(types.map(countOf));
  if (counts.size > 1) {
    throw new ContainersError(
      `capacity must have instance types with the same number of Elastic Fabric Adapters, got ${types.map((type) => `${type} with ${countOf(type)}`).join(', ')}: make a node group for each`,
    );
  }
  const [count] = counts;
  return count;
}

function countOf(type: string): number {
  const [count] = Object.entries(ADAPTERS).find(([, types]) => types.split(' ').includes(type)) ?? ['1'];
  return Number(count);
}

/** The types whose cards are not known. */
export function unknownAdapters(types: string[]): string[] {
  return types.filter((type) => UNKNOWN.test(type));
}
