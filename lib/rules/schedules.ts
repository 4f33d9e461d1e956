import { checkPattern, checkWhole, ContainersError, isToken } from './errors';

/**
 * The six fields of a cron expression: their numbers, names and whether `L`, `W` and `#` are known there.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
const FIELDS: { name: string; min: number; max: number; names?: string[]; special?: RegExp }[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31, special: /^(L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', min: 1, max: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') },
  {
    name: 'day of week',
    min: 1,
    max: 7,
    names: 'SUN MON TUE WED THU FRI SAT'.split(' '),
    special: /^(L|[1-7]L?|[1-7]#[1-5])$/,
  },
  { name: 'year', min: 1970, max: 2199 },
];

const FORMS =
  "'cron(minutes hours day-of-month month day-of-week year)', 'rate(5 minutes)' or 'at(2027-01-31T08:00:00)'";

/** Fails unless a service of AWS understands the expression. */
export function checkSchedule(expression: string): void {
  if (isToken(expression)) return;
  const [, kind, inner] = /^(cron|rate|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'cron') return checkCron(expression, inner);
  if (kind === 'rate') return checkRate(expression, inner);
  if (kind === 'at') return checkAt(expression, inner);
  throw new ContainersError(`schedule must be ${FORMS}, got '${expression}'`);
}

function checkCron(expression: string, inner: string): void {
  const parts = inner.split(' ');
  if (parts.length !== FIELDS.length) {
    throw new ContainersError(
      `schedule must have ${FIELDS.length} fields in cron(…), got ${parts.length} in '${expression}': ${FIELDS.map(({ name }) => name).join(', ')}`,
    );
  }
  parts.forEach((part, index) => checkField(expression, part, FIELDS[index]));
  const [, , dayOfMonth, , dayOfWeek] = parts;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new ContainersError(
      `schedule must have '?' for either day of month or day of week in cron(…), got '${dayOfMonth}' and '${dayOfWeek}' in '${expression}'`,
    );
  }
}

function checkField(expression: string, part: string, field: (typeof FIELDS)[number]): void {
  const isDay = field.name.startsWith('day');
  const alone = field.special?.test(part) ?? false;
  const valid = part === '?' ? isDay : alone || part.split(',').every((item) => isItem(item, field));
  if (!valid) {
    throw new ContainersError(
      `schedule must have ${field.min} to ${field.max}${field.names ? ` or ${field.names[0]} to ${field.names.at(-1)}` : ''}, '*', lists, ranges or steps for ${field.name}, got '${part}' in '${expression}'`,
    );
  }
}

function isItem(item: string, field: (typeof FIELDS)[number]): boolean {
  const [range, step, ...rest] = item.split('/');
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const numbers = range.split('-').map((text) => numberOf(text, field));
  return numbers.length <= 2 && numbers.every((number) => number >= field.min && number <= field.max);
}

function numberOf(text: string, { names = [], min }: (typeof FIELDS)[number]): number {
  const index = names.indexOf(text.toUpperCase());
  if (index >= 0) return index + min;
  return /^\d+$/.test(text) ? Number(text) : NaN;
}

function checkRate(expression: string, inner: string): void {
  const [, value, unit] = /^([1-9]\d*) (minutes?|hours?|days?)$/.exec(inner) ?? [];
  if (value === undefined || (value === '1') === unit.endsWith('s')) {
    throw new ContainersError(
      `schedule must be rate(1 minute), rate(5 minutes), or the like with hours or days, got '${expression}': one is singular, more are plural`,
    );
  }
}

function checkAt(expression: string, inner: string): void {
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner) ? new Date(`${inner}Z`) : new Date(NaN);
  // 30 February is read as 1 or 2 March.
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(inner)) {
    throw new ContainersError(`schedule must be a time such as at(2027-01-31T08:00:00), got '${expression}'`);
  }
}

/** Fails unless the time zone is one of the IANA's. */
export function checkTimeZone(timeZone: string | undefined): void {
  if (timeZone === undefined || isToken(timeZone)) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new ContainersError(`timeZone must be a name of the IANA such as 'Europe/Berlin', got '${timeZone}'`);
  }
}

/** A name of a scheduled action. @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html */
export function checkScheduleName(name: string): void {
  checkPattern(
    'the name of a schedule',
    name,
    /^[A-Za-z0-9_-]{1,64}$/,
    '1 to 64 letters, digits, hyphens and underscores',
  );
}

/** Fails when a schedule ends before it begins. */
export function checkPeriod(name: string, start: Date | undefined, end: Date | undefined): void {
  for (const [what, date] of Object.entries({ startTime: start, endTime: end })) {
    if (!date || !Number.isNaN(date.getTime())) continue;
    throw new ContainersError(`${what} of the schedule '${name}' must be a date, got an invalid one`);
  }
  if (!start || !end || start.getTime() < end.getTime()) return;
  throw new ContainersError(
    `startTime of the schedule '${name}' must be before endTime, got ${start.toISOString()} and ${end.toISOString()}`,
  );
}

/** What a schedule sets, beside the bounds that hold without it. */
export interface ScheduledBounds {
  readonly minTasks?: number;
  readonly maxTasks?: number;
}

/** Fails when a schedule sets nothing, or bounds that contradict each other or those of the scaling. */
export function checkScheduledBounds(
  name: string,
  scheduled: ScheduledBounds,
  scaling: Required<ScheduledBounds>,
): void {
  if (scheduled.minTasks === undefined && scheduled.maxTasks === undefined) {
    throw new ContainersError(`the schedule '${name}' must set minTasks, maxTasks or both, got neither`);
  }
  checkWhole(`minTasks of the schedule '${name}'`, scheduled.minTasks, { min: 0, max: Infinity });
  checkWhole(`maxTasks of the schedule '${name}'`, scheduled.maxTasks, { min: 0, max: Infinity });
  const min = scheduled.minTasks ?? scaling.minTasks;
  const max = scheduled.maxTasks ?? scaling.maxTasks;
  if (!isToken(min) && !isToken(max) && min > max) {
    const whose =
      scheduled.minTasks === undefined || scheduled.maxTasks === undefined ? ' (one is that of the scaling)' : '';
    throw new ContainersError(
      `minTasks must not be greater than maxTasks in the schedule '${name}', got ${min} and ${max}${whose}: change one of them, or set both`,
    );
  }
}
