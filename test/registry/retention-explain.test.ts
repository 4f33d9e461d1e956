import { CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import type { ExampleImage } from '../../lib';
import { Retention } from '../../lib/registry/retention';
import { expectFailure } from '../support/errors';
import { newApp } from '../support/fixture';
import { evaluate } from '../support/lifecycle-model';
import type { ModelImage, ModelRule } from '../support/lifecycle-model';

const days = (count: number) => Duration.days(count);

/** The names of images by what becomes of them, from the library and from the model, which must agree. */
function fates(retention: Retention[], images: ExampleImage[]) {
  const explained = Retention.explain(retention, images);
  const text = retention.length ? Retention.policyText(retention) : '{"rules":[]}';
  const modelled = evaluate(text, images);
  expect(Object.fromEntries(explained.map(({ name, ...fate }) => [name, fate]))).toEqual(modelled);
  const named = (wanted: string) => explained.filter(({ fate }) => fate === wanted).map(({ name }) => name);
  return { kept: named('kept'), archived: named('archived'), expired: named('expired') };
}

const image = (name: string, pushedDaysAgo: number, tags: string[] = [], more: Partial<ExampleImage> = {}) => ({
  name,
  pushedDaysAgo,
  tags,
  ...more,
});

/** The examples of AWS with the results that AWS gives. https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html */
describe('the examples of AWS', () => {
  const several = [
    image('A', 10, ['beta-1', 'prod-1']),
    image('B', 9, ['beta-2', 'prod-2']),
    image('C', 8, ['beta-3']),
  ];
  const all = [
    image('A', 4, ['alpha-1', 'beta-1']),
    image('B', 3),
    image('C', 2, ['alpha-2']),
    image('D', 1, ['git-hash']),
    image('E', 1),
  ];

  test.each<[string, Retention[], ExampleImage[], string[]]>([
    ['several rules, A', [Retention.keepLast(1, { tags: ['prod*', 'beta*'] })], several, ['A']],
    ['several rules, B', [Retention.keepLast(1, { tags: ['beta*', 'prod*'] })], several, ['A', 'B']],
    [
      'all images, A',
      [Retention.keepLast(1)],
      [image('A', 4, ['alpha-1']), image('B', 3, ['beta-1']), image('C', 2), image('D', 1, ['alpha-2'])],
      ['A', 'B', 'C'],
    ],
    [
      'all images, B',
      [Retention.keepLast(1, { tags: ['alpha*'] }), Retention.expireUntagged(days(1)), Retention.keepLast(1)],
      all,
      ['A', 'B', 'D'],
    ],
  ])('%s', (_name, retention, images, expired) => {
    expect(fates(retention, images).expired).toEqual(expired);
  });

  const bySeveralTags = (rule: Partial<ModelRule['selection']>, images: ModelImage[]) => {
    const selection = { tagStatus: 'tagged', tagPatternList: ['alpha*', 'beta*'], ...rule } as ModelRule['selection'];
    const result = evaluate({ rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] }, images);
    return Object.keys(result).filter((name) => result[name].fate === 'expired');
  };

  test('several tags in a rule, A and B, which only the model knows', () => {
    expect(
      bySeveralTags({ countType: 'sinceImagePushed', countNumber: 5 }, [
        image('A', 12, ['alpha-1']),
        image('B', 11, ['beta-1']),
        image('C', 10, ['alpha-2', 'beta-2']),
        image('D', 4, ['alpha-3']),
        image('E', 3, ['beta-3']),
        image('F', 2, ['alpha-4', 'beta-4']),
      ]),
    ).toEqual(['C']);
    expect(
      bySeveralTags({ countType: 'imageCountMoreThan', countNumber: 1 }, [
        image('A', 10, ['alpha-1', 'beta-1', 'gamma-1']),
        image('B', 9, ['alpha-2', 'beta-2']),
        image('C', 8, ['alpha-3', 'beta-3', 'gamma-2']),
      ]),
    ).toEqual(['A', 'B']);
  });

  test('archiving, then deleting', () => {
    const retention = [Retention.archiveUnused(days(30), { expireAfter: days(365) })];
    const images = [
      image('young', 30, ['a']),
      image('old', 31, ['b']),
      image('old but pulled', 400, ['c'], { pulledDaysAgo: 30 }),
      image('long not pulled', 400, ['d'], { pulledDaysAgo: 31 }),
      image('a year in the archive', 400, ['e'], { archivedDaysAgo: 365 }),
      image('longer in the archive', 400, ['f'], { archivedDaysAgo: 366 }),
    ];
    expect(fates(retention, images)).toEqual({
      kept: ['young', 'old but pulled', 'a year in the archive'],
      archived: ['old', 'long not pulled'],
      expired: ['longer in the archive'],
    });
  });
});

