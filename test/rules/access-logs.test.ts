import { checkLogTarget } from '../../lib/rules/access-logs';
import { expectFailure } from '../support/errors';

test.each([undefined, true])('logs that are wanted have a place (%p)', (accessLogs) => {
  expect(() => checkLogTarget(accessLogs, 'accessLogsBucket', {})).not.toThrow();
});

test('logs that are not wanted have none', () => {
  expect(() => checkLogTarget(false, 'accessLogsBucket', undefined)).not.toThrow();
  for (const option of ['accessLogsBucket', 'accessLogGroup'] as const) {
    expectFailure(
      () => checkLogTarget(false, option, {}),
      `${option} needs access logs, got accessLogs: false: leave one of them out, as nothing would be written there`,
    );
  }
});
