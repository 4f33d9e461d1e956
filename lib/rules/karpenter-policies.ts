import { arnAt, globalArnAt } from './controller-statements';
import type { ControllerPlace, ControllerStatement } from './controller-statements';

/**
 * What Karpenter does in an account: the permissions of its release 1.14.1, of July 2026.
 *
 * Source: https://karpenter.sh/v1.14/reference/cloudformation/ and the template that it describes, of the repository
 * aws/karpenter-provider-aws at commit 1d927085dd81 of 21 August 2026. Nothing here is wider than there.
 */

/** Tags by which Karpenter knows what it made. The name of the cluster is a part of the first one's key. */
const OWNED = (cluster: string) => `kubernetes.io/cluster/${cluster}`;
const CLUSTER_NAME = 'eks:eks-cluster-name';
const NODE_POOL = 'karpenter.sh/nodepool';
const NODE_CLASS = 'karpenter.k8s.aws/ec2nodeclass';
const REGION = 'topology.kubernetes.io/region';

/** Instances and their launch templates: made with the tags of the cluster, and changed or removed only with them. */
export function karpenterNodeStatements(place: ControllerPlace): ControllerStatement[] {
  const { cluster } = place;
  // Subnets, reservations and placement groups may be those of another account that shares them.
  const anyones = (type: string) => arnAt(place, 'ec2', `${type}/*`, '*');
  const ofNobody = (type: string) => arnAt(place, 'ec2', `${type}/*`, '');
  const made = ['fleet', 'instance', 'volume', 'network-interface', 'launch-template', 'spot-instances-request'].map(
    anyones,
  );
  const withTags = { [`aws:RequestTag/${OWNED(cluster)}`]: 'owned', [`aws:RequestTag/${CLUSTER_NAME}`]: cluster };
  const ofPoolToBe = { StringLike: { [`aws:RequestTag/${NODE_POOL}`]: '*' } };
  const isOwned = { [`aws:ResourceTag/${OWNED(cluster)}`]: 'owned' };
  const ofPool = { StringLike: { [`aws:ResourceTag/${NODE_POOL}`]: '*' } };
  return [
    {
      sid: 'AllowScopedEC2InstanceAccessActions',
      actions: ['ec2:RunInstances', 'ec2:CreateFleet'],
      resources: [
        ...['image', 'snapshot'].map(ofNobody),
        ...['security-group', 'subnet', 'capacity-reservation', 'placement-group'].map(anyones),
      ],
    },
    {
      sid: 'AllowScopedEC2LaunchTemplateAccessActions',
      actions: ['ec2:RunInstances', 'ec2:CreateFleet'],
      resources: [anyones('launch-template')],
      conditions: { StringEquals: isOwned, ...ofPool },
    },
    {
      sid: 'AllowScopedEC2InstanceActionsWithTags',
      actions: ['ec2:RunInstances', 'ec2:CreateFleet', 'ec2:CreateLaunchTemplate'],
      resources: made,
      conditions: { StringEquals: withTags, ...ofPoolToBe },
    },
    {
      sid: 'AllowScopedResourceCreationTagging',
      actions: ['ec2:CreateTags'],
      resources: made,
      conditions: {
        StringEquals: { ...withTags, 'ec2:CreateAction': ['RunInstances', 'CreateFleet', 'CreateLaunchTemplate'] },
        ...ofPoolToBe,
      },
    },
    {
      sid: 'AllowScopedResourceTagging',
      actions: ['ec2:CreateTags'],
      resources: [anyones('instance')],
      conditions: {
        StringEquals: isOwned,
        ...ofPool,
        StringEqualsIfExists: { [`aws:RequestTag/${CLUSTER_NAME}`]: cluster },
        'ForAllValues:StringEquals': { 'aws:TagKeys': [CLUSTER_NAME, 'karpenter.sh/nodeclaim', 'Name'] },
      },
    },
    {
      sid: 'AllowScopedDeletion',
      actions: ['ec2:TerminateInstances', 'ec2:DeleteLaunchTemplate'],
      resources: ['instance', 'launch-template'].map(anyones),
      conditions: { StringEquals: isOwned, ...ofPool },
    },
  ];
}

