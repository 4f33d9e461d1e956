import { Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage, WindowsNodeRelease } from '../../lib/eks/node-image';
import { nodeConfigsIn, settingsIn } from '../support/eks-nodes';
import { expectFailure } from '../support/errors';

const bound = (image: NodeImage, type = 'm7i.large') => image._bind(NodeCapacity.onDemand([type])._bind());

/** The default of the parameter that holds the id of an image. */
function parameterOf(image: NodeImage, type: string, version = '1.36'): string {
  const stack = new Stack();
  bound(image, type).machineImage(version).getImage(stack);
  const [parameter] = Object.values(Template.fromStack(stack).findParameters('*')).filter(({ Default }) =>
    String(Default).startsWith('/aws/service/'),
  );
  expect(parameter.Type).toBe('AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>');
  return parameter.Default;
}

const AL2023 = () => NodeImage.al2023();
const BOTTLEROCKET = () => NodeImage.bottlerocket();
const FIPS = () => NodeImage.bottlerocket({ fips: true });

describe('the image for', () => {
  const eksPath = (flavor: string) =>
    `/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/${flavor}/recommended/image_id`;
  const brPath = (flavor: string) => `/aws/service/bottlerocket/aws-k8s-1.36${flavor}/latest/image_id`;

  test.each<[string, () => NodeImage, string, string]>([
    ['m7i.large', AL2023, 'AL2023_x86_64_STANDARD', eksPath('x86_64/standard')],
    ['m7g.large', AL2023, 'AL2023_ARM_64_STANDARD', eksPath('arm64/standard')],
    ['p5.48xlarge', AL2023, 'AL2023_x86_64_NVIDIA', eksPath('x86_64/nvidia')],
    ['p6-b200.48xlarge', AL2023, 'AL2023_x86_64_NVIDIA', eksPath('x86_64/nvidia')],
    ['g7e.2xlarge', AL2023, 'AL2023_x86_64_NVIDIA', eksPath('x86_64/nvidia')],
    ['g5g.xlarge', AL2023, 'AL2023_ARM_64_NVIDIA', eksPath('arm64/nvidia')],
    ['p6e-gb200.36xlarge', AL2023, 'AL2023_ARM_64_NVIDIA', eksPath('arm64/nvidia')],
    ['trn2.48xlarge', AL2023, 'AL2023_x86_64_NEURON', eksPath('x86_64/neuron')],
    ['inf2.xlarge', AL2023, 'AL2023_x86_64_NEURON', eksPath('x86_64/neuron')],
    ['g4ad.xlarge', AL2023, 'AL2023_x86_64_STANDARD', eksPath('x86_64/standard')],
    ['m7i.large', BOTTLEROCKET, 'BOTTLEROCKET_x86_64', brPath('/x86_64')],
    ['m7g.large', BOTTLEROCKET, 'BOTTLEROCKET_ARM_64', brPath('/arm64')],
    ['g6.xlarge', BOTTLEROCKET, 'BOTTLEROCKET_x86_64_NVIDIA', brPath('-nvidia/x86_64')],
    ['g5g.xlarge', BOTTLEROCKET, 'BOTTLEROCKET_ARM_64_NVIDIA', brPath('-nvidia/arm64')],
    ['trn1.32xlarge', BOTTLEROCKET, 'BOTTLEROCKET_x86_64', brPath('/x86_64')],
    ['m7i.large', FIPS, 'BOTTLEROCKET_x86_64_FIPS', brPath('-fips/x86_64')],
    ['m7g.large', FIPS, 'BOTTLEROCKET_ARM_64_FIPS', brPath('-fips/arm64')],
    ['g6.xlarge', FIPS, 'BOTTLEROCKET_x86_64_NVIDIA_FIPS', brPath('-nvidia-fips/x86_64')],
    ['g5g.xlarge', FIPS, 'BOTTLEROCKET_ARM_64_NVIDIA_FIPS', brPath('-nvidia-fips/arm64')],
    ['inf2.xlarge', FIPS, 'BOTTLEROCKET_x86_64_FIPS', brPath('-fips/x86_64')],
  ])('%s of %s is %s', (type, image, amiType, parameter) => {
    expect(bound(image(), type).amiType).toBe(amiType);
    expect(parameterOf(image(), type)).toBe(parameter);
  });

  test.each([
    [undefined, undefined, 'WINDOWS_CORE_2022_x86_64', '2022-English-Core'],
    [WindowsNodeRelease.SERVER_2019, false, 'WINDOWS_CORE_2019_x86_64', '2019-English-Core'],
    [WindowsNodeRelease.SERVER_2019, true, 'WINDOWS_FULL_2019_x86_64', '2019-English-Full'],
    [WindowsNodeRelease.SERVER_2022, true, 'WINDOWS_FULL_2022_x86_64', '2022-English-Full'],
    [WindowsNodeRelease.SERVER_2025, false, 'WINDOWS_CORE_2025_x86_64', '2025-English-Core'],
    [WindowsNodeRelease.SERVER_2025, true, 'WINDOWS_FULL_2025_x86_64', '2025-English-Full'],
  ])('Windows %s, full %s, is %s', (release, full, amiType, name) => {
    const image = NodeImage.windows({ release, full });
    expect(bound(image).amiType).toBe(amiType);
    expect(parameterOf(image, 'm7i.large')).toBe(
      `/aws/service/ami-windows-latest/Windows_Server-${name}-EKS_Optimized-1.36/image_id`,
    );
  });

  test.each<[string, () => NodeImage, string]>([
    ['m7g.large', () => NodeImage.windows(), 'NodeImage.windows() must have instance types with x86, got ARM'],
    ['g6.xlarge', () => NodeImage.windows(), 'NodeImage.windows() must have instance types with x86, got x86 GPU'],
    [
      'trn9g.xlarge',
      AL2023,
      'NodeImage.al2023() must have instance types with x86, x86 GPU, x86 Neuron, ARM, ARM GPU, got ARM Neuron',
    ],
    [
      'trn9g.xlarge',
      BOTTLEROCKET,
      'NodeImage.bottlerocket() must have instance types with x86, x86 GPU, x86 Neuron, ARM, ARM GPU, got ARM Neuron',
    ],
  ])('%s fails when there is none', (type, image, message) =>
    expectFailure(
      () => bound(image(), type),
      `${message}: AWS publishes no such image, choose other instance types, or another image`,
    ),
  );

  test.each<[string, string | undefined, string]>([
    ['1.3', '1.3', "the version of the cluster must be such as '1.36', got '1.3'"],
    ['v1.36', 'v1.36', "the version of the cluster must be such as '1.36', got 'v1.36'"],
    [
      'nothing',
      undefined,
      'the version of the cluster must be known at synthesis to choose the image of its nodes, got none: say it',
    ],
    [
      'a token',
      Token.asString({ Ref: 'V' }),
      'the version of the cluster must be known at synthesis to choose the image of its nodes, got a token: say it',
    ],
  ])('a version fails when it is %s', (_what, version, message) =>
    expectFailure(() => bound(AL2023()).machineImage(version!), message),
  );
});

