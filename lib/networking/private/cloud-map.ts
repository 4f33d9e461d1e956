import type { aws_ecs as ecs } from 'aws-cdk-lib';
import { Names, Stack, aws_servicediscovery as servicediscovery, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';
import type { RoutingTarget } from '../routing';
import { mapPort } from './targets';

/**
 * Registers the tasks under their address and port. API Gateway takes tasks of ECS from SRV records only, which a namespace
 * without DNS does not have.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
 */
export function registerInCloudMap(
  scope: Construct,
  target: RoutingTarget,
  namespace: servicediscovery.INamespace | undefined,
): servicediscovery.IService {
  const { service, containerName } = target;
  const { containerPort } = mapPort(target);
  checkNamespace(namespace);
  const known = knownRegistry(service);
  if (known) return reused(target, known, containerPort);
  warnWithoutHealthCheck(scope, target);
  return service.enableCloudMap({
    cloudMapNamespace: namespace ?? namespaceOf(scope, target),
    container: service.taskDefinition.findContainer(containerName),
    containerPort,
    dnsRecordType: servicediscovery.DnsRecordType.SRV,
  });
}

function checkNamespace(namespace: servicediscovery.INamespace | undefined): void {
  if (namespace?.type !== servicediscovery.NamespaceType.HTTP) return;
  throw new ContainersError(
    `namespace must be one with DNS names, got '${namespace.namespaceName}' without: API Gateway finds tasks of ECS by SRV records only, so use a PrivateDnsNamespace, or leave namespace out`,
  );
}

/** That of the cluster, when it has DNS names; its private zone costs about 0.50 USD a month. */
function namespaceOf(scope: Construct, { service, vpc }: RoutingTarget): servicediscovery.INamespace {
  const shared = service.cluster.defaultCloudMapNamespace;
  if (shared && shared.type !== servicediscovery.NamespaceType.HTTP) return shared;
  const name = Names.uniqueResourceName(scope, { maxLength: 50, separator: '-' }).toLowerCase();
  // A VPC takes a zone once, so that the name is of this service alone.
  return new servicediscovery.PrivateDnsNamespace(scope, 'Namespace', { vpc, name: `${name}.internal` });
}

interface Registry {
  readonly containerName?: string;
  readonly containerPort?: number;
}

function knownRegistry(service: ecs.BaseService): Registry | undefined {
  return Stack.of(service).resolve((service.node.defaultChild as ecs.CfnService).serviceRegistries)?.[0];
}

/** ECS takes one registry in a service, which all that find it there share. */
function reused({ service, containerName }: RoutingTarget, known: Registry, port: number): servicediscovery.IService {
  const { cloudMapService } = service;
  if (cloudMapService && known.containerName === containerName && known.containerPort === port) return cloudMapService;
  throw new ContainersError(
    `a service must have at most one registry in Cloud Map, which is what ECS takes, got another than that of port ${port} of '${containerName}' for '${service.node.path}': ` +
      'remove it, or reach this port with a load balancer',
  );
}

/** Nothing but ECS looks after tasks that Cloud Map lists. */
function warnWithoutHealthCheck(scope: Construct, { service, containerName }: RoutingTarget): void {
  const containers = service.taskDefinition.findContainer(containerName)?.renderContainerDefinition();
  if (containers?.healthCheck) return;
  Validations.of(scope).addWarning(
    'cdk-containers:HttpApiTasksUnchecked',
    `the container '${containerName}' has no healthCheck, so that API Gateway sends it requests as soon as it runs, and as long: no load balancer asks how it is. Give it container.healthCheck.`,
  );
}
