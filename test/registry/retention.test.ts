import { aws_ecr as ecr, Duration, Stack } from 'aws-cdk-lib';
import { ContainerRepository, Retention } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';

interface Rule {
  readonly rulePriority: number;
  readonly description: string;
  readonly selection: Record<string, unknown>;
  readonly action: Record<string, unknown>;
}

const days = (count: number) => Duration.days(count);

function policyOf(props: { retention?: Retention[] } = {}): string {
  const stack = new Stack(newApp(), 'Registry');
  new ContainerRepository(stack, 'Images', props);
  return only(Template.fromStack(stack), 'AWS::ECR::Repository').Properties.LifecyclePolicy?.LifecyclePolicyText;
}

function rules(...retention: Retention[]): Rule[] {
  return JSON.parse(Retention.policyText(retention)).rules;
}

/** Every factory, with and without tags. */
const KINDS: [string, () => Retention][] = [
  ['expireUntagged', () => Retention.expireUntagged(days(1))],
  ['keepLast of all', () => Retention.keepLast(1)],
  ['keepLast of a pattern', () => Retention.keepLast(1, { tags: ['v*'] })],
  ['keep', () => Retention.keep(['v'])],
  ['expireOlderThan of all', () => Retention.expireOlderThan(days(1))],
  ['expireOlderThan of a pattern', () => Retention.expireOlderThan(days(1), { tags: ['v'] })],
  ['archiveUnused of all', () => Retention.archiveUnused(days(1))],
  ['archiveUnused of a pattern', () => Retention.archiveUnused(days(1), { tags: ['v'] })],
  ['archiveUnused with an end', () => Retention.archiveUnused(days(1), { expireAfter: days(90) })],
  ['expireArchived of all', () => Retention.expireArchived(days(90))],
  ['expireArchived of a pattern', () => Retention.expireArchived(days(90), { tags: ['v'] })],
];

