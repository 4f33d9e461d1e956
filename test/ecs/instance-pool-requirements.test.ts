import { CfnParameter, Size, Token, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { InstanceImage } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, only } from '../support/fixture';
import { launchTemplateOf, newManaged, newPool, newWorker } from '../support/pools';
import { lenientApp } from '../support/resources';

/** What the group of a pool asks for. */
function made(requirements: ec2.InstanceRequirementsConfig) {
  const fixture = new Fixture();
  newPool(fixture, { requirements });
  const template = fixture.template();
  const mixed = only(template, 'AWS::AutoScaling::AutoScalingGroup').Properties.MixedInstancesPolicy;
  return { template, mixed };
}

const MEMORY = { vCpuCountMin: 2, memoryMin: Size.gibibytes(4) };

describe('instances by attributes', () => {
  test('are the cheapest of Intel and AMD', () => {
    const { mixed } = made(MEMORY);
    expect(mixed.LaunchTemplate.Overrides).toEqual([
      {
        InstanceRequirements: { VCpuCount: { Min: 2 }, MemoryMiB: { Min: 4096 }, CpuManufacturers: ['intel', 'amd'] },
      },
    ]);
    expect(mixed.InstancesDistribution.OnDemandAllocationStrategy).toBe('lowest-price');
  });

  test('are Graviton when it is asked for, with an ARM image', () => {
    const { mixed, template } = made({ ...MEMORY, cpuManufacturers: [ec2.CpuManufacturer.AWS] });
    const [override] = mixed.LaunchTemplate.Overrides;
    expect(override.InstanceRequirements.CpuManufacturers).toEqual(['amazon-web-services']);
    template.hasParameter('*', { Default: '/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id' });
  });

  test('are Intel and AMD when the list of manufacturers is empty, as is the image', () => {
    const { mixed } = made({ ...MEMORY, cpuManufacturers: [] });
    const [override] = mixed.LaunchTemplate.Overrides;
    expect(override.InstanceRequirements.CpuManufacturers).toEqual(['intel', 'amd']);
  });

  test('take each of them', () => {
    const { mixed } = made({
      ...MEMORY,
      vCpuCountMax: 8,
      memoryMax: Size.gibibytes(16),
      memoryPerVCpuMin: Size.gibibytes(2),
      acceleratorCountMax: 0,
      bareMetal: ec2.BareMetal.EXCLUDED,
      burstablePerformance: ec2.BurstablePerformance.EXCLUDED,
      excludedInstanceTypes: ['m4.*'],
      instanceGenerations: [ec2.InstanceGeneration.CURRENT],
      networkBandwidthGbpsMin: 5,
      networkInterfaceCountMin: 3,
      onDemandMaxPricePercentageOverLowestPrice: 20,
      baselineEbsBandwidthMbpsMin: 500,
      totalLocalStorageGBMin: 10,
      localStorage: ec2.LocalStorage.REQUIRED,
      localStorageTypes: [ec2.LocalStorageType.SSD],
      requireHibernateSupport: false,
    });
    expect(mixed.LaunchTemplate.Overrides[0].InstanceRequirements).toEqual({
      VCpuCount: { Min: 2, Max: 8 },
      MemoryMiB: { Min: 4096, Max: 16384 },
      MemoryGiBPerVCpu: { Min: 2 },
      AcceleratorCount: { Max: 0 },
      BareMetal: 'excluded',
      BurstablePerformance: 'excluded',
      CpuManufacturers: ['intel', 'amd'],
      ExcludedInstanceTypes: ['m4.*'],
      InstanceGenerations: ['current'],
      NetworkBandwidthGbps: { Min: 5 },
      NetworkInterfaceCount: { Min: 3 },
      OnDemandMaxPricePercentageOverLowestPrice: 20,
      BaselineEbsBandwidthMbps: { Min: 500 },
      TotalLocalStorageGB: { Min: 10 },
      LocalStorage: 'required',
      LocalStorageTypes: ['ssd'],
      RequireHibernateSupport: false,
    });
  });

  test('take memory for each processor that is no whole GiB', () => {
    const { mixed } = made({ ...MEMORY, memoryPerVCpuMin: Size.mebibytes(1536) });
    expect(mixed.LaunchTemplate.Overrides[0].InstanceRequirements.MemoryGiBPerVCpu).toEqual({ Min: 1.5 });
  });

  test.each(['vCpuCountMax', 'memoryMax'] as const)('lets a task through when %s is a token', (name) => {
    const fixture = new Fixture(lenientApp());
    const number = new CfnParameter(fixture.stack, 'Number', { type: 'Number' }).valueAsNumber;
    const most = name === 'vCpuCountMax' ? { vCpuCountMax: number } : { memoryMax: Size.mebibytes(number) };
    const pool = newPool(fixture, { requirements: { ...MEMORY, ...most } });
    expect(() => newWorker(fixture, { capacity: pool.capacity() })).not.toThrow();
  });
});

