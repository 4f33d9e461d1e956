import { Stack, Validations } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { ManagedPolicyRole } from './managed-policy-role';

/**
 * Acknowledges the wildcards of statements, on the role that has them. cdk-nag names them by what they resolve to, which for
 * a resource of another stack is known at synthesis only. What else the role may do there, by a grant of the user's, is not
 * explained by it, and neither are roles of the user's own.
 */
export function acknowledgeWildcards(
  holder: iam.IRole | iam.ManagedPolicy,
  statements: iam.PolicyStatement[],
  reason: string,
): void {
  const policies = policiesOf(holder);
  if (!policies) return;
  holder.node.addValidation({
    validate() {
      const stack = Stack.of(holder);
      const flatResources = (resources: unknown[]) => resources.map((resource) => flat(stack.resolve(resource)));
      const known = new Set(statements.flatMap(({ actions }) => actions));
      const all = policies()
        .flatMap(({ document }) => (stack.resolve(document)?.Statement ?? []) as StatementJson[])
        .filter(({ Effect }) => Effect === 'Allow')
        .map(({ Action, Resource }) => ({ actions: [Action].flat(), resources: flatResources([Resource].flat()) }));
      const explained = (resource: string) =>
        all.every(
          ({ actions, resources }) => !resources.includes(resource) || actions.every((each) => known.has(each)),
        );
      const resources = flatResources(statements.flatMap((statement) => statement.resources)).filter(explained);
      const names = [...[...known].map((action) => `Action::${action}`), ...resources.map((it) => `Resource::${it}`)];
      const ids = names.filter((name) => name.includes('*'));
      Validations.of(holder).acknowledge(
        ...ids.map((name) => ({ id: `AwsSolutions::AwsSolutions-IAM5[${name}]`, reason })),
      );
      return [];
    },
  });
}

interface StatementJson {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** The policies of the library: a role of the user's own has none. */
function policiesOf(holder: iam.IRole | iam.ManagedPolicy): (() => iam.ManagedPolicy[]) | undefined {
  if ('document' in holder) return () => [holder];
  return 'policies' in holder ? () => (holder as ManagedPolicyRole).policies : undefined;
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
