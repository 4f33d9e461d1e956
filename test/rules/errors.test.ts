import { Duration, Token } from 'aws-cdk-lib';
import {
  checkPattern,
  checkRange,
  checkSeconds,
  checkUnique,
  checkWhole,
  ContainersError,
  isToken,
} from '../../lib/rules/errors';

const RANGE = { min: 1, max: 10 };
const UNBOUND = { min: 1, max: Infinity };
const NUMBER = Token.asNumber({ Ref: 'Number' });
const STRING = Token.asString({ Ref: 'String' });

describe('ContainersError', () => {
  test('is an Error with a name of its own', () => {
    const error = new ContainersError('what was given');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message]).toEqual(['ContainersError', 'what was given']);
  });
});

describe('isToken', () => {
  test.each([[NUMBER], [STRING], [`https://${STRING}/`], [Token.asList({ Ref: 'List' })]])('knows a token', (value) => {
    expect(isToken(value)).toBe(true);
  });

  test.each([[1], [-1], ['text'], [''], [undefined], [['a']]])('knows that %p is none', (value) => {
    expect(isToken(value)).toBe(false);
  });
});

describe('checkRange', () => {
  test.each([1, 5.5, 10, undefined, NUMBER])('lets %p pass', (value) => {
    expect(() => checkRange('size', value, RANGE)).not.toThrow();
  });

  test.each([0.9, 10.1, -1, NaN, Infinity, -Infinity])('fails when the value is %p', (value) => {
    expect(() => checkRange('size', value, RANGE)).toThrow(
      new ContainersError(`size must be between 1 and 10, got ${value}`),
    );
  });

  test('fails when the value is below a range without an end', () => {
    expect(() => checkRange('size', 0, UNBOUND)).toThrow(new ContainersError('size must be at least 1, got 0'));
    expect(() => checkRange('size', 1e9, UNBOUND)).not.toThrow();
  });
});

describe('checkWhole', () => {
  test.each([1, 10, undefined, NUMBER])('lets %p pass', (value) => {
    expect(() => checkWhole('count', value, RANGE)).not.toThrow();
  });

  test.each([
    [1.5, 'count must be a whole number, got 1.5'],
    [11, 'count must be between 1 and 10, got 11'],
    [0.5, 'count must be between 1 and 10, got 0.5'],
    [NaN, 'count must be between 1 and 10, got NaN'],
  ])('fails when the value is %p', (value, message) => {
    expect(() => checkWhole('count', value, RANGE)).toThrow(new ContainersError(message));
  });

  test('fails when the value is infinite, however large the range', () => {
    expect(() => checkWhole('count', Infinity, UNBOUND)).toThrow(
      new ContainersError('count must be a whole number, got Infinity'),
    );
  });
});

describe('checkSeconds', () => {
  test.each([
    ['the least', Duration.seconds(1)],
    ['the most', Duration.seconds(10)],
    ['other units', Duration.millis(2000)],
    ['nothing', undefined],
    ['a token', Duration.seconds(NUMBER)],
  ])('lets %s pass', (_what, value) => {
    expect(() => checkSeconds('delay', value, RANGE)).not.toThrow();
  });

  test('fails when a token is of another unit, which no L2 converts', () => {
    expect(() => checkSeconds('delay', Duration.minutes(NUMBER), RANGE)).toThrow(
      new Error('delay must be Duration.seconds(…) when it is a token, got minutes'),
    );
  });

  test.each([
    [Duration.seconds(0), '0'],
    [Duration.seconds(11), '11'],
    [Duration.minutes(1), '60'],
    [Duration.millis(2500), '2.5'],
  ])('fails when the duration is %s', (value, seconds) => {
    expect(() => checkSeconds('delay', value, RANGE)).toThrow(
      new ContainersError(`delay must be between 1 and 10 seconds, got ${seconds} seconds`),
    );
  });

  test.each([null, 30, '30 seconds'])('fails when JavaScript gives %p', (value) => {
    expect(() => checkSeconds('delay', value as unknown as Duration, RANGE)).toThrow(
      new ContainersError(
        `delay must be a Duration such as Duration.seconds(30), got ${typeof value === 'string' ? `'${value}'` : value}`,
      ),
    );
  });
});

describe('checkPattern', () => {
  test.each(['abc', undefined, STRING])('lets %p pass', (value) => {
    expect(() => checkPattern('name', value, /^[a-c]+$/, 'a, b or c')).not.toThrow();
  });

  test.each(['', 'abd', 'abc\n'])('fails when the text is %p', (value) => {
    expect(() => checkPattern('name', value, /^[a-c]+$/, 'a, b or c')).toThrow(
      new ContainersError(`name must be a, b or c, got '${value}'`),
    );
  });
});

describe('checkUnique', () => {
  test.each([[[]], [['a', 'b']], [[STRING, STRING]], [['a', STRING]]])('lets %p pass', (values) => {
    expect(() => checkUnique('names', values)).not.toThrow();
  });

  test('fails when two are the same', () => {
    expect(() => checkUnique('names', ['a', 'b', 'c', 'b'])).toThrow(
      new ContainersError("names must be unique, got 'b' twice"),
    );
  });
});
