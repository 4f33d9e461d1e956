import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { isImmutable } from '../../identity/private/immutable';
import type { MountTarget } from '../mount';
import { hash, originOf } from './names';

/**
 * Grants something to the task role, from the consumer's side: a statement in a stack of the role's own would make it depend on the
 * consumer, whose access point it names.
 * @returns what has the statement
 */
export function grantToTask(
  scope: Construct,
  { container, service, dependent = service }: MountTarget,
  statement: iam.PolicyStatement,
): iam.IRole | iam.ManagedPolicy {
  const { taskDefinition } = container;
  const { taskRole } = taskDefinition;
  if (Stack.of(taskRole) === Stack.of(scope) || isImmutable(taskRole)) {
    taskRole.addToPrincipalPolicy(statement);
    return taskRole;
  }
  // Several task definitions may be bound in one scope.
  const own = taskDefinition.node.scope === scope;
  const id = own ? 'MountPolicy' : `MountPolicy${hash(scope, [originOf(taskDefinition)])}`;
  const known = scope.node.tryFindChild(id) as iam.ManagedPolicy | undefined;
  const policy = known ?? new iam.ManagedPolicy(scope, id, { roles: [taskRole] });
  policy.addStatements(statement);
  (dependent?.node.defaultChild ?? dependent)?.node.addDependency(policy);
  return policy;
}
