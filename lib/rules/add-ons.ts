import { checkPattern, checkWhole, ContainersError, isToken } from './errors';

/** What is known of an add-on of EKS. */
export interface AddOnFacts {
  /** The factory that knows more of it. */
  readonly factory?: string;
  /** Its pods wait for a node: without one, EKS calls it degraded and CloudFormation gives up. */
  readonly needsNodes: boolean;
  /** EKS Auto Mode has it built in. */
  readonly builtIntoAutoMode?: boolean;
  /** It runs on each node of EC2, and on nothing else. */
  readonly daemon?: boolean;
  /** Where its pods are, unless it is told otherwise. */
  readonly namespace?: string;
  /** Who calls AWS. */
  readonly serviceAccount?: string;
}

/**
 * Add-ons of EKS, November 2026.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html#addon-consider-auto
 */
export const ADD_ONS = {
  'vpc-cni': {
    factory: 'AddOn.vpcCni()',
    needsNodes: false,
    builtIntoAutoMode: true,
    daemon: true,
    namespace: 'kube-system',
    serviceAccount: 'aws-node',
  },
  'kube-proxy': { factory: 'AddOn.kubeProxy()', needsNodes: false, builtIntoAutoMode: true, daemon: true },
  'eks-pod-identity-agent': {
    factory: 'AddOn.podIdentityAgent()',
    needsNodes: false,
    builtIntoAutoMode: true,
    daemon: true,
  },
  coredns: { factory: 'AddOn.coreDns()', needsNodes: true, builtIntoAutoMode: true },
  'aws-ebs-csi-driver': { needsNodes: true, builtIntoAutoMode: true, namespace: 'kube-system' },
  'eks-node-monitoring-agent': { needsNodes: false, builtIntoAutoMode: true, daemon: true },
} as const satisfies { [name: string]: AddOnFacts };

/** What is known of an add-on; of most of them nothing. */
export function factsOfAddOn(name: string): AddOnFacts | undefined {
  return new Map<string, AddOnFacts>(Object.entries(ADD_ONS)).get(name);
}

/** Fails for what cannot be the name of an add-on, and for tokens: order and identity follow from the name. */
export function checkAddOnName(name: string): void {
  checkKnown('the name of an add-on', name);
  const allowed = "lower-case letters, digits, '.', '_' and '-', such as 'aws-ebs-csi-driver'";
  checkPattern('the name of an add-on', name, /^[a-z0-9][a-z0-9._-]{0,99}$/, allowed);
}

/** Fails for an add-on that has a factory, which knows what it needs. */
export function checkOtherAddOn(name: string): void {
  checkAddOnName(name);
  const factory = factsOfAddOn(name)?.factory;
  if (!factory) return;
  throw new ContainersError(
    `AddOn.of must be for add-ons that have no factory, got '${name}': use ${factory}, which knows its order and identity`,
  );
}

/**
 * Fails for what EKS does not take as a version: `latest`, or that of the software alone. Vendors in AWS Marketplace have
 * versions of their own.
 */
export function checkAddOnVersion(name: string, version: string | undefined): void {
  const [pattern, allowed] = factsOfAddOn(name)
    ? [/^v\d+\.\d+\.\d+-eksbuild\.\d+$/, "one such as 'v1.18.3-eksbuild.2'"]
    : [/^v?\d[0-9A-Za-z.+-]*$/, "one such as 'v1.18.3-eksbuild.2'"];
  checkPattern(`the version of the add-on '${name}'`, version, pattern, allowed);
}

/** Fails for what is no name of a namespace. */
export function checkNamespace(name: string, namespace: string | undefined): void {
  const allowed = '1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends';
  checkPattern(`the namespace of the add-on '${name}'`, namespace, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, allowed);
}

/** Fails for what is no name of a service account, and for tokens: roles are told apart by it. */
export function checkAddOnServiceAccount(serviceAccount: string): void {
  checkKnown('the service account of an add-on', serviceAccount);
  checkPattern(
    'the service account of an add-on',
    serviceAccount,
    /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    "lower-case letters, digits, '-' and '.', with a letter or digit at both ends",
  );
}

function checkKnown(what: string, value: unknown): void {
  if (typeof value === 'string' && !isToken(value)) return;
  const shown = isToken(value) ? 'a token' : String(value);
  throw new ContainersError(`${what} must be a string that is known at synthesis, got ${shown}`);
}

/** How many addresses wait for pods on a node. */
export interface WarmPool {
  readonly prefixDelegation?: boolean;
  readonly warmPrefixTarget?: number;
  readonly warmEniTarget?: number;
  readonly warmIpTarget?: number;
  readonly minimumIpTarget?: number;
}

/**
 * Fails for targets that the plugin ignores, or with which nodes run out of addresses.
 * @see https://github.com/aws/amazon-vpc-cni-k8s/blob/master/README.md (v1.23)
 */
export function checkWarmPool(pool: WarmPool): void {
  const { prefixDelegation, warmPrefixTarget, warmEniTarget, warmIpTarget, minimumIpTarget } = pool;
  checkWhole('warmPrefixTarget', warmPrefixTarget, { min: 1, max: Infinity });
  checkWhole('warmEniTarget', warmEniTarget, { min: 0, max: Infinity });
  checkWhole('warmIpTarget', warmIpTarget, { min: 1, max: Infinity });
  checkWhole('minimumIpTarget', minimumIpTarget, { min: 1, max: Infinity });
  if (warmPrefixTarget !== undefined && !prefixDelegation) {
    throw new ContainersError(
      `warmPrefixTarget must be given with prefixDelegation, got ${warmPrefixTarget} without it: the plugin ignores it`,
    );
  }
  if (minimumIpTarget !== undefined && warmIpTarget === undefined) {
    throw new ContainersError(
      `minimumIpTarget must be given with warmIpTarget, got ${minimumIpTarget} alone: without it the plugin keeps no address ready beyond the minimum`,
    );
  }
  if (warmIpTarget === undefined) return;
  const ignored = Object.entries({ warmPrefixTarget, warmEniTarget }).find(([, value]) => value !== undefined);
  if (!ignored) return;
  throw new ContainersError(
    `${ignored[0]} must not be given with warmIpTarget, got ${ignored[1]}: the plugin ignores it, so remove one of them`,
  );
}

/** Fails when replicas of CoreDNS are both fixed and scaled, or out of order. */
export function checkReplicas(replicas: number | undefined, scaling?: { minReplicas?: number; maxReplicas?: number }) {
  checkWhole('replicas', replicas, { min: 1, max: Infinity });
  if (!scaling) return;
  const { minReplicas, maxReplicas } = scaling;
  checkWhole('minReplicas', minReplicas, { min: 1, max: Infinity });
  checkWhole('maxReplicas', maxReplicas, { min: 1, max: Infinity });
  if (replicas !== undefined) {
    throw new ContainersError(
      `replicas must not be given with scaling, got ${replicas}: EKS sets how many there are, so remove one of them`,
    );
  }
  const [min, max] = [minReplicas, maxReplicas].map((each) => (isToken(each) ? undefined : each));
  if (min === undefined || max === undefined || min <= max) return;
  throw new ContainersError(`minReplicas must not be greater than maxReplicas, got ${min} and ${max}`);
}
