import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { ManagedPolicyRole } from '../../identity/private/managed-policy-role';
import { acknowledgeWildcards } from '../../identity/private/wildcards';
import { EKS_WILDCARDS } from '../../rules/eks-findings';

/**
 * Lets a role do what the network plugin does with IPv6, for which AWS has no managed policy.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html#cni-iam-role-create-ipv6-policy
 * @see https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/iam-policy.md (v1.23)
 */
export function allowIpv6Networking(role: ManagedPolicyRole): void {
  const statements = [
    new iam.PolicyStatement({
      actions: [
        'ec2:AssignIpv6Addresses',
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeTags',
      ],
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources: [Stack.of(role).formatArn({ service: 'ec2', resource: 'network-interface', resourceName: '*' })],
    }),
  ];
  statements.forEach((statement) => role.addToPrincipalPolicy(statement));
  acknowledgeWildcards(role, statements, EKS_WILDCARDS.networking);
}
