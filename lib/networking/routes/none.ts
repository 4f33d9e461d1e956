import type { RoutingKind } from '../routing';

export function noRouting(): RoutingKind {
  return { name: 'Routing.none()', bind: () => ({}) };
}
