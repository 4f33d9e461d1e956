import { checkWhole, ContainersError, isToken } from './errors';

/** Bounds of a rolling deployment. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html */
export function checkRolling(minHealthyPercent: number, maxPercent: number): void {
  checkWhole('minHealthyPercent', minHealthyPercent, { min: 0, max: 100 });
  checkWhole('maxPercent', maxPercent, { min: 100, max: 200 });
  if (isToken(minHealthyPercent) || isToken(maxPercent)) return;
  if (maxPercent === minHealthyPercent) {
    throw new ContainersError(
      `maxPercent must be greater than minHealthyPercent, got ${maxPercent} for both: the deployment could neither start nor stop a task`,
    );
  }
}

/** True when rounding leaves no room to start a task or to stop one: ECS rounds the minimum up and the maximum down. */
export function cannotProgress(tasks: number, minHealthyPercent: number, maxPercent: number): boolean {
  if ([tasks, minHealthyPercent, maxPercent].some(isToken) || tasks === 0) return false;
  const kept = Math.ceil((tasks * minHealthyPercent) / 100);
  const allowed = Math.floor((tasks * maxPercent) / 100);
  return kept >= tasks && allowed <= tasks;
}
