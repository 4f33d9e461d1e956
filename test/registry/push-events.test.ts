import {
  aws_ecr as ecr,
  aws_events as events,
  aws_sqs as sqs,
  aws_events_targets as targets,
  Lazy,
  Stack,
} from 'aws-cdk-lib';
import PUSH from './events/ecr-push.json';
import { pushRule } from '../../lib/registry/private/events';
import type { OnPushOptions } from '../../lib/registry/push-options';
import { expectFailure } from '../support/errors';
import { deployedRules, matches } from '../support/event-pattern';
import type { Json } from '../support/event-pattern';
import { newApp, only, Template } from '../support/fixture';

function made(options?: OnPushOptions) {
  const stack = new Stack(newApp(), 'Registry');
  const rule = pushRule(stack, 'Rule', new ecr.Repository(stack, 'Images'), options);
  const template = Template.fromStack(stack);
  const { Rule } = deployedRules(template, { Images: 'shop/web' });
  return { stack, rule, template, matches: (event: Json) => matches(Rule.EventPattern, event) };
}

const detail = (more: Json) => ({ ...PUSH, detail: { ...PUSH.detail, ...more } });
const { 'image-tag': _tag, ...untagged } = PUSH.detail;

describe('pushRule', () => {
  test('asks for what ECR says of a push, without CloudTrail', () => {
    const { template } = made();
    expect(only(template, 'AWS::Events::Rule').Properties).toEqual({
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        detail: {
          'action-type': ['PUSH'],
          result: ['SUCCESS'],
          'repository-name': [{ Ref: only(template, 'AWS::ECR::Repository').id }],
        },
      },
    });
    expect(Object.keys(template.toJSON().Resources)).toHaveLength(2);
  });

  test.each<[string, Json, boolean]>([
    ['a push', PUSH, true],
    ['a push without a tag', { ...PUSH, detail: untagged }, true],
    ['a push of another tag', detail({ 'image-tag': 'latest' }), true],
    ['a deletion', detail({ 'action-type': 'DELETE' }), false],
    ['a failed push', detail({ result: 'FAILURE' }), false],
    ['a push to another repository', detail({ 'repository-name': 'shop/web2' }), false],
    ['a call that CloudTrail recorded', { ...PUSH, 'detail-type': 'AWS API Call via CloudTrail' }, false],
    ['an event of somebody else', { ...PUSH, source: 'my.app' }, false],
  ])('of %s', (_name, event, expected) => {
    expect(made().matches(event)).toBe(expected);
  });

  test('takes only the tags that are named', () => {
    const tags = made({ imageTags: ['1.4.2', 'latest'] });
    expect(tags.matches(PUSH)).toBe(true);
    expect(tags.matches(detail({ 'image-tag': 'latest' }))).toBe(true);
    expect(tags.matches(detail({ 'image-tag': '1.4.20' }))).toBe(false);
    expect(tags.matches({ ...PUSH, detail: untagged })).toBe(false);
  });

  test('adds a pattern of the user, which only narrows it', () => {
    const releases = made({ eventPattern: { detail: { 'image-tag': events.Match.prefix('1.') } } });
    expect(releases.matches(PUSH)).toBe(true);
    expect(releases.matches(detail({ 'image-tag': 'latest' }))).toBe(false);
    expect(releases.matches(detail({ 'action-type': 'DELETE' }))).toBe(false);
    expect(releases.matches(detail({ 'repository-name': 'other' }))).toBe(false);
  });

  test('passes name and description on, and the target', () => {
    const stack = new Stack(newApp(), 'Registry');
    const target = new targets.SqsQueue(new sqs.Queue(stack, 'Queue', { enforceSSL: true }));
    const repository = new ecr.Repository(stack, 'Images');
    pushRule(stack, 'Rule', repository, { target, ruleName: 'pushes', description: 'New images' });
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::Events::Rule').Properties).toMatchObject({
      Name: 'pushes',
      Description: 'New images',
      Targets: [{ Arn: { 'Fn::GetAtt': [only(template, 'AWS::SQS::Queue').id, 'Arn'] } }],
    });
  });

  test('stands in the stack of the target when that is named', () => {
    const app = newApp();
    const [registry, workers] = [new Stack(app, 'Registry'), new Stack(app, 'Workers')];
    const target = new targets.SqsQueue(new sqs.Queue(workers, 'Queue', { enforceSSL: true }));
    const repository = new ecr.Repository(registry, 'Images');
    const rule = pushRule(registry, 'Rule', repository, { target, crossStackScope: workers });
    expect(Stack.of(rule)).toBe(workers);
    Template.fromStack(registry).resourceCountIs('AWS::Events::Rule', 0);
    const { EventPattern } = only(Template.fromStack(workers), 'AWS::Events::Rule').Properties;
    expect(EventPattern.detail['repository-name']).toEqual([
      { 'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Registry' }) },
    ]);
  });

  test('takes an imported repository', () => {
    const stack = new Stack(newApp(), 'Registry');
    pushRule(stack, 'Rule', ecr.Repository.fromRepositoryName(stack, 'Images', 'shop/web'));
    const { EventPattern } = only(Template.fromStack(stack), 'AWS::Events::Rule').Properties;
    expect(matches(EventPattern, PUSH)).toBe(true);
  });

  test('takes a tag that is known at deployment only', () => {
    const imageTags = [Lazy.string({ produce: () => '1.4.2' })];
    expect(made({ imageTags }).matches(PUSH)).toBe(true);
  });

  test.each<[string, string[], string]>([
    ['no tags', [], 'imageTags must have at least one entry, got none: leave it out for all tags'],
    [
      'a pattern',
      ['1.4.2', 'v*'],
      "an entry of imageTags must be a whole tag such as '1.4.2' (patterns are for eventPattern), got 'v*'",
    ],
    [
      'an empty tag',
      [''],
      "an entry of imageTags must be a whole tag such as '1.4.2' (patterns are for eventPattern), got ''",
    ],
    [
      'a tag that is too long',
      ['x'.repeat(129)],
      `an entry of imageTags must be a whole tag such as '1.4.2' (patterns are for eventPattern), got '${'x'.repeat(129)}'`,
    ],
    ['a tag twice', ['a', 'b', 'a'], "imageTags must be unique, got 'a' twice"],
  ])('fails when imageTags has %s', (_name, imageTags, message) => {
    expectFailure(() => made({ imageTags }), message);
  });

  test.each([
    ['account', 'arn:aws:ecr:eu-west-1:444455556666:repository/shop/web', '111122223333', '444455556666'],
    ['region', 'arn:aws:ecr:us-east-1:111122223333:repository/shop/web', 'eu-west-1', 'us-east-1'],
  ])('fails when the repository is of another %s, where its events arise', (kind, arn, here, there) => {
    const stack = new Stack(newApp(), 'Registry', { env: { account: '111122223333', region: 'eu-west-1' } });
    const repository = ecr.Repository.fromRepositoryArn(stack, 'Images', arn);
    expectFailure(
      () => pushRule(stack, 'Rule', repository),
      `the repository 'Registry/Images' must be in the ${kind} of its rules, ${here}, got ${there}: use one there`,
    );
  });
});
