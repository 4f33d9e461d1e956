import { aws_ecr as ecr, aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_signer as signer } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkSingleOwner } from './private/only-one';
import { replicationOf } from './private/replication';
import { arnOfProfile, newSigning } from './private/signing';
import { checkPrincipals } from './private/statements';
import type { RegistryScanning } from './registry-scanning';
import { checkUnique, ContainersError, isToken } from '../rules/errors';
import { checkEntries } from '../rules/registry-limits';

/** Where images are copied to. */
export interface ReplicationDestination {
  /** The region, such as `eu-central-1`. */
  readonly region: string;

  /**
   * The account, whose registry must have a `ReplicationTarget` for this one: without it nothing arrives, and nobody is told.
   * @default - the own account, which needs nothing
   */
  readonly account?: string;
}

/** Which images are copied where. */
export interface ReplicationRule {
  /** Where to: other regions of this account, or other accounts. */
  readonly destinations: ReplicationDestination[];

  /**
   * What the names of the repositories start with, such as `shop/`. No wildcards.
   * @default - all repositories
   */
  readonly prefixes?: string[];
}

/** With which profile ECR signs the images of which repositories. */
export interface SigningRule {
  /**
   * The repositories, by their names: `*` stands for any characters, such as in `shop/*`.
   * @default - all
   */
  readonly repositories?: string[];

  /**
   * The profile, of this region and for `Platform.NOTATION_OCI_SHA384_ECDSA`. It may be of another account that lets this
   * one use it.
   * @default - `signingProfile`, which all rules without one share
   */
  readonly profile?: signer.ISigningProfile;
}

/** What ECR signs. */
export interface RegistrySigningOptions {
  /**
   * Which repositories are signed with what. An image that several rules reach gets a signature of each profile.
   * @default - all repositories with `signingProfile`
   */
  readonly rules?: SigningRule[];
}

/** Properties of `RegistrySettings`: what is left out stays as it is. */
export interface RegistrySettingsProps {
  /**
   * How images are scanned. AWS wants it to be said here, and not by each repository.
   * @default - as it is; in a new account basic scanning, of repositories that ask for it
   */
  readonly scanning?: RegistryScanning;

  /**
   * Which images are copied to other regions and accounts when they are pushed. Images that were pushed before are not.
   *
   * Only images are copied: ECR makes the repositories there without lifecycle policy, permissions, scanning or immutable
   * tags. Give them those with a `RepositoryTemplate` in each destination. Costs: transfer and storage.
   * @default - as it is
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
   */
  readonly replication?: ReplicationRule[];

  /**
   * Who may do what in the whole registry, other accounts above all. Name `resources`, such as
   * `arn:aws:ecr:eu-west-1:111122223333:repository/shop/*`.
   *
   * ECR obeys actions on repositories and images in it with the registry policy scope V2 only, which newer accounts have;
   * `RegistryAccountSettings` sets it. With V1 it is for `ecr:ReplicateImage`, `ecr:CreateRepository` and
   * `ecr:BatchImportUpstreamImage`. cdk-nag's ECR1 fires on a principal `*`, also with a condition.
   * @default - as it is, or what `addToRegistryPolicy` adds
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
   */
  readonly policy?: iam.PolicyStatement[];

  /**
   * Signs images when they are pushed, with AWS Signer: a signature is an artifact of its own beside the image. ECR signs
   * with the identity of who pushes, so that everybody who pushes needs `grantSign`; without it the push succeeds, and the
   * image has no signature. Costs nothing but the storage of signatures.
   * @default - as it is
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
   */
  readonly signing?: RegistrySigningOptions;

  /**
   * Roles whose pulls do not count as use: those of scanners above all, which keep every image from being archived by
   * `Retention.archiveUnused`. Amazon Inspector never counts.
   * @default - as it is
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-time-update-exclusions.html
   */
  readonly pullTimeExclusions?: iam.IRole[];
}

/**
 * What holds for all private repositories of an account in a region, in one place: scanning, replication, permissions,
 * signing.
 *
 * An account has each of these once in a region. A second owner would overwrite the first in silence, so that one in the
 * same app is an error, whoever made it. Owners outside of the app, in the console for example, cannot be seen.
 *
 * Deleting it resets what it set: there is no replication, policy or signing then, and scanning is basic and manual.
 * After enhanced scanning CloudFormation turns Amazon Inspector off, for the whole account in the region, and fails when it
 * may not (`inspector2:Disable`): `scanningConfiguration.applyRemovalPolicy(RemovalPolicy.RETAIN)` leaves all of it on.
 *
 * Creates, of what was asked for: `scanningConfiguration`, `replicationConfiguration`, `registryPolicy`,
 * `signingConfiguration` with `signingProfile`, and `pullTimeUpdateExclusions`.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-settings.html
 * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2516
 */
export class RegistrySettings extends Construct {
  /** How images are scanned, if `scanning` was given. */
  public readonly scanningConfiguration?: ecr.CfnRegistryScanningConfiguration;

