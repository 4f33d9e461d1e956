/**
 * Limits of customer managed policies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MANAGED_POLICY_CHARACTERS = 6144;

/** What a statement adds at the most: ARNs are longer once their tokens are resolved, so each token counts as one ARN part. */
export function estimateStatement(statement: unknown): number {
  return JSON.stringify(statement, (_key, value: unknown) =>
    typeof value === 'string' ? value.replace(TOKEN, PLACEHOLDER) : value,
  ).length;
}

/** Tokens resolve to names and ARNs; 100 characters cover nearly every one. */
const TOKEN = /[$#]\{Token\[[^\]]*\]\}/g;
const PLACEHOLDER = 'x'.repeat(100);
