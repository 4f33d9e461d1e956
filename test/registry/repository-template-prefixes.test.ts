import { aws_ecr as ecr, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AppliedFor, RepositoryTemplate } from '../../lib';
import { newApp, warnings } from '../support/fixture';

const HERE = { env: { account: '111122223333', region: 'eu-west-1' } };
const PUSH = [AppliedFor.CREATE_ON_PUSH];

function first(stackProps?: StackProps): Stack {
  const stack = new Stack(newApp(), 'Shop', stackProps);
  new RepositoryTemplate(stack, 'Team', { prefix: 'team', appliedFor: PUSH });
  return stack;
}

describe('two templates of one prefix', () => {
  function second(scope: (stack: Stack) => Stack, prefix = 'team/', firstProps: StackProps = {}) {
    const stack = first(firstProps);
    new RepositoryTemplate(scope(stack), 'Again', { prefix, appliedFor: [AppliedFor.PULL_THROUGH_CACHE] });
    return stack;
  }
  const CHANGE = 'make one that says all of it, or give one of them another prefix';
  const twice = (one: string, other: string) =>
    `an account must have one AWS::ECR::RepositoryCreationTemplate for the prefix 'team' in each region, got '${one}' and '${other}': ${CHANGE}`;
  const synth = (stack: Stack) => () => (stack.node.root as Stage).synth();

  test('fails when they are in one stack', () => {
    const stack = second((same) => same);
    expect(synth(stack)).toThrow(
      new RegExp(`\\n  \\[Shop/Again/Template\\] ${twice('Shop/Team/Template', 'Shop/Again/Template')}$`),
    );
  });

  test('fails when one is in a nested stack', () => {
    const stack = second((same) => new NestedStack(same, 'Nested'));
    expect(synth(stack)).toThrow(twice('Shop/Team/Template', 'Shop/Nested/Again/Template'));
  });

  test('fails when they are in stacks of one account and region, one in a stage', () => {
    const stack = second(({ node }) => new Stack(new Stage(node.root, 'Prod', HERE), 'Other'), 'team', HERE);
    expect(synth(stack)).toThrow(twice('Shop/Team/Template', 'Prod/Other/Again/Template'));
  });

  test('fails when the other one is a bare L1, before or after it', () => {
    const props = { prefix: 'team/', appliedFor: ['REPLICATION'] };
    const stack = first();
    new ecr.CfnRepositoryCreationTemplate(stack, 'Bare', props);
    expect(synth(stack)).toThrow(twice('Shop/Bare', 'Shop/Team/Template'));

    const other = new Stack(newApp(), 'Shop');
    new ecr.CfnRepositoryCreationTemplate(other, 'Bare', props);
    new RepositoryTemplate(other, 'Team', { prefix: 'team', appliedFor: PUSH });
    expect(synth(other)).toThrow(twice('Shop/Bare', 'Shop/Team/Template'));
  });

  test.each<[string, string, StackProps]>([
    ['account', 'team', { env: { account: '444455556666', region: 'eu-west-1' } }],
    ['region', 'team', { env: { account: '111122223333', region: 'eu-west-2' } }],
    ['region alone', 'team', { env: { region: 'eu-west-2' } }],
    ['prefix', 'teams', HERE],
    ['longer prefix', 'team/shop', HERE],
  ])('are right in another %s', (_name, prefix, env) => {
    const stack = second(({ node }) => new Stack(node.root, 'Other', env), prefix, HERE);
    expect(synth(stack)).not.toThrow();
    expect(warnings(stack.node.root as Stage)).toEqual([]);
  });

  test('warns once when it is not known where the stacks go', () => {
    const stack = second(({ node }) => new Stack(node.root, 'Other'), 'team', HERE);
    stack.node.root.node.findAll().forEach(({ node }) => node.validate());
    expect(warnings(stack.node.root as Stage)).toEqual([
      "'Shop/Team/Template' and 'Other/Again/Template' are both AWS::ECR::RepositoryCreationTemplate for the prefix 'team', of which an account has one in each region, and where their stacks go is not known: give both stacks an env, or acknowledge this if they go to different accounts or regions. [ack: Annotation::cdk-containers:RegistryPrefixOwner]",
    ]);
  });
});
