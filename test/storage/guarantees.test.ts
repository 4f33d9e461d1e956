import {
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  CfnParameter,
  RemovalPolicy,
  Size,
  Stack,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { LustreFileSystem, Mount, S3FileSystem, SharedFileSystem, TaskRole } from '../../lib';
import { checkExec } from '../../lib/rules/containers';
import { checkSamePlace } from '../../lib/rules/environments';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, newApp, only, Template, warnings } from '../support/fixture';
import { allowing, policiesOf } from '../support/policies';
import { newManaged, newPool, newWorker } from '../support/pools';
import { lenientApp, resourceOf, serviceOf, taskOf } from '../support/resources';

/** The findings that a construct acknowledges. */
function acknowledged(construct: IConstruct): string[] {
  return construct.node.metadata.flatMap(({ data }) => Object.keys(data as object));
}

function s3Files({ stack, vpc }: Fixture, props: s3.BucketProps = {}) {
  const bucket = new s3.Bucket(stack, 'Bucket', { versioned: true, ...props });
  return { bucket, files: new S3FileSystem(stack, 'Files', { bucket, vpc }) };
}

test('the first statement of a policy counts too', () => {
  const stack = new Stack(newApp(), 'Shop');
  const role = new TaskRole(stack, 'Role');
  for (const letter of ['a', 'b']) {
    const resources = [...Array(40).keys()].map((index) => `arn:aws:s3:::${letter.repeat(80)}-${index}/x`);
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: [`s3:Get${letter}`], resources }));
  }
  expect(policiesOf(Template.fromStack(stack), 'Role').map(({ statements }) => statements.length)).toEqual([1, 1]);
});

test('ECS starts a fleet only with its own tag', () => {
  const fixture = new Fixture();
  newManaged(fixture);
  const fleets = allowing(fixture.template(), 'ManagedInfrastructureRole', 'ec2:CreateFleet').filter(({ Resource }) =>
    JSON.stringify(Resource).includes(':fleet/*'),
  );
  expect(fleets).toEqual([
    expect.objectContaining({ Condition: { StringEquals: { 'aws:RequestTag/AmazonECSManaged': 'true' } } }),
  ]);
});

