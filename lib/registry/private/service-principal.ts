import { Aws, aws_iam as iam } from 'aws-cdk-lib';

/** ECR does not document whether it says for whom it assumes a role: when it does, then for this account only. */
export function byEcr(service: string): iam.ServicePrincipal {
  return new iam.ServicePrincipal(service, {
    conditions: { StringEqualsIfExists: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
}
