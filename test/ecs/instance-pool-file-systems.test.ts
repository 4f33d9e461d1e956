import { aws_ec2 as ec2, aws_ecs as ecs, Size, Stack } from 'aws-cdk-lib';
import { Capacity, EcsCluster, InstanceImage, InstancePool, LustreFileSystem, OntapFileSystem } from '../../lib';
import type { IInstanceFileSystem } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { launchTemplateOf, newPool, newWorker, types } from '../support/pools';
import { all, idOf, lenientApp, resourceOf } from '../support/resources';

const INGRESS = 'AWS::EC2::SecurityGroupIngress';
const EGRESS = 'AWS::EC2::SecurityGroupEgress';
const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const al2023 = InstanceImage.al2023();
const LUSTRE_PORTS = [
  [988, 988],
  [1018, 1023],
];

const lustreOf = ({ stack, vpc }: Fixture, id = 'Lustre') => new LustreFileSystem(stack, id, { vpc });
function ontapOf({ stack, vpc }: Fixture, id = 'Ontap') {
  const ontap = new OntapFileSystem(stack, id, { vpc, storageCapacity: Size.tebibytes(1) });
  ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(100) });
  return ontap;
}

/** A pool with a file system, alone in a stack. */
function made(make: (fixture: Fixture) => IInstanceFileSystem) {
  const fixture = new Fixture(lenientApp());
  const files = make(fixture);
  const pool = newPool(fixture, { image: al2023, fileSystems: [files] });
  const instances = fixture.stack.resolve(pool.securityGroup.securityGroupId);
  const servers = fixture.stack.resolve(files.connections.securityGroups[0].securityGroupId);
  return { instances, servers, template: fixture.template() };
}

/** Rules as their ends: ports, whose rule it is, and who is on the other side. */
function rulesOf(template: Template, type: string) {
  return all(template, type).map((rule) => [
    rule.FromPort,
    rule.ToPort,
    rule.GroupId,
    rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId,
  ]);
}

const byText = (list: unknown[]) => list.map((each) => JSON.stringify(each)).sort();

describe('the ports of file systems', () => {
  test('of Lustre are open in both directions, on both sides', () => {
    const { servers, instances, template } = made(lustreOf);
    const between = (from: unknown, to: unknown) => LUSTRE_PORTS.map((port) => [...port, from, to]);
    expect(byText(rulesOf(template, INGRESS))).toEqual(
      byText([...between(servers, servers), ...between(servers, instances), ...between(instances, servers)]),
    );
    // Everything goes out of the instances already.
    expect(byText(rulesOf(template, EGRESS))).toEqual(
      byText([...between(servers, servers), ...between(servers, instances)]),
    );
  });

  test('of ONTAP are open to the file servers, and nothing comes back', () => {
    const { servers, instances, template } = made(ontapOf);
    expect(rulesOf(template, INGRESS)).toEqual([111, 635, 2049].map((port) => [port, port, servers, instances]));
    expect(all(template, INGRESS).map(({ IpProtocol }) => IpProtocol)).toEqual(['tcp', 'tcp', 'tcp']);
    template.resourceCountIs(EGRESS, 0);
  });

  test('are open out of instances that are closed otherwise', () => {
    const fixture = new Fixture(lenientApp());
    const { stack, vpc } = fixture;
    const securityGroup = new ec2.SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false });
    newPool(fixture, { image: al2023, fileSystems: [ontapOf(fixture)], securityGroup });
    const closed = stack.resolve(securityGroup.securityGroupId);
    expect(rulesOf(fixture.template(), EGRESS).map(([from, , group]) => [from, group])).toEqual([
      [111, closed],
      [635, closed],
      [2049, closed],
    ]);
  });

  test('are open to each of several pools', () => {
    const fixture = new Fixture(lenientApp());
    const ontap = ontapOf(fixture);
    const pools = ['One', 'Two'].map((id) => newPool(fixture, { image: al2023, fileSystems: [ontap] }, id));
    const sources = rulesOf(fixture.template(), INGRESS).map(([, , , source]) => source);
    for (const pool of pools) {
      const own = fixture.stack.resolve(pool.securityGroup.securityGroupId);
      expect(sources.filter((source) => JSON.stringify(source) === JSON.stringify(own))).toHaveLength(3);
    }
    expectAcyclic(fixture.template());
  });
});

