import type { Construct } from 'constructs';
import { ecsTasks, ManagedPolicyRole } from './private/managed-policy-role';
import type { RoleOptions } from './role-options';

/** Properties of a `TaskRole`. */
export interface TaskRoleProps extends RoleOptions {}

/**
 * The identity of your code: what it may do in AWS.
 *
 * An `iam.IRole` whose grants land in a customer managed policy, never inline: use it as any role, also as
 * the `taskRole` of a bare `ecs.TaskDefinition`. Only ECS tasks of this account and region may assume it.
 * Every ECS intent makes one for itself unless you pass `taskRole`.
 *
 * Creates: `role`, and `policies` with the first grant.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export class TaskRole extends ManagedPolicyRole {
  constructor(scope: Construct, id: string, props: TaskRoleProps = {}) {
    super(scope, id, { ...props, description: 'What the code of the tasks may do', assumedBy: ecsTasks(scope) });
  }
}
