import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { warnWithoutEndpoints } from '../../networking/private/vpc-endpoints';
import { checkWhole, ContainersError } from '../../rules/errors';
import { resourcesOf } from '../../rules/resources';

/** Where tasks are placed. */
export interface PlacementOptions {
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly assignPublicIp?: boolean;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html */
const SECURITY_GROUPS = { min: 1, max: 5 };

const WAYS_OUT =
  'use a VPC with private subnets, or set assignPublicIp to true with vpcSubnets { subnetType: ec2.SubnetType.PUBLIC }';

/** Chooses the subnets of tasks, and refuses those from which no image can be pulled. */
export function chooseSubnets(scope: Construct, vpc: ec2.IVpc, options: PlacementOptions): ec2.SubnetSelection {
  checkWhole('the number of securityGroups', options.securityGroups?.length, SECURITY_GROUPS);
  const { selection, isPublic } = select(scope, vpc, options, { who: 'tasks', waysOut: WAYS_OUT });
  if (isPublic && !options.assignPublicIp) {
    throw new ContainersError(
      `tasks in public subnets must have assignPublicIp true, or they reach nothing and pull no image, got vpcSubnets that are public: ${WAYS_OUT}`,
    );
  }
  return selection;
}

/** Chooses the subnets of instances, which never have a public address. */
export function chooseInstanceSubnets(
  scope: Construct,
  vpc: ec2.IVpc,
  vpcSubnets: ec2.SubnetSelection | undefined,
): ec2.SubnetSelection {
  const { selection, isPublic } = select(
    scope,
    vpc,
    { vpcSubnets },
    {
      who: 'instances',
      waysOut: 'use a VPC with private subnets',
    },
  );
  if (isPublic) {
    throw new ContainersError(
      'vpcSubnets must not be public, because instances have no public address and would reach nothing: leave it out for the private subnets',
    );
  }
  return selection;
}

/** What is placed, and what to do where it has no place. */
interface Placed {
  readonly who: 'tasks' | 'instances';
  readonly waysOut: string;
}

function select(scope: Construct, vpc: ec2.IVpc, options: PlacementOptions, placed: Placed) {
  const selection = options.vpcSubnets ?? defaultSubnets(vpc, options, placed);
  const chosen = vpc.selectSubnets(selection);
  if (chosen.isPendingLookup) return { selection: orMadeUp(chosen, selection), isPublic: false };
  const ids = new Set(chosen.subnetIds);
  if (ids.size === 0) {
    throw new ContainersError(
      'vpcSubnets must select at least one subnet, got none: leave it out for the private subnets',
    );
  }
  const isolated = new Set(vpc.isolatedSubnets.map(({ subnetId }) => subnetId));
  const subnets = chosen.subnets.filter((subnet) => isolated.has(subnet.subnetId) || leadsNowhere(vpc, subnet));
  if (subnets.length > 0) warnWithoutEndpoints(scope, { vpc, subnets, who: placed.who });
  return { selection, isPublic: vpc.publicSubnets.some((subnet) => ids.has(subnet.subnetId)) };
}

/** Before it was looked up, a VPC has only subnets that CDK made up: there is nothing to judge, and any of them will do. */
function orMadeUp({ subnets }: ec2.SelectedSubnets, selection: ec2.SubnetSelection): ec2.SubnetSelection {
  return subnets.length > 0 ? selection : { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
}

/** True for a subnet of this app that the VPC does not know, such as those for data of a network, to which nobody gave a route. */
function leadsNowhere(vpc: ec2.IVpc, subnet: ec2.ISubnet): boolean {
  if ([...vpc.publicSubnets, ...vpc.privateSubnets].some(({ subnetId }) => subnetId === subnet.subnetId)) return false;
  const isOfThisApp = resourcesOf(subnet, ec2.CfnSubnet.CFN_RESOURCE_TYPE_NAME).length > 0;
  if (!isOfThisApp) return false;
  const routes = resourcesOf<ec2.CfnRoute>(vpc.node.root, ec2.CfnRoute.CFN_RESOURCE_TYPE_NAME);
  return !routes.some(({ routeTableId }) => routeTableId === subnet.routeTable.routeTableId);
}

function defaultSubnets(
  vpc: ec2.IVpc,
  { assignPublicIp }: PlacementOptions,
  { who, waysOut }: Placed,
): ec2.SubnetSelection {
  if (assignPublicIp) {
    if (vpc.publicSubnets.length === 0) {
      throw new ContainersError('assignPublicIp needs public subnets, and the VPC has none: leave it out');
    }
    return { subnetType: ec2.SubnetType.PUBLIC };
  }
  if (vpc.privateSubnets.length > 0) return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  if (vpc.isolatedSubnets.length > 0) return { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  throw new ContainersError(`${who} need private subnets, and the VPC has none: ${waysOut}`);
}
