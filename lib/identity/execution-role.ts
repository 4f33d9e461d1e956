import { Aws, aws_iam as iam, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FINDINGS } from '../rules/findings';
import { ecsTasks, ManagedPolicyRole } from './private/managed-policy-role';
import type { RoleOptions } from './role-options';

/** Properties of an `ExecutionRole`. */
export interface ExecutionRoleProps extends RoleOptions {}

/**
 * The identity with which ECS starts a task: it pulls the images, reads the secrets and writes the logs of
 * its own task definition, and nothing else.
 *
 * Resource policies name its account instead of the role, and the role's own policy says the rest: a key policy
 * that named the role would make the stack of the key depend on the stack of the service.
 *
 * Creates: `role`, and `policies` with the first grant.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export class ExecutionRole extends ManagedPolicyRole {
  /** The secret that was granted last, until its key asks for this role. */
  private lastSecret: string[] = [];

  constructor(scope: Construct, id: string, props: ExecutionRoleProps = {}) {
    const description = 'How ECS starts the tasks: images, secrets and logs';
    super(scope, id, { ...props, description, assumedBy: ecsTasks(scope) });
  }

  /** The account of the role, for policies of resources. */
  public get policyFragment(): iam.PrincipalPolicyFragment {
    // Secrets Manager's L2 grants the secret first; then, if it has a key of its own, it reads this for the key's policy.
    if (this.lastSecret.length > 0) this.allowDecrypt(this.lastSecret);
    this.lastSecret = [];
    return new iam.AccountPrincipal(this.stack.account).policyFragment;
  }

  public addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    const result = super.addToPrincipalPolicy(statement);
    if (statement.actions.includes('secretsmanager:GetSecretValue')) this.lastSecret = statement.resources;
    if (statement.actions.includes('ecr:GetAuthorizationToken')) {
      Validations.of(this).acknowledge(...FINDINGS.ecrAuthorizationToken);
    }
    return result;
  }

  /** The key is not known here, but what it decrypts is: this secret, and only through Secrets Manager. */
  private allowDecrypt(secretArns: string[]): void {
    super.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [`arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/*`],
        conditions: {
          StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.amazonaws.com` },
          // The ARN of an imported secret may end with the wildcards of its random part.
          StringLike: { 'kms:EncryptionContext:SecretARN': secretArns },
        },
      }),
    );
    Validations.of(this).acknowledge(...FINDINGS.decryptOfSecrets);
  }
}
