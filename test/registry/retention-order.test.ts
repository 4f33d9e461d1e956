import { Duration } from 'aws-cdk-lib';
import { Retention } from '../../lib';
import { mergedPolicyText } from '../../lib/registry/private/lifecycle';
import { expectFailure } from '../support/errors';

interface Rule {
  readonly selection: { readonly tagPatternList?: string[] };
}

const days = (count: number) => Duration.days(count);

function rules(...retention: Retention[]): Rule[] {
  return JSON.parse(Retention.policyText(retention)).rules;
}

describe('rules that could never act', () => {
  test.each<[string, () => Retention[], string]>([
    [
      'before one for untagged images',
      () => [Retention.keepLast(5), Retention.expireUntagged(days(1))],
      beforeLast('Keep the last 5 images', 'Expire images without a tag'),
    ],
    [
      'twice',
      () => [Retention.keepLast(5), Retention.keepLast(9)],
      beforeLast('Keep the last 5 images', 'Keep the last 9 images'),
    ],
    [
      'of another kind before it',
      () => [Retention.expireOlderThan(days(9)), Retention.archiveUnused(days(9), { expireAfter: days(90) })],
      beforeLast('Expire images 9 days after their push', 'Archive images not pulled for 9 days'),
    ],
    [
      'twice in the archive, with others in between',
      () => [
        Retention.archiveUnused(days(9), { expireAfter: days(90) }),
        Retention.expireArchived(days(99), { tags: ['v*'] }),
      ],
      beforeLast('Expire images after 90 days in the archive', 'Expire images tagged v* after 99 days in the archive'),
    ],
    [
      'in the archive before those of keep',
      () => [Retention.expireArchived(days(90)), Retention.keep(['v*'])],
      beforeLast('Expire images after 90 days in the archive', 'Keep archived images tagged v*'),
    ],
  ])('fails when a rule for all images stands %s', (_name, retention, message) => {
    expectFailure(() => rules(...retention()), message);
  });

  test.each<[string, () => Retention[], string]>([
    [
      'untagged images',
      () => [Retention.expireUntagged(days(1)), Retention.expireUntagged(days(9))],
      after('Expire images without a tag', 'Expire images without a tag'),
    ],
    [
      'one pattern in two rules',
      () => [Retention.keepLast(5, { tags: ['v*'] }), Retention.keepLast(9, { tags: ['r*', 'v*'] })],
      after('Keep the last 9 images tagged v*', 'Keep the last 5 images tagged v*'),
    ],
    [
      'one pattern twice in a list',
      () => [Retention.keepLast(5, { tags: ['v*', 'v*'] })],
      after('Keep the last 5 images tagged v*', 'Keep the last 5 images tagged v*'),
    ],
    [
      'one pattern in rules of two kinds',
      () => [Retention.keep(['v*']), Retention.archiveUnused(days(9), { tags: ['v*'] })],
      after('Archive images tagged v* not pulled for 9 days', 'Keep images tagged v*'),
    ],
    [
      'one pattern in the archive',
      () => [Retention.keep(['v*']), Retention.expireArchived(days(90), { tags: ['v1*'] })],
      after('Expire images tagged v1* after 90 days in the archive', 'Keep archived images tagged v*'),
    ],
    [
      'tagged and untagged images before one for all',
      () => [
        Retention.keepLast(5, { tags: ['v*'] }),
        Retention.keepLast(5, { tags: ['*'] }),
        Retention.expireUntagged(days(1)),
        Retention.keepLast(9),
      ],
      after('Keep the last 9 images', "Expire images without a tag' and 'Keep the last 5 images tagged *"),
    ],
  ])('fails when two rules select %s', (_name, retention, message) => {
    expectFailure(() => rules(...retention()), message);
  });

  test.each([
    ['*', 'v*'],
    ['v*', 'v1.*'],
    ['v*', 'v1'],
    ['v*', 'v**'],
    ['v**', 'v*'],
    ['*-rc', 'v*-rc'],
    ['*b*', 'ab'],
    ['*a*b*', '*ab*'],
    ['a*a', 'a*a*a'],
    ['v1.2*', 'v1.2*'],
  ])('fails when %j selects all that the rule for %j behind it would', (first, second) => {
    const retention = [Retention.keepLast(5, { tags: [first] }), Retention.keepLast(9, { tags: [second] })];
    expectFailure(
      () => rules(...retention),
      after(`Keep the last 9 images tagged ${second}`, `Keep the last 5 images tagged ${first}`),
    );
  });

  test.each([
    ['v1.*', 'v*'],
    ['v1', 'v*'],
    ['v1.2', 'v1x2'],
    ['*-rc', '*'],
    ['*ab*', '*a*b*'],
    ['a*a', 'a'],
    ['V*', 'v*'],
    ['v*', '*v*'],
  ])('takes %j before %j', (first, second) => {
    const expire = (tag: string) => Retention.expireOlderThan(days(9), { tags: [tag] });
    const made = rules(expire(first), expire(second));
    expect(made.map((rule) => rule.selection.tagPatternList)).toEqual([[first], [second]]);
  });

  test('fails when a rule counts the images of one tag, of which there is one at most', () => {
    const message = (who: string, rule: string) =>
      `a rule of ${who} that counts images must have a pattern with '*', got 'prod' in '${rule}': one image at most has this tag, and the rule could never act, use Retention.keep to protect it`;
    expectFailure(
      () => rules(Retention.keepLast(1, { tags: ['v*', 'prod'] })),
      message('retention', 'Keep the last 1 images tagged prod'),
    );
    const added = {
      tagStatus: 'tagged',
      tagPatternList: ['v*', 'prod'],
      countType: 'imageCountMoreThan',
      countNumber: 1,
    };
    const text = JSON.stringify({ rules: [{ rulePriority: 1, selection: added, action: { type: 'expire' } }] });
    expectFailure(() => mergedPolicyText([], text), message('addLifecycleRule', 'tagged v* prod'));
  });

  test('are none when one is for tagged images and the other for untagged ones', () => {
    expect(rules(Retention.keepLast(5, { tags: ['*'] }), Retention.expireUntagged(days(1)))).toHaveLength(2);
    expect(rules(Retention.keepLast(5, { tags: ['*'] }), Retention.keepLast(9))).toHaveLength(2);
    expect(rules(Retention.expireUntagged(days(1)), Retention.keepLast(9))).toHaveLength(2);
  });

  test('are none when one is for standard storage and the other for the archive', () => {
    expect(
      rules(
        Retention.archiveUnused(days(9), { tags: ['v*'] }),
        Retention.keepLast(9),
        Retention.expireArchived(days(90), { tags: ['v*'] }),
        Retention.expireArchived(days(99)),
      ),
    ).toHaveLength(4);
  });
});

function beforeLast(early: string, next: string): string {
  return `a rule of retention for all images must be the last one, got '${early}' before '${next}': move it to the end`;
}

function after(dead: string, living: string): string {
  return `a rule of retention must not select only what an earlier one does, got '${dead}' after '${living}': it could never act, remove it or move it to the front`;
}
