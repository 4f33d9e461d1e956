import { Token } from 'aws-cdk-lib';
import { conditionsOf } from '../../lib/rules/route-conditions';
import type { GivenConditions } from '../../lib/rules/route-conditions';
import { expectFailure } from '../support/errors';

const STRING = Token.asString({ Ref: 'String' });
const HOST = "a host of a route must be a lower-case domain name such as 'app.example.com'";
const PATH = "a path of a route must be at most 128 characters that start with '/', such as '/api/*'";
const PREFIX = "pathPrefix must be a path without wildcards and without a slash at its end, such as '/docs'";
const METHOD = "a method of a route must be upper-case letters such as 'GET'";
const SOURCE = "a source of a route must be addresses in CIDR notation such as '192.0.2.0/24'";

/** What only JavaScript lets pass. */
const untyped = (given: unknown) => given as GivenConditions;

describe('conditionsOf', () => {
  test('gives all kinds one shape, in one order whatever the order of the options', () => {
    const given = {
      sourceIps: ['192.0.2.0/24'],
      query: { v: ['1', '2'], w: ['x*'] },
      methods: ['GET', 'HEAD'],
      headers: { 'X-One': ['a'], 'x-two': ['b', 'c'] },
      pathPrefix: '/docs',
      paths: ['/img/*'],
      hosts: ['example.com', '*.example.com'],
    };
    const conditions = [
      { field: 'host', values: ['example.com', '*.example.com'] },
      { field: 'path', values: ['/img/*', '/docs', '/docs/*'] },
      { field: 'header', name: 'X-One', values: ['a'] },
      { field: 'header', name: 'x-two', values: ['b', 'c'] },
      { field: 'method', values: ['GET', 'HEAD'] },
      { field: 'query', name: 'v', values: ['1', '2'] },
      { field: 'query', name: 'w', values: ['x*'] },
      { field: 'source', values: ['192.0.2.0/24'] },
    ];
    expect(conditionsOf(given)).toEqual(conditions);
    expect(conditionsOf(Object.fromEntries(Object.entries(given).reverse()))).toEqual(conditions);
  });

  test('makes a prefix the path itself and all below it', () => {
    expect(conditionsOf({ pathPrefix: '/docs' })).toEqual([{ field: 'path', values: ['/docs', '/docs/*'] }]);
  });

  test('keeps each value once, in the order of the first time', () => {
    expect(
      conditionsOf({
        hosts: ['b.com', 'a.com', 'b.com'],
        paths: ['/docs/*', '/docs/*'],
        pathPrefix: '/docs',
        headers: { x: ['1', '2', '1'] },
        methods: ['GET', 'GET'],
        query: { x: ['1', '1'] },
        sourceIps: ['::/0', '::/0'],
      }).map(({ values }) => values),
    ).toEqual([['b.com', 'a.com'], ['/docs/*', '/docs'], ['1', '2'], ['GET'], ['1'], ['::/0']]);
  });

  test('does not change what it was given', () => {
    const given = { paths: ['/a', '/a'], pathPrefix: '/b', headers: { X: ['1', '1'] } };
    conditionsOf(given);
    expect(given).toEqual({ paths: ['/a', '/a'], pathPrefix: '/b', headers: { X: ['1', '1'] } });
  });

  test('lets tokens pass everywhere', () => {
    const values = [STRING];
    const given = { hosts: values, paths: values, methods: values, sourceIps: values, pathPrefix: STRING };
    expect(conditionsOf({ ...given, headers: { a: values }, query: { b: values } })).toEqual([
      { field: 'host', values },
      { field: 'path', values: [STRING, `${STRING}/*`] },
      { field: 'header', name: 'a', values },
      { field: 'method', values },
      { field: 'query', name: 'b', values },
      { field: 'source', values },
    ]);
    const part = `${STRING}::/64`;
    expect(conditionsOf({ sourceIps: [part] })).toEqual([{ field: 'source', values: [part] }]);
    expect(conditionsOf({ headers: { [STRING]: ['a'] }, query: { [STRING]: ['b'] } })).toEqual([
      { field: 'header', name: STRING, values: ['a'] },
      { field: 'query', name: STRING, values: ['b'] },
    ]);
  });

  test.each<[string, GivenConditions]>([
    ['nothing is given', {}],
    ['all is undefined', { hosts: undefined, pathPrefix: undefined, headers: undefined }],
    ['a list is empty', { hosts: [] }],
    ['all lists are empty', { hosts: [], paths: [], headers: { a: [] }, query: { b: [] } }],
    ['there are no headers', { headers: {} }],
  ])('fails when %s, which would match all requests', (_when, given) => {
    expectFailure(
      () => conditionsOf(given),
      "a route must have hosts, paths, pathPrefix or another condition, got none: use { paths: ['/*'] } for all requests",
    );
  });

  test.each<[string, GivenConditions]>([
    ['host', { hosts: [], paths: ['/a'] }],
    ['path', { hosts: ['a.com'], paths: [] }],
    ["header 'x'", { paths: ['/a'], headers: { y: ['1'], x: [] } }],
    ["header 'x'", untyped({ paths: ['/a'], headers: { x: undefined } })],
    ['method', { paths: ['/a'], methods: [] }],
    ["query 'v'", { paths: ['/a'], query: { v: [] } }],
    ['source', { paths: ['/a'], sourceIps: [] }],
  ])('fails when there is no %s in a list beside others', (what, given) => {
    expectFailure(
      () => conditionsOf(given),
      `the ${what} of a route must have at least one value, got an empty list: leave it out if any will do`,
    );
  });

  test('takes no paths beside a prefix', () => {
    expect(conditionsOf({ paths: [], pathPrefix: '/a' })).toEqual([{ field: 'path', values: ['/a', '/a/*'] }]);
  });
});

