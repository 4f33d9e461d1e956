import { aws_ec2 as ec2, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FINDINGS } from '../../rules/findings';

/** The security group of instances for which the user gave none. */
export function newInstanceSecurityGroup(scope: Construct, vpc: ec2.IVpc, description: string): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description });
  Validations.of(group).acknowledge(...FINDINGS.outboundOpen);
  return group;
}
