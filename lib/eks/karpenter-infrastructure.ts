import { aws_iam as iam } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_eks_v2 as eks, aws_events as events, aws_sqs as sqs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { newNodeAccessEntry } from './private/access-entry';
import { controllerIdentity } from './private/controller-identity';
import { grantStatements, placeOf, textPolicy } from './private/controller-policies';
import { newInterruptionQueue, sendToQueue } from './private/interruption-queue';
import type { InterruptionQueue } from './private/interruption-queue';
import { discoveryTags, selectorTerms } from './private/karpenter-node-class';
import { newNodeRole } from './private/node-role';
import { checkClusterOf, checkIsRole } from '../identity/private/checks';
import type { ControllerPlace } from '../rules/controller-statements';
import { EKS_WILDCARDS } from '../rules/eks-findings';
import { ContainersError } from '../rules/errors';
import { checkBoolean } from '../rules/given';
import {
  karpenterNodeStatements,
  karpenterProfileStatements,
  karpenterReachStatements,
} from '../rules/karpenter-policies';

/** Properties of `KarpenterInfrastructure`. */
export interface KarpenterInfrastructureProps {
  /** The cluster, of this app or an imported one. */
  readonly cluster: eks.ICluster;

  /**
   * The namespace in which you install the chart. Elsewhere the API server may make Karpenter wait when it has much to do.
   * @default 'kube-system'
   * @see https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/#preventing-apiserver-request-throttling
   */
  readonly namespace?: string;

  /**
   * The service account of Karpenter. The chart makes it.
   * @default 'karpenter'
   */
  readonly serviceAccount?: string;

  /**
   * Gives Karpenter its role by IAM roles for service accounts instead of EKS Pod Identity: for a Karpenter on Fargate, where
   * there is no Pod Identity.
   * @default false
   */
  readonly irsa?: boolean;

  /**
   * The identity of the nodes that Karpenter starts. A role of yours must have what nodes need, and be one that EC2 may assume.
   * @default - a `NodeRole`
   */
  readonly nodeRole?: iam.IRole;

  /**
   * Lets the nodes join the cluster with an access entry. Set it to false for a `nodeRole` that the cluster knows already:
   * that of a managed node group, to which EKS itself has given one.
   * @default true
   */
  readonly nodeAccess?: boolean;

  /**
   * Lets the network plugin use the role of the nodes. The plugin needs it unless it has an identity of its own.
   * @default - true, unless the cluster is known to have an identity for its network plugin
   */
  readonly allowNetworking?: boolean;

  /**
   * Lets operators open a shell on the nodes with Session Manager. A role of yours must allow it itself.
   * @default false
   */
  readonly allowSessions?: boolean;

  /**
   * The network of the nodes, when the cluster is imported without one.
   * @default - that of the cluster; without one, Karpenter looks for subnets with `discoveryTags`
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Where nodes may stand.
   * @default - the private subnets, or the isolated ones of a network that has no others
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Tells Karpenter of instances that AWS is about to take or to stop, so that it replaces them before.
   * @default true
   * @see https://karpenter.sh/docs/concepts/disruption/#interruption
   */
  readonly interruption?: boolean;

  /**
   * Has Karpenter avoid a zone that is shifted away from with Amazon Application Recovery Controller.
   * @default false
   */
  readonly zonalShift?: boolean;

  /**
   * The network has no way to the internet. Karpenter then asks neither IAM nor the price list, which have no endpoints in a
   * VPC: nodes get an `instanceProfile` that is made here.
   * @default false
   * @see https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/#private-clusters
   */
  readonly isolatedVpc?: boolean;
}

/**
 * What Karpenter needs of AWS, to start the nodes that pods wait for. You install its chart with Argo CD, Flux or Helm, and pass
 * it `helmValues`; then you apply a NodePool and an EC2NodeClass, for which `nodeClass` has what is known here. Nothing of this
 * library acts inside of a cluster.
 *
 * Karpenter may do what its release 1.14 documents, for this cluster only. It cannot run on nodes that it starts: give it a
 * small `ManagedNodeGroup`, or Fargate with `irsa`.
 *
 * Delete NodePools and EC2NodeClasses, and wait for the nodes to go, before this goes: nobody else ends these instances, and
 * `nodeRole` cannot be deleted while an instance profile that Karpenter made has it.
 *
 * Creates: `controllerRole` with its policies, `nodeRole` with `nodeAccessEntry`, `interruptionQueue` with `interruptionRules`, and `instanceProfile` for
 * an isolated network.
 *
 * Costs: next to nothing, some messages of SQS.
 *
 * @see https://karpenter.sh/docs/reference/cloudformation/
 */
export class KarpenterInfrastructure extends Construct {
  /** Who Karpenter is: a `PodIdentityRole`, or an `IrsaRole`. */
  public readonly controllerRole: iam.IRole;

  /**
   * What of the permissions has the name of the cluster in keys of conditions: policies that are written as text, which rules
   * such as those of cdk-nag do not read.
   */
  public readonly policies: iam.CfnManagedPolicy[];

  /** Who the nodes are. */
  public readonly nodeRole: iam.IRole;

  /** Lets the nodes in; nodes with the same role share it. */
  public readonly nodeAccessEntry?: eks.CfnAccessEntry;

  /** Of the nodes in an isolated network; elsewhere Karpenter makes one for each EC2NodeClass. */
  public readonly instanceProfile?: iam.InstanceProfile;

  /** What is about to happen to instances. */
  public readonly interruptionQueue?: sqs.Queue;

  /** What comes into the queue. */
  public readonly interruptionRules: events.Rule[];

