import { Token } from 'aws-cdk-lib';
import {
  checkPeriod,
  checkSchedule,
  checkScheduledBounds,
  checkScheduleName,
  checkTimeZone,
} from '../../lib/rules/schedules';
import { expectFailure } from '../support/errors';

const TOKEN = Token.asString({ Ref: 'Text' });
const NUMBER = Token.asNumber({ Ref: 'Number' });

describe('checkSchedule', () => {
  test.each([
    'cron(0 8 ? * MON-FRI *)',
    'cron(0 8 * * ? *)',
    'cron(0/15 * * * ? *)',
    'cron(*/5 * * * ? *)',
    'cron(5-35/10 8-18/2 * * ? *)',
    'cron(0,15,30,45 0,23 1,31 1,12 ? 1970,2199)',
    'cron(59 23 31 12 ? 2199)',
    'cron(0 0 1 JAN,JUN-DEC ? 2027-2030)',
    'cron(0 0 1 1/3 ? *)',
    'cron(0 0 L * ? *)',
    'cron(0 0 1W * ? *)',
    'cron(0 0 31W * ? *)',
    'cron(0 8 ? * 1,7 *)',
    'cron(0 8 ? * sun,Sat *)',
    'cron(0 8 ? * L *)',
    'cron(0 8 ? * 6L *)',
    'cron(0 8 ? * 2#1 *)',
    'cron(0 8 ? * 7#5 *)',
    'rate(1 minute)',
    'rate(5 minutes)',
    'rate(1 hour)',
    'rate(12 hours)',
    'rate(1 day)',
    'rate(365 days)',
    'at(2027-01-31T08:00:00)',
    'at(2028-02-29T23:59:59)',
    TOKEN,
    `rate(${TOKEN})`,
  ])('lets %s pass', (expression) => {
    expect(() => checkSchedule(expression)).not.toThrow();
  });

  test.each([
    '',
    'cron',
    '0 8 * * ? *',
    'cron 0 8 * * ? *',
    'CRON(0 8 * * ? *)',
    'cron(0 8 * * ? *) ',
    'every(5 minutes)',
    '@daily',
    'rate(5 minutes',
  ])("fails when the schedule is '%s'", (expression) => {
    expect(() => checkSchedule(expression)).toThrow(
      new Error(
        `schedule must be 'cron(minutes hours day-of-month month day-of-week year)', 'rate(5 minutes)' or 'at(2027-01-31T08:00:00)', got '${expression}'`,
      ),
    );
  });

  test.each([
    [1, 'cron()'],
    [5, 'cron(0 8 * * MON-FRI)'],
    [7, 'cron(0 0 8 * * ? *)'],
    [7, 'cron(0  8 * * ? *)'],
  ])('fails with %i fields: %s', (count, expression) => {
    expect(() => checkSchedule(expression)).toThrow(
      new Error(
        `schedule must have 6 fields in cron(…), got ${count} in '${expression}': minutes, hours, day of month, month, day of week, year`,
      ),
    );
  });

  test.each([
    ['*', 'MON-FRI'],
    ['*', '*'],
    ['?', '?'],
    ['1', 'MON'],
  ])("fails when the days are '%s' and '%s'", (dayOfMonth, dayOfWeek) => {
    const expression = `cron(0 8 ${dayOfMonth} * ${dayOfWeek} *)`;
    expect(() => checkSchedule(expression)).toThrow(
      new Error(
        `schedule must have '?' for either day of month or day of week in cron(…), got '${dayOfMonth}' and '${dayOfWeek}' in '${expression}'`,
      ),
    );
  });

  const months = '1 to 12 or JAN to DEC';
  const weekdays = '1 to 7 or SUN to SAT';

  test.each<[string, string, string, string[]]>([
    [
      'minutes',
      '0 to 59',
      '$ 8 * * ? *',
      ['60', '-1', '1-60', '?', 'x', '1-2-3', '1/2/3', '*/0', '1/', '/5', '1,', 'L', '1.5'],
    ],
    ['hours', '0 to 23', '0 $ * * ? *', ['24', '8am', '*/x', '8-24', '?']],
    ['day of month', '1 to 31', '0 8 $ * ? *', ['0', '32', '0W', '32W', 'W', 'MON', '1#2', '1-32']],
    ['month', months, '0 8 1 $ ? *', ['0', '13', 'JANUARY', 'MON', '?', 'L', 'JAN-13']],
    [
      'day of week',
      weekdays,
      '0 8 ? * $ *',
      ['0', '8', 'MO', 'MONDAY', '2#0', '2#6', '8#1', '8L', 'MON-8', '1W', '#1'],
    ],
    ['year', '1970 to 2199', '0 8 1 1 ? $', ['1969', '2200', '27', '?', '2027-2200']],
  ])('fails when %s are not among %s', (name, allowed, pattern, wrong) => {
    for (const part of wrong) {
      const expression = `cron(${pattern.replace('$', part)})`;
      expect(() => checkSchedule(expression)).toThrow(
        new Error(
          `schedule must have ${allowed}, '*', lists, ranges or steps for ${name}, got '${part}' in '${expression}'`,
        ),
      );
    }
  });

  /** What the documentation allows alone only. */
  test.each(['cron(0 8 ? * 3#1,6#3 *)', 'cron(0 8 ? * 2,6L *)', 'cron(0 8 1W,15W * ? *)', 'cron(0 8 1,L * ? *)'])(
    'fails when a special day stands in a list: %s',
    (expression) => {
      expect(() => checkSchedule(expression)).toThrow(expect.objectContaining({ name: 'ContainersError' }));
    },
  );

  test.each([
    '1 minutes',
    '5 minute',
    '1 days',
    '0 minutes',
    '-5 minutes',
    '1.5 hours',
    '5 seconds',
    '5minutes',
    '05 minutes',
    '',
  ])('fails at a rate of %s', (rate) => {
    expect(() => checkSchedule(`rate(${rate})`)).toThrow(
      new Error(
        `schedule must be rate(1 minute), rate(5 minutes), or the like with hours or days, got 'rate(${rate})': one is singular, more are plural`,
      ),
    );
  });

  test.each([
    '2027-01-31',
    '2027-13-01T08:00:00',
    '2027-01-32T08:00:00',
    '2027-02-30T08:00:00',
    '2027-02-29T08:00:00',
    '2027-01-31T24:00:00',
    '2027-01-31T08:60:00',
    '2027-01-31T08:00:60',
    '2027-01-31T08:00',
    '2027-01-31T08:00:00Z',
    '2027-01-31 08:00:00',
    '',
  ])("fails at '%s'", (time) => {
    expect(() => checkSchedule(`at(${time})`)).toThrow(
      new Error(`schedule must be a time such as at(2027-01-31T08:00:00), got 'at(${time})'`),
    );
  });
});

