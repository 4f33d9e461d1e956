import type { Template } from 'aws-cdk-lib/assertions';

/** An event, or a part of one, as EventBridge gets it. */
export type Json = { [key: string]: any };

/** The words that make an object a comparison, of those that this project uses. */
const COMPARISONS: Record<string, (given: any, value: unknown) => boolean> = {
  prefix: (prefix: string, value) => typeof value === 'string' && value.startsWith(prefix),
  numeric: (bounds: (string | number)[], value) =>
    typeof value === 'number' && pairs(bounds).every(([sign, bound]) => ORDER[sign](value, bound)),
  'anything-but': (given: unknown, value) => value !== undefined && ![given].flat().includes(value),
  exists: (wanted: boolean, value) => wanted === (value !== undefined),
};

const ORDER: Record<string, (value: number, bound: number) => boolean> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '=': (value, bound) => value === bound,
  '>=': (value, bound) => value >= bound,
  '>': (value, bound) => value > bound,
};

/**
 * Whether EventBridge would match an event: all fields of the pattern, one value of each list, one alternative of `$or`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @see https://github.com/aws/event-ruler
 */
export function matches(pattern: Json, event: Json): boolean {
  if (Object.keys(pattern).length === 0) throw new Error('a pattern must have a field');
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === '$or' && isOr(wanted)) return wanted.some((alternative) => matches(alternative, event));
    if (Array.isArray(wanted)) return wanted.some((value) => matchesLeaf(value, event[name]));
    return [event[name]].flat().some((child) => isObject(child) && matches(wanted, child));
  });
}

/** Anything else is a field of the name `$or`. */
function isOr(alternatives: unknown): alternatives is Json[] {
  return Array.isArray(alternatives) && alternatives.length >= 2 && alternatives.every(isObject);
}

/** A list in an event matches by one of its entries; an empty one has no value. */
function matchesLeaf(wanted: unknown, given: unknown): boolean {
  const values = Array.isArray(given) && given.length > 0 ? given : [[given].flat()[0]];
  if (!isObject(wanted)) return values.includes(wanted);
  const [[word, operand], ...more] = Object.entries(wanted);
  if (!COMPARISONS[word] || more.length > 0) throw new Error(`unknown comparison ${JSON.stringify(wanted)}`);
  return values.some((value) => COMPARISONS[word](operand, value));
}

function pairs(list: (string | number)[]): [string, number][] {
  return list.flatMap((sign, index) => (index % 2 ? [] : [[String(sign), Number(list[index + 1])]]));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a rule makes of an event for its only target: undefined if it does not match. */
export function delivered(rule: Json, event: Json): string | undefined {
  if (!matches(rule.EventPattern, event)) return undefined;
  expect(rule.Targets).toHaveLength(1);
  const { InputPathsMap, InputTemplate } = rule.Targets[0].InputTransformer;
  const text = (InputTemplate as string).replace(/<([A-Za-z0-9_-]+)>/g, (_all, name) => {
    const found = at(event, InputPathsMap[name]);
    if (isObject(found) || Array.isArray(found)) throw new Error(`${InputPathsMap[name]} is more than a value`);
    return found === undefined ? '' : String(found);
  });
  return JSON.parse(text);
}

/** What stands at a path such as `$.detail.resources[0].id`. */
function at(event: Json, path: string): unknown {
  const names = path.replace(/^\$\./, '').replace(/\[(\d+)\]/g, '.$1');
  return names.split('.').reduce((value: any, name) => value?.[name], event);
}

/** The rules of a template by the start of their ids, with the values that references have once deployed. */
export function deployedRules(template: Template, values: Record<string, string>): Record<string, Json> {
  const deployed = (value: any): any => {
    if (Array.isArray(value)) return value.map(deployed);
    if (!isObject(value)) return value;
    if ('Ref' in value) return known(value.Ref);
    if ('Fn::GetAtt' in value) return known(value['Fn::GetAtt'].join('.'));
    if ('Fn::Join' in value) return deployed(value['Fn::Join'][1]).join(value['Fn::Join'][0]);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, deployed(inner)]));
  };
  const known = (reference: string) => values[reference.replace(/[0-9A-F]{8}(?=$|\.)/, '')] ?? reference;
  const rules = Object.entries(template.findResources('AWS::Events::Rule'));
  return Object.fromEntries(
    rules.map(([id, rule]) => [id.replace(/[0-9A-F]{8}$/, ''), deployed(rule.Properties) as Json]),
  );
}
