import { aws_apigatewayv2 as apigatewayv2, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';
import type { RoutingTarget } from '../routing';
import { areDifferent, nameOf } from './vpcs';

/** How API Gateway comes into the network. */
export interface VpcLinkOptions {
  readonly vpcLink?: apigatewayv2.IVpcLink;
  readonly vpcLinkSecurityGroup?: ec2.ISecurityGroup;
  readonly vpcLinkSubnets?: ec2.SubnetSelection;
}

/** Fails for a link whose security group is unknown: only its subnets could be let in, and with them all that is there. */
export function checkVpcLink({ vpcLink, vpcLinkSecurityGroup, vpcLinkSubnets }: VpcLinkOptions): void {
  if (vpcLink && !vpcLinkSecurityGroup) {
    throw new ContainersError(
      'vpcLinkSecurityGroup must be given with vpcLink, got none: the tasks let in this security group and nobody else',
    );
  }
  if (vpcLink && vpcLinkSubnets) {
    throw new ContainersError('vpcLinkSubnets must be left out with vpcLink, got some: a link keeps its subnets');
  }
  if (!vpcLink && vpcLinkSecurityGroup) {
    throw new ContainersError(
      'vpcLinkSecurityGroup must be left out without vpcLink, got one: a new link has a security group of its own',
    );
  }
}

/** The link, which reaches the port of the tasks and nothing else. */
export function linkTo(scope: Construct, target: RoutingTarget, options: VpcLinkOptions): apigatewayv2.IVpcLink {
  if (options.vpcLink) checkNetwork(options.vpcLink.vpc, target.vpc);
  const { vpcLink, vpcLinkSecurityGroup } = options.vpcLink ? options : newVpcLink(scope, target.vpc, options);
  target.service.connections.allowFrom(vpcLinkSecurityGroup!, ec2.Port.tcp(target.port), 'API Gateway to the tasks');
  return vpcLink!;
}

function checkNetwork(linked: ec2.IVpc, own: ec2.IVpc): void {
  if (!areDifferent(linked, own)) return;
  throw new ContainersError(
    `vpcLink must be in the VPC of the service (${nameOf(own)}), got one in ${nameOf(linked)}: an API may have several links, so make one there`,
  );
}

function newVpcLink(scope: Construct, vpc: ec2.IVpc, { vpcLinkSubnets }: VpcLinkOptions): VpcLinkOptions {
  const vpcLinkSecurityGroup = new ec2.SecurityGroup(scope, 'VpcLinkSecurityGroup', {
    vpc,
    description: 'VPC link of API Gateway: out to the tasks',
    allowAllOutbound: false,
  });
  const vpcLink = new apigatewayv2.VpcLink(scope, 'VpcLink', {
    vpc,
    // The L2 wants private subnets with a way out, which a link does not need.
    subnets: vpcLinkSubnets ?? { subnets: vpc.selectSubnets().subnets },
    securityGroups: [vpcLinkSecurityGroup],
  });
  return { vpcLink, vpcLinkSecurityGroup };
}
