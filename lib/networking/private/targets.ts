import { aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { checkPort } from '../../rules/containers';
import { ContainersError } from '../../rules/errors';
import { checkTargetGroupCount } from '../../rules/load-balancers';
import { TARGET_OPTIONS } from '../../rules/target-options';
import type { RouteTargetOptions, RoutingTarget } from '../routing';

/** The target as a route sees it: what the route says goes before what the service says. */
export function targetOf(target: RoutingTarget, options: RouteTargetOptions): RoutingTarget {
  const names: (keyof RouteTargetOptions)[] = ['containerName', 'port', ...TARGET_OPTIONS];
  const given = names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  return { ...target, ...Object.fromEntries(given) };
}

/** The port of the container, which is opened if it was not. */
export function mapPort(target: RoutingTarget, protocol: ecs.Protocol = ecs.Protocol.TCP): ecs.PortMapping {
  checkPort('port', target.port);
  const container = containerOf(target);
  const known = container.findPortMapping(target.port, protocol);
  if (known) return known;
  if (container.portMappings.some(({ containerPort }) => containerPort === target.port)) {
    throw new ContainersError(
      `port ${target.port} of container '${target.containerName}' must be reached by TCP or by UDP, got both: ECS takes one mapping for a port, so use elbv2.Protocol.TCP_UDP or another targetPort`,
    );
  }
  container.addPortMappings({
    containerPort: target.port,
    protocol: protocol === ecs.Protocol.TCP ? undefined : protocol,
  });
  return container.findPortMapping(target.port, protocol)!;
}

/**
 * The protocol of the mapping by which a Network Load Balancer reaches a port. ECS takes one mapping for a port, and a
 * task has a network interface of its own, which lets through what its security group does, whatever the mapping says.
 * @see https://github.com/aws/amazon-ecs-agent/issues/3428
 */
export function claimPort(target: RoutingTarget, protocol: elbv2.Protocol): ecs.Protocol {
  const wanted = protocol === elbv2.Protocol.UDP ? ecs.Protocol.UDP : ecs.Protocol.TCP;
  const mappings = containerOf(target).portMappings;
  const index = mappings.findIndex(({ containerPort }) => containerPort === target.port);
  if (index < 0) return wanted;
  const mapped = mappings[index].protocol ?? ecs.Protocol.TCP;
  if (protocol === elbv2.Protocol.TCP_UDP) return mapped;
  // A service maps its port for TCP before anybody says what reaches it.
  if (wanted === ecs.Protocol.UDP && !isRegistered(target)) mappings[index] = { ...mappings[index], protocol: wanted };
  return wanted;
}

/** The containers of a task share its ports. */
function isRegistered({ service, port }: RoutingTarget): boolean {
  return service.loadBalancers.some(({ containerPort }) => containerPort === port);
}

/** The name of the container's port, for what ECS finds by name. */
export function namePort(target: RoutingTarget): string {
  const mapping = mapPort(target);
  if (mapping.name !== undefined) return mapping.name;
  const mappings = containerOf(target).portMappings;
  const name = `port-${target.port}`;
  mappings[mappings.indexOf(mapping)] = { ...mapping, name };
  return name;
}

/** What registers the tasks with a load balancer of either kind. */
export function loadBalancerTarget(target: RoutingTarget, protocol?: ecs.Protocol): ecs.IEcsLoadBalancerTarget {
  const { containerPort } = mapPort(target, protocol);
  checkTargetGroupCount(target.service.node.path, target.service.loadBalancers.length + 1);
  return target.service.loadBalancerTarget({ containerName: target.containerName, containerPort, protocol });
}

function containerOf({ service, containerName }: RoutingTarget): ecs.ContainerDefinition {
  const { taskDefinition } = service;
  const container = taskDefinition.findContainer(containerName);
  if (container) return container;
  throw new ContainersError(
    `containerName must be a container of '${taskDefinition.node.path}', got '${containerName}': add it to the task definition first, and then bind the route`,
  );
}
