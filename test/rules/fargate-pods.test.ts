import { Lazy } from 'aws-cdk-lib';
import {
  checkPodRole,
  checkProfileName,
  checkSelectors,
  isWithoutFargate,
  overQuota,
} from '../../lib/rules/fargate-pods';
import { expectFailure } from '../support/errors';

const TOKEN = Lazy.string({ produce: () => 'later' });

function expectWrong(selectors: unknown, message: string | RegExp): void {
  expectFailure(() => checkSelectors(selectors as never), message);
}

describe('the selectors', () => {
  test.each([undefined, null])('fails when they are %s', (selectors) => {
    expectWrong(selectors, `selectors must be given, got ${String(selectors)}`);
  });

  test('fails when there is none', () => {
    expectWrong([], 'selectors must be at least 1, got none: no pod would run on Fargate');
  });

  test('fails when they are a string', () => {
    expectWrong('shop', "selectors must be a list, got 'shop': put it into brackets");
  });

  test('fails when one stands without brackets', () => {
    expectWrong({ namespace: 'shop' }, 'selectors must be a list, got something else: put it into brackets');
  });

  test.each([['shop'], [null], [undefined], [['shop']]])('fails when one is %j', (selector) => {
    expectWrong([selector], 'the options of a selector must be an object with namespace, labels, got no object');
  });

  test('fails when one has a property that there is not', () => {
    expectWrong(
      [{ namespace: 'shop', label: { app: 'web' } }],
      'the options of a selector must be an object with namespace, labels, got label',
    );
  });

  test.each([undefined, null])('fails when the namespace is %s', (namespace) => {
    expectWrong([{ namespace }], `the namespace of a selector must be given, got ${String(namespace)}`);
  });

  test.each(['', 'Shop', 'a'.repeat(64), '-shop', 'shop-', 'a.b', 'a b', 'a[bc]', 'shop\n'])(
    'fails when the namespace is %j',
    (namespace) => {
      expectWrong(
        [{ namespace }],
        `the namespace of a selector must be up to 63 lower case letters, digits and hyphens, with * and ? for others, got '${namespace}'`,
      );
    },
  );

  test('fails when the second is wrong', () => {
    expectWrong([{ namespace: 'shop' }, { namespace: 'B' }], /got 'B'$/);
  });

  test.each(['a', 'a'.repeat(63), 'prod-*', '*', '?', '*dev', 'frontend*?', '1', TOKEN])(
    'can be of %s',
    (namespace) => {
      expect(() => checkSelectors([{ namespace }])).not.toThrow();
    },
  );
});

describe('the labels of a selector', () => {
  const wrong = (labels: unknown, message: string | RegExp) => expectWrong([{ namespace: 'shop', labels }], message);

  test.each([['app=web'], [null], [['app']], [1]])('fails when they are %j', (labels) => {
    wrong(
      labels,
      "labels of the selector of 'shop' must be an object of strings, got something else: write { key: 'value' }",
    );
  });

  test.each(['', 'a b', '/app', 'example.com/', 'a/b/c', 'a=b', 'ä'])('fails when a key is %j', (key) => {
    wrong(
      { [key]: 'x' },
      `the key of a label of a selector must be a name such as 'app' or 'example.com/app', with * and ? for other characters, got '${key}'`,
    );
  });

  test('fails when a key has more than 127 characters', () => {
    const key = `${'a'.repeat(64)}/${'b'.repeat(63)}`;
    wrong({ [key]: 'x' }, `the key of a label of a selector must have up to 127 characters, got 128: '${key}'`);
  });

  test('fails when the name of a key has more than 63 characters', () => {
    wrong(
      { [`example.com/${'b'.repeat(64)}`]: 'x' },
      'the name in the key of a label of a selector must have up to 63 characters, as labels of pods, got 64',
    );
  });

  test('fails when a value has more than 255 characters', () => {
    wrong(
      { app: '*'.repeat(256) },
      /^the label 'app' of a selector must be 1 to 255 letters, digits, '\.', '_' and '-', with \* and \? for others, got/,
    );
  });

  test('fails when a value is longer than that of any pod', () => {
    wrong(
      { app: 'x'.repeat(64) },
      "the label 'app' of a selector must have up to 63 characters, as labels of pods, got 64",
    );
  });

  test.each(['', 'a b', 'a/b', 'ä'])('fails when a value is %j', (value) => {
    wrong({ app: value }, /^the label 'app' of a selector must be 1 to 255 letters/);
  });

  test.each([
    [undefined, "the label 'app' of a selector must be given, got undefined"],
    [null, "the label 'app' of a selector must be given, got null"],
    [1, /, got 1, which is no string$/],
    [true, /, got true, which is no string$/],
  ])('fails when a value is %s', (value, message) => {
    wrong({ app: value }, message);
  });

  test.each([
    ['nothing', undefined],
    ['none', {}],
    ['the longest', { [`${'a'.repeat(63)}/${'b'.repeat(63)}`]: 'x'.repeat(63) }],
    ['wildcards', { 'key?': 'value*', '*': '?', '*/*': '*'.repeat(255) }],
    ['those of Kubernetes', { 'app.kubernetes.io/name': 'a.b_c-D' }],
    ['tokens', { [TOKEN]: TOKEN }],
  ])('can be %s', (_what, labels) => {
    expect(() => checkSelectors([{ namespace: 'shop', labels }])).not.toThrow();
  });
});

