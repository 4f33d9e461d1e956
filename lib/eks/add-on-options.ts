import type { aws_iam as iam } from 'aws-cdk-lib';

/**
 * What EKS does about values in the cluster that are not those of the add-on.
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateAddon.html
 */
export enum AddOnConflicts {
  /**
   * The values of the add-on win, when it is made and with each update: what the cluster has is what the template says. Takes
   * over what runs there unmanaged.
   */
  OVERWRITE = 'OVERWRITE',
  /**
   * Values that somebody changed in the cluster stay with updates. Making the add-on fails on a conflict.
   */
  PRESERVE = 'PRESERVE',
  /** Nothing is changed: making and updating the add-on fail on a conflict. */
  NONE = 'NONE',
}

/** What a service account of an add-on may do in AWS: a role of yours, or policies for a role that is made. */
export interface AddOnIdentity {
  /** The service account of its pods, as its vendor names it. */
  readonly serviceAccount: string;

  /**
   * A role that trusts `pods.eks.amazonaws.com`. Not a `PodIdentityRole`, which associates itself: an add-on owns its
   * associations.
   * @default - one is made, with `managedPolicies` and `statements`
   */
  readonly role?: iam.IRole;

  /**
   * Policies of the role that is made.
   * @default - none
   */
  readonly managedPolicies?: iam.IManagedPolicy[];

  /**
   * Statements for a customer managed policy of the role that is made.
   * @default - none
   */
  readonly statements?: iam.PolicyStatement[];
}

/** What all add-ons have in common. */
export interface AddOnOptions {
  /**
   * The version, such as `v1.18.3-eksbuild.2`. `aws eks describe-addon-versions` lists those for a version of Kubernetes.
   * @default - the default of EKS for the cluster's version when the add-on is made; it stays until you name another
   * @see https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html
   */
  readonly version?: string;

  /**
   * Values of the add-on as its schema has them, which differs by version: `aws eks describe-addon-configuration` prints it.
   * Merged over what the other options write; lists are replaced as a whole. May hold tokens. The order of the keys does
   * not matter: the template has them sorted, so that it changes only when a value does.
   * @default - what the other options write
   */
  readonly configuration?: { [key: string]: unknown };

  /**
   * Who wins where the cluster has other values than the add-on.
   * @default AddOnConflicts.OVERWRITE
   */
  readonly resolveConflicts?: AddOnConflicts;

  /**
   * Leaves the software in the cluster when the add-on is removed from the template: nobody updates it from then on.
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/removing-an-add-on.html
   */
  readonly preserveOnDelete?: boolean;
}
