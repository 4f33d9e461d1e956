import { aws_ec2 as ec2, aws_kms as kms, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { S3FileSystem } from '../../../lib';
import type { Mount, S3FileSystemProps, S3MountOptions } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE, newApp, only, Template } from '../../support/fixture';
import { expectAcyclic } from '../../support/graph';
import { allowing, expectNothingInline, statementsOf } from '../../support/policies';
import { newWorker } from '../../support/pools';
import { all, bareService, lenientApp, resourceOf, taskOf } from '../../support/resources';

const POINTS = 'AWS::S3Files::AccessPoint';
const SYSTEMS = 'AWS::S3Files::FileSystem';
const TARGETS = 'AWS::S3Files::MountTarget';
const RULES = 'AWS::EC2::SecurityGroupIngress';
const NFS = { Properties: { FromPort: 2049 } };

interface Settings {
  readonly bucket?: s3.BucketProps;
  readonly files?: Partial<S3FileSystemProps>;
  readonly mode?: string;
}

/** A file system in stack `Shop`. */
function setup({ bucket, files, mode = 'weak' }: Settings = {}) {
  const fixture = new Fixture(lenientApp({ '@aws-cdk/core:defaultCrossStackReferences': mode }));
  const { stack, vpc, app } = fixture;
  const made = new s3.Bucket(stack, 'Bucket', { versioned: true, ...bucket });
  const objects = new S3FileSystem(stack, 'Files', { bucket: made, vpc, ...files });
  const worker = (mounts: Mount[], id = 'Web', scope = stack) =>
    newWorker(fixture, { container: { image: IMAGE, mounts } }, scope, id);
  return { fixture, app, stack, vpc, objects, worker, template: () => fixture.template() };
}

/** What the tasks of a service with one mount may do. */
function statements(options: S3MountOptions, settings?: Settings) {
  const { objects, worker, template } = setup(settings);
  worker([objects.mount('/data', options)]);
  expectNothingInline(template());
  return statementsOf(template(), 'WebTaskRole');
}

const BUCKET = { 'Fn::GetAtt': [expect.stringMatching(/^Bucket/), 'Arn'] };
const objectsOf = (part: string) => ({ 'Fn::Join': ['', [BUCKET, `/${part}`]] });
const mountOf = (Action: string | string[]) => ({
  Effect: 'Allow',
  Action,
  Resource: { 'Fn::GetAtt': [expect.stringMatching(/^FilesFileSystem/), 'FileSystemArn'] },
  Condition: {
    StringEquals: {
      's3files:AccessPointArn': { 'Fn::GetAtt': [expect.stringMatching(/^FilesAccessPoint/), 'AccessPointArn'] },
    },
  },
});
const reads = (part: string) => ({
  Effect: 'Allow',
  Action: ['s3:GetObject', 's3:GetObjectVersion'],
  Resource: objectsOf(part),
});