  /** Which images are copied, if `replication` was given. */
  public readonly replicationConfiguration?: ecr.CfnReplicationConfiguration;

  /** What is signed, if `signing` was given. */
  public readonly signingConfiguration?: ecr.CfnSigningConfiguration;

  /** The profile of the rules that have none of their own, if there are such. */
  public readonly signingProfile?: signer.SigningProfile;

  /** All profiles that sign: none without `signing`. */
  public readonly signingProfiles: signer.ISigningProfile[];

  /** The roles whose pulls do not count, one for each. */
  public readonly pullTimeUpdateExclusions: ecr.CfnPullTimeUpdateExclusion[];

  private readonly policyDocument = new iam.PolicyDocument();
  private policyResource?: ecr.CfnRegistryPolicy;

  /**
   * @throws when a list is empty, too long, or says something twice; when a filter, prefix, region or account is not one;
   * when images would be copied to where they are; when a statement names nobody or everybody; when a profile cannot sign
   * images or is of another region. When the app is synthesized: if nothing is set, a statement has no actions or resources,
   * or the app has another owner of the same.
   */
  constructor(scope: Construct, id: string, props: RegistrySettingsProps = {}) {
    super(scope, id);
    const { scanning, replication, policy = [], signing, pullTimeExclusions } = props;
    if (scanning) {
      this.scanningConfiguration = new ecr.CfnRegistryScanningConfiguration(this, 'Scanning', {
        scanType: scanning.type,
        rules: scanning.bind(),
      });
    }
    if (replication) {
      this.replicationConfiguration = new ecr.CfnReplicationConfiguration(this, 'Replication', {
        replicationConfiguration: { rules: replicationOf(this, replication) },
      });
    }
    policy.forEach((statement) => this.addToRegistryPolicy(statement));
    const signed = signing && newSigning(this, signing);
    if (signed) {
      this.signingProfile = signed.made;
      this.signingConfiguration = new ecr.CfnSigningConfiguration(this, 'Signing', { rules: signed.rules });
    }
    this.signingProfiles = signed?.profiles ?? [];
    this.pullTimeUpdateExclusions = this.exclude(pullTimeExclusions);

    checkSingleOwner(this, [
      ecr.CfnRegistryScanningConfiguration.CFN_RESOURCE_TYPE_NAME,
      ecr.CfnReplicationConfiguration.CFN_RESOURCE_TYPE_NAME,
      ecr.CfnRegistryPolicy.CFN_RESOURCE_TYPE_NAME,
      ecr.CfnSigningConfiguration.CFN_RESOURCE_TYPE_NAME,
    ]);
    this.node.addValidation({
      validate: () => [...this.whatIsMissing(), ...this.policyDocument.validateForResourcePolicy()],
    });
  }

  /** The policy of the registry: none before its first statement. */
  public get registryPolicy(): ecr.CfnRegistryPolicy | undefined {
    return this.policyResource;
  }

  /**
   * Adds a statement to the policy of the registry, whoever else did.
   * @throws when it has no principals, or allows everybody something without a condition
   */
  public addToRegistryPolicy(statement: iam.PolicyStatement): void {
    checkPrincipals('the registry policy', statement);
    this.policyDocument.addStatements(statement);
    this.policyResource ??= new ecr.CfnRegistryPolicy(this, 'Policy', { policyText: this.policyDocument });
  }

  /**
   * Lets someone who pushes have the images signed, with every profile of these settings. The right to push comes on top.
   * @throws without `signing`
   */
  public grantSign(grantee: iam.IGrantable): iam.Grant {
    if (this.signingProfiles.length === 0) {
      throw new ContainersError(
        "grantSign must have profiles to grant, got settings without signing: pass 'signing: {}'",
      );
    }
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['signer:SignPayload'],
      resourceArns: this.signingProfiles.map(arnOfProfile),
    });
  }

  private exclude(roles?: iam.IRole[]): ecr.CfnPullTimeUpdateExclusion[] {
    checkEntries('pullTimeExclusions', roles, Infinity, 'leave it out for none');
    const names = (roles ?? []).map(({ node, roleArn }) => (isToken(roleArn) ? node.path : roleArn));
    checkUnique('pullTimeExclusions', names);
    return (roles ?? []).map((role) => {
      const id = `PullTimeExclusion-${nameOf(role)}`;
      return new ecr.CfnPullTimeUpdateExclusion(this, id, { principalArn: role.roleArn });
    });
  }

  private whatIsMissing(): string[] {
    if (this.node.children.length > 0) return [];
    return [
      'registry settings must have scanning, replication, policy, signing or pullTimeExclusions, got none: add one, or remove the settings',
    ];
  }
}

/** Neither its place in the list nor the path above its stack: ECR refuses a second exclusion of a role while the first is there. */
function nameOf(role: iam.IRole): string {
  const { node } = Stack.of(role);
  return role.node.path.slice(node.path.length - node.id.length);
}
