import { Token, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Authentication, JwtClaimFormat } from '../../lib';
import type { JwtAuthenticationOptions, JwtClaim } from '../../lib';
import { Balancer, JWT, NEXT, actionsOf } from '../support/authentications';
import { expectFailure } from '../support/errors';
import { newApp, warnings } from '../support/fixture';
import { lenientApp } from '../support/resources';

describe('Authentication.jwt', () => {
  test('checks tokens before what the rule does', () => {
    expect(actionsOf(Authentication.jwt(JWT))).toEqual([
      {
        Type: 'jwt-validation',
        Order: 1,
        JwtValidationConfig: {
          Issuer: 'https://idp.example.com',
          JwksEndpoint: 'https://idp.example.com/.well-known/jwks.json',
          AdditionalClaims: [{ Name: 'aud', Values: ['shop'], Format: 'single-string' }],
        },
      },
      NEXT,
    ]);
  });

  test('takes claims in all formats', () => {
    const [action] = actionsOf(
      Authentication.jwt({
        ...JWT,
        claims: [
          { name: 'client_id', values: ['with a space'], format: JwtClaimFormat.SINGLE_STRING },
          { name: 'aud', values: ['shop', 'admin'], format: JwtClaimFormat.STRING_ARRAY },
          { name: 'scope', values: ['read', 'write'], format: JwtClaimFormat.SPACE_SEPARATED_VALUES },
        ],
      }),
    );
    expect(action.JwtValidationConfig.AdditionalClaims).toEqual([
      { Name: 'client_id', Values: ['with a space'], Format: 'single-string' },
      { Name: 'aud', Values: ['shop', 'admin'], Format: 'string-array' },
      { Name: 'scope', Values: ['read', 'write'], Format: 'space-separated-values' },
    ]);
  });

  test('can be the default action of a listener', () => {
    const { stack, listener } = new Balancer();
    const action = Authentication.jwt(JWT).bind(stack, elbv2.ListenerAction.fixedResponse(200));
    const [jwt, next] = action.renderActions();
    expect(jwt).toMatchObject({ type: 'jwt-validation', order: 1 });
    expect(jwt.jwtValidationConfig).toHaveProperty('additionalClaims', [
      { name: 'aud', values: ['shop'], format: 'single-string' },
    ]);
    expect(next).toMatchObject({ type: 'fixed-response', order: 2 });
    expect(() => action.bind(stack, listener)).not.toThrow();
  });

  test('takes tokens', () => {
    const token = Token.asString({ Ref: 'Url' });
    const claims = [{ name: 'aud', values: [token] }];
    const [action] = actionsOf(Authentication.jwt({ issuer: token, jwksEndpoint: token, claims }));
    expect(action.JwtValidationConfig).toMatchObject({ Issuer: { Ref: 'Url' }, JwksEndpoint: { Ref: 'Url' } });
  });

  test.each([undefined, []])('warns when every token of the issuer gets in: claims %p', (claims) => {
    const balancer = new Balancer(lenientApp());
    balancer.rule(Authentication.jwt({ ...JWT, claims }));
    expect(warnings(balancer.stack)).toEqual([
      expect.stringMatching(/^Authentication\.jwt without claims lets in every token .*:AuthenticationAnyToken]$/),
    ]);
    expect(balancer.action().JwtValidationConfig).not.toHaveProperty('AdditionalClaims');
  });

  const claim = (name: string, values: string[], format?: string) => ({ name, values, format }) as JwtClaim;
  const LONG = `https://idp.example.com/${'x'.repeat(233)}`;

  test('takes a URL, a value and lists of the greatest length', () => {
    const claims = [...Array(10).keys()].map((i) => claim(`c${i}`, Array(10).fill('x'.repeat(256)), 'string-array'));
    expect(() => Authentication.jwt({ ...JWT, issuer: LONG.slice(0, 256), claims })).not.toThrow();
  });

  test.each<[string, Partial<JwtAuthenticationOptions>, string]>([
    [
      'the keys are on plain HTTP',
      { jwksEndpoint: 'http://idp.example.com/jwks' },
      "jwksEndpoint must be an https:// URL without a port, such as 'https://idp.example.com/oauth2/token', got 'http://idp.example.com/jwks'",
    ],
    ['there is no issuer', { issuer: undefined as never }, 'issuer must be given, got undefined'],
    ['the issuer is too long', { issuer: LONG }, 'issuer must have at most 256 characters, got 257'],
    [
      'the URL of the keys is too long',
      { jwksEndpoint: LONG },
      'jwksEndpoint must have at most 256 characters, got 257',
    ],
    [
      'there are too many claims',
      { claims: [...Array(11).keys()].map((i) => claim(`c${i}`, ['x'])) },
      'claims must be at most 10, got 11',
    ],
    [
      'claims are no list',
      { claims: claim('aud', ['x']) as never },
      'claims must be a list, got something else: put it into brackets',
    ],
    [
      'a claim is there twice',
      { claims: [claim('a', ['x']), claim('a', ['y'])] },
      "names of claims must be unique, got 'a' twice",
    ],
    [
      'a claim is checked anyway',
      { claims: [claim('iss', ['x'])] },
      "the name of a claim must not be 'iss', which ELB checks anyway: leave it out",
    ],
    [
      'a claim has no name',
      { claims: [claim(undefined as never, ['x'])] },
      'the name of a claim must be given, got undefined',
    ],
    [
      'the name of a claim is empty',
      { claims: [claim('', ['x'])] },
      "the name of a claim must be a name without spaces, such as 'aud', got ''",
    ],
    [
      'a claim has no values',
      { claims: [claim('aud', undefined as never)] },
      "values of claim 'aud' must be given, got undefined",
    ],
    [
      'the values are no list',
      { claims: [claim('aud', 'shop' as never)] },
      "values of claim 'aud' must be a list, got 'shop': put it into brackets",
    ],
    [
      'the values are an empty list',
      { claims: [claim('aud', [], 'string-array')] },
      "values of claim 'aud' must be 1 to 10, got 0",
    ],
    [
      'there are too many values',
      { claims: [claim('aud', Array(11).fill('x'), 'string-array')] },
      "values of claim 'aud' must be 1 to 10, got 11",
    ],
    [
      'there are two values of one text',
      { claims: [claim('aud', ['x', 'y'])] },
      "values of claim 'aud' must be one, or have the format of a list, got 2",
    ],
    [
      'there is no value of one text',
      { claims: [claim('aud', [], 'single-string')] },
      "values of claim 'aud' must be one, or have the format of a list, got 0",
    ],
    [
      'a value is empty',
      { claims: [claim('aud', [''])] },
      "a value of claim 'aud' must be 1 to 256 characters, got ''",
    ],
    [
      'a value is too long',
      { claims: [claim('aud', ['x'.repeat(257)])] },
      `a value of claim 'aud' must be 1 to 256 characters, got '${'x'.repeat(257)}'`,
    ],
    [
      'a word has a space',
      { claims: [claim('scope', ['a b'], 'space-separated-values')] },
      "a value of claim 'scope' must be 1 to 256 characters without spaces, got 'a b'",
    ],
    [
      'the format is none',
      { claims: [claim('aud', ['x'], 'list')] },
      "the format of claim 'aud' must be one of single-string, string-array, space-separated-values, got 'list'",
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => Authentication.jwt({ ...JWT, ...options }), message);
  });

  test('fails on a listener that speaks plain HTTP', () => {
    const balancer = new Balancer(newApp(), elbv2.ApplicationProtocol.HTTP);
    expect(() => balancer.rule(Authentication.jwt(JWT))).toThrow('JWT authentication requires an HTTPS listener');
  });
});
