import { medianRatio } from './numbers';
import type { SynthResult } from './requests';

const SIDES = ['ours', 'same'] as const;
export type Side = (typeof SIDES)[number];

/** In turns: both sides meet the same weather. */
export function inTurns(repeats: number, run: (side: Side) => SynthResult): Record<Side, SynthResult[]> {
  const results: Record<Side, SynthResult[]> = { ours: [], same: [] };
  for (let repeat = 0; repeat < repeats; repeat++) SIDES.forEach((side) => results[side].push(run(side)));
  return results;
}

/** Processor time of ours to the same by hand. */
export function cpuRatio(results: Record<Side, SynthResult[]>): number {
  return medianRatio(
    results.ours.map(({ cpuMs }) => cpuMs),
    results.same.map(({ cpuMs }) => cpuMs),
  );
}