describe('checkTimeZone', () => {
  test.each([undefined, 'Europe/Berlin', 'UTC', 'Etc/UTC', 'Etc/GMT+9', 'Pacific/Tahiti', TOKEN])(
    'lets %p pass',
    (zone) => {
      expect(() => checkTimeZone(zone)).not.toThrow();
    },
  );

  test.each(['', 'Berlin', 'Europe/Berln', 'GMT+2', '+02:00', '-0800', 'MESZ'])("fails when it is '%s'", (zone) => {
    expect(() => checkTimeZone(zone)).toThrow(
      new Error(`timeZone must be a name of the IANA such as 'Europe/Berlin', got '${zone}'`),
    );
  });
});

describe('checkScheduleName', () => {
  test.each(['a', 'weekday-mornings', 'Night_2', 'x'.repeat(64), TOKEN])('lets %s pass', (name) => {
    expect(() => checkScheduleName(name)).not.toThrow();
  });

  test.each(['', 'x'.repeat(65), 'week day', 'a/b', 'nächtlich'])("fails when it is '%s'", (name) => {
    expect(() => checkScheduleName(name)).toThrow(
      new Error(`the name of a schedule must be 1 to 64 letters, digits, hyphens and underscores, got '${name}'`),
    );
  });
});

describe('checkPeriod', () => {
  const [may, june, invalid] = [new Date('2027-05-01T00:00:00Z'), new Date('2027-06-01T00:00:00Z'), new Date('soon')];

  test.each([
    [undefined, undefined],
    [may, undefined],
    [undefined, may],
    [may, june],
  ])('lets %p to %p pass', (start, end) => {
    expect(() => checkPeriod('day', start, end)).not.toThrow();
  });

  test.each([
    [invalid, undefined, "startTime of the schedule 'day' must be a date, got an invalid one"],
    [may, invalid, "endTime of the schedule 'day' must be a date, got an invalid one"],
    [
      june,
      may,
      "startTime of the schedule 'day' must be before endTime, got 2027-06-01T00:00:00.000Z and 2027-05-01T00:00:00.000Z",
    ],
    [
      may,
      may,
      "startTime of the schedule 'day' must be before endTime, got 2027-05-01T00:00:00.000Z and 2027-05-01T00:00:00.000Z",
    ],
  ])('fails with %p to %p', (start, end, message) => {
    expectFailure(() => checkPeriod('day', start, end), message);
  });
});

describe('checkScheduledBounds', () => {
  const scaling = { minTasks: 2, maxTasks: 10 };

  test.each([
    { minTasks: 10 },
    { maxTasks: 2 },
    { minTasks: 0 },
    { minTasks: 0, maxTasks: 0 },
    { minTasks: 20, maxTasks: 40 },
    { minTasks: NUMBER },
    { minTasks: 99, maxTasks: NUMBER },
  ])('lets %j pass', (scheduled) => {
    expect(() => checkScheduledBounds('day', scheduled, scaling)).not.toThrow();
  });

  test('lets a bound pass that a token of the scaling may allow', () => {
    expect(() => checkScheduledBounds('day', { minTasks: 11 }, { minTasks: 2, maxTasks: NUMBER })).not.toThrow();
  });

  const contradiction = "minTasks must not be greater than maxTasks in the schedule 'day', got";

  test.each([
    [{}, "the schedule 'day' must set minTasks, maxTasks or both, got neither"],
    [{ minTasks: -1 }, "minTasks of the schedule 'day' must be at least 0, got -1"],
    [{ maxTasks: -1 }, "maxTasks of the schedule 'day' must be at least 0, got -1"],
    [{ minTasks: 2.5 }, "minTasks of the schedule 'day' must be a whole number, got 2.5"],
    [{ minTasks: 5, maxTasks: 4 }, `${contradiction} 5 and 4: change one of them, or set both`],
    [{ minTasks: 11 }, `${contradiction} 11 and 10 (one is that of the scaling): change one of them, or set both`],
    [{ maxTasks: 1 }, `${contradiction} 2 and 1 (one is that of the scaling): change one of them, or set both`],
  ])('fails with %j', (scheduled, message) => {
    expect(() => checkScheduledBounds('day', scheduled, scaling)).toThrow(new Error(message));
  });
});
