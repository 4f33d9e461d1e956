import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type {
  aws_autoscaling as autoscaling,
  aws_eks_v2 as eks,
  aws_events as events,
  aws_iam as iam,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { newNodeAccessEntry } from './private/access-entry';
import { rolesOfAddOns } from './private/add-on-identity';
import { newAddOns } from './private/add-ons';
import { clusterGroupsIn } from './private/controller-network';
import { newNodeLaunchTemplate } from './private/node-launch-template';
import { chooseNodes } from './private/nodes';
import { joinOf, nodeVersion } from './private/self-managed-cluster';
import { checkDrain, grantDrain, newDrain } from './private/self-managed-drain';
import { checkNodeWarmPool, newNodeGroup, onlyTypeOf } from './private/self-managed-group';
import { tagGroup } from './private/self-managed-tags';
import type { SelfManagedNodesProps } from './self-managed-nodes-props';
import { ContainersError } from '../rules/errors';
import { checkBoolean } from '../rules/given';
import { checkCapacityBlock, checkMade, checkOnDemandBase } from '../rules/self-managed-nodes';

/**
 * Kubernetes nodes in an Auto Scaling group of yours, which join the cluster by themselves: for what `ManagedNodeGroup` does not
 * do, such as Spot and On-Demand in one group, tags of the group by which an autoscaler starts its first node, or hooks of its own.
 *
 * A node knows its cluster from its user data, and the cluster knows it from an access entry for its role, which stands before
 * the first instance. Nobody but an autoscaler, or you, changes how many there are: a deployment changes `minNodes` and
 * `maxNodes` only. A newer image replaces the nodes one after the other, new ones first.
 *
 * What a node runs is yours to keep up: EKS neither updates nor repairs nor drains it. With `drainTimeout` a node waits until
 * software in the cluster has moved its pods away. A capacity block begins with no node (`minNodes: 0`), and
 * `autoScalingGroup.scaleOnSchedule` starts them when it does.
 *
 * Creates: `autoScalingGroup` with `launchTemplate` and `warmPool`, `role` unless it is given, `accessEntry`, `addOns`; with
 * `drainTimeout` a `drainHook`, `interruptionQueue` unless it is given, and `interruptionRules`.
 *
 * Costs: the instances, their disks and their metrics.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/worker.html
 */
export class SelfManagedNodes extends Construct implements ec2.IConnectable {
  /** The group of the instances. */
  public readonly autoScalingGroup: autoscaling.AutoScalingGroup;

  /** How an instance starts and joins. */
  public readonly launchTemplate: ec2.LaunchTemplate;

  /** The identity of the nodes. */
  public readonly role: iam.IRole;

  /** What lets the role in as a node. Nodes with the same role share it. */
  public readonly accessEntry: eks.CfnAccessEntry;

  /** Those of the instances: that of the cluster, by which nodes and control plane talk with each other, and yours. */
  public readonly securityGroups: ec2.ISecurityGroup[];

  /**
   * The network side of the nodes: your security groups if there are any, otherwise that of the cluster, which all nodes have.
   */
  public readonly connections: ec2.Connections;

  /** Instances that wait, with `warmPool`. */
  public readonly warmPool?: autoscaling.WarmPool;

  /** What holds an instance that is to stop, with `drainTimeout`. */
  public readonly drainHook?: autoscaling.LifecycleHook;

  /** What the drainer of the cluster reads, with `drainTimeout`. */
  public readonly interruptionQueue?: sqs.IQueue;

  /** What sends to the queue. */
  public readonly interruptionRules: events.Rule[];

  /** The add-ons that come after the nodes, by their names. */
  public readonly addOns: { readonly [name: string]: eks.CfnAddon };

  /** What the add-ons may do, by their names and their service accounts: grant them what else they need. */
  public readonly addOnRoles: { readonly [addOn: string]: { readonly [serviceAccount: string]: iam.IRole } };

  /**
   * @throws when a property is out of bounds, the instance types do not go with each other or with the image, or nobody says what
   * a node must know of its cluster
   */
  constructor(scope: Construct, id: string, props: SelfManagedNodesProps) {
    super(scope, id);
    checkBoolean('clusterAutoscaler', props.clusterAutoscaler);
    checkMade(
      'notificationTopic',
      props.notificationTopic?.topicArn,
      props.notificationTopic,
      'a topic such as new sns.Topic(…)',
    );
    checkDrain(props);
    const { cluster } = props;
    const chosen = chooseNodes(this, props);
    const { capacity, image } = chosen;
    if (capacity.kind === 'CAPACITY_BLOCK') checkCapacityBlock(chosen.minNodes);
    checkOnDemandBase(capacity.onDemandBase, chosen.maxNodes);
    checkNodeWarmPool(props.warmPool, capacity);

    this.role = chosen.role;
    this.accessEntry = newNodeAccessEntry(this, 'AccessEntry', { cluster, role: this.role, type: 'EC2_LINUX' });
    this.launchTemplate = newNodeLaunchTemplate(this, 'LaunchTemplate', {
      nodes: props,
      chosen,
      userData: joinOf(props, chosen),
      machineImage: image.machineImage(nodeVersion(props, image)),
      role: this.role,
      instanceType: onlyTypeOf(capacity),
    });
    const ofCluster = clusterGroupsIn(this, cluster);
    const own = props.securityGroups ?? [];
    this.securityGroups = [...ofCluster, ...own];
    this.connections = new ec2.Connections({ securityGroups: own.length > 0 ? own : ofCluster });

    this.autoScalingGroup = newNodeGroup(this, 'AutoScalingGroup', {
      ...props,
      ...chosen,
      launchTemplate: this.launchTemplate,
    });
    // Its add-ons, the way in, and what the role may do: a node that starts before them never becomes ready.
    this.autoScalingGroup.node.addDependency(cluster, this.accessEntry, this.role);
    if (props.warmPool) this.warmPool = this.autoScalingGroup.addWarmPool(props.warmPool);
    const drain = newDrain(this, this.autoScalingGroup, props);
    this.drainHook = drain?.hook;
    this.interruptionQueue = drain?.queue;
    this.interruptionRules = drain?.rules ?? [];
    tagGroup(this.autoScalingGroup, {
      ...chosen,
      clusterName: cluster.clusterName,
      volumeSize: props.volumeSize,
      autoscaler: props.clusterAutoscaler ?? true,
      drained: drain !== undefined,
    });
    this.addOns = newAddOns(this, cluster, props.addOns, { after: [this.autoScalingGroup] });
    this.addOnRoles = rolesOfAddOns(this.addOns);
  }

  /**
   * Lets the identity of AWS Node Termination Handler, a `PodIdentityRole` for instance, read the queue and let instances go
   * that it has drained.
   * @throws without `drainTimeout`
   */
  public grantDrain(grantee: iam.IGrantable): iam.Grant {
    if (!this.interruptionQueue) {
      throw new ContainersError(
        'grantDrain must have a queue to grant, got nodes without drainTimeout: set it, such as Duration.minutes(5)',
      );
    }
    return grantDrain(grantee, this.autoScalingGroup, this.interruptionQueue);
  }
}
