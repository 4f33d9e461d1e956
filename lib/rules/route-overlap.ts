import { isToken } from './errors';
import type { Condition } from './route-conditions';

/** True when some request would match both: then the one with the lower priority gets it. */
export function overlap(one: Condition[], other: Condition[]): boolean {
  return one.every((condition) => {
    const opposite = other.find(({ field, name }) => field === condition.field && sameName(condition, name));
    return !opposite || meet(condition, opposite);
  });
}

function sameName({ field, name }: Condition, other: string | undefined): boolean {
  return field === 'header' ? name?.toLowerCase() === other?.toLowerCase() : name === other;
}

/** A request has each of these once: who sends a header or a query parameter twice gets the route that comes first. */
function meet(one: Condition, other: Condition): boolean {
  return one.values.some((value) => other.values.some((another) => valuesMeet(one.field, value, another)));
}

function valuesMeet(field: Condition['field'], one: string, other: string): boolean {
  // What nobody knows before the deployment is no proof.
  if (isToken(one) || isToken(other)) return false;
  if (field === 'source') return networksMeet(one, other);
  if (field === 'method') return one === other;
  return field === 'path' ? patternsMeet(one, other) : patternsMeet(one.toLowerCase(), other.toLowerCase());
}

/** True when a text matches both patterns, in which `*` is any text and `?` any character. */
export function patternsMeet(one: string, other: string): boolean {
  // reached[j]: some text is matched by what was read of `one` and by the first j characters of `other`.
  let reached = firstRow(other);
  for (const char of one) {
    const next: boolean[] = [char === '*' && reached[0]];
    for (let j = 1; j <= other.length; j++) {
      const opposite = other[j - 1];
      if (char === '*') next[j] = reached[j] || next[j - 1];
      else if (opposite === '*') next[j] = next[j - 1] || reached[j];
      else next[j] = reached[j - 1] && (char === opposite || char === '?' || opposite === '?');
    }
    reached = next;
  }
  return reached[other.length];
}

function firstRow(other: string): boolean[] {
  const row = [true];
  for (let j = 1; j <= other.length; j++) row[j] = row[j - 1] && other[j - 1] === '*';
  return row;
}

function networksMeet(one: string, other: string): boolean {
  const [first, second] = [bitsOf(one), bitsOf(other)];
  const shorter = Math.min(first.prefix, second.prefix);
  return first.bits.length === second.bits.length && first.bits.slice(0, shorter) === second.bits.slice(0, shorter);
}

/** The bits of an address in CIDR notation, 32 or 128 of them. */
function bitsOf(cidr: string): { bits: string; prefix: number } {
  const [address, prefix] = cidr.split('/');
  const parts = address.includes(':') ? ipv6Parts(address) : address.split('.').map((part) => Number(part));
  const width = address.includes(':') ? 16 : 8;
  return { bits: parts.map((part) => part.toString(2).padStart(width, '0')).join(''), prefix: Number(prefix) };
}

function ipv6Parts(address: string): number[] {
  const [head, tail] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const missing = tail === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...new Array<string>(missing).fill('0'), ...(tail ?? [])].map((part) => parseInt(part, 16));
}