describe('a ContainerRepository', () => {
  test('expires untagged images after a week when nothing is said', () => {
    expect(JSON.parse(policyOf())).toEqual({
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
    expect(policyOf({ retention: [] })).toBeUndefined();
  });

  test('shares values with others', () => {
    const stack = new Stack(newApp(), 'Registry');
    const retention = [Retention.keep(['v*']), Retention.expireUntagged(days(1)), Retention.keepLast(3)];
    new ContainerRepository(stack, 'One', { retention });
    new ContainerRepository(stack, 'Two', { retention });
    const made = Object.values(Template.fromStack(stack).findResources('AWS::ECR::Repository'));
    expect(made.map((one) => one.Properties.LifecyclePolicy.LifecyclePolicyText)).toEqual([
      Retention.policyText(retention),
      Retention.policyText(retention),
    ]);
  });
});

describe('Retention', () => {
  test('expireUntagged counts days since the push', () => {
    expect(rules(Retention.expireUntagged(Duration.hours(48)))).toEqual([
      {
        rulePriority: 1,
        description: 'Expire images without a tag',
        selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 2, countUnit: 'days' },
        action: { type: 'expire' },
      },
    ]);
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

  test('keep selects images for a hundred years', () => {
    expect(rules(Retention.keep(['prod', 'v*']))).toEqual(
      ['prod', 'v*'].map((pattern, index) => ({
        rulePriority: index + 1,
        description: `Keep images tagged ${pattern}`,
        selection: {
          tagStatus: 'tagged',
          tagPatternList: [pattern],
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: 36500,
        },
        action: { type: 'expire' },
      })),
    );
  });

  test.each([
    ['archiveUnused with expireAfter', Retention.archiveUnused(days(30), { expireAfter: days(90) })],
    ['expireArchived', Retention.expireArchived(days(90))],
  ])('keep keeps archived images too when there is %s', (_name, other) => {
    const made = rules(Retention.keep(['prod']), other);
    expect(made.filter(({ selection }) => selection.storageClass === 'archive')).toEqual([
      {
        rulePriority: 2,
        description: 'Keep archived images tagged prod',
        selection: {
          tagStatus: 'tagged',
          tagPatternList: ['prod'],
          storageClass: 'archive',
          countType: 'sinceImageTransitioned',
          countUnit: 'days',
          countNumber: 36500,
        },
        action: { type: 'expire' },
      },
      expect.objectContaining({ description: 'Expire images after 90 days in the archive' }),
    ]);
  });

  test('keep says nothing of the archive when nothing is deleted from it', () => {
    const made = rules(Retention.keep(['prod']), Retention.archiveUnused(days(30)));
    expect(made.map(({ description }) => description)).toEqual([
      'Keep images tagged prod',
      'Archive images not pulled for 30 days',
    ]);
  });

  test('expireOlderThan counts days since the push', () => {
    expect(rules(Retention.expireOlderThan(days(14), { tags: ['pr-*'] }), Retention.expireOlderThan(days(60)))).toEqual(
      [
        {
          rulePriority: 1,
          description: 'Expire images tagged pr-* 14 days after their push',
          selection: {
            tagStatus: 'tagged',
            tagPatternList: ['pr-*'],
            countType: 'sinceImagePushed',
            countUnit: 'days',
            countNumber: 14,
          },
          action: { type: 'expire' },
        },
        {
          rulePriority: 2,
          description: 'Expire images 60 days after their push',
          selection: { tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 60 },
          action: { type: 'expire' },
        },
      ],
    );
  });

  test('archiveUnused counts days since the pull, and expireAfter those in the archive', () => {
    expect(rules(Retention.archiveUnused(days(30), { expireAfter: days(180) }))).toEqual([
      {
        rulePriority: 1,
        description: 'Archive images not pulled for 30 days',
        selection: { tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 30 },
        action: { type: 'transition', targetStorageClass: 'archive' },
      },
      {
        rulePriority: 2,
        description: 'Expire images after 180 days in the archive',
        selection: {
          tagStatus: 'any',
          storageClass: 'archive',
          countType: 'sinceImageTransitioned',
          countUnit: 'days',
          countNumber: 180,
        },
        action: { type: 'expire' },
      },
    ]);
  });

  test('archiveUnused with tags takes the same tags from the archive', () => {
    const made = rules(Retention.archiveUnused(days(30), { tags: ['a*', 'b*'], expireAfter: days(90) }));
    expect(made.map(({ selection }) => [selection.tagPatternList, selection.storageClass])).toEqual([
      [['a*'], undefined],
      [['b*'], undefined],
      [['a*'], 'archive'],
      [['b*'], 'archive'],
    ]);
  });

  test('expireArchived leaves standard storage alone', () => {
    expect(rules(Retention.expireArchived(days(365), { tags: ['v*'] }))).toEqual([
      {
        rulePriority: 1,
        description: 'Expire images tagged v* after 365 days in the archive',
        selection: {
          tagStatus: 'tagged',
          tagPatternList: ['v*'],
          storageClass: 'archive',
          countType: 'sinceImageTransitioned',
          countUnit: 'days',
          countNumber: 365,
        },
        action: { type: 'expire' },
      },
    ]);
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

  test('puts the rules for all images of both storage classes last', () => {
    const made = rules(
      Retention.archiveUnused(days(30)),
      Retention.expireArchived(days(90), { tags: ['pr-*'] }),
      Retention.expireArchived(days(365)),
    );
    expect(made.map(({ rulePriority, description }) => [rulePriority, description])).toEqual([
      [1, 'Expire images tagged pr-* after 90 days in the archive'],
      [2, 'Archive images not pulled for 30 days'],
      [3, 'Expire images after 365 days in the archive'],
    ]);
  });

  test.each(KINDS)('%s alone has the 100 characters that CloudFormation wants', (_name, retention) => {
    expect(Retention.policyText([retention()]).length).toBeGreaterThanOrEqual(100);
  });

  test.each(KINDS)('%s says what it does in the 256 characters of a description', (_name, retention) => {
    retention()
      .bind()
      .forEach(({ description }) => expect(description.length + 127).toBeLessThanOrEqual(256));
  });

  test.each(KINDS)('%s makes the policy of a repository of the user', (_name, retention) => {
    const stack = new Stack(newApp(), 'Registry');
    const repository = new ecr.CfnRepository(stack, 'Own');
    repository.lifecyclePolicy = { lifecyclePolicyText: Retention.policyText([retention()]) };
    const { Properties } = only(Template.fromStack(stack), 'AWS::ECR::Repository');
    expect(Properties.LifecyclePolicy.LifecyclePolicyText).toBe(policyOf({ retention: [retention()] }));
  });

  test('bind gives the rules without priorities', () => {
    expect(Retention.keep(['v*']).bind()).toEqual([
      {
        description: 'Keep images tagged v*',
        tagStatus: 'tagged',
        tagPatterns: ['v*'],
        countType: 'sinceImagePushed',
        countNumber: 36500,
      },
      {
        description: 'Keep archived images tagged v*',
        tagStatus: 'tagged',
        tagPatterns: ['v*'],
        countType: 'sinceImageTransitioned',
        countNumber: 36500,
      },
    ]);
  });

  test('takes 50 rules', () => {
    expect(rules(...many(49), Retention.keepLast(1)).map((rule) => rule.rulePriority)).toHaveLength(50);
  });

  test('fails when there are 51 rules', () => {
    expectFailure(
      () => rules(...many(51)),
      'retention must compile to at most 50 rules, got 51: each pattern of tags is one',
    );
  });

  test('50 rules of the longest patterns fit', () => {
    const patterns = Array.from({ length: 50 }, (_, index) => `${index}`.padStart(124, 'x') + '****');
    expect(Retention.policyText([Retention.archiveUnused(days(10000), { tags: patterns })]).length).toBeLessThan(30720);
  });

  test('fails when a policy would be empty', () => {
    expectFailure(
      () => Retention.policyText([]),
      'retention must have an entry for a policy, got an empty list: leave the policy out',
    );
  });
});

function many(count: number): Retention[] {
  return Array.from({ length: count }, (_, index) => Retention.keepLast(1, { tags: [`v${index}.*`] }));
}
