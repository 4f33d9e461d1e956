import { CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { KubernetesAccess } from '../../lib/eks/kubernetes-access';
import type { KubernetesAccessScope } from '../../lib/eks/kubernetes-access';
import { expectFailure } from '../support/errors';

const wrong = (value: unknown) => value as never;
const NAMESPACE =
  "a namespace must be 1 to 63 lower case letters, digits, '-', and * for some of them, and must not begin or end with '-', got";

const FACTORIES: [string, (scope?: KubernetesAccessScope) => KubernetesAccess][] = [
  ['admin', (scope) => KubernetesAccess.admin(scope)],
  ['edit', (scope) => KubernetesAccess.edit(scope)],
  ['view', (scope) => KubernetesAccess.view(scope)],
  ['secretReader', (scope) => KubernetesAccess.secretReader(scope)],
  ['policy', (scope) => KubernetesAccess.policy('AmazonEKSViewPolicy', scope)],
];

describe.each(FACTORIES)('%s', (_name, make) => {
  test.each<[string, unknown, string]>([
    [
      'there are no namespaces, which must never be all',
      { namespaces: [] },
      'namespaces must have at least one name, got none: leave namespaces out for the whole cluster',
    ],
    ['namespaces are null', { namespaces: null }, 'namespaces must be given, got null'],
    ['namespaces are text', { namespaces: 'shop' }, "namespaces must be a list, got 'shop': put it into brackets"],
    ['the scope is a list', ['shop'], 'the options of an access must be an object with namespaces, got no object'],
    ['the scope is text', 'shop', 'the options of an access must be an object with namespaces, got no object'],
    ['the scope is null', null, 'the options of an access must be an object with namespaces, got no object'],
    [
      'the scope is misspelt',
      { namespace: 'shop' },
      'the options of an access must be an object with namespaces, got namespace',
    ],
    ['a namespace has capitals', { namespaces: ['Shop'] }, `${NAMESPACE} 'Shop'`],
    ['a namespace is empty', { namespaces: [''] }, `${NAMESPACE} ''`],
    ['a namespace is missing', { namespaces: [undefined] }, 'a namespace must be given, got undefined'],
    ['a namespace is too long', { namespaces: ['a'.repeat(64)] }, `${NAMESPACE} '${'a'.repeat(64)}'`],
    ['a namespace ends with a hyphen', { namespaces: ['a-'] }, `${NAMESPACE} 'a-'`],
    ['a namespace begins with a hyphen', { namespaces: ['-a'] }, `${NAMESPACE} '-a'`],
    ['a namespace comes twice', { namespaces: ['a', 'b', 'a'] }, "namespaces must be unique, got 'a' twice"],
  ])('fails when %s', (_what, scope, message) => {
    expectFailure(() => make(wrong(scope)), message);
  });

  test.each([['shop'], ['team-*'], ['*'], ['a'.repeat(63)]])('takes the namespace %s', (namespace) => {
    expect(make({ namespaces: [namespace] })._bind().grants[0].namespaces).toEqual([namespace]);
  });

  test('takes tokens', () => {
    const stack = new Stack();
    const namespaces = [new CfnParameter(stack, 'It').valueAsString];
    expect(make({ namespaces })._bind().grants[0].namespaces).toEqual(namespaces);
    expect(() => make({ namespaces: Fn.split(',', Fn.importValue('Namespaces')) })).not.toThrow();
  });

  test('is not changed by its list', () => {
    const namespaces = ['a'];
    const access = make({ namespaces });
    namespaces.push('b');
    expect(access._bind().grants[0].namespaces).toEqual(['a']);
  });
});

describe('policy fails when', () => {
  test.each<[string, unknown, string | RegExp]>([
    ['it is missing', undefined, 'the name of an access policy must be given, got undefined'],
    [
      'it is an ARN',
      'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
      /^the name of an access policy must be a name without its ARN, such as 'AmazonEKSViewPolicy', got 'arn:/,
    ],
    ['it is empty', '', /^the name of an access policy must be/],
    [
      'only services have it',
      'AmazonEKSNetworkingClusterPolicy',
      "the access policy must be one for people and programs, got 'AmazonEKSNetworkingClusterPolicy', which EKS keeps for its own services",
    ],
    [
      'only nodes have it',
      'AmazonEKSAutoNodePolicy',
      "the access policy must be one for people and programs, got 'AmazonEKSAutoNodePolicy', which EKS keeps for its own nodes",
    ],
  ])('%s', (_what, name, message) => {
    expectFailure(() => KubernetesAccess.policy(wrong(name)), message);
  });
});

describe('groups', () => {
  test.each<[string, unknown, unknown, string]>([
    ['there are none', [], {}, 'groups must have at least one name, got none'],
    ['they are missing', undefined, {}, 'groups must be given, got undefined'],
    ['they are text', 'devs', {}, "groups must be a list, got 'devs': put it into brackets"],
    ['one is empty', [''], {}, "a group must be a name without spaces, such as 'devs', got ''"],
    ['one is missing', [null], {}, 'a group must be given, got null'],
    ['one has spaces', ['my devs'], {}, "a group must be a name without spaces, such as 'devs', got 'my devs'"],
    ['one comes twice', ['a', 'a'], {}, "groups must be unique, got 'a' twice"],
    ...['system:', 'eks:', 'aws:', 'amazon:', 'iam:'].map((prefix): [string, unknown, unknown, string] => [
      `one begins with ${prefix}`,
      ['devs', `${prefix}masters`],
      {},
      `a group must not start with '${prefix}', which is reserved, got '${prefix}masters': bind a group of your own, or use KubernetesAccess.clusterAdmin()`,
    ]),
    ['the username is null', ['a'], { username: null }, 'username must be given, got null'],
    [
      'the username is empty',
      ['a'],
      { username: '' },
      "username must be a name without spaces, such as 'dev:{{SessionName}}', got ''",
    ],
    [
      'the username is reserved',
      ['a'],
      { username: 'system:admin' },
      "username must not start with 'system:', which is reserved, got 'system:admin': choose another one",
    ],
    [
      'the username has no colon before the session',
      ['a'],
      { username: 'dev{{SessionName}}' },
      "username must have a colon before {{SessionName}}, got 'dev{{SessionName}}': write 'dev:{{SessionName}}'",
    ],
    [
      'the username has no colon before the raw session',
      ['a'],
      { username: '{{SessionNameRaw}}:dev' },
      "username must have a colon before {{SessionName}}, got '{{SessionNameRaw}}:dev': write 'dev:{{SessionName}}'",
    ],
    ['the options are text', ['a'], 'anna', 'the options of groups must be an object with username, got no object'],
    [
      'an option is misspelt',
      ['a'],
      { userName: 'a' },
      'the options of groups must be an object with username, got userName',
    ],
  ])('fail when %s', (_what, names, options, message) => {
    expectFailure(() => KubernetesAccess.groups(wrong(names), wrong(options)), message);
  });

  test.each(['anna', ':{{SessionName}}', 'dev:{{SessionNameRaw}}', 'a:b{{SessionName}}'])(
    'take the username %s',
    (username) => {
      expect(KubernetesAccess.groups(['masters'], { username })._bind()).toEqual({
        grants: [],
        groups: ['masters'],
        username,
      });
    },
  );

  test('take tokens', () => {
    const name = Fn.importValue('Group');
    expect(KubernetesAccess.groups([name], { username: name })._bind()).toEqual({
      grants: [],
      groups: [name],
      username: name,
    });
  });
});
