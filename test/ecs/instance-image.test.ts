import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnParameter, Duration, Size, Stack, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { InstanceImage } from '../../lib';
import type { AgentOptions, InstancePool, InstancePoolProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture } from '../support/fixture';
import { launchTemplateOf, newPool, types } from '../support/pools';
import { once } from '../support/resources';

// Its types are those of an ES module only.
const { parse } = jest.requireActual<{ parse(toml: string): unknown }>('smol-toml');

/** User data as the instance reads it; references to the cluster are `shop`. */
function userDataOf(pool: InstancePool): string {
  const resolved = Stack.of(pool).resolve(pool.autoScalingGroup.userData.render());
  if (typeof resolved === 'string') return resolved;
  const [, parts] = resolved['Fn::Join'] as [string, unknown[]];
  return parts.map((part) => (typeof part === 'string' ? part : 'shop')).join('');
}

const ALL: AgentOptions = {
  reservedMemory: Size.gibibytes(1),
  imageCleanupInterval: Duration.minutes(10),
  imageMinimumAge: Duration.minutes(90),
  allowPrivileged: true,
  allowInstanceMetadata: true,
};

type Given = Pick<InstancePoolProps, 'agent' | 'spot' | 'warmPool'>;

/** Every combination of agent options, Spot or a warm pool. */
const COMBINATIONS: Given[] = Array.from({ length: 32 }, (_, bits) =>
  Object.fromEntries(Object.entries(ALL).filter((_entry, index) => Math.floor(bits / 2 ** index) % 2 === 1)),
).flatMap((agent) => [{ agent }, { agent, spot: {} }, { agent, warmPool: {} }]);

/** All of them as pools of one stack, with what each was given. */
const pools = (image: () => InstanceImage) =>
  once(() => {
    const fixture = new Fixture();
    return COMBINATIONS.map((given, index) => ({
      given,
      userData: userDataOf(newPool(fixture, { ...given, image: image() }, `Pool${index}`)),
    }));
  });

const BOTTLEROCKET = '/aws/service/bottlerocket';
const AL2023 = '/aws/service/ecs/optimized-ami/amazon-linux-2023';

describe('the image', () => {
  test.each([
    ['bottlerocket', 'm7i.large', `${BOTTLEROCKET}/aws-ecs-2/x86_64/latest/image_id`],
    ['bottlerocket', 'm7g.large', `${BOTTLEROCKET}/aws-ecs-2/arm64/latest/image_id`],
    ['bottlerocket', 'g5.xlarge', `${BOTTLEROCKET}/aws-ecs-2-nvidia/x86_64/latest/image_id`],
    ['bottlerocket', 'g5g.xlarge', `${BOTTLEROCKET}/aws-ecs-2-nvidia/arm64/latest/image_id`],
    ['al2023', 'm7i.large', `${AL2023}/recommended/image_id`],
    ['al2023', 'm7g.large', `${AL2023}/arm64/recommended/image_id`],
    ['al2023', 'g5.xlarge', `${AL2023}/gpu/recommended/image_id`],
    ['al2023', 'p5.48xlarge', `${AL2023}/gpu/recommended/image_id`],
    ['al2023', 'inf2.xlarge', `${AL2023}/neuron/recommended/image_id`],
    ['al2023', 'trn1.2xlarge', `${AL2023}/neuron/recommended/image_id`],
    // Its GPU is AMD's, and the images have the driver of NVIDIA.
    ['al2023', 'g4ad.xlarge', `${AL2023}/recommended/image_id`],
  ] as const)('of %s on %s is the newest at each deployment', (image, type, name) => {
    const fixture = new Fixture();
    newPool(fixture, { image: InstanceImage[image](), instanceTypes: types(type) });
    const template = fixture.template();
    const [id] = Object.keys(template.findParameters('*', { Default: name }));
    expect(launchTemplateOf(template).ImageId).toEqual({ Ref: id });
  });

  test('is Amazon Linux 2023 when nothing is said', () => {
    const fixture = new Fixture();
    newPool(fixture, { image: undefined });
    const name = `${AL2023}/recommended/image_id`;
    expect(Object.keys(fixture.template().findParameters('*', { Default: name }))).toHaveLength(1);
  });

  test.each<[string, Partial<ec2.InstanceRequirementsConfig>, string]>([
    ['nothing', {}, `${AL2023}/recommended/image_id`],
    ['GPUs by count', { acceleratorCountMin: 1 }, `${AL2023}/gpu/recommended/image_id`],
    ['GPUs by type', { acceleratorTypes: [ec2.AcceleratorType.GPU] }, `${AL2023}/gpu/recommended/image_id`],
    [
      'chips for inference',
      { acceleratorTypes: [ec2.AcceleratorType.INFERENCE] },
      `${AL2023}/neuron/recommended/image_id`,
    ],
    [
      'chips of AWS',
      { acceleratorCountMin: 1, acceleratorManufacturers: [ec2.AcceleratorManufacturer.AWS] },
      `${AL2023}/neuron/recommended/image_id`,
    ],
    ['GPUs by name', { acceleratorNames: [ec2.AcceleratorName.T4] }, `${AL2023}/gpu/recommended/image_id`],
    [
      'chips by name',
      { acceleratorCountMin: 1, acceleratorNames: [ec2.AcceleratorName.INFERENTIA] },
      `${AL2023}/neuron/recommended/image_id`,
    ],
  ])('suits requirements that ask for %s', (_what, more, name) => {
    const fixture = new Fixture();
    const requirements = { vCpuCountMin: 2, memoryMin: Size.gibibytes(4), ...more };
    newPool(fixture, { image: InstanceImage.al2023(), requirements });
    const template = fixture.template();
    expect(Object.keys(template.findParameters('*', { Default: name }))).toHaveLength(1);
  });
});

