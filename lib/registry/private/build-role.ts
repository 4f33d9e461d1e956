import type { aws_iam as iam } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ManagedPolicyRole, ofThisAccount } from '../../identity/private/managed-policy-role';

/** The role of builds. */
export class BuildRole extends ManagedPolicyRole {
  private closed = false;

  constructor(scope: Construct, id: string) {
    const projects = Stack.of(scope).formatArn({ service: 'codebuild', resource: 'project', resourceName: '*' });
    super(scope, id, {
      description: 'What the builds of images may do',
      assumedBy: ofThisAccount('codebuild.amazonaws.com', projects),
    });
  }

  /**
   * Makes a project with this role, which has all that its builds need. The L2 would add a log group by the name of the
   * project, which is not used here, and with it the policy would wait for the project, which waits for the policy.
   */
  public whileClosed<T>(make: () => T): T {
    this.closed = true;
    try {
      return make();
    } finally {
      this.closed = false;
    }
  }

  public addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    return this.closed ? { statementAdded: true, policyDependable: this } : super.addToPrincipalPolicy(statement);
  }
}
