import { Aws, aws_ec2 as ec2, aws_iam as iam, aws_logs as logs, Stack, Validations } from 'aws-cdk-lib';
import type { Acknowledgment } from 'aws-cdk-lib';
import { Construct } from 'constructs';

const PACKS = ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321'];

/**
 * The network that the examples stand in: two zones, one NAT gateway, flow logs, no automatic public addresses.
 * Yours exists already, most likely; then pass it instead.
 */
export class ExampleNetwork extends Construct {
  public readonly vpc: ec2.Vpc;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      // Closing it takes a Lambda function; nothing here uses the default group.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      ],
    });
    this.writeFlowLogs();
    Validations.of(this.vpc).acknowledge(
      ...finding(
        'VPCDefaultSecurityGroupClosed',
        'nothing uses the default security group, and only a custom resource could close it',
      ),
      ...finding(
        'VPCNoUnrestrictedRouteToIGW',
        'the public subnets hold the load balancer and the NAT gateway, and nothing else',
      ),
    );
  }

  private writeFlowLogs(): void {
    const logGroup = new logs.LogGroup(this, 'FlowLogGroup', { retention: logs.RetentionDays.ONE_YEAR });
    const role = new iam.Role(this, 'FlowLogRole', {
      assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' }),
          },
        },
      }),
    });
    const policy = new iam.ManagedPolicy(this, 'FlowLogPolicy', {
      roles: [role],
      statements: [
        new iam.PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
          resources: [logGroup.logGroupArn],
        }),
      ],
    });
    const flowLog = this.vpc.addFlowLog('FlowLog', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role.withoutPolicyUpdates()),
    });
    flowLog.node.addDependency(policy);
    Validations.of(logGroup).acknowledge(
      ...finding(
        'CloudWatchLogGroupEncrypted',
        'CloudWatch Logs encrypts it with a key of its own, which is enough for an example',
      ),
    );
  }
}

function finding(rule: string, reason: string): Acknowledgment[] {
  return PACKS.map((pack) => ({ id: `${pack}::${pack}-${rule}`, reason }));
}
