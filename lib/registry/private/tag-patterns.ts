/**
 * True when a tag matches the pattern, in which `*` stands for any characters.
 *
 * Also true when `text` is a pattern and all that it matches, this one matches too: no tag has a `*`, so only a wildcard
 * takes one in, and then takes in whatever it stands for.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const literals = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`).test(text);
}
