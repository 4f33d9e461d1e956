import { aws_eks_v2 as eks, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkClusterOf } from '../identity/private/checks';
import { identityOf } from '../identity/private/cluster-key';
import { checkClaims, checkIssuer, checkPrefix } from '../rules/eks-identity-providers';
import { checkSamePlace, inOnePlace } from '../rules/environments';
import { checkPattern, ContainersError, isToken } from '../rules/errors';
import { checkGiven } from '../rules/given';
import { resourcesOf } from '../rules/resources';

/** Properties of a `ClusterIdentityProvider`. */
export interface ClusterIdentityProviderProps {
  /** The cluster that users come to: of this app, or an imported one. */
  readonly cluster: eks.ICluster;

  /** The issuer, as it stands in its tokens (`iss`). The API server must reach it, over the internet unless its egress is yours. */
  readonly issuerUrl: string;

  /** For whom the issuer makes its tokens (`aud`): the id of a client that is for this cluster alone. */
  readonly clientId: string;

  /**
   * The claim that says who somebody is.
   * @default 'sub'
   */
  readonly usernameClaim?: string;

  /**
   * What stands before each name, so that no user has that of another kind of identity.
   * @default 'oidc:'
   */
  readonly usernamePrefix?: string;

  /**
   * The claim that says in which groups somebody is.
   * @default - users are in no group
   */
  readonly groupsClaim?: string;

  /**
   * What stands before each group. Without one, an issuer could put its users into groups such as `system:masters`.
   * @default 'oidc:'
   */
  readonly groupsPrefix?: string;

  /**
   * Claims that each token must have, with these values.
   * @default - none
   */
  readonly requiredClaims?: { [claim: string]: string };
}

/**
 * Lets users of an OpenID Connect issuer, such as Okta, Keycloak or Microsoft Entra ID, come to a cluster without an identity of
 * AWS. They may do nothing until a `RoleBinding` of Kubernetes names them: `oidc:` and the name or group.
 *
 * A cluster has one at the most, and all of it is fixed: for another one, remove it, deploy, and add it again. EKS takes about
 * a quarter of an hour for each.
 *
 * Creates: `identityProviderConfig`. Costs: nothing.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html
 */
export class ClusterIdentityProvider extends Construct {
  /** The resource. */
  public readonly identityProviderConfig: eks.CfnIdentityProviderConfig;

  /** @throws when the cluster has another one in this app, or when EKS would refuse it */
  constructor(scope: Construct, id: string, props: ClusterIdentityProviderProps) {
    super(scope, id);
    checkClusterOf(props);
    const { cluster, issuerUrl, clientId, groupsClaim, requiredClaims } = props;
    const { usernameClaim = 'sub', usernamePrefix = 'oidc:', groupsPrefix = 'oidc:' } = props;
    checkSamePlace(`the cluster '${cluster.node.path}'`, cluster.env, `'${this.node.path}'`, Stack.of(this));
    checkGiven('issuerUrl', issuerUrl);
    checkGiven('clientId', clientId);
    checkIssuer(issuerUrl);
    checkTexts({ clientId, usernameClaim, groupsClaim });
    checkPrefix('usernamePrefix', usernamePrefix);
    checkPrefix('groupsPrefix', groupsPrefix);
    checkRequiredClaims(requiredClaims);
    if (props.groupsPrefix !== undefined && groupsClaim === undefined) {
      throw new ContainersError(
        'groupsPrefix needs groupsClaim, which says where the groups stand: name it, or leave both out',
      );
    }
    checkOnly(cluster);
    this.identityProviderConfig = new eks.CfnIdentityProviderConfig(this, 'Config', {
      clusterName: cluster.clusterName,
      type: 'oidc',
      oidc: {
        issuerUrl,
        clientId,
        usernameClaim,
        usernamePrefix,
        groupsClaim,
        groupsPrefix: groupsClaim === undefined ? undefined : groupsPrefix,
        requiredClaims: requiredClaims && Object.entries(requiredClaims).map(([key, value]) => ({ key, value })),
      },
    });
  }
}

/** EKS takes no empty ones. */
function checkTexts(texts: { readonly [name: string]: string | undefined }): void {
  Object.entries(texts).forEach(([name, text]) =>
    checkPattern(name, text, /^\S(.*\S)?$/, 'a text that does not begin or end with a space'),
  );
}

/** Fails for what is no map, of which the template would say nothing, or have numbers for names. */
function checkRequiredClaims(claims: { readonly [claim: string]: string } | undefined): void {
  if (Array.isArray(claims)) {
    throw new ContainersError("requiredClaims must be an object, got a list: write { claim: 'value' } for each");
  }
  checkClaims(claims);
}

function checkOnly(cluster: eks.ICluster): void {
  const type = eks.CfnIdentityProviderConfig.CFN_RESOURCE_TYPE_NAME;
  const name = identityOf(cluster, cluster.clusterName);
  const other = resourcesOf<eks.CfnIdentityProviderConfig>(cluster.node.root, type).find(
    (each) =>
      identityOf(each, each.clusterName) === name &&
      (isToken(cluster.clusterName) || inOnePlace(each, cluster) === true),
  );
  if (!other) return;
  throw new ContainersError(
    `the cluster '${cluster.node.path}' must have one issuer of users, got '${other.node.path}' too: EKS takes no second one`,
  );
}
