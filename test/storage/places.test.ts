import {
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  NestedStack,
  Size,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { LustreFileSystem, Mount, Routing, S3FileSystem, SharedFileSystem, TaskRole, WorkerService } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { actionsOf, statementsOf } from '../support/policies';
import { newManaged, newPool, newWorker } from '../support/pools';
import { lenientApp, serviceOf } from '../support/resources';

const HERE = { account: '111122223333', region: 'eu-west-1' };
const THERE = { account: '111122223333', region: 'us-east-1' };
const OTHER = { account: '444455556666', region: 'eu-west-1' };
const POLICIES = 'AWS::IAM::ManagedPolicy';

/** A stack with a network, somewhere. */
function place(app = newApp(), env = HERE, id = 'Shop') {
  const stack = new Stack(app, id, { env });
  const vpc = new ec2.Vpc(stack, 'Vpc', { availabilityZones: ['a', 'b'].map((zone) => env.region + zone) });
  return { app, stack, vpc };
}

describe('a file system of another place', () => {
  test.each([
    ['region', THERE, 'eu-west-1', 'us-east-1'],
    ['account', OTHER, '111122223333', '444455556666'],
  ])('fails when its %s is not that of the tasks', (kind, env, here, there) => {
    const { app, stack, vpc } = place();
    const theirs = place(app, env, 'Theirs');
    const files = new SharedFileSystem(theirs.stack, 'Files', { vpc: theirs.vpc });
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    const container = task.addContainer('app', { image: IMAGE });
    expectFailure(
      () => files.mount('/srv').bind(stack, { container, client: new ec2.SecurityGroup(stack, 'Group', { vpc }) }),
      `the file system 'Theirs/Files' must be in the ${kind} of the tasks, ${here}, got ${there}: use one there`,
    );
  });

  test('fails when instances of another region shall mount it', () => {
    const { app, stack, vpc } = place();
    const theirs = place(app, THERE, 'Theirs');
    const lustre = new LustreFileSystem(theirs.stack, 'Lustre', { vpc: theirs.vpc });
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    expectFailure(
      () => newPool({ cluster, stack } as Fixture, { image: undefined, fileSystems: [lustre] }),
      "the file system 'Theirs/Lustre' must be in the region of the instances, eu-west-1, got us-east-1: use one there",
    );
  });

  test.each([
    ['region', THERE, 'us-east-1', 'eu-west-1'],
    ['account', OTHER, '444455556666', '111122223333'],
  ])('fails when the bucket is of another %s', (kind, env, there, here) => {
    const { app, stack, vpc } = place();
    const bucket = new s3.Bucket(new Stack(app, 'Theirs', { env }), 'Bucket', { versioned: true });
    expectFailure(
      () => new S3FileSystem(stack, 'Files', { bucket, vpc }),
      `the bucket 'Theirs/Bucket' must be in the ${kind} of its S3 file system, ${here}, got ${there}: use one there`,
    );
  });
});

describe('a task role of another stack', () => {
  function apart(home: (fixture: Fixture) => Stack, makeRole: (stack: Stack) => iam.IRole) {
    const fixture = new Fixture(lenientApp());
    const files = new SharedFileSystem(fixture.stack, 'Files', { vpc: fixture.vpc });
    const stack = home(fixture);
    const taskRole = makeRole(fixture.stack);
    newWorker(fixture, { taskRole, container: { image: IMAGE, mounts: [files.mount('/srv')] } }, stack);
    return { fixture, template: Template.fromStack(stack) };
  }

  test.each<[string, (stack: Stack) => iam.IRole]>([
    ['TaskRole', (stack) => new TaskRole(stack, 'Role')],
    [
      'Role',
      (stack) => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }),
    ],
    ['imported role', (stack) => iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/code')],
  ])('gets the permissions of a mount in the stack of the service: a %s', (_kind, makeRole) => {
    const { fixture, template } = apart(({ app }) => new Stack(app, 'Consumer'), makeRole);
    const [[id, policy], ...others] = Object.entries(template.findResources(POLICIES)).filter(([, { Properties }]) =>
      JSON.stringify(Properties.PolicyDocument).includes('elasticfilesystem:ClientMount'),
    );
    expect(others).toEqual([]);
    expect(policy.Properties.PolicyDocument.Statement.flatMap(actionsOf)).toEqual([
      'elasticfilesystem:ClientMount',
      'elasticfilesystem:ClientWrite',
    ]);
    expect(serviceOf(template)).toBeDefined();
    expect(only(template, 'AWS::ECS::Service').DependsOn).toContain(id);
    expect(statementsOf(fixture.template(), 'Role').flatMap(actionsOf)).not.toContain('elasticfilesystem:ClientMount');
    expectAcyclic(template);
    expect(() => fixture.app.synth()).not.toThrow();
  });

  test('makes no cycle with a nested stack', () => {
    const { fixture } = apart(
      ({ stack }) => new NestedStack(stack, 'Nested'),
      (stack) => new TaskRole(stack, 'Role'),
    );
    expectAcyclic(fixture.template());
  });
});

