import type { aws_iam as iam } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';

/** Fails for a statement of a resource's policy that names nobody, or everybody. */
export function checkPrincipals(name: string, statement: iam.PolicyStatement): void {
  if (!statement.hasPrincipal) {
    throw new ContainersError(
      `a statement of ${name} must have principals, got none for ${statement.actions.join(', ')}: say who is meant`,
    );
  }
  const { Effect, Principal, Condition } = statement.toStatementJson() as StatementJson;
  const everybody = Object.values(Principal ?? '*').some((value) => [value].flat().includes('*'));
  if (Effect !== 'Allow' || !everybody || Condition !== undefined) return;
  throw new ContainersError(
    `a statement of ${name} must not be for everybody without a condition, got ${statement.actions.join(', ')} for *: ` +
      "name principals, or add a condition such as { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }",
  );
}

interface StatementJson {
  readonly Effect: string;
  readonly Condition?: unknown;
  /** Absent with `NotPrincipal`, which is everybody but a few. */
  readonly Principal?: string | { readonly [kind: string]: string | string[] };
}
