import { aws_ecs as ecs } from 'aws-cdk-lib';
import { Mount } from '../../../lib';
import type { MountTarget, SharedMountOptions } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE } from '../../support/fixture';
import { newWorker } from '../../support/pools';
import { bareService, taskOf } from '../../support/resources';

const SOCKETS = 'sockets';

/** A bare task whose containers `main` and `side` share a volume. */
function together(one: SharedMountOptions = {}, other: SharedMountOptions = {}, user?: MountTarget['user']) {
  const fixture = new Fixture();
  const client = bareService(fixture);
  const main = client.taskDefinition.defaultContainer!;
  const side = client.taskDefinition.addContainer('side', { image: ecs.ContainerImage.fromRegistry('busybox') });
  Mount.shared(SOCKETS, '/run/app', one).bind(fixture.stack, { container: main, client, user });
  Mount.shared(SOCKETS, '/sockets', other).bind(fixture.stack, { container: side, client });
  return taskOf(fixture.template());
}

const byName = (task: any) =>
  Object.fromEntries(task.ContainerDefinitions.map((container: any) => [container.Name, container]));

describe('Mount.shared', () => {
  test('is one volume that both containers see, each at its path, writable', () => {
    const task = together();
    expect(task.Volumes).toEqual([{ Name: SOCKETS }]);
    const { main, side, ...others } = byName(task);
    expect(others).toEqual({});
    expect(main.MountPoints).toEqual([{ ContainerPath: '/run/app', SourceVolume: SOCKETS, ReadOnly: false }]);
    expect(side.MountPoints).toEqual([{ ContainerPath: '/sockets', SourceVolume: SOCKETS, ReadOnly: false }]);
    expect(main).not.toHaveProperty('DependsOn');
  });

  test('forbids writing to the container where told', () => {
    const { main, side } = byName(together({}, { readOnly: true }));
    expect(main.MountPoints).toMatchObject([{ ReadOnly: false }]);
    expect(side.MountPoints).toMatchObject([{ ReadOnly: true }]);
  });

  test('belongs to the numeric user of the container that may write', () => {
    const user = { uid: '7', gid: '8' };
    const { main, side, 'main-prepare': prepare, ...others } = byName(together({}, {}, user));
    expect(others).toEqual({});
    expect(prepare).toMatchObject({
      Command: ["chown '7:8' '/run/app'"],
      User: '0',
      Essential: false,
      MountPoints: [{ ContainerPath: '/run/app', SourceVolume: SOCKETS, ReadOnly: false }],
    });
    expect(main.DependsOn).toEqual([{ ContainerName: 'main-prepare', Condition: 'SUCCESS' }]);
    expect(side).not.toHaveProperty('DependsOn');
  });

  test.each<[string, SharedMountOptions, MountTarget['user']]>([
    ['root', {}, { uid: '0', gid: '0' }],
    ['one who only reads', { readOnly: true }, { uid: '7', gid: '7' }],
    ['one whom nobody knows', {}, undefined],
  ])('stays as it is for %s', (_who, options, user) => {
    expect(together(options, {}, user).ContainerDefinitions).toHaveLength(2);
  });

  test('has the mode that is given, of the shell of another image where told', () => {
    const image = ecs.ContainerImage.fromRegistry('alpine');
    const { 'main-prepare': first, 'side-prepare': second } = byName(
      together({ mode: '1777' }, { mode: '755', image, readOnly: true }),
    );
    expect(first).toMatchObject({ Command: ["chmod '1777' '/run/app'"] });
    expect(second).toMatchObject({ Command: ["chmod '755' '/sockets'"], Image: 'alpine' });
  });

  test('may be several, and one at several places', () => {
    const fixture = new Fixture();
    const mounts = [Mount.shared('a', '/a'), Mount.shared('b', '/b'), Mount.shared('a', '/c')];
    newWorker(fixture, { container: { image: IMAGE, user: '7', mounts } });
    const { Volumes, ContainerDefinitions } = taskOf(fixture.template());
    expect(Volumes).toEqual([{ Name: 'a' }, { Name: 'b' }]);
    expect(ContainerDefinitions[0].MountPoints.map((point: any) => [point.SourceVolume, point.ContainerPath])).toEqual([
      ['a', '/a'],
      ['b', '/b'],
      ['a', '/c'],
    ]);
    expect(ContainerDefinitions[1].Command).toEqual(["chown '7:7' '/a' && chown '7:7' '/b' && chown '7:7' '/c'"]);
  });

  test('of one value in two tasks is a volume of each', () => {
    const fixture = new Fixture();
    const mounts = [Mount.shared(SOCKETS, '/run/app')];
    ['One', 'Two'].forEach((id) => newWorker(fixture, { container: { image: IMAGE, mounts } }, fixture.stack, id));
    const tasks = Object.values(fixture.template().findResources('AWS::ECS::TaskDefinition'));
    expect(tasks.map(({ Properties }) => Properties.Volumes)).toEqual([[{ Name: SOCKETS }], [{ Name: SOCKETS }]]);
  });

  test.each(['a', 'A_b-9', 'x'.repeat(255)])('takes the name %s', (name) => {
    expect(() => Mount.shared(name, '/run/app')).not.toThrow();
  });

  test.each(['', 'a b', 'a.b', 'a/b', 'ä', 'a\n', 'x'.repeat(256)])('fails when the name is %j', (name) => {
    expectFailure(
      () => Mount.shared(name, '/run/app'),
      `the name of a shared mount must be 1 to 255 letters, digits, hyphens and underscores, got '${name}'`,
    );
  });

  test.each(['', '77', '17777', '888', 'rwx'])('fails when the mode is %j', (mode) => {
    expectFailure(
      () => Mount.shared(SOCKETS, '/run/app', { mode }),
      `the mode of a shared mount must be 3 or 4 octal digits such as '1777', got '${mode}'`,
    );
  });

  test('fails when the path is not absolute', () => {
    expectFailure(
      () => Mount.shared(SOCKETS, 'run'),
      "mount path must be an absolute path below '/', without ':' and empty parts, got 'run'",
    );
  });
});
