import { Stack } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import { checkIsRole } from '../../identity/private/checks';
import { checkPodRole } from '../../rules/fargate-pods';
import { resourcesOf } from '../../rules/resources';

/** Fails for a role of the user's own with which no pod would start, as far as the app knows it. */
export function checkRoleOfPods(role: iam.IRole): void {
  checkIsRole('role', role);
  const [resource] = resourcesOf<iam.CfnRole>(role, 'AWS::IAM::Role');
  const trust = resource && JSON.stringify(Stack.of(role).resolve(resource.assumeRolePolicyDocument));
  checkPodRole({ arn: role.roleArn, path: resource?.path, trust });
}
