import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
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

/** Whether two constructs end up in one account and region; undefined when that is not known. */
export function inOnePlace(one: IConstruct, other: IConstruct): boolean | undefined {
  const [first, second] = [topOf(one), topOf(other)];
  if (first === second) return true;
  const known = (['account', 'region'] as const).filter((kind) => !isToken(first[kind]) && !isToken(second[kind]));
  if (known.some((kind) => first[kind] !== second[kind])) return false;
  return known.length === 2 ? true : undefined;
}

/** Nested stacks go where the outermost one goes. */
export function topOf(construct: IConstruct): Stack {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent) stack = stack.nestedStackParent;
  return stack;
}
