import { aws_ec2 as ec2, Stack, Stage, Validations } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { warnOfEgress } from './endpoint-egress';
import { RoleActions } from './role-actions';
import { needsOf } from './workload-needs';
import type { WorkloadNeeds } from './workload-needs';
import { resourcesOfWorkload } from './workload-resources';
import { isGateway } from '../../rules/endpoints';
import { isOneEnvironment } from '../../rules/environments';
import { resourcesOf } from '../../rules/resources';

/** An endpoint that this app makes. */
export interface PresentEndpoint {
  readonly resource: ec2.CfnVPCEndpoint;
  /** What it leads to, with the region that stands in it, as JSON. */
  readonly service: string;
}

/** The endpoints of a VPC that this app makes, wherever they stand. */
export function endpointsIn(vpc: ec2.IVpc): PresentEndpoint[] {
  return endpointsOf(vpc, endpointsByVpc(vpc.node.root));
}

/** Ids may be the same in several accounts, and before VPCs were looked up. */
function endpointsOf(vpc: ec2.IVpc, byVpc: ReadonlyMap<string, PresentEndpoint[]>): PresentEndpoint[] {
  if (isPending(vpc)) return [];
  const all = byVpc.get(vpc.vpcId) ?? [];
  return all.filter(({ resource }) => isOneEnvironment(vpc.env, Stack.of(resource)));
}

/** True for a VPC that CDK made up until it is looked up. */
export function isPending(vpc: ec2.IVpc): boolean {
  return vpc.selectSubnets({ subnets: [] }).isPendingLookup ?? false;
}

/** True for an endpoint of the service, also the one with FIPS. */
export function leadsTo({ service }: PresentEndpoint, name: string): boolean {
  return [`.${name}"`, `.${name}-fips"`].some((end) => service.includes(end));
}

/** True for a network interface of the service. */
export function isInterfaceOf(endpoint: PresentEndpoint, name: string): boolean {
  return leadsTo(endpoint, name) && endpoint.resource.vpcEndpointType === ec2.VpcEndpointType.INTERFACE;
}

/** True for one that the usual name of the service leads to. */
export function isNamed(endpoint: PresentEndpoint, name: string): boolean {
  return isInterfaceOf(endpoint, name) && !!endpoint.resource.privateDnsEnabled;
}

/** The subnets without routes to a gateway of the service. Where nobody says which route tables they have, any gateway will do. */
export function withoutGateway(subnets: ec2.ISubnet[], name: string, present: PresentEndpoint[]): ec2.ISubnet[] {
  const gateways = present.filter((endpoint) => leadsTo(endpoint, name) && isGatewayType(endpoint.resource));
  const tables = gateways.flatMap(({ resource }) => resource.routeTableIds ?? []);
  return subnets.filter(({ routeTable }) => {
    const table = routeTable?.routeTableId;
    return table === undefined ? gateways.length === 0 : !tables.includes(table);
  });
}

/** The type of an endpoint is a gateway where nobody says it. */
function isGatewayType({ vpcEndpointType }: ec2.CfnVPCEndpoint): boolean {
  return (vpcEndpointType ?? ec2.VpcEndpointType.GATEWAY) === ec2.VpcEndpointType.GATEWAY;
}

/** What an app makes at this moment, by the ids of VPCs. */
function endpointsByVpc(app: IConstruct): ReadonlyMap<string, PresentEndpoint[]> {
  const endpoints = new Map<string, PresentEndpoint[]>();
  for (const resource of resourcesOf<ec2.CfnVPCEndpoint>(app, ec2.CfnVPCEndpoint.CFN_RESOURCE_TYPE_NAME)) {
    const service = JSON.stringify(Stack.of(resource).resolve(resource.serviceName)) ?? '';
    endpoints.set(resource.vpcId, [...(endpoints.get(resource.vpcId) ?? []), { resource, service }]);
  }
  return endpoints;
}

