import { CfnParameter, Duration, Size, Token, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { ManagedInstances } from '../../lib';
import type { ManagedInstancesProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, only, warnings } from '../support/fixture';
import { ancestorsOf, expectAcyclic, graphOf } from '../support/graph';
import { allowing, expectNothingInline } from '../support/policies';
import { newManaged, newWorker } from '../support/pools';
import { idOf, lenientApp, once, resourceOf, serviceOf, taskOf } from '../support/resources';

const PROVIDER = 'AWS::ECS::CapacityProvider';

/** Managed Instances alone in a stack. */
function made(props: (fixture: Fixture) => Partial<ManagedInstancesProps> = () => ({})) {
  const fixture = new Fixture(lenientApp());
  const managed = newManaged(fixture, props(fixture));
  const template = fixture.template();
  const provider = only(template, PROVIDER).Properties.ManagedInstancesProvider;
  return { ...fixture, managed, template, provider, launch: provider.InstanceLaunchTemplate };
}

const MEMORY = { vCpuCountMin: 2, memoryMin: Size.gibibytes(4) };
const RESERVATIONS = { reservationGroupArn: 'arn:aws:resource-groups:eu-west-1:111122223333:group/shop' };

describe('ManagedInstances', () => {
  const plain = once(() => made());

  test('let ECS choose, in private subnets, with a security group that lets nobody in', () => {
    const { launch, template, managed, stack } = plain();
    expect(launch.NetworkConfiguration).toEqual({
      Subnets: Array(2).fill({ Ref: expect.stringMatching('^VpcPrivateSubnet') }),
      SecurityGroups: stack.resolve(managed.connections.securityGroups.map(({ securityGroupId }) => securityGroupId)),
    });
    expect(launch).not.toHaveProperty('InstanceRequirements');
    expect(only(template, 'AWS::EC2::SecurityGroup').Properties).not.toHaveProperty('SecurityGroupIngress');
  });

  test('have the two roles, with nothing inline, and detailed metrics and tags', () => {
    const { launch, provider, template, managed } = plain();
    expect(provider.InfrastructureRoleArn).toEqual({ 'Fn::GetAtt': [idOf(managed.infrastructureRole.role), 'Arn'] });
    expect(launch.Ec2InstanceProfileArn).toEqual({ 'Fn::GetAtt': [idOf(managed.instanceProfile), 'Arn'] });
    expect(resourceOf(template, managed.instanceProfile).Properties.Roles).toEqual([
      { Ref: idOf(managed.instanceRole.role) },
    ]);
    expect(launch.Monitoring).toBe('DETAILED');
    expect(provider.PropagateTags).toBe('CAPACITY_PROVIDER');
    expectNothingInline(template);
  });

  test('leave to ECS what nobody said', () => {
    const { launch, provider } = plain();
    for (const name of ['FipsEnabled', 'LocalStorageConfiguration', 'CapacityReservations', 'CapacityOptionType']) {
      expect(launch).not.toHaveProperty(name);
    }
    for (const name of ['InfrastructureOptimization', 'AutoRepairConfiguration']) {
      expect(provider).not.toHaveProperty(name);
    }
  });

  test('are made after their permissions and the routes of their subnets, and belong to the cluster', () => {
    const { template, managed, cluster } = plain();
    const before = ancestorsOf(graphOf(template), idOf(managed.capacityProvider));
    const routes = Object.keys(template.findResources('AWS::EC2::Route')).filter((id) => id.includes('PrivateSubnet'));
    const policies = [...managed.infrastructureRole.policies, ...managed.instanceRole.policies].map(idOf);
    expect(routes).toHaveLength(2);
    expect(policies.length).toBeGreaterThan(1);
    expect([...before]).toEqual(expect.arrayContaining([...routes, ...policies]));
    expect(only(template, PROVIDER).Properties.ClusterName).toEqual({ Ref: idOf(cluster) });
    expectAcyclic(template);
  });

  test('take what is said', () => {
    const { launch, provider } = made(() => ({
      requirements: { ...MEMORY, vCpuCountMax: 8, cpuManufacturers: [ec2.CpuManufacturer.AWS] },
      capacityOptionType: ecs.CapacityOptionType.SPOT,
      taskVolumeStorage: Size.gibibytes(200),
      fipsEnabled: true,
      scaleInAfter: Duration.minutes(10),
      autoRepair: true,
      monitoring: ecs.InstanceMonitoring.BASIC,
      propagateTags: ecs.PropagateManagedInstancesTags.NONE,
    }));
    expect(launch).toMatchObject({
      InstanceRequirements: {
        VCpuCount: { Min: 2, Max: 8 },
        MemoryMiB: { Min: 4096 },
        CpuManufacturers: ['amazon-web-services'],
      },
      CapacityOptionType: 'SPOT',
      StorageConfiguration: { StorageSizeGiB: 200 },
      FipsEnabled: true,
      Monitoring: 'BASIC',
    });
    expect(provider).toMatchObject({
      InfrastructureOptimization: { ScaleInAfter: 600 },
      AutoRepairConfiguration: { ActionsStatus: 'ENABLED' },
      PropagateTags: 'NONE',
    });
  });

  test.each([
    [{ disableScaleIn: true }, { InfrastructureOptimization: { ScaleInAfter: -1 } }],
    [{ scaleInAfter: Duration.seconds(0) }, { InfrastructureOptimization: { ScaleInAfter: 0 } }],
    [{ scaleInAfter: Duration.hours(1) }, { InfrastructureOptimization: { ScaleInAfter: 3600 } }],
    [{ autoRepair: false }, { AutoRepairConfiguration: { ActionsStatus: 'DISABLED' } }],
    [{ localStorage: true }, { InstanceLaunchTemplate: { LocalStorageConfiguration: { UseLocalStorage: true } } }],
    [{ fipsEnabled: false }, { InstanceLaunchTemplate: { FipsEnabled: false } }],
  ])('with %j say %j', (props, expected) => {
    expect(made(() => props).provider).toMatchObject(expected);
  });

  test.each([
    [undefined, 'RESERVATIONS_FIRST'],
    [false, 'RESERVATIONS_FIRST'],
    [true, 'RESERVATIONS_ONLY'],
  ])('use reservations, with reservationsOnly %s as %s', (reservationsOnly, preference) => {
    const { launch } = made(() => ({ capacityReservations: { ...RESERVATIONS, reservationsOnly } }));
    expect(launch).toMatchObject({
      CapacityOptionType: 'RESERVED',
      CapacityReservations: {
        ReservationGroupArn: RESERVATIONS.reservationGroupArn,
        ReservationPreference: preference,
      },
    });
  });

  test('use security groups of yours, and make none', () => {
    const { launch, template } = made(({ stack, vpc }) => ({
      securityGroups: [new ec2.SecurityGroup(stack, 'Own', { vpc })],
    }));
    const own = only(template, 'AWS::EC2::SecurityGroup');
    expect(own.id).toMatch(/^Own/);
    expect(launch.NetworkConfiguration.SecurityGroups).toEqual([{ 'Fn::GetAtt': [own.id, 'GroupId'] }]);
  });

  test('take tokens', () => {
    const { launch, provider } = made(({ stack }) => {
      const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
      return {
        requirements: { vCpuCountMin: number, vCpuCountMax: number, memoryMin: Size.mebibytes(number) },
        scaleInAfter: Duration.seconds(number),
        taskVolumeStorage: Size.gibibytes(number),
      };
    });
    const number = { Ref: 'Number' };
    expect(launch.InstanceRequirements).toEqual({
      VCpuCount: { Min: number, Max: number },
      MemoryMiB: { Min: number },
    });
    expect(launch.StorageConfiguration).toEqual({ StorageSizeGiB: number });
    expect(provider.InfrastructureOptimization).toEqual({ ScaleInAfter: number });
  });

  test('let a task through when the most that an instance may have is a token', () => {
    const fixture = new Fixture();
    const number = new CfnParameter(fixture.stack, 'Number', { type: 'Number' }).valueAsNumber;
    const managed = newManaged(fixture, { requirements: { ...MEMORY, vCpuCountMax: number } });
    expect(() => newWorker(fixture, { capacity: managed.capacity() })).not.toThrow();
  });

  test('run a service with no launch type, no platform version and no warning', () => {
    const fixture = new Fixture();
    const managed = newManaged(fixture);
    newWorker(fixture, { capacity: managed.capacity() });
    const template = fixture.template();
    for (const name of ['LaunchType', 'PlatformVersion', 'PlacementStrategies']) {
      expect(serviceOf(template)).not.toHaveProperty(name);
    }
    expect(taskOf(template)).not.toHaveProperty('EphemeralStorage');
    expect(warnings(fixture.stack)).toEqual([]);
  });

  test.each([
    [[ec2.CpuManufacturer.AWS], 'ARM64'],
    [[ec2.CpuManufacturer.INTEL, ec2.CpuManufacturer.AMD], 'X86_64'],
    [undefined, 'X86_64'],
  ])('of %j run tasks on %s when nothing is said', (cpuManufacturers, expected) => {
    const fixture = new Fixture();
    const managed = newManaged(fixture, { requirements: { ...MEMORY, cpuManufacturers } });
    newWorker(fixture, { capacity: managed.capacity() });
    expect(taskOf(fixture.template()).RuntimePlatform.CpuArchitecture).toBe(expected);
  });

  const placed = (requirements?: ec2.InstanceRequirementsConfig) => {
    const fixture = new Fixture();
    const capacity = newManaged(fixture, { requirements }).capacity();
    return newWorker(fixture, { capacity, container: { image: IMAGE, gpuCount: 1 } });
  };

  test.each<[string, ec2.InstanceRequirementsConfig]>([
    ['a number of GPUs', { ...MEMORY, acceleratorCountMin: 1 }],
    ['a kind of GPU', { ...MEMORY, acceleratorNames: [ec2.AcceleratorName.L4] }],
    ['types with GPUs', { ...MEMORY, allowedInstanceTypes: ['g6.*'] }],
  ])('of %s run a task with a GPU', (_what, requirements) => {
    expect(() => placed(requirements)).not.toThrow();
  });

  test.each<[string, ec2.InstanceRequirementsConfig | undefined]>([
    ['no requirements', undefined],
    ['requirements without a word of GPUs', MEMORY],
    ['types without GPUs', { ...MEMORY, allowedInstanceTypes: ['m7i.*'] }],
    ['Neuron', { ...MEMORY, acceleratorManufacturers: [ec2.AcceleratorManufacturer.AWS] }],
  ])('fail when a task has a GPU, and they have %s', (_what, requirements) => {
    expectFailure(
      () => placed(requirements),
      "container.gpuCount must be left out on 'Shop/Managed', whose instances have no GPU, got 1: use instance types with GPUs",
    );
  });

  test('stand in subnets of another account, which these alone name', () => {
    const account = '444455556666';
    const { template, stack, vpc } = made(() => ({ subnetOwnerAccount: account }));
    const resources = allowing(template, 'ManagedInfrastructureRole', 'ec2:RunInstances').flatMap((s) => s.Resource);
    const subnets = vpc.privateSubnets.map(({ subnetId }) =>
      stack.resolve(stack.formatArn({ service: 'ec2', account, resource: 'subnet', resourceName: subnetId })),
    );
    expect(subnets).toHaveLength(2);
    expect(resources.filter((resource) => JSON.stringify(resource).includes(account))).toEqual(subnets);
    expect(JSON.stringify(template.toJSON()).split(account)).toHaveLength(3);
  });

  test('of somebody else are taken by their name, and nothing is checked', () => {
    const fixture = new Fixture();
    const theirs = ManagedInstances.fromCapacityProviderName(fixture.stack, 'Theirs', 'managed');
    newWorker(fixture, { capacity: theirs.capacity(), cpuUnits: 196608, memory: Size.gibibytes(4000) });
    expect(serviceOf(fixture.template()).CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'managed', Weight: 1 },
    ]);
    expect(taskOf(fixture.template()).RequiresCompatibilities).toEqual(['MANAGED_INSTANCES']);
  });
});

