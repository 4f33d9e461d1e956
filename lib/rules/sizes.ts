import { SizeRoundingBehavior } from 'aws-cdk-lib';
import type { Size, SizeConversionOptions } from 'aws-cdk-lib';
import { ContainersError } from './errors';

/** Exact, so that a size which is no whole number is judged by our checks. */
export function mebibytes(size: Size): number;
export function mebibytes(size: Size | undefined): number | undefined;
export function mebibytes(size: Size | undefined): number | undefined {
  return size && convert(size, 'mebibytes', (options) => size.toMebibytes(options));
}

/** Exact, so that a size which is no whole number is judged by our checks. */
export function gibibytes(size: Size): number;
export function gibibytes(size: Size | undefined): number | undefined;
export function gibibytes(size: Size | undefined): number | undefined {
  return size && convert(size, 'gibibytes', (options) => size.toGibibytes(options));
}

/** Exact, so that a size which is no whole number is judged by our checks. */
export function bytes(size: Size | undefined): number | undefined {
  return size && convert(size, 'bytes', (options) => size.toBytes(options));
}

function convert(size: Size, unit: string, to: (options?: SizeConversionOptions) => number): number {
  if (typeof size.isUnresolved !== 'function') {
    throw new ContainersError(`a size must be a Size such as Size.gibibytes(50), got ${String(size)}`);
  }
  if (!size.isUnresolved()) return to({ rounding: SizeRoundingBehavior.NONE });
  try {
    return to();
  } catch {
    throw new ContainersError(`a size that is a token must be Size.${unit}(…) here, got another unit`);
  }
}
