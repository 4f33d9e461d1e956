import { checkPattern, checkUnique, checkWhole, ContainersError, isToken } from './errors';
import type { Range } from './errors';

/** What an instance type has beside its CPU. */
export type Accelerator = 'GPU' | 'Neuron';

/** What an image must be made for. */
export interface Hardware {
  readonly arm: boolean;
  readonly accelerator?: Accelerator;
}

/** What accelerator an instance type has, by its family. G4ad has a GPU that no image of AWS for containers drives. */
export function acceleratorOf(type: string): Accelerator | undefined {
  if (/^(inf|trn)\d/.test(type)) return 'Neuron';
  return /^(g|gr|p)\d/.test(type) && !type.startsWith('g4ad') ? 'GPU' : undefined;
}

/**
 * Graviton by the letter after the generation, as in `m7g` and `g5g`; Grace by the name that its GPUs give, as in
 * `p6e-gb200`. All others are x86.
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function isArm(type: string): boolean {
  return /^a1\.|^[a-z]+\d+g|-gb\d/.test(type);
}

/**
 * What one image must be made for, so that it runs on all of the types.
 * @param each what a user makes for each kind of hardware: 'a pool', 'a node group'
 * @throws when a type is no name, is there twice, or has other hardware than the rest
 */
export function commonHardware(types: string[], count: Range, each: string): Hardware {
  if (types.some(isToken)) {
    throw new ContainersError('instanceTypes must be known now, got a token: the image depends on their processor');
  }
  checkWhole('the number of instanceTypes', types.length, count);
  checkUnique('instanceTypes', types);
  types.forEach((type) =>
    checkPattern(
      'instanceTypes',
      type,
      /^(?!mac)[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
      "names such as 'm7g.large', and no Macs",
    ),
  );
  const architectures = new Set(types.map(isArm));
  if (architectures.size > 1) {
    throw new ContainersError(
      `instanceTypes must all have the same processor architecture, got ${types.join(', ')}: make ${each} for each`,
    );
  }
  const accelerators = new Set(types.map(acceleratorOf));
  if (accelerators.size > 1) {
    throw new ContainersError(
      `instanceTypes must all have the same kind of accelerator, or none, got ${types.join(', ')}: their images differ, make ${each} for each`,
    );
  }
  const [arm] = architectures;
  const [accelerator] = accelerators;
  return { arm, accelerator };
}
