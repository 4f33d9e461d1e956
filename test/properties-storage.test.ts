import type { Stack } from 'aws-cdk-lib';
import {
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_efs as efs,
  aws_fsx as fsx,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
  Duration,
  Size,
} from 'aws-cdk-lib';
import * as fc from 'fast-check';
import {
  Capacity,
  EcsCluster,
  InstanceImage,
  InstancePool,
  LustreFileSystem,
  ManagedInstances,
  Mount,
  OntapDeploymentType,
  OntapFileSystem,
  OntapTieringPolicy,
  S3FileSystem,
  SharedFileSystem,
  WorkerService,
} from '../lib';
import type { IInstanceFileSystem } from '../lib';
import { maybe, mostly, number, oneOf, RUNS } from './support/arbitrary';
import { expectErrorOrTemplate, importedVpc } from './support/error-or-template';
import { IMAGE } from './support/fixture';

/** A case takes longer than one of the other properties. */
const CASES = Math.ceil(RUNS / 4);

/** What mounts are made of, and what a pool must mount for them. */
interface Shop {
  readonly stack: Stack;
  readonly vpc: ec2.IVpc;
  readonly fileSystems: IInstanceFileSystem[];
}
type MakeMount = (shop: Shop, id: string) => Mount;
const makes = <T>(arbitrary: fc.Arbitrary<T>, make: (given: T, shop: Shop, id: string) => Mount) =>
  arbitrary.map(
    (given): MakeMount =>
      (shop, id) =>
        make(given, shop, id),
  );

const path = oneOf(['/srv', '/data', '/data/in', '/etc/app', '/run/x/', '/tmp'], '/', 'srv', '/a:b', '/a/../b');
const directory = maybe(oneOf(['/uploads', '/a/b', '/a b'], '/', '//', 'a', '/a/b/c/d/e'));
const user = maybe(
  fc.record({ uid: oneOf(['1000', '0', '101'], '-1', 'root'), gid: oneOf(['1000', '0', '101'], '', 'x') }),
);
const readOnly = maybe(fc.boolean());
const gib = (min: number, max: number) => number(min, max).map((value) => Size.gibibytes(Math.abs(Math.floor(value))));
const days = (min: number, max: number) => number(min, max).map((value) => Duration.days(Math.abs(Math.floor(value))));
const member = <T extends Record<string, string>>(values: T) =>
  fc.constantFrom(...(Object.values(values) as T[keyof T][]));
/** The defaults, or all of it at random. */
const settings = <T extends object>(arbitrary: fc.Arbitrary<T>) => fc.oneof(fc.constant({} as Partial<T>), arbitrary);

