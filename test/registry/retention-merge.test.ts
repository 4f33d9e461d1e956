import { App, aws_ecr as ecr, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Retention } from '../../lib';
import { mergedPolicyText } from '../../lib/registry/private/lifecycle';
import { expectFailure } from '../support/errors';

const days = (count: number) => Duration.days(count);
const UNTAGGED = Retention.expireUntagged(days(7));

/** The policy text that the L2 makes of rules. */
function l2Text(...rules: ecr.LifecycleRule[]): string | undefined {
  const stack = new Stack(new App(), 'Registry');
  const repository = new ecr.Repository(stack, 'Own', { lifecycleRules: rules });
  return stack.resolve((repository.node.defaultChild as ecr.CfnRepository).lifecyclePolicy)?.lifecyclePolicyText;
}

/** What the merged rules select, in the order of their priorities. */
function merged(retention: Retention[], ...rules: ecr.LifecycleRule[]) {
  const text = mergedPolicyText(retention, l2Text(...rules));
  const { rules: made } = JSON.parse(text!);
  expect(made.map(({ rulePriority }: { rulePriority: number }) => rulePriority)).toEqual(
    made.map((_: unknown, index: number) => index + 1),
  );
  return made.map(({ selection }: { selection: { [key: string]: unknown } }) => selection);
}

