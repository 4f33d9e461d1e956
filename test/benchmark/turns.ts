import { medianRatio } from './numbers';
import type { SynthResult } from './requests';

/** Ours, and the same by hand. */
export const SIDES = ['ours', 'same'] as const;
export type Side = (typeof SIDES)[number];

/** A, B, C, A, B, C …: all sides meet the same weather. */
export function inTurns<S extends string>(
  sides: readonly S[],
  repeats: number,
  run: (side: S) => SynthResult,
): Record<S, SynthResult[]> {
  const results = Object.fromEntries(sides.map((side) => [side, [] as SynthResult[]])) as Record<S, SynthResult[]>;
  for (let repeat = 0; repeat < repeats; repeat++) sides.forEach((side) => results[side].push(run(side)));
  return results;
}

/** Processor time of one side to that of the other. */
export function cpuRatio(one: SynthResult[], other: SynthResult[]): number {
  return medianRatio(
    one.map(({ cpuMs }) => cpuMs),
    other.map(({ cpuMs }) => cpuMs),
  );
}
