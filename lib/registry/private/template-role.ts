import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { byEcr } from './service-principal';
import { keyOf } from '../../identity/private/keys';
import { ManagedPolicyRole } from '../../identity/private/managed-policy-role';
import { acknowledgeWildcards } from '../../identity/private/wildcards';
import { WILDCARDS } from '../../rules/findings';
import { repositoriesOf } from '../../rules/upstreams';

/** What the role is for. */
interface TemplateRoleOptions {
  readonly prefix: string;
  readonly encryptionKey?: kms.IKey;
  readonly tags: boolean;
  readonly replicas: boolean;
}

/**
 * What AWS documents for all repositories and keys, for those of one template.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-custom.html
 */
export function newTemplateRole(scope: Construct, options: TemplateRoleOptions): ManagedPolicyRole {
  const { prefix, encryptionKey, tags, replicas } = options;
  const resourceName = repositoriesOf(prefix);
  const role = new ManagedPolicyRole(scope, 'Role', {
    description: 'How ECR makes repositories from the template',
    assumedBy: byEcr('ecr.amazonaws.com'),
  });
  const create = new iam.PolicyStatement({
    actions: [
      'ecr:CreateRepository',
      ...(replicas ? ['ecr:ReplicateImage'] : []),
      ...(tags ? ['ecr:TagResource'] : []),
    ],
    resources: [Stack.of(scope).formatArn({ service: 'ecr', resource: 'repository', resourceName })],
  });
  role.addToPrincipalPolicy(create);
  if (encryptionKey) {
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'],
        resources: [keyOf(encryptionKey).keyArn],
      }),
    );
  }
  acknowledgeWildcards(role, [create], WILDCARDS.cached);
  return role;
}