describe('a mount with a task role of another stack', () => {
  test('reads the objects of its bucket by a policy of its own stack, whose wildcard is explained', () => {
    const fixture = new Fixture(lenientApp());
    const stack = new Stack(fixture.app, 'Consumer');
    const bucket = new s3.Bucket(stack, 'Bucket', { versioned: true });
    const taskRole = new TaskRole(fixture.stack, 'Role');
    const mounts = [Mount.s3Files('/srv', { bucket, readOnly: true })];
    newWorker(fixture, { taskRole, container: { image: IMAGE, mounts } }, stack);
    fixture.app.synth();
    const template = Template.fromStack(stack);
    expectAcyclic(template);
    const { id } = only(template, 'AWS::ECS::Service');
    const [policy, ...others] = Object.values(template.findResources(POLICIES)).filter(({ Properties }) =>
      JSON.stringify(Properties.PolicyDocument).includes('s3:GetObjectVersion"'),
    );
    expect(others).toEqual([]);
    expect(JSON.stringify(policy.Properties.Roles)).toContain('OutputRefRole');
    expect(template.findResources('AWS::ECS::Service')[id].DependsOn).toEqual(
      expect.arrayContaining([expect.stringContaining('MountPolicy')]),
    );
    const made = stack.node.findAll().find((each): each is iam.ManagedPolicy => each.node.id === 'MountPolicy');
    expect(made?.node.metadata.flatMap(({ data }) => Object.keys(data as object))).toContainEqual(
      expect.stringMatching(/IAM5\[Resource::<Bucket\w+\.Arn>\/\*\]$/),
    );
  });

  test('has a policy for each task definition that is bound in one scope', () => {
    const fixture = new Fixture(lenientApp());
    const stack = new Stack(fixture.app, 'Consumer');
    const files = new SharedFileSystem(fixture.stack, 'Files', { vpc: fixture.vpc });
    const client = new ec2.SecurityGroup(stack, 'Group', { vpc: fixture.vpc });
    const roles = ['One', 'Two'].map((id) => {
      const taskRole = new TaskRole(fixture.stack, id);
      const task = new ecs.FargateTaskDefinition(new Construct(stack, id), 'Task', { taskRole });
      files.mount('/srv').bind(stack, { container: task.addContainer('app', { image: IMAGE }), client });
      return id;
    });
    const policies = Object.values(Template.fromStack(stack).findResources(POLICIES));
    expect(policies.map(({ Properties }) => JSON.stringify(Properties.Roles))).toEqual(
      roles.map((name) => expect.stringContaining(`OutputRef${name}Role`)),
    );
  });
});

