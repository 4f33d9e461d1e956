import { aws_elasticloadbalancingv2 as elbv2, Stack } from 'aws-cdk-lib';
import type { SecretValue } from 'aws-cdk-lib';
import {
  checkClientId,
  checkClientSecret,
  checkEndpoint,
  checkSecretStore,
  checkSession,
} from '../../rules/authentication';
import { checkGiven } from '../../rules/given';
import type { AuthenticationKind, AuthenticationSessionOptions } from '../authentication';
import { cookieOf, warnOfScope } from '../private/sessions';

/** Options of `Authentication.oidc`. Providers publish the URLs at `<issuer>/.well-known/openid-configuration`. */
export interface OidcAuthenticationOptions extends AuthenticationSessionOptions {
  /** The issuer, exactly as its tokens have it, `https://idp.example.com`. */
  readonly issuer: string;
  /** Where users sign in. */
  readonly authorizationEndpoint: string;
  /** Where the load balancer gets tokens. */
  readonly tokenEndpoint: string;
  /** Where the load balancer gets the claims of a user. */
  readonly userInfoEndpoint: string;
  /** The id of the client. */
  readonly clientId: string;
  /**
   * The secret of the client: `SecretValue.secretsManager(…)`, or `secretValue` of a secret. A deployment reads it: after
   * it was changed, the rule has the old one until something else in the rule changes.
   */
  readonly clientSecret: SecretValue;
}

export function oidcAuthentication(options: OidcAuthenticationOptions): AuthenticationKind {
  checkGiven('the options of Authentication.oidc', options);
  const { issuer, clientId, clientSecret } = options;
  checkEndpoint('issuer', issuer);
  checkEndpoint('authorizationEndpoint', options.authorizationEndpoint);
  checkEndpoint('tokenEndpoint', options.tokenEndpoint);
  checkEndpoint('userInfoEndpoint', options.userInfoEndpoint);
  checkClientId(clientId);
  checkClientSecret(clientSecret);
  checkSession(options);
  return {
    bind(scope, next) {
      checkSecretStore(Stack.of(scope).resolve(clientSecret.unsafeUnwrap()));
      warnOfScope(scope, options.scope);
      const sessionCookieName = options.sessionCookieName ?? cookieOf(scope, [issuer, clientId]);
      return elbv2.ListenerAction.authenticateOidc({ ...options, sessionCookieName, next });
    },
  };
}
