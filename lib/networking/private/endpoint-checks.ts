import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import type { Visitor } from './endpoint-access';
import { endpointsIn, isPending, leadsTo, nameOfService } from './vpc-endpoints';
import { resourcesOfWorkload } from './workload-resources';
import { isGateway } from '../../rules/endpoints';
import { isOneEnvironment } from '../../rules/environments';
import { ContainersError } from '../../rules/errors';

/** Fails for what does not run. */
export function visitorOf(workload: IConstruct): Visitor {
  const given = Construct.isConstruct(workload) ? `'${workload.node.path}'` : String(workload);
  const resources = Construct.isConstruct(workload) ? resourcesOfWorkload(workload) : undefined;
  if (!resources || Object.values(resources).every((found) => found.length === 0)) {
    throw new ContainersError(
      `workloads must hold services, task definitions, pools of instances or clusters of EKS, got ${given}, in which none is: leave it out, or pass what runs`,
    );
  }
  return { workload, resources };
}

/** What is checked of what JavaScript lets pass. */
interface Given {
  readonly vpc: ec2.IVpc;
  readonly services?: ec2.IInterfaceVpcEndpointService[];
  readonly gateways?: ec2.IGatewayVpcEndpointService[];
}

/** Fails for what is no VPC, and for services of the other kind: their endpoints would fail at deployment. */
export function checkKinds(scope: Construct, { vpc, services = [], gateways = [] }: Given): void {
  if (typeof vpc.selectSubnets !== 'function') {
    throw new ContainersError(
      `vpc must be a VPC, got ${shown(vpc)}: pass the construct, for instance ec2.Vpc.fromLookup(…)`,
    );
  }
  const noInterface = services.findIndex((each) => typeof each?.name !== 'string' || typeof each.port !== 'number');
  if (noInterface >= 0) {
    throw new ContainersError(
      `services must hold services with network interfaces, such as ec2.InterfaceVpcEndpointAwsService.SQS, got ${shown(services[noInterface])}: name S3 and DynamoDB in gateways`,
    );
  }
  const noGateway = gateways.findIndex(
    (each) => typeof each?.name !== 'string' || !mayBeGateway(nameOfService(scope, each)),
  );
  if (noGateway >= 0) {
    const given = gateways[noGateway];
    throw new ContainersError(
      `gateways must hold ec2.GatewayVpcEndpointAwsService.S3, DYNAMODB or S3_EXPRESS, got ${given?.name ? nameOfService(scope, given) : shown(given)}: name others in services`,
    );
  }
}

/** What is a token in a way that nobody knows stands in the name as JSON. */
function mayBeGateway(name: string): boolean {
  return isGateway(name) || name.startsWith('{');
}

/** As it was given. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return (value as { readonly name?: string } | undefined)?.name ?? String(value);
}

/** Whose network it is. */
const owners = new WeakMap<IConstruct, ec2.IVpc>();

/** Fails when a VPC has endpoints of another already: the private names of a service lead to one endpoint only. */
export function claimVpc(scope: Construct, vpc: ec2.IVpc): void {
  // Until they are looked up, all VPCs have one id.
  if (isPending(vpc)) return;
  const other = scope.node.root.node.findAll().find((each) => {
    const its = owners.get(each);
    return its?.vpcId === vpc.vpcId && isOneEnvironment(its.env, vpc.env);
  });
  owners.set(scope, vpc);
  if (!other) return;
  throw new ContainersError(
    `the VPC '${vpc.node.path}' must have its WorkloadEndpoints once, got '${other.node.path}' and '${scope.node.path}': ` +
      'name all workloads in one of them, or let more in with its allowFrom(workload)',
  );
}

/** Fails when the VPC cannot tell names. What is imported does not say. */
export function checkDns(vpc: ec2.IVpc, privateDnsEnabled = true): void {
  const { dnsHostnamesEnabled = true, dnsSupportEnabled = true } = vpc as Partial<ec2.Vpc>;
  if (!privateDnsEnabled || (dnsHostnamesEnabled && dnsSupportEnabled)) return;
  throw new ContainersError(
    `the VPC '${vpc.node.path}' must have enableDnsHostnames and enableDnsSupport, got one of them off: without them the names of the services do not lead to the endpoints`,
  );
}

/** Fails when nobody said which route tables the subnets have. */
export function checkRouteTables(vpc: ec2.IVpc, subnets: ec2.ISubnet[], name: string): void {
  const bare = subnets.find(({ routeTable }) => !routeTable?.routeTableId);
  if (!bare) return;
  throw new ContainersError(
    `the gateway endpoint for ${name} must know the route tables of its subnets, got '${bare.node.path}' without one: import the VPC '${vpc.node.path}' with isolatedSubnetRouteTableIds or privateSubnetRouteTableIds`,
  );
}

/** What deployment would refuse: endpoints that somebody adds beside the ones made here. */
export function twinsOf(vpc: ec2.IVpc, mine: [name: string, endpoint: ec2.VpcEndpoint][]): string[] {
  const present = endpointsIn(vpc);
  return mine.flatMap(([name, { node }]) => {
    const own = node.defaultChild as ec2.CfnVPCEndpoint;
    return present
      .filter((other) => other.resource !== own && leadsTo(other, name) && excludes(own, other.resource))
      .map(
        ({ resource: other }) =>
          `the VPC '${vpc.node.path}' must have one endpoint for ${name}, got '${own.node.path}' and '${other.node.path}': ` +
          'make the second one before WorkloadEndpoints, which then leaves it to you, or remove it',
      );
  });
}

/** Names lead to one interface, and routes to one gateway. */
function excludes(one: ec2.CfnVPCEndpoint, other: ec2.CfnVPCEndpoint): boolean {
  if (one.vpcEndpointType === ec2.VpcEndpointType.INTERFACE) {
    return [one, other].every(({ privateDnsEnabled }) => privateDnsEnabled === true);
  }
  return (one.routeTableIds ?? []).some((table) => other.routeTableIds?.includes(table));
}
