import type { aws_iam as iam } from 'aws-cdk-lib';
import { checkIsRole } from '../../identity/private/checks';
import { checkNamespace, checkOtherAddOn } from '../../rules/add-ons';
import { checkBoolean } from '../../rules/given';
import type { AddOnKind } from '../add-on';
import type { AddOnIdentity, AddOnOptions } from '../add-on-options';
import { associate, checkIdentities } from '../private/add-on-identity';
import { addOnKind, checkAddOnOptions } from '../private/add-on-kind';

/** Options of `AddOn.of`. */
export interface OtherAddOnOptions extends AddOnOptions {
  /**
   * The namespace of the add-on. Another one later replaces the add-on.
   * @default - that of its vendor
   */
  readonly namespace?: string;

  /**
   * What its service accounts may do in AWS, by Pod Identity: the cluster needs the `podIdentityAgent`, or EKS Auto Mode.
   * `aws eks describe-addon-configuration` prints which accounts an add-on has and which policies AWS recommends for them.
   * @default - what the nodes may do
   * @see https://docs.aws.amazon.com/eks/latest/userguide/add-ons-iam.html
   */
  readonly identities?: AddOnIdentity[];

  /**
   * A role for its service account by the OpenID Connect provider of the cluster, for where Pod Identity does not reach, such
   * as Fargate. Where `identities` are given too, EKS uses those as soon as the agent of Pod Identity is there.
   * @default - none
   * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
   */
  readonly serviceAccountRole?: iam.IRole;

  /**
   * Whether its pods need a node to run on, so that it comes after the nodes. Without one, the deployment of such an add-on
   * fails.
   * @default true, but for a few that run on each node only
   */
  readonly needsNodes?: boolean;
}

export function other(name: string, options: OtherAddOnOptions): AddOnKind {
  checkOtherAddOn(name);
  checkAddOnOptions('of', options, ['namespace', 'identities', 'serviceAccountRole', 'needsNodes']);
  const { namespace, identities, serviceAccountRole, needsNodes } = options;
  checkIsRole(`serviceAccountRole of the add-on '${name}'`, serviceAccountRole);
  checkNamespace(name, namespace);
  checkIdentities(name, identities);
  checkBoolean(`needsNodes of the add-on '${name}'`, needsNodes);
  return addOnKind({
    name,
    options,
    namespace,
    serviceAccountRole,
    needsNodes,
    associations: (scope, { cluster }) =>
      (identities ?? []).map((identity) => associate(scope, cluster, name, identity)),
  });
}
