import { Stack, Validations } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Acknowledges the wildcards of a statement, on the role that has it. cdk-nag names them by what they resolve to, which for
 * a resource of another stack is known at synthesis only.
 */
export function acknowledgeWildcards(role: Construct, statement: iam.PolicyStatement, reason: string): void {
  role.node.addValidation({
    validate() {
      const stack = Stack.of(role);
      const actions = statement.actions.map((action) => `Action::${action}`);
      const resources = statement.resources.map((resource) => `Resource::${flat(stack.resolve(resource))}`);
      const ids = [...actions, ...resources].filter((name) => name.includes('*'));
      Validations.of(role).acknowledge(
        ...ids.map((name) => ({ id: `AwsSolutions::AwsSolutions-IAM5[${name}]`, reason })),
      );
      return [];
    },
  });
}

/** A resolved value as cdk-nag spells it: `<Bucket.Arn>/*`. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\$\{/g, '<').replace(/\}/g, '>');
  const [[name, inner]] = Object.entries(value as Record<string, unknown>);
  if (name === 'Fn::Join') return (inner as [string, unknown[]])[1].map(flat).join((inner as [string])[0]);
  if (name === 'Fn::GetAtt') return `<${(inner as string[]).join('.')}>`;
  if (name === 'Ref') return `<${String(inner)}>`;
  return name === 'Fn::ImportValue' || name === 'Fn::Sub' ? flat(inner) : JSON.stringify(value);
}
