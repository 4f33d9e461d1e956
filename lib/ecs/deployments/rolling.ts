import { checkRolling } from '../../rules/deployments';
import type { DeploymentKind } from '../deployment';

/** Options of `Deployment.rolling`. */
export interface RollingOptions {
  /**
   * The part of the tasks that keeps running, 0 to 100 percent. ECS rounds it up.
   * @default 100
   */
  readonly minHealthyPercent?: number;

  /**
   * The most tasks that may run, 100 to 200 percent. ECS rounds it down.
   * @default 200
   */
  readonly maxPercent?: number;
}

export function rolling({ minHealthyPercent = 100, maxPercent = 200 }: RollingOptions): DeploymentKind {
  checkRolling(minHealthyPercent, maxPercent);
  return {
    bind: () => ({
      minHealthyPercent,
      maxHealthyPercent: maxPercent,
      circuitBreaker: { enable: true, rollback: true },
    }),
  };
}
