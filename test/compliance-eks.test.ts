import { describeAcknowledgements } from './support/acknowledgements';
import type { AcknowledgedRow as Row } from './support/acknowledgements';
import { everythingEks } from './support/everything-eks';
import { EKS_FINDINGS, EKS_POLICIES, eksPolicyFinding } from '../lib/rules/eks-findings';

const ALL = ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321'];
const NAG = ['AwsSolutions'];
const CLUSTERS = ['Auto', 'Ipv6', 'K8s', 'Serverless', 'Windows'];
const CONTROLLER = 'Balancers/ControllerRole';

/** Which roles have which policy of AWS. */
const POLICIES: Record<string, string[]> = {
  AmazonEC2ContainerRegistryPullOnly: [
    ...['Auto/NodeRole', 'General/Role', 'Ipv6Nodes/Role', 'Karpenter/NodeRole', 'Site/Role', 'Special/Role'],
  ],
  AmazonEKSBlockStoragePolicy: ['Auto/Role'],
  AmazonEKSClusterPolicy: CLUSTERS.map((cluster) => `${cluster}/Role`),
  AmazonEKSComputePolicy: ['Auto/Role'],
  AmazonEKSFargatePodExecutionRolePolicy: ['Pods/Role', 'Serverless/SystemPods/Role'],
  AmazonEKSLoadBalancingPolicy: ['Auto/Role'],
  AmazonEKSNetworkingPolicy: ['Auto/Role'],
  AmazonEKSVPCResourceController: ['Windows/Role'],
  AmazonEKSWorkerNodeMinimalPolicy: ['Auto/NodeRole'],
  AmazonEKSWorkerNodePolicy: ['General/Role', 'Ipv6Nodes/Role', 'Karpenter/NodeRole', 'Special/Role'],
  AmazonEKS_CNI_Policy: ['K8s/AddOn-vpc-cni/Role-aws-node', 'Special/Role', 'Windows/AddOn-vpc-cni/Role-aws-node'],
  AmazonSSMManagedInstanceCore: ['Site/Role'],
};

/** What has an id that nobody knows before, by service and the policies that name it. */
const IN_ACCOUNT: [service: string, resource: string, policies: string[]][] = [
  ['acm', 'certificate/*', [`${CONTROLLER}/Policy`]],
  ['autoscaling', 'autoScalingGroup:*:autoScalingGroupName/<SpecialAutoScalingGroupASGE2C2A4AA>', ['Drain/Policy']],
  ['cognito-idp', 'userpool/*', [`${CONTROLLER}/Policy`]],
  ['ec2', 'coip-pool/*', [`${CONTROLLER}/Policy`]],
  ['ec2', 'network-interface/*', ['Ipv6/AddOn-vpc-cni/Role-aws-node/Policy', 'Ipv6Nodes/Role/Policy']],
  ['ec2', 'security-group/*', [`${CONTROLLER}/Policy`, `${CONTROLLER}/Policy2`]],
  ...['listener-rule/*', 'listener-rule/app/*/*/*', 'listener-rule/net/*/*/*']
    .concat('listener/*', 'listener/app/*/*/*', 'listener/net/*/*/*')
    .map((each): [string, string, string[]] => ['elasticloadbalancing', each, [`${CONTROLLER}/Policy3`]]),
  ...['loadbalancer/app/*/*', 'loadbalancer/net/*/*'].map((each): [string, string, string[]] => [
    'elasticloadbalancing',
    each,
    [`${CONTROLLER}/Policy2`],
  ]),
  ...['loadbalancer/*', 'targetgroup/*', 'targetgroup/*/*'].map((each): [string, string, string[]] => [
    'elasticloadbalancing',
    each,
    [`${CONTROLLER}/Policy2`, `${CONTROLLER}/Policy3`],
  ]),
  ['ssm', 'managed-instance/*', ['Site/Role/Policy']],
];

const GLOBAL: [resource: string, policy: string][] = [
  ['ec2:<AWS::Region>:*:vpc/<Vpc8378EB38>', `${CONTROLLER}/Policy`],
  ['iam::<AWS::AccountId>:instance-profile/*', 'Karpenter/ControllerRole/Policy'],
  ['iam::<AWS::AccountId>:role/aws-service-role/elasticloadbalancing.amazonaws.com/*', `${CONTROLLER}/Policy`],
  ['iam::<AWS::AccountId>:server-certificate/*', `${CONTROLLER}/Policy`],
  ['ssm:<AWS::Region>::parameter/aws/service/*', 'Karpenter/ControllerRole/Policy'],
];

const QUEUES = { 'Karpenter/Queue': 'Reservation', 'Special/Interruption': 'Drain' };

/** Every finding in Kubernetes that the library acknowledges, as in compliance.test.ts. */
const ACKNOWLEDGED: Row[] = [
  ['AS3', ['Special/AutoScalingGroup'], NAG],
  ['CloudWatchLogGroupEncrypted', [...CLUSTERS.map((cluster) => `${cluster}/Logs`), 'Pods/LogGroup'], ALL],
  ['EC26', ['Special/AutoScalingGroup'], NAG],
  ['EC2IMDSv2Enabled', ['Special/AutoScalingGroup'], ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5']],
  ...Object.entries(QUEUES).map(([queue, own]): Row => [
    'EventBusDLQ',
    ['Health', 'Rebalance', 'Spot', 'State', own].map((rule) => `${queue}${rule}`),
    ['Serverless'],
  ]),
  ...Object.entries(POLICIES).map(([policy, roles]): Row => [
    `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
    roles.map((role) => `${role}/Role`),
    NAG,
  ]),
  [
    'IAM5[Resource::*]',
    [
      ...[`${CONTROLLER}/Policy`, 'Drain/Policy', 'General/Role/Policy', 'Ipv6/AddOn-vpc-cni/Role-aws-node/Policy'],
      ...['Ipv6Nodes/Role/Policy', 'Karpenter/ControllerRole/Policy', 'Site/Role/Policy'],
    ],
    NAG,
  ],
  ...IN_ACCOUNT.map(([service, resource, policies]): Row => [
    `IAM5[Resource::arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}]`,
    policies,
    NAG,
  ]),
  ...GLOBAL.map(([resource, policy]): Row => [`IAM5[Resource::arn:<AWS::Partition>:${resource}]`, [policy], NAG]),
  ['SQS3', Object.keys(QUEUES), NAG],
  ['SQSRedrivePolicy', Object.keys(QUEUES), ['Serverless']],
  // The engine of CDK itself is no pack.
  ['F3002', ['Auto/Cluster'], ['']],
  ['W9009', CLUSTERS.map((cluster) => `${cluster}/Cluster`), ['']],
];

describeAcknowledgements({
  app: everythingEks,
  stack: 'Fleet',
  rows: ACKNOWLEDGED,
  table: {
    ...EKS_FINDINGS,
    ...Object.fromEntries(EKS_POLICIES.map((policy) => [policy, eksPolicyFinding(policy)])),
  },
  theirs: ['Vpc', 'DualStack', 'Key'],
});
