import { Stack } from 'aws-cdk-lib';
import type { aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { isToken } from '../../rules/errors';
import { checkGatewayHealthProtocol, checkGrpcCodes, checkOneMatcher, checkSameConnector } from '../../rules/gateways';
import { checkGiven, checkOptions } from '../../rules/given';
import { checkTargetBehaviour, DEFAULT_HEALTH } from '../../rules/load-balancers';
import { checkFollowed } from '../../rules/target-options';
import type { GatewayClusters } from '../private/gateway-clusters';
import { overrideConnectors } from '../private/gateway-types';
import { giveGracePeriod, rhythmOf, warnOfDefaultPath } from '../private/health';
import { namePort, targetOf } from '../private/targets';
import type { RoutingKind } from '../routing';

/** What leads from a gateway to a service. Host names are made by ECS; paths and the like it does not look at. */
export interface GatewayRouteOptions {
  /**
   * The container that answers, a sidecar for instance. The task definition must have it already.
   * @default - the main container
   */
  readonly containerName?: string;

  /**
   * The port on which it answers, 1 to 65535.
   * @default - the service's
   */
  readonly port?: number;

  /**
   * The load balancer's health check, which decides whether a task gets requests.
   * @default - the service's
   */
  readonly healthCheck?: elbv2.HealthCheck;
}

const OPTIONS: Record<keyof GatewayRouteOptions, true> = { containerName: true, port: true, healthCheck: true };

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/gateway-connect-service.html */
export function gatewayRouting(gateway: GatewayClusters, options: GatewayRouteOptions): RoutingKind {
  checkGiven('the options of EcsGateway.route', options);
  checkOptions('EcsGateway.route', options, Object.keys(OPTIONS));
  return {
    loadBalanced: true,
    bind(scope, served) {
      const target = targetOf(served, options);
      const { service } = target;
      checkFollowed('EcsGateway.route', target);
      const health = healthCheck(scope, target.healthCheck);
      gateway.admit(service, target.vpc);
      connect(service, namePort(target), health, gateway.accessType);
      return {};
    },
  };
}

/** The only connector of a service, as it is so far. */
interface Connector {
  /** Port and health check, to be compared. */
  readonly target: string;
  readonly accessTypes: Set<string>;
}

const CONNECTORS = new WeakMap<ecs.BaseService, Connector>();

/** ECS takes one connector, which leads to all gateways of its access types: a second route widens the first. */
function connect(service: ecs.BaseService, portName: string, health: object, accessType: string): void {
  const resource = service.node.defaultChild as ecs.CfnService;
  const stack = Stack.of(service);
  const target = JSON.stringify(stack.resolve([portName, health]));
  const connector: Connector = CONNECTORS.get(service) ?? { target, accessTypes: new Set() };
  checkSameConnector(service.node.path, connector.target, target);
  CONNECTORS.set(service, connector);
  const accessTypes = [...connector.accessTypes.add(accessType)].sort();
  overrideConnectors(resource, [{ PortName: portName, HealthCheck: health, Filters: { AccessTypes: accessTypes } }]);
  giveGracePeriod(resource);
}

function healthCheck(scope: Construct, check: elbv2.HealthCheck = {}): object {
  // ECS is not told that tasks speak gRPC: it knows by the codes.
  const { healthyGrpcCodes, ...shared } = check;
  checkTargetBehaviour({ healthCheck: shared });
  checkGatewayHealthProtocol(check.protocol);
  checkGrpcCodes(healthyGrpcCodes);
  checkOneMatcher(check);
  if (check.path === undefined) {
    warnOfDefaultPath(scope, 'the gateway');
  }
  const rhythm = rhythmOf(check);
  const port = check.port === 'traffic-port' ? undefined : check.port;
  return {
    HealthCheckPath: check.path ?? '/',
    HealthCheckPort: port === undefined || isToken(port) ? port : Number(port),
    HealthCheckProtocol: check.protocol,
    HealthCheckIntervalSeconds: rhythm.interval.toSeconds(),
    HealthCheckTimeoutSeconds: rhythm.timeout.toSeconds(),
    HealthyThresholdCount: rhythm.healthyThresholdCount,
    UnhealthyThresholdCount: rhythm.unhealthyThresholdCount,
    Matcher: healthyGrpcCodes
      ? { GrpcCode: healthyGrpcCodes }
      : { HttpCode: check.healthyHttpCodes ?? DEFAULT_HEALTH.codes },
  };
}
