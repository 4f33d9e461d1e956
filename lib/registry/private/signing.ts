import { aws_signer as signer, Stack } from 'aws-cdk-lib';
import type { aws_ecr as ecr } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkUnique, ContainersError, isToken } from '../../rules/errors';
import { checkEntries, checkFilters, REGISTRY_LIMITS } from '../../rules/registry-limits';
import type { RegistrySigningOptions } from '../registry-settings';

/** All that signs. */
export interface Signing {
  readonly rules: ecr.CfnSigningConfiguration.RuleProperty[];
  /** Each once. */
  readonly profiles: signer.ISigningProfile[];
  /** The one that was made here, if a rule has none of its own. */
  readonly made?: signer.SigningProfile;
}

/** Makes the profile that rules share which bring none. */
export function newSigning(scope: Construct, { rules = [{}] }: RegistrySigningOptions): Signing {
  checkEntries('rules of signing', rules, REGISTRY_LIMITS.signingRules, 'leave it out for all repositories');
  const made = rules.some(({ profile }) => !profile)
    ? new signer.SigningProfile(scope, 'SigningProfile', { platform: signer.Platform.NOTATION_OCI_SHA384_ECDSA })
    : undefined;
  const signed = rules.map(({ repositories, profile = made! }) => {
    checkFilters('repositories', repositories, 'leave it out for all repositories');
    checkProfile(scope, profile);
    return { repositories, profile };
  });
  const profiles = [...new Set(signed.map(({ profile }) => profile))];
  profiles.forEach((profile) =>
    checkUnique(
      `repositories that '${profile.node.path}' signs`,
      signed.filter((rule) => rule.profile === profile).flatMap(({ repositories = ['all'] }) => repositories),
    ),
  );
  return {
    made,
    profiles,
    rules: signed.map(({ repositories, profile }) => ({
      signingProfileArn: arnOfProfile(profile),
      repositoryFilters: repositories?.map((filter) => ({ filter, filterType: 'WILDCARD_MATCH' })),
    })),
  };
}

/** CDK gives imported profiles an ARN with a slash too many, which neither ECR nor IAM knows. */
export function arnOfProfile({ signingProfileArn }: signer.ISigningProfile): string {
  return signingProfileArn.replace('://signing-profiles/', ':/signing-profiles/');
}

/** What is known of a profile must suit: ECR says nothing of it before the first push. */
function checkProfile(scope: Construct, { node, env }: signer.ISigningProfile): void {
  const { region } = Stack.of(scope);
  if (![region, env.region].some(isToken) && region !== env.region) {
    throw new ContainersError(
      `a profile of signing must be in the region of the registry, ${region}, got '${node.path}' in ${env.region}: make one there`,
    );
  }
  const { platformId } = signer.Platform.NOTATION_OCI_SHA384_ECDSA;
  const resource = node.defaultChild as signer.CfnSigningProfile | undefined;
  if (!resource || isToken(resource.platformId) || resource.platformId === platformId) return;
  throw new ContainersError(
    `a profile of signing must be for ${platformId}, got '${node.path}' for ${resource.platformId}: images have signatures of that kind`,
  );
}
