import { Stack, Tokenization } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError, isToken } from '../../rules/errors';

/** Values of an add-on. */
export interface Values {
  readonly [key: string]: unknown;
}

/** Fails unless an add-on could take it; `path` says where it stands. */
export function checkValues(path: string, value: unknown, above: unknown[] = []): void {
  if (above.length === 0 && !isPlain(value)) {
    throw new ContainersError(
      `${path} must be an object, got ${shown(value)}: pass the values themselves, which become JSON in the template`,
    );
  }
  if (isToken(value) || value === null || value === undefined) return;
  if (above.includes(value)) throw new ContainersError(`${path} must not hold itself: no JSON has an end then`);
  if (Array.isArray(value) || isPlain(value)) {
    Object.entries(value).forEach(([key, each]) => checkValues(`${path}.${key}`, each, [...above, value]));
    return;
  }
  if (['string', 'boolean'].includes(typeof value) || Number.isFinite(value)) return;
  throw new ContainersError(`${path} must be something that JSON has, got ${shown(value)}`);
}

/** The second over the first: objects key by key, all else as a whole. What is undefined says nothing. */
export function merge(under: Values, over: Values): Values {
  const given = entriesOf(over).map(([key, value]) => {
    const there = Object.hasOwn(under, key) ? under[key] : undefined;
    return [key, isPlain(there) && isPlain(value) ? merge(there, value) : value];
  });
  return Object.fromEntries([...entriesOf(under), ...given]);
}

/** The values as JSON, the same for the same values: EKS updates an add-on when a byte differs. */
export function toJson(scope: Construct, values: Values): string | undefined {
  const sorted = sort(values) as Values;
  return Object.keys(sorted).length === 0 ? undefined : Stack.of(scope).toJsonString(sorted);
}

function sort(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sort);
  if (!isPlain(value)) return value;
  const entries = entriesOf(value).map(([key, each]): [string, unknown] => [key, sort(each)]);
  // Tokens are numbered as they come, which changes with whatever else the app makes: they stay in their order, at the end.
  const tokens = entries.filter(([key]) => isToken(key));
  const others = entries.filter(([key]) => !isToken(key)).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries([...others, ...tokens]);
}

function entriesOf(values: object): [string, unknown][] {
  return Object.entries(values).filter(([, value]) => value !== undefined);
}

function isPlain(value: unknown): value is Values {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Tokenization.isResolvable(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return 'a string';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? `an instance of ${value.constructor.name}` : String(value);
}
