import { Duration, Size, Stack, Token, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { InstanceImage } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture } from '../support/fixture';
import { expectWrongPool, newManaged, newPool, types } from '../support/pools';
import type { WrongPool } from '../support/pools';

/** Failing changes nothing that another row sees, but the ids below the scope. */
const wrong = (props: WrongPool[1], message: string) => expectWrongPool(new Fixture(), props, message);

const UNKNOWN = Token.asNumber({ Ref: 'Number' });
const HEAD = 'either instanceTypes or requirements must be given, got';

const SIZES: WrongPool[] = [
  ['minInstances is negative', () => ({ minInstances: -1 }), 'minInstances must be at least 0, got -1'],
  ['minInstances is no whole number', () => ({ minInstances: 1.5 }), 'minInstances must be a whole number, got 1.5'],
  ['minInstances is no number', () => ({ minInstances: NaN }), 'minInstances must be at least 0, got NaN'],
  ['maxInstances is 0', () => ({ maxInstances: 0 }), 'maxInstances must be at least 1, got 0'],
  ['maxInstances is no whole number', () => ({ maxInstances: 1.5 }), 'maxInstances must be a whole number, got 1.5'],
  [
    'minInstances is above maxInstances',
    () => ({ minInstances: 5, maxInstances: 4 }),
    'minInstances must not be greater than maxInstances, got 5 and 4',
  ],
  [
    'targetCapacityPercent is 0',
    () => ({ targetCapacityPercent: 0 }),
    'targetCapacityPercent must be between 1 and 100, got 0',
  ],
  [
    'targetCapacityPercent is above 100',
    () => ({ targetCapacityPercent: 101 }),
    'targetCapacityPercent must be between 1 and 100, got 101',
  ],
  [
    'minimumScalingStepSize is 0',
    () => ({ minimumScalingStepSize: 0 }),
    'minimumScalingStepSize must be between 1 and 10000, got 0',
  ],
  [
    'maximumScalingStepSize is too large',
    () => ({ maximumScalingStepSize: 10001 }),
    'maximumScalingStepSize must be between 1 and 10000, got 10001',
  ],
  [
    'the smallest step is above the largest',
    () => ({ minimumScalingStepSize: 3, maximumScalingStepSize: 2 }),
    'minimumScalingStepSize must not be greater than maximumScalingStepSize, got 3 and 2',
  ],
  [
    'the smallest step is above the largest of AWS',
    () => ({ minimumScalingStepSize: 10000, maximumScalingStepSize: 9999 }),
    'minimumScalingStepSize must not be greater than maximumScalingStepSize, got 10000 and 9999',
  ],
  [
    'instanceWarmupPeriod is too long',
    () => ({ instanceWarmupPeriod: Duration.seconds(10001) }),
    'instanceWarmupPeriod must be between 0 and 10000 seconds, got 10001 seconds',
  ],
  [
    'instanceWarmupPeriod is no whole number of seconds',
    () => ({ instanceWarmupPeriod: Duration.millis(1500) }),
    'instanceWarmupPeriod must be between 0 and 10000 seconds, got 1.5 seconds',
  ],
  [
    'maxInstanceLifetime is under a day',
    () => ({ maxInstanceLifetime: Duration.hours(23) }),
    'maxInstanceLifetime must be between 86400 and 31536000 seconds, got 82800 seconds',
  ],
  [
    'maxInstanceLifetime is over a year',
    () => ({ maxInstanceLifetime: Duration.days(366) }),
    'maxInstanceLifetime must be between 86400 and 31536000 seconds, got 31622400 seconds',
  ],
];

