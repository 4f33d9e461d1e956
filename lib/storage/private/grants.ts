import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { isImmutable } from '../../identity/private/immutable';
import type { MountTarget } from '../mount';

/**
 * Grants something to the task role, from the consumer's side: a statement in a stack of the role's own would make it depend on the
 * consumer, whose access point it names.
 */
export function grantToTask(scope: Construct, target: MountTarget, statement: iam.PolicyStatement): void {
  const { container, service, dependent = service } = target;
  const { taskRole } = container.taskDefinition;
  if (Stack.of(taskRole) === Stack.of(scope) || isImmutable(taskRole)) {
    taskRole.addToPrincipalPolicy(statement);
    return;
  }
  const id = `${container.taskDefinition.node.id}MountPolicy`;
  const known = scope.node.tryFindChild(id) as iam.ManagedPolicy | undefined;
  const policy = known ?? new iam.ManagedPolicy(scope, id, { roles: [taskRole] });
  policy.addStatements(statement);
  dependent?.node.defaultChild?.node.addDependency(policy);
}
