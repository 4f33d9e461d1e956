import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import type { aws_iam as iam, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ManagedPolicyRole, ofThisAccount } from '../../identity/private/managed-policy-role';
import { newLogGroup } from '../../observability/log-group';
import { ContainersError } from '../../rules/errors';
import { checkOptions } from '../../rules/given';
import type { NetworkFlowLogOptions } from '../container-network-props';

const OPTIONS = ['trafficType', 'destination', 'retention', 'encryptionKey', 'logFormat', 'maxAggregationInterval'];

/** What writes down the traffic of a network. */
export interface FlowLogs {
  readonly flowLog: ec2.FlowLog;
  readonly logGroup?: logs.LogGroup;
  readonly role?: iam.IRole;
}

export function newFlowLogs(scope: Construct, vpc: ec2.IVpc, options: NetworkFlowLogOptions = {}): FlowLogs {
  checkOptions('flowLogOptions', options, OPTIONS);
  const { destination, trafficType, logFormat, maxAggregationInterval } = options;
  if (destination && (options.retention || options.encryptionKey)) {
    throw new ContainersError(
      'flowLogOptions must have retention and encryptionKey only for a log group of the network, got a destination too: set them there',
    );
  }
  const own = destination ? undefined : newLogGroupWithWriter(scope, options);
  const flowLog = new ec2.FlowLog(scope, 'FlowLog', {
    resourceType: ec2.FlowLogResourceType.fromVpc(vpc),
    destination: destination ?? ec2.FlowLogDestination.toCloudWatchLogs(own!.logGroup, own!.role),
    trafficType,
    logFormat,
    maxAggregationInterval,
  });
  // Without its policy the role may write nothing, and a flow log tries again minutes later.
  if (own) flowLog.node.addDependency(own.role);
  return { flowLog, ...own };
}

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
function newLogGroupWithWriter(scope: Construct, options: NetworkFlowLogOptions) {
  const sourceArn = Stack.of(scope).formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' });
  return {
    logGroup: newLogGroup(scope, 'FlowLogGroup', options),
    role: new ManagedPolicyRole(scope, 'FlowLogRole', {
      description: 'Writes the flow logs of a network',
      assumedBy: ofThisAccount('vpc-flow-logs.amazonaws.com', sourceArn),
    }),
  };
}
