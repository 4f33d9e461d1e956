import { App, Lazy, Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { merge, toJson } from '../../lib/eks/private/add-on-configuration';
import type { Values } from '../../lib/eks/private/add-on-configuration';

const stack = new Stack(new App(), 'Stack');
const json = (values: Values): unknown => stack.resolve(toJson(stack, values));

/** The same value with its keys in the other order, on all levels. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
}

// CDK takes numbers such as -1e289 for tokens, and loses a key `__proto__`; -0 is 0 in JSON.
const ANY = fc
  .dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
  .map((value) => JSON.stringify(value))
  .filter((text) => !text.includes('__proto__'))
  .map((text) => JSON.parse(text, (_, each: unknown) => (typeof each === 'number' ? each % 1e9 || 0 : each)) as Values);

describe('the configuration of an add-on', () => {
  test('is the same text, whatever the order of its keys', () => {
    fc.assert(
      fc.property(ANY, (values) => {
        expect(json(reversed(values) as Values)).toBe(json(values));
      }),
    );
  });

  test('is what was given', () => {
    fc.assert(
      fc.property(ANY, (values) => {
        expect(JSON.parse(json(values) as string)).toEqual(values);
      }),
    );
  });

  test('is merged key by key, and the second wins', () => {
    fc.assert(
      fc.property(ANY, ANY, (one, other) => {
        const merged = merge(one, other);
        expect(merge(merged, other)).toEqual(merged);
        expect(merge(other, {})).toEqual(other);
        expect(new Set(Object.keys(merged))).toEqual(new Set([...Object.keys(one), ...Object.keys(other)]));
      }),
    );
    expect(merge({ a: { b: 1, c: [1, 2] }, d: { e: 1 } }, { a: { c: [3] }, d: null, f: undefined })).toEqual({
      a: { b: 1, c: [3] },
      d: null,
    });
    expect(merge({ a: 1 }, { a: { b: 2 } })).toEqual({ a: { b: 2 } });
    expect(merge({ a: 1 }, { a: undefined })).toEqual({ a: 1 });
  });

  test('has sorted keys, and lists as they are', () => {
    expect(json({ b: [{ d: 1, c: 2 }, 'z', 'a'], a: undefined, A: true })).toBe(
      '{"A":true,"b":[{"c":2,"d":1},"z","a"]}',
    );
    expect(json({})).toBeUndefined();
  });

  test('keeps keys that are tokens in their order, however many tokens an app has', () => {
    const tokens = Array.from({ length: 12 }, (_, index) => Lazy.string({ produce: () => `t${index}` })).reverse();
    const values = Object.fromEntries([...tokens, 'b', 'a'].map((key, index) => [key, index]));
    const keys = Object.keys(JSON.parse(json(values) as string));
    expect(keys).toEqual(['a', 'b', ...tokens.map((_, index) => `t${11 - index}`)]);
  });
});
