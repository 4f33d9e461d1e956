import { aws_applicationautoscaling as appscaling } from 'aws-cdk-lib';
import type { aws_scheduler as scheduler } from 'aws-cdk-lib';
import { isToken } from '../../rules/errors';
import {
  checkPeriod,
  checkSchedule,
  checkScheduledBounds,
  checkScheduleName,
  checkTimeZone,
} from '../../rules/schedules';
import type { ScalingPolicyKind } from '../scaling-policy';

/** Options of `ScalingPolicy.schedule`. */
export interface SchedulePolicyOptions {
  /** When: `scheduler.ScheduleExpression.cron({ hour: '8', minute: '0', timeZone: TimeZone.EUROPE_BERLIN })`. */
  readonly schedule: scheduler.ScheduleExpression;

  /**
   * The fewest tasks from then on.
   * @default - as before
   */
  readonly minTasks?: number;

  /**
   * The most tasks from then on.
   * @default - as before
   */
  readonly maxTasks?: number;

  /**
   * Not before.
   * @default - at once
   */
  readonly startTime?: Date;

  /**
   * Not after.
   * @default - for ever
   */
  readonly endTime?: Date;
}

/** @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html */
export function schedulePolicy(name: string, options: SchedulePolicyOptions): ScalingPolicyKind {
  const { schedule, minTasks, maxTasks } = options;
  checkScheduleName(name);
  checkSchedule(schedule.expressionString);
  checkTimeZone(schedule.timeZone?.timezoneName);
  checkPeriod(name, options.startTime, options.endTime);
  return {
    id: `Schedule ${name}`,
    wakes: isToken(minTasks) || (minTasks ?? 0) > 0,
    movesBounds: true,
    minTasks,
    bind({ taskCount, bounds }) {
      checkScheduledBounds(name, options, bounds);
      taskCount.scaleOnSchedule(name, {
        schedule: appscaling.Schedule.expression(schedule.expressionString),
        // A rate knows no time of day.
        timeZone: schedule.expressionString.startsWith('rate') ? undefined : schedule.timeZone,
        minCapacity: minTasks,
        maxCapacity: maxTasks,
        startTime: options.startTime,
        endTime: options.endTime,
      });
    },
  };
}
