import { ContainersError, isToken } from './errors';

/** Where something is made. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Fails when two things that must be in one account and region are known not to be. */
export function checkSamePlace(what: string, there: Place, who: string, here: Place): void {
  for (const kind of ['region', 'account'] as const) {
    if (isToken(there[kind]) || isToken(here[kind]) || there[kind] === here[kind]) continue;
    throw new ContainersError(
      `${what} must be in the ${kind} of ${who}, ${here[kind]}, got ${there[kind]}: use one there`,
    );
  }
}

/** True unless accounts or regions are known to differ. */
export function isOneEnvironment(one: Place, other: Place): boolean {
  const differ = (a: string, b: string) => !isToken(a) && !isToken(b) && a !== b;
  return !differ(one.account, other.account) && !differ(one.region, other.region);
}
