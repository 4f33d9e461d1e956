import { Lazy, Token } from 'aws-cdk-lib';
import { checkBottlerocketSettings, checkNodeConfig, checkUserDataSize } from '../../lib/rules/node-settings';
import { expectFailure } from '../support/errors';

const TEXT = Token.asString({ Ref: 'Text' });
const NUMBER = Token.asNumber({ Ref: 'Number' });
const LIST = Token.asList({ Ref: 'List' });
const circle: Record<string, unknown> = {};
circle.again = { circle };

/** What no text can hold, whoever reads it. */
const UNTELLABLE: [string, unknown, string][] = [
  ['null', { a: null }, 'NAME.a must be a text, a number, true or false, a list or an object, got null'],
  ['a function', { a: () => 1 }, 'NAME.a must be a text, a number, true or false, a list or an object, got a function'],
  ['no number', { a: [NaN] }, 'NAME.a[0] must be a text, a number, true or false, a list or an object, got NaN'],
  [
    'a number that is a token',
    { a: NUMBER },
    'NAME.a must be known at synthesis, or a string, got a token of another type: write it as a string',
  ],
  [
    'a list that is a token',
    { a: LIST },
    'NAME.a must be known at synthesis, or a string, got a token of another type: write it as a string',
  ],
  [
    'a lazy value',
    { a: Lazy.any({ produce: () => 1 }) },
    'NAME.a must be known at synthesis, or a string, got a token of another type: write it as a string',
  ],
  ['a circle', circle, 'NAME.again.circle must not hold itself, got a circle'],
  ['a key with a quote', { 'a"b': 1 }, `the keys of NAME must be known at synthesis and without quotes, got 'a"b'`],
  [
    'a key with a line break',
    { a: { 'x\ny': 1 } },
    "the keys of NAME.a must be known at synthesis and without quotes, got 'x\ny'",
  ],
  [
    'a key that is a token',
    { [TEXT]: 1 },
    'the keys of NAME must be known at synthesis and without quotes, got a token',
  ],
  ['a list', [], 'NAME must be an object, got a list'],
  ['a text', 'max-pods = 1', "NAME must be an object, got 'max-pods = 1'"],
];

describe('a NodeConfig', () => {
  test.each([
    {},
    { kubelet: {}, containerd: {}, instance: {}, featureGates: {} },
    { kubelet: { config: { any: { thing: [1, 'a', true] } }, flags: ['--v=2', TEXT], maxPodsExpression: 'x' } },
    { containerd: { config: TEXT, baseRuntimeSpec: {} }, kubelet: undefined },
    { instance: { localStorage: {}, environment: {}, network: {} }, featureGates: { AnyGate: true } },
    { kubelet: { flags: ['--node-labels-too=x', '--max-pods=4'] } },
  ])('can be %j', (config) => expect(checkNodeConfig(config)).toEqual([]));

  test('is doubtful where nodeadm may not know it', () => {
    expect(checkNodeConfig({ kublet: {}, kubelet: { configs: {} }, instance: { disk: {} } })).toEqual([
      "nodeConfig has 'kublet'",
      "nodeConfig.kubelet has 'configs'",
      "nodeConfig.instance has 'disk'",
    ]);
  });

  test.each<[object, string]>([
    [
      { spec: {} },
      "nodeConfig must be what stands in the spec of a NodeConfig, got the whole of it: give the value of 'spec'",
    ],
    [
      { apiVersion: 'node.eks.aws/v1alpha1' },
      "nodeConfig must be what stands in the spec of a NodeConfig, got the whole of it: give the value of 'spec'",
    ],
    [
      { cluster: { name: 'x' } },
      "nodeConfig must not have 'cluster', which is told of the cluster of the nodes: leave it out",
    ],
    [{ kubelet: 'x' }, "nodeConfig.kubelet must be an object, got 'x'"],
    [{ featureGates: [] }, 'nodeConfig.featureGates must be an object, got a list'],
    [{ kubelet: { config: 'maxPods: 1' } }, "nodeConfig.kubelet.config must be an object, got 'maxPods: 1'"],
    [{ kubelet: { flags: '--v=2' } }, "nodeConfig.kubelet.flags must be a list of strings, got '--v=2'"],
    [{ kubelet: { flags: [2] } }, 'nodeConfig.kubelet.flags must be a list of strings, got a list'],
    [{ containerd: { config: {} } }, 'nodeConfig.containerd.config must be a string, got an object'],
    [
      { kubelet: { flags: ['--node-labels=a=b'] } },
      "nodeConfig.kubelet.flags must not have '--node-labels', got '--node-labels=a=b': use labels, which also tell an autoscaler",
    ],
    [
      { kubelet: { flags: ['--register-with-taints a=b:NoSchedule'] } },
      "nodeConfig.kubelet.flags must not have '--register-with-taints', got '--register-with-taints a=b:NoSchedule': use taints, which also tell an autoscaler",
    ],
    [
      { kubelet: { config: { registerWithTaints: [] } } },
      "nodeConfig.kubelet.config must not have 'registerWithTaints': use taints, which also tell an autoscaler",
    ],
  ])('fails when it is %j', (config, message) => expectFailure(() => checkNodeConfig(config as never), message));

  test.each(UNTELLABLE)('fails when it holds %s', (_what, config, message) =>
    expectFailure(() => checkNodeConfig(config as never), message.replace('NAME', 'nodeConfig')),
  );
});

