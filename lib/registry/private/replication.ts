import { Stack } from 'aws-cdk-lib';
import type { aws_ecr as ecr } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkUnique, ContainersError } from '../../rules/errors';
import { checkGiven } from '../../rules/given';
import { checkAccount, checkRegion } from '../../rules/registry';
import { checkEntries, checkPrefixes, REGISTRY_LIMITS } from '../../rules/registry-limits';
import type { ReplicationDestination, ReplicationRule } from '../registry-settings';

/** The rules as CloudFormation has them. */
export function replicationOf(
  scope: Construct,
  rules: ReplicationRule[],
): ecr.CfnReplicationConfiguration.ReplicationRuleProperty[] {
  const { account, region } = Stack.of(scope);
  const { replicationRules, replicationDestinations } = REGISTRY_LIMITS;
  checkEntries('replication', rules, replicationRules, 'leave it out for none');

  const names = rules.map(({ destinations, prefixes }) => {
    checkEntries('destinations', destinations, replicationDestinations, 'say where to, or remove the rule');
    checkPrefixes('prefixes', prefixes, 'leave it out for all repositories');
    destinations.forEach((destination) => checkDestination(destination, { account, region }));
    // The own account may be a token, of which nothing is checked.
    const places = destinations.map(
      (to) => `${to.region} of ${isOwn(to.account, account) ? 'this account' : to.account}`,
    );
    checkUnique('destinations', places);
    return places;
  });
  const different = new Set(names.flat()).size;
  if (different > replicationDestinations) {
    throw new ContainersError(
      `replication must have at most ${replicationDestinations} different destinations in all its rules, got ${different}`,
    );
  }
  return rules.map(({ destinations, prefixes }) => ({
    destinations: destinations.map((to) => ({ region: to.region, registryId: to.account ?? account })),
    repositoryFilters: prefixes?.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
  }));
}

function checkDestination(
  to: ReplicationDestination,
  own: { readonly account: string; readonly region: string },
): void {
  checkGiven('the region of a destination', to.region);
  checkRegion('the region of a destination', to.region);
  checkAccount('the account of a destination', to.account);
  if (to.region !== own.region || !isOwn(to.account, own.account)) return;
  throw new ContainersError(
    'a destination must be another region or another account, got those of the registry itself: remove it',
  );
}

function isOwn(account: string | undefined, own: string): boolean {
  return account === undefined || account === own;
}
