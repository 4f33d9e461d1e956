import { Token } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';

/** What every check of this library throws: what was given, what is allowed, what to change. */
export class ContainersError extends Error {
  public readonly name = 'ContainersError';
}

/** True for a value that CloudFormation only knows at deploy time, which no check can judge. */
export function isToken(value: unknown): boolean {
  return Token.isUnresolved(value);
}

/** Bounds of a number, both allowed. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Fails unless `value` is a whole number in the range; tokens and undefined pass. */
export function checkWhole(name: string, value: number | undefined, range: Range): void {
  if (value === undefined || isToken(value)) return;
  checkRange(name, value, range);
  if (!Number.isInteger(value)) throw new ContainersError(`${name} must be a whole number, got ${shown(value)}`);
}

/** Fails unless `value` is a number in the range; tokens and undefined pass. */
export function checkRange(name: string, value: number | undefined, range: Range): void {
  if (value === undefined || isToken(value)) return;
  if (!(value >= range.min && value <= range.max)) {
    throw new ContainersError(`${name} must be ${bounds(range)}, got ${shown(value)}`);
  }
}

/** As it was given: a compiler does not stand behind every user. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function bounds({ min, max }: Range): string {
  return max === Infinity ? `at least ${min}` : `between ${min} and ${max}`;
}

/** Fails unless the duration is a whole number of seconds in the range; tokens and undefined pass. */
export function checkSeconds(name: string, value: Duration | undefined, range: Range): void {
  if (value === undefined) return;
  if (typeof (value as Duration | null)?.isUnresolved !== 'function') {
    throw new ContainersError(`${name} must be a Duration such as Duration.seconds(30), got ${shown(value)}`);
  }
  if (value.isUnresolved()) {
    if (value.unitLabel() === 'seconds') return;
    throw new ContainersError(`${name} must be Duration.seconds(…) when it is a token, got ${value.unitLabel()}`);
  }
  const seconds = value.toSeconds({ integral: false });
  if (!(seconds >= range.min && seconds <= range.max) || !Number.isInteger(seconds)) {
    throw new ContainersError(`${name} must be ${bounds(range)} seconds, got ${seconds} seconds`);
  }
}

/** Fails unless the string matches; `allowed` says in words what does. Tokens and undefined pass. */
export function checkPattern(name: string, value: string | undefined, pattern: RegExp, allowed: string): void {
  if (value === undefined || isToken(value)) return;
  if (typeof value !== 'string') {
    throw new ContainersError(`${name} must be ${allowed}, got ${shown(value)}, which is no string`);
  }
  if (!pattern.test(value)) throw new ContainersError(`${name} must be ${allowed}, got '${value}'`);
}

/** Fails when two entries are the same; tokens are left out. */
export function checkUnique(name: string, values: string[]): void {
  const known = values.filter((value) => !isToken(value));
  const twice = known.find((value, index) => known.indexOf(value) !== index);
  if (twice !== undefined) throw new ContainersError(`${name} must be unique, got '${twice}' twice`);
}