type Requirements = Partial<ec2.InstanceRequirementsConfig>;

const UNKNOWN = Token.asNumber({ Ref: 'Number' });
const [ONE, TWO] = [Size.gibibytes(1), Size.gibibytes(2)];

/** Each range, with a minimum above its maximum, and how both are said. */
const REVERSED: [string, Requirements, string][] = [
  ['vCpuCount', { vCpuCountMin: 2, vCpuCountMax: 1 }, '2 and 1'],
  ['memory', { memoryMin: TWO, memoryMax: ONE }, '2048 and 1024'],
  ['acceleratorCount', { acceleratorCountMin: 2, acceleratorCountMax: 1 }, '2 and 1'],
  ['acceleratorTotalMemory', { acceleratorTotalMemoryMin: TWO, acceleratorTotalMemoryMax: ONE }, '2048 and 1024'],
  ['baselineEbsBandwidthMbps', { baselineEbsBandwidthMbpsMin: 2, baselineEbsBandwidthMbpsMax: 1 }, '2 and 1'],
  ['memoryPerVCpu', { memoryPerVCpuMin: TWO, memoryPerVCpuMax: Size.mebibytes(1536) }, '2 and 1.5'],
  ['networkBandwidthGbps', { networkBandwidthGbpsMin: 0.5, networkBandwidthGbpsMax: 0.4 }, '0.5 and 0.4'],
  ['networkInterfaceCount', { networkInterfaceCountMin: 2, networkInterfaceCountMax: 1 }, '2 and 1'],
  ['totalLocalStorageGB', { totalLocalStorageGBMin: 2, totalLocalStorageGBMax: 1 }, '2 and 1'],
];

