import type { RoutingKind } from '../routing';

export function noRouting(): RoutingKind {
  return { loadBalanced: false, bind: () => ({}) };
}
