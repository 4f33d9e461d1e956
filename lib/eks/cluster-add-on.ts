import type { aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IDependable } from 'constructs';
import type { AddOn } from './add-on';
import { rolesOf } from './private/add-on-identity';
import { checkAddOn, newAddOn } from './private/add-ons';
import { checkGiven, checkList } from '../rules/given';

/** Properties of a `ClusterAddOn`. */
export interface ClusterAddOnProps {
  /** The cluster: of this app, or an imported one, of which EKS needs only the name. */
  readonly cluster: eks.ICluster;

  /** Which add-on. */
  readonly addOn: AddOn;

  /**
   * What it waits for beside the cluster: the nodes that its pods run on, when they are made in the same stack.
   * @default - the cluster, with the add-ons that an `EksCluster` makes before nodes
   */
  readonly after?: IDependable[];
}

/**
 * One add-on of a cluster, also of an imported one or of one in another stack.
 *
 * Nodes and `EksCluster` take add-ons themselves, in `addOns`, and then keep their order.
 *
 * Creates: `addon`, and `roles` for its service accounts. Costs: nothing, but what its vendor in AWS Marketplace asks.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
 */
export class ClusterAddOn extends Construct {
  /** The add-on. */
  public readonly addon: eks.CfnAddon;

  /** The roles by Pod Identity, by their service accounts: grant them what else the add-on may do. */
  public readonly roles: { readonly [serviceAccount: string]: iam.IRole };

  /**
   * @throws when the add-on cannot be on such a cluster; at synthesis, when the cluster has it twice
   */
  constructor(scope: Construct, id: string, props: ClusterAddOnProps) {
    super(scope, id);
    checkGiven('properties', props);
    const { cluster, addOn, after = [] } = props;
    checkAddOn('addOn', addOn);
    checkList('after', after);
    after.forEach((each) => checkGiven('what an add-on comes after', each));
    this.addon = newAddOn(this, cluster, addOn, { after: [cluster, ...after] });
    this.roles = rolesOf(this.addon);
  }
}