describe('the name of a profile', () => {
  test.each(['eks-shop', '', '-a', 'a-', 'a'.repeat(64), 'a b', 'a/b'])('fails when it is %j', (name) => {
    expectFailure(
      () => checkProfileName(name),
      `fargateProfileName must be up to 63 letters, digits, '-' and '_', and not begin with 'eks-', got '${name}'`,
    );
  });

  test.each(['eks', 'my-eks-pods', 'A_9', 'a'.repeat(63), TOKEN, undefined])('can be %s', (name) => {
    expect(() => checkProfileName(name)).not.toThrow();
  });
});

describe('the quotas', () => {
  const selector = (labels: number) => ({
    namespace: 'shop',
    labels: Object.fromEntries(Array.from({ length: labels }, (_, index) => [`l${index}`, 'x'])),
  });

  test('are 5 selectors of 5 labels, and 10 profiles', () => {
    expect(overQuota(Array(5).fill(selector(5)), 10)).toBeUndefined();
    expect(overQuota(Array(6).fill(selector(5)), 10)).toBe('6 selectors, and a profile has 5');
    expect(overQuota([selector(5), selector(6)], 10)).toBe(
      "more than 5 labels in the selector of 'shop', and a selector has 5",
    );
    expect(overQuota([{ namespace: 'shop' }], 11)).toBe('11 profiles, and a cluster has 10');
  });
});

describe('the role of pods', () => {
  const ARN = 'arn:aws:iam::111122223333:role/pods';
  const trust = '{"Service":"eks-fargate-pods.amazonaws.com"}';

  test.each([
    ['in the template', { arn: TOKEN, path: '/teams/' }],
    ['in the ARN', { arn: 'arn:aws:iam::111122223333:role/teams/pods' }],
  ])('fails when it has a path %s', (_where, role) => {
    expectFailure(
      () => checkPodRole(role),
      'role must have no path, because EKS takes none for pods on Fargate, got /teams/: leave role out, or use one without',
    );
  });

  test('fails when another service assumes it', () => {
    expectFailure(
      () => checkPodRole({ arn: TOKEN, trust: '{"Service":"ec2.amazonaws.com"}' }),
      'role must be one that eks-fargate-pods.amazonaws.com may assume, got another: use a FargatePodRole; the roles of other nodes will not do',
    );
  });

  test.each([
    ['no path', { arn: ARN }],
    ['the path of all', { arn: TOKEN, path: '/', trust }],
    ['a path that is not known', { arn: TOKEN, path: TOKEN, trust }],
    ['nothing that is known', { arn: TOKEN }],
  ])('can have %s', (_what, role) => {
    expect(() => checkPodRole(role)).not.toThrow();
  });
});

test.each([
  ['us-gov-east-1', true],
  ['us-gov-west-1', true],
  ['eu-west-1', false],
  [TOKEN, false],
])('%s is without Fargate: %s', (region, without) => {
  expect(isWithoutFargate(region)).toBe(without);
});
