import { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { aws_iam as iam, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { clusterFacts } from './cluster-facts';
import { clusterGroupsIn } from './controller-network';
import { ownProperties, warnOfWindows } from './managed-properties';
import { newNodeLaunchTemplate } from './node-launch-template';
import { chooseNodes } from './nodes';
import type { ChosenNodes } from './nodes';
import { checkNodegroupName, checkOneCapacity, checkServiceCidr } from '../../rules/managed-node-groups';
import type { GroupKind } from '../../rules/managed-node-groups';
import type { ManagedNodeGroupProps } from '../managed-node-group-props';

/** What a node group consists of. */
export interface NodeGroupParts {
  readonly nodegroup: eks.CfnNodegroup;
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly role: iam.IRole;
  /** That of the cluster, if it is known. */
  readonly clusterSecurityGroups: ec2.ISecurityGroup[];
}

/** A node group with all that it needs, in `scope`. */
export function newManagedNodeGroup(scope: Construct, props: ManagedNodeGroupProps): NodeGroupParts {
  const { cluster } = props;
  checkNodegroupName(props.nodegroupName);
  const chosen = chooseNodes(scope, props);
  const { capacity, image, labels, taints, role } = chosen;
  checkOneCapacity(capacity.kind);
  const kind = { os: image.os, kind: capacity.kind, ownImage: image.amiType === undefined };
  const facts = clusterFacts(cluster);
  const own = ownProperties(props, chosen, kind, facts);
  warnOfWindows(scope, kind, cluster);
  const launchTemplate = newNodeLaunchTemplate(scope, 'LaunchTemplate', {
    nodes: props,
    chosen,
    ...boot(props, chosen, kind),
  });
  const nodegroup = new eks.CfnNodegroup(scope, 'Resource', {
    ...own,
    clusterName: cluster.clusterName,
    nodegroupName: props.nodegroupName,
    nodeRole: role.roleArn,
    subnets: chosen.subnets.map(({ subnetId }) => subnetId),
    amiType: image.amiType,
    capacityType: capacity.kind,
    // The launch template says that of a block, and it must not be in both places.
    instanceTypes: capacity.kind === 'CAPACITY_BLOCK' ? undefined : capacity.instanceTypes,
    launchTemplate: { id: launchTemplate.launchTemplateId, version: launchTemplate.latestVersionNumber },
    labels: Object.keys(labels).length > 0 ? labels : undefined,
    taints: taints.length > 0 ? taints.map(({ key, value, effect }) => ({ key, value, effect })) : undefined,
  });
  // What runs on each node comes first, and so does the way to the images; permissions stay until the last node is drained.
  const { internetConnectivityEstablished } = chosen.vpc.selectSubnets(chosen.vpcSubnets);
  nodegroup.node.addDependency(cluster, role, internetConnectivityEstablished);
  return { nodegroup, launchTemplate, role, clusterSecurityGroups: clusterGroupsIn(scope, cluster) };
}

/** EKS adds to the user data of its own images; to those of others it adds nothing. */
function boot(props: ManagedNodeGroupProps, { image, labels, taints }: ChosenNodes, kind: GroupKind) {
  checkServiceCidr(props.serviceCidr, kind);
  if (!kind.ownImage) return { userData: image.settings() };
  const { cluster, serviceCidr } = props;
  return {
    // It is there already, whatever the version of the cluster is.
    machineImage: image.machineImage(''),
    userData: image.join({ cluster, serviceCidr, labels, taints }),
  };
}