describe('settings of Bottlerocket', () => {
  test.each([
    {},
    { motd: 'hello', ntp: {}, kubernetes: undefined },
    {
      kubernetes: {
        'max-pods': 4,
        'cluster-dns-ip': ['10.0.0.10'],
        'seccomp-default': true,
        'pod-pids-limit': undefined,
      },
    },
    {
      kubernetes: {
        'eviction-hard': { 'memory.available': TEXT },
        'cluster-domain': TEXT,
        'allowed-unsafe-sysctls': ['net.*'],
      },
    },
    { kernel: { any: { thing: [1, 'a'] } } },
  ])('can be %j', (settings) => expect(checkBottlerocketSettings(settings)).toEqual([]));

  test('are doubtful where Bottlerocket may not know them', () => {
    expect(checkBottlerocketSettings({ kubernetes: { maxPods: 4, 'max-pods': 4 } })).toEqual([
      "settings.kubernetes has 'maxPods'",
    ]);
  });

  test.each([
    ['cluster-name', 'cluster'],
    ['api-server', 'cluster'],
    ['cluster-certificate', 'cluster'],
    ['node-labels', 'labels'],
    ['node-taints', 'taints'],
  ])('fails when they have %s', (key, instead) =>
    expectFailure(
      () => checkBottlerocketSettings({ kubernetes: { [key]: 'x' } }),
      `settings.kubernetes must not have '${key}': it follows from ${instead} of the nodes, leave it out`,
    ),
  );

  test.each<[object, string]>([
    [
      { settings: {} },
      "settings must be what stands below 'settings' in the TOML of Bottlerocket, got 'settings' again: leave that level out",
    ],
    [{ kubernetes: 'x' }, "settings.kubernetes must be an object, got 'x'"],
    [{ 'max-pods': 4 }, 'settings.max-pods must be an object, got 4'],
    [{ kubernetes: { 'max-pods': '4' } }, "settings.kubernetes.max-pods must be a whole number, got '4'"],
    [{ kubernetes: { 'max-pods': 4.5 } }, 'settings.kubernetes.max-pods must be a whole number, got 4.5'],
    [
      { kubernetes: { 'seccomp-default': 'true' } },
      "settings.kubernetes.seccomp-default must be true or false, got 'true'",
    ],
    [{ kubernetes: { 'eviction-hard': 'x' } }, "settings.kubernetes.eviction-hard must be an object, got 'x'"],
    [{ kubernetes: { 'cluster-domain': true } }, 'settings.kubernetes.cluster-domain must be a string, got true'],
    [
      { kubernetes: { 'allowed-unsafe-sysctls': 'a' } },
      "settings.kubernetes.allowed-unsafe-sysctls must be a list of strings, got 'a'",
    ],
  ])('fails when they are %j', (settings, message) =>
    expectFailure(() => checkBottlerocketSettings(settings as never), message),
  );

  test.each(UNTELLABLE)('fails when they hold %s', (_what, settings, message) =>
    expectFailure(() => checkBottlerocketSettings(settings as never), message.replace('NAME', 'settings')),
  );
});

test('user data has 16 KiB', () => {
  expect(checkUserDataSize('x'.repeat(16384))).toHaveLength(16384);
  expectFailure(
    () => checkUserDataSize('é'.repeat(8193)),
    'the user data of a node must be at most 16384 bytes, got 16386: shorten the settings of its image',
  );
});
