import { Validations } from 'aws-cdk-lib';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { networkOf } from './controller-network';
import { choosePrivateSubnets } from './private-subnets';
import { endpointsIn, leadsTo } from '../../networking/private/vpc-endpoints';
import { ContainersError, isToken } from '../../rules/errors';
import { NODE_ENDPOINTS } from '../../rules/nodes';
import { knownZones } from '../../rules/zones';
import type { NodeOptions } from '../node-options';

/** Where nodes stand. */
export interface NodePlace {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly subnets: ec2.ISubnet[];
}

/** Chooses the subnets of nodes, which have no public address: all private ones, so that they stand in every zone. */
export function chooseNodeSubnets(scope: Construct, options: NodeOptions): NodePlace {
  const vpc = vpcOf(options);
  const { vpcSubnets, chosen } = choosePrivateSubnets(vpc, options.vpcSubnets, {
    need: 'nodes need private subnets',
    because: 'nodes have no public address and would reach nothing',
  });
  const { subnets, isPendingLookup } = chosen;
  if (!isPendingLookup) {
    if (vpc.isolatedSubnets.some(({ subnetId }) => chosen.subnetIds.includes(subnetId))) {
      warnWithoutEndpoints(scope, vpc);
    }
    if (!options.vpcSubnets) warnOfOneZone(scope, subnets);
  }
  return { vpc, vpcSubnets, subnets };
}

function vpcOf({ cluster, vpc }: NodeOptions): ec2.IVpc {
  const known = networkOf(cluster, vpc);
  if (known) return known;
  throw new ContainersError(
    'vpc must be given, got none: the cluster is imported without its VPC, and nodes need its subnets',
  );
}

function warnOfOneZone(scope: Construct, subnets: ec2.ISubnet[]): void {
  // One that stands for a list of nobody knows how many is in as many zones.
  const isList = subnets.some(({ subnetId }) => isToken([subnetId]) && !isToken(subnetId));
  const zones = knownZones(subnets);
  if (zones.length !== 1 || isList) return;
  Validations.of(scope).addWarning(
    'cdk-containers:NodesOneZone',
    'all private subnets of the VPC are in one zone, so all nodes go when it fails: use a VPC with private subnets in two zones or more.',
  );
}

/** Endpoints may be made after the nodes, so the app is looked at when all is there. */
function warnWithoutEndpoints(scope: Construct, vpc: ec2.IVpc): void {
  scope.node.addValidation({
    validate() {
      const present = endpointsIn(vpc);
      const missing = NODE_ENDPOINTS.filter((name) => !present.some((endpoint) => leadsTo(endpoint, name)));
      if (missing.length === 0) return [];
      Validations.of(scope).addWarning(
        'cdk-containers:NodesIsolatedWithoutEndpoints',
        `nodes are in isolated subnets, and this app knows of no endpoint of the VPC for ${missing.join(', ')}: nodes join, and pull images, through them. Make the endpoints, or use private subnets.`,
      );
      return [];
    },
  });
}
