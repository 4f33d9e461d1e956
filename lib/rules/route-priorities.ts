import { createHash } from 'node:crypto';
import { checkWhole, ContainersError, isToken } from './errors';
import type { Condition } from './route-conditions';

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html */
const PRIORITY = { min: 1, max: 50000 };

/** Priorities of one specificity. The lowest that matches a request wins. */
export interface Band {
  readonly from: number;
  readonly size: number;
}

/** How deep paths are told apart: four segments and more are one. */
const DEEPEST = 4;

/** What routes are about, from the most specific on, and how many priorities of the 50,000 there are for each. */
const BANDS = {
  hostAndPath: (depth: number) => ({ from: 1 + (DEEPEST - depth) * 4000, size: 4000 }),
  host: { from: 16001, size: 16000 },
  wildcardHostAndPath: (depth: number) => ({ from: 32001 + (DEEPEST - depth) * 2000, size: 2000 }),
  wildcardHost: { from: 40001, size: 4000 },
  path: (depth: number) => ({ from: 44001 + (DEEPEST - depth) * 1250, size: 1250 }),
  rest: { from: 49001, size: 1000 },
};

export function checkRulePriority(priority: number): void {
  checkWhole('priority', priority, PRIORITY);
}

/** The band of a rule; conditions other than host and path make it more specific, which is the lower half. */
export function bandOf(conditions: Condition[]): Band {
  const hosts = valuesOf(conditions, 'host');
  const depth = Math.max(0, ...valuesOf(conditions, 'path').map(depthOf));
  const whole = wholeBand(hosts.length === 0 ? undefined : isWildcard(hosts[0]), depth);
  const half = whole.size / 2;
  const others = conditions.some(({ field }) => field !== 'host' && field !== 'path');
  return { from: others ? whole.from : whole.from + half, size: half };
}

function wholeBand(wildcard: boolean | undefined, depth: number): Band {
  if (wildcard === undefined) return depth > 0 ? BANDS.path(depth) : BANDS.rest;
  if (wildcard) return depth > 0 ? BANDS.wildcardHostAndPath(depth) : BANDS.wildcardHost;
  return depth > 0 ? BANDS.hostAndPath(depth) : BANDS.host;
}

/**
 * The priority of a rule: a pure function of its own conditions, so that no other rule ever moves it. Two rules can
 * therefore meet in one priority, which is an error that names both.
 */
export function priorityOf(conditions: Condition[]): number {
  const unknown = conditions.flatMap(({ name, values }) => [name, ...values]).find((text) => isToken(text));
  if (unknown !== undefined) {
    throw new ContainersError(
      'a route with a value that is known at deployment only must give its priority, got none: it is made of the conditions as they are now',
    );
  }
  const { from, size } = bandOf(conditions);
  return from + (hash(canonical(conditions)) % size);
}

/** The same text for the same conditions, in whatever order they were written. */
function canonical(conditions: Condition[]): string {
  const texts = conditions.map(({ field, name, values }) =>
    JSON.stringify([field, field === 'header' ? name?.toLowerCase() : name, [...values].sort()]),
  );
  return texts.sort().join('\n');
}

function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

/** Values of one specificity in each group, the first group being the most specific. */
export function groupBySpecificity({ field, values }: Condition): string[][] {
  const groups = new Map<number, string[]>();
  for (const value of values) {
    const rank = field === 'path' ? depthOf(value) : field === 'host' && !isWildcard(value) ? 1 : 0;
    groups.set(rank, [...(groups.get(rank) ?? []), value]);
  }
  return [...groups].sort(([one], [other]) => other - one).map(([, group]) => group);
}

/** How specific a path is: its segments that say something. `/docs` and `/docs/*` are alike, `/*` says nothing. */
function depthOf(path: string): number {
  if (isToken(path)) return 1;
  const segments = path.split('/').filter((segment) => /[^*]/.test(segment));
  return Math.min(DEEPEST, Math.max(segments.length, /^\/\*+$/.test(path) ? 0 : 1));
}

export function isWildcard(value: string): boolean {
  return !isToken(value) && /[*?]/.test(value);
}

function valuesOf(conditions: Condition[], field: Condition['field']): string[] {
  return conditions.find((condition) => condition.field === field)?.values ?? [];
}

/** The first of as many priorities as a route needs that nobody has, the nearest before this one. */
export function freePriorityBefore(taken: ReadonlySet<number>, near: number, rules: number): number | undefined {
  let free = 0;
  for (let priority = near - 1; priority >= PRIORITY.min; priority--) {
    free = taken.has(priority) ? 0 : free + 1;
    if (free === rules) return priority;
  }
  return undefined;
}

/** The first of as many priorities as a route needs that nobody has, the nearest after this one. */
export function freePriorityAfter(taken: ReadonlySet<number>, near: number, rules: number): number | undefined {
  let free = 0;
  for (let priority = near + 1; priority <= PRIORITY.max; priority++) {
    free = taken.has(priority) ? 0 : free + 1;
    if (free === rules) return priority - rules + 1;
  }
  return undefined;
}
