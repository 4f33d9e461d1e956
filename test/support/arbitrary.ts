import { Duration, Size } from 'aws-cdk-lib';
import * as fc from 'fast-check';

/** How many services are tried; `PROPERTY_RUNS=5000 npm test -- properties` tries more. */
export const RUNS = Number(process.env.PROPERTY_RUNS ?? 200);

/** Mostly values that are allowed, now and then one that is not: a case has about forty of them. */
export const mostly = <T, U>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 80, arbitrary: right }, { weight: 1, arbitrary: wrong });
export const oneOf = <T>(right: T[], ...wrong: T[]) => mostly(fc.constantFrom(...right), fc.constantFrom(...wrong));
export const number = (min: number, max: number) =>
  mostly(
    fc.integer({ min, max }),
    fc.oneof(fc.integer({ min: -2, max: max * 3 }), fc.double({ min: 0, max, noNaN: true })),
  );
export const seconds = (min: number, max: number) =>
  number(min, max).map((value) => Duration.seconds(Math.abs(Math.floor(value))));
export const mebibytes = (min: number, max: number) =>
  number(min, max).map((value) => Size.mebibytes(Math.abs(Math.floor(value))));
export const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
