import { checkRange, checkWhole, ContainersError, isToken } from './errors';

export function checkTasks(name: string, count: number): void {
  checkWhole(name, count, { min: 0, max: Infinity });
}

export function checkTaskRange(minTasks: number, maxTasks: number): void {
  checkTasks('minTasks', minTasks);
  checkWhole('maxTasks', maxTasks, { min: 1, max: Infinity });
  if (!isToken(minTasks) && !isToken(maxTasks) && minTasks > maxTasks) {
    throw new ContainersError(`minTasks must not be greater than maxTasks, got ${minTasks} and ${maxTasks}`);
  }
}

/** A utilization to hold. 100 % is never exceeded, so a target of 100 would never scale out. */
export function checkUtilization(name: string, percent: number): void {
  checkRange(name, percent, { min: 1, max: 99 });
}

export function checkPositive(name: string, value: number): void {
  if (!isToken(value) && !(value > 0 && value < Infinity)) {
    throw new ContainersError(`${name} must be greater than 0, got ${value}`);
  }
}
