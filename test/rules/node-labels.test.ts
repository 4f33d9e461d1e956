import { Token } from 'aws-cdk-lib';
import { checkLabels, checkTaints, effectName } from '../../lib/rules/node-labels';
import { expectFailure } from '../support/errors';

const TOKEN = Token.asString({ Ref: 'Value' });
const LONG = 'a'.repeat(64);
const KEYS =
  'letters, digits, hyphens, underscores and dots, at most 63, with a letter or digit at both ends, after an optional domain and a slash';
const VALUES = 'letters, digits, hyphens, underscores and dots, at most 63, with a letter or digit at both ends';

describe('labels', () => {
  test.each<[string, string]>([
    ['team', 'shop'],
    ['Team_1.x', 'A-b_c.d'],
    ['a', ''],
    ['a'.repeat(63), 'a'.repeat(63)],
    [`${'a'.repeat(63)}.${'b'.repeat(63)}.example.com/name`, 'x'],
    ['team', TOKEN],
    ['node.kubernetes.io/lifecycle', 'spot'],
    ['gpu.node.kubernetes.io/kind', 'a'],
    ['kubelet.kubernetes.io/own', 'a'],
    ['topology.kubernetes.io/zone', 'eu-west-1a'],
    ['kubernetes.io.example.com/own', 'a'],
    ['mykubernetes.io/own', 'a'],
    ['myeks.amazonaws.com/own', 'a'],
    ['kubernetes.io', 'a'],
  ])('can be %s=%s', (key, value) => {
    expect(() => checkLabels({ [key]: value })).not.toThrow();
  });

  test.each([
    '',
    LONG,
    '-a',
    'a-',
    'a b',
    'a/b/c',
    '/a',
    'a/',
    'A.com/b',
    '-a.com/b',
    'a..com/b',
    `${'a.'.repeat(127)}a/b`,
    'a\n',
  ])('fails when a key is %j', (key) =>
    expectFailure(() => checkLabels({ [key]: 'x' }), `a key of labels must be ${KEYS}, got '${key}'`),
  );

  test.each([LONG, '-a', 'a-', 'a b', 'a/b', 'a,b', 'a=b', 'a"', 'a\n', 'é'])('fails when a value is %j', (value) =>
    expectFailure(() => checkLabels({ team: value }), `the value of label 'team' must be ${VALUES}, got '${value}'`),
  );

  test.each([
    'node-role.kubernetes.io/worker',
    'kubernetes.io/role',
    'k8s.io/x',
    'cluster-autoscaler.k8s.io/x',
    'beta.kubernetes.io/x',
    'xnode.kubernetes.io/x',
  ])('fails when a key is %s, with which kubelet does not start', (key) =>
    expectFailure(
      () => checkLabels({ [key]: 'x' }),
      `a key of labels must not be in the domains of Kubernetes but for kubelet.kubernetes.io/… and node.kubernetes.io/…, got '${key}': ` +
        'kubelet does not start with it; use a domain of yours, or label the node when it has joined',
    ),
  );

  test.each(['eks.amazonaws.com/nodegroup', 'x.eks.amazonaws.com/y'])('fails when a key is %s, which EKS sets', (key) =>
    expectFailure(
      () => checkLabels({ [key]: 'x' }),
      `a key of labels must not begin with eks.amazonaws.com/, got '${key}': EKS sets such labels itself`,
    ),
  );

  test('fails when a key is a token', () =>
    expectFailure(
      () => checkLabels({ [TOKEN]: 'x' }),
      'a key of labels must be known at synthesis, got a token: only values can be tokens',
    ));

  test.each<[unknown, string]>([
    [undefined, 'undefined: an empty string is a value too'],
    [null, 'null: an empty string is a value too'],
  ])('fails when a value is %s', (value, said) =>
    expectFailure(() => checkLabels({ team: value as string }), `the value of label 'team' must be given, got ${said}`),
  );

  test('fails when a value is a number', () =>
    expectFailure(
      () => checkLabels({ team: 3 as never }),
      `the value of label 'team' must be ${VALUES}, got 3, which is no string`,
    ));

  test.each<unknown>(['team=shop', null, ['team']])('fails when they are %j', (labels) =>
    expectFailure(
      () => checkLabels(labels as never),
      "labels must be an object such as { team: 'shop' }, got something else",
    ),
  );
});

describe('taints', () => {
  const of = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ key: `k${index}`, effect: 'NO_SCHEDULE' }));

  test('can be 50, with one key for several effects', () => {
    expect(() => checkTaints(of(50))).not.toThrow();
    expect(() =>
      checkTaints([
        { key: 'a', effect: 'NO_SCHEDULE' },
        { key: 'a', value: 'b', effect: 'NO_EXECUTE' },
        { key: 'a', value: TOKEN, effect: 'PREFER_NO_SCHEDULE' },
        { key: 'node.cilium.io/agent-not-ready', value: 'true', effect: 'NO_EXECUTE' },
      ]),
    ).not.toThrow();
  });

  test('fails when there are 51', () =>
    expectFailure(() => checkTaints(of(51)), 'the number of taints must be between 0 and 50, got 51'));

  test('fails when one says the same twice', () =>
    expectFailure(
      () =>
        checkTaints([
          { key: 'a', effect: 'NO_SCHEDULE' },
          { key: 'a', value: 'x', effect: 'NO_SCHEDULE' },
        ]),
      "taints must have each key with an effect once, got 'a:NoSchedule' twice: remove one",
    ));

  test.each<[unknown, string]>([
    [undefined, 'none'],
    ['NoSchedule', "'NoSchedule'"],
    ['toString', "'toString'"],
  ])('fails when the effect is %s', (effect, said) =>
    expectFailure(
      () => checkTaints([{ key: 'a', effect: effect as string }]),
      `the effect of taint 'a' must be one of NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE, got ${said}`,
    ),
  );

  test.each<[unknown, string]>([
    ['a b', "'a b'"],
    [LONG, `'${LONG}'`],
    [undefined, 'undefined, which is no string'],
  ])('fails when the key is %s', (key, said) =>
    expectFailure(
      () => checkTaints([{ key: key as string, effect: 'NO_SCHEDULE' }]),
      `the key of a taint must be ${KEYS}, got ${said}`,
    ),
  );

  test('fails when the value is too long', () =>
    expectFailure(
      () => checkTaints([{ key: 'a', value: LONG, effect: 'NO_SCHEDULE' }]),
      `the value of taint 'a' must be ${VALUES}, got '${LONG}'`,
    ));

  test.each<[unknown, string]>([
    [{ key: 'a' }, 'taints must be a list, got something else: put it into brackets'],
    ['a', "taints must be a list, got 'a': put it into brackets"],
    [['a=b:NoSchedule'], "a taint must be an object with key and effect, got 'a=b:NoSchedule'"],
    [[null], 'a taint must be an object with key and effect, got null'],
  ])('fails when they are %j', (taints, message) => expectFailure(() => checkTaints(taints as never), message));
});

test('effects are spelled as in Kubernetes', () => {
  expect(['NO_SCHEDULE', 'PREFER_NO_SCHEDULE', 'NO_EXECUTE'].map(effectName)).toEqual([
    'NoSchedule',
    'PreferNoSchedule',
    'NoExecute',
  ]);
});
