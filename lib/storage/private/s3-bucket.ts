import { aws_iam as iam, CfnResource, Stack } from 'aws-cdk-lib';
import type { aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { keyOf } from '../../identity/private/keys';
import { ManagedPolicyRole, ofThisAccount } from '../../identity/private/managed-policy-role';
import { acknowledgeWildcards } from '../../identity/private/wildcards';
import { WILDCARDS } from '../../rules/findings';
import type { BucketFacts } from '../../rules/s3-files';

/** What the template says of a bucket, if the app makes it, and where it is, if that is known. */
export function factsOf(bucket: s3.IBucket, scope?: Construct): BucketFacts {
  const { path, defaultChild } = bucket.node;
  const places = scope && { bucket: bucket.env, fileSystem: Stack.of(scope) };
  if (!defaultChild || !CfnResource.isCfnResource(defaultChild)) return { path, places };
  const { versioningConfiguration, bucketEncryption } = Stack.of(bucket).resolve({
    versioningConfiguration: (defaultChild as s3.CfnBucket).versioningConfiguration,
    bucketEncryption: (defaultChild as s3.CfnBucket).bucketEncryption,
  });
  return {
    path,
    places,
    // A token may be anything.
    versioned:
      typeof (versioningConfiguration?.status ?? '') === 'string'
        ? versioningConfiguration?.status === 'Enabled'
        : undefined,
    encryption: bucketEncryption?.serverSideEncryptionConfiguration?.[0]?.serverSideEncryptionByDefault?.sseAlgorithm,
  };
}

/**
 * With what S3 Files keeps a bucket and its file system the same.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-files-prereq-policies.html
 */
export function newS3FilesRole(scope: Construct, bucket: s3.IBucket): ManagedPolicyRole {
  const stack = Stack.of(scope);
  const fileSystems = stack.formatArn({ service: 's3files', resource: 'file-system', resourceName: '*' });
  const role = new ManagedPolicyRole(scope, 'Role', {
    description: 'How S3 Files reads and writes the bucket',
    assumedBy: ofThisAccount('elasticfilesystem.amazonaws.com', fileSystems),
  });
  const rules = (name: string) => stack.formatArn({ service: 'events', resource: 'rule', resourceName: name });
  const ownAccount = { StringEquals: { 'aws:ResourceAccount': stack.account } };
  const statements = [
    new iam.PolicyStatement({
      actions: ['s3:ListBucket', 's3:ListBucketVersions'],
      resources: [bucket.bucketArn],
      conditions: ownAccount,
    }),
    new iam.PolicyStatement({
      actions: ['s3:AbortMultipartUpload', 's3:DeleteObject*', 's3:GetObject*', 's3:List*', 's3:PutObject*'],
      resources: [bucket.arnForObjects('*')],
      conditions: ownAccount,
    }),
    new iam.PolicyStatement({
      actions: ['DeleteRule', 'DisableRule', 'EnableRule', 'PutRule', 'PutTargets', 'RemoveTargets'].map(
        (action) => `events:${action}`,
      ),
      resources: [rules('DO-NOT-DELETE-S3-Files*')],
      conditions: { StringEquals: { 'events:ManagedBy': 'elasticfilesystem.amazonaws.com' } },
    }),
    new iam.PolicyStatement({
      actions: ['DescribeRule', 'ListRuleNamesByTarget', 'ListRules', 'ListTargetsByRule'].map(
        (action) => `events:${action}`,
      ),
      resources: [rules('*')],
    }),
  ];
  if (bucket.encryptionKey) {
    statements.push(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
        resources: [keyOf(bucket.encryptionKey).keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': `s3.${stack.region}.amazonaws.com` },
          StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucket.bucketArn, bucket.arnForObjects('*')] },
        },
      }),
    );
  }
  statements.forEach((statement) => role.addToPrincipalPolicy(statement));
  acknowledgeWildcards(role, statements, WILDCARDS.s3Files);
  return role;
}
