import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { Retention } from '../../lib';
import type { ExampleImage } from '../../lib';
import { explain } from '../../lib/registry/private/explain';
import { checkedRules, mergedPolicyText } from '../../lib/registry/private/lifecycle';
import { RUNS } from '../support/arbitrary';
import { evaluate, like } from '../support/lifecycle-model';
import type { ModelImage, ModelRule } from '../support/lifecycle-model';

/** A value of `retention` in words of this test: what it is made of, and what it promises. */
interface Value {
  readonly make: () => Retention;
  readonly promises: Promised[];
}

/** Of the images of a storage class that it selects, and nothing before it does, those that it keeps. */
interface Promised {
  readonly inArchive: boolean;
  readonly selects: (image: ModelImage) => boolean;
  readonly keeps: (image: ModelImage, selected: ModelImage[]) => boolean;
}

/** In half of the cases; a frequency of 1 would be never. */
const often = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const days = (count: number) => Duration.days(count);
const isTagged = (pattern: string) => (image: ModelImage) => image.tags!.some((tag) => like(tag, pattern));
const FOREVER = 36500;

/** One promise for all images, or one for each pattern. */
function promises(inArchive: boolean, tags: string[] | undefined, keeps: Promised['keeps']): Promised[] {
  return (tags?.map(isTagged) ?? [() => true]).map((selects) => ({ inArchive, selects, keeps }));
}

const PATTERNS = ['v*', 'v1*', 'v1.2', '*', 'prod', '*-rc', 'pr-*', 'v*-rc', '*1*', 'v*1*'];
const TAGS = [
  'v1',
  'v1.2',
  'v1.2-rc',
  'v2',
  'v2-rc',
  'prod',
  'main',
  'pr-1',
  'pr-2',
  'pr-12',
  '1',
  'x-rc',
  'v10',
  'V1',
];

const patternsOf = (choice: string[]) => fc.uniqueArray(fc.constantFrom(...choice), { minLength: 1, maxLength: 3 });
const patterns = patternsOf(PATTERNS);
const wildPatterns = patternsOf(PATTERNS.filter((pattern) => pattern.includes('*')));
const age = fc.integer({ min: 1, max: 40 });
const archiveAge = fc.integer({ min: 90, max: 130 });

const value: fc.Arbitrary<Value> = fc.oneof(
  age.map((d): Value => ({
    make: () => Retention.expireUntagged(days(d)),
    promises: [
      {
        inArchive: false,
        selects: ({ tags }) => tags!.length === 0,
        keeps: (image) => image.pushedDaysAgo <= d,
      },
    ],
  })),
  fc.record({ count: fc.integer({ min: 1, max: 3 }), tags: often(wildPatterns) }).map(({ count, tags }) => ({
    make: () => Retention.keepLast(count, { tags }),
    promises: promises(false, tags, (image, selected) => {
      const newestFirst = selected
        .slice()
        .sort((a, b) => a.pushedDaysAgo - b.pushedDaysAgo || (selected.indexOf(a) < selected.indexOf(b) ? 1 : -1));
      return newestFirst.indexOf(image) < count;
    }),
  })),
  patterns.map((tags) => ({
    make: () => Retention.keep(tags),
    promises: [
      ...promises(false, tags, (image) => image.pushedDaysAgo <= FOREVER),
      ...promises(true, tags, (image) => image.archivedDaysAgo! <= FOREVER),
    ],
  })),
  fc.record({ d: age, tags: often(patterns) }).map(({ d, tags }) => ({
    make: () => Retention.expireOlderThan(days(d), { tags }),
    promises: promises(false, tags, (image) => image.pushedDaysAgo <= d),
  })),
  fc.record({ d: age, end: often(archiveAge), tags: often(patterns) }).map(({ d, end, tags }) => ({
    make: () => Retention.archiveUnused(days(d), { tags, expireAfter: end === undefined ? undefined : days(end) }),
    promises: [
      ...promises(false, tags, (image) => (image.pulledDaysAgo ?? image.pushedDaysAgo) <= d),
      ...(end === undefined ? [] : promises(true, tags, (image) => image.archivedDaysAgo! <= end)),
    ],
  })),
  fc.record({ d: archiveAge, tags: often(patterns) }).map(({ d, tags }) => ({
    make: () => Retention.expireArchived(days(d), { tags }),
    promises: promises(true, tags, (image) => image.archivedDaysAgo! <= d),
  })),
);
const values = fc.array(value, { minLength: 1, maxLength: 6 });

