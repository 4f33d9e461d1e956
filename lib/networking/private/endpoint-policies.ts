import { Aws, aws_iam as iam } from 'aws-cdk-lib';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { ENDPOINTS } from '../../rules/endpoints';

/** Lets the principals of some accounts through an endpoint, and who else must get through for the service to work. */
export function restrictTo(endpoint: ec2.VpcEndpoint, name: string, accounts: string[]): void {
  const { foreignRequests } = ENDPOINTS[name] ?? {};
  if (foreignRequests === undefined || foreignRequests === 'unknown') return;
  endpoint.addToPolicy(
    new iam.PolicyStatement({
      principals: [new iam.StarPrincipal()],
      actions: ['*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:PrincipalAccount': accounts.length === 1 ? accounts[0] : accounts } },
    }),
  );
  // ECR answers with addresses that its own accounts have signed.
  if (foreignRequests === 'layers') {
    allow(endpoint, 's3:GetObject', [`arn:${Aws.PARTITION}:s3:::prod-${Aws.REGION}-starport-layer-bucket/*`]);
  }
  // Who brings a token has no principal yet; whether it counts is the role's to say.
  if (foreignRequests === 'federation') {
    const roles = accounts.map((account) => `arn:${Aws.PARTITION}:iam::${account}:role/*`);
    allow(endpoint, 'sts:AssumeRoleWithWebIdentity', roles);
  }
}

function allow(endpoint: ec2.VpcEndpoint, action: string, resources: string[]): void {
  endpoint.addToPolicy(
    new iam.PolicyStatement({ principals: [new iam.StarPrincipal()], actions: [action], resources }),
  );
}
