import { aws_ec2 as ec2, aws_efs as efs, Stack } from 'aws-cdk-lib';
import { EcsCluster, InstanceImage, InstancePool, SharedFileSystem, WorkerService } from '../../../lib';
import type { ISharedFileSystem, SharedFileSystemProps } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { IMAGE, newApp, only, Template } from '../../support/fixture';
import { bareService } from '../../support/resources';

const ENV = { account: '111122223333', region: 'eu-west-1' };
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
const [A, B] = ZONES;

/** A VPC of somebody else, with a private subnet in each zone. */
function imported(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ZONES,
    privateSubnetIds: ZONES.map((zone) => `subnet-${zone}`),
    privateSubnetRouteTableIds: ZONES.map((zone) => `rtb-${zone}`),
  });
}

const made = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 3, restrictDefaultSecurityGroup: false });

/** A stack with a cluster in a VPC. */
function setup(newVpc: (stack: Stack) => ec2.IVpc, env?: typeof ENV) {
  const stack = new Stack(newApp(), 'Shop', { env });
  const vpc = newVpc(stack);
  const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
  const uploads = (props: Partial<SharedFileSystemProps> = {}) =>
    new SharedFileSystem(stack, 'Uploads', { vpc, ...props });
  const worker = (files: ISharedFileSystem, vpcSubnets?: ec2.SubnetSelection) =>
    new WorkerService(stack, 'Worker', {
      cluster,
      vpcSubnets,
      container: { image: IMAGE, mounts: [files.mount('/srv')] },
    });
  return { stack, vpc, cluster, uploads, worker };
}

const message = (has: string[], got: string[], path = 'Shop/Uploads') =>
  `tasks must stand in the zones of the mount targets of '${path}' (${has.join(', ')}), got ${got.join(', ')} too: ` +
  'a task mounts in its own zone only, so choose vpcSubnets there, or give the file system a mount target in each zone';

const numbered = (...numbers: number[]) => numbers.map((number) => `zone ${number} of the region`);
const inZones = (...availabilityZones: string[]): ec2.SubnetSelection => ({ availabilityZones });

describe('zones by name', () => {
  test.each<[string, string[], string[]]>([
    ['everywhere, tasks everywhere', ZONES, ZONES],
    ['everywhere, tasks in one zone', ZONES, [B]],
    ['in one zone, tasks there', [B], [B]],
    ['in two zones, tasks in one', [A, B], [A]],
  ])('are fine with mount targets %s', (_where, has, tasks) => {
    const { uploads, worker } = setup(imported, ENV);
    expect(() => worker(uploads({ vpcSubnets: inZones(...has) }), inZones(...tasks))).not.toThrow();
  });

  test('fails when tasks stand in a zone without a mount target', () => {
    const { uploads, worker } = setup(imported, ENV);
    const files = uploads({ vpcSubnets: inZones(A) });
    expectFailure(() => worker(files), message([A], ZONES.slice(1)));
  });

  test('fails when tasks stand in another zone only', () => {
    const { uploads, worker } = setup(imported, ENV);
    const files = uploads({ vpcSubnets: inZones(A) });
    expectFailure(() => worker(files, inZones(B)), message([A], [B]));
  });

  test('fails for tasks on instances too', () => {
    const { stack, cluster, vpc, uploads } = setup(made, ENV);
    const [has, ...others] = vpc.availabilityZones;
    const image = InstanceImage.al2023();
    const instanceTypes = [new ec2.InstanceType('m7i.large')];
    const pool = new InstancePool(stack, 'Pool', { cluster, image, instanceTypes, maxInstances: 3 });
    const mounts = [uploads({ vpcSubnets: inZones(has) }).mount('/srv')];
    expectFailure(
      () =>
        new WorkerService(stack, 'Worker', { cluster, capacity: pool.capacity(), container: { image: IMAGE, mounts } }),
      message([has], others),
    );
  });
});

