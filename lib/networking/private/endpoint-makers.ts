import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkDns, checkRouteTables } from './endpoint-checks';
import { onePerZone } from './endpoint-places';
import { leadsTo, nameOfService } from './vpc-endpoints';
import { ENDPOINTS } from '../../rules/endpoints';
import { ContainersError } from '../../rules/errors';

/** Where endpoints are made, and what is there. */
interface NetworkOptions<S> {
  readonly vpc: ec2.IVpc;
  /** Where the workloads are. */
  readonly places: ec2.ISubnet[];
  readonly present: ec2.CfnVPCEndpoint[];
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
  const lacking = lackingIn(scope, { ...options, needed }, (name) => new ec2.GatewayVpcEndpointAwsService(name));
  return Object.fromEntries(
    lacking.map(([name, service]) => {
      checkRouteTables(vpc, places, name);
      const id = `${pascal(name)}Gateway`;
      return [name, new ec2.GatewayVpcEndpoint(scope, id, { vpc, service, subnets: [{ subnets: places }] })];
    }),
  );
}

/** What was made of interface endpoints. */
export interface Interfaces {
  readonly endpoints: { readonly [service: string]: ec2.InterfaceVpcEndpoint };
  /** Of all of them. */
  readonly securityGroup?: ec2.SecurityGroup;
}

/** Makes the interface endpoints that the VPC lacks. */
export function makeInterfaces(scope: Construct, options: InterfaceOptions): Interfaces {
  const { vpc, privateDnsEnabled } = options;
  const needed = options.needed.filter((name) => !isGateway(name));
  const lacking = lackingIn(scope, { ...options, needed }, (name) => new ec2.InterfaceVpcEndpointAwsService(name));
  if (lacking.length === 0) return { endpoints: {} };
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
  return { endpoints: Object.fromEntries(made), securityGroup };
}

/** What is wanted, by name, and has no endpoint in the VPC yet. */
function lackingIn<S extends ec2.IInterfaceVpcEndpointService | ec2.IGatewayVpcEndpointService>(
  scope: Construct,
  { needed, more = [], present }: NetworkOptions<S>,
  serviceOf: (name: string) => S,
): [string, S][] {
  const wanted = new Map<string, S>([
    ...needed.map((name): [string, S] => [name, serviceOf(name)]),
    ...more.map((service): [string, S] => [nameOfService(scope, service), service]),
  ]);
  return [...wanted].filter(([name]) => !present.some((endpoint) => leadsTo(endpoint, name)));
}

function isGateway(name: string): boolean {
  return ENDPOINTS[name]?.gateway ?? false;
}

function subnetsFor({ vpc, subnets, places }: InterfaceOptions): ec2.ISubnet[] {
  const chosen = onePerZone(subnets ? vpc.selectSubnets(subnets).subnets : places);
  if (chosen.length > 0) return chosen;
  throw new ContainersError(
    'subnets must select at least one subnet for the endpoints, got none: leave it out for those of the workloads',
  );
}

/** The id of a construct: `EcrApi`. */
function pascal(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
}