const KINDS: WrongPool[] = [
  [
    'neither types nor requirements are given',
    () => ({ instanceTypes: undefined }),
    `${HEAD} none: a list is exact, requirements let EC2 choose`,
  ],
  [
    'types and requirements are given',
    () => ({ requirements: { vCpuCountMin: 2, memoryMin: Size.gibibytes(4) }, instanceTypes: types('m7i.large') }),
    `${HEAD} both: a list is exact, requirements let EC2 choose`,
  ],
  [
    'the list of types is empty',
    () => ({ instanceTypes: [] }),
    'the number of instanceTypes must be between 1 and 40, got 0',
  ],
  [
    'there are more than 40 types',
    () => ({ instanceTypes: types(...Array(41).fill('m7i.large')) }),
    'the number of instanceTypes must be between 1 and 40, got 41',
  ],
  [
    'a type stands twice',
    () => ({ instanceTypes: types('m7i.large', 'm6i.large', 'm7i.large') }),
    "instanceTypes must be unique, got 'm7i.large' twice",
  ],
  [
    'ARM and x86 are mixed',
    () => ({ instanceTypes: types('m7i.large', 'm7g.large') }),
    'instanceTypes must all have the same processor architecture, got m7i.large, m7g.large: make a pool for each',
  ],
  [
    'GPUs and none are mixed',
    () => ({ instanceTypes: types('m7i.large', 'g5.xlarge') }),
    'instanceTypes must all have the same kind of accelerator, or none, got m7i.large, g5.xlarge: their images differ, make a pool for each',
  ],
  [
    'GPUs and Neuron are mixed',
    () => ({ instanceTypes: types('inf2.xlarge', 'g5.xlarge'), image: InstanceImage.al2023() }),
    'instanceTypes must all have the same kind of accelerator, or none, got inf2.xlarge, g5.xlarge: their images differ, make a pool for each',
  ],
  [
    'Neuron is asked of Bottlerocket',
    () => ({ instanceTypes: types('inf2.xlarge') }),
    'InstanceImage.bottlerocket() must not have instance types with Neuron, because it has no driver for ECS: use InstanceImage.al2023()',
  ],
  [
    'ARM with GPUs is asked of Amazon Linux',
    () => ({ instanceTypes: types('g5g.xlarge'), image: InstanceImage.al2023() }),
    'InstanceImage.al2023() must have x86 instance types with GPU, got ARM: AWS publishes no such image, use InstanceImage.bottlerocket()',
  ],
];

const NAMES = ['foo', 'mac2.metal', 'mac1.metal', 'm7i', 'm7i.', '.large', 'm7i .large', ''];
const UNKNOWN_TYPE = Token.asString({ Ref: 'Type' });
const TYPES: WrongPool[] = [
  ...NAMES.map((name): WrongPool => [
    `a type is '${name}'`,
    () => ({ instanceTypes: types('m7i.large', name) }),
    `instanceTypes must be names such as 'm7g.large', and no Macs, got '${name}'`,
  ]),
  ...[UNKNOWN_TYPE, `m7i.${UNKNOWN_TYPE}`].map((name): WrongPool => [
    'a type is a token',
    () => ({ instanceTypes: types('m7i.large', name) }),
    'instanceTypes must be known now, got a token: the image depends on their processor',
  ]),
];

const WARM: WrongPool[] = [
  [
    'a warm pool takes instances back, which ECS does not',
    () => ({ warmPool: { reuseOnScaleIn: true } }),
    'warmPool.reuseOnScaleIn must not be true, because ECS does not take an instance back: leave it out',
  ],
  [
    'a warm pool has fewer than no instance',
    () => ({ warmPool: { minSize: -1 } }),
    'warmPool.minSize must be at least 0, got -1',
  ],
  [
    'a warm pool prepares fewer than no instance',
    () => ({ warmPool: { maxGroupPreparedCapacity: -1 } }),
    'warmPool.maxGroupPreparedCapacity must be at least 0, got -1',
  ],
];