/** The last part of a service's name, as the tables have it: `ecr.api`. */
export function nameOfService(
  scope: Construct,
  service: ec2.IInterfaceVpcEndpointService | ec2.IGatewayVpcEndpointService,
): string {
  if ('shortName' in service) return String(service.shortName);
  const resolved: unknown = Stack.of(scope).resolve(service.name);
  const text = typeof resolved === 'string' ? resolved : JSON.stringify(resolved);
  const [, name] =
    /com\.amazonaws\.(?:[a-z0-9-]+|",\{"Ref":"AWS::Region"\},")\.([a-z0-9.-]+)"?[\]}]*$/.exec(text) ?? [];
  return name ?? text;
}

/** A workload that is looked at, where it runs and what to call it. */
interface Watch {
  readonly vpc: ec2.IVpc;
  readonly who: string;
  /** Those that lead nowhere. */
  readonly subnets: ec2.ISubnet[];
}

/** By the stage that is synthesized at once, and by workload. */
const watches = new WeakMap<IConstruct, Map<IConstruct, Watch>>();

/**
 * Endpoints may be made after the workload, and permissions granted after both, so it is looked at when all is there.
 */
export function warnWithoutEndpoints(workload: IConstruct, watch: Watch): void {
  const stage = Stage.of(workload) ?? workload.node.root;
  const watched = watches.get(stage) ?? lookAt(stage);
  if (!watched.has(workload)) watched.set(workload, watch);
}

/** One look at the app for all workloads of a stage, at each synthesis anew. */
function lookAt(stage: IConstruct): Map<IConstruct, Watch> {
  const watched = new Map<IConstruct, Watch>();
  watches.set(stage, watched);
  stage.node.addValidation({
    validate() {
      const roles = new RoleActions(stage.node.root);
      const endpoints = endpointsByVpc(stage.node.root);
      watched.forEach((each, workload) => {
        const resources = resourcesOfWorkload(workload);
        const needs = needsOf(workload, resources, roles);
        warnOfMissing(workload, each, needs, endpointsOf(each.vpc, endpoints));
        warnOfEgress({ workload, resources }, [...needs.reasons.keys()].filter(isGateway));
      });
      return [];
    },
  });
  return watched;
}

function warnOfMissing(
  workload: IConstruct,
  { who, subnets }: Watch,
  { reasons, farImages }: WorkloadNeeds,
  present: PresentEndpoint[],
): void {
  const lacks = (name: string) =>
    isGateway(name)
      ? withoutGateway(subnets, name, present).length > 0
      : !present.some((endpoint) => isNamed(endpoint, name));
  const missing = [...reasons].filter(([name]) => lacks(name));
  const useless = present.find((endpoint) => missing.some(([name]) => leadsTo(endpoint, name)));
  const sentences = [
    ...(missing.length > 0 ? [`this app knows of no endpoint of the VPC for ${inWords(missing)}. ${MAKE_THEM}`] : []),
    ...(useless ? [`'${useless.resource.node.path}' does not serve them: ${SERVES}.`] : []),
    ...(farImages.length > 0 ? [`no endpoint leads to the image '${farImages[0]}'. ${COPY_IT}`] : []),
  ];
  if (sentences.length === 0) return;
  Validations.of(workload).addWarning(
    'cdk-containers:SubnetsIsolatedWithoutEndpoints',
    `${who} are in isolated subnets, and ${sentences.join(' And ')}`,
  );
}

const MAKE_THEM =
  'Make WorkloadEndpoints for this workload, and name in `services` what it is granted later; or use private subnets.';
const SERVES = 'an interface needs private DNS, and a gateway the route tables of the subnets';
const COPY_IT = 'Copy it to ECR in this region, or use private subnets.';

/** `ecr.api, s3, because an image comes from ECR; logs, because …`. */
function inWords(missing: [name: string, reason: string][]): string {
  const reasons = [...new Set(missing.map(([, reason]) => reason))];
  const namesFor = (reason: string) => missing.filter(([, other]) => other === reason).map(([name]) => name);
  return reasons.map((reason) => `${namesFor(reason).join(', ')}, because ${reason}`).join('; ');
}
