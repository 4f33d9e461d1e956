import { checkPattern, ContainersError } from './errors';
import { checkGiven } from './given';

/**
 * Who a pod is: a service account in a namespace.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ (November 2026)
 */
export interface ServiceAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

const NAMESPACE = /^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const NAMESPACE_TEXT = "1 to 63 lower case letters, digits and '-', beginning and ending with a letter or digit";
const SERVICE_ACCOUNT = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const SERVICE_ACCOUNT_TEXT =
  "1 to 253 lower case letters, digits, '-' and '.', beginning and ending with a letter or digit";

/** The same with `*` for some characters and `?` for one, as IAM's StringLike has them. */
const WILD_NAMESPACE = /^(?=.{1,63}$)[a-z0-9*?]([a-z0-9*?-]*[a-z0-9*?])?$/;
const WILD_SERVICE_ACCOUNT = /^(?=.{1,253}$)[a-z0-9*?]([a-z0-9.*?-]*[a-z0-9*?])?$/;

/**
 * What a session policy may have, in characters.
 * @see https://aws.amazon.com/blogs/containers/session-policies-for-amazon-eks-pod-identity (March 2026)
 */
const SESSION_POLICY_CHARACTERS = 2048;

/** Fails unless Kubernetes can have such a namespace. */
export function checkNamespace(namespace: string): void {
  checkGiven('namespace', namespace);
  checkPattern('namespace', namespace, NAMESPACE, NAMESPACE_TEXT);
}

/** Fails unless Kubernetes can have such a service account. */
export function checkServiceAccount({ namespace, serviceAccount }: ServiceAccount): void {
  checkNamespace(namespace);
  checkGiven('serviceAccount', serviceAccount);
  checkPattern('serviceAccount', serviceAccount, SERVICE_ACCOUNT, SERVICE_ACCOUNT_TEXT);
}

/** The same for names that may have wildcards. */
export function checkServiceAccountPattern({ namespace, serviceAccount }: ServiceAccount): void {
  checkGiven('namespace', namespace);
  checkPattern('namespace', namespace, WILD_NAMESPACE, `${NAMESPACE_TEXT}, or * and ?`);
  checkGiven('serviceAccount', serviceAccount);
  checkPattern('serviceAccount', serviceAccount, WILD_SERVICE_ACCOUNT, `${SERVICE_ACCOUNT_TEXT}, or * and ?`);
  if (!/^[*?]+$/.test(namespace) || !/^[*?]+$/.test(serviceAccount)) return;
  throw new ContainersError(
    `namespace and serviceAccount must name some pods of the cluster, got '${namespace}' and '${serviceAccount}', which are all of them: name one of both`,
  );
}

/** EKS tags no session that it narrows. */
export function checkSessionTags(hasPolicy: boolean, disableSessionTags: boolean | undefined): void {
  if (!hasPolicy || disableSessionTags !== false) return;
  throw new ContainersError(
    'disableSessionTags must be true with a sessionPolicy, got false: EKS narrows sessions or tags them, so leave one of both out',
  );
}

/**
 * What is wrong with a session policy.
 * @param json as the template has it, without what is not known at synthesis
 */
export function sessionPolicyErrors(json: string | undefined): string[] {
  if (json === undefined) {
    return ['sessionPolicy must have a statement, got none: an empty one would narrow nothing, so leave it out'];
  }
  if (json.length <= SESSION_POLICY_CHARACTERS) return [];
  return [
    `sessionPolicy must have at most ${SESSION_POLICY_CHARACTERS} characters, got ${json.length}: narrow by prefixes or tags, or use a role of its own`,
  ];
}