describe('the task role', () => {
  const [MOUNT, WRITE, ROOT] = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map((name) => `s3files:${name}`);
  const root = { uid: '0', gid: '0' };

  test.each<[string, S3MountOptions, string | string[]]>([
    ['writes', { directory: '/a' }, [MOUNT, WRITE]],
    ['writes to the root of the file system', {}, [MOUNT, WRITE]],
    ['reads', { directory: '/a', readOnly: true }, MOUNT],
    ['writes as root', { directory: '/a', user: root }, [MOUNT, ROOT, WRITE]],
    ["writes in root's group", { directory: '/a', user: { uid: '5', gid: '0' } }, [MOUNT, ROOT, WRITE]],
    ['reads as root', { user: root, readOnly: true }, [MOUNT, ROOT]],
  ])('%s through its access point, and nothing else', (_what, options, actions) => {
    const [mount, ...others] = statements({ ...options, directReads: false });
    expect(others).toEqual([]);
    expect({ ...mount, Action: typeof actions === 'string' ? mount.Action : [mount.Action].flat().sort() }).toEqual(
      mountOf(actions),
    );
  });

  test.each<[string, S3MountOptions, Partial<S3FileSystemProps>, string]>([
    ['all objects', {}, {}, '*'],
    ['those of the prefix', {}, { prefix: 'shared/' }, 'shared/*'],
    ['those of the directory', { directory: '/a/b' }, {}, 'a/b/*'],
    ['those of prefix and directory', { directory: '/a' }, { prefix: 'shared/files/' }, 'shared/files/a/*'],
    ['those of a directory that it only reads', { directory: '/a', readOnly: true }, {}, 'a/*'],
  ])('reads %s from the bucket', (_what, options, files, part) => {
    const [mount, direct, ...others] = statements(options, { files });
    expect(others).toEqual([]);
    expect(mount).toEqual(mountOf(options.readOnly ? MOUNT : [MOUNT, WRITE]));
    expect(direct).toEqual(reads(part));
  });

  test('decrypts with the key of the bucket, through S3', () => {
    const [, direct, decrypt, ...others] = statements(
      { directory: '/a' },
      { bucket: { encryption: s3.BucketEncryption.KMS } },
    );
    expect(others).toEqual([]);
    expect(direct).toEqual(reads('a/*'));
    expect(decrypt).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^BucketKey/), 'Arn'] },
      Condition: {
        StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
      },
    });
  });

  test('decrypts nothing without direct reads', () => {
    const settings = { bucket: { encryption: s3.BucketEncryption.KMS } };
    expect(statements({ directReads: false }, settings)).toEqual([mountOf([MOUNT, WRITE])]);
  });

  test('does not use the key of the file system', () => {
    const { stack, vpc, worker, template } = setup();
    const bucket = new s3.Bucket(stack, 'Other', { versioned: true });
    const keyed = new S3FileSystem(stack, 'Keyed', { bucket, vpc, encryptionKey: new kms.Key(stack, 'Key') });
    worker([keyed.mount('/data')]);
    expect(allowing(template(), 'WebTaskRole', 'kms:Decrypt')).toEqual([]);
  });

  test('has a statement for each of its mounts', () => {
    const { objects, worker, template } = setup();
    worker([objects.mount('/a', { directory: '/a' }), objects.mount('/b', { directory: '/b', readOnly: true })]);
    const found = ['/a', '/b'].map((path) =>
      Object.entries(template().findResources(POINTS)).find(
        ([, { Properties }]) => Properties.RootDirectory.Path === path,
      ),
    );
    const condition = ([id]: [string, unknown]) => ({
      StringEquals: { 's3files:AccessPointArn': { 'Fn::GetAtt': [id, 'AccessPointArn'] } },
    });
    expect(allowing(template(), 'WebTaskRole', MOUNT).map((each) => [each.Action, each.Condition])).toEqual([
      [[MOUNT, WRITE], condition(found[0]!)],
      [MOUNT, condition(found[1]!)],
    ]);
  });
});

describe('the network', () => {
  test('opens port 2049 of the mount targets to the service, and nothing else', () => {
    const { objects, worker, template } = setup();
    worker([objects.mount('/a'), objects.mount('/b')]);
    expect(all(template(), RULES)).toEqual([
      {
        Description: 'NFS',
        IpProtocol: 'tcp',
        FromPort: 2049,
        ToPort: 2049,
        GroupId: { 'Fn::GetAtt': [expect.stringMatching(/^FilesSecurityGroup/), 'GroupId'] },
        SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/^WebServiceSecurityGroup/), 'GroupId'] },
      },
    ]);
    template().resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  test('lets the service wait for each mount target and the rule', () => {
    const { objects, worker, template } = setup();
    const { service } = worker([objects.mount('/a')]);
    const waited = [TARGETS, RULES].flatMap((type) => Object.keys(template().findResources(type)));
    expect(waited).toHaveLength(3);
    expect(resourceOf(template(), service).DependsOn).toEqual(expect.arrayContaining(waited));
    expectAcyclic(template());
  });

  test('lets each of several services wait for its own rule', () => {
    const { objects, worker, template } = setup();
    const ids = ['One', 'Two', 'Three'];
    const made = ids.map((id) => worker([objects.mount('/a')], id));
    const rules = template().findResources(RULES, NFS);
    expect(Object.keys(rules)).toHaveLength(3);
    made.forEach(({ service }, index) => {
      const own = resourceOf(template(), service).DependsOn.filter((id: string) => id in rules);
      expect(own).toHaveLength(1);
      expect(rules[own[0]].Properties.SourceSecurityGroupId['Fn::GetAtt'][0]).toMatch(
        `${ids[index]}ServiceSecurityGroup`,
      );
    });
    expectAcyclic(template());
  });

  test('opens the port out too where that is closed', () => {
    const { fixture, objects, stack, vpc, template } = setup();
    const group = new ec2.SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false });
    newWorker(fixture, { container: { image: IMAGE, mounts: [objects.mount('/a')] }, securityGroups: [group] });
    const [egress, ...others] = all(template(), 'AWS::EC2::SecurityGroupEgress');
    expect(others).toEqual([]);
    expect(egress).toMatchObject({ FromPort: 2049, ToPort: 2049, GroupId: stack.resolve(group.securityGroupId) });
  });

  test('fails when tasks stand in a zone without a mount target', () => {
    const fixture = new Fixture();
    const { stack, vpc } = fixture;
    const bucket = new s3.Bucket(stack, 'Bucket', { versioned: true });
    const vpcSubnets = { subnets: [vpc.privateSubnets[0]] };
    const objects = new S3FileSystem(stack, 'Files', { bucket, vpc, vpcSubnets });
    expectFailure(
      () => newWorker(fixture, { container: { image: IMAGE, mounts: [objects.mount('/a')] } }),
      "tasks must stand in the zones of the mount targets of 'Shop/Files' (zone 1 of the region), got zone 2 of the region too: " +
        'a task mounts in its own zone only, so choose vpcSubnets there, or give the file system a mount target in each zone',
    );
  });
});

