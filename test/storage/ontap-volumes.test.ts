import { aws_ec2 as ec2, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { InstanceImage, OntapDeploymentType, OntapFileSystem, OntapTieringPolicy } from '../../lib';
import type { OntapMountOptions, OntapVolumeOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, newApp, only, Template } from '../support/fixture';
import { newPool, newWorker } from '../support/pools';
import { taskOf } from '../support/resources';

const TYPE = 'AWS::FSx::Volume';
const { AUTO, SNAPSHOT_ONLY, ALL, NONE } = OntapTieringPolicy;

function setup() {
  const app = newApp();
  const stack = new Stack(app, 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
  const ontap = new OntapFileSystem(stack, 'Ontap', { vpc, storageCapacity: Size.tebibytes(1) });
  return { app, stack, ontap };
}

function volume(options: Partial<OntapVolumeOptions> = {}) {
  const { stack, ontap } = setup();
  ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(100), ...options });
  return only(Template.fromStack(stack), TYPE).Properties;
}

describe('a volume', () => {
  test('is for files of Unix, saves space, and moves what nobody reads, unless told otherwise', () => {
    expect(volume()).toEqual({
      Name: 'data',
      VolumeType: 'ONTAP',
      OntapConfiguration: {
        StorageVirtualMachineId: {
          'Fn::GetAtt': [expect.stringMatching(/^OntapStorageVirtualMachine/), 'StorageVirtualMachineId'],
        },
        JunctionPath: '/data',
        SizeInMegabytes: '102400',
        SecurityStyle: 'UNIX',
        StorageEfficiencyEnabled: 'true',
        SnapshotPolicy: 'default',
        TieringPolicy: { Name: 'AUTO' },
        CopyTagsToBackups: 'true',
      },
    });
  });

  test('takes every option', () => {
    const told = volume({
      volumeName: 'mine',
      size: Size.mebibytes(20),
      tieringPolicy: SNAPSHOT_ONLY,
      coolingPeriod: Duration.days(5),
      storageEfficiency: false,
      snapshotPolicy: 'none',
    });
    expect(told).toMatchObject({
      Name: 'mine',
      OntapConfiguration: {
        JunctionPath: '/data',
        SizeInMegabytes: '20',
        StorageEfficiencyEnabled: 'false',
        SnapshotPolicy: 'none',
        TieringPolicy: { Name: 'SNAPSHOT_ONLY', CoolingPeriod: 5 },
      },
    });
  });

  test.each([
    ['/data', 'data'],
    ['/team/projects', 'team_projects'],
    ['/team-a.b', 'team_a_b'],
    ['/2026', '_2026'],
    ['/_x', '_x'],
  ])('at %s is called %s', (junctionPath, name) => {
    expect(volume({ junctionPath }).Name).toBe(name);
  });

  test.each([
    [AUTO, 31],
    [AUTO, undefined],
    [SNAPSHOT_ONLY, 2],
    [ALL, undefined],
    [NONE, undefined],
  ])('is tiered by %s, cooled for %s days', (tieringPolicy, days) => {
    const coolingPeriod = days === undefined ? undefined : Duration.days(days);
    expect(volume({ tieringPolicy, coolingPeriod }).OntapConfiguration.TieringPolicy).toEqual(
      days === undefined ? { Name: tieringPolicy } : { Name: tieringPolicy, CoolingPeriod: days },
    );
  });

  test('takes tokens', () => {
    const { stack, ontap } = setup();
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    const volumeName = new CfnParameter(stack, 'Name').valueAsString;
    const coolingPeriod = Duration.days(number);
    ontap.addVolume('Data', { junctionPath: '/data', size: Size.mebibytes(number), coolingPeriod, volumeName });
    expect(only(Template.fromStack(stack), TYPE).Properties).toMatchObject({
      Name: { Ref: 'Name' },
      OntapConfiguration: { SizeInMegabytes: { Ref: 'Number' }, TieringPolicy: { CoolingPeriod: { Ref: 'Number' } } },
    });
  });

  test('is what addVolume returns', () => {
    const { stack, ontap } = setup();
    const made = ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(1) });
    expect(stack.resolve(made.logicalId)).toBe(only(Template.fromStack(stack), TYPE).id);
  });

  test.each<[string, Partial<OntapVolumeOptions>, string]>([
    [
      'its path is not absolute',
      { junctionPath: 'data' },
      "junctionPath must be an absolute path of letters, digits, '_', '-' and '.', such as '/data', got 'data'",
    ],
    [
      'its name has a hyphen',
      { volumeName: 'a-b' },
      "volumeName must be letters, digits and underscores, at most 203, got 'a-b'",
    ],
    [
      'it is too small',
      { size: Size.mebibytes(19) },
      'the size of a volume in MiB must be between 20 and 314572800, got 19',
    ],
    [
      'it is too large',
      { size: Size.tebibytes(301) },
      'the size of a volume in MiB must be between 20 and 314572800, got 315621376',
    ],
    [
      'it has a part of a MiB',
      { size: Size.kibibytes(1024 * 100 + 512) },
      'the size of a volume in MiB must be a whole number, got 100.5',
    ],
    [
      'it cools too fast',
      { coolingPeriod: Duration.days(1) },
      'coolingPeriod in days must be between 2 and 183, got 1',
    ],
    [
      'it cools for a part of a day',
      { coolingPeriod: Duration.hours(60) },
      'coolingPeriod in days must be a whole number, got 2.5',
    ],
    [
      'nothing moves, and it waits for that',
      { tieringPolicy: NONE, coolingPeriod: Duration.days(31) },
      'coolingPeriod must be left out with the tiering policy NONE, got 31 days: only AUTO and SNAPSHOT_ONLY wait',
    ],
  ])('fails when %s', (_what, options, message) => {
    expectFailure(() => volume(options), message);
  });

  test('fails when its path is a token', () => {
    const { stack, ontap } = setup();
    const junctionPath = new CfnParameter(stack, 'Path').valueAsString;
    expectFailure(
      () => ontap.addVolume('Data', { junctionPath, size: Size.gibibytes(1) }),
      'junctionPath must be known when the app is synthesized, got a token: write it out, because instances mount it there',
    );
  });

  test('fails when another one has its path', () => {
    const { ontap } = setup();
    ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(1) });
    expectFailure(
      () => ontap.addVolume('Again', { junctionPath: '/data', size: Size.gibibytes(1), volumeName: 'again' }),
      "junction paths of volumes must be unique, got '/data' twice",
    );
  });
});