const MEBIBYTES = 'a size that is a token must be Size.mebibytes(…) here, got another unit';
const WRONG: [string, Requirements, string][] = [
  ...REVERSED.map(([name, requirements, got]): (typeof REVERSED)[number] => [
    `the most of ${name} is less than the least`,
    requirements,
    `requirements.${name} must have a maximum of at least its minimum, got ${got}`,
  ]),
  ['vCpuCountMin is negative', { vCpuCountMin: -1 }, 'requirements.vCpuCountMin must be at least 0, got -1'],
  ['vCpuCountMax is 0', { vCpuCountMin: 0, vCpuCountMax: 0 }, 'requirements.vCpuCountMax must be at least 1, got 0'],
  [
    'vCpuCountMin is no whole number',
    { vCpuCountMin: 0.5 },
    'requirements.vCpuCountMin must be a whole number, got 0.5',
  ],
  [
    'vCpuCountMax is no whole number',
    { vCpuCountMin: 1, vCpuCountMax: 1.5 },
    'requirements.vCpuCountMax must be a whole number, got 1.5',
  ],
  [
    'memoryMin is no whole number of MiB',
    { memoryMin: Size.kibibytes(1536) },
    'requirements.memoryMin in MiB must be a whole number, got 1.5',
  ],
  [
    'memoryMax is no whole number of MiB',
    { memoryMax: Size.kibibytes(8_388_609) },
    'requirements.memoryMax in MiB must be a whole number, got 8192.0009765625',
  ],
  ['memoryMax is 0', { memoryMax: Size.mebibytes(0) }, 'requirements.memoryMax in MiB must be at least 1, got 0'],
  ['memoryMin is a token of GiB', { memoryMin: Size.gibibytes(UNKNOWN) }, MEBIBYTES],
  ['memoryMax is a token of GiB', { memoryMax: Size.gibibytes(UNKNOWN) }, MEBIBYTES],
  [
    'memoryPerVCpuMin is a token of MiB',
    { memoryPerVCpuMin: Size.mebibytes(UNKNOWN) },
    'a size that is a token must be Size.gibibytes(…) here, got another unit',
  ],
  [
    'Spot has both limits of its price',
    { spotMaxPricePercentageOverLowestPrice: 50, maxSpotPriceAsPercentageOfOptimalOnDemandPrice: 50 },
    'requirements must not have both spotMaxPricePercentageOverLowestPrice and maxSpotPriceAsPercentageOfOptimalOnDemandPrice: keep one of them',
  ],
  [
    'types are allowed and excluded',
    { allowedInstanceTypes: ['m7i.*'], excludedInstanceTypes: ['m7i.metal*'] },
    'requirements must not have both allowedInstanceTypes and excludedInstanceTypes: keep one of them',
  ],
  [
    'Graviton and Intel are mixed',
    { cpuManufacturers: [ec2.CpuManufacturer.AWS, ec2.CpuManufacturer.INTEL] },
    'requirements.cpuManufacturers must not mix Graviton with others, got amazon-web-services, intel: an image is built for ARM or for x86, so make one for each',
  ],
  [
    'allowed types are ARM and x86',
    { allowedInstanceTypes: ['m7g.*', 'm7i.large'] },
    'requirements.allowedInstanceTypes must all have the same processor architecture, got m7g.*, m7i.large: an image is built for ARM or for x86, so make one for each',
  ],
  [
    'allowed types are ARM, and the manufacturers are not',
    { allowedInstanceTypes: ['m7g.*'], cpuManufacturers: [ec2.CpuManufacturer.INTEL] },
    'requirements.allowedInstanceTypes must be of cpuManufacturers, got m7g.* (arm64) and intel (x86_64): no type would be left',
  ],
  ...[
    ['g5.*', 'm7i.*'],
    ['g5.*', 'inf2.*'],
    ['inf2.xlarge', 'm7i.*'],
    ['g5.xlarge', 'm*'],
  ].map((allowedInstanceTypes): (typeof REVERSED)[number] => [
    `the accelerators of ${allowedInstanceTypes.join(' and ')} are mixed`,
    { allowedInstanceTypes },
    `requirements.allowedInstanceTypes must all have the same kind of accelerator, or none, got ${allowedInstanceTypes.join(', ')}: their images differ`,
  ]),
  ...(
    [
      ['fpga', { acceleratorTypes: [ec2.AcceleratorType.FPGA] }],
      ['amd', { acceleratorManufacturers: [ec2.AcceleratorManufacturer.AMD] }],
      ['xilinx', { acceleratorManufacturers: [ec2.AcceleratorManufacturer.XILINX] }],
      ['habana', { acceleratorManufacturers: [ec2.AcceleratorManufacturer.HABANA] }],
      [
        'amd, fpga',
        {
          acceleratorManufacturers: [ec2.AcceleratorManufacturer.NVIDIA, ec2.AcceleratorManufacturer.AMD],
          acceleratorTypes: [ec2.AcceleratorType.GPU, ec2.AcceleratorType.FPGA],
        },
      ],
      ['media', { acceleratorTypes: [ec2.AcceleratorType.MEDIA] }],
      ['radeon-pro-v520', { acceleratorNames: [ec2.AcceleratorName.RADEON_PRO_V520] }],
      ['vu9p', { acceleratorNames: [ec2.AcceleratorName.T4, ec2.AcceleratorName.VU9P] }],
    ] as [string, Requirements][]
  ).map(([got, requirements]): (typeof REVERSED)[number] => [
    `the accelerators are ${got}`,
    requirements,
    `requirements must ask for accelerators of NVIDIA or AWS, got ${got}: ECS publishes images for these only`,
  ]),
  ...[
    { acceleratorManufacturers: [ec2.AcceleratorManufacturer.NVIDIA, ec2.AcceleratorManufacturer.AWS] },
    { acceleratorTypes: [ec2.AcceleratorType.GPU, ec2.AcceleratorType.INFERENCE] },
    { acceleratorNames: [ec2.AcceleratorName.T4, ec2.AcceleratorName.INFERENTIA] },
  ].map((requirements): (typeof REVERSED)[number] => [
    `GPUs and Neuron are mixed in ${Object.keys(requirements).join()}`,
    requirements,
    'requirements must ask for one kind of accelerator, got GPU, Neuron: their images differ, make a pool for each',
  ]),
];