const pushed = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 45 }) },
  { weight: 3, arbitrary: fc.integer({ min: 80, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: FOREVER - 1, max: FOREVER + 200 }) },
);
/** A tag names one image, and a list stands before what it lists. */
const images: fc.Arbitrary<ExampleImage[]> = fc
  .record({
    tags: fc.shuffledSubarray(TAGS, { minLength: TAGS.length }),
    each: fc.array(
      fc.record({
        pushedDaysAgo: pushed,
        pulled: often(fc.nat()),
        archived: often(fc.nat()),
        tags: fc.integer({ min: 0, max: 3 }),
        listedBy: often(fc.nat()),
      }),
      { maxLength: 9 },
    ),
  })
  .map(({ tags, each }) => {
    const left = tags.slice();
    return each.map((one, index) => ({
      name: `image ${index}`,
      tags: left.splice(0, one.tags),
      pushedDaysAgo: one.pushedDaysAgo,
      ...(one.pulled !== undefined && { pulledDaysAgo: one.pulled % (one.pushedDaysAgo + 1) }),
      ...(one.archived !== undefined && { archivedDaysAgo: one.archived % (one.pushedDaysAgo + 1) }),
      ...(one.listedBy !== undefined && index > 0 && { listedBy: `image ${one.listedBy % index}` }),
    }));
  });

/** The text of a policy, or the message of the error that refuses it. */
function tried(retention: Retention[], added?: string): { text?: string; message?: string } {
  try {
    return { text: mergedPolicyText(retention, added) ?? '{"rules":[]}' };
  } catch (error) {
    expect((error as Error).name).toBe('ContainersError');
    return { message: (error as Error).message };
  }
}

/** Those of the values that make a set together with the ones before them. */
function accepted(given: Value[], added?: string): { set: Value[]; retention: Retention[]; text: string } {
  const set = given.reduce<Value[]>((before, one) => {
    const more = [...before, one];
    return tried(madeOf(more), added).text === undefined ? before : more;
  }, []);
  const retention = madeOf(set);
  return { set, retention, text: tried(retention, added).text! };
}

const madeOf = (set: Value[]) => set.map(({ make }) => make());

const addedRule = fc
  .record({
    tags: often(fc.uniqueArray(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 3 })),
    prefixes: often(fc.uniqueArray(fc.constantFrom('v', 'v1', 'prod', 'pr-', 'x'), { minLength: 1, maxLength: 2 })),
    untagged: fc.boolean(),
    count: fc.integer({ min: 1, max: 3 }),
    byAge: fc.boolean(),
  })
  .map(({ tags, prefixes, untagged, count, byAge }) => ({
    selection: {
      tagStatus: tags || prefixes ? 'tagged' : untagged ? 'untagged' : 'any',
      ...(tags ? { tagPatternList: tags } : prefixes && { tagPrefixList: prefixes }),
      countType: byAge ? 'sinceImagePushed' : 'imageCountMoreThan',
      countNumber: count,
      ...(byAge && { countUnit: 'days' }),
    },
    action: { type: 'expire' },
  }));
const added = fc.array(addedRule, { maxLength: 2 }).map((rules) =>
  JSON.stringify({
    rules: rules.map((rule, index) => ({ rulePriority: index + 1, description: `Added ${index}`, ...rule })),
  }),
);

test(`explain says what the model of ECR does with the text of the policy (${RUNS} cases)`, () => {
  fc.assert(
    fc.property(values, images, (given, repository) => {
      const { retention, text } = accepted(given);
      const explained = Retention.explain(retention, repository);
      expect(Object.fromEntries(explained.map(({ name, ...fate }) => [name, fate]))).toEqual(
        evaluate(text, repository),
      );
      expect(explained.map(({ name }) => name)).toEqual(repository.map(({ name }) => name));
    }),
    { numRuns: RUNS },
  );
});

test(`explain knows rules of several patterns and of prefixes too (${RUNS} cases)`, () => {
  fc.assert(
    fc.property(added, images, (more, repository) => {
      const { text } = tried([], more);
      fc.pre(text !== undefined);
      const explained = explain(checkedRules([], more), repository);
      expect(Object.fromEntries(explained.map(({ name, ...fate }) => [name, fate]))).toEqual(
        evaluate(text!, repository),
      );
    }),
    { numRuns: RUNS },
  );
});

