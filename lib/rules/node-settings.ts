import { ContainersError, isToken } from './errors';

/**
 * What nodes can be told, November 2026.
 *
 * Sources: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/ (NodeConfig v1alpha1, read 2026-07-23),
 * https://bottlerocket.dev/en/os/latest/#/api/settings/kubernetes/ and the model of the Bottlerocket settings
 * (settings-extension-kubernetes V1), https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html (16 KB).
 */

/** What a setting holds; `any` where it takes several types. */
type Kind = 'string' | 'integer' | 'boolean' | 'strings' | 'object' | 'any';
type Kinds = { readonly [key: string]: Kind };

const NODE_CONFIG: { readonly [section: string]: Kinds } = {
  kubelet: { config: 'object', flags: 'strings', maxPodsExpression: 'string' },
  containerd: { config: 'string', baseRuntimeSpec: 'object' },
  instance: { localStorage: 'object', environment: 'object', network: 'object' },
  featureGates: {},
};

/** Of `settings.kubernetes`. */
const KUBERNETES: Kinds = {
  ...kinds('string', 'authentication-mode bootstrap-token cloud-provider container-log-max-size cluster-domain'),
  ...kinds(
    'string',
    'container-log-monitor-interval cpu-manager-policy cpu-manager-reconcile-period hostname-override',
  ),
  ...kinds('string', 'hostname-override-source image-maximum-gc-age image-minimum-gc-age kubelet-extra-config'),
  ...kinds('string', 'memory-manager-policy memory-swap-behavior node-ip pod-infra-container-image provider-id'),
  ...kinds('string', 'reserved-cpus server-certificate server-key shutdown-grace-period'),
  ...kinds('string', 'shutdown-grace-period-for-critical-pods topology-manager-policy topology-manager-scope'),
  ...kinds('integer', 'container-log-max-files container-log-max-workers event-burst event-qps'),
  ...kinds('integer', 'eviction-max-pod-grace-period kube-api-burst kube-api-qps log-level max-parallel-image-pulls'),
  ...kinds('integer', 'max-pods pod-pids-limit registry-burst registry-qps'),
  ...kinds('boolean', 'cpu-cfs-quota-enforced device-ownership-from-security-context seccomp-default'),
  ...kinds('boolean', 'server-tls-bootstrap single-process-oom-kill standalone-mode static-pods-enabled'),
  ...kinds('strings', 'allowed-unsafe-sysctls cpu-manager-policy-options'),
  ...kinds('object', 'credential-providers eviction-hard eviction-soft eviction-soft-grace-period kube-reserved'),
  ...kinds('object', 'memory-manager-reserved-memory static-pods system-reserved'),
  ...kinds('any', 'cluster-dns-ip ids-per-pod image-gc-high-threshold-percent image-gc-low-threshold-percent'),
  ...kinds('any', 'topology-manager-policy-options'),
};

/** What the library, or EKS, says of each node, and what to use instead. */
const OWN_KUBERNETES: { readonly [key: string]: string } = {
  'cluster-name': 'cluster',
  'api-server': 'cluster',
  'cluster-certificate': 'cluster',
  'node-labels': 'labels',
  'node-taints': 'taints',
};
const OWN_FLAGS: { readonly [flag: string]: string } = { 'node-labels': 'labels', 'register-with-taints': 'taints' };

/** User data has at most so many bytes before it is encoded. */
const USER_DATA_BYTES = 16384;

function kinds(kind: Kind, names: string): Kinds {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]));
}

/** Settings as a user gives them. */
export interface Settings {
  readonly [key: string]: unknown;
}

/**
 * What is doubtful in the `spec` of a NodeConfig: nodeadm passes over what it does not know.
 * @throws for what is no such spec, or is said elsewhere
 */
export function checkNodeConfig(nodeConfig: Settings): string[] {
  checkPlain('nodeConfig', nodeConfig, 'object');
  if ('spec' in nodeConfig || 'apiVersion' in nodeConfig) {
    throw new ContainersError(
      "nodeConfig must be what stands in the spec of a NodeConfig, got the whole of it: give the value of 'spec'",
    );
  }
  if ('cluster' in nodeConfig) {
    throw new ContainersError(
      "nodeConfig must not have 'cluster', which is told of the cluster of the nodes: leave it out",
    );
  }
  const doubts = unknownKeys('nodeConfig', nodeConfig, Object.keys(NODE_CONFIG));
  for (const [section, known] of Object.entries(NODE_CONFIG)) {
    const given = nodeConfig[section];
    if (given === undefined) continue;
    checkKind(`nodeConfig.${section}`, given, 'object');
    checkKinds(`nodeConfig.${section}`, given as Settings, known);
    if (section !== 'featureGates') {
      doubts.push(...unknownKeys(`nodeConfig.${section}`, given as Settings, Object.keys(known)));
    }
  }
  checkKubelet((nodeConfig.kubelet ?? {}) as { readonly flags?: string[]; readonly config?: Settings });
  return doubts;
}

