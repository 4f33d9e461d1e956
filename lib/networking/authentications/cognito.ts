import { aws_elasticloadbalancingv2_actions as actions, Stack, Validations } from 'aws-cdk-lib';
import type { aws_cognito as cognito } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  CALLBACK_PATH,
  checkSession,
  checkUserPoolClient,
  checkUserPoolDomain,
  DEFAULT_SCOPE,
} from '../../rules/authentication';
import { checkGiven } from '../../rules/given';
import { isOfType } from '../../rules/resources';
import type { AuthenticationKind, AuthenticationSessionOptions } from '../authentication';
import { cookieOf, warnOfScope } from '../private/sessions';

/** Options of `Authentication.cognito`. */
export interface CognitoAuthenticationOptions extends AuthenticationSessionOptions {
  /** The user pool, in the region of the load balancer. */
  readonly userPool: cognito.IUserPool;
  /** Its client for the load balancer: with a secret, the authorization code grant and the scope that is asked for. */
  readonly userPoolClient: cognito.IUserPoolClient;
  /**
   * Its domain, with a prefix of Cognito's or a name of your own; the certificate of the latter is in us-east-1. One that
   * is imported by name is given as the prefix alone, or as the whole name of your own.
   */
  readonly userPoolDomain: cognito.IUserPoolDomain;
}

export function cognitoAuthentication(options: CognitoAuthenticationOptions): AuthenticationKind {
  checkGiven('the options of Authentication.cognito', options);
  const { userPool, userPoolClient, userPoolDomain } = options;
  checkGiven('userPool', userPool);
  checkGiven('userPoolClient', userPoolClient);
  checkGiven('userPoolDomain', userPoolDomain);
  checkUserPoolDomain(userPoolDomain.domainName);
  checkSession(options);
  return {
    bind(scope, next) {
      warnOfScope(scope, options.scope);
      checkClient(scope, userPoolClient, options.scope ?? DEFAULT_SCOPE);
      const sessionCookieName = options.sessionCookieName ?? cookieOf(scope, [userPoolClient.node.addr]);
      return new actions.AuthenticateCognitoAction({ ...options, sessionCookieName, next });
    },
  };
}

/** Known of clients that this app makes. */
function checkClient(scope: Construct, client: cognito.IUserPoolClient, asked: string): void {
  const resource = client.node.defaultChild;
  if (!isOfType(resource, 'AWS::Cognito::UserPoolClient')) return;
  const { generateSecret, allowedOAuthFlows, allowedOAuthScopes, callbackUrLs } = resource as cognito.CfnUserPoolClient;
  const known = Stack.of(resource).resolve({ generateSecret, allowedOAuthFlows, allowedOAuthScopes, callbackUrLs });
  checkUserPoolClient(client.node.path, known, asked);
  const urls: unknown[] = Array.isArray(known.callbackUrLs) ? known.callbackUrLs : [];
  if (urls.some((url) => typeof url !== 'string' || url.endsWith(CALLBACK_PATH))) return;
  Validations.of(scope).addWarning(
    'cdk-containers:AuthenticationCallbackUrl',
    `no callback URL of '${client.node.path}' ends with ${CALLBACK_PATH}, so that Cognito refuses to send users back: add https://<host>${CALLBACK_PATH} for each host of the route to oAuth.callbackUrls`,
  );
}