describe('the instances', () => {
  test('wait for file systems, volumes that come later too, and rules', () => {
    const fixture = new Fixture(lenientApp());
    const [lustre, ontap] = [lustreOf(fixture), ontapOf(fixture)];
    const pool = newPool(fixture, { image: al2023, fileSystems: [lustre, ontap] });
    const later = ontap.addVolume('Later', { junctionPath: '/later', size: Size.gibibytes(1) });
    const template = fixture.template();
    const { DependsOn } = resourceOf(template, pool.autoScalingGroup);
    expect(DependsOn).toEqual(
      expect.arrayContaining([
        idOf(lustre.fileSystem),
        idOf(ontap.fileSystem),
        idOf(ontap.storageVirtualMachine),
        ...Object.keys(template.findResources('AWS::FSx::Volume')),
        ...Object.keys(template.findResources(INGRESS)),
        ...Object.keys(template.findResources(EGRESS)),
      ]),
    );
    expect(DependsOn).toContain(idOf(later));
    expect(Object.keys(template.findResources(INGRESS))).toHaveLength(9);
    expectAcyclic(template);
  });

  test.each<[string, (fixture: Fixture) => IInstanceFileSystem[], string]>([
    ['Lustre', (fixture) => [lustreOf(fixture)], "'Shop/Lustre'"],
    ['both', (fixture) => [lustreOf(fixture), ontapOf(fixture)], "'Shop/Lustre', 'Shop/Ontap'"],
  ])('fails when they run Bottlerocket, with %s', (_what, fileSystems, names) => {
    const fixture = new Fixture();
    const props = { image: InstanceImage.bottlerocket(), fileSystems: fileSystems(fixture) };
    expectFailure(
      () => newPool(fixture, props),
      `fileSystems must be empty with InstanceImage.bottlerocket(), got ${names}: it has no package manager and no client for them, so use InstanceImage.al2023()`,
    );
  });

  test('fails when they run Bottlerocket with an image of the user', () => {
    const fixture = new Fixture();
    const image = InstanceImage.of(new ecs.BottleRocketImage(), ecs.MachineImageType.BOTTLEROCKET);
    expectFailure(
      () => newPool(fixture, { image, fileSystems: [lustreOf(fixture)] }),
      /^fileSystems must be empty with InstanceImage\.bottlerocket\(\), got 'Shop\/Lustre'/,
    );
  });

  test('run Bottlerocket with an empty list', () => {
    const fixture = new Fixture();
    expect(() => newPool(fixture, { image: InstanceImage.bottlerocket(), fileSystems: [] })).not.toThrow();
  });

  test('fails when a file system is in the list twice', () => {
    const fixture = new Fixture();
    const lustre = lustreOf(fixture);
    expectFailure(
      () => newPool(fixture, { image: al2023, fileSystems: [lustre, ontapOf(fixture), lustre] }),
      "fileSystems must be unique, got 'Shop/Lustre' twice",
    );
  });
});

