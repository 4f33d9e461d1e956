import { ContainersError } from './errors';

/** Fails unless it is one of some values; tokens fail too, for what must be known at synthesis. */
export function checkOneOf(name: string, value: string, allowed: string[]): void {
  if (allowed.includes(value)) return;
  throw new ContainersError(`${name} must be one of ${allowed.join(', ')}, got '${value}'`);
}
