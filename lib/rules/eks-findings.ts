import type { Acknowledgment } from 'aws-cdk-lib';
import { findings } from './findings';

const CONTROL_PLANE =
  'AWS keeps it in step with what the control plane does; a copy would age, and the cluster would fail';
const NODES = 'AWS keeps it in step with what nodes of EKS do; a copy would age, and nodes would stop joining';

/** Policies that AWS keeps for roles of EKS, and why they are not written out. */
const AWS_POLICIES = {
  AmazonEKSClusterPolicy: CONTROL_PLANE,
  AmazonEKSComputePolicy: CONTROL_PLANE,
  AmazonEKSBlockStoragePolicy: CONTROL_PLANE,
  AmazonEKSLoadBalancingPolicy: CONTROL_PLANE,
  AmazonEKSNetworkingPolicy: CONTROL_PLANE,
  AmazonEKSVPCResourceController: CONTROL_PLANE,
  AmazonEKSWorkerNodePolicy: NODES,
  AmazonEKSWorkerNodeMinimalPolicy: NODES,
  AmazonEC2ContainerRegistryPullOnly:
    'AWS keeps it in step with how nodes pull images; a copy would age, and pods would not start',
  AmazonEKS_CNI_Policy:
    'AWS keeps it in step with what the network plugin does; a copy would age, and pods would get no addresses',
  AmazonEKSFargatePodExecutionRolePolicy:
    'AWS keeps it in step with what Fargate does to start pods; a copy would age, and pods would stay pending',
  AmazonSSMManagedInstanceCore:
    'AWS keeps it in step with what the agent of Systems Manager does, which gives the nodes their credentials',
};

/** The name of one. */
export type EksPolicy = keyof typeof AWS_POLICIES;

/** What is acknowledged of a role that has one. */
export function eksPolicyFinding(policy: EksPolicy): Acknowledgment[] {
  const rule = `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`;
  return findings(rule, ['AwsSolutions'], AWS_POLICIES[policy]);
}

/** All of them. */
export const EKS_POLICIES = Object.keys(AWS_POLICIES) as EksPolicy[];

const STALE =
  'a notice that an instance is to stop is of use for two minutes: a queue of those that nobody read would tell nothing';

/** Findings of EKS that no default can avoid, and why: as `FINDINGS`. */
export const EKS_FINDINGS = {
  /** A cluster that encrypts secrets with a key. */
  clusterSecrets: [
    {
      id: 'CloudFormation-Validate::W9009',
      reason:
        'EKS encrypts more than secrets by now; AWS Config and Control Tower still look for EncryptionConfig.Resources',
    },
  ],
  /** A cluster whose types of the Gateway API EKS manages. */
  clusterGatewayApi: [
    {
      id: 'CloudFormation-Validate::F3002',
      reason:
        'CloudFormation has KubernetesNetworkConfig.ElasticLoadBalancing.GatewayApi; the schema of the validator is older',
    },
  ],
  /** What CDK says of its clusters. */
  clusterOfCdk: [
    {
      id: 'Annotation::@aws-cdk/aws-eks:isolatedSubnetsForKubectlPrivateSubnets',
      reason: 'there is no kubectl in this cluster, whose function would need a way out',
    },
    {
      id: 'Annotation::@aws-cdk/aws-eks:clusterMustManuallyTagSubnet',
      reason: 'cdk-containers:ClusterSubnetTags says it once for all subnets',
    },
  ],
  /** A role of nodes on which operators may open a shell. */
  nodeSessions: findings(
    'IAM5[Resource::*]',
    ['AwsSolutions'],
    'the channels of Session Manager have no resource level, and an instance has no id before it registers',
  ),
  /** A queue of what EC2 is about to do with instances. */
  interruptionQueue: [
    ...findings('SQS3', ['AwsSolutions'], STALE),
    ...findings('SQSRedrivePolicy', ['Serverless'], STALE),
  ],
  /** A rule that fills it. */
  interruptionRules: findings(
    'EventBusDLQ',
    ['Serverless'],
    'a notice is of use for two minutes, so that one which was not delivered is of none later; EventBridge tries again until then',
  ),
  /** A group of nodes nobody wants to hear of. */
  nodeNotifications: findings(
    'AS3',
    ['AwsSolutions'],
    'an autoscaler starts and stops the nodes by itself; who wants to hear of it passes notificationTopic',
  ),
} as const;

/** Why a statement of a role in a cluster has wildcards: as `WILDCARDS`. */
export const EKS_WILDCARDS = {
  drain:
    'the Describe actions of Auto Scaling and EC2 have no resource level; the ARN of an Auto Scaling group holds an id that is not known before, beside its name, which is',
  /** A role with which pods on Fargate write logs. */
  fargateLogs: 'the streams of a log group have names that Fargate makes of those of pods',
  /** A role of nodes outside AWS that Systems Manager gives credentials to. */
  hybridRole:
    'a machine has no id before it registers, and a condition bounds the action to those of one cluster; ssm:DescribeInstanceInformation has no resource level',
  karpenter:
    'these are permissions that Karpenter documents, in one region: its Describe and List actions and the price list have no resource level, and which images of AWS and which instance profiles it reads is not known before',
  loadBalancerController:
    'these are permissions that the controller documents, in one account and region: what it makes, and the certificates, user pools and web ACLs that ingresses name, are not known before; conditions narrow its changes to what has the tag of the cluster or is in its network, but for targets, listeners and rules, which may have no tags; Describe and List actions have no resource level',
  networking:
    'the plugin gives addresses to the network interfaces of whatever node it runs on, which have no id before the node starts; its Describe actions have no resource level',
} as const;