describe.each(['strong', 'weak'])('a mount of a file system in another stack, with %s references', (mode) => {
  const { app, stack, objects, worker, template } = setup({ mode, bucket: { encryption: s3.BucketEncryption.KMS } });
  const consumer = new Stack(app, 'Web');
  const mount = () => objects.mount('/data', { directory: '/d' });
  worker([mount(), objects.mount('/again', { directory: '/d' })], 'One', consumer);
  worker([mount()], 'Two', consumer);
  const users = Template.fromStack(consumer);
  const reference = (name: string) =>
    mode === 'strong'
      ? { 'Fn::ImportValue': expect.stringContaining(name) }
      : { 'Fn::GetStackOutput': expect.objectContaining({ OutputName: expect.stringContaining(name) }) };

  test('makes one stack depend on the other, with no cycle', () => {
    expect(() => app.synth()).not.toThrow();
    expect(consumer.dependencies).toEqual([stack]);
    expect(stack.dependencies).toEqual([]);
    expectAcyclic(users);
    expectAcyclic(template());
  });

  test('makes access points and rules in the stack of the services, and nothing in the other', () => {
    users.resourceCountIs(POINTS, 2);
    users.resourceCountIs(RULES, 2);
    template().resourceCountIs(POINTS, 0);
    template().resourceCountIs(RULES, 0);
    for (const { FileSystemId } of all(users, POINTS)) expect(FileSystemId).toEqual(reference('FilesFileSystem'));
    for (const { GroupId } of all(users, RULES)) expect(GroupId).toEqual(reference('FilesSecurityGroup'));
  });

  test('names file system, objects and key in the statements of the role', () => {
    expect(allowing(users, 'OneTaskRole', 's3files:ClientMount')[0].Resource).toEqual(reference('FilesFileSystem'));
    expect(allowing(users, 'OneTaskRole', 's3:GetObject')[0].Resource).toEqual({
      'Fn::Join': ['', [reference('Bucket'), '/d/*']],
    });
    expect(allowing(users, 'OneTaskRole', 'kms:Decrypt')[0].Resource).toEqual(reference('BucketKey'));
    expectNothingInline(users);
  });
});

describe('a mount of a bare L2 service', () => {
  test('is complete', () => {
    const fixture = new Fixture(newApp());
    const { stack, vpc } = fixture;
    const bucket = new s3.Bucket(stack, 'Bucket', { versioned: true });
    const objects = new S3FileSystem(stack, 'Files', { bucket, vpc });
    const service = bareService(fixture);
    const container = service.taskDefinition.defaultContainer!;
    objects.mount('/data', { directory: '/d' }).bind(stack, { container, client: service, service });
    const template = fixture.template();
    expect(taskOf(template).Volumes).toEqual([
      {
        Name: expect.stringMatching(/^main-data-/),
        S3FilesVolumeConfiguration: {
          FileSystemArn: { 'Fn::GetAtt': [only(template, SYSTEMS).id, 'FileSystemArn'] },
          AccessPointArn: { 'Fn::GetAtt': [only(template, POINTS).id, 'AccessPointArn'] },
        },
      },
    ]);
    expect(only(template, 'AWS::ECS::Service').DependsOn).toEqual(
      expect.arrayContaining([TARGETS, RULES].flatMap((type) => Object.keys(template.findResources(type)))),
    );
    const { PolicyDocument } = only(template, 'AWS::IAM::Policy').Properties;
    expect(PolicyDocument.Statement).toEqual([mountOf(['s3files:ClientMount', 's3files:ClientWrite']), reads('d/*')]);
    expectAcyclic(template);
  });
});