describe('what JavaScript lets pass', () => {
  test.each<[string, unknown]>([
    ["hosts must be a list, got 'a.com': put it into brackets", { hosts: 'a.com' }],
    ['hosts must be a list, got something else: put it into brackets', { hosts: null, paths: ['/a'] }],
    ["paths must be a list, got '/a': put it into brackets", { paths: '/a' }],
    ["paths must be a list, got '/a': put it into brackets", { paths: '/a', pathPrefix: '/b' }],
    ["methods must be a list, got 'GET': put it into brackets", { methods: 'GET' }],
    ["sourceIps must be a list, got '::/0': put it into brackets", { sourceIps: '::/0' }],
    ["headers['x'] must be a list, got '1': put it into brackets", { headers: { x: '1' } }],
    ["query['v'] must be a list, got something else: put it into brackets", { query: { v: 1 } }],
    [`${HOST}, got 5, which is no string`, { hosts: [5] }],
    [`${PATH}, got 5, which is no string`, { paths: [5] }],
    [`${PREFIX}, got null, which is no string`, { pathPrefix: null, hosts: ['a.com'] }],
    [`${METHOD}, got true, which is no string`, { methods: [true] }],
    [`${SOURCE}, got 10, which is no string`, { sourceIps: [10] }],
    [
      "a value of the header 'x' must be 1 to 128 printable characters, got 1, which is no string",
      { headers: { x: [1] } },
    ],
    [
      "a value of the query parameter 'v' must be 1 to 128 printable characters, got 1, which is no string",
      { query: { v: [1] } },
    ],
  ])('fails when %s', (message, given) => {
    expectFailure(() => conditionsOf(untyped(given)), message);
  });

  test.each<[string, unknown]>([
    ['hosts', { hosts: [undefined] }],
    ['paths', { paths: ['/a', undefined] }],
    ['methods', { methods: [undefined] }],
    ['sourceIps', { sourceIps: [undefined] }],
    ["headers['x']", { headers: { x: [undefined] } }],
    ["query['v']", { query: { v: [undefined] } }],
  ])('fails when one of %s is undefined, for example a variable of the environment', (option, given) => {
    expectFailure(() => conditionsOf(untyped(given)), `a value of ${option} must be given, got undefined`);
  });

  test.each(['headers', 'query'])('fails when %s is no object, which would be no condition at all', (option) => {
    for (const wrong of [null, 'x', 5, true, [['1']], new Map([['x', ['1']]])]) {
      expectFailure(
        () => conditionsOf(untyped({ hosts: ['a.com'], [option]: wrong })),
        `${option} must be an object of lists such as { name: ['value'] }, got something else`,
      );
    }
  });
});
