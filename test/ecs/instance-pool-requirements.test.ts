import { CfnParameter, Size, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Fixture, only } from '../support/fixture';
import { newPool, newWorker } from '../support/pools';
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
