import { ContainersError, isToken } from '../../rules/errors';
import type { AccessGrant, AccessParts } from '../kubernetes-access';

/** What two accesses give together. EKS takes each policy once, so the whole cluster wins over some of its namespaces. */
export function mergeAccess(principal: string, one: AccessParts, other: AccessParts): AccessParts {
  const [first, second] = [one.username, other.username];
  if (first !== undefined && second !== undefined && first !== second) {
    throw new ContainersError(
      `${principal} must have one username in a cluster, got '${first}' and '${second}': leave one of them out`,
    );
  }
  return {
    grants: mergeGrants([...one.grants, ...other.grants]),
    groups: together(
      'the groups',
      [one.groups, other.groups].filter((names) => names.length > 0),
    ),
    username: first ?? second,
  };
}

function mergeGrants(grants: AccessGrant[]): AccessGrant[] {
  return sorted(grants.map(({ policy }) => policy)).map((policy) => {
    const scopes = grants.filter((grant) => grant.policy === policy).map(({ namespaces }) => namespaces);
    const everywhere = scopes.includes(undefined);
    const lists = scopes.flatMap((names) => (names === undefined ? [] : [names]));
    return { policy, namespaces: everywhere ? undefined : together(`the namespaces of ${policy}`, lists) };
  });
}

/** A list that only CloudFormation knows cannot be a part of another one. */
function together(what: string, lists: string[][]): string[] {
  const [unknown] = lists.filter((names) => isToken(names));
  if (unknown && lists.some((names) => names.join() !== unknown.join())) {
    throw new ContainersError(
      `${what} of one principal must be known at synthesis to be more than one list, got a token: say all of them in one list`,
    );
  }
  return unknown ?? sorted(lists.flat());
}

/** Each once, and in an order that does not depend on who came first. */
function sorted(names: string[]): string[] {
  return [...new Set(names)].sort();
}