describe('an S3 file system', () => {
  test('is deleted before what empties its bucket', () => {
    const fixture = new Fixture();
    const { files } = s3Files(fixture, { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
    const template = fixture.template();
    const { id } = only(template, 'Custom::S3AutoDeleteObjects');
    expect(resourceOf(template, files.fileSystem).DependsOn).toContain(id);
  });

  test('and its tasks use the key of a bucket that names it by an alias', () => {
    const fixture = new Fixture();
    const key = new kms.Key(fixture.stack, 'Key');
    const { files } = s3Files(fixture, { encryptionKey: key.addAlias('files') });
    newWorker(fixture, { container: { image: IMAGE, mounts: [files.mount('/srv', { readOnly: true })] } });
    const template = fixture.template();
    for (const role of ['FilesRole', 'WorkerTaskRole']) {
      expect(allowing(template, role, 'kms:Decrypt').map(({ Resource }) => Resource)).toEqual([
        fixture.stack.resolve(key.keyArn),
      ]);
    }
  });

  test('explains the wildcards on a bucket of another stack, which are named by its export', () => {
    const app = newApp({ '@aws-cdk/core:defaultCrossStackReferences': 'strong' });
    const bucket = new s3.Bucket(new Stack(app, 'Data'), 'Bucket', { versioned: true });
    const stack = new Stack(app, 'Shop');
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    const { role } = new S3FileSystem(stack, 'Files', { bucket, vpc });
    app.synth();
    expect(acknowledged(role).filter((id) => id.includes('Bucket'))).toEqual([
      expect.stringMatching(/^AwsSolutions::AwsSolutions-IAM5\[Resource::Data:ExportsOutputFnGetAttBucket\w+\/\*\]$/),
    ]);
  });

  test('does not explain what a grant of the user adds to its own statement', () => {
    const fixture = new Fixture(lenientApp());
    const { bucket, files } = s3Files(fixture);
    const mounts = [files.mount('/srv', { readOnly: true })];
    const worker = newWorker(fixture, { container: { image: IMAGE, mounts } });
    bucket.grantDelete(worker);
    fixture.app.synth();
    expect(acknowledged(worker.taskRole).filter((id) => id.includes('IAM5'))).toEqual([]);
  });
});

test('a volume is encrypted with the key itself where an alias is given', () => {
  const fixture = new Fixture();
  const key = new kms.Key(fixture.stack, 'Key');
  const mounts = [Mount.ebs('/data', { size: Size.gibibytes(10), encryptionKey: key.addAlias('files') })];
  newWorker(fixture, { container: { image: IMAGE, mounts } });
  const [{ ManagedEBSVolume }] = serviceOf(fixture.template()).VolumeConfigurations;
  expect(ManagedEBSVolume.KmsKeyId).toEqual(fixture.stack.resolve(key.keyArn));
});

test('buckets of one name in two stacks are two file systems of a task', () => {
  const fixture = new Fixture(lenientApp());
  const mounts = ['One', 'Two'].map((id) => {
    const bucket = new s3.Bucket(new Stack(fixture.app, id), 'Bucket', { versioned: true });
    return Mount.s3Files(`/${id}`, { bucket });
  });
  newWorker(fixture, { container: { image: IMAGE, mounts } });
  fixture.template().resourceCountIs('AWS::S3Files::FileSystem', 2);
});

describe('containers that prepare another one', () => {
  test('write into one directory with two images, which the container sees once', () => {
    const image = ecs.ContainerImage.fromRegistry('busybox');
    const mounts = [Mount.configFile('/etc/app/a', 'x'), Mount.configFile('/etc/app/b', 'x', { image })];
    const fixture = new Fixture();
    newWorker(fixture, { container: { image: IMAGE, mounts } });
    const { ContainerDefinitions, Volumes } = taskOf(fixture.template());
    const [volume] = Volumes;
    expect(Volumes).toEqual([volume]);
    const at = (ReadOnly: boolean) => [{ ContainerPath: '/etc/app', ReadOnly, SourceVolume: volume.Name }];
    expect(ContainerDefinitions.map(({ MountPoints }: any) => MountPoints)).toEqual([at(true), at(false), at(false)]);
  });

  test.each<[string, (stack: Stack) => string, boolean]>([
    ['explain the braces of a text', () => 'name: ${NAME}', true],
    ['take a token for no text with braces', (stack) => new CfnParameter(stack, 'Text').valueAsString, false],
  ])('%s', (_what, content, explained) => {
    const fixture = new Fixture(lenientApp());
    const mounts = [Mount.configFile('/etc/app/a', content(fixture.stack))];
    const { taskDefinition } = newWorker(fixture, { container: { image: IMAGE, mounts } });
    expect(acknowledged(taskDefinition).some((id) => id.includes('E1029'))).toBe(explained);
  });

  test('have little memory of their own in a task without a size', () => {
    const fixture = new Fixture();
    const { stack, vpc } = fixture;
    const taskDefinition = new ecs.Ec2TaskDefinition(stack, 'Task');
    const container = taskDefinition.addContainer('app', { image: IMAGE, memoryLimitMiB: 256 });
    const client = new ec2.SecurityGroup(stack, 'Group', { vpc });
    Mount.configFile('/etc/app/a', 'x').bind(stack, { container, client });
    const { Memory, ContainerDefinitions } = taskOf(fixture.template());
    expect(Memory).toBeUndefined();
    expect(ContainerDefinitions[1].MemoryReservation).toBe(16);
  });
});

test('a text of characters that JSON writes as two is measured as it stands in the task definition', () => {
  expect(() => Mount.configFile('/etc/app/a', '"'.repeat(30_000))).not.toThrow();
  expectFailure(
    () => Mount.configFile('/etc/app/a', '"'.repeat(31_000)),
    "content must be at most 61440 bytes, because its task definition has 65536 in all, got 62000 for '/etc/app/a': put it into the image, or onto a file system",
  );
});

describe('a directory of two users', () => {
  test('is told from its first user each time', () => {
    const fixture = new Fixture(lenientApp());
    const files = new SharedFileSystem(fixture.stack, 'Files', { vpc: fixture.vpc });
    ['1000', '2000', '2000'].forEach((uid, index) => {
      const mounts = [files.mount('/srv', { user: { uid, gid: uid } })];
      newWorker(fixture, { container: { image: IMAGE, mounts } }, undefined, `Worker${index}`);
    });
    const text = "the directory '/srv' belongs to 1000:1000 by another mount, got 2000:2000";
    expect(warnings(fixture.stack)).toEqual([expect.stringContaining(text), expect.stringContaining(text)]);
  });

  test('is not warned of where an instance shows it for reading only', () => {
    const fixture = new Fixture(lenientApp());
    const lustre = new LustreFileSystem(fixture.stack, 'Lustre', { vpc: fixture.vpc });
    const capacity = newPool(fixture, { image: undefined, fileSystems: [lustre] }).capacity();
    ['1000', '2000'].forEach((user, index) => {
      const mounts = [lustre.mount('/srv', { readOnly: index === 1 })];
      newWorker(fixture, { capacity, container: { image: IMAGE, user, mounts } }, undefined, `Worker${index}`);
    });
    expect(warnings(fixture.stack)).toEqual([]);
  });
});

test('the agent of ECS Exec does not write where a path merely begins like its own', () => {
  expectFailure(
    () => checkExec(true, false, ['/var/lib/amaz', '/var/log/amazon']),
    /^allowExec must not be true with a read-only root file system/,
  );
});

test('a role of the user is not explained for ECS Exec', () => {
  const fixture = new Fixture(lenientApp());
  const assumedBy = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');
  const roles = [new iam.Role(fixture.stack, 'Own', { assumedBy }), new TaskRole(fixture.stack, 'Role')];
  roles.forEach((taskRole, index) => {
    const container = { image: IMAGE, writableRootFilesystem: true };
    newWorker(fixture, { taskRole, allowExec: true, container }, undefined, `Worker${index}`);
  });
  expect(roles.map((role) => acknowledged(role).filter((id) => id.includes('IAM5')))).toEqual([
    [],
    ['AwsSolutions::AwsSolutions-IAM5[Resource::*]'],
  ]);
});

test('of a region and an account that differ the region is named', () => {
  expectFailure(
    () =>
      checkSamePlace('it', { account: '1', region: 'us-east-1' }, 'the tasks', { account: '2', region: 'eu-west-1' }),
    'it must be in the region of the tasks, eu-west-1, got us-east-1: use one there',
  );
});
