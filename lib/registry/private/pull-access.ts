import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkUnique, ContainersError } from '../../rules/errors';
import { checkList } from '../../rules/given';
import { checkAccount, checkOrganization } from '../../rules/registry';
import type { PullFromOptions } from '../container-repository';

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/** Lambda asks for these only. @see https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions */
const LAMBDA_PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/** What the policy of a repository says to let others pull: `Resource` has no place in it. */
export function pullStatements(scope: Construct, options: PullFromOptions): iam.PolicyStatement[] {
  const { accounts = [], organization, lambda = false } = options;
  checkList('accounts of allowPullFrom', accounts);
  accounts.forEach((account) => checkAccount('an account of allowPullFrom', account));
  checkUnique('accounts of allowPullFrom', accounts);
  checkOrganization('the organization of allowPullFrom', organization);
  if (accounts.length === 0 && organization === undefined && !lambda) {
    throw new ContainersError(
      'allowPullFrom must have accounts, an organization or lambda, got none: without them nobody is let in',
    );
  }
  const statements: iam.PolicyStatement[] = [];
  const allow = (actions: string[], principals: iam.IPrincipal[], conditions?: iam.Conditions) =>
    statements.push(new iam.PolicyStatement({ actions, principals, conditions }));

  if (accounts.length > 0) {
    allow(
      PULL,
      accounts.map((account) => new iam.AccountPrincipal(account)),
    );
  }
  if (organization !== undefined) {
    allow(PULL, [new iam.AnyPrincipal()], { StringEquals: { 'aws:PrincipalOrgID': organization } });
  }
  if (lambda) {
    const service = [new iam.ServicePrincipal('lambda.amazonaws.com')];
    const stack = Stack.of(scope);
    const own = accounts.length > 0 || organization !== undefined ? [] : [stack.account];
    const functions = [...accounts, ...own].map((account) =>
      stack.formatArn({ service: 'lambda', account, resource: 'function:*' }),
    );
    if (functions.length > 0) allow(LAMBDA_PULL, service, { ArnLike: { 'aws:SourceArn': functions } });
    if (organization !== undefined) {
      allow(LAMBDA_PULL, service, { StringEquals: { 'aws:SourceOrgID': organization } });
    }
  }
  return statements;
}
