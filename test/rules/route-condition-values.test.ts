import * as fc from 'fast-check';
import { conditionsOf } from '../../lib/rules/route-conditions';
import { expectFailure } from '../support/errors';

const HOST = "a host of a route must be a lower-case domain name such as 'app.example.com'";
const PATH = "a path of a route must be at most 128 characters that start with '/', such as '/api/*'";
const PREFIX = "pathPrefix must be a path without wildcards and without a slash at its end, such as '/docs'";
const METHOD = "a method of a route must be upper-case letters such as 'GET'";
const SOURCE = "a source of a route must be addresses in CIDR notation such as '192.0.2.0/24'";

describe('hosts', () => {
  test.each([
    'example.com',
    'a-b.example.com',
    '*.example.com',
    'a?.example.com',
    '*a*.com',
    '1.2',
    'xn--bcher-kva.example',
    `${'a'.repeat(124)}.com`,
  ])('%s is one', (host) => {
    expect(conditionsOf({ hosts: [host] })).toEqual([{ field: 'host', values: [host] }]);
  });

  test.each([
    '',
    'localhost',
    '*',
    'A.com',
    'a..com',
    '.com',
    'a.com.',
    '-a.com',
    'a-.com',
    'a.com/x',
    'a.com:80',
    'a b.com',
    'a.com\n',
    'bücher.de',
    `${'a'.repeat(125)}.com`,
  ])('fails when the host is %j', (host) => {
    expectFailure(() => conditionsOf({ hosts: ['ok.com', host] }), `${HOST}, got '${host}'`);
  });
});

describe('paths', () => {
  test.each(['/', '/*', '/**', '/a/b?c', '/a~b@c:d&e', `/_-.$/~"'@:+&*?`, '/shop.Cart/Add', `/${'a'.repeat(127)}`])(
    '%s is one',
    (path) => {
      expect(conditionsOf({ paths: [path] })).toEqual([{ field: 'path', values: [path] }]);
    },
  );

  test.each(['', 'a', '*', '/a b', '/ä', '/a#b', '/a%20b', '/a=b', '/a;b', '/a\n', `/${'a'.repeat(128)}`])(
    'fails when the path is %j',
    (path) => {
      expectFailure(() => conditionsOf({ paths: ['/ok', path] }), `${PATH}, got '${path}'`);
    },
  );

  test.each(['/docs', '/a/b', '/a.b', `/${'a'.repeat(125)}`])('%s is a prefix', (pathPrefix) => {
    expect(conditionsOf({ pathPrefix })).toEqual([{ field: 'path', values: [pathPrefix, `${pathPrefix}/*`] }]);
  });

  test.each(['', '/', 'docs', '/docs/', '/a//b', '//a', '/docs/*', '/a?'])(
    'fails when the prefix is %j',
    (pathPrefix) => {
      expectFailure(() => conditionsOf({ pathPrefix }), `${PREFIX}, got '${pathPrefix}'`);
    },
  );

  test('fails when the pattern below the prefix is too long', () => {
    const pathPrefix = `/${'a'.repeat(126)}`;
    expectFailure(() => conditionsOf({ pathPrefix }), `${PATH}, got '${pathPrefix}/*'`);
  });
});

describe('headers', () => {
  const NAME = 'the name of a header must be 1 to 40 characters without spaces';

  test.each(['X-One', 'user-agent', 'hostname', "!#$%&'*+.^_`|~", 'a'.repeat(40)])('%s is a name', (name) => {
    expect(conditionsOf({ headers: { [name]: ['1'] } })).toEqual([{ field: 'header', name, values: ['1'] }]);
  });

  test.each(['', 'a b', 'a:', 'ä', 'a?', 'a/b', 'a'.repeat(41)])('fails when the name is %j', (name) => {
    expectFailure(() => conditionsOf({ headers: { [name]: ['1'] } }), `${NAME}, got '${name}'`);
  });

  test.each([' ', '*Chrome*', 'a b', '~', 'a'.repeat(128)])('%j is a value', (value) => {
    expect(conditionsOf({ headers: { x: [value] } })).toEqual([{ field: 'header', name: 'x', values: [value] }]);
  });

  test.each(['', 'a\tb', '\x7f', 'ä', 'a\n', 'a'.repeat(129)])('fails when a value is %j', (value) => {
    expectFailure(
      () => conditionsOf({ headers: { 'X-One': ['ok', value] } }),
      `a value of the header 'X-One' must be 1 to 128 printable characters, got '${value}'`,
    );
  });

  test.each(['host', 'Host', 'HOST'])('fails when the header is %s', (name) => {
    expectFailure(
      () => conditionsOf({ headers: { [name]: ['a.com'] } }),
      `headers must not name '${name}', because ELB looks at it as the host only: use hosts`,
    );
  });

  test('fails when two names differ in case only', () => {
    expectFailure(
      () => conditionsOf({ headers: { 'X-One': ['1'], Y: ['2'], 'x-oNE': ['3'] } }),
      "headers must name 'x-one' once, got it twice: put the values into one list",
    );
  });
});