describe('Retention.explain', () => {
  test('says which rule decides, also when it keeps', () => {
    const retention = [Retention.keepLast(1, { tags: ['v*'] }), Retention.expireUntagged(days(7))];
    const images = [
      image('new', 1, ['v2', 'main']),
      image('old', 9, ['v1']),
      image('loose', 8),
      image('other', 99, ['x']),
    ];
    expect(Retention.explain(retention, images)).toEqual([
      { name: 'new', fate: 'kept', rule: 'Keep the last 1 images tagged v*' },
      { name: 'old', fate: 'expired', rule: 'Keep the last 1 images tagged v*' },
      { name: 'loose', fate: 'expired', rule: 'Expire images without a tag' },
      { name: 'other', fate: 'kept' },
    ]);
  });

  test('makes parts of a manifest list wait until the list is gone or archived', () => {
    const retention = [Retention.expireUntagged(days(7))];
    const list = image('list', 30, ['v1']);
    const part = image('amd64', 30, [], { listedBy: 'list' });
    expect(Retention.explain(retention, [list, part])).toEqual([
      { name: 'list', fate: 'kept' },
      { name: 'amd64', fate: 'kept', rule: 'Expire images without a tag', waitsFor: 'list' },
    ]);
    expect(fates(retention, [{ ...list, archivedDaysAgo: 1 }, part]).expired).toEqual(['amd64']);
    expect(fates(retention, [{ ...part, listedBy: undefined }]).expired).toEqual(['amd64']);
  });

  test('makes them wait also when the list goes in the same run', () => {
    const retention = [Retention.expireOlderThan(days(7))];
    const images = [image('list', 8, ['v1']), image('arm64', 8, [], { listedBy: 'list' })];
    expect(fates(retention, images)).toEqual({ kept: ['arm64'], archived: [], expired: ['list'] });
  });

  test('counts images that an earlier rule keeps or deletes', () => {
    const retention = [Retention.keep(['prod']), Retention.keepLast(2)];
    const images = [image('a', 1, ['prod']), image('b', 2, ['x']), image('c', 3, ['y']), image('d', 4)];
    expect(fates(retention, images)).toEqual({ kept: ['a', 'b'], archived: [], expired: ['c', 'd'] });
  });

  test('archives nothing that a tag rule selects: the trap of api.md', () => {
    const retention = [
      Retention.expireUntagged(days(7)),
      Retention.keepLast(30, { tags: ['v*'] }),
      Retention.archiveUnused(days(90), { expireAfter: days(180) }),
    ];
    const images = [
      image('release', 500, ['v1']),
      image('loose', 1),
      image('build', 91, ['sha-1']),
      image('used build', 91, ['sha-2'], { pulledDaysAgo: 90 }),
    ];
    expect(fates(retention, images)).toEqual({
      kept: ['release', 'loose', 'used build'],
      archived: ['build'],
      expired: [],
    });
  });

  test('lets archived images alone when no rule is for the archive', () => {
    const retention = [Retention.expireUntagged(days(1)), Retention.keepLast(1)];
    const images = [image('new', 2, ['a']), image('old', 200, ['b'], { archivedDaysAgo: 100 })];
    expect(Retention.explain(retention, images)).toEqual([
      { name: 'new', fate: 'kept', rule: 'Keep the last 1 images' },
      { name: 'old', fate: 'kept' },
    ]);
  });

  test('does not count archived images', () => {
    const images = [image('new', 2, ['a'], { archivedDaysAgo: 1 }), image('old', 200, ['b'])];
    expect(fates([Retention.keepLast(1)], images).kept).toEqual(['new', 'old']);
  });

  test('takes the later of two of the same age as the newer one, and leaves the order of its input', () => {
    const images = [image('z', 5, ['z']), image('b', 3, ['b']), image('a', 3, ['a'])];
    expect(fates([Retention.keepLast(1)], images)).toEqual({ kept: ['a'], archived: [], expired: ['z', 'b'] });
    expect(images.map(({ name }) => name)).toEqual(['z', 'b', 'a']);
  });

  test('knows that the days of a rule are more than so many', () => {
    const images = [image('7', 7), image('7 and an hour', 7.05)];
    expect(fates([Retention.expireUntagged(days(7))], images).expired).toEqual(['7 and an hour']);
  });

  test('takes nothing: no images, no rules', () => {
    expect(Retention.explain([Retention.keepLast(1)], [])).toEqual([]);
    expect(Retention.explain([], [image('a', 1)])).toEqual([{ name: 'a', fate: 'kept' }]);
  });

  test('fails as policyText does when a rule can never act', () => {
    expectFailure(
      () => Retention.explain([Retention.keepLast(1), Retention.keepLast(2)], []),
      "a rule of retention for all images must be the last one, got 'Keep the last 1 images' before 'Keep the last 2 images': move it to the end",
    );
  });

  const token = () => new CfnParameter(new Stack(newApp(), 'S'), 'P', { type: 'Number' }).valueAsNumber;

  test.each<[string, ExampleImage[], string | RegExp]>([
    ['has no name', [image('', 1)], "the name of an example must be a name, got ''"],
    ['has the name of another', [image('a', 1), image('a', 2)], "the names of examples must be unique, got 'a' twice"],
    [
      'has the tag of another',
      [image('a', 1, ['v1']), image('b', 2, ['v2', 'v1'])],
      "the tags of examples must be unique, got 'v1' twice",
    ],
    ['has a tag twice', [image('a', 1, ['v1', 'v1'])], "the tags of examples must be unique, got 'v1' twice"],
    [
      'has an empty tag',
      [image('a', 1, [''])],
      "a tag of 'a' must be a tag such as '1.4.2', without wildcards, got ''",
    ],
    [
      'has a pattern for a tag',
      [image('a', 1, ['v*'])],
      "a tag of 'a' must be a tag such as '1.4.2', without wildcards, got 'v*'",
    ],
    [
      'has a token for a tag',
      [image('a', 1, [Token.asString({ Ref: 'Tag' })])],
      /^a tag of 'a' must be a tag such as '1.4.2', without wildcards, got '\$\{Token/,
    ],
    ['has no age', [{ name: 'a' } as ExampleImage], "pushedDaysAgo of 'a' must be at least 0, got undefined"],
    ['was pushed tomorrow', [image('a', -1)], "pushedDaysAgo of 'a' must be at least 0, got -1"],
    ['was pushed at NaN', [image('a', NaN)], "pushedDaysAgo of 'a' must be at least 0, got NaN"],
    ['was pushed at a text', [image('a', '5' as unknown as number)], "pushedDaysAgo of 'a' must be at least 0, got 5"],
    ['was pushed at a token', [image('a', token())], /^pushedDaysAgo of 'a' must be at least 0, got -/],
    [
      'was pulled before it was pushed',
      [image('a', 5, [], { pulledDaysAgo: 6 })],
      "pulledDaysAgo of 'a' must be between 0 and the 5 days since its push, got 6",
    ],
    [
      'was pulled at NaN',
      [image('a', 5, [], { pulledDaysAgo: NaN })],
      "pulledDaysAgo of 'a' must be between 0 and the 5 days since its push, got NaN",
    ],
    [
      'was archived before it was pushed',
      [image('a', 5, [], { archivedDaysAgo: 5.5 })],
      "archivedDaysAgo of 'a' must be between 0 and the 5 days since its push, got 5.5",
    ],
    [
      'is in a list that is not there',
      [image('a', 5, [], { listedBy: 'b' })],
      "listedBy of 'a' must be the name of an example, got 'b'",
    ],
    ['is in itself', [image('a', 5, [], { listedBy: 'a' })], "listedBy of 'a' must not lead back, got 'a' in 'a'"],
    [
      'is in itself by way of another',
      [image('a', 5, [], { listedBy: 'b' }), image('b', 5, [], { listedBy: 'a' })],
      "listedBy of 'a' must not lead back, got 'a' in 'b' in 'a'",
    ],
  ])('fails when an image %s', (_name, images, message) => {
    expectFailure(() => Retention.explain([Retention.keepLast(1)], images), message);
  });

  test('takes an image that was pushed, pulled and archived just now', () => {
    const images = [
      image('a', 0, ['v1'], { pulledDaysAgo: 0 }),
      image('b', 0, [], { archivedDaysAgo: 0, listedBy: 'a' }),
    ];
    expect(fates([Retention.keepLast(1)], images).kept).toEqual(['a', 'b']);
  });
});
