import { aws_ecr as ecr, aws_iam as iam, Lazy, Stack } from 'aws-cdk-lib';
import { ContainerRepository } from '../../lib';
import type { PullFromOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { STRICT, validate } from '../support/validate';

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const LAMBDA_PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const ACCOUNTS = ['111122223333', '444455556666'];

function repository(env?: { account: string; region: string }) {
  const stack = new Stack(newApp(), 'Registry', { env });
  const images = new ContainerRepository(stack, 'Images');
  return { stack, images, template: () => Template.fromStack(stack) };
}

describe('allowPullFrom', () => {
  function policyOf(options: PullFromOptions, env?: { account: string; region: string }) {
    const { images, template } = repository(env);
    images.allowPullFrom(options);
    return only(template(), 'AWS::ECR::Repository').Properties.RepositoryPolicyText.Statement;
  }
  const root = (account: string) => ({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:root`]],
  });

  test('lets accounts pull, and says nothing of a resource, which ECR refuses', () => {
    expect(policyOf({ accounts: ACCOUNTS })).toEqual([
      { Effect: 'Allow', Action: PULL, Principal: { AWS: ACCOUNTS.map(root) } },
    ]);
  });

  test('lets an organization pull', () => {
    expect(policyOf({ organization: 'o-abc' })).toEqual([
      {
        Effect: 'Allow',
        Action: PULL,
        Principal: { AWS: '*' },
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } },
      },
    ]);
  });

  test('lets the functions of its own account pull', () => {
    expect(policyOf({ lambda: true }, { account: '111122223333', region: 'eu-west-1' })).toEqual([
      {
        Effect: 'Allow',
        Action: LAMBDA_PULL,
        Principal: { Service: 'lambda.amazonaws.com' },
        Condition: {
          ArnLike: {
            'aws:SourceArn': ['arn:aws:lambda:eu-west-1:111122223333:function:*'],
          },
        },
      },
    ]);
  });

  test('lets the functions of other accounts and of an organization pull', () => {
    const lambda = policyOf({ accounts: ['444455556666'], organization: 'o-abc', lambda: true }).slice(2);
    expect(lambda).toEqual([
      expect.objectContaining({
        Action: LAMBDA_PULL,
        Principal: { Service: 'lambda.amazonaws.com' },
        Condition: {
          ArnLike: {
            'aws:SourceArn': [
              {
                'Fn::Join': [
                  '',
                  ['arn:', { Ref: 'AWS::Partition' }, ':lambda:', { Ref: 'AWS::Region' }, ':444455556666:function:*'],
                ],
              },
            ],
          },
        },
      }),
      expect.objectContaining({
        Action: LAMBDA_PULL,
        Condition: { StringEquals: { 'aws:SourceOrgID': 'o-abc' } },
      }),
    ]);
  });

  test('may be said twice', () => {
    const { images, template } = repository();
    images.allowPullFrom({ accounts: ['111122223333'] });
    images.allowPullFrom({ accounts: ['444455556666'] });
    images.allowPullFrom({ accounts: ['444455556666'] });
    const { Statement } = only(template(), 'AWS::ECR::Repository').Properties.RepositoryPolicyText;
    expect(Statement).toEqual([{ Effect: 'Allow', Action: PULL, Principal: { AWS: ACCOUNTS.map(root) } }]);
  });

  test('takes accounts that are tokens', () => {
    expect(policyOf({ accounts: [Lazy.string({ produce: () => '111122223333' })] })).toHaveLength(1);
  });

  test('of an organization leaves no finding open', () => {
    const app = newApp(STRICT);
    new ContainerRepository(new Stack(app, 'Registry'), 'Images').allowPullFrom({
      accounts: ACCOUNTS,
      organization: 'o-a1b2c3d4e5',
      lambda: true,
    });
    const { open, acknowledged } = validate(app);
    expect(open).toEqual([]);
    expect(acknowledged.map(({ rule, path }) => `${path} ${rule}`)).toEqual([
      'Registry/Images/Repository/Resource AwsSolutions-ECR1',
    ]);
  });

  test.each<[string, PullFromOptions, string]>([
    [
      'nobody',
      {},
      'allowPullFrom must have accounts, an organization or lambda, got none: without them nobody is let in',
    ],
    [
      'an empty list',
      { accounts: [], lambda: false },
      'allowPullFrom must have accounts, an organization or lambda, got none: without them nobody is let in',
    ],
    [
      'an account that is none',
      { accounts: ['1234'] },
      "an account of allowPullFrom must be an account id of 12 digits such as '111122223333', got '1234'",
    ],
    [
      'an ARN',
      { accounts: ['arn:aws:iam::111122223333:root'] },
      "an account of allowPullFrom must be an account id of 12 digits such as '111122223333', got 'arn:aws:iam::111122223333:root'",
    ],
    [
      'an account twice',
      { accounts: ['111122223333', '111122223333'] },
      "accounts of allowPullFrom must be unique, got '111122223333' twice",
    ],
    [
      'an account as organization',
      { organization: '111122223333' },
      "the organization of allowPullFrom must be the id of an organization such as 'o-a1b2c3d4e5', got '111122223333'",
    ],
    [
      'no organization',
      { organization: '' },
      "the organization of allowPullFrom must be the id of an organization such as 'o-a1b2c3d4e5', got ''",
    ],
  ])('fails when it names %s', (_what, options, message) => {
    expectFailure(() => repository().images.allowPullFrom(options), message);
  });

  test('fails when the repository is imported', () => {
    const { stack } = repository();
    const imported = ecr.Repository.fromRepositoryName(stack, 'Imported', 'shop/web');
    const images = ContainerRepository.fromRepository(stack, 'Theirs', { repository: imported });
    expectFailure(
      () => images.allowPullFrom({ accounts: ACCOUNTS }),
      "the policy of the repository 'Registry/Imported' must be written where it is made, got an imported one: call allowPullFrom there",
    );
  });
});

test('who pulls from another account is let in by the policy of the repository', () => {
  const app = newApp();
  const stack = new Stack(app, 'Registry', { env: { account: '111122223333', region: 'eu-west-1' } });
  const images = new ContainerRepository(stack, 'Images', { repositoryName: 'shop/web' });
  images.grantPull(iam.Role.fromRoleArn(stack, 'Theirs', 'arn:aws:iam::444455556666:role/build'));
  const { RepositoryPolicyText } = only(Template.fromStack(stack), 'AWS::ECR::Repository').Properties;
  expect(RepositoryPolicyText.Statement).toEqual([
    { Effect: 'Allow', Action: PULL, Principal: { AWS: 'arn:aws:iam::444455556666:role/build' } },
  ]);
});
