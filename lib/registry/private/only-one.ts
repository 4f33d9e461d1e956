import { Validations } from 'aws-cdk-lib';
import type { CfnResource } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { inOnePlace } from './places';
import { resourcesOf } from '../../rules/resources';

/** Of what an account has one in each region. The last one that is deployed overwrites the others, or fails. */
export interface OnlyOne<T extends CfnResource = CfnResource> {
  readonly type: string;
  /** What it is for: there is one for each prefix. */
  readonly prefixOf?: (resource: T) => string | undefined;
  /** What to change when there are two. */
  readonly change: string;
}

/** Who is checked for what: two of them must not both report each other. */
const checked = new WeakMap<IConstruct, string[]>();

/**
 * Looks for others in the whole app, bare L1s too, when it is synthesized: CloudFormation's own checks see one stack.
 * @param owner the resource, or what makes it, maybe later
 */
export function checkOnlyOne<T extends CfnResource>(owner: Construct, ...kinds: OnlyOne<T>[]): void {
  checked.set(
    owner,
    kinds.map(({ type }) => type),
  );
  owner.node.addValidation({ validate: () => kinds.flatMap((kind) => others(owner, kind)) });
}

/** The same for settings, of which there is one whatever they say. */
export function checkSingleOwner(owner: Construct, types: string[]): void {
  const change = 'put what both say into one, and remove the other';
  checkOnlyOne(owner, ...types.map((type) => ({ type, change })));
}

/** The resources of its type that are known to be in the account and region of a resource, itself too. */
export function inSameRegistry<T extends CfnResource>(resource: T): T[] {
  return resourcesOf<T>(resource.node.root, resource.cfnResourceType).filter((each) => inOnePlace(each, resource));
}

/** Errors for others in the same place; a warning where the place is not known. */
function others<T extends CfnResource>(owner: Construct, { type, prefixOf, change }: OnlyOne<T>): string[] {
  const prefix = (resource: T) => prefixOf?.(resource)?.replace(/\/$/, '');
  const all = resourcesOf<T>(owner.node.root, type);
  // Of two that are both checked, the later one reports.
  const pairs = all.flatMap((mine, index) =>
    mine.node.scopes.includes(owner)
      ? all
          .filter((other, position) => position < index || (position > index && !isChecked(other, type)))
          .filter((other) => prefix(other) === prefix(mine))
          .map((other) => [other, mine])
      : [],
  );
  return pairs.flatMap(([other, mine]) => {
    const names = `'${other.node.path}' and '${mine.node.path}'`;
    const what = prefixOf ? `${type} for the prefix '${prefixOf(mine)}'` : type;
    const meet = inOnePlace(other, mine);
    if (meet) return [`an account must have one ${what} in each region, got ${names}: ${change}`];
    if (meet === undefined) {
      Validations.of(owner).addWarning(
        prefixOf ? 'cdk-containers:RegistryPrefixOwner' : 'cdk-containers:RegistrySettingsOwner',
        `${names} are both ${what}, of which an account has one in each region, and where their stacks go is not known: give both stacks an env, or acknowledge this if they go to different accounts or regions.`,
      );
    }
    return [];
  });
}

function isChecked(resource: IConstruct, type: string): boolean {
  return resource.node.scopes.some((scope) => checked.get(scope)?.includes(type));
}
