import { Stack, Validations } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ManagedPolicyRole } from './managed-policy-role';

/** What has been explained on each holder: several grants may say different things of one resource. */
const explained = new WeakMap<IConstruct, iam.PolicyStatement[]>();

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
  explained.set(holder, [...(explained.get(holder) ?? []), ...statements]);
  holder.node.addValidation({
    validate() {
      const stack = Stack.of(holder);
      const flatResources = (resources: unknown[]) => resources.map((resource) => flat(stack.resolve(resource)));
      const known = explained.get(holder)!.map((statement) => ({
        actions: statement.actions,
        resources: flatResources(statement.resources),
      }));
      const all = policies()
        .flatMap(({ document }) => (stack.resolve(document)?.Statement ?? []) as StatementJson[])
        .filter(({ Effect }) => Effect === 'Allow')
        .map(({ Action, Resource }) => ({ actions: [Action].flat(), resources: flatResources([Resource].flat()) }));
      const actionsOn = (of: typeof all, resource: string) =>
        of.filter(({ resources }) => resources.includes(resource)).flatMap(({ actions }) => actions);
      const isExplained = (resource: string) => {
        const reasoned = actionsOn(known, resource);
        return actionsOn(all, resource).every((action) => reasoned.includes(action));
      };
      const actions = new Set(statements.flatMap((statement) => statement.actions));
      const resources = flatResources(statements.flatMap((statement) => statement.resources)).filter(isExplained);
      const names = [...[...actions].map((action) => `Action::${action}`), ...resources.map((it) => `Resource::${it}`)];
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
