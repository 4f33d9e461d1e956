import { aws_ecr as ecr, Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { loaded } from './shapes';
import type { StackOptions } from './shapes';
import type * as lib from '../../lib';

/** One stack with repositories and nothing else. */
export function addRepositories(scope: Construct, id: string, options: StackOptions, ours?: typeof lib): void {
  const stack = new Stack(scope, id);
  for (let number = 1; number <= options.services; number++) {
    const name = `Images${number}`;
    if (options.shape === 'ours') new (loaded(ours).ContainerRepository)(stack, name);
    else byHand(stack, name);
  }
}

function byHand(stack: Stack, name: string): void {
  new ecr.Repository(stack, name, {
    imageScanOnPush: true,
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    lifecycleRules: [
      {
        description: 'Expire images without a tag',
        tagStatus: ecr.TagStatus.UNTAGGED,
        maxImageAge: Duration.days(7),
      },
    ],
  });
}
