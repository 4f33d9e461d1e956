import { Aws, aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from '../../identity/private/wildcards';
import type { ControllerPlace, ControllerStatement } from '../../rules/controller-statements';

/** Where the controllers of a cluster act: in the account and region of the stack. */
export function placeOf(scope: Construct, cluster: eks.ICluster): ControllerPlace {
  const { region, account } = Stack.of(scope);
  return { partition: Aws.PARTITION, region, account, cluster: cluster.clusterName };
}

/** Grants statements to a role, and says why they have wildcards. */
export function grantStatements(role: iam.IRole, statements: ControllerStatement[], reason: string): void {
  const granted = statements.map(
    ({ actions, resources, conditions }) => new iam.PolicyStatement({ actions, resources, conditions }),
  );
  granted.forEach((statement) => role.addToPrincipalPolicy(statement));
  acknowledgeWildcards(role, granted, reason);
}

/**
 * A policy as text: CloudFormation knows no other way to have the name of a cluster in the key of a condition.
 * @see https://karpenter.sh/docs/reference/cloudformation/#controller-authorization
 */
export function textPolicy(
  scope: Construct,
  id: string,
  policy: { readonly role: iam.IRole; readonly description: string; readonly statements: ControllerStatement[] },
): iam.CfnManagedPolicy {
  const { role, description, statements } = policy;
  return new iam.CfnManagedPolicy(scope, id, {
    description,
    policyDocument: Stack.of(scope).toJsonString({
      Version: '2012-10-17',
      Statement: statements.map(({ sid, actions, resources, conditions }) => ({
        Sid: sid,
        Effect: 'Allow',
        Action: actions,
        Resource: resources,
        Condition: conditions,
      })),
    }),
    roles: [role.roleName],
  });
}
