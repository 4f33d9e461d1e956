import { Duration, Stack, Token, aws_cognito as cognito } from 'aws-cdk-lib';
import { Authentication } from '../../lib';
import { Balancer, COOKIE, NEXT, RULE, userPool } from '../support/authentications';
import { expectFailure } from '../support/errors';
import { Template, only, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { idOf, lenientApp } from '../support/resources';

describe('Authentication.cognito', () => {
  test('goes before what the rule does', () => {
    const balancer = new Balancer();
    const options = userPool(balancer.stack);
    balancer.rule(Authentication.cognito({ ...options, sessionTimeout: Duration.hours(1), scope: 'openid email' }));
    const template = balancer.template();
    expect(only(template, RULE).Properties.Actions).toEqual([
      {
        Type: 'authenticate-cognito',
        Order: 1,
        AuthenticateCognitoConfig: {
          UserPoolArn: { 'Fn::GetAtt': [idOf(options.userPool), 'Arn'] },
          UserPoolClientId: { Ref: idOf(options.userPoolClient) },
          UserPoolDomain: { Ref: idOf(options.userPoolDomain) },
          SessionCookieName: expect.stringMatching(COOKIE),
          SessionTimeout: 3600,
          Scope: 'openid email',
        },
      },
      NEXT,
    ]);
    expect(warnings(balancer.stack)).toEqual([]);
    expectAcyclic(template);
  });

  test.each(['shop', 'auth.example.com'])('takes imported things, with the domain %s', (name) => {
    const balancer = new Balancer();
    const { stack } = balancer;
    const arn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_abc';
    balancer.rule(
      Authentication.cognito({
        userPool: cognito.UserPool.fromUserPoolArn(stack, 'Pool', arn),
        userPoolClient: cognito.UserPoolClient.fromUserPoolClientId(stack, 'Client', 'theirs'),
        userPoolDomain: cognito.UserPoolDomain.fromDomainName(stack, 'Domain', name),
      }),
    );
    expect(balancer.action().AuthenticateCognitoConfig).toMatchObject({
      UserPoolArn: arn,
      UserPoolClientId: 'theirs',
      UserPoolDomain: name,
    });
    expect(warnings(stack)).toEqual([]);
  });

  test('takes a user pool of another stack', () => {
    const balancer = new Balancer();
    const consumer = new Stack(balancer.app, 'Consumer');
    const options = userPool(new Stack(balancer.app, 'Identity'));
    balancer.rule(Authentication.cognito(options), consumer);
    expect(() => balancer.app.synth()).not.toThrow();
    Template.fromStack(consumer).resourceCountIs(RULE, 1);
  });

  test.each<[string, string[], number]>([
    ['no callback URL is that of the load balancer', ['https://app.example.com/callback'], 1],
    ['a callback URL only looks like it', ['https://app.example.com/oauth2/idpresponse/'], 1],
    ['one of them is', ['https://a.example.com/', 'https://app.example.com/oauth2/idpresponse'], 0],
    ['one of them is a token', ['https://a.example.com/', Token.asString({ Ref: 'Url' })], 0],
  ])('warns, or not, when %s', (_what, callbackUrls, count) => {
    const balancer = new Balancer(lenientApp());
    balancer.rule(Authentication.cognito(userPool(balancer.stack, { oAuth: { callbackUrls } })));
    expect(warnings(balancer.stack)).toEqual(
      Array(count).fill(
        expect.stringMatching(
          /^no callback URL of 'Balancer\/Users\/Client' ends with \/oauth2\/idpresponse, .*cdk-containers:AuthenticationCallbackUrl]$/,
        ),
      ),
    );
  });

  test.each<[string, cognito.UserPoolClientOptions, string]>([
    [
      'the client has no secret',
      { generateSecret: undefined },
      "userPoolClient must have a secret, got 'Balancer/Users/Client' without one: make it with generateSecret: true",
    ],
    [
      'the client is told to have none',
      { generateSecret: false },
      "userPoolClient must have a secret, got 'Balancer/Users/Client' without one: make it with generateSecret: true",
    ],
    [
      'the client has another flow',
      { oAuth: { flows: { implicitCodeGrant: true } } },
      "userPoolClient must use the authorization code grant, got 'Balancer/Users/Client' without it: set oAuth.flows.authorizationCodeGrant",
    ],
    [
      'the client has no flow',
      { disableOAuth: true, oAuth: undefined },
      "userPoolClient must use the authorization code grant, got 'Balancer/Users/Client' without it: set oAuth.flows.authorizationCodeGrant",
    ],
    [
      'the client does not allow the default scope',
      { oAuth: { scopes: [cognito.OAuthScope.COGNITO_ADMIN] } },
      "scope must be what userPoolClient allows, got 'openid', which 'Balancer/Users/Client' does not: add it to oAuth.scopes",
    ],
  ])('fails when %s', (_what, client, message) => {
    const balancer = new Balancer();
    const authentication = Authentication.cognito(userPool(balancer.stack, client));
    expectFailure(() => balancer.rule(authentication), message);
  });

  test('fails when one of the scopes is not allowed', () => {
    const balancer = new Balancer();
    const oAuth = { scopes: [cognito.OAuthScope.OPENID] };
    const authentication = Authentication.cognito({ ...userPool(balancer.stack, { oAuth }), scope: 'openid phone' });
    expectFailure(
      () => balancer.rule(authentication),
      "scope must be what userPoolClient allows, got 'phone', which 'Balancer/Users/Client' does not: add it to oAuth.scopes",
    );
  });

  test('takes a client whose settings are tokens', () => {
    const balancer = new Balancer();
    const options = userPool(balancer.stack);
    const client = options.userPoolClient.node.defaultChild as cognito.CfnUserPoolClient;
    client.generateSecret = Token.asAny({ Ref: 'Secret' });
    client.allowedOAuthFlows = Token.asList({ Ref: 'Flows' });
    client.allowedOAuthScopes = Token.asList({ Ref: 'Scopes' });
    client.callbackUrLs = Token.asList({ Ref: 'Urls' });
    expect(() => balancer.rule(Authentication.cognito(options))).not.toThrow();
    client.allowedOAuthScopes = ['email', Token.asString({ Ref: 'Scope' })];
    expect(() => balancer.rule(Authentication.cognito(options))).not.toThrow();
  });

  test.each(['https://auth.example.com', 'Shop', 'shop-', ''])('fails when the domain is %p', (name) => {
    const { stack } = new Balancer();
    const userPoolDomain = cognito.UserPoolDomain.fromDomainName(stack, 'Domain', name);
    expectFailure(
      () => Authentication.cognito({ ...userPool(stack), userPoolDomain }),
      `userPoolDomain.domainName must be a prefix such as 'shop' or a domain name such as 'auth.example.com', got '${name}'`,
    );
  });

  test.each(['userPool', 'userPoolClient', 'userPoolDomain'])('fails when %s is missing', (name) => {
    const options = { ...userPool(new Balancer().stack), [name]: undefined };
    expectFailure(() => Authentication.cognito(options as never), `${name} must be given, got undefined`);
  });

  test('fails when the session is out of bounds', () => {
    const options = { ...userPool(new Balancer().stack), sessionTimeout: Duration.days(8) };
    expectFailure(
      () => Authentication.cognito(options),
      'sessionTimeout must be between 1 and 604800 seconds, got 691200 seconds',
    );
  });
});
