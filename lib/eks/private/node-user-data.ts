import { ContainersError } from '../../rules/errors';
import type { Settings } from '../../rules/node-settings';

/**
 * What Amazon Linux reads: NodeConfigs as parts of a message, of which each later one is merged over the earlier ones. JSON is
 * YAML, and no value can end it: a text that has a line break or a boundary in it stays on its line.
 * @see https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/examples/
 */
export function nodeConfigs(...specs: Settings[]): string {
  const parts = specs.map((spec) => [
    '--NODECONFIG',
    'Content-Type: application/node.eks.aws',
    '',
    JSON.stringify({ apiVersion: 'node.eks.aws/v1alpha1', kind: 'NodeConfig', spec }, undefined, 2),
    '',
  ]);
  return [
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="NODECONFIG"',
    '',
    ...parts.flat(),
    '--NODECONFIG--',
    '',
  ].join('\n');
}

/** TOML as Bottlerocket reads it, and as EKS can merge it: no quotes in headers, and none that are escaped. */
export function toml(settings: Settings): string {
  return `${table(['settings'], settings).join('\n')}\n`;
}

/** A header with its values, then the tables below. */
function table(path: string[], settings: Settings): string[] {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  const isTable = ([key, value]: [string, unknown]) => isBare(key) && isObject(value);
  const values = entries
    .filter((entry) => !isTable(entry))
    .map(([key, value]) => `${keyText(key)} = ${valueText(value)}`);
  const tables = entries.filter(isTable).map(([key, value]) => table([...path, key], value as Settings));
  const isEmpty = values.length === 0 && tables.length > 0;
  return [...(isEmpty ? [] : [`[${path.join('.')}]`, ...values]), ...tables.flat()];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBare(key: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(key);
}

function keyText(key: string): string {
  return isBare(key) ? key : `"${key}"`;
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const entries = Object.entries(value as Settings).filter(([, inner]) => inner !== undefined);
  return `{ ${entries.map(([key, inner]) => `${keyText(key)} = ${valueText(inner)}`).join(', ')} }`;
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-user-data */
function text(value: string): string {
  if (!value.includes('"')) return JSON.stringify(value).replace(/\x7f/g, '\\u007f');
  if (!/['\x00-\x08\x0a-\x1f\x7f]/.test(value)) return `'${value}'`;
  throw new ContainersError(
    `settings must not have a text with double quotes beside single quotes or line breaks, which EKS cannot merge, got ${JSON.stringify(value)}: encode it, or use one kind of quotes`,
  );
}
