import { ContainersError } from '../../rules/errors';
import type { RoutingTarget, TargetOptions } from '../routing';

/** What a service may say of its targets that Elastic Load Balancing alone can follow. */
const OF_LOAD_BALANCERS: (keyof TargetOptions)[] = [
  'deregistrationDelay',
  'stickinessCookieDuration',
  'stickinessCookieName',
  'slowStart',
  'loadBalancingAlgorithmType',
  'crossZoneEnabled',
];

/** Fails for what a routing cannot follow, unless another routing of the service may. */
export function checkUnused(target: RoutingTarget, routing: string, more: (keyof TargetOptions)[] = []): void {
  const unused = [...more, ...OF_LOAD_BALANCERS].find((option) => target[option] !== undefined);
  if (target._besideOthers || unused === undefined) return;
  throw new ContainersError(
    `${unused} must be left out with ${routing}, which cannot follow it: leave it out, or use a load balancer`,
  );
}
