import type { Condition } from '../../lib/rules/route-conditions';

/** What a load balancer sees of a request: the value of each thing that a condition may ask for. */
export type Request = { [what: string]: string };

/** The name of what a condition asks for. */
export function subjectOf({ field, name }: Condition): string {
  return name === undefined ? field : `${field} ${name.toLowerCase()}`;
}

/** A pattern of a load balancer as a regular expression: `*` is any text, `?` any character. */
export function glob(pattern: string, flags = ''): RegExp {
  const known = globs.get(`${flags} ${pattern}`);
  if (known) return known;
  const escaped = pattern.replace(/[.$+^|(){}[\]\\]/g, '\\$&');
  const made = new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, flags);
  globs.set(`${flags} ${pattern}`, made);
  return made;
}

/** Made once: properties ask for the same ones many thousand times. */
const globs = new Map<string, RegExp>();

/** True when a rule with these conditions would take the request. */
export function matches(conditions: Condition[], request: Request): boolean {
  return conditions.every((condition) => {
    const flags = condition.field === 'path' || condition.field === 'method' ? '' : 'i';
    return condition.values.some((value) => glob(value, flags).test(request[subjectOf(condition)] ?? ''));
  });
}