describe.each([
  ['an InstancePool', newPool],
  ['ManagedInstances', newManaged],
])('%s by attributes', (_what, make) => {
  test.each(WRONG)('fails when %s', (_why, requirements, message) => {
    expectFailure(() => make(new Fixture(), { requirements: { ...MEMORY, ...requirements } }), message);
  });

  test('takes ranges of one value, none as the fewest, and tokens', () => {
    const requirements = {
      vCpuCountMin: 0,
      vCpuCountMax: 1,
      memoryMin: Size.mebibytes(UNKNOWN),
      memoryMax: ONE,
      networkInterfaceCountMin: 2,
      networkInterfaceCountMax: 2,
      totalLocalStorageGBMin: UNKNOWN,
      totalLocalStorageGBMax: 1,
    };
    expect(() => make(new Fixture(), { requirements })).not.toThrow();
  });
});

describe('allowed instance types', () => {
  const [BOTTLEROCKET, AL2023] = ['/aws/service/bottlerocket', '/aws/service/ecs/optimized-ami/amazon-linux-2023'];

  test.each<[Requirements, 'bottlerocket' | 'al2023', string]>([
    [{ allowedInstanceTypes: ['g5.*'] }, 'bottlerocket', `${BOTTLEROCKET}/aws-ecs-2-nvidia/x86_64/latest/image_id`],
    [{ allowedInstanceTypes: ['g5g.*'] }, 'bottlerocket', `${BOTTLEROCKET}/aws-ecs-2-nvidia/arm64/latest/image_id`],
    [{ allowedInstanceTypes: ['g5.*', 'p5.*'] }, 'al2023', `${AL2023}/gpu/recommended/image_id`],
    [{ allowedInstanceTypes: ['inf2.*'] }, 'al2023', `${AL2023}/neuron/recommended/image_id`],
    [{ allowedInstanceTypes: ['inf2.*'], acceleratorCountMin: 1 }, 'al2023', `${AL2023}/neuron/recommended/image_id`],
    [{ allowedInstanceTypes: ['m7i.*', 'g4ad.*'] }, 'al2023', `${AL2023}/recommended/image_id`],
  ])('%j get the image of their accelerator from %s', (more, image, name) => {
    const fixture = new Fixture();
    newPool(fixture, { image: InstanceImage[image](), requirements: { ...MEMORY, ...more } });
    const template = fixture.template();
    const [id] = Object.keys(template.findParameters('*', { Default: name }));
    expect(launchTemplateOf(template).ImageId).toEqual({ Ref: id });
  });

  test.each([
    [{ allowedInstanceTypes: ['inf2.*'] }],
    [{ acceleratorManufacturers: [ec2.AcceleratorManufacturer.AWS] }],
  ])('fails when %j are Neuron on Bottlerocket', (more) => {
    expectFailure(
      () => newPool(new Fixture(), { requirements: { ...MEMORY, ...more } }),
      'InstanceImage.bottlerocket() must not have instance types with Neuron, because it has no driver for ECS: use InstanceImage.al2023()',
    );
  });

  const placed = (type: string) => {
    const fixture = new Fixture();
    const requirements = { ...MEMORY, allowedInstanceTypes: [type] };
    const pool = newPool(fixture, { image: InstanceImage.al2023(), requirements });
    return newWorker(fixture, { capacity: pool.capacity(), container: { image: IMAGE, gpuCount: 1 } });
  };

  test('with GPUs run a task with a GPU', () => {
    expect(() => placed('g5.*')).not.toThrow();
  });

  test.each(['inf2.*', 'm7i.*', 'g4ad.*'])('fails when a task has a GPU, and the types are %s', (type) => {
    expectFailure(
      () => placed(type),
      "container.gpuCount must be left out on 'Shop/Pool', whose instances have no GPU, got 1: use instance types with GPUs",
    );
  });
});
