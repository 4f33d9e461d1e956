import { ContainersError } from './errors';

/** What a service may say of its targets. An Application Load Balancer can follow all of it. */
export const TARGET_OPTIONS = [
  'healthCheck',
  'deregistrationDelay',
  'stickinessCookieDuration',
  'stickinessCookieName',
  'slowStart',
  'loadBalancingAlgorithmType',
  'crossZoneEnabled',
  'protocolVersion',
] as const;
type TargetOption = (typeof TARGET_OPTIONS)[number];

/** What a routing can follow, why no more, and what can. */
interface Follower {
  readonly follows: readonly TargetOption[];
  readonly because: string;
  readonly instead: string;
}

/**
 * What each kind of routing can follow. Sources, November 2026:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html,
 * https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_TargetGroupConfig.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html and
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GatewayConnector.html
 */
const FOLLOWERS = {
  'Routing.network': {
    follows: ['healthCheck', 'deregistrationDelay', 'crossZoneEnabled'],
    because: 'a Network Load Balancer does not know of requests',
    instead: 'Routing.domain or Routing.https',
  },
  'Routing.lattice': {
    follows: ['healthCheck', 'protocolVersion'],
    because: 'VPC Lattice has no such setting',
    instead: 'a load balancer',
  },
  'Routing.httpApi': {
    follows: ['protocolVersion'],
    because: 'API Gateway has no such setting',
    instead: 'a load balancer',
  },
  'EcsGateway.route': {
    follows: ['healthCheck'],
    because: 'ECS makes the target groups, and takes a port and a health check only',
    instead: 'an Ingress',
  },
} satisfies { [routing: string]: Follower };

/** A service, and what it says of its targets. */
export type ToldTarget = { readonly [option in TargetOption]?: unknown } & {
  readonly service: { readonly node: { readonly path: string } };
  /** True beside other routings, one of which may follow what this one cannot. */
  readonly _besideOthers?: boolean;
};

/** Fails for what would be lost in silence. */
export function checkFollowed(routing: keyof typeof FOLLOWERS, target: ToldTarget): void {
  const { follows, because, instead }: Follower = FOLLOWERS[routing];
  const lost = TARGET_OPTIONS.find((option) => target[option] !== undefined && !follows.includes(option));
  if (target._besideOthers || lost === undefined) return;
  throw new ContainersError(
    `${lost} must be left out with ${routing}, got one for '${target.service.node.path}': ${because}, so use ${instead} for it`,
  );
}