describe('Bottlerocket', () => {
  const made = pools(() => InstanceImage.bottlerocket());

  test('is told its cluster and nothing that it need not know', () => {
    expect(userDataOf(newPool(new Fixture())).trim().split('\n')).toEqual([
      '[settings.ecs]',
      'cluster = "shop"',
      'allow-privileged-containers = false',
      'awsvpc-block-imds = true',
      'enable-spot-instance-draining = false',
    ]);
  });

  test('is told all that can be said', () => {
    const pool = newPool(new Fixture(), { agent: ALL, warmPool: {} });
    expect(userDataOf(pool).trim().split('\n')).toEqual([
      '[settings.ecs]',
      'cluster = "shop"',
      'allow-privileged-containers = true',
      'awsvpc-block-imds = false',
      'enable-spot-instance-draining = false',
      'image-cleanup-wait = "600s"',
      'image-cleanup-age = "5400s"',
      'reserved-memory = 1024',
      '[settings.autoscaling]',
      'should-wait = true',
    ]);
  });

  test('understands every combination of settings, in one table each', () => {
    expect(made()).toHaveLength(96);
    for (const { given, userData } of made()) {
      const { agent = {} } = given;
      const wait = given.warmPool ? { autoscaling: { 'should-wait': true } } : {};
      expect(userData.match(/^\[settings\.ecs\]$/gm)).toHaveLength(1);
      expect(parse(userData)).toEqual({
        settings: {
          ecs: {
            cluster: 'shop',
            'allow-privileged-containers': agent.allowPrivileged ?? false,
            'awsvpc-block-imds': !agent.allowInstanceMetadata,
            'enable-spot-instance-draining': given.spot !== undefined,
            ...(agent.imageCleanupInterval && { 'image-cleanup-wait': '600s' }),
            ...(agent.imageMinimumAge && { 'image-cleanup-age': '5400s' }),
            ...(agent.reservedMemory && { 'reserved-memory': 1024 }),
          },
          ...wait,
        },
      });
    }
  });

  test('takes a token for memory as a number', () => {
    const fixture = new Fixture();
    const number = new CfnParameter(fixture.stack, 'Number', { type: 'Number' }).valueAsNumber;
    const pool = newPool(fixture, { agent: { reservedMemory: Size.mebibytes(number) } });
    const { 'Fn::Join': joined } = fixture.stack.resolve(pool.autoScalingGroup.userData.render());
    const [before, reference] = joined[1].slice(-2);
    expect(before).toMatch(/\nreserved-memory = $/);
    expect(reference).toEqual({ Ref: 'Number' });
  });

  test('has a disk for the system, as large as its image, and one for containers', () => {
    const fixture = new Fixture();
    newPool(fixture, { image: InstanceImage.bottlerocket(), volumeSize: Size.gibibytes(50) });
    const { BlockDeviceMappings } = launchTemplateOf(fixture.template());
    expect(BlockDeviceMappings.map(({ DeviceName, Ebs }: any) => [DeviceName, Ebs.VolumeSize])).toEqual([
      ['/dev/xvda', undefined],
      ['/dev/xvdb', 50],
    ]);
  });
});

