import type { Children } from './children';
import type { Goals } from './goals';
import { ratio, table } from './numbers';
import { ROUTE_REASONS, SAVINGS } from './reasons';
import type { SynthRequest, SynthResult } from './requests';
import { cpuRatio, inTurns } from './turns';

const SERVICES = 200;
const PER_STACK = 10;
const STACKS = SERVICES / PER_STACK;

/** What is compared. `plain` is the pattern with a certificate and nothing else, network and cluster in each stack. */
const SHAPES = {
  own: { shape: 'ours' },
  start: { shape: 'ours', share: 'start' },
  roles: { shape: 'ours', share: 'roles' },
  same: { shape: 'same' },
  plain: { shape: 'default' },
} satisfies Record<string, Pick<SynthRequest, 'shape' | 'share'>>;
type Name = keyof typeof SHAPES;
const NAMES = Object.keys(SHAPES) as Name[];
const TIMED: Name[] = ['own', 'start', 'same', 'plain'];
/** What least privilege asks for each service, whatever else is shared. */
const NEVER_SHARED = ['AWS::IAM::Role', 'AWS::EC2::SecurityGroup'];

/** What services behind shared load balancers take, beside services with one each. */
export function routes(children: Children, goals: Goals, print: (text: string) => void, quick: boolean): void {
  const synth = (name: Name, countCalls = false) =>
    children.synth({ ...SHAPES[name], services: SERVICES, perStack: PER_STACK, instead: 'routes', countCalls });
  const runs = inTurns(TIMED, quick ? 1 : 5, (name) => synth(name));
  const all = { ...each((name) => runs[name]?.[0]), roles: synth('roles') };
  const perService = each((name) => typesOfEach(all[name]));
  const calls = quick ? undefined : each((name) => synth(name, true).calls!);
  const to = (key: 'resources' | 'bytes' | 'constructs', other: Name) => (name: Name) =>
    ratio(all[name][key] / all[other][key]);
  const times = (other: Name) => (name: Name) => (runs[name] ? ratio(cpuRatio(runs[name], runs[other])) : '');
  const line = (title: string, cell: (name: Name) => string) => [title, ...NAMES.map(cell)];
  const columns = ['ours', 'ours, shared start', 'ours, shared roles', 'same shape', 'plain pattern'];

  print(`## ${SERVICES} services behind shared load balancers, ${PER_STACK} in a stack, to a load balancer each\n`);
  print(
    table(
      ['', ...columns],
      [
        line('resources', (name) => String(all[name].resources)),
        line('resources to the plain pattern', to('resources', 'plain')),
        line('resources to the same shape', to('resources', 'same')),
        line('template bytes to the plain pattern', to('bytes', 'plain')),
        line('template bytes to the same shape', to('bytes', 'same')),
        line('constructs to the plain pattern', to('constructs', 'plain')),
        line('constructs to the same shape', to('constructs', 'same')),
        line('time to the plain pattern', times('plain')),
        line('time to the same shape', times('same')),
        ...(calls
          ? [
              line('function calls to the plain pattern', (name) => ratio(calls[name] / calls.plain)),
              line('function calls to the same shape', (name) => ratio(calls[name] / calls.same)),
            ]
          : []),
      ],
    ),
  );
  print('\n### What each service has\n');
  const types = [...new Set(NAMES.flatMap((name) => Object.keys(perService[name])))].sort();
  const ofOurs = types.filter((type) => (perService.own[type] ?? 0) > 0);
  print(
    table(
      ['type', ...columns, 'why ours has it'],
      [
        ...types.map((type) => [
          ...line(type, (name) => String(perService[name][type] ?? 0)),
          ofOurs.includes(type) ? (ROUTE_REASONS[type] ?? 'NO REASON') : '',
        ]),
        [...line('all', (name) => String(sum(Object.values(perService[name])))), ''],
      ],
    ),
  );
  print('\n### The way to 0.5x\n');
  const steps = savings(all.own.resources);
  print(
    table(
      ['from the defaults on', 'resources', 'to the plain pattern', 'what it costs'],
      SAVINGS.map(({ what, costs }, index) => [
        what,
        String(steps[index]),
        ratio(steps[index] / all.plain.resources),
        costs,
      ]),
    ),
  );
  print('');

  const title = `${SERVICES} services behind shared load balancers, shared start`;
  goals.must(
    'resource types of a service behind a shared load balancer without a reason (reasons.ts)',
    ofOurs.filter((type) => !ROUTE_REASONS[type]),
  );
  goals.must(
    'reasons for types that such a service has not (reasons.ts)',
    Object.keys(ROUTE_REASONS).filter((type) => !ofOurs.includes(type)),
  );
  goals.must('what a way to fewer resources promises and does not keep (reasons.ts)', [
    ...(steps[1] === all.start.resources ? [] : ['shared start']),
    ...(steps[2] === all.roles.resources ? [] : ['shared roles']),
  ]);
  goals.must(`${title}: what a service should have for itself and shares`, [
    ...NEVER_SHARED.filter((type) => !perService.start[type]),
  ]);
  goals.must(`${title}: wildcards in policies`, [...new Set([...all.own.wildcards, ...all.start.wildcards])]);
  goals.atMost(`${title}: resources to the plain pattern`, 0.6, all.start.resources / all.plain.resources, ratio);
  goals.atMost(`${title}: time to the plain pattern`, 0.6, cpuRatio(runs.start, runs.plain), ratio);
  goals.atMost(`${title}: resources to the same shape`, 0.6, all.start.resources / all.same.resources, ratio);
  goals.atMost(`${title}: time to the same shape`, 0.6, cpuRatio(runs.start, runs.same), ratio);
}

/** How many resources are left after each saving. */
function savings(resources: number): number[] {
  let left = resources;
  return SAVINGS.map(({ each: less, stack }) => (left += STACKS * stack - SERVICES * less));
}

/** There are far fewer of what is shared than services. */
function typesOfEach({ types }: SynthResult): Record<string, number> {
  const counts = Object.entries(types).map(([type, count]) => [type, Math.floor(count / SERVICES)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function each<T>(make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(NAMES.map((name) => [name, make(name)])) as Record<Name, T>;
}