describe('a task with a mount of a file system', () => {
  const MUST = 'mounts must be of file systems that the instances of';

  function placed(capacity: (fixture: Fixture, lustre: LustreFileSystem) => Capacity) {
    const fixture = new Fixture(lenientApp());
    const lustre = lustreOf(fixture);
    const container = { image: IMAGE, mounts: [lustre.mount('/scratch')] };
    return newWorker(fixture, { capacity: capacity(fixture, lustre), container });
  }

  test('fails when the pool has no file system', () => {
    expectFailure(
      () => placed((fixture) => newPool(fixture, { image: al2023 }).capacity()),
      `${MUST} 'Shop/Pool' mount, got one of 'Shop/Lustre' at '/scratch': add it to fileSystems of the pool`,
    );
  });

  test('fails when the pool has another one', () => {
    expectFailure(
      () => placed((fixture) => newPool(fixture, { image: al2023, fileSystems: [ontapOf(fixture)] }).capacity()),
      `${MUST} 'Shop/Pool' mount, got one of 'Shop/Lustre' at '/scratch': add it to fileSystems of the pool`,
    );
  });

  test('fails when one of several pools lacks it', () => {
    expectFailure(
      () =>
        placed((fixture, lustre) => {
          const pool = newPool(fixture, { image: al2023, fileSystems: [lustre] }, 'With');
          const other = newPool(fixture, { image: al2023 }, 'Without');
          return Capacity.pools([{ pool, base: 1 }, { pool: other }]);
        }),
      `${MUST} 'Shop/Without' mount, got one of 'Shop/Lustre' at '/scratch': add it to fileSystems of the pool`,
    );
  });

  test('runs when all pools have it', () => {
    const run = () =>
      placed((fixture, lustre) => {
        const pool = newPool(fixture, { image: al2023, fileSystems: [ontapOf(fixture), lustre] }, 'One');
        const other = newPool(fixture, { image: al2023, fileSystems: [lustre] }, 'Two');
        return Capacity.pools([{ pool }, { pool: other }]);
      });
    expect(run).not.toThrow();
  });

  test('fails when nothing is known of one pool', () => {
    const run = () =>
      placed((fixture, lustre) => {
        const pool = newPool(fixture, { image: al2023, fileSystems: [lustre] }, 'One');
        const theirs = InstancePool.fromCapacityProviderName(fixture.stack, 'Theirs', 'theirs');
        return Capacity.pools([{ pool }, { pool: theirs }]);
      });
    expectFailure(
      run,
      "mounts must have no FSx for Lustre or NetApp ONTAP on pools of which one is imported, got one at '/scratch': nobody knows what its instances mount, so leave that pool out",
    );
  });
});

describe.each(['strong', 'weak'])('file systems in the stack of the network, with %s references', (mode) => {
  const app = newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode });
  const files = new Stack(app, 'Files');
  const vpc = new ec2.Vpc(files, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
  const lustre = new LustreFileSystem(files, 'Lustre', { vpc });
  const ontap = new OntapFileSystem(files, 'Ontap', { vpc, storageCapacity: Size.tebibytes(1) });
  const stack = new Stack(app, 'Shop');
  const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
  const pool = new InstancePool(stack, 'Pool', {
    cluster,
    instanceTypes: types('m7i.large'),
    maxInstances: 4,
    awsvpcTrunking: true,
    fileSystems: [lustre, ontap],
  });
  ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(100) });
  const reference = (name: string) =>
    mode === 'strong'
      ? { 'Fn::ImportValue': expect.stringContaining(name) }
      : { 'Fn::GetStackOutput': expect.objectContaining({ OutputName: expect.stringContaining(name) }) };
  const template = Template.fromStack(stack);

  test('make one stack depend on the other, with no cycle', () => {
    expect(() => app.synth()).not.toThrow();
    expect(stack.dependencies).toEqual([files]);
    expect(files.dependencies).toEqual([]);
    expectAcyclic(template);
    expectAcyclic(Template.fromStack(files));
  });

  test('are opened from the stack of the pool', () => {
    const [servers, netapp] = ['LustreSecurityGroup', 'OntapSecurityGroup'].map(reference);
    const instances = stack.resolve(pool.securityGroup.securityGroupId);
    const rules = rulesOf(template, INGRESS);
    expect(rules).toHaveLength(7);
    expect(rules).toEqual(
      expect.arrayContaining([
        ...LUSTRE_PORTS.flatMap((port) => [
          [...port, servers, instances],
          [...port, instances, servers],
        ]),
        ...[111, 635, 2049].map((port) => [port, port, netapp, instances]),
      ]),
    );
    expect(rulesOf(template, EGRESS)).toEqual(LUSTRE_PORTS.map((port) => [...port, servers, instances]));
    expect(rulesOf(Template.fromStack(files), INGRESS)).toHaveLength(2);
  });

  test('are mounted by references, a volume that comes later too', () => {
    const [, parts] = launchTemplateOf(template).UserData['Fn::Base64']['Fn::Join'];
    for (const name of ['LustreFileSystem', 'LustreMountName', 'OntapStorageVirtualMachine', 'OntapFileSystem']) {
      expect(parts).toContainEqual(reference(name));
    }
    expect(parts.join('')).toMatch(/:\/data \/mnt\/Ontap-[0-9a-f]{8}\/data nfs /);
  });

  test('have the rules that let instances in before the instances', () => {
    const { DependsOn } = only(template, GROUP);
    expect(DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources(INGRESS))));
  });
});
