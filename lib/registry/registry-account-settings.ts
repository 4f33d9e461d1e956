import { aws_iam as iam, Duration, Validations } from 'aws-cdk-lib';
import type { aws_lambda as lambda, aws_logs as logs, CustomResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkSingleOwner } from './private/only-one';
import { HandlerResource } from '../handlers/handler-resource';
import { checkOneOf } from '../rules/choices';
import { ContainersError } from '../rules/errors';
import { FINDINGS } from '../rules/findings';

/** Who does basic scanning. AWS retired Clair on 2 February 2026. */
export enum BasicScanVersion {
  /** AWS itself. */
  AWS_NATIVE = 'AWS_NATIVE',
}

/** What the policy of a registry can be about. AWS lets nobody go back to V1. */
export enum RegistryPolicyScope {
  /** All actions of ECR, for all repositories: what lets an organization pull, for example. */
  V2 = 'V2',
}

/** Properties of `RegistryAccountSettings`: at least one. */
export interface RegistryAccountSettingsProps {
  /**
   * Who does basic scanning.
   * @default - as it is in the account
   */
  readonly basicScanVersion?: BasicScanVersion;

  /**
   * What the policy of the registry can be about.
   * @default - as it is in the account
   */
  readonly registryPolicyScope?: RegistryPolicyScope;

  /**
   * Lets a push take layers from other repositories of the registry, which is faster and stores them once.
   * @default - as it is in the account
   */
  readonly blobMounting?: boolean;
}

/**
 * Settings of ECR for the whole account, in the region of the stack. CloudFormation has no resource for them, so that a
 * small Lambda function sets them.
 *
 * What was set before comes back when this is removed, as far as AWS still allows it; that never holds up a deletion. To
 * move it to another stack, remove it first and deploy: else the old one, when it goes, takes back what the new one set.
 *
 * Creates: `handler` with `role` and `logGroup`, and `customResource`. Costs: nothing to speak of.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html
 */
export class RegistryAccountSettings extends Construct {
  /** The function that sets them. */
  public readonly handler: lambda.Function;

  /** What the function may do. */
  public readonly role: iam.IRole;

  /** Where the function logs, for a year. */
  public readonly logGroup: logs.LogGroup;

  /** What CloudFormation asks of the function. */
  public readonly customResource: CustomResource;

  /**
   * @throws when nothing is set
   */
  constructor(scope: Construct, id: string, props: RegistryAccountSettingsProps) {
    super(scope, id);
    const { basicScanVersion, registryPolicyScope, blobMounting } = props;
    if ([basicScanVersion, registryPolicyScope, blobMounting].every((setting) => setting === undefined)) {
      throw new ContainersError(
        `'${this.node.path}' must set something, got nothing: give basicScanVersion, registryPolicyScope or blobMounting`,
      );
    }
    if (basicScanVersion !== undefined) {
      checkOneOf('basicScanVersion', basicScanVersion, Object.values(BasicScanVersion));
    }
    if (registryPolicyScope !== undefined) {
      checkOneOf('registryPolicyScope', registryPolicyScope, Object.values(RegistryPolicyScope));
    }
    if (blobMounting !== undefined && typeof blobMounting !== 'boolean') {
      throw new ContainersError(`blobMounting must be true or false, got '${String(blobMounting)}'`);
    }
    const made = new HandlerResource(this, 'Handler', {
      name: 'account-settings',
      description: 'Sets account settings of ECR',
      resourceType: RESOURCE_TYPE,
      properties: {
        Settings: {
          [SCAN_VERSION]: basicScanVersion,
          [POLICY_SCOPE]: registryPolicyScope,
          [BLOB_MOUNTING]: blobMounting === undefined ? undefined : blobMounting ? 'ENABLED' : 'DISABLED',
        },
      },
      statements: [
        new iam.PolicyStatement({
          actions: ['ecr:GetAccountSetting', 'ecr:PutAccountSetting'],
          resources: ['*'],
          // All of them: what a later version of the stack gives no more is put back.
          conditions: { StringEquals: { 'ecr:AccountSetting': [SCAN_VERSION, POLICY_SCOPE, BLOB_MOUNTING] } },
        }),
      ],
      timeout: Duration.minutes(5),
    });
    this.handler = made.handler;
    this.role = made.role;
    this.logGroup = made.logGroup;
    this.customResource = made.customResource;
    Validations.of(made.role).acknowledge(...FINDINGS.accountSettings);
    checkSingleOwner(this, [RESOURCE_TYPE]);
  }
}

const RESOURCE_TYPE = 'Custom::CdkContainersAccountSettings';
const SCAN_VERSION = 'BASIC_SCAN_TYPE_VERSION';
const POLICY_SCOPE = 'REGISTRY_POLICY_SCOPE';
const BLOB_MOUNTING = 'BLOB_MOUNTING';
