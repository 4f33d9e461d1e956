import { aws_ecr as ecr, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { ContainerRepository, Retention } from '../../lib';
import { newApp, only, Template } from '../support/fixture';

interface Rule {
  readonly rulePriority: number;
  readonly description: string;
  readonly selection: Record<string, unknown>;
  readonly action: Record<string, unknown>;
}

const days = (count: number) => Duration.days(count);

function policyText(retention?: Retention[]): string {
  const stack = new Stack(newApp(), 'Registry');
  new ContainerRepository(stack, 'Images', { retention });
  return only(Template.fromStack(stack), 'AWS::ECR::Repository').Properties.LifecyclePolicy?.LifecyclePolicyText;
}

function rules(...retention: Retention[]): Rule[] {
  return JSON.parse(policyText(retention)).rules;
}

const KINDS: [string, () => Retention][] = [
  ['expireUntagged', () => Retention.expireUntagged(days(1))],
  ['keepLast of all', () => Retention.keepLast(1)],
  ['keepLast of a pattern', () => Retention.keepLast(1, { tags: ['v'] })],
];

describe('Retention', () => {
  test('expires untagged images after a week when nothing is said', () => {
    expect(JSON.parse(policyText())).toEqual({
      rules: [
        {
          rulePriority: 1,
          description: 'Expire images without a tag',
          selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 7, countUnit: 'days' },
          action: { type: 'expire' },
        },
      ],
    });
  });

  test('keeps everything when the list is empty', () => {
    expect(policyText([])).toBeUndefined();
  });

  test('expireUntagged counts days since the push', () => {
    expect(rules(Retention.expireUntagged(Duration.hours(48)))[0].selection).toEqual({
      tagStatus: 'untagged',
      countType: 'sinceImagePushed',
      countNumber: 2,
      countUnit: 'days',
    });
  });

  test('keepLast counts all images that no earlier rule selects', () => {
    expect(rules(Retention.keepLast(30))).toEqual([
      {
        rulePriority: 1,
        description: 'Keep the last 30 images',
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 },
        action: { type: 'expire' },
      },
    ]);
  });

  test('keepLast makes one rule for each pattern, because the patterns of one rule must all match', () => {
    expect(rules(Retention.keepLast(30, { tags: ['v*', 'release-*'] }))).toEqual(
      ['v*', 'release-*'].map((pattern, index) => ({
        rulePriority: index + 1,
        description: `Keep the last 30 images tagged ${pattern}`,
        selection: { tagStatus: 'tagged', tagPatternList: [pattern], countType: 'imageCountMoreThan', countNumber: 30 },
        action: { type: 'expire' },
      })),
    );
  });

  test('gives ascending priorities in the order of the list, and the last one to the rule for all images', () => {
    const made = rules(
      Retention.keepLast(10, { tags: ['v*', 'r*'] }),
      Retention.expireUntagged(days(3)),
      Retention.keepLast(5, { tags: ['pr-*'] }),
      Retention.keepLast(100),
    );
    expect(made.map((rule) => rule.rulePriority)).toEqual([1, 2, 3, 4, 5]);
    expect(made.map((rule) => rule.selection.tagPatternList ?? rule.selection.tagStatus)).toEqual([
      ['v*'],
      ['r*'],
      'untagged',
      ['pr-*'],
      'any',
    ]);
  });

  test.each(KINDS)('%s alone has the 100 characters that CloudFormation wants', (_name, retention) => {
    expect(policyText([retention()]).length).toBeGreaterThanOrEqual(100);
  });

  test.each(KINDS)('%s gives its rules to a repository of the user', (_name, retention) => {
    const stack = new Stack(newApp(), 'Registry');
    const repository = new ecr.Repository(stack, 'Own');
    retention()
      .bind()
      .forEach((rule) => repository.addLifecycleRule(rule));
    const { Properties } = only(Template.fromStack(stack), 'AWS::ECR::Repository');
    expect(JSON.parse(Properties.LifecyclePolicy.LifecyclePolicyText)).toEqual(JSON.parse(policyText([retention()])));
  });

  test('one value serves several repositories', () => {
    const stack = new Stack(newApp(), 'Registry');
    const retention = [Retention.expireUntagged(days(1)), Retention.keepLast(3)];
    new ContainerRepository(stack, 'One', { retention });
    new ContainerRepository(stack, 'Two', { retention });
    const made = Object.values(Template.fromStack(stack).findResources('AWS::ECR::Repository'));
    expect(made.map((one) => one.Properties.LifecyclePolicy.LifecyclePolicyText)).toEqual([
      policyText(retention),
      policyText(retention),
    ]);
  });

  test('fails when count or age are tokens, which would be text in a text', () => {
    const number = new CfnParameter(new Stack(newApp(), 'Registry'), 'Number', { type: 'Number' }).valueAsNumber;
    expect(() => Retention.expireUntagged(days(number))).toThrow(
      'the age of expireUntagged must be known at synthesis',
    );
    expect(() => Retention.keepLast(number)).toThrow('the count of keepLast must be known at synthesis');
  });

  test('takes 50 rules', () => {
    expect(rules(...many(49), Retention.keepLast(1)).map((rule) => rule.rulePriority)).toHaveLength(50);
  });

  test('fails when there are 51 rules', () => {
    expect(() => rules(...many(51))).toThrow('retention must compile to at most 50 rules, got 51');
  });

  test.each([
    [0, 'the count of keepLast must be at least 1, got 0'],
    [-1, 'the count of keepLast must be at least 1, got -1'],
    [1.5, 'the count of keepLast must be a whole number, got 1.5'],
    [NaN, 'the count of keepLast must be at least 1, got NaN'],
  ])('fails when the count is %d', (count, message) => {
    expect(() => Retention.keepLast(count)).toThrow(message);
    expect(() => Retention.keepLast(count, { tags: ['v*'] })).toThrow(message);
  });

  test.each([
    [Duration.days(0), 'the age of expireUntagged in days must be at least 1, got 0'],
    [Duration.hours(12), 'the age of expireUntagged in days must be at least 1, got 0.5'],
    [Duration.hours(36), 'the age of expireUntagged in days must be a whole number, got 1.5'],
  ])('fails when the age is %s', (age, message) => {
    expect(() => Retention.expireUntagged(age)).toThrow(message);
  });

  test.each(['', 'a*b*c*d*e*f', 'x'.repeat(129)])('fails when a tag pattern is %j', (pattern) => {
    expect(() => Retention.keepLast(1, { tags: ['v*', pattern] })).toThrow(
      `a tag pattern of keepLast must be 1 to 128 characters with at most 4 wildcards, got '${pattern}'`,
    );
  });

  test('takes a pattern with four wildcards', () => {
    expect(rules(Retention.keepLast(1, { tags: ['a*b*c*d*'] }))[0].selection.tagPatternList).toEqual(['a*b*c*d*']);
  });

  test('fails when the list of tags is empty', () => {
    expect(() => Retention.keepLast(1, { tags: [] })).toThrow(
      "tags of keepLast must name at least one pattern such as 'v*', got an empty list: leave it out for all images",
    );
  });

  test.each<[string, () => Retention[], string]>([
    [
      'before one for untagged images',
      () => [Retention.keepLast(5), Retention.expireUntagged(days(1))],
      "a rule of retention for all images must be the last one, got 'Keep the last 5 images' before 'Expire images without a tag': move it to the end",
    ],
    [
      'twice',
      () => [Retention.keepLast(5), Retention.keepLast(9)],
      "a rule of retention for all images must be the last one, got 'Keep the last 5 images' before 'Keep the last 9 images': move it to the end",
    ],
  ])('fails when a rule for all images stands %s', (_name, retention, message) => {
    expect(() => rules(...retention())).toThrow(message);
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
  ])('fails when two rules select %s', (_name, retention, message) => {
    expect(() => rules(...retention())).toThrow(message);
  });

  test.each([
    ['*', 'v*'],
    ['v*', 'v1.*'],
    ['v*', 'v1'],
  ])('fails when %j selects all that the rule for %j behind it would', (first, second) => {
    const retention = [Retention.keepLast(5, { tags: [first] }), Retention.keepLast(9, { tags: [second] })];
    expect(() => rules(...retention)).toThrow(
      after(`Keep the last 9 images tagged ${second}`, `Keep the last 5 images tagged ${first}`),
    );
  });

  test('takes a narrow pattern before a wide one', () => {
    const made = rules(Retention.keepLast(9, { tags: ['v1.*'] }), Retention.keepLast(5, { tags: ['v*'] }));
    expect(made.map((rule) => rule.selection.tagPatternList)).toEqual([['v1.*'], ['v*']]);
  });
});

function many(count: number): Retention[] {
  return Array.from({ length: count }, (_, index) => Retention.keepLast(1, { tags: [`v${index}.*`] }));
}

function after(dead: string, living: string): string {
  return `a rule of retention must not select only what an earlier one does, got '${dead}' after '${living}': it could never act, remove it or move it to the front`;
}
