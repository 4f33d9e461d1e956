import { ContainersError, isToken } from './errors';
import type { Condition } from './route-conditions';
import { checkRulePriority, groupBySpecificity, priorityOf } from './route-priorities';

/**
 * What one rule holds.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html (November 2026;
 * another page says six wildcards).
 */
const VALUES_PER_RULE = 5;
const WILDCARDS_PER_RULE = 5;

/** A rule of a listener. */
export interface RouteRule {
  readonly priority: number;
  readonly conditions: Condition[];
}

/** The rules of a route: few, with equal numbers of values, and none with values of different specificity. */
export function rulesOf(conditions: Condition[], priority: number | undefined): RouteRule[] {
  checkConditionCount(conditions);
  conditions.forEach(checkWildcards);
  if (priority !== undefined) {
    const rules = split(conditions);
    rules.forEach((_rule, index) => checkRulePriority(isToken(priority) ? priority : priority + index));
    if (isToken(priority) && rules.length > 1) {
      throw new ContainersError(
        `priority must be known for a route of ${rules.length} rules, got a token: each rule needs one of its own`,
      );
    }
    return rules.map((rule, index) => ({
      conditions: rule,
      priority: isToken(priority) ? priority : priority + index,
    }));
  }
  const alike = product(
    conditions.map((condition) => groupBySpecificity(condition).map((values) => ({ ...condition, values }))),
  );
  return alike.flatMap((group) => split(group)).map((rule) => ({ conditions: rule, priority: priorityOf(rule) }));
}

function checkConditionCount(conditions: Condition[]): void {
  if (conditions.length <= VALUES_PER_RULE) return;
  throw new ContainersError(
    `a route must have at most ${VALUES_PER_RULE} conditions that must hold together, got ${conditions.length}: ELB takes no more values in a rule`,
  );
}

function checkWildcards({ values }: Condition): void {
  const wild = values.find((value) => wildcardsOf(value) > WILDCARDS_PER_RULE);
  if (wild === undefined) return;
  throw new ContainersError(
    `a value of a route must have at most ${WILDCARDS_PER_RULE} wildcards, got '${wild}': one '*' matches any text`,
  );
}

/** Rules with as many values as they hold. */
function split(conditions: Condition[]): Condition[][] {
  const sizes = bestSizes(conditions);
  const chunks = conditions.map((condition, index) =>
    chunked(condition.values, sizes[index]).map((values) => ({ ...condition, values })),
  );
  return product(chunks);
}

/** How many values of each condition go into a rule, so that there are the fewest rules. */
function bestSizes(conditions: Condition[]): number[] {
  const options = product(conditions.map(({ values }) => downFrom(Math.min(values.length, VALUES_PER_RULE)))).filter(
    (sizes) => fits(conditions, sizes),
  );
  const rules = (sizes: number[]) =>
    conditions.reduce((count, { values }, index) => count * Math.ceil(values.length / sizes[index]), 1);
  const [best] = options.sort((one, other) => rules(one) - rules(other));
  if (best) return best;
  throw new ContainersError(
    `the conditions of a route must have at most ${WILDCARDS_PER_RULE} wildcards together, got ${JSON.stringify(conditions.map(({ values }) => values))}: use fewer of '*' and '?'`,
  );
}

function fits(conditions: Condition[], sizes: number[]): boolean {
  if (sizes.reduce((sum, size) => sum + size, 0) > VALUES_PER_RULE) return false;
  const wildcards = conditions.map(({ values }, index) =>
    Math.max(
      ...chunked(values, sizes[index]).map((chunk) => chunk.reduce((sum, value) => sum + wildcardsOf(value), 0)),
    ),
  );
  return wildcards.reduce((sum, count) => sum + count, 0) <= WILDCARDS_PER_RULE;
}

function wildcardsOf(value: string): number {
  return isToken(value) ? 0 : value.split(/[*?]/).length - 1;
}

/** What does not fit into one rule is sorted, so that the order in which it was written moves nothing. */
function chunked(values: string[], size: number): string[][] {
  if (values.length <= size) return [values];
  const sorted = [...values].sort();
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, index) =>
    sorted.slice(index * size, (index + 1) * size),
  );
}

/** From the most on, so that of equal splits the fullest is taken. */
function downFrom(max: number): number[] {
  return Array.from({ length: max }, (_, index) => max - index);
}

/** All ways to take one of each. */
function product<T>(lists: T[][]): T[][] {
  return lists.reduce<T[][]>((made, list) => made.flatMap((one) => list.map((item) => [...one, item])), [[]]);
}