const efsMount = makes(
  fc.record({
    path,
    props: settings(
      fc.record({
        throughputMode: maybe(member(efs.ThroughputMode)),
        provisionedThroughputPerSecond: mostly(fc.constant(undefined), gib(1, 3)),
        lifecyclePolicy: maybe(member(efs.LifecyclePolicy)),
        transitionToArchivePolicy: mostly(fc.constant(undefined), member(efs.LifecyclePolicy)),
        outOfInfrequentAccessPolicy: maybe(member(efs.OutOfInfrequentAccessPolicy)),
        oneZone: mostly(fc.constant(undefined), fc.boolean()),
        backup: maybe(fc.boolean()),
      }),
    ),
    options: fc.record({ directory, user, readOnly, wholeFileSystem: mostly(fc.constant(undefined), fc.boolean()) }),
  }),
  (given, { stack, vpc }, id) =>
    new SharedFileSystem(stack, id, { vpc, ...given.props }).mount(given.path, given.options),
);
const s3Mount = makes(
  fc.record({
    path,
    versioned: mostly(fc.constant(true), fc.constant(false)),
    prefix: maybe(oneOf(['reports/', 'a/b/', ''], '/x/', 'reports')),
    sizes: maybe(fc.array(gib(0, 60), { minLength: 1, maxLength: 3 })),
    daysAfterLastAccess: maybe(days(1, 365)),
    options: fc.record({ directory, user, readOnly, directReads: maybe(fc.boolean()) }),
    own: fc.boolean(),
  }),
  ({ sizes, versioned, own, options, ...given }, { stack, vpc }, id) => {
    const bucket = new s3.Bucket(stack, `${id}Bucket`, { versioned });
    const importDataRules = sizes?.map((sizeLessThan, index) => ({
      sizeLessThan,
      prefix: index ? `p${index}/` : undefined,
    }));
    const props = { bucket, prefix: given.prefix, daysAfterLastAccess: given.daysAfterLastAccess, importDataRules };
    if (own) return Mount.s3Files(given.path, { ...props, ...options });
    return new S3FileSystem(stack, id, { vpc, ...props }).mount(given.path, options);
  },
);
const ebsMount = makes(
  fc.record({
    path,
    size: mostly(gib(125, 1024), fc.constant(undefined)),
    volumeType: maybe(member(ec2.EbsDeviceVolumeType)),
    iops: mostly(fc.constant(undefined), number(3000, 16000)),
    throughput: mostly(fc.constant(undefined), number(125, 750)),
    snapshotId: maybe(oneOf(['snap-0123456789abcdef0'], 'vol-1')),
    volumeInitializationRate: mostly(
      fc.constant(undefined),
      number(100, 300).map((rate) => Size.mebibytes(Math.abs(Math.floor(rate)))),
    ),
    fileSystemType: mostly(fc.constant(undefined), member(ecs.FileSystemType)),
    readOnly,
  }),
  ({ path: at, ...options }) => Mount.ebs(at, options),
);
const lustreMount = makes(
  fc.record({
    path,
    props: settings(
      fc.record({
        storageCapacity: maybe(oneOf([1200, 2400, 4800, 6000], 0, 1300).map((size) => Size.gibibytes(size))),
        deploymentType: maybe(member(fsx.LustreDeploymentType)),
        perUnitStorageThroughput: maybe(oneOf([50, 125, 250, 1000], 12, 126)),
        storageType: mostly(fc.constant(undefined), member(fsx.StorageType)),
        fileSystemTypeVersion: mostly(fc.constant(undefined), member(fsx.FileSystemTypeVersion)),
        automaticBackupRetention: maybe(days(0, 90)),
      }),
    ),
    options: fc.record({ directory, user, readOnly, wholeFileSystem: mostly(fc.constant(undefined), fc.boolean()) }),
  }),
  (given, { stack, vpc, fileSystems }, id) => {
    const lustre = new LustreFileSystem(stack, id, { vpc, ...given.props });
    fileSystems.push(lustre);
    return lustre.mount(given.path, given.options);
  },
);
const ontapMount = makes(
  fc.record({
    path,
    storageCapacity: gib(1024, 4096),
    props: settings(
      fc.record({
        deploymentType: maybe(member(OntapDeploymentType)),
        throughputCapacityPerHaPair: maybe(oneOf([128, 384, 1536], 100)),
        haPairs: mostly(fc.constant(undefined), number(1, 12)),
        iops: maybe(number(3072, 40000)),
        automaticBackupRetention: maybe(days(0, 90)),
      }),
    ),
    volume: fc.record({
      junctionPath: oneOf(['/data', '/a/b', '/1'], 'data', '/', '/a b'),
      size: gib(1, 500),
      tieringPolicy: maybe(member(OntapTieringPolicy)),
      coolingPeriod: mostly(fc.constant(undefined), days(2, 183)),
    }),
    options: fc.record({ directory, user, readOnly }),
  }),
  ({ props, storageCapacity, volume, ...given }, { stack, vpc, fileSystems }, id) => {
    const ontap = new OntapFileSystem(stack, id, { vpc, storageCapacity, ...props });
    ontap.addVolume('Volume', volume);
    fileSystems.push(ontap);
    return ontap.mount(given.path, given.options);
  },
);
const simple = fc.oneof(
  makes(
    fc.record({ path, onDisk: maybe(fc.boolean()), mode: maybe(oneOf(['1777', '700'], '8')) }),
    ({ path: at, ...options }) => Mount.scratch(at, options),
  ),
  makes(fc.record({ path, name: oneOf(['sockets'], '', 'a b'), readOnly }), ({ path: at, name, ...options }) =>
    Mount.shared(name, at, options),
  ),
  makes(
    fc.record({ path: oneOf(['/etc/x/a', '/etc/x/b', '/etc/y/c'], '/a', 'b'), text: fc.string({ maxLength: 50 }) }),
    (given) => Mount.configFile(given.path, given.text),
  ),
  makes(oneOf(['/run/keys/a', '/etc/x/key'], '/a'), (at, { stack }, id) =>
    Mount.secretFile(at, ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, id))),
  ),
  makes(fc.record({ path, shared: fc.boolean(), volumeName: maybe(oneOf(['cache'], 'a b')) }), (given) =>
    Mount.docker(given.path, {
      volumeName: given.volumeName,
      scope: given.shared ? ecs.Scope.SHARED : undefined,
    }),
  ),
);

type MakeCapacity = (shop: Shop, cluster: ecs.Cluster) => Capacity;
const capacity = fc.constantFrom<MakeCapacity>(
  () => Capacity.fargate(),
  () => Capacity.fargateSpot(),
  ({ stack }, cluster) => new ManagedInstances(stack, 'Managed', { cluster }).capacity(),
  ...[InstanceImage.al2023(), InstanceImage.bottlerocket()].map(
    (image): MakeCapacity =>
      ({ stack, fileSystems }, cluster) =>
        new InstancePool(stack, 'Pool', {
          cluster,
          image,
          fileSystems,
          instanceTypes: [new ec2.InstanceType('m7i.large')],
          maxInstances: 2,
        }).capacity(),
  ),
  () => Capacity.external(),
);

const worker = fc.record({
  capacity,
  user: maybe(oneOf(['1000:1000', '0', 'node', '101'], ':')),
  mounts: fc.array(fc.oneof(efsMount, s3Mount, ebsMount, lustreMount, ontapMount, simple), {
    minLength: 1,
    maxLength: 3,
  }),
});

test(`any mounts on any compute either fail with one of our errors or are a template that the strict engine accepts (${CASES} cases)`, () => {
  expectErrorOrTemplate(worker, CASES, (given, stack) => {
    const shop: Shop = { stack, vpc: importedVpc(stack), fileSystems: [] };
    const { cluster } = new EcsCluster(stack, 'Ecs', { vpc: shop.vpc });
    const mounts = given.mounts.map((make, index) => make(shop, `Files${index}`));
    new WorkerService(stack, 'Worker', {
      cluster,
      container: { image: IMAGE, user: given.user, mounts },
      capacity: given.capacity(shop, cluster),
    });
  });
});
