import { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2, Validations } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { checkClaims, checkJwtEndpoint } from '../../rules/authentication';
import { checkGiven } from '../../rules/given';
import type { AuthenticationKind, AuthenticationOptions } from '../authentication';

/** How a claim has its values. */
export enum JwtClaimFormat {
  /** One text. */
  SINGLE_STRING = 'single-string',
  /** A list of texts. */
  STRING_ARRAY = 'string-array',
  /** Words in one text, as `scope` has them. */
  SPACE_SEPARATED_VALUES = 'space-separated-values',
}

/** What a token must say. */
export interface JwtClaim {
  /** The name of the claim: `aud`, `client_id`, `scope`. Not `iss`, `exp`, `nbf` and `iat`, which are checked anyway. */
  readonly name: string;

  /** What it must say: one value, or up to 10 in the formats of lists, of 256 characters at the most. */
  readonly values: string[];

  /**
   * How it says it.
   * @default JwtClaimFormat.SINGLE_STRING
   */
  readonly format?: JwtClaimFormat;
}

/** Options of `Authentication.jwt`. */
export interface JwtAuthenticationOptions extends AuthenticationOptions {
  /** The issuer, exactly as its tokens have it, at most 256 characters. */
  readonly issuer: string;

  /** Where its public keys are, at most 256 characters; at most 10 keys and 150 KB, for everybody to read. */
  readonly jwksEndpoint: string;

  /**
   * What else a token must say, at most 10 claims. Name the one that tells tokens for this service from others of the
   * same issuer: mostly `aud`, with Cognito `client_id` or `scope`.
   * @default - nothing, with a warning: every token of the issuer is let in
   */
  readonly claims?: JwtClaim[];
}

export function jwtAuthentication(options: JwtAuthenticationOptions): AuthenticationKind {
  checkGiven('the options of Authentication.jwt', options);
  const { issuer, jwksEndpoint, claims = [] } = options;
  checkJwtEndpoint('issuer', issuer);
  checkJwtEndpoint('jwksEndpoint', jwksEndpoint);
  checkClaims(options.claims, Object.values(JwtClaimFormat));
  return {
    bind(scope, next) {
      if (claims.length === 0) warnOfAnyToken(scope);
      const action = elbv2.ListenerAction.authenticateJwt({ issuer, jwksEndpoint, next });
      return completed(action, options);
    },
  };
}

function warnOfAnyToken(scope: Construct): void {
  Validations.of(scope).addWarning(
    'cdk-containers:AuthenticationAnyToken',
    'Authentication.jwt without claims lets in every token of the issuer, those for other services too: name a claim that only tokens for this one have',
  );
}

/** The L2 has neither claims nor a way out to the keys: this view of it adds both. */
function completed(
  action: elbv2.ListenerAction,
  { claims = [], allowHttpsOutbound = true }: JwtAuthenticationOptions,
): elbv2.ListenerAction {
  const additionalClaims = claims.map(({ format = JwtClaimFormat.SINGLE_STRING, name, values }) => ({
    format,
    name,
    values,
  }));
  const withClaims = ([jwt, ...rest]: elbv2.CfnListenerRule.ActionProperty[]) => [
    claims.length === 0 ? jwt : { ...jwt, jwtValidationConfig: { ...jwt.jwtValidationConfig, additionalClaims } },
    ...rest,
  ];
  const bind = (scope: Construct, listener: elbv2.IApplicationListener, associate?: IConstruct) => {
    action.bind(scope, listener, associate);
    // The words of the L2's other two, so that it is one rule for all.
    if (allowHttpsOutbound) listener.connections.allowToAnyIpv4(ec2.Port.tcp(443), 'Allow to IdP endpoint');
  };
  return Object.create(action, {
    bind: { value: bind },
    renderRuleActions: { value: () => withClaims(action.renderRuleActions()) },
    renderActions: { value: () => withClaims(action.renderActions() as elbv2.CfnListenerRule.ActionProperty[]) },
  });
}
