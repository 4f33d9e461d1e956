import { checkPattern, checkWhole, ContainersError, isToken } from './errors';
import { checkList } from './given';

/**
 * What labels and taints of nodes may be, November 2026.
 *
 * Sources: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set,
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_Taint.html (50 taints), and what kubelet takes as `--node-labels`,
 * which is how every node gets them, those of managed node groups too:
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
const TAINTS = { min: 0, max: 50 };
const NAME = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)$/;
const VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const PREFIX = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const NAME_IN_WORDS =
  'letters, digits, hyphens, underscores and dots, at most 63, with a letter or digit at both ends, after an optional domain and a slash';
const VALUE_IN_WORDS =
  'letters, digits, hyphens, underscores and dots, at most 63, with a letter or digit at both ends';

/** What kubelet takes of the reserved ones; it does not start with any other. */
const ALLOWED_PREFIXES = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const ALLOWED_LABELS = [
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
];

/** What `eks.TaintEffect` is called in Kubernetes. */
const EFFECTS: Record<string, string> = {
  NO_SCHEDULE: 'NoSchedule',
  PREFER_NO_SCHEDULE: 'PreferNoSchedule',
  NO_EXECUTE: 'NoExecute',
};

/** A taint as it is given. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** Fails for labels with which a node would not start, or which are not its to say. */
export function checkLabels(labels: { readonly [key: string]: string }): void {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) {
    throw new ContainersError("labels must be an object such as { team: 'shop' }, got something else");
  }
  for (const [key, value] of Object.entries(labels)) {
    checkKey('a key of labels', key);
    checkReserved(key);
    checkText(`the value of label '${key}'`, value);
  }
}

/** Fails for taints that Kubernetes does not know, or that say the same. */
export function checkTaints(taints: Taint[]): void {
  checkList('taints', taints);
  checkWhole('the number of taints', taints.length, TAINTS);
  taints.forEach(checkTaint);
  const keys = taints.map(({ key, effect }) => `${key}:${effectName(effect)}`);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice === undefined) return;
  throw new ContainersError(`taints must have each key with an effect once, got '${twice}' twice: remove one`);
}

function checkTaint(taint: Taint): void {
  if (typeof taint !== 'object' || taint === null) {
    throw new ContainersError(
      `a taint must be an object with key and effect, got ${typeof taint === 'string' ? `'${taint as string}'` : String(taint)}`,
    );
  }
  const { key, value, effect } = taint;
  checkKey('the key of a taint', key);
  if (value !== undefined) checkText(`the value of taint '${key}'`, value);
  if (Object.hasOwn(EFFECTS, effect)) return;
  throw new ContainersError(
    `the effect of taint '${key}' must be one of ${Object.keys(EFFECTS).join(', ')}, got ${effect === undefined ? 'none' : `'${effect}'`}`,
  );
}

function checkKey(what: string, key: string): void {
  if (isToken(key)) {
    throw new ContainersError(`${what} must be known at synthesis, got a token: only values can be tokens`);
  }
  if (typeof key !== 'string') {
    throw new ContainersError(`${what} must be ${NAME_IN_WORDS}, got ${String(key)}, which is no string`);
  }
  const parts = key.split('/');
  const isGood = parts.length <= 2 && NAME.test(parts.at(-1)!) && (parts.length === 1 || PREFIX.test(parts[0]));
  if (!isGood) throw new ContainersError(`${what} must be ${NAME_IN_WORDS}, got '${key}'`);
}

function checkText(what: string, value: string): void {
  if (value === undefined || value === null) {
    throw new ContainersError(`${what} must be given, got ${String(value)}: an empty string is a value too`);
  }
  checkPattern(what, value, VALUE, VALUE_IN_WORDS);
}

function checkReserved(key: string): void {
  const [prefix] = key.includes('/') ? key.split('/') : [''];
  const isOf = (domain: string) => prefix === domain || prefix.endsWith(`.${domain}`);
  if (isOf('eks.amazonaws.com')) {
    throw new ContainersError(
      `a key of labels must not begin with eks.amazonaws.com/, got '${key}': EKS sets such labels itself`,
    );
  }
  if (!isOf('kubernetes.io') && !isOf('k8s.io')) return;
  if (ALLOWED_LABELS.includes(key) || ALLOWED_PREFIXES.some(isOf)) return;
  throw new ContainersError(
    `a key of labels must not be in the domains of Kubernetes but for ${ALLOWED_PREFIXES.map((it) => `${it}/…`).join(' and ')}, got '${key}': ` +
      'kubelet does not start with it; use a domain of yours, or label the node when it has joined',
  );
}

/** The effect of a taint as Kubernetes spells it. */
export function effectName(effect: string): string {
  return EFFECTS[effect];
}
