import { ContainersError } from './errors';

/**
 * Fails for a place of logs beside the wish to have none: the place would stay empty, and nobody would notice.
 */
export function checkLogTarget(
  accessLogs: boolean | undefined,
  option: 'accessLogsBucket' | 'accessLogGroup',
  given: unknown,
): void {
  if (accessLogs !== false || given === undefined) return;
  throw new ContainersError(
    `${option} needs access logs, got accessLogs: false: leave one of them out, as nothing would be written there`,
  );
}
