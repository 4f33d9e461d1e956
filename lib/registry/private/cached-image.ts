import { aws_ecs as ecs, Stack, Stage } from 'aws-cdk-lib';
import type { aws_iam as iam, CfnResource } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError, isToken } from '../../rules/errors';

/** Where the image is, and what it takes to pull it. */
interface CachedImageOptions {
  readonly imageName: string;
  readonly rule: CfnResource;
  readonly grant: (executionRole: iam.IGrantable) => void;
}

/** An image that is pulled through a cache. */
export function cachedImage({ imageName, rule, grant }: CachedImageOptions): ecs.ContainerImage {
  // In here: who needs no cache does not load all of ECS.
  class CachedImage extends ecs.ContainerImage {
    public bind(_scope: Construct, { taskDefinition }: ecs.ContainerDefinition): ecs.ContainerImageConfig {
      const [there, here] = [Stack.of(rule).account, Stack.of(taskDefinition).account];
      if (!isToken(there) && !isToken(here) && there !== here) {
        throw new ContainersError(
          `the task definition '${taskDefinition.node.path}' must be in the account of the cache, ${there}, got ${here}: only its own account fills a cache, make one there`,
        );
      }
      grant(taskDefinition.obtainExecutionRole());
      // The name refers to nothing, so this alone says what comes first; between stages the pipeline does.
      if (Stage.of(taskDefinition) === Stage.of(rule)) taskDefinition.node.defaultChild?.node.addDependency(rule);
      return { imageName };
    }
  }
  return new CachedImage();
}
