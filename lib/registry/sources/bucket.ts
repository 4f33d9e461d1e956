import { aws_iam as iam } from 'aws-cdk-lib';
import type { aws_s3 as s3 } from 'aws-cdk-lib';
import { checkPattern } from '../../rules/errors';
import { checkGiven } from '../../rules/given';
import type { ImageSourceConfig, ImageSourceKind } from '../image-source';

export function bucketSource(bucket: s3.IBucket, key: string): ImageSourceKind {
  checkGiven('the key of ImageSource.bucket', key);
  checkPattern(
    'the key of ImageSource.bucket',
    key,
    /^(?=.{1,1024}$)[^/*?$].*[^/*?$]$/,
    "the name of a ZIP archive such as 'shop/source.zip'",
  );
  return { bind: (_scope, { grantee }) => objectSource(bucket, key, grantee) };
}

/**
 * What CodeBuild reads: the archive and no other, of the bucket where it is and who owns it.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
 */
export function objectSource(bucket: s3.IBucket, key: string, grantee: iam.IGrantable): ImageSourceConfig {
  const allow = (actions: string[], resource: string) =>
    iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [resource] });
  allow(['s3:GetObject', 's3:GetObjectVersion'], bucket.arnForObjects(key));
  allow(['s3:GetBucketAcl', 's3:GetBucketLocation'], bucket.bucketArn);
  bucket.encryptionKey?.grantDecrypt(grantee);
  return { source: { type: 'S3', location: `${bucket.bucketName}/${key}` } };
}
