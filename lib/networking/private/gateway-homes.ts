import { Resource, Stack } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { ContainersError } from '../../rules/errors';

/** What is known of a gateway and of a cluster before its association is made. */
export interface Engaged {
  readonly owner: IConstruct;
  /** True when its name alone is known here, which no stack has to wait for. */
  readonly foreign: boolean;
  readonly vpc?: ec2.IVpc;
  readonly cluster: ecs.ICluster;
  /** The services of the cluster that have routes so far. */
  readonly services: IConstruct[];
}

/**
 * Where the association stands, which comes after the gateway and the cluster, and before the services: in the stack of
 * the gateway when that comes after the cluster's, else in the cluster's.
 */
export function standsWithCluster(engaged: Engaged): boolean {
  const { owner, foreign, vpc, cluster, services } = engaged;
  const [here, there] = [Stack.of(owner), Stack.of(cluster)];
  if (!Resource.isOwnedResource(cluster) || here === there) return false;
  if (foreign) return true;
  // The inner one of two that are nested: it gets its parameters from the outer one, where a service may wait for it.
  if (isAround(here, there) || isAround(there, here)) return isAround(here, there);
  const network = vpc && Resource.isOwnedResource(vpc) ? Stack.of(vpc) : undefined;
  if (network === here || network === there) return network === here;
  for (const [late, early] of [
    [there, here],
    [here, there],
  ]) {
    if (needs(late, early)) return late === there;
  }
  const stacks = services.map((service) => Stack.of(service));
  if (stacks.includes(there) || stacks.includes(here)) return stacks.includes(there);
  return madeBefore(here, there);
}

/** Fails for a service in a stack for which the one of its association waits: CDK would speak of a cycle of names. */
export function checkComesAfter(service: IConstruct, engaged: Engaged, home: Stack): void {
  const { owner, foreign, cluster } = engaged;
  const [here, there] = [Stack.of(owner), Stack.of(cluster)];
  const other = home === here ? there : here;
  const apart = here !== there && !isAround(here, there) && !isAround(there, here);
  if (foreign || !apart || !Resource.isOwnedResource(cluster) || Stack.of(service) !== other) return;
  throw new ContainersError(
    `the cluster '${cluster.node.path}' must be associated with the gateway '${owner.node.path}' before '${service.node.path}' is made, ` +
      `got the association in the stack '${home.node.path}', which waits for the stack of the service: ` +
      'call addCluster after such services are made, or move the gateway into the stack of the cluster',
  );
}

function isAround(outer: Stack, inner: Stack): boolean {
  const parent = inner.nestedStackParent;
  return parent !== undefined && (parent === outer || isAround(outer, parent));
}

/** True when somebody said that a stack needs another one. */
function needs(late: Stack, early: Stack): boolean {
  return late.dependencies.some((stack) => stack === early || needs(stack, early));
}

/** Apps make stacks in the order in which they need each other, mostly. */
function madeBefore(one: Stack, other: Stack): boolean {
  const all = one.node.root.node.findAll();
  return all.indexOf(one) < all.indexOf(other);
}
