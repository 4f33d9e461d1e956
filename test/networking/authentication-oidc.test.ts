import {
  CfnParameter,
  Duration,
  Fn,
  SecretValue,
  Stack,
  Token,
  aws_elasticloadbalancingv2 as elbv2,
  aws_secretsmanager as secretsmanager,
} from 'aws-cdk-lib';
import { Authentication } from '../../lib';
import type { OidcAuthenticationOptions } from '../../lib';
import { Balancer, COOKIE, NEXT, OIDC, actionsOf } from '../support/authentications';
import { expectFailure } from '../support/errors';
import { warnings } from '../support/fixture';
import { lenientApp } from '../support/resources';

describe('Authentication.oidc', () => {
  test('goes before what the rule does, with a cookie of its own', () => {
    expect(actionsOf(Authentication.oidc(OIDC))).toEqual([
      {
        Type: 'authenticate-oidc',
        Order: 1,
        AuthenticateOidcConfig: {
          Issuer: 'https://idp.example.com',
          AuthorizationEndpoint: 'https://idp.example.com/authorize',
          TokenEndpoint: 'https://idp.example.com/oauth2/token',
          UserInfoEndpoint: 'https://idp.example.com/userinfo?v=1',
          ClientId: 'shop',
          ClientSecret: '{{resolve:secretsmanager:idp:SecretString:secret::}}',
          SessionCookieName: expect.stringMatching(COOKIE),
        },
      },
      NEXT,
    ]);
  });

  test('takes all options', () => {
    const [action] = actionsOf(
      Authentication.oidc({
        ...OIDC,
        scope: 'openid email',
        sessionCookieName: 'AdminSession',
        sessionTimeout: Duration.hours(8),
        onUnauthenticatedRequest: elbv2.UnauthenticatedAction.DENY,
        authenticationRequestExtraParams: { prompt: 'login' },
      }),
    );
    expect(action.AuthenticateOidcConfig).toMatchObject({
      Scope: 'openid email',
      SessionCookieName: 'AdminSession',
      SessionTimeout: 28800,
      OnUnauthenticatedRequest: 'deny',
      AuthenticationRequestExtraParams: { prompt: 'login' },
    });
  });

  test.each<[string, OidcAuthenticationOptions]>([
    ['the shortest session', { ...OIDC, sessionTimeout: Duration.seconds(1) }],
    ['the longest session', { ...OIDC, sessionTimeout: Duration.days(7) }],
    ['a host without a path', { ...OIDC, tokenEndpoint: 'https://token' }],
    [
      'ten parameters',
      {
        ...OIDC,
        authenticationRequestExtraParams: Object.fromEntries([...Array(10).keys()].map((i) => [`p${i}`, ''])),
      },
    ],
    ['anybody', { ...OIDC, onUnauthenticatedRequest: elbv2.UnauthenticatedAction.ALLOW }],
    ['AUTHENTICATE', { ...OIDC, onUnauthenticatedRequest: elbv2.UnauthenticatedAction.AUTHENTICATE }],
  ])('takes %s', (_what, options) => {
    expect(() => Authentication.oidc(options)).not.toThrow();
  });

  test('takes tokens', () => {
    const balancer = new Balancer();
    const { stack } = balancer;
    const value = (id: string) => new CfnParameter(stack, id).valueAsString;
    const options: OidcAuthenticationOptions = {
      issuer: value('Issuer'),
      authorizationEndpoint: value('Authorize'),
      tokenEndpoint: Fn.join('', ['https://', value('Host'), '/token']),
      userInfoEndpoint: value('Info'),
      clientId: value('Client'),
      clientSecret: SecretValue.cfnParameter(new CfnParameter(stack, 'Secret', { noEcho: true })),
      scope: value('Scope'),
      sessionCookieName: value('Cookie'),
      sessionTimeout: Duration.seconds(Token.asNumber({ Ref: 'Timeout' })),
    };
    balancer.rule(Authentication.oidc(options));
    expect(balancer.action().AuthenticateOidcConfig).toEqual({
      Issuer: { Ref: 'Issuer' },
      AuthorizationEndpoint: { Ref: 'Authorize' },
      TokenEndpoint: { 'Fn::Join': ['', ['https://', { Ref: 'Host' }, '/token']] },
      UserInfoEndpoint: { Ref: 'Info' },
      ClientId: { Ref: 'Client' },
      ClientSecret: { Ref: 'Secret' },
      Scope: { Ref: 'Scope' },
      SessionCookieName: { Ref: 'Cookie' },
      SessionTimeout: { Ref: 'Timeout' },
    });
  });

  test('takes the secret of another stack', () => {
    const balancer = new Balancer();
    const secret = new secretsmanager.Secret(new Stack(balancer.app, 'Secrets'), 'Secret');
    balancer.rule(Authentication.oidc({ ...OIDC, clientSecret: secret.secretValueFromJson('secret') }));
    const { ClientSecret } = balancer.action().AuthenticateOidcConfig;
    expect(JSON.stringify(ClientSecret)).toContain('{{resolve:secretsmanager:');
    expect(JSON.stringify(ClientSecret)).toContain(':SecretString:secret::}}');
  });

  test('warns when no ID token is asked for', () => {
    const balancer = new Balancer(lenientApp());
    balancer.rule(Authentication.oidc({ ...OIDC, scope: 'email openids' }));
    balancer.rule(Authentication.oidc({ ...OIDC, scope: 'email openid' }));
    expect(warnings(balancer.stack)).toEqual([
      expect.stringMatching(/^the scope 'email openids' has no 'openid', .*cdk-containers:AuthenticationScopeOpenid]$/),
    ]);
  });

  const SECRET = 'use SecretValue.secretsManager(…) or secretValue of a secret';
  const PLAIN = `clientSecret must not be plain text, because everybody who may read the template reads it: ${SECRET}`;
  const URL = "an https:// URL without a port, such as 'https://idp.example.com/oauth2/token'";
  const SCOPE = "names with a space between them, such as 'openid email'";
  const wrong = (value: unknown) => value as never;

  test.each<[string, Partial<OidcAuthenticationOptions>, string]>([
    ['the secret is plain text', { clientSecret: SecretValue.unsafePlainText('hunter2') }, PLAIN],
    ['the secret is empty', { clientSecret: SecretValue.unsafePlainText('') }, PLAIN],
    [
      'the secret is a string',
      { clientSecret: wrong('hunter2') },
      `clientSecret must be a SecretValue, got a string: ${SECRET}`,
    ],
    ['there is no secret', { clientSecret: wrong(undefined) }, 'clientSecret must be given, got undefined'],
    ['there is no client', { clientId: wrong(undefined) }, 'clientId must be given, got undefined'],
    [
      'the client is empty',
      { clientId: '' },
      "clientId must be the id that the identity provider gave to the client, got ''",
    ],
    ['there is no issuer', { issuer: wrong(null) }, 'issuer must be given, got null'],
    [
      'the issuer is plain HTTP',
      { issuer: 'http://idp.example.com' },
      `issuer must be ${URL}, got 'http://idp.example.com'`,
    ],
    [
      'an endpoint has no scheme',
      { authorizationEndpoint: 'idp/a' },
      `authorizationEndpoint must be ${URL}, got 'idp/a'`,
    ],
    [
      'an endpoint has a port, which the load balancer does not open',
      { tokenEndpoint: 'https://idp.example.com:8443/token' },
      `tokenEndpoint must be ${URL}, got 'https://idp.example.com:8443/token'`,
    ],
    [
      'an endpoint has a user',
      { tokenEndpoint: 'https://a@idp.example.com/token' },
      `tokenEndpoint must be ${URL}, got 'https://a@idp.example.com/token'`,
    ],
    [
      'an endpoint has a space',
      { userInfoEndpoint: 'https://i/a b' },
      `userInfoEndpoint must be ${URL}, got 'https://i/a b'`,
    ],
    ['an endpoint is missing', { userInfoEndpoint: wrong(undefined) }, 'userInfoEndpoint must be given, got undefined'],
    ['the scope is empty', { scope: '' }, `scope must be ${SCOPE}, got ''`],
    ['the scope has two spaces', { scope: 'openid  email' }, `scope must be ${SCOPE}, got 'openid  email'`],
    ['the scope is a list', { scope: wrong(['openid']) }, `scope must be ${SCOPE}, got openid, which is no string`],
    [
      'the cookie has a space',
      { sessionCookieName: 'a b' },
      "sessionCookieName must be the name of a cookie, such as 'AdminSession', got 'a b'",
    ],
    [
      'the cookie has no name',
      { sessionCookieName: '' },
      "sessionCookieName must be the name of a cookie, such as 'AdminSession', got ''",
    ],
    [
      'a session lasts no time',
      { sessionTimeout: Duration.seconds(0) },
      'sessionTimeout must be between 1 and 604800 seconds, got 0 seconds',
    ],
    [
      'a session lasts too long',
      { sessionTimeout: Duration.seconds(604801) },
      'sessionTimeout must be between 1 and 604800 seconds, got 604801 seconds',
    ],
    [
      'nobody knows what to do with strangers',
      { onUnauthenticatedRequest: wrong('ALLOW') },
      "onUnauthenticatedRequest must be one of authenticate, deny, allow, got 'ALLOW'",
    ],
    [
      'there are too many parameters',
      { authenticationRequestExtraParams: Object.fromEntries([...Array(11).keys()].map((i) => [`p${i}`, ''])) },
      'authenticationRequestExtraParams must have at most 10 parameters, got 11',
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => Authentication.oidc({ ...OIDC, ...options }), message);
  });

  test('fails when the secret is one that CloudFormation does not resolve here', () => {
    const clientSecret = SecretValue.ssmSecure('idp');
    expectFailure(
      () => new Balancer().rule(Authentication.oidc({ ...OIDC, clientSecret })),
      'clientSecret must not be a secure string of Systems Manager, which CloudFormation does not resolve for a listener rule: put it into Secrets Manager',
    );
  });

  test('never tells the secret', () => {
    for (const clientSecret of [SecretValue.unsafePlainText('hunter2'), 'hunter2' as never]) {
      expect(() => Authentication.oidc({ ...OIDC, clientSecret })).toThrow(/^(?!.*hunter2)/);
    }
  });
});
