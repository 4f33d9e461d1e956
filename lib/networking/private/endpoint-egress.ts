import { aws_ec2 as ec2, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { connectableOf } from './endpoint-access';
import type { Visitor } from './endpoint-access';
import { isOfType, resourcesOf } from '../../rules/resources';

/** Gateways change routes, not addresses: those of S3 and DynamoDB are public, and a security group that is closed has no rule for them. */
export function warnOfEgress({ workload, resources }: Visitor, gateways: string[]): void {
  if (gateways.length === 0) return;
  const clients = [...resources.services, ...resources.instances].map((each) => connectableOf(each, workload));
  const groups = new Set(clients.flatMap((client) => client?.connections.securityGroups ?? []));
  groups.forEach((group) => {
    if (!isClosed(group)) return;
    Validations.of(workload).addWarning(
      'cdk-containers:EndpointEgress',
      `the security group '${group.node.path}' lets nothing out to ${gateways.join(' and ')}, whose addresses are public, also behind a gateway: ` +
        'add an outbound rule on port 443 for the prefix list of the service with ec2.Peer.prefixList(…), or leave allowAllOutbound out.',
    );
  });
}

/** A rule as CloudFormation has it. */
type RuleJson = Partial<Pick<ec2.CfnSecurityGroupEgress, 'destinationPrefixListId' | 'cidrIp' | 'cidrIpv6'>>;

/** True for a group of this app with no rule that may lead out of the VPC. */
function isClosed(group: ec2.ISecurityGroup): boolean {
  const { defaultChild } = group.node;
  if (group.allowAllOutbound || !defaultChild || !isGroup(defaultChild)) return false;
  const inline = (Stack.of(group).resolve(defaultChild.securityGroupEgress) ?? []) as RuleJson[];
  const others = resourcesOf<ec2.CfnSecurityGroupEgress>(group, ec2.CfnSecurityGroupEgress.CFN_RESOURCE_TYPE_NAME);
  return ![...inline, ...others].some(leadsOut);
}

function isGroup(construct: IConstruct): construct is ec2.CfnSecurityGroup {
  return isOfType(construct, ec2.CfnSecurityGroup.CFN_RESOURCE_TYPE_NAME);
}

/** What is a token may lead anywhere. */
function leadsOut({ destinationPrefixListId, cidrIp, cidrIpv6 }: RuleJson): boolean {
  if (destinationPrefixListId !== undefined || cidrIpv6 !== undefined) return true;
  return cidrIp !== undefined && !INSIDE.test(String(cidrIp));
}

/** Private addresses, and the one that CDK writes where nothing goes out. */
const INSIDE = /^(10|192\.168|172\.(1[6-9]|2\d|3[01])|255\.255\.255\.255)[./]/;
