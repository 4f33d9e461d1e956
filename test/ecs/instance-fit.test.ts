import { CfnParameter, Size, Token, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Capacity, InstanceImage, SharedFileSystem } from '../../lib';
import type { InstancePoolProps, WorkerServiceProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, warnings } from '../support/fixture';
import { newManaged, newPool, newWorker, types } from '../support/pools';
import { lenientApp, taskOf } from '../support/resources';

/** A task on a pool. */
function placed(
  pool: Partial<InstancePoolProps>,
  task: Partial<WorkerServiceProps> = {},
  fixture = new Fixture(lenientApp()),
) {
  const worker = newWorker(fixture, { capacity: newPool(fixture, pool).capacity(), ...task });
  return { ...fixture, worker, said: warnings(worker) };
}
const size = (cpuUnits: number, mebibytes: number) => ({ cpuUnits, memory: Size.mebibytes(mebibytes) });
const gpus = (gpuCount: number) => ({ container: { image: IMAGE, gpuCount } });
const ATTRIBUTES = { vCpuCountMin: 2, memoryMin: Size.gibibytes(4) };
const END = 'use a larger instance type, or a smaller task. The operating system needs some of the memory';

describe('a task fails', () => {
  test.each<[string, Partial<InstancePoolProps>, Partial<WorkerServiceProps>, string]>([
    [
      'when it needs more CPU than an instance has',
      {},
      size(2049, 512),
      `the task must fit an instance of 'Shop/Pool' (m7i.large: 2048 CPU units, 8192 MiB, 0 GPUs), got 2049 CPU units, 512 MiB and 0 GPUs: ${END}`,
    ],
    [
      'when it needs all the memory of an instance, of which the system has some',
      {},
      size(256, 8192),
      `the task must fit an instance of 'Shop/Pool' (m7i.large: 2048 CPU units, 8192 MiB, 0 GPUs), got 256 CPU units, 8192 MiB and 0 GPUs: ${END}`,
    ],
    [
      'when it needs memory that is reserved',
      { agent: { reservedMemory: Size.mebibytes(192) } },
      size(256, 8000),
      `the task must fit an instance of 'Shop/Pool' (m7i.large: 2048 CPU units, 8192 MiB, 0 GPUs; 192 MiB reserved), got 256 CPU units, 8000 MiB and 0 GPUs: ${END}`,
    ],
    [
      'when it fits none of several types',
      { instanceTypes: types('m7i.large', 'c7i.large') },
      size(4096, 512),
      `the task must fit an instance of 'Shop/Pool' (m7i.large: 2048 CPU units, 8192 MiB, 0 GPUs; c7i.large: 2048 CPU units, 4096 MiB, 0 GPUs), got 4096 CPU units, 512 MiB and 0 GPUs: ${END}`,
    ],
    [
      'when it needs a GPU, and there is none',
      {},
      gpus(1),
      "container.gpuCount must be left out on 'Shop/Pool', whose instances have no GPU, got 1: use instance types with GPUs",
    ],
    [
      'when it needs more GPUs than an instance has',
      { instanceTypes: types('g6.xlarge') },
      gpus(2),
      `the task must fit an instance of 'Shop/Pool' (g6.xlarge: 4096 CPU units, 16384 MiB, 1 GPUs), got 256 CPU units, 512 MiB and 2 GPUs: ${END}`,
    ],
    [
      'when it needs more CPU than attributes allow',
      { requirements: { ...ATTRIBUTES, vCpuCountMax: 4 } },
      size(4097, 512),
      `the task must fit an instance of 'Shop/Pool' (at most 4096 CPU units, any MiB), got 4097 CPU units, 512 MiB and 0 GPUs: ${END}`,
    ],
    [
      'when it needs more memory than attributes allow',
      { requirements: { ...ATTRIBUTES, memoryMax: Size.gibibytes(8) } },
      size(256, 8192),
      `the task must fit an instance of 'Shop/Pool' (at most any CPU units, 8192 MiB), got 256 CPU units, 8192 MiB and 0 GPUs: ${END}`,
    ],
    [
      'when it is for ARM and the instances are not',
      {},
      { cpuArchitecture: ecs.CpuArchitecture.ARM64 },
      "cpuArchitecture must be that of the instances of 'Shop/Pool' (X86_64), got ARM64: leave it out, or use instance types with that processor",
    ],
    [
      'when it is for x86 and the instances are not',
      { instanceTypes: types('m7g.large') },
      { cpuArchitecture: ecs.CpuArchitecture.X86_64 },
      "cpuArchitecture must be that of the instances of 'Shop/Pool' (ARM64), got X86_64: leave it out, or use instance types with that processor",
    ],
    [
      'when it is privileged and the agent refuses that',
      {},
      { container: { image: IMAGE, privileged: true } },
      "container.privileged must not be true on 'Shop/Pool', whose agent refuses it: set agent.allowPrivileged of the pool to true",
    ],
    [
      'when it has less CPU than ECS takes on instances',
      {},
      { cpuUnits: 127 },
      'cpuUnits must be between 128 and 196608, got 127',
    ],
    [
      'when its memory is a token of GiB, which no L2 converts',
      {},
      { memory: Size.gibibytes(Token.asNumber({ Ref: 'Number' })) },
      'a size that is a token must be Size.mebibytes(…) here, got another unit',
    ],
    [
      'when the memory of its container is a token of GiB, which no L2 converts',
      {},
      { container: { image: IMAGE, memory: Size.gibibytes(Token.asNumber({ Ref: 'Number' })) } },
      'a size that is a token must be Size.mebibytes(…) here, got another unit',
    ],
  ])('%s', (_what, pool, task, message) => {
    expectFailure(() => placed(pool, task), message);
  });

  test('when one of several pools cannot hold it', () => {
    const fixture = new Fixture();
    const small = newPool(fixture, { instanceTypes: types('c7i.large') }, 'Small');
    const capacity = Capacity.pools([{ pool: newPool(fixture) }, { pool: small }]);
    expectFailure(
      () => newWorker(fixture, { capacity, ...size(256, 5000) }),
      /^the task must fit an instance of 'Shop\/Small' /,
    );
  });

  test('when its pools have different processors', () => {
    const fixture = new Fixture();
    const arm = newPool(fixture, { instanceTypes: types('m7g.large') }, 'Arm');
    const pools = [{ pool: newPool(fixture) }, { pool: arm }];
    expectFailure(
      () => Capacity.pools(pools),
      "pools must all have the same processor architecture, got 'Shop/Pool' (X86_64), 'Shop/Arm' (ARM64): a task is built for one of them",
    );
  });

  test('when Managed Instances are too small or of another processor', () => {
    const fixture = new Fixture();
    const cpuManufacturers = [ec2.CpuManufacturer.AWS];
    const capacity = newManaged(fixture, {
      requirements: { ...ATTRIBUTES, vCpuCountMax: 2, cpuManufacturers },
    }).capacity();
    expectFailure(
      () => newWorker(fixture, { capacity, cpuUnits: 4096 }),
      `the task must fit an instance of 'Shop/Managed' (at most 2048 CPU units, any MiB), got 4096 CPU units, 512 MiB and 0 GPUs: ${END}`,
    );
    expectFailure(
      () => newWorker(fixture, { capacity, cpuArchitecture: ecs.CpuArchitecture.X86_64 }, fixture.stack, 'Other'),
      /^cpuArchitecture must be that of the instances of 'Shop\/Managed' \(ARM64\), got X86_64/,
    );
  });

  test('when it needs a GPU, and attributes were given an image without its driver', () => {
    expectFailure(
      () => placed({ requirements: ATTRIBUTES }, gpus(1)),
      "container.gpuCount must be left out on 'Shop/Pool', whose instances have no GPU, got 1: use instance types with GPUs",
    );
  });

  test('when Bottlerocket shall mount EFS, of which it has neither encryption nor IAM', () => {
    const fixture = new Fixture();
    const mounts = [new SharedFileSystem(fixture.stack, 'Uploads', { vpc: fixture.vpc }).mount('/srv')];
    const image = InstanceImage.bottlerocket();
    expectFailure(
      () => placed({ image }, { container: { image: IMAGE, mounts } }, fixture),
      "mounts must have no EFS file system on the instance pool 'Shop/Pool', got one at '/srv': use a pool with InstanceImage.al2023(), or another capacity",
    );
  });
});

