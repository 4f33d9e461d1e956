import type { Children } from './children';
import type { Goals } from './goals';
import { ratio, table } from './numbers';
import { POOL_REASONS } from './reasons';
import type { SynthResult } from './requests';
import { cpuRatio, inTurns, SIDES } from './turns';
import type { Side } from './turns';

/** What a worker on instances of EC2 consists of, and takes, beside the same made by hand with L2s. */
export function pools(children: Children, goals: Goals, print: (text: string) => void, quick: boolean): void {
  const synth = (shape: Side, services: number) =>
    children.synth({ shape, services, perStack: services, instead: 'workers' });
  const one = inTurns(SIDES, quick ? 5 : 9, (shape) => synth(shape, 1));
  const ten = inTurns(SIDES, quick ? 3 : 5, (shape) => synth(shape, 10));
  const [ours, same] = [one.ours[0], one.same[0]];
  const [tenOurs, tenSame] = [ten.ours[0], ten.same[0]];
  const count = (result: SynthResult, type: string) => result.types[type] ?? 0;
  const types = [...new Set([...Object.keys(ours.types), ...Object.keys(same.types)])].sort();
  const extra = types.filter((type) => count(ours, type) > count(same, type));
  const differing = types.filter((type) => count(ours, type) !== count(same, type));
  const further = (key: 'resources' | 'bytes') => [tenOurs[key] - ours[key], tenSame[key] - same[key]];
  const line = (name: string, [a, b]: number[]) => [name, ratio(a / b), ''];

  print('## One service on an EC2 pool, to the same by hand\n');
  print(
    table(
      ['', 'ours to same', 'why ours has more'],
      [
        ...differing.map((type) => [
          type,
          `${count(ours, type)} to ${count(same, type)}`,
          extra.includes(type) ? (POOL_REASONS[type] ?? 'NO REASON') : '',
        ]),
        line('resources', [ours.resources, same.resources]),
        line('template bytes', [ours.bytes, same.bytes]),
        line('resources of a further service', further('resources')),
        line('bytes of a further service', further('bytes')),
        ['time', ratio(cpuRatio(one.ours, one.same)), ''],
        ['time of ten services', ratio(cpuRatio(ten.ours, ten.same)), ''],
      ],
    ),
  );
  print('');
  goals.must(
    'resource types of a pool beyond those by hand without a reason (reasons.ts)',
    extra.filter((type) => !POOL_REASONS[type]),
  );
  goals.must(
    'reasons for types of a pool that are not extra (reasons.ts)',
    Object.keys(POOL_REASONS).filter((type) => !extra.includes(type)),
  );
  goals.atMost('one service on an EC2 pool: time to the same by hand', 1.1, cpuRatio(one.ours, one.same), ratio);
  goals.atMost('ten services on an EC2 pool: time to the same by hand', 1.1, cpuRatio(ten.ours, ten.same), ratio);
}