function checkKubelet({ flags = [], config = {} }: { readonly flags?: string[]; readonly config?: Settings }): void {
  for (const [flag, instead] of Object.entries(OWN_FLAGS)) {
    const given = flags.find((each) => new RegExp(`^--?${flag}(=|\\s|$)`).test(each));
    if (given === undefined) continue;
    throw new ContainersError(
      `nodeConfig.kubelet.flags must not have '--${flag}', got '${given}': use ${instead}, which also tell an autoscaler`,
    );
  }
  if (!('registerWithTaints' in config)) return;
  throw new ContainersError(
    "nodeConfig.kubelet.config must not have 'registerWithTaints': use taints, which also tell an autoscaler",
  );
}

/**
 * What is doubtful in settings of Bottlerocket, which does not start with what it does not know.
 * @throws for what is none of its settings, or is said elsewhere
 */
export function checkBottlerocketSettings(settings: Settings): string[] {
  checkPlain('settings', settings, 'object');
  if ('settings' in settings) {
    throw new ContainersError(
      "settings must be what stands below 'settings' in the TOML of Bottlerocket, got 'settings' again: leave that level out",
    );
  }
  Object.entries(settings).forEach(([key, value]) => {
    if (key !== 'motd') checkKind(`settings.${key}`, value, 'object');
  });
  const kubernetes = (settings.kubernetes ?? {}) as Settings;
  const own = Object.keys(kubernetes).find((key) => Object.hasOwn(OWN_KUBERNETES, key));
  if (own !== undefined) {
    throw new ContainersError(
      `settings.kubernetes must not have '${own}': it follows from ${OWN_KUBERNETES[own]} of the nodes, leave it out`,
    );
  }
  checkKinds('settings.kubernetes', kubernetes, KUBERNETES);
  return unknownKeys('settings.kubernetes', kubernetes, Object.keys(KUBERNETES));
}

function unknownKeys(name: string, given: Settings, known: string[]): string[] {
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  return unknown.map((key) => `${name} has '${key}'`);
}

function checkKinds(name: string, given: Settings, known: Kinds): void {
  for (const [key, value] of Object.entries(given)) {
    if (Object.hasOwn(known, key)) checkKind(`${name}.${key}`, value, known[key]);
  }
}

/** What each kind is in words, and how to tell it. */
const KINDS: { readonly [kind in Kind]: readonly [words: string, is: (value: unknown) => boolean] } = {
  string: ['a string', (value) => typeof value === 'string'],
  integer: ['a whole number', (value) => Number.isInteger(value)],
  boolean: ['true or false', (value) => typeof value === 'boolean'],
  strings: ['a list of strings', (value) => Array.isArray(value) && value.every((each) => typeof each === 'string')],
  object: ['an object', (value) => typeof value === 'object' && value !== null && !Array.isArray(value)],
  any: ['anything', () => true],
};

function checkKind(name: string, value: unknown, kind: Kind): void {
  const [words, is] = KINDS[kind];
  if (value !== undefined && !is(value)) throw new ContainersError(`${name} must be ${words}, got ${shown(value)}`);
}

/** Fails for what a text cannot hold: functions, circles, and tokens that are no strings. */
function checkPlain(name: string, value: unknown, kind: Kind = 'any', above: unknown[] = []): void {
  const isText = typeof value === 'string';
  if (!isText && isToken(value)) {
    throw new ContainersError(
      `${name} must be known at synthesis, or a string, got a token of another type: write it as a string`,
    );
  }
  checkKind(name, value ?? null, kind);
  if (above.includes(value)) throw new ContainersError(`${name} must not hold itself, got a circle`);
  if (Array.isArray(value)) {
    return value.forEach((each, index) => checkPlain(`${name}[${index}]`, each, 'any', [...above, value]));
  }
  if (KINDS.object[1](value)) {
    for (const [key, inner] of Object.entries(value as Settings)) {
      if (isToken(key) || /["'\\\n]/.test(key)) {
        throw new ContainersError(
          `the keys of ${name} must be known at synthesis and without quotes, got ${isToken(key) ? 'a token' : shown(key)}`,
        );
      }
      if (inner !== undefined) checkPlain(`${name}.${key}`, inner, 'any', [...above, value]);
    }
    return;
  }
  if (isText || typeof value === 'boolean' || Number.isFinite(value)) return;
  throw new ContainersError(
    `${name} must be a text, a number, true or false, a list or an object, got ${shown(value)}`,
  );
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  return Array.isArray(value) ? 'a list' : KINDS.object[1](value) ? 'an object' : String(value);
}

/** Fails for more than EC2 hands to an instance; a text with tokens is longer than it looks. */
export function checkUserDataSize(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= USER_DATA_BYTES) return text;
  throw new ContainersError(
    `the user data of a node must be at most ${USER_DATA_BYTES} bytes, got ${bytes}: shorten the settings of its image`,
  );
}