  /**
   * What the chart `karpenter` needs to know: the cluster, the queue, the service account. It may hold tokens: write it out
   * with `stack.toJsonString(…)`.
   */
  public readonly helmValues: { readonly [key: string]: unknown };

  /**
   * A part of the `spec` of your EC2NodeClass: who nodes are, in which subnets they stand, and in which security group. Which
   * images they run is yours to say, with `amiSelectorTerms`. It may hold tokens.
   * @see https://karpenter.sh/docs/concepts/nodeclasses/
   */
  public readonly nodeClass: { readonly [key: string]: unknown };

  /**
   * Tags for subnets and security groups that Karpenter is to find by them: `karpenter.sh/discovery` with the name of the
   * cluster. `nodeClass` needs them where the cluster is imported without its network.
   */
  public readonly discoveryTags: { readonly [key: string]: string };

  /**
   * @throws when `vpc` is another than that of the cluster, when no subnets are left, or public ones, when the cluster is in
   * another account or region, or when it has nothing but Fargate and `irsa` is not true
   */
  constructor(scope: Construct, id: string, props: KarpenterInfrastructureProps) {
    super(scope, id);
    checkProps(props);
    const { cluster, irsa, interruption = true } = props;
    const terms = selectorTerms(props);
    const place = placeOf(this, cluster);
    const { namespace = 'kube-system', serviceAccount = 'karpenter' } = props;
    const identity = controllerIdentity(this, { cluster, namespace, serviceAccount, irsa }, CONTROLLER);
    this.controllerRole = identity.role;
    this.nodeRole = props.nodeRole ?? newNodeRole(this, 'NodeRole', props);
    if (props.nodeAccess !== false) {
      this.nodeAccessEntry = newNodeAccessEntry(this, 'NodeAccess', {
        cluster,
        role: this.nodeRole,
        type: 'EC2_LINUX',
      });
    }
    if (props.isolatedVpc) this.instanceProfile = new iam.InstanceProfile(this, 'Profile', { role: this.nodeRole });
    const interruptions = interruption ? newInterruptions(this) : undefined;
    this.interruptionQueue = interruptions?.queue;
    this.interruptionRules = interruptions?.rules ?? [];
    this.policies = this.allow(place, props);

    this.discoveryTags = discoveryTags(cluster);
    this.nodeClass = {
      ...(this.instanceProfile
        ? { instanceProfile: this.instanceProfile.instanceProfileName }
        : { role: this.nodeRole.roleName }),
      ...terms,
    };
    this.helmValues = {
      serviceAccount: identity.serviceAccount,
      settings: {
        clusterName: cluster.clusterName,
        ...(this.interruptionQueue ? { interruptionQueue: this.interruptionQueue.queueName } : {}),
        ...(props.isolatedVpc ? { isolatedVPC: true } : {}),
        ...(props.zonalShift ? { enableZonalShift: true } : {}),
      },
    };
  }

  private allow(place: ControllerPlace, { cluster, isolatedVpc, zonalShift }: KarpenterInfrastructureProps) {
    const role = this.controllerRole;
    const reach = {
      clusterArn: cluster.clusterArn,
      nodeRoleArn: this.nodeRole.roleArn,
      queueArn: this.interruptionQueue?.queueArn,
      zonalShift: zonalShift ?? false,
      isolated: isolatedVpc ?? false,
    };
    grantStatements(role, karpenterReachStatements(place, reach), EKS_WILDCARDS.karpenter);
    const nodes = { description: 'What Karpenter does with instances', statements: karpenterNodeStatements(place) };
    const profiles = { description: 'Instance profiles of Karpenter', statements: karpenterProfileStatements(place) };
    return [
      textPolicy(this, 'NodePolicy', { role, ...nodes }),
      ...(isolatedVpc ? [] : [textPolicy(this, 'ProfilePolicy', { role, ...profiles })]),
    ];
  }
}

const CONTROLLER = { id: 'Karpenter', builtIn: 'starts nodes for pods' };

/** The events that every reader knows, and those of Capacity Reservations, which are Karpenter's. */
function newInterruptions(scope: Construct): InterruptionQueue {
  const { queue, rules } = newInterruptionQueue(scope, 'Queue');
  const reservation = sendToQueue(scope, 'QueueReservation', {
    queue,
    description: 'Instances of a Capacity Reservation that AWS takes back',
    eventPattern: {
      source: ['aws.ec2'],
      detailType: ['EC2 Capacity Reservation Instance Interruption Warning'],
    },
  });
  return { queue, rules: [...rules, reservation] };
}

function checkProps(props: KarpenterInfrastructureProps): void {
  checkClusterOf(props);
  checkIsRole('nodeRole', props.nodeRole);
  const { irsa, nodeAccess, allowNetworking, allowSessions, interruption, zonalShift, isolatedVpc } = props;
  const flags = { irsa, nodeAccess, allowNetworking, allowSessions, interruption, zonalShift, isolatedVpc };
  Object.entries(flags).forEach(([name, value]) => checkBoolean(name, value));
  if (!props.nodeRole) {
    if (props.nodeAccess === false) {
      throw new ContainersError(
        'nodeAccess must not be false without nodeRole, because nothing else lets the role that is made here in: leave it out',
      );
    }
    return;
  }
  const lost = Object.entries({ allowSessions, allowNetworking }).find(([, value]) => value !== undefined);
  if (lost === undefined) return;
  throw new ContainersError(
    `${lost[0]} must be left out beside nodeRole, got ${String(lost[1])}: give a role of yours what it needs`,
  );
}
