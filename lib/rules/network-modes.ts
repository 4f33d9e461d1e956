import { ContainersError } from './errors';

/**
 * What ECS registers by the address of each task needs a network interface of the task's own.
 *
 * Sources, November 2026: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GatewayConnector.html and
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-vpc-lattice.html
 */
export function checkOwnAddresses(owner: string, service: string, networkMode: string): void {
  if (networkMode === 'awsvpc') return;
  throw new ContainersError(
    `the network mode must be awsvpc for a route of ${owner}, got ${networkMode} for '${service}': use a capacity with it`,
  );
}
