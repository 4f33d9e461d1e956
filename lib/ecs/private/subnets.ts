import { aws_ec2 as ec2, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkWhole, ContainersError } from '../../rules/errors';

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

/** Chooses the subnets of the tasks, and refuses those from which no image can be pulled. */
export function chooseSubnets(scope: Construct, vpc: ec2.IVpc, options: PlacementOptions): ec2.SubnetSelection {
  checkWhole('the number of securityGroups', options.securityGroups?.length, SECURITY_GROUPS);
  const selection = options.vpcSubnets ?? defaultSubnets(vpc, options);
  const ids = new Set(vpc.selectSubnets(selection).subnetIds);
  if (ids.size === 0) {
    throw new ContainersError(
      'vpcSubnets must select at least one subnet, got none: leave it out for the private subnets',
    );
  }
  const isPublic = vpc.publicSubnets.some((subnet) => ids.has(subnet.subnetId));
  if (isPublic && !options.assignPublicIp) {
    throw new ContainersError(
      `tasks in public subnets must have assignPublicIp true, or they reach nothing and pull no image, got vpcSubnets that are public: ${WAYS_OUT}`,
    );
  }
  const isolated = vpc.isolatedSubnets.some((subnet) => ids.has(subnet.subnetId));
  if (isolated) warnWithoutEndpoints(scope, vpc);
  return selection;
}

function defaultSubnets(vpc: ec2.IVpc, { assignPublicIp }: PlacementOptions): ec2.SubnetSelection {
  if (assignPublicIp) {
    if (vpc.publicSubnets.length === 0) {
      throw new ContainersError('assignPublicIp needs public subnets, and the VPC has none: leave it out');
    }
    return { subnetType: ec2.SubnetType.PUBLIC };
  }
  if (vpc.privateSubnets.length > 0) return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  if (vpc.isolatedSubnets.length > 0) return { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  throw new ContainersError(`tasks need private subnets, and the VPC has none: ${WAYS_OUT}`);
}

/** Without these no image is pulled and no line is logged. S3 holds the layers of ECR's images. */
const NEEDED = ['ecr.api', 'ecr.dkr', 's3', 'logs'];

/** Endpoints may be made after the service, so they are counted at synthesis. */
function warnWithoutEndpoints(scope: Construct, vpc: ec2.IVpc): void {
  scope.node.addValidation({
    validate() {
      const present = vpc.node.root.node
        .findAll()
        .filter(
          (child): child is ec2.CfnVPCEndpoint =>
            CfnResource.isCfnResource(child) && child.cfnResourceType === ec2.CfnVPCEndpoint.CFN_RESOURCE_TYPE_NAME,
        )
        .filter((endpoint) => endpoint.vpcId === vpc.vpcId)
        .map((endpoint) => JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)));
      const missing = NEEDED.filter((name) => !present.some((service) => service.includes(`.${name}"`)));
      if (missing.length > 0) {
        Validations.of(scope).addWarning(
          'cdk-containers:SubnetsIsolatedWithoutEndpoints',
          `the tasks are in isolated subnets, and the VPC has no endpoints for ${missing.join(', ')} that this app knows of: ` +
            'without them no image is pulled and no log is written. Add them with vpc.addInterfaceEndpoint and vpc.addGatewayEndpoint, or use private subnets.',
        );
      }
      return [];
    },
  });
}
