import { aws_ec2 as ec2, aws_ecs as ecs, aws_kms as kms, Size, Token } from 'aws-cdk-lib';
import { Mount } from '../../../lib';
import type { EbsMountOptions } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE } from '../../support/fixture';
import type { Template } from '../../support/fixture';
import { expectAcyclic } from '../../support/graph';
import { allowing } from '../../support/policies';
import { newWorker } from '../../support/pools';
import { bareService, containerOf, serviceOf, taskOf } from '../../support/resources';

const ROLE = 'WorkerTaskDefinitionInfrastructureRole';
const SIZE = { size: Size.gibibytes(20) };
const SNAPSHOT = 'snap-0123456789abcdef0';

/** The template of a worker with one volume. */
function mounted(options: EbsMountOptions = SIZE, fixture = new Fixture()): Template {
  newWorker(fixture, { container: { image: IMAGE, mounts: [Mount.ebs('/data', options)] } });
  return fixture.template();
}

function volumeOf(options?: EbsMountOptions) {
  return serviceOf(mounted(options)).VolumeConfigurations[0].ManagedEBSVolume;
}

describe('Mount.ebs', () => {
  test('gives each task an encrypted volume of 20 GiB of gp3, tagged as the service is', () => {
    expect(volumeOf()).toEqual({
      Encrypted: true,
      SizeInGiB: 20,
      VolumeType: 'gp3',
      RoleArn: { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${ROLE}`)), 'Arn'] },
      TagSpecifications: [{ ResourceType: 'volume', PropagateTags: 'SERVICE' }],
    });
  });

  test('is configured when the service starts the task, and seen by the container, writable', () => {
    const template = mounted();
    const name = expect.stringMatching(/^app-data-[0-9a-f]{8}$/);
    const { Volumes } = taskOf(template);
    expect(Volumes).toEqual([{ Name: name, ConfiguredAtLaunch: true }]);
    expect(serviceOf(template).VolumeConfigurations).toEqual([expect.objectContaining({ Name: Volumes[0].Name })]);
    expect(containerOf(template).MountPoints).toEqual([
      { ContainerPath: '/data', SourceVolume: Volumes[0].Name, ReadOnly: false },
    ]);
  });

  test('forbids writing where told', () => {
    expect(containerOf(mounted({ ...SIZE, readOnly: true })).MountPoints).toEqual([
      expect.objectContaining({ ReadOnly: true }),
    ]);
  });

  test.each<[string, EbsMountOptions, object]>([
    ['size', { size: Size.tebibytes(1) }, { SizeInGiB: 1024 }],
    [
      'volumeType',
      { size: Size.gibibytes(125), volumeType: ec2.EbsDeviceVolumeType.THROUGHPUT_OPTIMIZED_HDD },
      { VolumeType: 'st1', SizeInGiB: 125 },
    ],
    [
      'iops',
      { ...SIZE, volumeType: ec2.EbsDeviceVolumeType.PROVISIONED_IOPS_SSD_IO2, iops: 20000 },
      { VolumeType: 'io2', Iops: 20000 },
    ],
    ['throughput', { ...SIZE, iops: 4000, throughput: 1000 }, { Iops: 4000, Throughput: 1000 }],
    ['snapshotId', { snapshotId: SNAPSHOT }, { SnapshotId: SNAPSHOT }],
    [
      'volumeInitializationRate',
      { snapshotId: SNAPSHOT, volumeInitializationRate: Size.mebibytes(200) },
      { VolumeInitializationRate: 200 },
    ],
    ['fileSystemType', { ...SIZE, fileSystemType: ecs.FileSystemType.EXT4 }, { FilesystemType: 'ext4' }],
  ])('takes %s', (_name, options, expected) => {
    expect(volumeOf(options)).toMatchObject(expected);
  });

  test('has the size of the snapshot unless told otherwise', () => {
    expect(volumeOf({ snapshotId: SNAPSHOT })).not.toHaveProperty('SizeInGiB');
  });

  test('takes a key', () => {
    const fixture = new Fixture();
    const encryptionKey = new kms.Key(fixture.stack, 'Key');
    const { VolumeConfigurations } = serviceOf(mounted({ ...SIZE, encryptionKey }, fixture));
    expect(VolumeConfigurations[0].ManagedEBSVolume).toMatchObject({
      Encrypted: true,
      KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
    });
  });

  test('takes a key of another account, by its ARN', () => {
    const fixture = new Fixture();
    const arn = 'arn:aws:kms:eu-west-1:444455556666:key/01234567-89ab-cdef-0123-456789abcdef';
    const encryptionKey = kms.Key.fromKeyArn(fixture.stack, 'Key', arn);
    const { VolumeConfigurations } = serviceOf(mounted({ ...SIZE, encryptionKey }, fixture));
    expect(VolumeConfigurations[0].ManagedEBSVolume.KmsKeyId).toBe(arn);
  });

  test.each<[string, Partial<EbsMountOptions>, string]>([
    [
      'size is a token',
      { size: Size.gibibytes(Token.asNumber({ Ref: 'X' })) },
      'size must be known when the app is synthesized, got a token: write it out',
    ],
    [
      'rate is a token',
      { volumeInitializationRate: Size.mebibytes(Token.asNumber({ Ref: 'X' })) },
      'volumeInitializationRate must be known when the app is synthesized, got a token: write it out',
    ],
    [
      'size is no whole number',
      { size: Size.mebibytes(1536) },
      'the size of a gp3 volume in GiB must be a whole number, got 1.5',
    ],
  ])('fails when the %s', (_what, options, message) => {
    expectFailure(() => Mount.ebs('/data', { ...SIZE, ...options }), message);
  });

  test('works for a web service', () => {
    const fixture = new Fixture();
    fixture.web({ container: { image: IMAGE, mounts: [Mount.ebs('/data', SIZE)] } });
    const template = fixture.template();
    expect(serviceOf(template).VolumeConfigurations[0].ManagedEBSVolume.SizeInGiB).toBe(20);
    expect(taskOf(template).Volumes).toMatchObject([{ ConfiguredAtLaunch: true }]);
    expect(allowing(template, 'WebTaskDefinitionInfrastructureRole', 'ec2:CreateVolume')).toHaveLength(1);
    expectAcyclic(template);
  });

  test('works for a bare service', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    const container = service.taskDefinition.defaultContainer!;
    Mount.ebs('/data', SIZE).bind(fixture.stack, { container, client: service, service });
    const template = fixture.template();
    const [{ Name, ...volume }, ...others] = taskOf(template).Volumes;
    expect([volume, others]).toEqual([{ ConfiguredAtLaunch: true }, []]);
    expect(containerOf(template).MountPoints).toEqual([
      { ContainerPath: '/data', SourceVolume: Name, ReadOnly: false },
    ]);
    expect(serviceOf(template).VolumeConfigurations).toMatchObject([{ Name, ManagedEBSVolume: { SizeInGiB: 20 } }]);
    expect(allowing(template, 'TaskInfrastructureRole', 'ec2:CreateVolume')).toHaveLength(1);
    expectAcyclic(template);
  });

  test('of one value in several services are volumes of each', () => {
    const fixture = new Fixture();
    const mounts = [Mount.ebs('/data', SIZE)];
    ['One', 'Two'].forEach((id) => newWorker(fixture, { container: { image: IMAGE, mounts } }, fixture.stack, id));
    const services = Object.values(fixture.template().findResources('AWS::ECS::Service'));
    const roles = services.map(({ Properties }) => Properties.VolumeConfigurations[0].ManagedEBSVolume.RoleArn);
    expect(roles.map((role) => role['Fn::GetAtt'][0])).toEqual([
      expect.stringMatching(/^OneTaskDefinitionInfrastructureRole/),
      expect.stringMatching(/^TwoTaskDefinitionInfrastructureRole/),
    ]);
  });

  test('fails when the task has such a volume already', () => {
    const mounts = [Mount.ebs('/data', SIZE), Mount.ebs('/more', SIZE)];
    expectFailure(
      () => newWorker(new Fixture(), { container: { image: IMAGE, mounts } }),
      "a task must have one Mount.ebs at the most, got another one at '/more': use a larger volume, or a file system",
    );
  });

  test('fails when it is bound without a service', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    const container = service.taskDefinition.defaultContainer!;
    expectFailure(
      () => Mount.ebs('/data', SIZE).bind(fixture.stack, { container, client: service }),
      "Mount.ebs must be bound with the service, which makes the volumes of its tasks, got none for '/data': pass service to bind",
    );
  });

  test.each<[string, EbsMountOptions, string]>([
    ['has no size', {}, 'size or snapshotId must be given for a volume, got neither: give the size'],
    [
      'is slower than asked',
      { ...SIZE, throughput: 1000 },
      'throughput must be at most 750 MiB/s with 3000 IOPS, got 1000: set iops to 4000 at least',
    ],
    [
      'has nothing to initialize from',
      { ...SIZE, volumeInitializationRate: Size.mebibytes(100) },
      'volumeInitializationRate must be left out without snapshotId, got 100 MiB/s: an empty volume needs none',
    ],
  ])('fails when it %s', (_when, options, message) => {
    expectFailure(() => Mount.ebs('/data', options), message);
  });
});
