import { Duration, Size, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Capacity, Routing, Scaling } from '../../lib';
import type { ContainerOptions, WorkerServiceProps } from '../../lib';
import { PLATFORMS } from '../../lib/rules/platforms';
import type { Feature } from '../../lib/rules/platforms';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE } from '../support/fixture';
import { MOUNTS } from '../support/mounts';
import { PLATFORM_CAPACITIES } from '../support/platforms';
import type { Platform } from '../support/platforms';
import { newWorker } from '../support/pools';
import { lenientApp } from '../support/resources';

type Props = (fixture: Fixture) => Partial<WorkerServiceProps>;
const container = (more: Partial<ContainerOptions>) => ({ container: { image: IMAGE, ...more } });

interface Asked {
  readonly feature: Feature;
  readonly what: string;
  readonly props: Props;
  /** The message around the name of the capacity. */
  readonly must: string;
  readonly got: string;
  /** Where it is refused: everywhere else it is taken. */
  readonly not: Platform[];
  /** A load balancer is the matter of a `WebService`. */
  readonly web?: boolean;
}

const OUTSIDE: Platform[] = ['external'];

const FEATURES: Asked[] = [
  {
    feature: 'windows',
    what: 'Windows',
    props: () => ({ operatingSystemFamily: ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE }),
    must: 'operatingSystemFamily must be LINUX',
    got: 'WINDOWS_SERVER_2022_CORE: use Capacity.fargate() for Windows',
    // On machines outside AWS the network mode `bridge` of Linux is not one of Windows.
    not: ['fargateSpot', 'instances', 'bottlerocket', 'managedInstances', 'external'],
  },
  {
    feature: 'gpu',
    what: 'a GPU',
    props: () => container({ gpuCount: 1 }),
    must: 'container.gpuCount must be left out',
    got: '1: use an InstancePool or ManagedInstances',
    not: ['fargate', 'fargateSpot'],
  },
  {
    feature: 'privileged',
    what: 'a privileged container',
    props: () => container({ privileged: true }),
    must: 'container.privileged must not be true',
    got: 'true: use an InstancePool or ManagedInstances',
    not: ['fargate', 'fargateSpot'],
  },
  {
    feature: 'ephemeralStorage',
    what: 'a disk of its own',
    props: () => ({ ephemeralStorage: Size.gibibytes(50) }),
    must: 'ephemeralStorage must be left out',
    got: '50 GiB: the disk is that of the instance there, so size its volume, or use Capacity.fargate()',
    not: ['instances', 'importedInstances', 'bottlerocket', 'managedInstances', 'external'],
  },
  ...[{ stopTimeout: Duration.seconds(121) }, { startTimeout: Duration.seconds(121) }].map((timeout): Asked => ({
    feature: 'longTimeout',
    what: `a long ${Object.keys(timeout)[0]}`,
    props: () => container(timeout),
    must: 'container.stopTimeout and startTimeout must be at most 120 seconds',
    got: '121 seconds: shorten them, or use an InstancePool',
    not: ['fargate', 'fargateSpot'],
  })),
  {
    feature: 'network',
    what: 'subnets',
    props: () => ({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } }),
    must: 'vpcSubnets and securityGroups must be left out',
    got: 'vpcSubnets: tasks share the network of their machine there',
    not: OUTSIDE,
  },
  {
    feature: 'network',
    what: 'security groups',
    props: ({ stack, vpc }) => ({ securityGroups: [new ec2.SecurityGroup(stack, 'Own', { vpc })] }),
    must: 'vpcSubnets and securityGroups must be left out',
    got: 'securityGroups: tasks share the network of their machine there',
    not: OUTSIDE,
  },
  {
    feature: 'publicIp',
    what: 'a public address',
    props: () => ({ assignPublicIp: true }),
    must: 'assignPublicIp must not be true',
    got: 'true: use private subnets with a NAT gateway or endpoints, or Capacity.fargate()',
    not: ['instances', 'importedInstances', 'bottlerocket', 'managedInstances', 'external'],
  },
  {
    feature: 'loadBalancer',
    what: 'a load balancer',
    props: () => ({}),
    must: 'routing must be Routing.none()',
    got: 'one with a load balancer: ECS attaches no load balancer to machines outside AWS, so use another capacity for it',
    not: OUTSIDE,
    web: true,
  },
  {
    feature: 'scaling',
    what: 'scaling',
    props: () => ({ scaling: Scaling.between({ minTasks: 2, maxTasks: 4 }) }),
    must: 'scaling must be Scaling.fixed(…)',
    got: 'Scaling.between(…): ECS does not scale services on machines outside AWS',
    not: OUTSIDE,
  },
];

/** Makes a service with what is asked for on a platform. */
function ask({ web, props }: Asked, platform: Platform): void {
  const fixture = new Fixture(lenientApp());
  const capacity = PLATFORM_CAPACITIES[platform].make(fixture);
  if (web) fixture.web({ capacity, ...props(fixture) });
  else newWorker(fixture, { capacity, ...props(fixture) });
}

const names = Object.keys(PLATFORMS) as Platform[];
const rows = FEATURES.flatMap((asked) => names.map((platform) => ({ asked, platform, what: asked.what })));
const refused = rows.filter(({ asked, platform }) => asked.not.includes(platform));
const taken = rows.filter((row) => !refused.includes(row));

describe('a task', () => {
  test.each(refused)('fails when it asks for $what on $platform', ({ asked, platform }) => {
    const message = `${asked.must} on ${PLATFORM_CAPACITIES[platform].name}, got ${asked.got}`;
    expectFailure(() => ask(asked, platform), message);
  });

  test.each(taken)('has $what on $platform', ({ asked, platform }) => {
    expect(() => ask(asked, platform)).not.toThrow();
  });

  // The features that mounts ask for: test/storage/every-mount.test.ts.
  test('is asked for every feature of the table', () => {
    const asked = [...FEATURES, ...MOUNTS].flatMap(({ feature }) => feature ?? []);
    expect(new Set(asked)).toEqual(new Set(Object.keys(PLATFORMS.fargate)));
    expect(Object.keys(PLATFORM_CAPACITIES).sort()).toEqual([...names].sort());
  });

  test.each(names)('takes timeouts of 120 seconds on %s', (platform) => {
    const timeout = Duration.seconds(120);
    const asked = { ...FEATURES[0], props: () => container({ stopTimeout: timeout, startTimeout: timeout }) };
    expect(() => ask(asked, platform)).not.toThrow();
  });
});

test('a web service stands outside AWS without a load balancer', () => {
  const fixture = new Fixture();
  const capacity = Capacity.external();
  expect(() => fixture.web({ capacity, routing: Routing.none(), healthCheck: undefined })).not.toThrow();
});