const OTHERS: WrongPool[] = [
  [
    'the On-Demand base is negative',
    () => ({ spot: { onDemandBase: -1 } }),
    'spot.onDemandBase must be between 0 and 4, got -1',
  ],
  [
    'the On-Demand base is no whole number',
    () => ({ spot: { onDemandBase: 0.5 } }),
    'spot.onDemandBase must be a whole number, got 0.5',
  ],
  [
    'the part of On-Demand is above 100',
    () => ({ spot: { onDemandPercent: 101 } }),
    'spot.onDemandPercent must be between 0 and 100, got 101',
  ],
  [
    'the part of On-Demand is no whole number, which CloudFormation refuses',
    () => ({ spot: { onDemandPercent: 12.5 } }),
    'spot.onDemandPercent must be a whole number, got 12.5',
  ],
  [
    'a warm pool has Spot',
    () => ({ warmPool: {}, spot: {} }),
    'warmPool must not be given with spot, because Auto Scaling keeps On-Demand instances warm only: remove one of them',
  ],
  [
    'the subnets are public',
    () => ({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
    'vpcSubnets must not be public, because instances have no public address and would reach nothing: leave it out for the private subnets',
  ],
  [
    'there are no subnets',
    () => ({ vpcSubnets: { subnets: [] } }),
    'vpcSubnets must select at least one subnet, got none: leave it out for the private subnets',
  ],
];

const DISKS: [Size, string][] = [
  [Size.gibibytes(0), '0'],
  [Size.gibibytes(29), '29'],
  [Size.mebibytes(31744 + 512), '31.5'],
];
const AGENTS: WrongPool[] = [
  ...DISKS.map(([volumeSize, got]): WrongPool => [
    `the disk has ${got} GiB`,
    () => ({ volumeSize }),
    got === '31.5'
      ? 'volumeSize in GiB must be a whole number, got 31.5'
      : `volumeSize in GiB must be between 30 and 65536, got ${got}`,
  ]),
  [
    'the disk is larger than can be',
    () => ({ volumeSize: Size.gibibytes(100000) }),
    'volumeSize in GiB must be between 30 and 65536, got 100000',
  ],
  [
    'images are deleted more often than the agent does',
    () => ({ agent: { imageCleanupInterval: Duration.seconds(599) } }),
    'agent.imageCleanupInterval must be at least 600 seconds, got 599 seconds',
  ],
  [
    'images stay for no time',
    () => ({ agent: { imageMinimumAge: Duration.seconds(0) } }),
    'agent.imageMinimumAge must be at least 1 seconds, got 0 seconds',
  ],
  [
    'reserved memory is more than Bottlerocket can read',
    () => ({ agent: { reservedMemory: Size.mebibytes(65536) } }),
    'agent.reservedMemory in MiB must be between 0 and 65535, got 65536',
  ],
  [
    'reserved memory is no whole number of MiB',
    () => ({ agent: { reservedMemory: Size.kibibytes(1536) } }),
    'agent.reservedMemory in MiB must be a whole number, got 1.5',
  ],
];

const seconds = (name: string) => `${name} must be Duration.seconds(…) when it is a token, got minutes`;
const size = (unit: string) => `a size that is a token must be Size.${unit}(…) here, got another unit`;
const MINUTES = Duration.minutes(UNKNOWN);
const UNITS: WrongPool[] = [
  ['instanceWarmupPeriod', () => ({ instanceWarmupPeriod: MINUTES }), seconds('instanceWarmupPeriod')],
  ['maxInstanceLifetime', () => ({ maxInstanceLifetime: MINUTES }), seconds('maxInstanceLifetime')],
  ['imageCleanupInterval', () => ({ agent: { imageCleanupInterval: MINUTES } }), seconds('agent.imageCleanupInterval')],
  ['imageMinimumAge', () => ({ agent: { imageMinimumAge: MINUTES } }), seconds('agent.imageMinimumAge')],
  ['volumeSize', () => ({ volumeSize: Size.mebibytes(UNKNOWN) }), size('gibibytes')],
  ['reservedMemory', () => ({ agent: { reservedMemory: Size.gibibytes(UNKNOWN) } }), size('mebibytes')],
];

describe('an InstancePool', () => {
  test.each(UNITS)('fails when %s is a token of a unit that no L2 converts', (_what, props, message) => {
    wrong(props, message);
  });

  test.each([...SIZES, ...KINDS, ...TYPES, ...WARM, ...OTHERS, ...AGENTS])('fails when %s', (_what, props, message) => {
    wrong(props, message);
  });
});

describe('an InstancePool that would never start an instance', () => {
  test.each([
    ['an InstancePool', newPool],
    ['ManagedInstances', newManaged],
  ])('fails when %s would be in another stack than the cluster, which is a cycle', (what, make) => {
    const fixture = new Fixture();
    const other = new Stack(fixture.app, 'Other');
    expectFailure(
      () => make(fixture, {}, 'Pool', other),
      new RegExp(
        `^${what} must be in the stack of (its|their) cluster \\('Shop'\\), got 'Other': make (it|them) there, and use `,
      ),
    );
  });
});