describe('a file system without a volume', () => {
  const message = "'Shop/Ontap' must have a volume, got none: call addVolume";
  const synth = (app: App) => () => app.synth();

  test('fails when the app is synthesized, and not before', () => {
    const { app, ontap } = setup();
    expect(synth(app)).toThrow(message);
    const complete = setup();
    complete.ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(1) });
    expect(synth(complete.app)).not.toThrow();
    expect(ontap.node.validate()).toEqual([message]);
  });
});

describe('a mount', () => {
  /** A worker with a mount of a file system that has volumes. */
  function mounted(volumes: string[], options: OntapMountOptions = {}, later: string[] = []) {
    const fixture = new Fixture();
    const { stack, vpc } = fixture;
    const ontap = new OntapFileSystem(stack, 'Ontap', { vpc, storageCapacity: Size.tebibytes(1) });
    const add = (junctionPath: string) => {
      ontap.addVolume(`Volume${junctionPath}`.replace(/\W/g, ''), { junctionPath, size: Size.gibibytes(1) });
    };
    volumes.forEach(add);
    const pool = newPool(fixture, { image: InstanceImage.al2023(), fileSystems: [ontap] });
    const mount = ontap.mount('/srv', options);
    later.forEach(add);
    newWorker(fixture, { capacity: pool.capacity(), container: { image: IMAGE, mounts: [mount] } });
    return taskOf(fixture.template()).Volumes.map((each: any) => each.Host.SourcePath);
  }

  test.each<[string, string[], OntapMountOptions, string]>([
    ['the only volume', ['/data'], {}, '/data/srv'],
    ['a directory of it', ['/data'], { directory: '/a/b' }, '/data/a/b'],
    ['all of it', ['/data'], { wholeFileSystem: true }, '/data'],
    ['one of several', ['/data', '/logs'], { junctionPath: '/logs' }, '/logs/srv'],
    ['all of one of several', ['/a/b', '/logs'], { junctionPath: '/a/b', wholeFileSystem: true }, '/a/b'],
  ])('is of %s', (_what, volumes, options, end) => {
    expect(mounted(volumes, options)).toEqual([expect.stringMatching(new RegExp(`^/mnt/Ontap-[0-9a-f]{8}${end}$`))]);
  });

  test('may be made before its volume', () => {
    expect(mounted([], {}, ['/data'])).toEqual([expect.stringMatching(/^\/mnt\/Ontap-[0-9a-f]{8}\/data\/srv$/)]);
  });

  test.each<[string, string[], OntapMountOptions, string]>([
    ['there is no volume', [], {}, "'Shop/Ontap' must have a volume, got none: call addVolume"],
    [
      'there are two, and it says of neither',
      ['/data', '/logs'],
      {},
      "junctionPath must be given when a file system has several volumes: one of '/data', '/logs'",
    ],
    [
      'there is no such volume',
      ['/data', '/logs'],
      { junctionPath: '/other' },
      "junctionPath must be one of '/data', '/logs', got '/other': add the volume first",
    ],
    [
      'there is one, and it says another',
      ['/data'],
      { junctionPath: '/data/' },
      "junctionPath must be one of '/data', got '/data/': add the volume first",
    ],
  ])('fails when %s', (_what, volumes, options, message) => {
    expectFailure(() => mounted(volumes, options), message);
  });
});