test('disks are where the operating system looks for them', () => {
  expect(bound(AL2023())).toMatchObject({ os: 'al2023', devices: { root: '/dev/xvda' }, smallestDiskGiB: 20 });
  expect(bound(BOTTLEROCKET())).toMatchObject({
    os: 'bottlerocket',
    devices: { root: '/dev/xvda', data: '/dev/xvdb' },
    smallestDiskGiB: 20,
  });
  expect(bound(NodeImage.windows())).toMatchObject({
    os: 'windows',
    devices: { root: '/dev/sda1' },
    smallestDiskGiB: 50,
  });
});

test.each<[() => NodeImage, string, string[]]>([
  [AL2023, 'p6e-gb200.36xlarge', []],
  [BOTTLEROCKET, 'p6e-gb200.36xlarge', ['p6e-gb200.36xlarge']],
  [AL2023, 'g4ad.xlarge', ['g4ad.xlarge']],
  [AL2023, 'g7.8xlarge', ['g7.8xlarge']],
  [BOTTLEROCKET, 'g5g.xlarge', []],
  [AL2023, 'g6.xlarge', []],
  [AL2023, 'm7i.large', []],
  [() => NodeImage.windows(), 'm7i.large', []],
])('%# GPUs of %s without a driver are known', (image, type, types) => {
  expect(bound(image(), type).undriven([type])).toEqual(types);
});

