import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isToken } from '../../rules/errors';

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
