import { sep } from 'node:path';
import type { Children } from './children';
import type { Goals } from './goals';
import { median, medianRatio, ms, ratio, table } from './numbers';
import { REASONS } from './reasons';
import { SHAPES } from './shape-names';
import type { Shape } from './shape-names';
import { inTurns } from './turns';

type Print = (text: string) => void;

/** CloudFormation takes 500 resources in a stack; a margin leaves room for what grows while the library does. */
const RESOURCES_PER_STACK = 480;
const MOST_SERVICES_PER_STACK = 30;
/** What loading aws-cdk-lib with `App` and `Stack` took on a machine of 2 cores with nothing else to do, in 2026. */
const QUIET_MS = 25;

/** What one service consists of. Returns how many services fit into a stack, whatever the shape. */
export function resources(children: Children, goals: Goals, print: Print): number {
  const one = each((shape) => children.synth({ shape, services: 1, perStack: 1 }));
  const none = each((shape) => children.synth({ shape, services: 0, perStack: 1 }));
  const types = [...new Set(SHAPES.flatMap((shape) => Object.keys(one[shape].types)))].sort();
  const count = (shape: Shape, type: string) => one[shape].types[type] ?? 0;
  const more = (type: string) => count('ours', type) > Math.min(count('same', type), count('default', type));
  const differs = types.filter((type) => SHAPES.some((shape) => count(shape, type) !== count('ours', type)));
  const equal = types.filter((type) => !differs.includes(type));

  print('## Resources of one service with its network and cluster\n');
  print(
    table(
      ['type', 'ours', 'same shape', 'default', 'why ours has it'],
      [
        ...differs.map((type) => [type, ...SHAPES.map((shape) => String(count(shape, type))), why(type)]),
        ['all', ...SHAPES.map((shape) => String(one[shape].resources)), ''],
        ['template bytes', ...SHAPES.map((shape) => String(one[shape].bytes)), ''],
        [
          'resources of a further service',
          ...SHAPES.map((shape) => String(one[shape].resources - none[shape].resources)),
          '',
        ],
        ['bytes of a further service', ...SHAPES.map((shape) => String(one[shape].bytes - none[shape].bytes)), ''],
      ],
    ),
  );
  print(`\nEqual in all: ${equal.map((type) => `${type.replace('AWS::', '')} ${count('ours', type)}`).join(', ')}.\n`);
  const extra = types.filter(more);
  goals.must(
    'resource types beyond the pattern without a reason (reasons.ts)',
    extra.filter((type) => !REASONS[type]),
  );
  goals.must(
    'reasons for types that are not extra (reasons.ts)',
    Object.keys(REASONS).filter((type) => !extra.includes(type)),
  );
  return Math.min(
    MOST_SERVICES_PER_STACK,
    ...SHAPES.map((shape) =>
      Math.floor((RESOURCES_PER_STACK - none[shape].resources) / (one[shape].resources - none[shape].resources)),
    ),
  );

  function why(type: string): string {
    return more(type) ? (REASONS[type] ?? 'NO REASON') : '';
  }
}

/** What `require` costs on top of aws-cdk-lib, and what it brings along. */
export function imports(children: Children, goals: Goals, print: Print, repeats: number): void {
  const traced = children.import({ before: 'app', trace: true });
  const states = [
    { name: 'nothing', before: 'nothing' as const },
    { name: 'App and Stack', before: 'app' as const },
    { name: 'all of aws-cdk-lib that it loads', before: 'app' as const, preload: traced.cdkFiles },
  ];
  const runs = states.map(() => [] as ReturnType<Children['import']>[]);
  for (let repeat = 0; repeat < repeats; repeat++) {
    states.forEach(({ before, preload }, index) => runs[index].push(children.import({ before, preload })));
  }
  const yardstick = median(runs[1].map((result) => result.cdkMs));
  // Each process is its own yardstick where it can be.
  const [nothing, app, own] = runs.map(
    (results) => QUIET_MS * median(results.map((result) => result.cpuMs / (result.cdkMs || yardstick))),
  );

  print('## Loading the library (processor time, medians)\n');
  print(
    table(
      ['loaded before', 'require of ours', 'best', 'quiet machine', 'files of ours', 'files of aws-cdk-lib'],
      states.map(({ name }, index) => {
        const results = runs[index];
        const cpu = results.map((result) => result.cpuMs);
        const { files, cdkFiles } = results[0];
        return [
          name,
          ms(median(cpu)),
          ms(Math.min(...cpu)),
          ms([nothing, app, own][index]),
          String(files),
          String(cdkFiles.length),
        ];
      }),
    ),
  );
  print(
    `\nOf aws-cdk-lib, App and Stack took ${ms(yardstick)}; on a quiet machine ${QUIET_MS} ms, to which its column is scaled.`,
  );
  print(`On top of App and Stack it loads: ${byFolder(traced.cdkFiles)}.\n`);
  goals.atMost('import on a quiet machine, on top of App and Stack', 15, app, ms);
  goals.atMost('import on a quiet machine, own files alone', 15, own, ms);
  goals.none('what runs at load besides definitions', traced.culprits);
}