describe('settings for managed node groups', () => {
  test('are none when nothing is said', () => {
    for (const image of [AL2023(), BOTTLEROCKET(), NodeImage.windows(), NodeImage.al2023({ nodeConfig: {} })]) {
      expect(bound(image).settings()).toBeUndefined();
    }
  });

  test('of Amazon Linux are a part that EKS merges', async () => {
    const nodeConfig = {
      kubelet: { config: { maxPods: 50, evictionHard: { 'memory.available': '5%' } }, flags: ['--v=4'] },
      containerd: { config: '[grpc]\n--NODECONFIG--\nmax = "1"' },
      instance: { localStorage: { strategy: 'RAID0' } },
      featureGates: { FastImagePull: true },
    };
    const [spec, ...others] = await nodeConfigsIn(bound(NodeImage.al2023({ nodeConfig })).settings()!);
    expect(spec).toEqual(nodeConfig);
    expect(others).toEqual([]);
  });

  test('of Bottlerocket are tables that EKS merges', () => {
    const settings = {
      kubernetes: { 'max-pods': 50, 'eviction-hard': { 'memory.available': '5%' }, 'system-reserved': { cpu: '10m' } },
      kernel: { sysctl: { 'vm.max_map_count': '262144' }, lockdown: 'integrity' },
      'host-containers': { admin: { enabled: false } },
      'container-registry': { mirrors: [{ registry: '*', endpoint: ['https://m.example.com'] }] },
      'bootstrap-containers': { 'a b': { mode: 'once', essential: true, nothing: undefined } },
      motd: 'say "hello"\\n',
      ntp: { offset: 0.5 },
      nothing: undefined,
    };
    const text = bound(NodeImage.bottlerocket({ settings })).settings()!;
    expect(settingsIn(text)).toEqual(JSON.parse(JSON.stringify(settings)));
    expect(text).toBe(
      [
        '[settings]',
        `motd = 'say "hello"\\n'`,
        '[settings.kubernetes]',
        'max-pods = 50',
        '[settings.kubernetes.eviction-hard]',
        '"memory.available" = "5%"',
        '[settings.kubernetes.system-reserved]',
        'cpu = "10m"',
        '[settings.kernel]',
        'lockdown = "integrity"',
        '[settings.kernel.sysctl]',
        '"vm.max_map_count" = "262144"',
        '[settings.host-containers.admin]',
        'enabled = false',
        '[settings.container-registry]',
        'mirrors = [{ registry = "*", endpoint = ["https://m.example.com"] }]',
        '[settings.bootstrap-containers]',
        '"a b" = { mode = "once", essential = true }',
        '[settings.ntp]',
        'offset = 0.5',
        '',
      ].join('\n'),
    );
  });

  test.each(['', 'a\nb', 'tab\t', "it's", '\\', '\x7f\u0001', '[x]', '# no', '"""', 'é 💧', 'a = "b"'])(
    'hold the text %j',
    (motd) => {
      expect(settingsIn(bound(NodeImage.bottlerocket({ settings: { motd } })).settings()!)).toEqual({ motd });
    },
  );

  test('take an empty table', () => {
    expect(settingsIn(bound(NodeImage.bottlerocket({ settings: { ntp: {} } })).settings()!)).toEqual({ ntp: {} });
  });

  test('fails when a text has both kinds of quotes, which EKS cannot merge', () =>
    expectFailure(
      () => NodeImage.bottlerocket({ settings: { motd: `it's "it"` } }),
      String.raw`settings must not have a text with double quotes beside single quotes or line breaks, which EKS cannot merge, got "it's \"it\"": encode it, or use one kind of quotes`,
    ));

  test('fails when they are longer than EC2 takes', () => {
    const image = NodeImage.al2023({ nodeConfig: { containerd: { config: 'x'.repeat(17000) } } });
    expectFailure(
      () => bound(image).settings(),
      /^the user data of a node must be at most 16384 bytes, got 17\d{3}: shorten the settings of its image$/,
    );
  });
});

describe('settings', () => {
  test.each<[string, () => unknown, string]>([
    [
      'options that are none',
      () => NodeImage.al2023({ kubelet: {} } as never),
      'the options of NodeImage.al2023 must be an object with nodeConfig, got kubelet',
    ],
    [
      'options of Bottlerocket that are none',
      () => NodeImage.bottlerocket({ kubernetes: {} } as never),
      'the options of NodeImage.bottlerocket must be an object with settings, fips, got kubernetes',
    ],
    [
      'options of Windows that are none',
      () => NodeImage.windows({ year: 2022 } as never),
      'the options of NodeImage.windows must be an object with release, full, got year',
    ],
    ['fips as text', () => NodeImage.bottlerocket({ fips: 'yes' as never }), "fips must be true or false, got 'yes'"],
    ['full as text', () => NodeImage.windows({ full: 'yes' as never }), "full must be true or false, got 'yes'"],
    [
      'an unknown release',
      () => NodeImage.windows({ release: '2016' as never }),
      "release must be one of 2019, 2022, 2025, got '2016'",
    ],
  ])('fail when they are %s', (_what, make, message) => expectFailure(make, message));
});
