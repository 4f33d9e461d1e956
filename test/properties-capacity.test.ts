import type { Stack } from 'aws-cdk-lib';
import {
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_scheduler as scheduler,
  aws_sqs as sqs,
  Size,
  TimeZone,
} from 'aws-cdk-lib';
import * as fc from 'fast-check';
import {
  Capacity,
  EcsCluster,
  InstanceImage,
  InstancePool,
  ManagedInstances,
  Mount,
  Scaling,
  ScalingPolicy,
  WorkerService,
} from '../lib';
import type { InstancePoolProps, ManagedInstancesProps } from '../lib';
import { maybe, mebibytes, mostly, number, oneOf, RUNS, seconds } from './support/arbitrary';
import { expectErrorOrTemplate, importedVpc } from './support/error-or-template';
import { IMAGE } from './support/fixture';

const gibibytes = (min: number, max: number) =>
  number(min, max).map((value) => Size.gibibytes(Math.abs(Math.floor(value))));
const X86 = ['m7i.large', 'c7i.xlarge', 'r7i.2xlarge'];
const ARM = ['m7g.large', 'm6g.large', 'c7g.xlarge'];
const types = oneOf(
  [X86, ARM, ['m7g.large'], ['m7i.large']],
  [],
  ['m7g.large', 'm7i.large'],
  ['m7g.large', 'm7g.large'],
  ['g6.xlarge', 'm7i.large'],
  ['inf2.xlarge'],
  ['g5g.xlarge'],
).map((names) => names.map((name) => new ec2.InstanceType(name)));
const requirements = fc.record({
  vCpuCountMin: number(1, 4),
  vCpuCountMax: maybe(number(4, 64)),
  memoryMin: gibibytes(1, 8),
  memoryMax: maybe(gibibytes(8, 64)),
  cpuManufacturers: maybe(
    oneOf([[ec2.CpuManufacturer.AWS], [ec2.CpuManufacturer.INTEL]], [ec2.CpuManufacturer.AWS, ec2.CpuManufacturer.AMD]),
  ),
  instanceGenerations: maybe(fc.constantFrom(ec2.InstanceGeneration.CURRENT).map((generation) => [generation])),
});

type PoolCase = Omit<InstancePoolProps, 'cluster'>;
const pool: fc.Arbitrary<() => PoolCase> = fc
  .record({
    chosen: mostly(fc.oneof(types, requirements), fc.constant(undefined)),
    image: fc.constantFrom(
      () => InstanceImage.bottlerocket(),
      () => InstanceImage.al2023(),
      () => undefined,
    ),
    spot: maybe(fc.record({ onDemandBase: maybe(number(0, 9)), onDemandPercent: maybe(number(0, 100)) })),
    minInstances: maybe(number(0, 3)),
    maxInstances: number(3, 20),
    targetCapacityPercent: maybe(number(1, 100)),
    minimumScalingStepSize: maybe(number(1, 10)),
    maximumScalingStepSize: maybe(number(10, 10000)),
    instanceWarmupPeriod: maybe(seconds(0, 10000)),
    maxInstanceLifetime: maybe(seconds(86400, 31536000)),
    warmPool: mostly(fc.constant(undefined), fc.constant({})),
    agent: maybe(
      fc.record({
        reservedMemory: maybe(mebibytes(0, 512)),
        imageCleanupInterval: maybe(seconds(600, 9000)),
        imageMinimumAge: maybe(seconds(60, 9000)),
        allowPrivileged: maybe(fc.boolean()),
        allowInstanceMetadata: maybe(fc.boolean()),
      }),
    ),
    awsvpcTrunking: maybe(fc.boolean()),
    volumeSize: maybe(gibibytes(30, 200)),
    detailedMonitoring: maybe(fc.boolean()),
    allowSessions: maybe(fc.boolean()),
  })
  .map(({ chosen, image, ...given }) => () => ({
    ...given,
    image: image(),
    ...(Array.isArray(chosen) ? { instanceTypes: chosen } : { requirements: chosen }),
  }));

const managed: fc.Arbitrary<Omit<ManagedInstancesProps, 'cluster'>> = fc.record({
  requirements: maybe(requirements),
  capacityOptionType: maybe(fc.constantFrom(ecs.CapacityOptionType.SPOT, ecs.CapacityOptionType.ON_DEMAND)),
  taskVolumeStorage: maybe(gibibytes(1, 200)),
  scaleInAfter: maybe(seconds(0, 3600)),
  disableScaleIn: maybe(fc.boolean()),
  autoRepair: maybe(fc.boolean()),
  fipsEnabled: maybe(fc.boolean()),
  localStorage: maybe(fc.boolean()),
});

