import { checkPattern, ContainersError } from './errors';

/**
 * Limit of a customer managed policy, white space not counted.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MANAGED_POLICY_CHARACTERS = 6144;

/** `{"Version":"2012-10-17","Statement":[]}` and a margin. */
const ENVELOPE_CHARACTERS = 144;

/** Conditions of a policy: keys by operator. */
type Conditions = Readonly<Record<string, unknown>>;

/** Fails when a path is none, or when a condition would take the place of one that the role has. */
export function checkRole(role: {
  readonly path?: string;
  readonly has: Conditions;
  readonly trustConditions: Conditions;
}): void {
  checkPattern(
    'path',
    role.path,
    /^\/([\x21-\x7e]{1,510}\/)?$/,
    "'/', or begin and end with it such as '/teams/shop/'",
  );
  for (const [operator, keys] of Object.entries(role.trustConditions)) {
    const taken = Object.keys(keys as object).find((key) => Object.hasOwn((role.has[operator] ?? {}) as object, key));
    if (taken === undefined) continue;
    throw new ContainersError(
      `trustConditions must not have ${taken} of ${operator}, which the role has already and would lose: leave it out, or use another operator`,
    );
  }
}

/** A statement as JSON, tokens unresolved. */
export type StatementJson = Record<string, unknown>;

/**
 * Measures how full a policy is, while statements are added. Statements that differ in their resources only are
 * merged, as the policy document does when it is written.
 */
export class PolicyMeter {
  private used = ENVELOPE_CHARACTERS;
  private readonly resourcesOf = new Map<string, Set<string>>();

  /** @param tokenCharacters what a token may resolve to at the most: a part of an ARN, with the stack's name in it */
  constructor(private readonly tokenCharacters: number) {}

  /** Counts the statement if it fits; false, and nothing changes, if it does not. The first one always fits. */
  public add(statement: StatementJson): boolean {
    const { Resource, ...rest } = statement;
    const key = JSON.stringify(rest);
    const known = this.resourcesOf.get(key);
    const added = [Resource ?? []]
      .flat()
      .map(String)
      .filter((resource) => !known?.has(resource));
    const size =
      (known ? 0 : this.characters(key) + '"Resource":[],'.length) +
      added.reduce((sum, each) => sum + this.characters(each) + '"",'.length, 0);
    if (this.resourcesOf.size > 0 && this.used + size > MANAGED_POLICY_CHARACTERS) return false;
    this.used += size;
    this.resourcesOf.set(key, new Set([...(known ?? []), ...added]));
    return true;
  }

  private characters(text: string): number {
    return text.replace(TOKEN, 'x'.repeat(this.tokenCharacters)).length;
  }
}

const TOKEN = /[$#]\{Token\[[^\]]*\]\}/g;
