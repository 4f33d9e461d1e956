import { checkPattern, checkWhole, ContainersError } from './errors';
import { checkGiven, checkList } from './given';

/**
 * What Amazon ECS Gateway allows.
 *
 * Source: ECS API model in botocore 1.44.5 and the CloudFormation template reference, November 2026:
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateGateway.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AssociateGatewayWithCluster.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GatewayConnector.html
 */
const GATEWAYS_PER_CLUSTER = 5;

/** What ELB takes for a header in a rule. */
const HEADER = { name: /^(?!host$)[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$/i, value: /^[\x20-\x7e]{1,128}$/ };

/** What a gateway is told. */
export interface GatewaySettings {
  readonly gatewayName?: string;
  readonly maxLoadBalancers?: number;
  readonly testTrafficHeader?: { readonly name: string; readonly values: string[] };
}

export function checkGateway({ gatewayName, maxLoadBalancers, testTrafficHeader }: GatewaySettings): void {
  checkPattern(
    'gatewayName',
    gatewayName,
    /^[a-zA-Z0-9-]{1,255}$/,
    "1 to 255 letters, digits and hyphens, such as 'public-shop'",
  );
  checkWhole('maxLoadBalancers', maxLoadBalancers, { min: 1, max: Infinity });
  if (!testTrafficHeader) return;
  const { name, values } = testTrafficHeader;
  checkGiven('testTrafficHeader.name', name);
  checkPattern(
    'testTrafficHeader.name',
    name,
    HEADER.name,
    "the name of a header of at most 40 characters, not 'Host'",
  );
  checkList('testTrafficHeader.values', values);
  if (!values?.length) {
    throw new ContainersError('testTrafficHeader.values must have a value at least, got none: name what testers send');
  }
  values.forEach((value) =>
    checkPattern('a value of testTrafficHeader', value, HEADER.value, 'printable, of 1 to 128 characters'),
  );
}

/** Fails when a cluster would have more gateways than ECS associates with it. */
export function checkGatewaysOfCluster(cluster: string, gateways: string[]): void {
  if (gateways.length <= GATEWAYS_PER_CLUSTER) return;
  throw new ContainersError(
    `a cluster must have at most ${GATEWAYS_PER_CLUSTER} gateways, got ${gateways.length} for '${cluster}': ` +
      `${gateways.map((gateway) => `'${gateway}'`).join(', ')}: let its services share some, or use another cluster`,
  );
}

/** The protocol of a health check. */
export function checkGatewayHealthProtocol(protocol: string | undefined): void {
  checkPattern('healthCheck.protocol', protocol, /^HTTPS?$/, 'HTTP or HTTPS');
}

/** gRPC codes that mean health. */
export function checkGrpcCodes(codes: string | undefined): void {
  checkPattern(
    'healthCheck.healthyGrpcCodes',
    codes,
    /^\d{1,2}([,-]\d{1,2})*$/,
    "gRPC codes such as '0', '0,12' or '0-5'",
  );
}

/** Codes of one kind, by which ECS knows what tasks speak. */
export function checkOneMatcher(check: {
  readonly healthyHttpCodes?: string;
  readonly healthyGrpcCodes?: string;
}): void {
  if (check.healthyHttpCodes === undefined || check.healthyGrpcCodes === undefined) return;
  throw new ContainersError(
    `healthCheck must have healthyHttpCodes or healthyGrpcCodes, got '${check.healthyHttpCodes}' and '${check.healthyGrpcCodes}': leave out those that the container does not answer with`,
  );
}

/** Fails for load balancers without a way to the internet whose gateway is public; ids of subnets are compared. */
export function checkPublicSubnets(gateway: string, chosen: string[], inside: string[]): void {
  if (chosen.length === 0 || !chosen.every((id) => inside.includes(id))) return;
  throw new ContainersError(
    `loadBalancerSubnets must be public for a gateway that is not internal, got private ones for '${gateway}': use internal: true, or public subnets`,
  );
}

/** Zones are names, or what a stack without an environment says instead, as JSON; the two are not compared. */
export function checkGatewayZones(service: string, gateway: string, has: string[], tasks: string[]): void {
  const numbered = (zone: string) => zone.startsWith('{');
  if (has.length === 0 || [...has, ...tasks].some((zone) => numbered(zone) !== numbered(has[0]))) return;
  const missing = tasks.filter((zone) => !has.includes(zone));
  if (missing.length === 0) return;
  const shown = (zone: string) => (numbered(zone) ? `zone ${Number(/\d+/.exec(zone)) + 1} of the region` : zone);
  throw new ContainersError(
    `'${service}' must run in the zones of '${gateway}' (${has.map(shown).join(', ')}), got ${missing.map(shown).join(', ')} too: ` +
      'ECS connects a service only to a gateway that covers all of its zones, so choose vpcSubnets or loadBalancerSubnets that agree',
  );
}

/** One connector for each service: two routes can only differ in which gateways they lead to. */
export function checkSameConnector(service: string, has: string, wants: string): void {
  if (has === wants) return;
  throw new ContainersError(
    `a service must have one port and one health check for all of its gateways, got two for '${service}': ECS takes one connector for a service, so give the routes the same options, or use an Ingress for one of them`,
  );
}