function byFolder(files: string[]): string {
  const folders = new Map<string, number>();
  for (const file of files) {
    const folder = file.split(`${sep}aws-cdk-lib${sep}`)[1].split(sep)[0];
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [...folders].map(([folder, count]) => `${folder} (${count})`).join(', ') || 'nothing';
}

/** Construction and synthesis, without and with the validation of aws-cdk-lib. */
export function synths(children: Children, goals: Goals, print: Print, perStack: number, quick: boolean): void {
  const off = quick ? { 1: 5, 10: 5, 50: 3 } : { 1: 5, 10: 5, 50: 5, 200: 3 };
  const on = quick ? {} : { 1: 5, 10: 3, 50: 3 };
  const rows: string[][] = [];
  const findings = new Set<string>();
  for (const validation of [false, true]) {
    for (const [size, repeats] of Object.entries(validation ? on : off)) {
      const services = Number(size);
      const runs = inTurns(SHAPES, repeats, (shape) => children.synth({ shape, services, perStack }, validation));
      const cpu = each((shape) => runs[shape].map((run) => run.cpuMs));
      const wall = each((shape) => runs[shape].map((run) => run.wallMs));
      const toSame = medianRatio(cpu.ours, cpu.same);
      goals.atMost(
        `${services} service${services === 1 ? '' : 's'}, validation ${onOff(validation)}: time to the same shape`,
        0.9,
        toSame,
        ratio,
      );
      const medians = (key: 'resources' | 'bytes' | 'rssMiB') =>
        SHAPES.map((shape) =>
          (median(runs[shape].map((run) => run[key])) / (key === 'bytes' ? 1024 : 1)).toFixed(0),
        ).join(' / ');
      rows.push([
        String(services),
        onOff(validation),
        ratio(toSame),
        ratio(medianRatio(cpu.ours, cpu.default)),
        ratio(medianRatio(wall.ours, wall.same)),
        SHAPES.map((shape) => ms(median(cpu[shape])).replace(' ms', '')).join(' / '),
        SHAPES.map((shape) => ms(median(wall[shape])).replace(' ms', '')).join(' / '),
        medians('resources'),
        medians('bytes'),
        medians('rssMiB'),
      ]);
      SHAPES.forEach((shape) => runs[shape][0].finding && findings.add(`${shape}: ${runs[shape][0].finding}`));
    }
  }
  print(
    `## Construction and synthesis, at most ${perStack} services in a stack (three numbers: ours / same shape / default)\n`,
  );
  print(
    table(
      [
        'services',
        'validation',
        'cpu to same',
        'cpu to default',
        'wall to same',
        'cpu ms',
        'wall ms',
        'resources',
        'KiB',
        'peak MiB',
      ],
      rows,
    ),
  );
  print('');
  findings.forEach((finding) => print(`The validation found: ${finding.slice(0, 300)}\n`));
}

/** Function calls: the same on every machine, however busy. What they do not show is how long each one takes. */
export function exactWork(children: Children, goals: Goals, print: Print, perStack: number): void {
  const calls = (shape: Shape, services: number, importedCluster = false) =>
    children.synth({ shape, services, perStack, importedCluster, countCalls: true }).calls!;
  const perService = each((shape) => (calls(shape, 11) - calls(shape, 1)) / 10);
  const growthOfImported = calls('ours', 100, true) / calls('ours', 25, true);

  print('## Function calls (exact)\n');
  print(
    table(
      ['', ...SHAPES, 'ours to same', 'ours to default'],
      [
        [
          'one service more',
          ...SHAPES.map((shape) => String(Math.round(perService[shape]))),
          ratio(perService.ours / perService.same),
          ratio(perService.ours / perService.default),
        ],
      ],
    ),
  );
  print('');
  goals.atMost('function calls of one service more: to the same shape', 0.9, perService.ours / perService.same, ratio);
  goals.atMost('growth of function calls from 25 to 100 services, imported clusters', 4.2, growthOfImported, ratio);
}

/** Four times the services must not take more than about four times as long. */
export function growth(children: Children, goals: Goals, print: Print, perStack: number): void {
  const shapes = ['ours', 'same'] as const;
  const time = { ours: [] as number[][], same: [] as number[][] };
  for (let repeat = 0; repeat < 3; repeat++) {
    for (const shape of shapes) {
      time[shape].push([100, 400].map((services) => children.synth({ shape, services, perStack }).cpuMs));
    }
  }
  const of = (shape: 'ours' | 'same') =>
    medianRatio(
      time[shape].map(([, large]) => large),
      time[shape].map(([small]) => small),
    );
  print(
    `## Growth: time of 400 services to that of 100\n\nours ${ratio(of('ours'))}, same shape ${ratio(of('same'))}\n`,
  );
  goals.atMost('growth from 100 to 400 services', 4.2, of('ours'), ratio);
}

function each<T>(make: (shape: Shape) => T): Record<Shape, T> {
  return Object.fromEntries(SHAPES.map((shape) => [shape, make(shape)])) as Record<Shape, T>;
}

function onOff(validation: boolean): string {
  return validation ? 'on' : 'off';
}
