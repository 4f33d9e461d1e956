import type { Children } from './children';
import type { Goals } from './goals';
import { ratio, table } from './numbers';
import { cpuRatio, inTurns, SIDES } from './turns';

const COUNT = 100;

/** What a stack of repositories takes, beside bare L2s with the same settings. */
export function repositories(children: Children, goals: Goals, print: (text: string) => void, quick: boolean): void {
  const results = inTurns(SIDES, quick ? 3 : 7, (shape) =>
    children.synth({ shape, services: COUNT, perStack: COUNT, instead: 'repositories' }),
  );
  const [ours, same] = [results.ours[0], results.same[0]];
  const time = cpuRatio(results.ours, results.same);

  print(`## ${COUNT} repositories, to bare L2s with a lifecycle rule\n`);
  print(
    table(
      ['', 'ours to same'],
      [
        ['resources', `${ours.resources} to ${same.resources}`],
        ['template bytes', ratio(ours.bytes / same.bytes)],
        ['time', ratio(time)],
      ],
    ),
  );
  print('');
  goals.atMost(`${COUNT} repositories: resources to bare L2s`, 1, ours.resources / same.resources, ratio);
  goals.atMost(`${COUNT} repositories: time to bare L2s`, 1.1, time, ratio);
}
