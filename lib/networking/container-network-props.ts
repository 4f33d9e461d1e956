import type { aws_ec2 as ec2, aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import type { NatGateways } from './nat-gateways';

/** What is written down of the traffic of a network. */
export interface NetworkFlowLogOptions {
  /**
   * Which traffic. What was rejected shows who knocks; what was accepted shows, after a break-in, what left. Most of it is accepted:
   * `REJECT` costs a fraction, and still fulfils EC2.6 of Security Hub.
   * @default ec2.FlowLogTrafficType.ALL
   */
  readonly trafficType?: ec2.FlowLogTrafficType;

  /**
   * Where it goes. S3 is cheaper to fill and to keep, CloudWatch Logs is easier to ask.
   * @default - a new log group
   */
  readonly destination?: ec2.FlowLogDestination;

  /**
   * How long the new log group keeps it.
   * @default logs.RetentionDays.ONE_YEAR
   */
  readonly retention?: logs.RetentionDays;

  /**
   * A key of yours for the new log group, about 1 USD a month. CloudWatch Logs gets the right to use it.
   * @default - encrypted with a key of CloudWatch Logs, free
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The fields of a record, such as `ec2.LogFormat.ECS_SERVICE_NAME`. Another format makes another flow log.
   * @default - the default format of AWS
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
   */
  readonly logFormat?: ec2.LogFormat[];

  /**
   * For how long packets of a connection are counted into one record. On Nitro instances it is a minute at the most anyway.
   * @default ec2.FlowLogMaxAggregationInterval.TEN_MINUTES
   */
  readonly maxAggregationInterval?: ec2.FlowLogMaxAggregationInterval;
}

/** Properties of a `ContainerNetwork`. */
export interface ContainerNetworkProps {
  /**
   * The addresses of the network, from a /16 to a /22 (a /21 for more than four zones). They cannot be changed later, and should not
   * overlap with networks that it is to be connected with. How they are divided is the network's own matter.
   * @default ec2.IpAddresses.cidr('10.0.0.0/16')
   */
  readonly ipAddresses?: ec2.IIpAddresses;

  /**
   * In how many zones it stands, from 2 to 6: the first ones of the region. A stack without an environment knows of two only.
   * More can be added later, fewer than four or more than four without a subnet that moves; from four to five all move.
   * @default 3
   */
  readonly maxAzs?: number;

  /**
   * The zones by name, instead of `maxAzs`. Add further ones at the end: a subnet's addresses come from its place in the list.
   * @default - the first `maxAzs` zones of the region
   */
  readonly availabilityZones?: string[];

  /**
   * How containers reach what is outside. It can be changed at any time, and moves no subnet.
   * @default NatGateways.ONE, or NatGateways.NONE without a public tier
   */
  readonly natGateways?: NatGateways;

  /**
   * What translates the addresses: NAT gateways with Elastic IP addresses of yours, NAT instances, or a regional NAT gateway.
   * @default ec2.NatProvider.gateway()
   */
  readonly natGatewayProvider?: ec2.NatProvider;

  /**
   * Whether there are public subnets and an internet gateway. Without them nothing in the network can be reached from the
   * internet, and nothing in it reaches out. They can be added later.
   * @default true
   */
  readonly publicTier?: boolean;

  /**
   * Ports besides 443 and 80 on which public load balancers listen. UDP is let through to the containers too, because a Network Load Balancer
   * keeps the addresses of its clients, and so is TCP on a port that is named for both: when the container has another port, name that as well.
   * @default - none
   */
  readonly publicPorts?: ec2.Port[];

  /**
   * Ports besides TCP 443 on which containers call what is outside of the network, such as `ec2.Port.tcp(587)` for mail. They need NAT
   * gateways; for another way out, such as a transit gateway, use `addEntry` of `containerNetworkAcl`.
   * @default - none
   */
  readonly outboundPorts?: ec2.Port[];

  /**
   * Whether each tier has a network ACL, which holds when a security group was opened too far. Without them subnets let all
   * through, and security groups are all there is.
   * @default true
   */
  readonly networkAcls?: boolean;

  /**
   * Whether the traffic is written down. Without it nobody knows afterwards who talked with whom: EC2.6 of Security Hub then fails.
   * @default true
   */
  readonly flowLogs?: boolean;

  /**
   * What is written down of the traffic, and where.
   * @default - all of it, kept for a year in CloudWatch Logs
   */
  readonly flowLogOptions?: NetworkFlowLogOptions;

  /**
   * Whether the default security group loses its rules. CloudFormation cannot do that: a small Lambda function of CDK's own does, once.
   * With `false` there is no function, and EC2.2 of Security Hub fails, though nothing of this library uses that group.
   * @default true
   */
  readonly restrictDefaultSecurityGroup?: boolean;
}