type Wrong = [what: string, props: (fixture: Fixture) => Partial<ManagedInstancesProps>, message: string];

const WRONG: Wrong[] = [
  [
    'there is no volume, and a size of it',
    () => ({ localStorage: true, taskVolumeStorage: Size.gibibytes(100) }),
    'taskVolumeStorage must not be given when localStorage is true, because the disks of the instance take the place of the volume: remove one of them',
  ],
  [
    'reservations are no resource group',
    () => ({ capacityReservations: { reservationGroupArn: 'nope' } }),
    "capacityReservations.reservationGroupArn must be the ARN of a resource group, got 'nope'",
  ],
  [
    'reservations contradict On-Demand',
    () => ({ capacityReservations: RESERVATIONS, capacityOptionType: ecs.CapacityOptionType.ON_DEMAND }),
    'capacityOptionType must not be given with capacityReservations, got ON_DEMAND: instances in reservations are a kind of their own',
  ],
  [
    'scaleInAfter is a token of minutes, which no L2 converts',
    () => ({ scaleInAfter: Duration.minutes(Token.asNumber({ Ref: 'Number' })) }),
    'scaleInAfter must be Duration.seconds(…) when it is a token, got minutes',
  ],
  [
    'the disk is a token of MiB, which no L2 converts',
    () => ({ taskVolumeStorage: Size.mebibytes(Token.asNumber({ Ref: 'Number' })) }),
    'a size that is a token must be Size.gibibytes(…) here, got another unit',
  ],
  [
    'scaleInAfter is over an hour',
    () => ({ scaleInAfter: Duration.seconds(3601) }),
    'scaleInAfter must be between 0 and 3600 seconds, got 3601 seconds',
  ],
  [
    'scaleInAfter contradicts disableScaleIn',
    () => ({ scaleInAfter: Duration.minutes(1), disableScaleIn: true }),
    'scaleInAfter must not be given when disableScaleIn is true: remove one of them',
  ],
  [
    'reservations contradict Spot',
    () => ({ capacityReservations: RESERVATIONS, capacityOptionType: ecs.CapacityOptionType.SPOT }),
    'capacityOptionType must not be given with capacityReservations, got SPOT: instances in reservations are a kind of their own',
  ],
  [
    'there are no security groups',
    () => ({ securityGroups: [] }),
    'the number of securityGroups must be between 1 and 5, got 0',
  ],
  [
    'there are six security groups',
    ({ stack, vpc }) => ({ securityGroups: Array(6).fill(new ec2.SecurityGroup(stack, 'Own', { vpc })) }),
    'the number of securityGroups must be between 1 and 5, got 6',
  ],
  [
    'the disk is empty',
    () => ({ taskVolumeStorage: Size.gibibytes(0) }),
    'taskVolumeStorage in GiB must be at least 1, got 0',
  ],
  [
    'the disk is no whole number of GiB',
    () => ({ taskVolumeStorage: Size.mebibytes(1536) }),
    'taskVolumeStorage in GiB must be a whole number, got 1.5',
  ],
  [
    'the most processors are fewer than the fewest',
    () => ({ requirements: { ...MEMORY, vCpuCountMax: 1 } }),
    'requirements.vCpuCount must have a maximum of at least its minimum, got 2 and 1',
  ],
  [
    'types are allowed and excluded',
    () => ({ requirements: { ...MEMORY, allowedInstanceTypes: ['m7i.*'], excludedInstanceTypes: ['m7i.metal*'] } }),
    'requirements must not have both allowedInstanceTypes and excludedInstanceTypes: keep one of them',
  ],
  [
    'the subnets are public',
    () => ({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
    'vpcSubnets must not be public, because instances have no public address and would reach nothing: leave it out for the private subnets',
  ],
];

test.each(WRONG)('ManagedInstances fail when %s', (_what, props, message) => {
  const fixture = new Fixture();
  expectFailure(() => newManaged(fixture, props(fixture)), message);
});
