import { checkOptions } from '../rules/given';
import {
  checkAccessPolicy,
  checkGroups,
  checkNamespaces,
  checkUsername,
  CLUSTER_ADMIN,
} from '../rules/kubernetes-access';

/** A policy and where it holds. */
export interface AccessGrant {
  readonly policy: string;
  /** Undefined for the whole cluster. */
  readonly namespaces?: string[];
}

/** All that somebody may do. */
export interface AccessParts {
  readonly grants: AccessGrant[];
  readonly groups: string[];
  readonly username?: string;
}

/** Where an access holds. */
export interface KubernetesAccessScope {
  /**
   * The namespaces. `*` stands for some characters, as in `team-a-*`. They may be made later: EKS does not look.
   * @default - the whole cluster
   */
  readonly namespaces?: string[];
}

/** Options of `KubernetesAccess.groups`. */
export interface KubernetesGroupsOptions {
  /**
   * How Kubernetes and its audit log name them. `{{SessionName}}`, behind a colon, tells the sessions of a role apart.
   * @default - the ARN, with the name of the session
   * @see https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
   */
  readonly username?: string;
}

/**
 * What somebody may do in a Kubernetes cluster.
 *
 * The policies are those of EKS and need nothing in the cluster. They know no custom resources, except `clusterAdmin()`:
 * for those use `groups` with roles of Kubernetes.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
export class KubernetesAccess {
  /** Everything, custom resources, roles and nodes too: for few people, and for what installs the cluster's software. */
  public static clusterAdmin(): KubernetesAccess {
    return granting(CLUSTER_ADMIN);
  }

  /**
   * Everything in namespaces but quotas: objects, secrets, roles and their bindings.
   * @throws when a namespace is none, or the list is empty
   */
  public static admin(scope: KubernetesAccessScope = {}): KubernetesAccess {
    return granting('AmazonEKSAdminPolicy', scope);
  }

  /**
   * Reading and changing what runs, secrets too, and no roles.
   * @throws when a namespace is none, or the list is empty
   */
  public static edit(scope: KubernetesAccessScope = {}): KubernetesAccess {
    return granting('AmazonEKSEditPolicy', scope);
  }

  /**
   * Reading most things, and no secrets.
   * @throws when a namespace is none, or the list is empty
   */
  public static view(scope: KubernetesAccessScope = {}): KubernetesAccess {
    return granting('AmazonEKSViewPolicy', scope);
  }

  /** Reading everything in the whole cluster, secrets too: as good as having what they open. */
  public static adminView(): KubernetesAccess {
    return granting('AmazonEKSAdminViewPolicy');
  }

  /**
   * Reading secrets and nothing else.
   * @throws when a namespace is none, or the list is empty
   */
  public static secretReader(scope: KubernetesAccessScope = {}): KubernetesAccess {
    return granting('AmazonEKSSecretReaderPolicy', scope);
  }

  /**
   * Any other policy of EKS, by its name. One that this library does not know is a warning.
   * @throws when it is one that EKS keeps for its own services and nodes, or a namespace is none, or the list is empty
   */
  public static policy(name: string, scope: KubernetesAccessScope = {}): KubernetesAccess {
    checkAccessPolicy(name);
    return granting(name, scope);
  }

  /**
   * What roles of Kubernetes give to groups. Nothing is allowed before a RoleBinding or ClusterRoleBinding in the cluster
   * names the group, and EKS does not look whether there is one.
   * @throws when the list is empty, or a name is reserved
   */
  public static groups(names: string[], options: KubernetesGroupsOptions = {}): KubernetesAccess {
    checkGroups(names);
    checkOptions('groups', options, ['username']);
    checkUsername(options.username);
    return new KubernetesAccess({ grants: [], groups: [...names], username: options.username });
  }

  /** @internal */
  public static _of(parts: AccessParts): KubernetesAccess {
    return new KubernetesAccess(parts);
  }

  private constructor(private readonly parts: AccessParts) {}

  /** @internal */
  public _bind(): AccessParts {
    return this.parts;
  }
}

function granting(policy: string, scope: KubernetesAccessScope = {}): KubernetesAccess {
  checkOptions('an access', scope, ['namespaces']);
  checkNamespaces(scope.namespaces);
  const namespaces = scope.namespaces && [...scope.namespaces];
  return KubernetesAccess._of({ grants: [{ policy, namespaces }], groups: [] });
}
