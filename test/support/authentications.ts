import {
  SecretValue,
  Stack,
  aws_cognito as cognito,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
} from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { Template, newApp, only } from './fixture';
import type {
  Authentication,
  CognitoAuthenticationOptions,
  JwtAuthenticationOptions,
  OidcAuthenticationOptions,
} from '../../lib';

export const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

/** The name of a session's cookie when none is given. */
export const COOKIE = /^AWSELBAuthSessionCookie-[0-9a-f]{8}$/;

export const OIDC: OidcAuthenticationOptions = {
  issuer: 'https://idp.example.com',
  authorizationEndpoint: 'https://idp.example.com/authorize',
  tokenEndpoint: 'https://idp.example.com/oauth2/token',
  userInfoEndpoint: 'https://idp.example.com/userinfo?v=1',
  clientId: 'shop',
  clientSecret: SecretValue.secretsManager('idp', { jsonField: 'secret' }),
};

export const JWT: JwtAuthenticationOptions = {
  issuer: 'https://idp.example.com',
  jwksEndpoint: 'https://idp.example.com/.well-known/jwks.json',
  claims: [{ name: 'aud', values: ['shop'] }],
};

/** A user pool with all that a load balancer needs of it. */
export function userPool(stack: Stack, client: cognito.UserPoolClientOptions = {}): CognitoAuthenticationOptions {
  const pool = new cognito.UserPool(stack, 'Users');
  return {
    userPool: pool,
    userPoolClient: pool.addClient('Client', {
      generateSecret: true,
      oAuth: { callbackUrls: ['https://app.example.com/oauth2/idpresponse'] },
      ...client,
    }),
    userPoolDomain: pool.addDomain('Domain', { cognitoDomain: { domainPrefix: 'shop' } }),
  };
}

/** What rules do with requests that pass, in a template. */
export const NEXT = { Type: 'fixed-response', Order: 2, FixedResponseConfig: { StatusCode: '200' } };

/** The listener of a load balancer that may connect to nothing yet, and rules of it. */
export class Balancer {
  public readonly stack: Stack;
  public readonly listener: elbv2.ApplicationListener;
  private rules = 0;

  constructor(
    public readonly app: App = newApp(),
    protocol = elbv2.ApplicationProtocol.HTTPS,
  ) {
    this.stack = new Stack(app, 'Balancer');
    const vpc = new ec2.Vpc(this.stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
    const securityGroup = new ec2.SecurityGroup(this.stack, 'Group', { vpc, allowAllOutbound: false });
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this.stack, 'LoadBalancer', { vpc, securityGroup });
    const https = protocol === elbv2.ApplicationProtocol.HTTPS;
    this.listener = loadBalancer.addListener('Listener', {
      protocol,
      open: false,
      certificates: https ? [{ certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/given' }] : undefined,
      defaultAction: elbv2.ListenerAction.fixedResponse(404),
    });
  }

  /** A rule in any stack, made as a user of bare L2s does. */
  public rule(
    authentication: Authentication,
    stack = this.stack,
    listener: elbv2.IApplicationListener = this.listener,
  ): elbv2.ApplicationListenerRule {
    this.rules += 1;
    return new elbv2.ApplicationListenerRule(stack, `Rule${this.rules}`, {
      listener,
      priority: this.rules,
      conditions: [elbv2.ListenerCondition.pathPatterns([`/${this.rules}`])],
      action: authentication.bind(stack, elbv2.ListenerAction.fixedResponse(200)),
    });
  }

  public template(): Template {
    return Template.fromStack(this.stack);
  }

  /** The first action of the only rule. */
  public action(): any {
    return only(this.template(), RULE).Properties.Actions[0];
  }

  /** Where the load balancer may connect to. */
  public outbound(): unknown {
    return only(this.template(), 'AWS::EC2::SecurityGroup').Properties.SecurityGroupEgress;
  }
}

/** The actions of the only rule that has this authentication. */
export function actionsOf(authentication: Authentication): any[] {
  const balancer = new Balancer();
  balancer.rule(authentication);
  return only(balancer.template(), RULE).Properties.Actions;
}
