import { aws_ec2 as ec2, Fn, Resource, Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ManagedNodeGroupProps } from './managed-node-group-props';
import { rolesOfAddOns } from './private/add-on-identity';
import { newAddOns } from './private/add-ons';
import { newManagedNodeGroup } from './private/managed-node-group';
import { checkNodegroupName, namesOfNodegroupArn } from '../rules/managed-node-groups';

/**
 * Nodes of a Kubernetes cluster that EKS starts, drains, updates and repairs: EC2 instances in an Auto Scaling group.
 *
 * They have encrypted disks, metadata by session only and out of reach of pods, no public address, no SSH, and a role that
 * joins the cluster and pulls images, no more. How many nodes there are is up to an autoscaler of yours, between `minNodes` and
 * `maxNodes`; EKS Auto Mode and Karpenter need no node groups for that.
 *
 * Works with clusters of this app and imported ones, of which the name, and the VPC, suffice.
 *
 * Creates: `nodegroup`, `launchTemplate`, `role` unless there is one, `addOns`. The Auto Scaling group is made by EKS, and
 * CloudFormation does not say its name, so there are no metrics of it here: the add-on `amazon-cloudwatch-observability`, which
 * `AddOn.of` takes, has those of nodes.
 * Costs: the instances, their disks and detailed monitoring.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
 */
export class ManagedNodeGroup extends Resource implements eks.INodegroup, ec2.IConnectable {
  /**
   * A node group of somebody else, by its name. Its ARN ends with `*`, because EKS adds an id to it that the name does not say:
   * it is good for policies.
   * @throws when `nodegroupName` is no name of a node group
   */
  public static fromNodegroupName(
    scope: Construct,
    id: string,
    cluster: eks.ICluster,
    nodegroupName: string,
  ): eks.INodegroup {
    checkNodegroupName(nodegroupName);
    const { clusterName } = cluster;
    const nodegroupArn = Stack.of(scope).formatArn({
      service: 'eks',
      resource: 'nodegroup',
      resourceName: `${clusterName}/${nodegroupName}/*`,
    });
    return imported(scope, id, { clusterName, nodegroupName, nodegroupArn });
  }

  /**
   * A node group of somebody else, by its ARN.
   * @throws when `nodegroupArn` is no ARN of a node group
   */
  public static fromNodegroupArn(scope: Construct, id: string, nodegroupArn: string): eks.INodegroup {
    const known = namesOfNodegroupArn(nodegroupArn);
    const part = (index: number) => Fn.select(index, Fn.split('/', nodegroupArn));
    const clusterName = known?.cluster ?? part(1);
    const nodegroupName = known?.nodegroup ?? part(2);
    return imported(scope, id, { clusterName, nodegroupName, nodegroupArn });
  }

  /** The node group. */
  public readonly nodegroup: eks.CfnNodegroup;

  /** How a node starts. Each change of it replaces the nodes one after the other. */
  public readonly launchTemplate: ec2.LaunchTemplate;

  /** The identity of the nodes: what it is granted, every node may do. Pods get their own with `PodIdentityRole`. */
  public readonly role: iam.IRole;

  /** The security group of the cluster, where it is known, and those that were given. */
  public readonly securityGroups: ec2.ISecurityGroup[];

  /**
   * The network side of the nodes, and of pods without a security group of their own: your security groups if there are any,
   * otherwise that of the cluster, which all nodes have.
   */
  public readonly connections: ec2.Connections;

  /** The add-ons that were made after the nodes, by their names. */
  public readonly addOns: { readonly [name: string]: eks.CfnAddon };

  /** What the add-ons may do, by their names and their service accounts: grant them what else they need. */
  public readonly addOnRoles: { readonly [addOn: string]: { readonly [serviceAccount: string]: iam.IRole } };

  /** The name of the node group. */
  public readonly nodegroupName: string;

  /** The ARN of the node group. */
  public readonly nodegroupArn: string;

  /**
   * @throws when a property is out of bounds, or capacity, image, subnets and options do not go with each other
   */
  constructor(scope: Construct, id: string, props: ManagedNodeGroupProps) {
    super(scope, id);
    const { nodegroup, launchTemplate, role, clusterSecurityGroups } = newManagedNodeGroup(this, props);
    this.nodegroup = nodegroup;
    this.launchTemplate = launchTemplate;
    this.role = role;
    const own = props.securityGroups ?? [];
    this.securityGroups = [...clusterSecurityGroups, ...own];
    this.connections = new ec2.Connections({ securityGroups: own.length > 0 ? own : clusterSecurityGroups });
    this.nodegroupName = nodegroup.attrNodegroupName;
    this.nodegroupArn = nodegroup.attrArn;
    this.addOns = newAddOns(this, props.cluster, props.addOns, { after: [nodegroup] });
    this.addOnRoles = rolesOfAddOns(this.addOns);
  }

  /** A reference to the node group. */
  public get nodegroupRef(): eks.NodegroupReference {
    return this.nodegroup.nodegroupRef;
  }
}

interface ImportedGroup {
  readonly clusterName: string;
  readonly nodegroupName: string;
  readonly nodegroupArn: string;
}

function imported(scope: Construct, id: string, group: ImportedGroup): eks.INodegroup {
  const { clusterName, nodegroupName, nodegroupArn } = group;
  class Imported extends Resource implements eks.INodegroup {
    public readonly nodegroupName = nodegroupName;
    public readonly nodegroupRef = { nodegroupId: `${clusterName}/${nodegroupName}`, nodegroupArn };
  }
  return new Imported(scope, id, { environmentFromArn: nodegroupArn });
}
