import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkDns, checkRouteTables } from './endpoint-checks';
import { onePerZone } from './endpoint-places';
import { isInterfaceOf, isNamed, isPending, nameOfService, withoutGateway } from './vpc-endpoints';
import type { PresentEndpoint } from './vpc-endpoints';
import { isGateway } from '../../rules/endpoints';
import { ContainersError } from '../../rules/errors';

/** Where endpoints are made, and what is there. */
interface NetworkOptions<S> {
  readonly vpc: ec2.IVpc;
  /** Where the workloads are. */
  readonly places: ec2.ISubnet[];
  readonly present: PresentEndpoint[];
  /** The names of all that workloads need. */
  readonly needed: string[];
  readonly more?: S[];
}

interface InterfaceOptions extends NetworkOptions<ec2.IInterfaceVpcEndpointService> {
  readonly subnets?: ec2.SubnetSelection;
  readonly privateDnsEnabled?: boolean;
}

/** Makes the gateways that the VPC lacks, with routes for the subnets of the workloads. */
export function makeGateways(
  scope: Construct,
  options: NetworkOptions<ec2.IGatewayVpcEndpointService>,
): { readonly [service: string]: ec2.GatewayVpcEndpoint } {
  const { vpc, places } = options;
  const needed = options.needed.filter(isGateway);
  const wanted = wantedIn(scope, { ...options, needed }, (name) => new ec2.GatewayVpcEndpointAwsService(name));
  return Object.fromEntries(
    wanted.flatMap(([name, service]) => {
      const subnets = withoutGateway(places, name, options.present);
      if (subnets.length === 0) return [];
      checkRouteTables(vpc, subnets, name);
      const id = `${pascal(name)}Gateway`;
      return [[name, new ec2.GatewayVpcEndpoint(scope, id, { vpc, service, subnets: [{ subnets }] })]];
    }),
  );
}

/** What was made of interface endpoints. */
export interface Interfaces {
  readonly endpoints: { readonly [service: string]: ec2.InterfaceVpcEndpoint };
  /** Of all of them. */
  readonly securityGroup?: ec2.SecurityGroup;
  /** Those on which they listen. */
  readonly ports: number[];
}

/** Makes the interface endpoints that the VPC lacks. */
export function makeInterfaces(scope: Construct, options: InterfaceOptions): Interfaces {
  const { vpc, privateDnsEnabled } = options;
  const needed = options.needed.filter((name) => !isGateway(name));
  const wanted = wantedIn(scope, { ...options, needed }, (name) => new ec2.InterfaceVpcEndpointAwsService(name));
  // Who wants no private names gives names of their own, and any interface will do.
  const serves = privateDnsEnabled === false ? isInterfaceOf : isNamed;
  const lacking = wanted.filter(([name]) => !options.present.some((endpoint) => serves(endpoint, name)));
  if (lacking.length === 0) return { endpoints: {}, ports: [] };
  checkDns(vpc, privateDnsEnabled);
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Endpoints of AWS services: in from the workloads',
    allowAllOutbound: false,
  });
  const subnets = { subnets: subnetsFor(options) };
  const made = lacking.map(([name, service]) => [
    name,
    new ec2.InterfaceVpcEndpoint(scope, pascal(name), {
      vpc,
      service,
      subnets,
      securityGroups: [securityGroup],
      open: false,
      // Services of others say themselves whether they have a name of their own.
      privateDnsEnabled: privateDnsEnabled === false ? false : undefined,
    }),
  ]);
  const ports = [...new Set(lacking.map(([, { port }]) => port))];
  return { endpoints: Object.fromEntries(made), securityGroup, ports };
}

/** What is wanted, by name. */
function wantedIn<S extends ec2.IInterfaceVpcEndpointService | ec2.IGatewayVpcEndpointService>(
  scope: Construct,
  { needed, more = [] }: NetworkOptions<S>,
  serviceOf: (name: string) => S,
): [string, S][] {
  const wanted = new Map<string, S>([
    ...needed.map((name): [string, S] => [name, serviceOf(name)]),
    ...more.map((service): [string, S] => [nameOfService(scope, service), service]),
  ]);
  return [...wanted];
}

function subnetsFor({ vpc, subnets, places }: InterfaceOptions): ec2.ISubnet[] {
  const chosen = onePerZone(subnets && !isPending(vpc) ? select(vpc, subnets) : places);
  if (chosen.length > 0) return chosen;
  throw new ContainersError(
    'subnets must select at least one subnet for the endpoints, got none: leave it out for those of the workloads',
  );
}

function select(vpc: ec2.IVpc, selection: ec2.SubnetSelection): ec2.ISubnet[] {
  try {
    return vpc.selectSubnets(selection).subnets;
  } catch (error) {
    throw new ContainersError(
      `subnets must select subnets of the VPC '${vpc.node.path}', got a selection that it refuses: ${(error as Error).message}`,
    );
  }
}

/** The id of a construct: `EcrApi`. */
function pascal(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
}
