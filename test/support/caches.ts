import { aws_secretsmanager as secretsmanager, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { newApp, only, Template } from './fixture';
import { PullThroughCache } from '../../lib';
import type { PullThroughCacheProps, Upstream } from '../../lib';

export const RULE = 'AWS::ECR::PullThroughCacheRule';
export const HERE = { env: { account: '111122223333', region: 'eu-west-1' } };
export const SECRET_NAME = 'ecr-pullthroughcache/hub';
export const SECRET_ARN = secretArn(`${SECRET_NAME}-a1b2c3`);

/** The ARN of a secret, in the account and region of `HERE` unless told otherwise. */
export function secretArn(name: string, place = 'eu-west-1:111122223333'): string {
  return `arn:aws:secretsmanager:${place}:secret:${name}`;
}

/** A secret of somebody else. */
export function importedSecret(stack: Stack, arn = SECRET_ARN): secretsmanager.ISecret {
  return secretsmanager.Secret.fromSecretCompleteArn(stack, 'Secret', arn);
}

/** The cache 'Shop/Cache'. */
export function cacheOf(
  upstream: (stack: Stack) => Upstream,
  props: Partial<PullThroughCacheProps> = {},
  stackProps: StackProps = HERE,
) {
  const stack = new Stack(newApp(), 'Shop', stackProps);
  const cache = new PullThroughCache(stack, 'Cache', { upstream: upstream(stack), ...props });
  const template = () => Template.fromStack(stack);
  return { stack, cache, template, rule: () => only(template(), RULE).Properties };
}
