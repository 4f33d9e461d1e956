import { aws_ec2 as ec2, Lazy, Size } from 'aws-cdk-lib';
import type { aws_iam as iam, IResolveContext } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { attribute } from './node-join';
import type { ChosenNodes } from './nodes';
import { newLaunchTemplate } from '../../instances/private/launch-template';
import { isToken } from '../../rules/errors';
import { USUAL_DISK } from '../../rules/node-images';
import type { NodeOptions } from '../node-options';

/** What a launch template is made of. */
export interface NodeLaunchTemplateOptions {
  readonly nodes: NodeOptions;
  readonly chosen: ChosenNodes;
  /** As text: the settings of the image, or all that a node needs to join. */
  readonly userData?: string;
  /** The image, unless the managed node group chooses it. */
  readonly machineImage?: ec2.IMachineImage;
  /** The identity of nodes that no managed node group starts. It also says that no group attaches the cluster's security group. */
  readonly role?: iam.IRole;
  /** The only type, unless the group names types. A capacity block names its own. */
  readonly instanceType?: string;
}

/** How a node starts: no public address, metadata by session only and out of reach of pods, encrypted disks. */
export function newNodeLaunchTemplate(
  scope: Construct,
  id: string,
  options: NodeLaunchTemplateOptions,
): ec2.LaunchTemplate {
  const { nodes, chosen, machineImage, userData, role } = options;
  const { capacity, image } = chosen;
  const instanceType = capacity.kind === 'CAPACITY_BLOCK' ? capacity.instanceTypes[0] : options.instanceType;
  const groups = groupsOf(options);
  const template = newLaunchTemplate(scope, id, {
    image: {
      machineImage,
      userData: userData === undefined ? undefined : ec2.UserData.custom(userData),
      devices: image.devices,
    },
    role,
    // The L2 of an Auto Scaling group asks for it; it takes `p6-b200.48xlarge` as long as nobody asks for its processor.
    instanceType: instanceType === undefined ? undefined : new ec2.InstanceType(instanceType),
    // With adapters, every network interface names them.
    securityGroup: chosen.fabricAdapters > 0 ? undefined : groups[0],
    volumeSize: nodes.volumeSize ?? Size.gibibytes(USUAL_DISK[image.os === 'windows' ? 'windows' : 'linux']),
    volumeEncryptionKey: nodes.volumeEncryptionKey,
    detailedMonitoring: nodes.detailedMonitoring ?? true,
    // The L2 takes a token for a number that is too small.
    metadataHopLimit: isToken(nodes.metadataHopLimit) ? undefined : nodes.metadataHopLimit,
  });
  const override = (property: string, value: unknown) =>
    resourceOf(template).addPropertyOverride(`LaunchTemplateData.${property}`, value);
  if (chosen.fabricAdapters > 0) override('NetworkInterfaces', fabricInterfaces(chosen.fabricAdapters, groups));
  else groups.slice(1).forEach((group) => template.addSecurityGroup(group));
  if (isToken(nodes.metadataHopLimit)) override('MetadataOptions.HttpPutResponseHopLimit', nodes.metadataHopLimit);
  if (nodes.placementGroup) override('Placement.GroupName', nodes.placementGroup.placementGroupName);
  reserve(override, chosen);
  tagInterfaces(template, override);
  return template;
}

type Override = (property: string, value: unknown) => void;

function resourceOf(template: ec2.LaunchTemplate): ec2.CfnLaunchTemplate {
  return template.node.defaultChild as ec2.CfnLaunchTemplate;
}

/** None where the managed node group attaches that of the cluster by itself, which it no longer does beside others. */
function groupsOf({ nodes, chosen, role }: NodeLaunchTemplateOptions): ec2.ISecurityGroup[] {
  const isNeeded = role !== undefined || nodes.securityGroups !== undefined || chosen.fabricAdapters > 0;
  return isNeeded ? nodeSecurityGroups(nodes) : [];
}

/**
 * The security groups of nodes: that of the cluster, which lets nodes, control plane and Elastic Fabric Adapters talk with each
 * other, and those of the user.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
 */
export function nodeSecurityGroups({ cluster, securityGroups = [] }: NodeOptions): ec2.ISecurityGroup[] {
  return [attribute(() => cluster.clusterSecurityGroup, 'clusterSecurityGroupId'), ...securityGroups];
}

/**
 * One adapter for each network card, the first of which has the address of the node.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/device-management-efa.html
 */
function fabricInterfaces(count: number, groups: ec2.ISecurityGroup[]) {
  return Array.from({ length: count }, (_, card) => ({
    NetworkCardIndex: card,
    DeviceIndex: card === 0 ? 0 : 1,
    InterfaceType: 'efa',
    Groups: groups.map((group) => group.securityGroupId),
  }));
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html */
function reserve(override: Override, { capacity }: ChosenNodes): void {
  const { kind, capacityReservationId, capacityReservationGroupArn } = capacity;
  if (kind === 'CAPACITY_BLOCK') override('InstanceMarketOptions.MarketType', 'capacity-block');
  const target = 'CapacityReservationSpecification.CapacityReservationTarget';
  if (capacityReservationId) override(`${target}.CapacityReservationId`, capacityReservationId);
  if (capacityReservationGroupArn) {
    override(`${target}.CapacityReservationResourceGroupArn`, capacityReservationGroupArn);
  }
}

/** The L2 tags instances and their disks only. */
function tagInterfaces(template: ec2.LaunchTemplate, override: Override): void {
  const { tagSpecifications } = resourceOf(template)
    .launchTemplateData as ec2.CfnLaunchTemplate.LaunchTemplateDataProperty;
  const produce = (context: IResolveContext) => {
    const given: { tags: { key: string; value: string }[] }[] = context.resolve(tagSpecifications) ?? [];
    const Tags = given[0]?.tags.map(({ key, value }) => ({ Key: key, Value: value }));
    return Tags && ['instance', 'volume', 'network-interface'].map((ResourceType) => ({ ResourceType, Tags }));
  };
  override('TagSpecifications', Lazy.uncachedAny({ produce }));
}
