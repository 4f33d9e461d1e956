import { CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Retention } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp } from '../support/fixture';

const days = (count: number) => Duration.days(count);
const patternsOf = (retention: Retention) => retention.bind().map(({ tagPatterns }) => tagPatterns);

/** Factories that take an age, with its name and the least of it. */
const AGES: [string, number, (age: Duration) => Retention][] = [
  ['the age of expireUntagged', 1, (age) => Retention.expireUntagged(age)],
  ['the age of expireOlderThan', 1, (age) => Retention.expireOlderThan(age)],
  ['the age of archiveUnused', 1, (age) => Retention.archiveUnused(age)],
  ['the expireAfter of archiveUnused', 90, (age) => Retention.archiveUnused(days(1), { expireAfter: age })],
  ['the age of expireArchived', 90, (age) => Retention.expireArchived(age)],
];

/** Factories that take patterns of tags. */
const TAGGED: [string, (tags: string[]) => Retention][] = [
  ['keepLast', (tags) => Retention.keepLast(1, { tags })],
  ['keep', (tags) => Retention.keep(tags)],
  ['expireOlderThan', (tags) => Retention.expireOlderThan(days(1), { tags })],
  ['archiveUnused', (tags) => Retention.archiveUnused(days(1), { tags })],
  ['expireArchived', (tags) => Retention.expireArchived(days(90), { tags })],
];

describe('tokens, which would be text in a text', () => {
  const scope = () => new Stack(newApp(), 'Registry');
  const number = () => new CfnParameter(scope(), 'Number', { type: 'Number' }).valueAsNumber;

  test.each(AGES)('fails when %s is one', (name, _min, make) => {
    expectFailure(
      () => make(days(number())),
      `${name} must be known at synthesis, because it is text in the policy, got a token: write it out`,
    );
  });

  test('fails when a count is one', () => {
    expectFailure(
      () => Retention.keepLast(number()),
      'the count of keepLast must be known at synthesis, because it is text in the policy, got a token: write it out',
    );
  });

  test.each(TAGGED)('fails when a tag pattern of %s is one', (name, make) => {
    const text = new CfnParameter(scope(), 'Tag').valueAsString;
    const message = 'must be known at synthesis, because it is text in the policy, got a token: write it out';
    expectFailure(() => make(['a', text]), `a tag pattern of ${name} ${message}`);
    expectFailure(() => make(Fn.split(',', text)), `tags of ${name} ${message}`);
  });
});

describe('wrong numbers', () => {
  test.each([
    [0, 'the count of keepLast must be at least 1, got 0'],
    [-1, 'the count of keepLast must be at least 1, got -1'],
    [1.5, 'the count of keepLast must be a whole number, got 1.5'],
    [NaN, 'the count of keepLast must be at least 1, got NaN'],
    [Infinity, 'the count of keepLast must be a whole number, got Infinity'],
  ])('fails when the count is %d', (count, message) => {
    expectFailure(() => Retention.keepLast(count), message);
    expectFailure(() => Retention.keepLast(count, { tags: ['v*'] }), message);
  });

  describe.each(AGES)('%s', (name, min, make) => {
    test.each([
      [days(min - 1), `${name} in days must be at least ${min}, got ${min - 1}`],
      [Duration.hours(12), `${name} in days must be at least ${min}, got 0.5`],
      [days(NaN), `${name} in days must be at least ${min}, got NaN`],
      [days(Infinity), `${name} in days must be a whole number, got Infinity`],
      [Duration.hours(24 * min + 12), `${name} in days must be a whole number, got ${min + 0.5}`],
      [7 as unknown as Duration, `${name} must be a Duration such as Duration.days(90), got 7`],
    ])('fails when it is %s', (age, message) => {
      expectFailure(() => make(age), message);
    });

    test('may be as short as ECR allows', () => {
      expect(Retention.policyText([make(days(min))])).toContain(`"countNumber":${min}`);
    });

    test('may be given in another unit', () => {
      expect(Retention.policyText([make(Duration.minutes(1440 * 92))])).toContain('"countNumber":92');
    });
  });
});

describe('tag patterns', () => {
  const allowed =
    "1 to 128 letters, digits, '_', '.' and '-' with at most 4 wildcards '*', not beginning with '.' or '-'";

  describe.each(TAGGED)('of %s', (name, make) => {
    test.each(['', 'a*b*c*d*e*f', 'x'.repeat(129), 'v 1', 'v?', 'é*', '.*', '-rc', 'team/v*', 'v*\n', 'v*,r*'])(
      'fails when one is %j',
      (pattern) => {
        expectFailure(() => make(['v*', pattern]), `a tag pattern of ${name} must be ${allowed}, got '${pattern}'`);
      },
    );

    test.each(['a*b*c*d*', '*', '*.1', '*-rc', 'x'.repeat(128), 'V1_2.3-rc*', '****'])('takes %j', (pattern) => {
      expect(patternsOf(make([pattern]))[0]).toEqual([pattern]);
    });
  });

  test.each(TAGGED.filter(([name]) => name !== 'keep'))('fails when the list for %s is empty', (name, make) => {
    expectFailure(
      () => make([]),
      `tags of ${name} must name at least one pattern such as 'v*', got an empty list: leave it out for all images`,
    );
  });

  test.each([[[]], [undefined as unknown as string[]]])('fails when keep gets %j', (tags) => {
    expectFailure(
      () => Retention.keep(tags),
      "the tags of keep must name at least one pattern such as 'v*', got none: an image that no rule selects stays anyway",
    );
  });
});