describe('a task fits', () => {
  test.each<[string, Partial<InstancePoolProps>, Partial<WorkerServiceProps>]>([
    ['all CPU of an instance', {}, size(2048, 512)],
    ['nearly all of its memory', {}, size(256, 8191)],
    ['a GPU', { instanceTypes: types('g6.xlarge') }, gpus(1)],
    ['a type that is not in the table', { instanceTypes: types('zz9.large') }, size(196608, 4000000)],
    ['one of which a type is not in the table', { instanceTypes: types('m7i.large', 'zz9.large') }, size(4096, 512)],
    ['attributes without a maximum', { requirements: ATTRIBUTES }, size(196608, 4000000)],
    [
      'an agent that allows it',
      { agent: { allowPrivileged: true } },
      { container: { image: IMAGE, privileged: true } },
    ],
  ])('%s', (_what, pool, task) => {
    expect(() => placed(pool, task)).not.toThrow();
  });

  test('with sizes that are tokens', () => {
    const fixture = new Fixture();
    const number = new CfnParameter(fixture.stack, 'Number', { type: 'Number' }).valueAsNumber;
    placed({}, size(number, number), fixture);
    expect(taskOf(fixture.template())).toMatchObject({ Cpu: { Ref: 'Number' }, Memory: { Ref: 'Number' } });
  });

  test('with a number of GPUs that is a token', () => {
    const fixture = new Fixture();
    const number = new CfnParameter(fixture.stack, 'Number', { type: 'Number' }).valueAsNumber;
    expect(() => placed({ instanceTypes: types('g6.xlarge') }, gpus(number), fixture)).not.toThrow();
  });
});

