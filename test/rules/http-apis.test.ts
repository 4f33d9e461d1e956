import { Duration, Token } from 'aws-cdk-lib';
import { checkIntegrationTimeout, checkThrottle, routeKeysOf } from '../../lib/rules/http-apis';
import type { RouteKeyOptions } from '../../lib/rules/http-apis';
import { expectFailure } from '../support/errors';

const PATH = "a path such as '/orders', '/orders/{id}' or '/orders/{proxy+}', without '*' and '?'";

describe('the routes of a service', () => {
  test('are all requests without a path', () => {
    expect(routeKeysOf({})).toEqual([{ path: undefined, method: undefined }]);
  });

  test.each(['/', '/a', '/a/b-c_d.e~f', '/{id}', '/a/{id}/b', '/{proxy+}', '/a/{proxy+}', '/a/@me/x:y'])(
    'may have the path %s',
    (path) => {
      expect(routeKeysOf({ paths: [path] })).toEqual([{ path, method: undefined }]);
    },
  );

  test.each(['', 'a', '/a/', '//', '/a/*', '/a?b', '/{a+}/b', '/{}', '/{a', '/a b', '/a/{b}c'])(
    'fails when a path is %p',
    (path) => {
      expectFailure(() => routeKeysOf({ paths: [path] }), `a path of Routing.httpApi must be ${PATH}, got '${path}'`);
    },
  );

  test.each<[string, RouteKeyOptions, string]>([
    ['paths are none', { paths: [] }, 'paths must not be empty, got an empty list: leave it out for all of them'],
    ['methods are none', { methods: [] }, 'methods must not be empty, got an empty list: leave it out for all of them'],
    [
      'paths are no list',
      { paths: '/a' as unknown as string[] },
      "paths must be a list, got '/a': put it into brackets",
    ],
    ['a path is there twice', { paths: ['/a', '/a'] }, "paths must be unique, got '/a' twice"],
    ['a path is the prefix', { paths: ['/a'], pathPrefix: '/a' }, "paths must be unique, got '/a' twice"],
    [
      'the prefix ends with a slash',
      { pathPrefix: '/a/' },
      "pathPrefix must be a path without a slash at its end, such as '/docs', got '/a/'",
    ],
    [
      'the prefix has a parameter',
      { pathPrefix: '/{id}' },
      "pathPrefix must be a path without a slash at its end, such as '/docs', got '/{id}'",
    ],
    [
      'a path is a token',
      { paths: [Token.asString({ Ref: 'Path' })] },
      'a path of Routing.httpApi must be known at synthesis, got a token: write it out',
    ],
    [
      'the prefix is a token',
      { pathPrefix: Token.asString({ Ref: 'Path' }) },
      'pathPrefix must be known at synthesis, got a token: write it out',
    ],
    [
      'a method is small',
      { methods: ['GET', 'get'] as RouteKeyOptions['methods'] },
      "a method of Routing.httpApi must be one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, got 'get'",
    ],
    [
      'a method is there twice',
      { methods: ['GET', 'GET'] as RouteKeyOptions['methods'] },
      "methods must be unique, got 'GET' twice",
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => routeKeysOf(options), message);
  });
});

describe('the timeout', () => {
  test.each([undefined, Duration.millis(50), Duration.seconds(29), Duration.millis(Token.asNumber({ Ref: 'T' }))])(
    'may be %s',
    (timeout) => {
      expect(() => checkIntegrationTimeout(timeout)).not.toThrow();
    },
  );

  test.each([
    [Duration.millis(49), 49],
    [Duration.millis(29001), 29001],
    [Duration.seconds(0.0555), 55.5],
  ])('fails when it is %s', (timeout, millis) => {
    expectFailure(
      () => checkIntegrationTimeout(timeout),
      `timeout must be between 50 and 29000 milliseconds, got ${millis}: for longer answers use a load balancer`,
    );
  });

  test('fails when it is no duration', () => {
    expectFailure(
      () => checkIntegrationTimeout(10 as unknown as Duration),
      'timeout must be a Duration such as Duration.seconds(10), got 10',
    );
  });
});

describe('the throttle', () => {
  test.each([undefined, {}, { rateLimit: 0.5, burstLimit: 1 }, { rateLimit: Token.asNumber({ Ref: 'R' }) }])(
    'may be %p',
    (throttle) => {
      expect(() => checkThrottle(throttle)).not.toThrow();
    },
  );

  test.each([
    [{ rateLimit: 0 }, 'throttle.rateLimit must be more than 0, got 0: 0 refuses every request'],
    [{ rateLimit: NaN }, 'throttle.rateLimit must be more than 0, got NaN: 0 refuses every request'],
    [{ burstLimit: 0 }, 'throttle.burstLimit must be at least 1, got 0'],
    [{ burstLimit: 1.5 }, 'throttle.burstLimit must be a whole number, got 1.5'],
  ])('fails when it is %p', (throttle, message) => {
    expectFailure(() => checkThrottle(throttle), message);
  });
});
