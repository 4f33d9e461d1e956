import { SizeRoundingBehavior } from 'aws-cdk-lib';
import type { Size } from 'aws-cdk-lib';

/** Exact, so that a size which is no whole number is judged by our checks. */
export function mebibytes(size: Size): number;
export function mebibytes(size: Size | undefined): number | undefined;
export function mebibytes(size: Size | undefined): number | undefined {
  return size?.isUnresolved() ? size.toMebibytes() : size?.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
}

/** Exact, so that a size which is no whole number is judged by our checks. */
export function gibibytes(size: Size): number;
export function gibibytes(size: Size | undefined): number | undefined;
export function gibibytes(size: Size | undefined): number | undefined {
  return size?.isUnresolved() ? size.toGibibytes() : size?.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
}
