import { aws_ecr as ecr, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { referencesIn } from '../../networking/private/references';

/** A repository is empty when the stack that makes it is deployed first, so a service beside it cannot start. */
export function warnOfOwnRepository(scope: Construct, container: ecs.ContainerDefinition): void {
  const repository = referencesIn(scope, container.imageName).find(
    (target) =>
      CfnResource.isCfnResource(target) &&
      target.cfnResourceType === ecr.CfnRepository.CFN_RESOURCE_TYPE_NAME &&
      Stack.of(target) === Stack.of(scope),
  );
  if (!repository) return;
  Validations.of(scope).addWarning(
    'cdk-containers:ImageRepositoryInSameStack',
    `the image comes from '${repository.node.path}', which this stack makes: on the first deployment it is empty, and the service cannot start. ` +
      'Make the repository in an earlier stack and push the image before this stack is deployed.',
  );
}