describe('Amazon Linux 2023', () => {
  const made = pools(() => InstanceImage.al2023());

  /** Runs the user data of an instance, and reads the settings that its agent would find. */
  function settingsAfter(userData: string): Record<string, string> {
    const directory = mkdtempSync(join(process.env.CDK_CONTAINERS_TEST_OUT!, 'agent-'));
    const file = join(directory, 'ecs.config');
    writeFileSync(file, '');
    execFileSync('bash', ['-eu'], { input: userData.replaceAll('/etc/ecs/ecs.config', file) });
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
  }

  test('is told its cluster and nothing that it need not know', () => {
    const pool = newPool(new Fixture(), { image: InstanceImage.al2023() });
    expect(userDataOf(pool).split('\n')).toEqual([
      '#!/bin/bash',
      'echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config',
      "cat >> /etc/ecs/ecs.config <<'EOF'",
      'ECS_AWSVPC_BLOCK_IMDS=true',
      'ECS_DISABLE_PRIVILEGED=true',
      'EOF',
    ]);
  });

  test('is told its cluster alone when nothing else is to be said', () => {
    const agent = { allowPrivileged: true, allowInstanceMetadata: true };
    const pool = newPool(new Fixture(), { image: InstanceImage.al2023(), agent });
    expect(userDataOf(pool).split('\n')).toEqual(['#!/bin/bash', 'echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config']);
  });

  test('is told all that can be said', () => {
    const pool = newPool(new Fixture(), { image: InstanceImage.al2023(), agent: ALL, warmPool: {} });
    expect(settingsAfter(userDataOf(pool))).toEqual({
      ECS_CLUSTER: 'shop',
      ECS_IMAGE_CLEANUP_INTERVAL: '600s',
      ECS_IMAGE_MINIMUM_CLEANUP_AGE: '5400s',
      ECS_RESERVED_MEMORY: '1024',
      ECS_WARM_POOLS_CHECK: 'true',
    });
  });

  test('drains when Spot wants an instance back', () => {
    const pool = newPool(new Fixture(), { image: InstanceImage.al2023(), spot: {} });
    expect(settingsAfter(userDataOf(pool))).toMatchObject({ ECS_ENABLE_SPOT_INSTANCE_DRAINING: 'true' });
  });

  test('understands every combination of settings', () => {
    expect(made()).toHaveLength(96);
    for (const { userData } of made()) {
      expect(() => execFileSync('bash', ['-n'], { input: userData, stdio: 'pipe' })).not.toThrow();
    }
  });

  test('has one disk', () => {
    const fixture = new Fixture();
    newPool(fixture, { image: InstanceImage.al2023(), volumeSize: Size.gibibytes(50) });
    expect(launchTemplateOf(fixture.template()).BlockDeviceMappings).toEqual([
      { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 50 } },
    ]);
  });
});

describe('an image of yours', () => {
  const machineImage = ec2.MachineImage.fromSsmParameter('/shop/image');

  test.each([
    [undefined, '#!/bin/bash'],
    [ecs.MachineImageType.AMAZON_LINUX_2, '#!/bin/bash'],
    [ecs.MachineImageType.BOTTLEROCKET, '\n[settings.ecs]'],
  ])('is configured as %s is', (machineImageType, start) => {
    const fixture = new Fixture();
    const pool = newPool(fixture, { image: InstanceImage.of(machineImage, machineImageType) });
    expect(userDataOf(pool).startsWith(start)).toBe(true);
    const [id] = Object.keys(fixture.template().findParameters('*', { Default: '/shop/image' }));
    expect(launchTemplateOf(fixture.template()).ImageId).toEqual({ Ref: id });
  });

  test.each([undefined, ecs.MachineImageType.AMAZON_LINUX_2, ecs.MachineImageType.BOTTLEROCKET])(
    'fails when it runs Windows, and is said to be %s',
    (machineImageType) => {
      const windows = ecs.EcsOptimizedImage.windows(ecs.WindowsOptimizedVersion.SERVER_2022);
      expectFailure(
        () => newPool(new Fixture(), { image: InstanceImage.of(windows, machineImageType) }),
        'image must run Linux, got Windows: Windows tasks run on Capacity.fargate()',
      );
    },
  );
});