describe('zones by number, where the environment is not known', () => {
  test('are fine when both are everywhere', () => {
    const { uploads, worker } = setup(made);
    expect(() => worker(uploads())).not.toThrow();
  });

  test('are fine when the tasks stand where the mount targets do', () => {
    const { vpc, uploads, worker } = setup(made);
    const subnets = vpc.privateSubnets.slice(1);
    expect(() => worker(uploads({ vpcSubnets: { subnets } }), { subnets })).not.toThrow();
  });

  test('fails when tasks stand in a zone without a mount target', () => {
    const { vpc, uploads, worker } = setup(made);
    const files = uploads({ vpcSubnets: { subnets: vpc.privateSubnets.slice(0, 1) } });
    expectFailure(() => worker(files), message(numbered(1), numbered(2)));
  });

  test('fails when the tasks are in another stack', () => {
    const { stack, vpc, cluster, uploads } = setup(made);
    const files = uploads({ vpcSubnets: { subnets: vpc.privateSubnets.slice(0, 1) } });
    const container = { image: IMAGE, mounts: [files.mount('/srv')] };
    const web = new Stack(stack.node.scope, 'Web');
    expectFailure(() => new WorkerService(web, 'Worker', { cluster, container }), message(numbered(1), numbered(2)));
  });
});

describe('zones of which one side is not known', () => {
  test('are not compared: names of a file system and numbers of tasks', () => {
    const { stack, vpc, worker } = setup(made);
    const { fileSystem } = new SharedFileSystem(stack, 'Theirs', { vpc });
    const legacy = SharedFileSystem.fromFileSystem(stack, 'Legacy', { fileSystem, availabilityZones: [A] });
    expect(() => worker(legacy)).not.toThrow();
  });

  test('are not compared: a file system that does not say', () => {
    const { stack, vpc, worker } = setup(imported, ENV);
    const { fileSystem } = new SharedFileSystem(stack, 'Theirs', { vpc, vpcSubnets: inZones(A) });
    expect(() => worker(SharedFileSystem.fromFileSystem(stack, 'Legacy', { fileSystem }))).not.toThrow();
  });

  test('are not compared: a bare service that does not say', () => {
    const { stack, cluster, uploads } = setup(imported, ENV);
    const files = uploads({ vpcSubnets: inZones(A) });
    const service = bareService({ stack, cluster } as never);
    const container = service.taskDefinition.defaultContainer!;
    expect(() => files.mount('/srv').bind(stack, { container, client: service, service })).not.toThrow();
    expectFailure(
      () => files.mount('/more').bind(stack, { container, client: service, service, availabilityZones: [A, B] }),
      message([A], [B]),
    );
  });
});

describe('a file system of somebody else', () => {
  const legacy = (stack: Stack, availabilityZones: string[]) => {
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
    const attributes = { fileSystemId: 'fs-0123456789abcdef0', securityGroup };
    const fileSystem = efs.FileSystem.fromFileSystemAttributes(stack, 'Theirs', attributes);
    return SharedFileSystem.fromFileSystem(stack, 'Legacy', { fileSystem, availabilityZones });
  };

  test('is mounted by tasks in its zones', () => {
    const { stack, worker } = setup(imported, ENV);
    expect(() => worker(legacy(stack, [A, B]), inZones(B))).not.toThrow();
  });

  test('fails when tasks stand in another zone', () => {
    const { stack, worker } = setup(imported, ENV);
    expectFailure(() => worker(legacy(stack, [A, B])), message([A, B], [ZONES[2]], 'Shop/Legacy'));
  });
});

describe('a file system of one zone', () => {
  test('is mounted by tasks in that zone', () => {
    const { stack, uploads, worker } = setup(imported, ENV);
    worker(uploads({ oneZone: true, vpcSubnets: inZones(B) }), inZones(B));
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::EFS::MountTarget').Properties.SubnetId).toBe(`subnet-${B}`);
    expect(only(template, 'AWS::ECS::Service').Properties.NetworkConfiguration.AwsvpcConfiguration.Subnets).toEqual([
      `subnet-${B}`,
    ]);
  });

  test('fails when tasks stand elsewhere too', () => {
    const { uploads, worker } = setup(imported, ENV);
    expectFailure(() => worker(uploads({ oneZone: true, vpcSubnets: inZones(B) })), message([B], [A, ZONES[2]]));
  });

  test('fails when tasks stand elsewhere too, and the environment is not known', () => {
    const { uploads, worker } = setup(made);
    expectFailure(() => worker(uploads({ oneZone: true })), message(numbered(1), numbered(2)));
  });
});