describe('query', () => {
  test.each(['v', 'a b', 'a[]', 'x'.repeat(128)])('%s is a key', (key) => {
    expect(conditionsOf({ query: { [key]: ['1'] } })).toEqual([{ field: 'query', name: key, values: ['1'] }]);
  });

  test.each(['', 'ä', 'a\n', '\x7f', 'x'.repeat(129)])('fails when the key is %j', (key) => {
    expectFailure(
      () => conditionsOf({ query: { [key]: ['1'] } }),
      `the key of a query parameter must be 1 to 128 printable characters, got '${key}'`,
    );
  });

  test.each(['1', '*', '\\*', 'a=b', '%C3%A4', 'x'.repeat(128)])('%s is a value', (value) => {
    expect(conditionsOf({ query: { v: [value] } })).toEqual([{ field: 'query', name: 'v', values: [value] }]);
  });

  test.each(['', 'ä', 'a\n', 'x'.repeat(129)])('fails when a value is %j', (value) => {
    expectFailure(
      () => conditionsOf({ query: { v: ['ok', value] } }),
      `a value of the query parameter 'v' must be 1 to 128 printable characters, got '${value}'`,
    );
  });

  test('takes keys that differ in case, both of which must be there', () => {
    expect(conditionsOf({ query: { v: ['1'], V: ['2'] } }).map(({ name }) => name)).toEqual(['v', 'V']);
  });
});

describe('methods', () => {
  test.each(['GET', 'M-SEARCH', 'A_B', 'X'.repeat(40)])('%s is one', (method) => {
    expect(conditionsOf({ methods: [method] })).toEqual([{ field: 'method', values: [method] }]);
  });

  test.each(['', 'get', 'GET2', '*', 'G?T', 'GET ', 'GET\n', 'X'.repeat(41)])(
    'fails when the method is %j',
    (method) => {
      expectFailure(() => conditionsOf({ methods: ['GET', method] }), `${METHOD}, got '${method}'`);
    },
  );
});

describe('sources', () => {
  test.each([
    '192.0.2.0/24',
    '0.0.0.0/0',
    '255.255.255.254/32',
    '255.255.255.255/31',
    '10.20.199.249/9',
    '::/0',
    '::1/128',
    '2001:db8::/32',
    '2001:DB8:0:0:1:2:3:4/119',
    '1:2:3:4:5:6:7::/112',
    '::2:3:4:5:6:7:8/64',
    'fe80::1:2/99',
  ])('%s is one', (cidr) => {
    expect(conditionsOf({ sourceIps: [cidr] })).toEqual([{ field: 'source', values: [cidr] }]);
  });

  test.each([
    '',
    '10.0.0.1',
    '10.0.0/8',
    '10.0.0.0.0/8',
    '256.0.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.01.0.0/16',
    '010.0.0.0/8',
    '10.0.0.00/8',
    '*.0.0.0/8',
    '10.0.0.0/8\n',
    '::',
    '::/129',
    '::/008',
    ':/64',
    ':::/64',
    'a:/64',
    '1:2/64',
    '1::2::3/64',
    '12345::/32',
    '1:2:3:4:5:6:7:8:9/64',
    '1:2:3:4:5:6:7/64',
    '1:2:3:4:5:6:7:8::/64',
    'g::/64',
    'fe80::1%eth0/64',
    '::ffff:192.0.2.1/128',
    '::ffff/10.0.0.0/8',
  ])('fails when the source is %j', (cidr) => {
    expectFailure(() => conditionsOf({ sourceIps: ['::/0', cidr] }), `${SOURCE}, got '${cidr}'`);
  });

  test('fails when the source is the address of a broadcast, which ELB refuses', () => {
    expectFailure(
      () => conditionsOf({ sourceIps: ['255.255.255.255/32'] }),
      "a source of a route must not be '255.255.255.255/32', because ELB refuses it: leave it out",
    );
  });

  test('takes every network of version 4', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const network = fc.tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 31 }));
    fc.assert(
      fc.property(network, ([a, b, c, d, prefix]) => {
        const cidr = `${a}.${b}.${c}.${d}/${prefix}`;
        expect(conditionsOf({ sourceIps: [cidr] })).toEqual([{ field: 'source', values: [cidr] }]);
      }),
    );
  });
});
