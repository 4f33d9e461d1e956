import { aws_secretsmanager as secretsmanager, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkSamePlace } from '../../rules/environments';
import { ContainersError, isToken } from '../../rules/errors';
import { SECRET_PREFIX } from '../../rules/upstreams';
import type { UpstreamFacts } from '../../rules/upstreams';
import type { UpstreamKind } from '../upstream';

/** A registry outside of AWS' accounts, public or with credentials. */
export function registry(
  facts: UpstreamFacts & { readonly url: string },
  secret?: secretsmanager.ISecret,
): UpstreamKind {
  if (facts.secret && !secret) {
    throw new ContainersError(
      `the secret for ${facts.name} must be one with username and accessToken, got ${String(secret)}: it answers nobody without`,
    );
  }
  return {
    facts,
    bind(scope) {
      if (secret) checkSecret(scope, secret);
      return {
        upstreamRegistry: facts.registry,
        upstreamRegistryUrl: facts.url,
        credentialArn: secret && (secret.secretFullArn ?? secret.secretArn),
      };
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-rule.html#cache-rule-prereq */
function checkSecret(scope: Construct, secret: secretsmanager.ISecret): void {
  checkName(secret);
  checkSamePlace(`the secret '${secret.node.path}'`, secret.env, `the cache '${scope.node.path}'`, Stack.of(scope));
  if (!secret.encryptionKey || isOfSecretsManager(secret.encryptionKey)) return;
  Validations.of(scope).addWarning(
    'cdk-containers:CacheSecretKey',
    `the secret '${secret.node.path}' has a key of its own, and ECR documents only the key that Secrets Manager has for itself: ` +
      'pull an image before you rely on it, or leave encryptionKey out of the secret.',
  );
}

function checkName(secret: secretsmanager.ISecret): void {
  const name = nameOf(secret);
  if (name === undefined) {
    throw new ContainersError(
      `the name of the secret '${secret.node.path}' must start with '${SECRET_PREFIX}', got none, so that CloudFormation makes one up: ` +
        `give it a secretName such as '${SECRET_PREFIX}docker-hub'`,
    );
  }
  if (typeof name !== 'string' || isToken(name)) return;
  if (name.startsWith(SECRET_PREFIX) && name !== SECRET_PREFIX) return;
  throw new ContainersError(
    `the name of the secret '${secret.node.path}' must start with '${SECRET_PREFIX}', got '${name}': ECR reads no other secrets`,
  );
}

/** The L2 cuts its own `secretName` out of the ARN at deploy time, also when the name is known. */
function nameOf(secret: secretsmanager.ISecret): unknown {
  const resource = secret.node.defaultChild;
  if (!resource || !CfnResource.isCfnResource(resource)) return secret.secretName;
  const { CFN_RESOURCE_TYPE_NAME: type } = secretsmanager.CfnSecret;
  if (resource.cfnResourceType !== type) return secret.secretName;
  return resource.stack.resolve((resource as secretsmanager.CfnSecret).name);
}

function isOfSecretsManager(key: kms.IKey): boolean {
  return 'aliasName' in key && key.aliasName === 'alias/aws/secretsmanager';
}
