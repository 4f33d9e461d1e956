import { aws_ec2 as ec2, aws_s3 as s3, CfnParameter } from 'aws-cdk-lib';
import { InstanceImage, LustreFileSystem, S3FileSystem, SharedFileSystem } from '../../lib';
import type { Mount } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, only } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing } from '../support/policies';
import { newPool, newWorker } from '../support/pools';
import { lenientApp, serviceOf } from '../support/resources';

const EGRESS = 'AWS::EC2::SecurityGroupEgress';
const closed = ({ stack, vpc }: Fixture) => new ec2.SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false });
const s3Files = ({ stack, vpc }: Fixture) =>
  new S3FileSystem(stack, 'Files', { vpc, bucket: new s3.Bucket(stack, 'Bucket', { versioned: true }) });

describe('clients that let nothing out', () => {
  test.each<[string, (fixture: Fixture) => Mount]>([
    ['EFS', ({ stack, vpc }) => new SharedFileSystem(stack, 'Uploads', { vpc }).mount('/srv')],
    ['S3 Files', (fixture) => s3Files(fixture).mount('/srv', { readOnly: true })],
  ])('wait for the rule that lets them out to %s', (_kind, make) => {
    const fixture = new Fixture();
    const mounts = [make(fixture)];
    newWorker(fixture, { securityGroups: [closed(fixture)], container: { image: IMAGE, mounts } });
    const template = fixture.template();
    const rules = Object.keys(template.findResources(EGRESS, { Properties: { FromPort: 2049 } }));
    expect(rules).toHaveLength(1);
    expect(only(template, 'AWS::ECS::Service').DependsOn).toEqual(expect.arrayContaining(rules));
    expectAcyclic(template);
  });

  test('wait for the rules that let instances out to Lustre, and Lustre to them', () => {
    const fixture = new Fixture();
    const lustre = new LustreFileSystem(fixture.stack, 'Lustre', { vpc: fixture.vpc });
    const image = InstanceImage.al2023();
    newPool(fixture, { image, securityGroup: closed(fixture), fileSystems: [lustre] });
    const template = fixture.template();
    const rules = Object.keys(template.findResources(EGRESS));
    // Two ranges of ports: between file servers, to instances, and from them.
    expect(rules).toHaveLength(6);
    expect(only(template, 'AWS::AutoScaling::AutoScalingGroup').DependsOn).toEqual(expect.arrayContaining(rules));
    expectAcyclic(template);
  });
});

test('objects of a directory that is a token are not read from the bucket itself', () => {
  const fixture = new Fixture(lenientApp());
  const directory = new CfnParameter(fixture.stack, 'Directory').valueAsString;
  newWorker(fixture, { container: { image: IMAGE, mounts: [s3Files(fixture).mount('/srv', { directory })] } });
  const template = fixture.template();
  expect(only(template, 'AWS::S3Files::AccessPoint').Properties.RootDirectory.Path).toEqual({ Ref: 'Directory' });
  expect(allowing(template, 'WorkerTaskRole', 's3:GetObject')).toEqual([]);
  expect(allowing(template, 'WorkerTaskRole', 's3files:ClientMount')).toHaveLength(1);
  expect(serviceOf(template)).toBeDefined();
});

test('a bucket whose versions are a token is taken', () => {
  const fixture = new Fixture();
  const bucket = new s3.Bucket(fixture.stack, 'Bucket');
  const status = new CfnParameter(fixture.stack, 'Status').valueAsString;
  (bucket.node.defaultChild as s3.CfnBucket).versioningConfiguration = { status };
  expect(() => new S3FileSystem(fixture.stack, 'Files', { vpc: fixture.vpc, bucket })).not.toThrow();
});

test.each(['/', '//', '//b', '/a//b', '/a/'])('fails when the directory of Lustre is %j', (directory) => {
  const fixture = new Fixture();
  const lustre = new LustreFileSystem(fixture.stack, 'Lustre', { vpc: fixture.vpc });
  expectFailure(
    () => lustre.mount('/scratch', { directory }),
    `directory must be an absolute path below the root of the file system, without ':', '.', '..' and empty parts, got '${directory}'`,
  );
});
