import { aws_ec2 as ec2, Fn, Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks, aws_iam as iam, aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AddOn } from './add-on';
import type { FargateSelector } from './fargate-selector';
import { checkClusterOf } from '../identity/private/checks';
import { checkSamePlace } from '../rules/environments';
import { checkProfileName } from '../rules/fargate-pods';
import { checkOptions } from '../rules/given';
import { rolesOfAddOns } from './private/add-on-identity';
import { newAddOns } from './private/add-ons';
import { clusterGroupsIn } from './private/controller-network';
import { newFargateLogs } from './private/fargate-logs';
import { newFargateProfile } from './private/fargate-profile';

/** Where the logs of pods on Fargate go. */
export interface FargateLogOptions {
  /**
   * The log group. All pods on Fargate of a cluster share one: that of the `FargatePods` which has it first.
   * @default - a new one, which is kept with its logs when the stack is deleted
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How long a new log group keeps its logs.
   * @default RetentionDays.ONE_YEAR
   */
  readonly retention?: logs.RetentionDays;

  /**
   * The key of a new log group. Its policy gets what CloudWatch Logs needs.
   * @default - the key of CloudWatch Logs
   */
  readonly encryptionKey?: kms.IKey;
}

/** Properties of `FargatePods`. */
export interface FargatePodsProps {
  /** The cluster whose pods run on Fargate: of this app, or an imported one. */
  readonly cluster: eks.ICluster;

  /** Which pods run on Fargate: those that one of these matches. Five at most, unless AWS raised the quota. */
  readonly selectors: FargateSelector[];

  /**
   * The VPC, when the cluster is imported without one.
   * @default - that of the cluster
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Where the pods stand: private subnets, because pods on Fargate have no public address. EKS spreads them, but not evenly;
   * who must have it even makes a `FargatePods` for each subnet.
   * @default - the private subnets, or the isolated ones of a VPC that has no others
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * What starts the pods. One may serve all `FargatePods` of a cluster; it must have no path, and no other nodes may use it.
   * @default - a `FargatePodRole`
   */
  readonly role?: iam.IRole;

  /**
   * Sends the logs of the pods to CloudWatch Logs, as soon as the cluster has the `logObjects`.
   * @default - Fargate keeps no logs
   */
  readonly logging?: FargateLogOptions;

  /**
   * Add-ons whose pods run here, such as `AddOn.coreDns()`: made after the profile.
   * @default - none
   */
  readonly addOns?: AddOn[];

  /**
   * The name of the profile. With one, a later change of anything else fails: EKS changes no profile, and CloudFormation
   * makes the new one first.
   * @default - CloudFormation makes one
   */
  readonly fargateProfileName?: string;
}

/**
 * Pods that run on Fargate: each on a machine of its own that nobody manages, patches or shares. A pod that matches a selector
 * when it is scheduled runs here; others are left to the nodes of the cluster.
 *
 * The pods have the security group of the cluster, so they reach each other and other nodes. No daemon sets, no privileged
 * containers, no host ports, no GPUs, no EBS volumes and no EKS Pod Identity: give their code an `IrsaRole`. A pod that matches
 * several profiles runs in the one whose name comes first in the alphabet, or that its label `eks.amazonaws.com/fargate-profile`
 * names.
 *
 * EKS changes no profile, so CloudFormation replaces it: pods of the old one stop, and start again in the new one. EKS makes one
 * profile of a cluster at a time: those of a stack wait for each other, and stacks that do not warn.
 *
 * Creates: `profile` and `role`; `logGroup` with `logging`; `addOns`.
 * Costs: the processors and memory that the pods ask for, by the second, and 256 MiB each for Kubernetes.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/fargate.html
 */
export class FargatePods extends Construct implements ec2.IConnectable {
  /** Which pods run on Fargate, and where. */
  public readonly profile: eks.CfnFargateProfile;

  /** The name of the profile. */
  public readonly fargateProfileName: string;

  /** What starts the pods. */
  public readonly role: iam.IRole;

  /** The network side of the pods: that of the cluster, if an imported one says which it is. */
  public readonly connections: ec2.Connections;

  /** Where the logs of the pods go; none without `logging`. */
  public readonly logGroup?: logs.ILogGroup;

  /**
   * With `logging`, the Kubernetes objects that turn it on: the namespace `aws-observability`, and in it the config map
   * `aws-logging`, of which a cluster has one. Apply them before the pods start; they hold tokens.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html
   */
  public readonly logObjects?: { readonly [key: string]: unknown }[];

  /** The add-ons, by name. */
  public readonly addOns: { readonly [name: string]: eks.CfnAddon };

  /** What the add-ons may do, by their names and their service accounts: grant them what else they need. */
  public readonly addOnRoles: { readonly [addOn: string]: { readonly [serviceAccount: string]: iam.IRole } };

  /**
   * @throws when a selector is none, when the subnets are public, when the role is for something else, or when the cluster sends
   * logs elsewhere
   */
  constructor(scope: Construct, id: string, props: FargatePodsProps) {
    super(scope, id);
    checkClusterOf(props);
    const { cluster, logging } = props;
    checkSamePlace(`the cluster '${cluster.node.path}'`, cluster.env, `'${this.node.path}'`, Stack.of(this));
    checkProfileName(props.fargateProfileName);
    if (logging !== undefined) checkOptions('logging', logging, ['logGroup', 'retention', 'encryptionKey']);

    const made = newFargateProfile(this, 'Profile', props);
    this.profile = made.profile;
    this.role = made.role;
    this.connections = new ec2.Connections({ securityGroups: clusterGroupsIn(this, cluster) });
    // fargateprofile/<cluster>/<name>/<id>: what Ref gives is not documented.
    this.fargateProfileName = Fn.select(2, Fn.split('/', this.profile.attrArn));
    if (logging) {
      const logs = newFargateLogs(this, cluster, this.role, logging);
      this.logGroup = logs.logGroup;
      this.logObjects = logs.objects;
    }
    this.addOns = newAddOns(this, cluster, props.addOns, { after: [this.profile] });
    this.addOnRoles = rolesOfAddOns(this.addOns);
  }
}
