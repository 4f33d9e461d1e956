import { checkMountZones } from '../../lib/rules/zones';
import { expectFailure } from '../support/errors';

const A = 'eu-west-1a';
const B = 'eu-west-1b';
const C = 'eu-west-1c';
/** What a stack without an environment says of its zones. */
const number = (index: number) => JSON.stringify({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });

describe('checkMountZones', () => {
  test.each<[string, string[], string[]]>([
    ['the zones are the same', [A, B], [B, A]],
    ['the tasks stand in one of them', [A, B], [B]],
    ['the zones of the file system are not known', [], [A, number(0)]],
    ['the zones of the tasks are not known', [A], []],
    ['nothing is known', [], []],
    ['the zones have the same numbers', [number(0), number(1)], [number(1)]],
    ['the file system has names, the tasks numbers', [A], [number(0), number(1)]],
    ['the file system has numbers, the tasks names', [number(0)], [A, B]],
    ['some have names and some numbers', [A, number(0)], [B]],
    ['a task has a name and another a number', [A], [B, number(0)]],
  ])('is silent when %s', (_when, has, tasks) => {
    expect(() => checkMountZones('Shop/Uploads', has, tasks)).not.toThrow();
  });

  test.each<[string, string[], string[], string, string]>([
    ['one zone has no mount target', [A, B], [A, B, C], `${A}, ${B}`, C],
    ['no zone has a mount target', [A], [B, C], A, `${B}, ${C}`],
    [
      'zones are known by number',
      [number(0), number(1)],
      [number(1), number(2)],
      'zone 1 of the region, zone 2 of the region',
      'zone 3 of the region',
    ],
  ])('fails when %s', (_when, has, tasks, present, missing) => {
    expectFailure(
      () => checkMountZones('Shop/Uploads', has, tasks),
      `tasks must stand in the zones of the mount targets of 'Shop/Uploads' (${present}), got ${missing} too: ` +
        'a task mounts in its own zone only, so choose vpcSubnets there, or give the file system a mount target in each zone',
    );
  });
});