describe('a task warns', () => {
  const bound = (rest: string) => `${rest} [ack: Annotation::cdk-containers:PoolNetworkInterfaces]`;

  test('when network interfaces run out before the instance is full', () => {
    expect(placed({ awsvpcTrunking: false }).said).toEqual([
      bound(
        "m7i.large of 'Shop/Pool' has network interfaces for 2 tasks, and room for 8: the rest of each instance is paid for and idle; " +
          'turn on the account setting awsvpcTrunking and say so with awsvpcTrunking (10 tasks), or use larger tasks.',
      ),
    ]);
  });

  test('when they run out with trunking too', () => {
    expect(placed({ instanceTypes: types('r7i.xlarge') }, { cpuUnits: 128 }).said).toEqual([
      bound(
        "r7i.xlarge of 'Shop/Pool' has network interfaces for 20 tasks, and room for 32: the rest of each instance is paid for and idle; " +
          'use larger tasks or another instance type.',
      ),
    ]);
  });

  test.each([
    ['t3.large', 2, 8],
    ['c5n.xlarge', 3, 16],
  ])('and names no trunking where %s has none', (type, tasks, fitting) => {
    expect(placed({ awsvpcTrunking: false, instanceTypes: types(type) }).said).toEqual([
      bound(
        `${type} of 'Shop/Pool' has network interfaces for ${tasks} tasks, and room for ${fitting}: the rest of each instance is paid for and idle; ` +
          'use larger tasks or another instance type.',
      ),
    ]);
  });

  test('not when they suffice', () => {
    expect(placed({ awsvpcTrunking: true }).said).toEqual([]);
    expect(placed({ awsvpcTrunking: false }, size(1024, 2048)).said).toEqual([]);
  });

  test('not on Managed Instances, where AWS looks after them', () => {
    const fixture = new Fixture();
    newWorker(fixture, { capacity: newManaged(fixture).capacity() });
    expect(warnings(fixture.stack)).toEqual([]);
  });

  test('when it does not fit each type', () => {
    expect(placed({ instanceTypes: types('m7i.large', 'c7i.large') }, size(256, 5000)).said).toContainEqual(
      "the task does not fit c7i.large of 'Shop/Pool': such an instance may be started and stay empty. Leave the type out, or make the task smaller. [ack: Annotation::cdk-containers:PoolTypeTooSmall]",
    );
  });
});