/** Instance profiles, of which Karpenter makes one for each EC2NodeClass that names a role. */
export function karpenterProfileStatements(place: ControllerPlace): ControllerStatement[] {
  const { cluster, region } = place;
  const resources = [globalArnAt(place, 'iam', 'instance-profile/*')];
  const withTags = {
    [`aws:RequestTag/${OWNED(cluster)}`]: 'owned',
    [`aws:RequestTag/${CLUSTER_NAME}`]: cluster,
    [`aws:RequestTag/${REGION}`]: region,
  };
  const isOwned = { [`aws:ResourceTag/${OWNED(cluster)}`]: 'owned', [`aws:ResourceTag/${REGION}`]: region };
  const ofClassToBe = { [`aws:RequestTag/${NODE_CLASS}`]: '*' };
  const ofClass = { [`aws:ResourceTag/${NODE_CLASS}`]: '*' };
  return [
    {
      sid: 'AllowScopedInstanceProfileCreationActions',
      actions: ['iam:CreateInstanceProfile'],
      resources,
      conditions: { StringEquals: withTags, StringLike: ofClassToBe },
    },
    {
      sid: 'AllowScopedInstanceProfileTagActions',
      actions: ['iam:TagInstanceProfile'],
      resources,
      conditions: { StringEquals: { ...isOwned, ...withTags }, StringLike: { ...ofClass, ...ofClassToBe } },
    },
    {
      sid: 'AllowScopedInstanceProfileActions',
      actions: ['iam:AddRoleToInstanceProfile', 'iam:RemoveRoleFromInstanceProfile', 'iam:DeleteInstanceProfile'],
      resources,
      conditions: { StringEquals: isOwned, StringLike: ofClass },
    },
  ];
}

/** What else Karpenter is allowed for. */
export interface KarpenterReach {
  readonly clusterArn: string;
  readonly nodeRoleArn: string;
  /** Without interruptions there is none. */
  readonly queueArn?: string;
  /** Karpenter looks whether a zone is to be avoided. */
  readonly zonalShift: boolean;
  /** IAM and the price list have no endpoints in a VPC: Karpenter does not ask them. */
  readonly isolated: boolean;
}

/** The node role, the cluster, the queue, and what there is to choose from. */
export function karpenterReachStatements(place: ControllerPlace, reach: KarpenterReach): ControllerStatement[] {
  return [
    {
      sid: 'AllowPassingInstanceRole',
      actions: ['iam:PassRole'],
      resources: [reach.nodeRoleArn],
      conditions: { StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } },
    },
    { sid: 'AllowAPIServerEndpointDiscovery', actions: ['eks:DescribeCluster'], resources: [reach.clusterArn] },
    ...(reach.queueArn === undefined ? [] : [readsQueue(reach.queueArn)]),
    ...(reach.zonalShift ? [seesZonalShift(reach.clusterArn)] : []),
    {
      sid: 'AllowRegionalReadActions',
      actions: READS.map((action) => `ec2:${action}`),
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': place.region } },
    },
    {
      sid: 'AllowSSMReadActions',
      actions: ['ssm:GetParameter'],
      resources: [arnAt(place, 'ssm', 'parameter/aws/service/*', '')],
    },
    ...(reach.isolated ? [] : onlyOutside(place)),
  ];
}

const READS = [
  'DescribeCapacityReservations',
  'DescribeImages',
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeInstanceTypeOfferings',
  'DescribeInstanceTypes',
  'DescribeLaunchTemplates',
  'DescribePlacementGroups',
  'DescribeSecurityGroups',
  'DescribeSpotPriceHistory',
  'DescribeSubnets',
];

function readsQueue(queueArn: string): ControllerStatement {
  const actions = ['sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'];
  return { sid: 'AllowInterruptionQueueActions', actions, resources: [queueArn] };
}

function seesZonalShift(clusterArn: string): ControllerStatement {
  return {
    sid: 'AllowZonalShiftStatusReadOnly',
    actions: ['arc-zonal-shift:GetManagedResource'],
    resources: ['*'],
    conditions: { StringEquals: { 'arc-zonal-shift:ResourceIdentifier': clusterArn } },
  };
}

function onlyOutside(place: ControllerPlace): ControllerStatement[] {
  return [
    { sid: 'AllowPricingReadActions', actions: ['pricing:GetProducts'], resources: ['*'] },
    { sid: 'AllowUnscopedInstanceProfileListAction', actions: ['iam:ListInstanceProfiles'], resources: ['*'] },
    {
      sid: 'AllowInstanceProfileReadActions',
      actions: ['iam:GetInstanceProfile'],
      resources: [globalArnAt(place, 'iam', 'instance-profile/*')],
    },
  ];
}