describe('subnets of which nobody said where they are', () => {
  const subnets = (stack: Stack) =>
    ['0', '1'].map((id) => ec2.Subnet.fromSubnetId(stack, `Subnet${id}`, `subnet-0123456789abcdef${id}`));

  test('take the tasks of a service', () => {
    const { stack, ...fixture } = new Fixture(lenientApp());
    new WorkerService(stack, 'Worker', {
      cluster: fixture.cluster,
      container: { image: IMAGE },
      vpcSubnets: { subnets: subnets(stack) },
    });
    expect(serviceOf(Template.fromStack(stack)).NetworkConfiguration.AwsvpcConfiguration.Subnets).toHaveLength(2);
  });

  test('take managed instances', () => {
    const fixture = new Fixture(lenientApp());
    const managed = newManaged(fixture, { vpcSubnets: { subnets: subnets(fixture.stack) } });
    newWorker(fixture, { capacity: managed.capacity() });
    const { ManagedInstancesProvider } = only(fixture.template(), 'AWS::ECS::CapacityProvider').Properties;
    expect(ManagedInstancesProvider.InstanceLaunchTemplate.NetworkConfiguration.Subnets).toHaveLength(2);
  });

  test('take a load balancer', () => {
    const fixture = new Fixture(lenientApp());
    const loadBalancerSubnets = { subnets: subnets(fixture.stack) };
    fixture.web({ routing: Routing.http({ loadBalancerSubnets }) });
    expect(only(fixture.template(), 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.Subnets).toHaveLength(2);
  });

  test('have a mount target each, and are compared with nothing', () => {
    const fixture = new Fixture(lenientApp());
    const vpcSubnets = { subnets: subnets(fixture.stack) };
    const files = new SharedFileSystem(fixture.stack, 'Files', { vpc: fixture.vpc, vpcSubnets });
    newWorker(fixture, { container: { image: IMAGE, mounts: [files.mount('/srv')] } });
    fixture.template().resourceCountIs('AWS::EFS::MountTarget', 2);
  });
});

describe('a key by an alias', () => {
  const ebs = (encryptionKey: kms.IKey) => Mount.ebs('/data', { size: Size.gibibytes(10), encryptionKey });

  test('is the key of which the app made the alias', () => {
    const fixture = new Fixture();
    const key = new kms.Key(fixture.stack, 'Key');
    newWorker(fixture, { container: { image: IMAGE, mounts: [ebs(key.addAlias('files'))] } });
    const text = JSON.stringify(statementsOf(fixture.template(), 'WorkerTaskDefinitionInfrastructureRole'));
    expect(text).toContain('"Resource":{"Fn::GetAtt":["Key');
    expect(text).not.toContain('alias/');
  });

  test('fails when it is one of somebody else', () => {
    const fixture = new Fixture();
    const mounts = [ebs(kms.Alias.fromAliasName(fixture.stack, 'Theirs', 'alias/files'))];
    expectFailure(
      () => newWorker(fixture, { container: { image: IMAGE, mounts } }),
      "the key 'Shop/Theirs' must be named by its ARN, got an alias: permissions on an alias allow nothing, so import the key itself",
    );
  });
});

describe('grants of the user beside those of a mount of S3 Files', () => {
  /** The findings that are acknowledged on the task role. */
  function acknowledged(grant: boolean, taskRole?: (stack: Stack) => iam.IRole): string[] {
    const fixture = new Fixture(lenientApp());
    const bucket = new s3.Bucket(fixture.stack, 'Bucket', { versioned: true });
    const files = new S3FileSystem(fixture.stack, 'Files', { bucket, vpc: fixture.vpc });
    const role = taskRole?.(fixture.stack);
    const mounts = [files.mount('/srv', { readOnly: true })];
    const worker = newWorker(fixture, { taskRole: role, container: { image: IMAGE, mounts } });
    if (grant) bucket.grantReadWrite(worker);
    fixture.app.synth();
    return worker.taskRole.node.metadata
      .flatMap(({ data }) => Object.keys(data as object))
      .filter((id) => id.includes('IAM5'));
  }

  test('are not explained by it', () => {
    expect(acknowledged(false)).toEqual([expect.stringMatching(/IAM5\[Resource::<Bucket\w+\.Arn>\/\*\]$/)]);
    expect(acknowledged(true)).toEqual([]);
  });

  test("on a role of the user are the user's to explain", () => {
    const assumedBy = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');
    expect(acknowledged(false, (stack) => new iam.Role(stack, 'Role', { assumedBy }))).toEqual([]);
  });
});

test('directories of all file systems are warned of when they have two users', () => {
  const fixture = new Fixture(lenientApp());
  const bucket = new s3.Bucket(fixture.stack, 'Bucket', { versioned: true });
  const objects = new S3FileSystem(fixture.stack, 'Objects', { bucket, vpc: fixture.vpc });
  const lustre = new LustreFileSystem(fixture.stack, 'Lustre', { vpc: fixture.vpc });
  const capacity = newPool(fixture, { image: undefined, fileSystems: [lustre] }).capacity();
  for (const [id, user] of [
    ['One', '1000:1000'],
    ['Two', '2000:2000'],
  ]) {
    newWorker(
      fixture,
      { container: { image: IMAGE, user, mounts: [objects.mount('/o', { directory: '/x' })] } },
      undefined,
      id,
    );
    newWorker(
      fixture,
      { capacity, container: { image: IMAGE, user, mounts: [lustre.mount('/l')] } },
      undefined,
      `On${id}`,
    );
  }
  const found = warnings(fixture.stack).filter((text) => text.includes('MountDirectoryOfOtherUser'));
  expect(found).toEqual([
    expect.stringContaining("the directory '/x' belongs to 1000:1000 by another mount, got 2000:2000"),
    expect.stringMatching(/^the directory '\/mnt\/Lustre-[0-9a-f]+\/l' belongs to 1000:1000/),
  ]);
});
