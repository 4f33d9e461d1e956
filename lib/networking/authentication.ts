import type { aws_elasticloadbalancingv2 as elbv2, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { cognitoAuthentication } from './authentications/cognito';
import type { CognitoAuthenticationOptions } from './authentications/cognito';
import { jwtAuthentication } from './authentications/jwt';
import type { JwtAuthenticationOptions } from './authentications/jwt';
import { oidcAuthentication } from './authentications/oidc';
import type { OidcAuthenticationOptions } from './authentications/oidc';

/** What the load balancer must be able to ask. */
export interface AuthenticationOptions {
  /**
   * Whether the load balancer may open connections to any IPv4 address on port 443. It must reach the identity
   * provider, whose addresses are mostly not known. Without it, open the way with `connections` of the listener.
   * @default true
   * @see https://repost.aws/knowledge-center/elb-configure-authentication-alb
   */
  readonly allowHttpsOutbound?: boolean;
}

/** How users sign in, and how long they stay so. */
export interface AuthenticationSessionOptions extends AuthenticationOptions {
  /**
   * What the identity provider is asked to tell, names with a space between them. One of them must be such that it
   * answers with an ID token, `openid` in most cases.
   * @default 'openid'
   */
  readonly scope?: string;

  /**
   * The cookie of the session. The load balancer tells sessions apart by this name alone: of two applications on one
   * host, each with users of its own, both need a name, or users of one are let into the other.
   * @default - AWSELBAuthSessionCookie and a hash of the client, so that no session of another client is taken for it
   */
  readonly sessionCookieName?: string;

  /**
   * How long a session lasts at the most, 1 second to 7 days. With refresh tokens the load balancer asks the provider
   * again whenever the access token has expired, so that a user who was removed is out by then.
   * @default Duration.days(7)
   */
  readonly sessionTimeout?: Duration;

  /**
   * What happens to who has not signed in. `DENY` answers 401, for requests of scripts; `ALLOW` lets everybody
   * through without claims, and the application must tell who is who.
   * @default elbv2.UnauthenticatedAction.AUTHENTICATE
   */
  readonly onUnauthenticatedRequest?: elbv2.UnauthenticatedAction;

  /**
   * Query parameters for the redirect to the identity provider, at most 10.
   * @default - none
   */
  readonly authenticationRequestExtraParams?: { [name: string]: string };
}

/** What a kind of authentication does. */
export interface AuthenticationKind {
  bind(scope: Construct, next: elbv2.ListenerAction): elbv2.ListenerAction;
}

/**
 * Who may use a route: the load balancer asks before it forwards a request. HTTPS listeners only.
 *
 * It must reach the identity provider over IPv4 on port 443, where the names of its endpoints are public: an internal load
 * balancer needs subnets with a NAT gateway, because there is no VPC endpoint for the token endpoint of Cognito; isolated
 * subnets answer 500 to every sign-in. Its security group and the network ACLs must let it out.
 *
 * The application gets the user in the headers `x-amzn-oidc-identity`, `x-amzn-oidc-accesstoken` and
 * `x-amzn-oidc-data`. The last is signed: check the signature and that `signer` is your load balancer, and let nobody but the
 * load balancer reach the tasks. To sign out, expire the cookies of the session and redirect to the provider.
 *
 * Costs: nothing beside the load balancer and what the identity provider takes.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 */
export class Authentication {
  /**
   * Users of any identity provider that speaks OpenID Connect. There, `https://<host>/oauth2/idpresponse` must be an
   * allowed redirect URL, for each host of the route in lower case.
   * @throws without a secret, with one in plain text, and when an endpoint is no HTTPS URL
   */
  public static oidc(options: OidcAuthenticationOptions): Authentication {
    return Authentication._of(oidcAuthentication(options));
  }

  /**
   * Users of a user pool of Cognito in the region of the load balancer, and of the providers that it federates with.
   * `https://<host>/oauth2/idpresponse` must be a callback URL of the client, for each host of the route in lower case.
   * Who deploys needs `cognito-idp:DescribeUserPoolClient`.
   * @throws when the client has no secret, does not use the authorization code grant, or does not allow the scope
   */
  public static cognito(options: CognitoAuthenticationOptions): Authentication {
    return Authentication._of(cognitoAuthentication(options));
  }

  /**
   * Programs that send a token in `Authorization: Bearer`. The load balancer checks the signature (RS256), the issuer, the
   * times and the claims that you name, and answers 401 to everything else. It keeps no session.
   * @throws when the endpoint is no HTTPS URL, or a claim is out of bounds
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html
   */
  public static jwt(options: JwtAuthenticationOptions): Authentication {
    return Authentication._of(jwtAuthentication(options));
  }

  /** @internal */
  public static _of(kind: AuthenticationKind): Authentication {
    return new Authentication(kind);
  }

  private constructor(private readonly kind: AuthenticationKind) {}

  /**
   * The action for a rule of a listener. Routes call this; so can you, for a bare L2.
   * @param scope where the rule is: warnings stand there
   * @param next what happens to requests that pass
   */
  public bind(scope: Construct, next: elbv2.ListenerAction): elbv2.ListenerAction {
    return this.kind.bind(scope, next);
  }
}
