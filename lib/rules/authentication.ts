import type { Duration, SecretValue } from 'aws-cdk-lib';
import { checkOneOf } from './choices';
import { checkPattern, checkSeconds, checkUnique, ContainersError, isToken } from './errors';
import { checkGiven, checkList } from './given';

/**
 * Limits of authentication at an Application Load Balancer.
 *
 * Source: ELBv2 schema and L2 in aws-cdk-lib 2.276.0 (November 2026), and
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html: a session is
 * seven days unless it is made shorter, one second at the least.
 */
const SESSION_TIMEOUT = { min: 1, max: 604800 };
const EXTRA_PARAMETERS = 10;

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html (November 2026) */
const JWT = { urlLength: 256, claims: 10, values: 10, valueLength: 256, checkedAnyway: ['exp', 'iat', 'iss', 'nbf'] };

/** The path to which an identity provider sends its users back. */
export const CALLBACK_PATH = '/oauth2/idpresponse';

/** What is asked for when nothing is said. */
export const DEFAULT_SCOPE = 'openid';

/** How long and for whom a session is. */
export interface Session {
  readonly scope?: string;
  readonly sessionCookieName?: string;
  readonly sessionTimeout?: Duration;
  readonly onUnauthenticatedRequest?: string;
  readonly authenticationRequestExtraParams?: { readonly [name: string]: string };
}

/** A claim of a token, and what it may be. */
export interface Claim {
  readonly name: string;
  readonly values: string[];
  readonly format?: string;
}

export function checkSession(session: Session): void {
  checkPattern(
    'scope',
    session.scope,
    /^[\x21-\x7e]+( [\x21-\x7e]+)*$/,
    "names with a space between them, such as 'openid email'",
  );
  checkPattern(
    'sessionCookieName',
    session.sessionCookieName,
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    "the name of a cookie, such as 'AdminSession'",
  );
  checkSeconds('sessionTimeout', session.sessionTimeout, SESSION_TIMEOUT);
  if (session.onUnauthenticatedRequest !== undefined) {
    checkOneOf('onUnauthenticatedRequest', session.onUnauthenticatedRequest, ['authenticate', 'deny', 'allow']);
  }
  const parameters = Object.keys(session.authenticationRequestExtraParams ?? {}).length;
  if (parameters > EXTRA_PARAMETERS) {
    throw new ContainersError(
      `authenticationRequestExtraParams must have at most ${EXTRA_PARAMETERS} parameters, got ${parameters}`,
    );
  }
}

/** ELB takes the ID token, which providers give for `openid`. */
export function asksForIdToken(scope: string): boolean {
  return isToken(scope) || scope.split(' ').includes(DEFAULT_SCOPE);
}

/** Fails unless it is a URL that ELB can ask: it speaks HTTPS on port 443, which is also all that is opened for it. */
export function checkEndpoint(name: string, url: string): void {
  checkGiven(name, url);
  checkPattern(
    name,
    url,
    /^https:\/\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(\/[\x21-\x7e]*)?$/,
    "an https:// URL without a port, such as 'https://idp.example.com/oauth2/token'",
  );
}

export function checkClientId(clientId: string): void {
  checkGiven('clientId', clientId);
  checkPattern('clientId', clientId, /^[\x20-\x7e]+$/, 'the id that the identity provider gave to the client');
}

/** Never says what it got. */
export function checkClientSecret(secret: SecretValue): void {
  checkGiven('clientSecret', secret);
  if (typeof secret.unsafeUnwrap !== 'function') {
    throw new ContainersError(
      `clientSecret must be a SecretValue, got a ${typeof secret}: use SecretValue.secretsManager(…) or secretValue of a secret`,
    );
  }
  if (isToken(secret.unsafeUnwrap())) return;
  throw new ContainersError(
    'clientSecret must not be plain text, because everybody who may read the template reads it: use SecretValue.secretsManager(…) or secretValue of a secret',
  );
}

/**
 * CloudFormation resolves secure strings for a few properties only, and this is none of them.
 * @param reference what the secret is in a template
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html
 */
