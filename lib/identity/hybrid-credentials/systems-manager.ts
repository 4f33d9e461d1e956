import { ArnFormat, aws_iam as iam, Fn } from 'aws-cdk-lib';
import { checkOptions } from '../../rules/given';
import { checkRegistrationLimit } from '../../rules/hybrid-nodes';
import type { HybridCredentialsKind, SystemsManagerOptions } from '../hybrid-credentials';
import { ofThisAccount } from '../private/managed-policy-role';

/** The tag by which AWS documents to bind an activation to its cluster. */
const TAG = 'EKSClusterARN';

/** Credentials by an activation of Systems Manager. */
export function systemsManager(options: SystemsManagerOptions): HybridCredentialsKind {
  checkOptions('HybridCredentials.systemsManager', options, ['registrationLimit']);
  checkRegistrationLimit(options.registrationLimit);
  return {
    bind(stack, { clusterArn }) {
      const ssm = { service: 'ssm', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME };
      return {
        assumedBy: ofThisAccount('ssm.amazonaws.com', stack.formatArn(ssm)),
        trust: [],
        managedPolicies: ['AmazonSSMManagedInstanceCore'],
        statements: [
          new iam.PolicyStatement({ actions: ['ssm:DescribeInstanceInformation'], resources: ['*'] }),
          new iam.PolicyStatement({
            actions: ['ssm:DeregisterManagedInstance'],
            resources: [stack.formatArn({ service: 'ssm', resource: 'managed-instance', resourceName: '*' })],
            conditions: { StringEquals: { [`ssm:resourceTag/${TAG}`]: clusterArn } },
          }),
        ],
        complete: (_scope, role) => ({
          nodeConfig: { ssm: { activationCode: 'ACTIVATION_CODE', activationId: 'ACTIVATION_ID' } },
          activationCommand: [
            'aws ssm create-activation',
            `--region ${stack.region}`,
            // With its path, which the name of a role does not have.
            `--iam-role ${Fn.select(1, Fn.split(':role/', role.roleArn))}`,
            '--default-instance-name eks-hybrid-nodes',
            `--registration-limit ${options.registrationLimit ?? 1}`,
            `--tags Key=${TAG},Value=${clusterArn}`,
          ].join(' '),
        }),
      };
    },
  };
}
