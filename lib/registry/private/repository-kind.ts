import type { aws_ecr as ecr } from 'aws-cdk-lib';
import { ContainersError } from '../../rules/errors';
import { checkGiven } from '../../rules/given';
import type { IContainerRepository } from '../container-repository';

/** Fails for a repository of this library where one of CDK is meant. */
export function checkRepository(repository: ecr.IRepository): void {
  checkGiven('repository', repository);
  if ('repositoryArn' in repository) return;
  throw new ContainersError(
    `repository must be one of aws_ecr, got something else: pass 'repository' of a ContainerRepository, or use its own methods`,
  );
}

/** The repository behind one of this library; fails for one of CDK. */
export function checkContainerRepository(name: string, repository: IContainerRepository): void {
  checkGiven(name, repository);
  if (repository._repository) return;
  throw new ContainersError(
    `${name} must be a ContainerRepository, got something else: ContainerRepository.fromRepository(this, id, { repository }) makes one of an aws_ecr.IRepository`,
  );
}