export function checkSecretStore(reference: unknown): void {
  if (!JSON.stringify(reference).includes('{{resolve:ssm-secure:')) return;
  throw new ContainersError(
    'clientSecret must not be a secure string of Systems Manager, which CloudFormation does not resolve for a listener rule: put it into Secrets Manager',
  );
}

/** A prefix of a domain of Cognito, or a domain of one's own. */
export function checkUserPoolDomain(domainName: string): void {
  checkPattern(
    'userPoolDomain.domainName',
    domainName,
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
    "a prefix such as 'shop' or a domain name such as 'auth.example.com'",
  );
}

/** What a client of a user pool says of itself; lists may be tokens. */
export interface UserPoolClient {
  readonly generateSecret?: unknown;
  readonly allowedOAuthFlows?: unknown;
  readonly allowedOAuthScopes?: unknown;
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#cognito-requirements */
export function checkUserPoolClient(path: string, client: UserPoolClient, scope: string): void {
  const { generateSecret = false, allowedOAuthFlows = [], allowedOAuthScopes = [] } = client;
  if (generateSecret === false) {
    throw new ContainersError(
      `userPoolClient must have a secret, got '${path}' without one: make it with generateSecret: true`,
    );
  }
  if (lacks(allowedOAuthFlows, 'code')) {
    throw new ContainersError(
      `userPoolClient must use the authorization code grant, got '${path}' without it: set oAuth.flows.authorizationCodeGrant`,
    );
  }
  const missing = isToken(scope) ? undefined : scope.split(' ').find((name) => lacks(allowedOAuthScopes, name));
  if (missing !== undefined) {
    throw new ContainersError(
      `scope must be what userPoolClient allows, got '${missing}', which '${path}' does not: add it to oAuth.scopes`,
    );
  }
}

/** False when it may have it: a list or an entry that is a token. */
function lacks(values: unknown, wanted: string): boolean {
  if (!Array.isArray(values)) return false;
  return values.every((value) => typeof value === 'string' && value !== wanted);
}

export function checkJwtEndpoint(name: string, url: string): void {
  checkEndpoint(name, url);
  if (isToken(url) || url.length <= JWT.urlLength) return;
  throw new ContainersError(`${name} must have at most ${JWT.urlLength} characters, got ${url.length}`);
}

export function checkClaims(claims: Claim[] | undefined, formats: string[]): void {
  checkList('claims', claims);
  if (claims === undefined) return;
  if (claims.length > JWT.claims) {
    throw new ContainersError(`claims must be at most ${JWT.claims}, got ${claims.length}`);
  }
  claims.forEach((claim) => checkClaim(claim, formats));
  checkUnique(
    'names of claims',
    claims.map(({ name }) => name),
  );
}

function checkClaim({ name, values, format }: Claim, formats: string[]): void {
  checkGiven('the name of a claim', name);
  checkPattern('the name of a claim', name, /^[\x21-\x7e]+$/, "a name without spaces, such as 'aud'");
  if (JWT.checkedAnyway.includes(name)) {
    throw new ContainersError(`the name of a claim must not be '${name}', which ELB checks anyway: leave it out`);
  }
  if (format !== undefined) checkOneOf(`the format of claim '${name}'`, format, formats);
  checkGiven(`values of claim '${name}'`, values);
  checkList(`values of claim '${name}'`, values);
  const most = format === undefined || format === 'single-string' ? 1 : JWT.values;
  if (values.length < 1 || values.length > most) {
    throw new ContainersError(
      `values of claim '${name}' must be ${most === 1 ? 'one, or have the format of a list' : `1 to ${most}`}, got ${values.length}`,
    );
  }
  const spaces = format !== 'space-separated-values';
  values.forEach((value) =>
    checkPattern(
      `a value of claim '${name}'`,
      value,
      spaces ? /^.{1,256}$/s : /^\S{1,256}$/,
      `1 to ${JWT.valueLength} characters${spaces ? '' : ' without spaces'}`,
    ),
  );
}
