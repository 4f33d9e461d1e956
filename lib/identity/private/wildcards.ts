import { Stack, Validations } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { ManagedPolicyRole } from './managed-policy-role';

/**
 * Acknowledges the wildcards of statements, on the role that has them. cdk-nag names them by what they resolve to, which for
 * a resource of another stack is known at synthesis only. What else the role may do there, by a grant of the user's, is not
 * explained by it, and neither are roles of the user's own.
 */
export function acknowledgeWildcards(role: iam.IRole, statements: iam.PolicyStatement[], reason: string): void {
  if (!isOurs(role)) return;
  role.node.addValidation({
    validate() {
      const stack = Stack.of(role);
      const flatResources = (resources: unknown[]) => resources.map((resource) => flat(stack.resolve(resource)));
      const known = new Set(statements.flatMap(({ actions }) => actions));
      const all = role.policies.flatMap(({ document }) => stack.resolve(document)?.Statement as StatementJson[]);
      const explained = (resource: string) =>
        all
          .filter(({ Resource }) => flatResources([Resource].flat()).includes(resource))
          .every(({ Action }) => [Action].flat().every((action) => known.has(action)));
      const resources = flatResources(statements.flatMap((statement) => statement.resources)).filter(explained);
      const names = [...[...known].map((action) => `Action::${action}`), ...resources.map((it) => `Resource::${it}`)];
      const ids = names.filter((name) => name.includes('*'));
      Validations.of(role).acknowledge(
        ...ids.map((name) => ({ id: `AwsSolutions::AwsSolutions-IAM5[${name}]`, reason })),
      );
      return [];
    },
  });
}

interface StatementJson {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

function isOurs(role: iam.IRole): role is ManagedPolicyRole {
  return 'policies' in role;
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
