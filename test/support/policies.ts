import type { Template } from 'aws-cdk-lib/assertions';

/** A statement of a policy in a template. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, unknown>;
}

/** A customer managed policy in a template. */
export interface ManagedPolicy {
  readonly id: string;
  readonly statements: Statement[];
  readonly document: unknown;
}

/** The customer managed policies of a role, by the start of its logical id. */
export function policiesOf(template: Template, role: string): ManagedPolicy[] {
  return Object.entries(template.findResources('AWS::IAM::ManagedPolicy'))
    .filter(([, policy]) => (policy.Properties.Roles as { Ref: string }[]).some(({ Ref }) => Ref.startsWith(role)))
    .map(([id, policy]) => ({
      id,
      statements: policy.Properties.PolicyDocument.Statement,
      document: policy.Properties.PolicyDocument,
    }));
}

/** All that the customer managed policies of a role say. */
export function statementsOf(template: Template, role: string): Statement[] {
  return policiesOf(template, role).flatMap((policy) => policy.statements);
}

/** The statements of a role that have an action. */
export function allowing(template: Template, role: string, action: string): Statement[] {
  return statementsOf(template, role).filter((statement) => actionsOf(statement).includes(action));
}

export function actionsOf(statement: Statement): string[] {
  return [statement.Action].flat();
}

/** What IAM refuses in the library's roles: inline policies, policies of AWS, and grants that went nowhere. */
export function expectNothingInline(template: Template): void {
  template.resourceCountIs('AWS::IAM::Policy', 0);
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
    expect(Properties.Policies).toBeUndefined();
    expect(Properties.ManagedPolicyArns).toBeUndefined();
  }
}

/** The ARN of repositories of the own account and region, as the template of a stack without an environment has it. */
export function ownRepositoryArn(name: string) {
  const [partition, region, account] = ['Partition', 'Region', 'AccountId'].map((each) => ({ Ref: `AWS::${each}` }));
  return { 'Fn::Join': ['', ['arn:', partition, ':ecr:', region, ':', account, `:repository/${name}`]] };
}
