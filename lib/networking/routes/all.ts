import { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';
import { checkList } from '../../rules/given';
import type { Routing, RoutingKind } from '../routing';

export function allRoutings(routings: Routing[]): RoutingKind {
  checkList('the routings of Routing.all', routings);
  const parts = routings.flatMap((routing) => routing?._parts ?? [routing]);
  const idle = parts.findIndex((routing) => !routing?._loadBalanced);
  if (routings.length === 0 || idle >= 0) {
    throw new ContainersError(
      `Routing.all must have routings that lead to the service, got ${idle < 0 ? 'none' : `${parts[idle] ? 'Routing.none()' : String(parts[idle])} at index ${idle}`}: for no way at all use Routing.none()`,
    );
  }
  return {
    loadBalanced: true,
    healthChecked: parts.some((routing) => routing._healthChecked),
    parts,
    bind(scope, alone) {
      const target = { ...alone, _besideOthers: parts.length > 1 };
      const [primary, ...more] = parts.map((routing, index) =>
        // The primary one has the ids that it has alone: a second one may come later without a replacement.
        routing.bind(index === 0 ? scope : new Construct(scope, `Route${index + 1}`), target),
      );
      return { ...primary, more };
    },
  };
}