describe('rules of the L2', () => {
  test('are none when none were added', () => {
    expect(mergedPolicyText([UNTAGGED], l2Text())).toBe(Retention.policyText([UNTAGGED]));
    expect(mergedPolicyText([], l2Text())).toBeUndefined();
  });

  test('are a policy of their own', () => {
    const rule = { tagPatternList: ['pr-*'], maxImageAge: days(14), description: 'Old pull requests' };
    expect(JSON.parse(mergedPolicyText([], l2Text(rule))!)).toEqual({
      rules: [
        {
          rulePriority: 1,
          description: 'Old pull requests',
          selection: {
            tagStatus: 'tagged',
            tagPatternList: ['pr-*'],
            countType: 'sinceImagePushed',
            countUnit: 'days',
            countNumber: 14,
          },
          action: { type: 'expire' },
        },
      ],
    });
  });

  test('come after those of retention, as they were written, in the order of their priorities', () => {
    expect(
      merged(
        [UNTAGGED, Retention.keepLast(5, { tags: ['v*'] })],
        { tagPrefixList: ['b', 'a'], maxImageCount: 3, rulePriority: 20 },
        { tagPatternList: ['x*y'], maxImageCount: 4, rulePriority: 10 },
      ),
    ).toEqual([
      { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 },
      { tagStatus: 'tagged', tagPatternList: ['v*'], countType: 'imageCountMoreThan', countNumber: 5 },
      { tagStatus: 'tagged', tagPatternList: ['x*y'], countType: 'imageCountMoreThan', countNumber: 4 },
      { tagStatus: 'tagged', tagPrefixList: ['b', 'a'], countType: 'imageCountMoreThan', countNumber: 3 },
    ]);
  });

  test('come before the rules of retention for all images', () => {
    expect(
      merged([Retention.archiveUnused(days(30), { expireAfter: days(90) })], {
        tagPatternList: ['pr-*'],
        maxImageCount: 3,
      }),
    ).toEqual([
      expect.objectContaining({ tagPatternList: ['pr-*'] }),
      expect.objectContaining({ tagStatus: 'any', countType: 'sinceImagePulled' }),
      expect.objectContaining({ tagStatus: 'any', countType: 'sinceImageTransitioned' }),
    ]);
  });

  test('may be for all images', () => {
    expect(
      merged([Retention.expireArchived(days(90)), UNTAGGED], { maxImageCount: 3 }).map(
        ({ countType }: { countType: string }) => countType,
      ),
    ).toEqual(['sinceImagePushed', 'sinceImageTransitioned', 'imageCountMoreThan']);
  });

  test.each<[string, Retention[], ecr.LifecycleRule[], string]>([
    [
      'untagged images again',
      [UNTAGGED],
      [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageCount: 1 }],
      dead('untagged', 'Expire images without a tag'),
    ],
    [
      'all images again',
      [Retention.keepLast(3)],
      [{ maxImageAge: days(30), description: 'Old' }],
      dead('Old', 'Keep the last 3 images'),
    ],
    [
      'a pattern that retention has',
      [Retention.keep(['v*'])],
      [{ tagPatternList: ['v1*'], maxImageCount: 1 }],
      dead('tagged v1*', 'Keep images tagged v*'),
    ],
    [
      'a prefix whose pattern retention has',
      [Retention.keep(['v*'])],
      [{ tagPrefixList: ['v'], maxImageCount: 1 }],
      dead('tagged v*', 'Keep images tagged v*'),
    ],
    [
      'several tags, of which retention has one',
      [Retention.keep(['v*'])],
      [{ tagPatternList: ['a*', 'v1'], maxImageCount: 1 }],
      dead('tagged a* v1', 'Keep images tagged v*'),
    ],
    [
      'a prefix that another prefix takes',
      [],
      [
        { tagPrefixList: ['v'], maxImageCount: 1 },
        { tagPrefixList: ['v1'], maxImageCount: 1 },
      ],
      dead('tagged v1*', 'tagged v*'),
    ],
    [
      'the same tags in another order',
      [],
      [
        { tagPatternList: ['a*', 'b*'], maxImageCount: 1 },
        { tagPatternList: ['b*', 'a*'], maxImageCount: 1 },
      ],
      dead('tagged b* a*', 'tagged a* b*'),
    ],
    [
      'more tags than another rule',
      [],
      [
        { tagPatternList: ['a*', 'b*'], maxImageCount: 1 },
        { tagPatternList: ['b1', 'c', 'a1'], maxImageCount: 1 },
      ],
      dead('tagged b1 c a1', 'tagged a* b*'),
    ],
  ])('fails when they select %s', (_name, retention, rules, message) => {
    expectFailure(() => merged(retention, ...rules), message);
  });

  test('may ask for more tags before fewer, and for two of which an earlier rule has one', () => {
    expect(
      merged([], { tagPatternList: ['a*', 'b*'], maxImageCount: 1 }, { tagPatternList: ['a*'], maxImageCount: 1 }),
    ).toHaveLength(2);
    expect(
      merged(
        [],
        { tagPatternList: ['a*', 'b*'], maxImageCount: 1 },
        { tagPatternList: ['b*', 'c*'], maxImageCount: 1 },
      ),
    ).toHaveLength(2);
  });

  test('fail when they leave nothing to a rule of retention for all images', () => {
    expectFailure(
      () => merged([UNTAGGED, Retention.keepLast(9)], { tagPatternList: ['*'], maxImageCount: 2 }),
      "a rule of retention must not select only what an earlier one does, got 'Keep the last 9 images' after " +
        "'Expire images without a tag' and 'tagged *': it could never act, remove it or move it to the front",
    );
  });

  test.each<[ecr.LifecycleRule, string]>([
    [{ maxImageCount: 0 }, 'the count or age of addLifecycleRule must be at least 1, got 0'],
    [{ maxImageCount: 1.5 }, 'the count or age of addLifecycleRule must be a whole number, got 1.5'],
    [{ maxImageAge: days(0) }, 'the count or age of addLifecycleRule must be at least 1, got 0'],
    [
      { maxImageCount: 1, tagPatternList: ['a b'] },
      "a tag pattern or prefix of addLifecycleRule must be 1 to 128 letters, digits, '_', '.' and '-' with at most 4 wildcards '*', not beginning with '.' or '-', got 'a b'",
    ],
    [
      { maxImageCount: 1, tagPrefixList: ['-rc'] },
      "a tag pattern or prefix of addLifecycleRule must be 1 to 128 letters, digits, '_', '.' and '-' with at most 4 wildcards '*', not beginning with '.' or '-', got '-rc'",
    ],
  ])('fails for %j', (rule, message) => {
    expectFailure(() => merged([], rule), message);
  });

  test('fails when a count or an age is a token', () => {
    const stack = new Stack(new App(), 'Registry');
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    const message =
      'the count or age of addLifecycleRule must be known at synthesis, because it is text in the policy, got a token: write it out';
    for (const rule of [{ maxImageCount: number }, { maxImageAge: days(number) }]) {
      const repository = new ecr.Repository(stack, `Own${Object.keys(rule)[0]}`, { lifecycleRules: [rule] });
      const policy = stack.resolve((repository.node.defaultChild as ecr.CfnRepository).lifecyclePolicy);
      expectFailure(() => mergedPolicyText([], policy.lifecyclePolicyText), message);
    }
  });

  test('count towards the 50 rules', () => {
    const tags = (count: number) => Array.from({ length: count }, (_, index) => `v${index}.*`);
    const more = { tagPatternList: ['pr-*'], maxImageCount: 1 };
    expect(merged([Retention.keepLast(1, { tags: tags(49) })], more)).toHaveLength(50);
    expectFailure(
      () => merged([Retention.keepLast(1, { tags: tags(50) })], more),
      'retention must compile to at most 50 rules, got 51: each pattern of tags is one',
    );
  });

  test('fails when the text is longer than ECR takes', () => {
    const text = (length: number) =>
      mergedPolicyText([], l2Text({ maxImageCount: 1, description: 'd'.repeat(length) }))!;
    const longest = 30720 - text(1).length + 1;
    expect(text(longest)).toHaveLength(30720);
    expectFailure(
      () => text(longest + 1),
      'retention must compile to at most 30720 characters, got 30721: use fewer or shorter patterns',
    );
  });
});

function dead(rule: string, living: string): string {
  return `a rule of addLifecycleRule must not select only what an earlier one does, got '${rule}' after '${living}': it could never act, remove it or make it one of retention`;
}
