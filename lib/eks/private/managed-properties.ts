import { Stack, Validations } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { clusterFacts } from './cluster-facts';
import type { ClusterFacts } from './cluster-facts';
import { checkBoolean, checkOptions } from '../../rules/given';
import {
  checkInitialNodes,
  checkRepair,
  checkUpdates,
  checkVersions,
  checkWarmPool,
} from '../../rules/managed-node-groups';
import type { GroupKind } from '../../rules/managed-node-groups';
import { resourcesOf } from '../../rules/resources';
import { checkMade } from '../../rules/self-managed-nodes';
import type { ManagedNodeGroupProps, NodeRepairOptions } from '../managed-node-group-props';

const REPAIR = [
  'enabled',
  'maxParallelRepairs',
  'maxParallelRepairsPercent',
  'maxUnhealthyNodes',
  'maxUnhealthyNodesPercent',
  'overrides',
];
const WARM_POOL = ['enabled', 'minSize', 'maxPreparedCapacity', 'state', 'reuseOnScaleIn'];

/** How large a group is. */
export interface GroupSize {
  readonly minNodes: number;
  readonly maxNodes: number;
}

/** What a user says about size, updates, repair and versions, as CloudFormation says it. */
export function ownProperties(
  props: ManagedNodeGroupProps,
  size: GroupSize,
  kind: GroupKind,
  facts: ClusterFacts,
): Partial<eks.CfnNodegroupProps> {
  checkBoolean('forceUpdate', props.forceUpdate);
  const version = props.version?.version;
  checkMade('version', version, props.version, 'an eks.KubernetesVersion such as eks.KubernetesVersion.V1_36');
  const { releaseVersion } = props;
  checkVersions({ version, releaseVersion, clusterVersion: facts.version }, kind);
  return {
    scalingConfig: scaling(props, size),
    updateConfig: updates(props, size),
    // EKS takes nodes away from pods whose disruption budget says no, if this is true.
    forceUpdateEnabled: props.forceUpdate ?? false,
    nodeRepairConfig: repairs(props.repair === undefined ? {} : props.repair),
    warmPoolConfig: warmPool(props, kind),
    version,
    releaseVersion,
  };
}

function scaling({ initialNodes }: ManagedNodeGroupProps, { minNodes, maxNodes }: GroupSize) {
  checkInitialNodes(initialNodes, minNodes, maxNodes);
  return { minSize: minNodes, maxSize: maxNodes, desiredSize: initialNodes };
}

/** All of it is said each time: what leaves a template stays as it is. */
function updates(props: ManagedNodeGroupProps, { maxNodes }: GroupSize): eks.CfnNodegroup.UpdateConfigProperty {
  const { maxUnavailable, maxUnavailablePercent, updateStrategy = 'DEFAULT' } = props;
  checkUpdates({ maxUnavailable, maxUnavailablePercent, updateStrategy, maxNodes });
  const atOnce = maxUnavailablePercent === undefined ? (maxUnavailable ?? 1) : undefined;
  return { maxUnavailable: atOnce, maxUnavailablePercentage: maxUnavailablePercent, updateStrategy };
}

function repairs(repair: NodeRepairOptions): eks.CfnNodegroup.NodeRepairConfigProperty {
  checkOptions('repair', repair, REPAIR);
  checkRepair(repair);
  return {
    enabled: repair.enabled ?? true,
    maxParallelNodesRepairedCount: repair.maxParallelRepairs,
    maxParallelNodesRepairedPercentage: repair.maxParallelRepairsPercent,
    maxUnhealthyNodeThresholdCount: repair.maxUnhealthyNodes,
    maxUnhealthyNodeThresholdPercentage: repair.maxUnhealthyNodesPercent,
    nodeRepairConfigOverrides: repair.overrides?.map(({ condition, reason, waitTime, action }) => ({
      nodeMonitoringCondition: condition,
      nodeUnhealthyReason: reason,
      minRepairWaitTimeMins: waitTime.toMinutes(),
      repairAction: action,
    })),
  };
}

function warmPool({ warmPool: pool }: ManagedNodeGroupProps, kind: GroupKind) {
  if (pool === undefined) return undefined;
  checkOptions('warmPool', pool, WARM_POOL);
  if (pool.enabled === false) return { enabled: false };
  checkWarmPool(pool, kind);
  return {
    enabled: true,
    minSize: pool.minSize ?? 0,
    maxGroupPreparedCapacity: pool.maxPreparedCapacity,
    // CloudFormation writes it in capitals, Auto Scaling does not.
    poolState: String(pool.state ?? 'Stopped').toUpperCase(),
    reuseOnScaleIn: pool.reuseOnScaleIn ?? false,
  };
}

/** Says what a cluster must have for Windows, unless it is known to have all but Linux nodes, which may come later. */
export function warnOfWindows(scope: Construct, { os }: GroupKind, cluster: eks.ICluster): void {
  if (os !== 'windows' || (clusterFacts(cluster).windows && controlsInterfaces(cluster))) return;
  Validations.of(scope).addWarning(
    'cdk-containers:NodesWindowsSupport',
    'Windows nodes need enableWindowsIpam in the configuration of vpc-cni, AmazonEKSVPCResourceController on the role of the cluster, and Linux nodes for CoreDNS: make sure of them, for nothing here can see them.',
  );
}

/** Whether the role of a cluster is known to have the policy for it. */
function controlsInterfaces({ role }: Partial<eks.Cluster>): boolean {
  const made = role ? resourcesOf<iam.CfnRole>(role, 'AWS::IAM::Role') : [];
  const policies: unknown[] = made.map((resource) => Stack.of(resource).resolve(resource.managedPolicyArns));
  return JSON.stringify(policies).includes('AmazonEKSVPCResourceController');
}