describe('volumes of one file system', () => {
  test('fails when two paths give one name', () => {
    const { ontap } = setup();
    ontap.addVolume('A', { junctionPath: '/a/b', size: Size.gibibytes(1) });
    expectFailure(
      () => ontap.addVolume('B', { junctionPath: '/a_b', size: Size.gibibytes(1) }),
      "names of volumes must be unique, got 'a_b' twice",
    );
  });

  test.each([
    ['/a', '/a/b'],
    ['/a/b', '/a'],
  ])('that lie in one another are made and mounted from the outside in: %s before %s', (first, second) => {
    const fixture = new Fixture();
    const ontap = new OntapFileSystem(fixture.stack, 'O', { vpc: fixture.vpc, storageCapacity: Size.tebibytes(1) });
    [first, second].forEach((junctionPath, index) =>
      ontap.addVolume(`V${index}`, { junctionPath, size: Size.gibibytes(1) }),
    );
    newPool(fixture, { image: InstanceImage.al2023(), fileSystems: [ontap] });
    const volumes = Object.entries(fixture.template().findResources(TYPE));
    const idAt = (path: string) =>
      volumes.find(([, { Properties }]) => Properties.OntapConfiguration.JunctionPath === path)![0];
    const inner = volumes.find(([id]) => id === idAt('/a/b'))![1];
    const outer = volumes.find(([id]) => id === idAt('/a'))![1];
    expect(inner.DependsOn).toEqual([idAt('/a')]);
    expect(outer.DependsOn).toBeUndefined();
    const script = JSON.stringify(only(fixture.template(), 'AWS::EC2::LaunchTemplate').Properties);
    expect(script.match(/retry mount '[^']+'/g)).toEqual([
      expect.stringMatching(/\/a'$/),
      expect.stringMatching(/\/a\/b'$/),
    ]);
  });

  test('takes a number of pairs that is a token', () => {
    const { stack } = setup();
    const vpc = new ec2.Vpc(stack, 'Other', { restrictDefaultSecurityGroup: false });
    const haPairs = new CfnParameter(stack, 'Pairs', { type: 'Number' }).valueAsNumber;
    const ontap = new OntapFileSystem(stack, 'Many', {
      vpc,
      haPairs,
      storageCapacity: Size.tebibytes(1),
      deploymentType: OntapDeploymentType.SINGLE_AZ_2,
    });
    expect(stack.resolve(ontap.fileSystem.ontapConfiguration).haPairs).toEqual({ Ref: 'Pairs' });
  });
});
