import { checkPattern, ContainersError, isToken } from './errors';
import { checkOptions } from './given';

/**
 * Facts about issuers of users of EKS clusters, November 2026.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html,
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_OidcIdentityProviderConfigRequest.html (claims).
 */
const CLAIM = { key: 63, value: 253 };

/** Fails for an issuer that the API server cannot ask. */
export function checkIssuer(issuerUrl: string): void {
  checkPattern(
    'issuerUrl',
    issuerUrl,
    /^https:\/\/[^/?#\s@:]+(\/[^?#\s]*)?$/,
    'the URL of an issuer as it stands in its tokens, such as https://login.example.com: https, without port, query and fragment',
  );
}

/** Fails for a prefix with which users could become part of Kubernetes itself. */
export function checkPrefix(name: string, prefix: string): void {
  checkPattern(name, prefix, /^\S+$/, "a text without spaces such as 'oidc:'");
  if (isToken(prefix) || !prefix.includes('system:')) return;
  throw new ContainersError(
    `${name} must not have system:, got '${prefix}': Kubernetes trusts such names, so choose another`,
  );
}

/** Fails for claims that EKS does not compare. */
export function checkClaims(claims: { readonly [claim: string]: string } | undefined): void {
  if (claims === undefined) return;
  if (typeof claims !== 'object' || claims === null) checkOptions('requiredClaims', claims, []);
  Object.entries(claims).forEach(([key, value]) => {
    checkPattern('a key of requiredClaims', key, length(CLAIM.key), `1 to ${CLAIM.key} characters`);
    checkPattern(`the claim ${key} of requiredClaims`, value, length(CLAIM.value), `1 to ${CLAIM.value} characters`);
  });
}

function length(max: number): RegExp {
  return new RegExp(`^[^]{1,${max}}$`);
}