type MakeCapacity = (stack: Stack, cluster: ecs.Cluster) => Capacity;
const capacity: fc.Arbitrary<MakeCapacity> = fc.oneof(
  fc.constant(() => Capacity.fargate()),
  fc.constant(() => Capacity.fargateSpot()),
  fc.constant(() => Capacity.external()),
  pool.map(
    (make): MakeCapacity =>
      (stack, cluster) =>
        new InstancePool(stack, 'Pool', { ...make(), cluster }).capacity(),
  ),
  fc
    .record({ one: pool, two: pool, base: number(0, 9), weights: fc.tuple(number(0, 9), number(0, 9)) })
    .map(({ one, two, base, weights }): MakeCapacity => (stack, cluster) => {
      const pools = [one, two].map((make, index) => new InstancePool(stack, `Pool${index}`, { ...make(), cluster }));
      return Capacity.pools(pools.map((each, index) => ({ pool: each, weight: weights[index], base: index && base })));
    }),
  managed.map(
    (given): MakeCapacity =>
      (stack, cluster) =>
        new ManagedInstances(stack, 'Managed', { ...given, cluster }).capacity(),
  ),
);

const schedule = oneOf(
  ['cron(0 8 ? * MON-FRI *)', 'rate(5 minutes)', 'rate(1 hour)', 'at(2027-01-31T08:00:00)'],
  'cron(* * *)',
  'rate(1 minutes)',
  'cron(0 99 * * ? *)',
  'tomorrow',
);
type MakePolicy = (queue: sqs.IQueue) => ScalingPolicy;
const policy: fc.Arbitrary<MakePolicy> = fc.oneof(
  fc.record({ target: number(1, 99), highResolution: maybe(fc.boolean()) }).map(
    ({ target, ...given }): MakePolicy =>
      () =>
        ScalingPolicy.cpu(target, given),
  ),
  fc.record({ acceptableLatency: seconds(60, 900), processingTime: seconds(1, 60) }).map(
    (given): MakePolicy =>
      (queue) =>
        ScalingPolicy.backlogPerTask({ ...given, queue }),
  ),
  fc.record({ low: number(1, 10), high: number(11, 99), change: number(1, 5) }).map(
    ({ low, high, change }): MakePolicy =>
      (queue) =>
        ScalingPolicy.steps(queue.metricApproximateNumberOfMessagesVisible(), [
          { upper: low, change: -change },
          { lower: high, change },
        ]),
  ),
  fc.record({ schedule, minTasks: maybe(number(0, 3)), maxTasks: maybe(number(3, 20)) }).map(
    ({ schedule: text, ...given }): MakePolicy =>
      () =>
        ScalingPolicy.schedule('office', {
          ...given,
          schedule: scheduler.ScheduleExpression.expression(text, TimeZone.EUROPE_BERLIN),
        }),
  ),
  number(1, 99).map(
    (target): MakePolicy =>
      (queue) =>
        ScalingPolicy.metric(
          new cloudwatch.MathExpression({
            expression: 'visible * 2',
            usingMetrics: { visible: queue.metricApproximateNumberOfMessagesVisible() },
          }),
          { target },
        ),
  ),
  number(1, 99).map(
    (target): MakePolicy =>
      () =>
        ScalingPolicy.predictive({ cpu: target }),
  ),
);

const worker = fc.record({
  capacity,
  policies: maybe(fc.uniqueArray(policy, { minLength: 1, maxLength: 3 })),
  minTasks: number(0, 3),
  maxTasks: number(3, 20),
  cpuUnits: maybe(oneOf([256, 512, 1024], 300)),
  memory: maybe(oneOf([1024, 2048], 600).map((value) => Size.mebibytes(value))),
  cpuArchitecture: maybe(fc.constantFrom(ecs.CpuArchitecture.ARM64, ecs.CpuArchitecture.X86_64)),
  operatingSystemFamily: mostly(
    fc.constant(undefined),
    fc.constant(ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE),
  ),
  gpuCount: mostly(fc.constant(undefined), number(1, 8)),
  privileged: mostly(fc.constant(undefined), fc.boolean()),
  stopTimeout: maybe(seconds(2, 300)),
  host: mostly(fc.constant(undefined), oneOf(['/var/data', '/'], 'data', '/a:b')),
});

test(`any worker on any compute either fails with one of our errors or is a template that the strict engine accepts (${RUNS} cases)`, () => {
  expectErrorOrTemplate(worker, RUNS, (given, stack) => {
    const { cluster } = new EcsCluster(stack, 'Ecs', { vpc: importedVpc(stack) });
    const queue = new sqs.Queue(stack, 'Queue');
    const { policies, minTasks, maxTasks, gpuCount, privileged, stopTimeout, host, ...task } = given;
    new WorkerService(stack, 'Worker', {
      ...task,
      cluster,
      container: { image: IMAGE, gpuCount, privileged, stopTimeout, mounts: host ? [Mount.host('/host', host)] : [] },
      capacity: given.capacity(stack, cluster),
      scaling: policies && Scaling.between({ minTasks, maxTasks, policies: policies.map((make) => make(queue)) }),
    });
  });
});
