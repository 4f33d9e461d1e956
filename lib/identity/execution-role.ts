import { Validations } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FINDINGS } from '../rules/findings';
import { ManagedPolicyRole } from './private/managed-policy-role';

/**
 * The identity with which ECS starts a task: it pulls the images, reads the secrets and writes the logs of
 * its own task definition, and nothing else.
 *
 * Creates: `role`, and `policies` with the first grant.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export class ExecutionRole extends ManagedPolicyRole {
  constructor(scope: Construct, id: string) {
    super(scope, id, 'How ECS starts the tasks: images, secrets and logs');
  }

  public addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    const result = super.addToPrincipalPolicy(statement);
    if (statement.actions.includes('ecr:GetAuthorizationToken')) {
      Validations.of(this).acknowledge(...FINDINGS.ecrAuthorizationToken);
    }
    return result;
  }
}
