import { createHash } from 'node:crypto';
import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { asksForIdToken, DEFAULT_SCOPE } from '../../rules/authentication';
import { isToken } from '../../rules/errors';

/** Says when sign-in will fail, because the provider is not asked for what the load balancer takes. */
export function warnOfScope(scope: Construct, asked: string = DEFAULT_SCOPE): void {
  if (asksForIdToken(asked)) return;
  Validations.of(scope).addWarning(
    'cdk-containers:AuthenticationScopeOpenid',
    `the scope '${asked}' has no 'openid', for which identity providers give the ID token that the load balancer needs: add it, unless yours gives one anyway`,
  );
}

/**
 * A name of its own for each client of an identity provider: ELB lets everybody in who has a session cookie of the
 * name that the rule says, whichever rule it is from.
 * @param client what tells the client from others
 */
export function cookieOf(scope: Construct, client: string[]): string {
  const stack = Stack.of(scope);
  // What is not known yet may be the same words in two stacks.
  const place = client.some((part) => isToken(part)) ? [stack.node.addr] : [];
  const text = JSON.stringify(stack.resolve([...client, ...place]));
  return `AWSELBAuthSessionCookie-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}
