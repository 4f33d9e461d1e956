import type { Clock } from './clock';

const PAUSE = 5_000;

/** How long IAM may take until all of it knows a policy that was just made. */
const NEW_POLICY = 60_000;

/** Calls again while AWS is busy, until the deadline, and for a minute while it may not know the function's policy yet. */
export async function patiently<T>(clock: Clock, deadline: number, call: () => Promise<T>): Promise<T> {
  const start = clock.now();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const until = isBusy(error) ? deadline : isDenied(error) ? Math.min(deadline, start + NEW_POLICY) : start;
      if (clock.now() + PAUSE > until) throw error;
      console.log(`again in ${PAUSE / 1000} seconds: ${describe(error)}`);
      await clock.sleep(PAUSE);
    }
  }
}

/** What an error says, on one line. */
export function describe(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${message}`;
}

/** True for an error of AWS with this name. */
export function isNamed(error: unknown, name: string): boolean {
  return (error as Error).name === name;
}

/** Too many requests, a failure inside AWS, or no answer. */
function isBusy(error: unknown): boolean {
  const { name, $fault, code } = error as Error & { $fault?: string; code?: string };
  return $fault === 'server' || /throttl|toomanyrequests|timeout/i.test(name) || /^E(?!RR_)[A-Z_]+$/.test(code ?? '');
}

function isDenied(error: unknown): boolean {
  return /^AccessDenied/.test((error as Error).name);
}
