import { aws_kms as kms, aws_rds as rds, aws_secretsmanager as secretsmanager, CfnParameter, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { PullThroughCache, Upstream } from '../../lib';
import {
  cacheOf,
  HERE,
  importedSecret as imported,
  RULE,
  SECRET_ARN as ARN,
  SECRET_NAME as NAME,
  secretArn as arnOf,
} from '../support/caches';
import { expectFailure } from '../support/errors';
import { newApp, only, Template, warnings } from '../support/fixture';

describe('the secret of an upstream', () => {
  const hub = (secret: (stack: Stack) => secretsmanager.ISecret, props?: StackProps) =>
    cacheOf((stack) => Upstream.dockerHub(secret(stack)), {}, props);
  const credentialOf = (secret: (stack: Stack) => secretsmanager.ISecret) => hub(secret).rule().CredentialArn;

  test('may be made beside the cache, with its name', () => {
    const { template } = hub((stack) => new secretsmanager.Secret(stack, 'Secret', { secretName: NAME }));
    expect(only(template(), RULE).Properties.CredentialArn).toEqual({
      Ref: only(template(), 'AWS::SecretsManager::Secret').id,
    });
    expect(only(template(), 'AWS::SecretsManager::Secret').Properties).not.toHaveProperty('ResourcePolicy');
  });

  test('may be made in another stack of the account and region', () => {
    const stack = new Stack(newApp(), 'Shop', HERE);
    const secret = new secretsmanager.Secret(new Stack(stack.node.root, 'Secrets', HERE), 'Secret', {
      secretName: NAME,
    });
    new PullThroughCache(stack, 'Cache', { upstream: Upstream.dockerHub(secret) });
    expect(stack.dependencies).toEqual([]);
    Template.fromStack(stack);
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Secrets']);
  });

  test('may be imported by its ARN, by a part of it, or by its name', () => {
    expect(credentialOf(imported)).toBe(ARN);
    expect(credentialOf((stack) => secretsmanager.Secret.fromSecretPartialArn(stack, 'S', arnOf(NAME)))).toBe(
      arnOf(NAME),
    );
    expect(credentialOf((stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'S', NAME))).toBe(arnOf(NAME));
  });

  test('may be a token', () => {
    const parameter = (stack: Stack) => new CfnParameter(stack, 'Parameter').valueAsString;
    const byArn = (stack: Stack) => secretsmanager.Secret.fromSecretCompleteArn(stack, 'S', parameter(stack));
    const byName = (stack: Stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'S', parameter(stack));
    const owned = (stack: Stack) => new secretsmanager.Secret(stack, 'S', { secretName: parameter(stack) });
    expect(credentialOf(byArn)).toEqual({ Ref: 'Parameter' });
    [byName, owned].forEach((secret) => expect(() => hub(secret)).not.toThrow());
  });

  test('may be of a stack that does not say where it is', () => {
    expect(() => hub(imported, {})).not.toThrow();
  });

  test('may be attached to a target, whose name is not known', () => {
    const attached = (stack: Stack) =>
      new rds.DatabaseSecret(stack, 'S', { username: 'u' }).attach({
        asSecretAttachmentTarget: () => ({
          targetId: 'id',
          targetType: secretsmanager.AttachmentTargetType.RDS_DB_INSTANCE,
        }),
      });
    expect(() => hub(attached)).not.toThrow();
  });

  const other = (name: string) =>
    `the name of the secret 'Shop/Secret' must start with 'ecr-pullthroughcache/', got '${name}': ECR reads no other secrets`;

  test.each<[string, (stack: Stack) => secretsmanager.ISecret, string]>([
    [
      'has no name',
      (stack) => new secretsmanager.Secret(stack, 'Secret'),
      "the name of the secret 'Shop/Secret' must start with 'ecr-pullthroughcache/', got none, so that CloudFormation makes one up: give it a secretName such as 'ecr-pullthroughcache/docker-hub'",
    ],
    [
      'is made with another name',
      (stack) => new secretsmanager.Secret(stack, 'Secret', { secretName: 'docker-hub' }),
      other('docker-hub'),
    ],
    [
      'has nothing behind the start',
      (stack) => new secretsmanager.Secret(stack, 'Secret', { secretName: 'ecr-pullthroughcache/' }),
      other('ecr-pullthroughcache/'),
    ],
    [
      'is imported by another name',
      (stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', `x/${NAME}`),
      other(`x/${NAME}`),
    ],
    ['is imported by an ARN with another name', (stack) => imported(stack, arnOf('docker-a1b2c3')), other('docker')],
    [
      'is of another region',
      (stack) => imported(stack, arnOf(`${NAME}-a1b2c3`, 'eu-west-2:111122223333')),
      "the secret 'Shop/Secret' must be in the region of the cache 'Shop/Cache', eu-west-1, got eu-west-2: use one there",
    ],
    [
      'is of another account',
      (stack) => imported(stack, arnOf(`${NAME}-a1b2c3`, 'eu-west-1:444455556666')),
      "the secret 'Shop/Secret' must be in the account of the cache 'Shop/Cache', 111122223333, got 444455556666: use one there",
    ],
  ])('fails when it %s', (_name, secret, message) => {
    expectFailure(() => hub(secret), message);
  });

  test('warns when it has a key of its own, and not for that of Secrets Manager', () => {
    const keyed = (encryptionKey: (stack: Stack) => kms.IKey) =>
      warnings(
        hub(
          (stack) =>
            new secretsmanager.Secret(stack, 'Secret', { secretName: NAME, encryptionKey: encryptionKey(stack) }),
        ).cache,
      );
    expect(keyed((stack) => new kms.Key(stack, 'Key'))).toEqual([
      "the secret 'Shop/Secret' has a key of its own, and ECR documents only the key that Secrets Manager has for itself: pull an image before you rely on it, or leave encryptionKey out of the secret. [ack: Annotation::cdk-containers:CacheSecretKey]",
    ]);
    expect(keyed((stack) => kms.Alias.fromAliasName(stack, 'Key', 'alias/mine'))).toHaveLength(1);
    expect(keyed((stack) => kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/secretsmanager'))).toEqual([]);
  });
});