test(`nothing that a set promises to keep is moved or deleted (${RUNS} cases)`, () => {
  fc.assert(
    fc.property(values, images, (given, repository) => {
      const { set, text } = accepted(given);
      const fates = evaluate(text, repository);
      for (const image of repository) {
        const inArchive = image.archivedDaysAgo !== undefined;
        const mates = repository.filter((other) => (other.archivedDaysAgo !== undefined) === inArchive);
        const owner = set
          .flatMap((one) => one.promises)
          .find((promise) => promise.inArchive === inArchive && promise.selects(image));
        const list = repository.find(({ name }) => name === image.listedBy);
        const stays =
          !owner || owner.keeps(image, mates.filter(owner.selects)) || (list && list.archivedDaysAgo === undefined);
        // The other way round too: a promise that is kept by doing nothing at all would be no retention.
        expect([image.name, fates[image.name].fate === 'kept']).toEqual([image.name, Boolean(stays)]);
      }
    }),
    { numRuns: RUNS },
  );
});

/** Images that a rule selects and, as far as tags that are in no pattern go, nothing else: old, long unused, and many. */
function witnesses({ selection }: ModelRule): ModelImage[][] {
  const count = selection.countType === 'imageCountMoreThan' ? selection.countNumber + 1 : 1;
  const wanted = [
    ...(selection.tagPatternList ?? []),
    ...(selection.tagPrefixList ?? []).map((prefix) => `${prefix}*`),
  ];
  const choices = { untagged: [[]], tagged: [wanted], any: [[], ['*']] }[selection.tagStatus];
  return choices.map((tags) =>
    Array.from({ length: count }, (_, index) => ({
      name: `${index}`,
      tags: tags.map((pattern) => pattern.replace(/\*/g, `Z${index}Z`)),
      pushedDaysAgo: FOREVER + 1,
      ...(selection.storageClass === 'archive' && { archivedDaysAgo: FOREVER + 1 }),
    })),
  );
}

test(`each rule of an accepted set can act (${RUNS} cases)`, () => {
  fc.assert(
    fc.property(values, added, (given, more) => {
      fc.pre(tried([], more).text !== undefined);
      const { text } = accepted(given, more);
      const rules: ModelRule[] = JSON.parse(text).rules;
      expect(new Set(rules.map(({ description }) => description)).size).toBe(rules.length);
      rules.forEach((rule) => {
        const acts = witnesses(rule).some((repository) =>
          Object.values(evaluate(text, repository)).some(
            (fate) => fate.rule === rule.description && fate.fate !== 'kept',
          ),
        );
        expect([rule.description, acts]).toEqual([rule.description, true]);
      });
    }),
    { numRuns: RUNS },
  );
});

test('witnesses are no fiction: none needs a tag on two images', () => {
  const rules: ModelRule[] = JSON.parse(
    Retention.policyText([Retention.keepLast(2, { tags: ['r*', 'v*'] }), Retention.keepLast(2)]),
  ).rules;
  const twice = rules.map((rule) => {
    const tags = witnesses(rule)
      .at(-1)!
      .flatMap((image) => image.tags!);
    return new Set(tags).size < tags.length;
  });
  expect(twice).toEqual([false, false, false]);
});

test(`a rule that is refused never acts on any images (${RUNS} cases)`, () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 4 }), images, (given, repository) => {
      const retention = madeOf(given);
      const { message } = tried(retention);
      fc.pre(message !== undefined);
      const bound = retention.flatMap((one) => one.bind());
      const names = bound.map(({ description }) => description);
      const [, first, relation, second] = /got '(.*)' (before|after) '(.*?)'( and '.*')?: /.exec(message!)!;
      const dead = relation === 'after' ? names.lastIndexOf(first) : names.indexOf(second, names.indexOf(first) + 1);
      const rules = bound.map(({ tagStatus, tagPatterns, countType, countNumber }, index): ModelRule => ({
        rulePriority: index,
        description: `${index}`,
        selection: {
          tagStatus,
          tagPatternList: tagPatterns,
          storageClass: countType === 'sinceImageTransitioned' ? 'archive' : 'standard',
          countType,
          countNumber,
        },
        action: { type: 'expire' },
      }));
      expect(dead).toBeGreaterThan(0);
      for (const fate of Object.values(evaluate({ rules }, repository))) expect(fate.rule).not.toBe(`${dead}`);
      // What the refused rule would have selected, an image of its own making included, has another owner.
      for (const own of witnesses(rules[dead])) {
        for (const fate of Object.values(evaluate({ rules }, own))) expect(fate.rule).not.toBe(`${dead}`);
      }
    }),
    { numRuns: RUNS },
  );
});
